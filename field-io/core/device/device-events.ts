/**
 * What enters and leaves the machine of one polled device: plain data, so that it runs on sockets and on a simulated wire.
 *
 * `now_ms` is one monotonic clock. A path is a way to the device: 0 network A, 1 network B or the second of a pair.
 */
import type { ModbusFaultCode } from '../../../protocols/core/modbus/modbus-fault.ts'
import type { ReplyData } from '../../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'
import type { DeviceReadEvent, DeviceWrite } from '../events.ts'

/** What the machine needs to know of a ModbusFault. */
export interface WireFault {
  readonly code: ModbusFaultCode
  readonly message: string
  readonly place: { readonly exception?: number }
}

export type DeviceEvent =
  | { readonly type: 'path-up'; readonly now_ms: number; readonly path: number }
  | { readonly type: 'path-down'; readonly now_ms: number; readonly path: number; readonly why: string }
  /** The answer to `ask` with this id: exactly one, with a fault or with data. */
  | {
      readonly type: 'answer'
      readonly now_ms: number
      readonly path: number
      readonly id: number
      readonly fault: WireFault | undefined
      readonly data: ReplyData
    }
  /**
   * Read what is due at this tick. `token`: who waits for `polled`, which comes when that has been read or cannot be read now.
   */
  | { readonly type: 'poll'; readonly now_ms: number; readonly tick: number; readonly token?: number }
  | { readonly type: 'write'; readonly now_ms: number; readonly write: DeviceWrite }
  | { readonly type: 'rearm'; readonly now_ms: number; readonly connection: number }
  /** The time of `wake_ms` has come, or passed. Extra ones do no harm. */
  | { readonly type: 'time'; readonly now_ms: number }

export type DeviceEffect =
  | {
      readonly type: 'ask'
      readonly path: number
      readonly id: number
      readonly unit: number
      readonly request: ModbusRequest
      /** When the answer is wanted at the latest: who shares a line is served in the order of these. */
      readonly deadline_ms: number
      /** To a device that has failed: it may cost a time-out, and gives way to what is asked of others. */
      readonly probe: boolean
    }
  /** Give the connection of this path up: an answer may still come, and on another connection it cannot be taken for a later one's. */
  | { readonly type: 'drop'; readonly path: number; readonly why: string }
  | { readonly type: 'polled'; readonly token: number }
  | { readonly type: 'read'; readonly read: Omit<DeviceReadEvent, 'type' | 'now_ms' | 'device'> }
  | { readonly type: 'done'; readonly connection: number; readonly ok: boolean }
  | { readonly type: 'down'; readonly connection: number }
  /** For operator and journal. */
  | { readonly type: 'note'; readonly text: string }
  /** For whoever reads the program's own words. */
  | { readonly type: 'say'; readonly text: string }
