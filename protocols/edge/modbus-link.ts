/**
 * What the device logic of field-io needs of a wire: one Modbus connection or bus, whatever carries it.
 *
 * A link is kept up for ever. Without a connection a request fails at once, so that nothing written before an interruption
 * reaches the plant after it. `settle` is called exactly once, with the data or with a ModbusFault (IO_...).
 */
import type { ClientCounters, ClientLimits, Settle } from '../core/modbus/client.ts'
import type { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'

export interface ModbusLink {
  readonly endpoint: string
  readonly connected: boolean
  readonly counters: ClientCounters & { connects: number; connection_faults: number }
  readonly last_fault: ModbusFault | undefined
  call(unit: number, request: ModbusRequest, settle: Settle, timeout_ms?: number): void
  /** Gives the present connection up; a new one is made. */
  drop(detail: string): void
  /** Ends for good: everything under way fails, no timer and no socket is left. */
  close(): void
}

export interface ModbusLinkOptions {
  /** Deadline of one request, from its sending, ms. */
  readonly timeout_ms: number
  readonly limits?: Partial<ClientLimits>
  /** First and longest wait before a new attempt to connect. */
  readonly retry_ms?: number
  readonly retry_ms_max?: number
  /** Called when the connection stands (no fault) and when it is lost (with the reason). */
  readonly on_state?: (connected: boolean, fault: ModbusFault | undefined) => void
}
