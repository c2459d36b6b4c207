/**
 * What the device logic of field-io needs of a wire: one Modbus connection or bus, whatever carries it.
 *
 * A link is kept up for ever. Without a connection a request fails at once, so that nothing written before an interruption
 * reaches the plant after it. `settle` is called exactly once, with the data or with a ModbusFault (IO_...).
 */
import type { ClientCounters, ClientLimits, Settle } from '../core/modbus/client.ts'
import type { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'

export interface LinkCounters extends ClientCounters {
  connects: number
  connection_faults: number
}

export interface ModbusLink {
  readonly endpoint: string
  readonly connected: boolean
  readonly counters: LinkCounters
  readonly last_fault: ModbusFault | undefined
  /** @throws RangeError where the request could never be right: a bug of the caller. */
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
  /** Least time between an answer of a unit and the next request to it; on a bus, and on TCP with one outstanding. */
  readonly pause_ms?: (unit: number) => number
  /** What the units of a serial line get to act on a broadcast. Absent: 100 ms. */
  readonly turnaround_ms?: number
  /** Where relative paths of certificates begin; absent: the working directory. */
  readonly folder?: string
  /** Called when the connection stands (no fault) and when it is lost (with the reason). */
  readonly on_state?: (connected: boolean, fault: ModbusFault | undefined) => void
}

export const noCounters = (): LinkCounters => ({
  sent: 0,
  answered: 0,
  exceptions: 0,
  timeouts: 0,
  late: 0,
  unsolicited: 0,
  connects: 0,
  connection_faults: 0,
})
