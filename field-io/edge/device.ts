import type { DeviceState } from '../../contracts/link.ts'
import type { DeviceReadEvent, DeviceWrite } from '../core/events.ts'

export interface DeviceHandlers {
  readonly on_read: (read: Omit<DeviceReadEvent, 'type' | 'now_ms'>) => void
  readonly on_done: (connection: number, ok: boolean) => void
  readonly on_down: (connection: number) => void
  /** For operator and journal: a switch to the other path. */
  readonly on_note?: (text: string) => void
}

/** One device of the field network as field-io uses it: polled, written, re-armed. */
export interface Device {
  readonly connected: boolean
  /** Time of the last request, ms. */
  readonly rtt_ms: number
  readonly timeouts: number
  readonly reconnects: number
  /** Why the device is not in use, in words; undefined while it is. */
  readonly alarm: string | undefined
  /**
   * Reads what is due at this tick (absent: everything); `end` is called when that has ended, well or not, at once where there is
   * no connection.
   */
  poll(end?: () => void, tick?: number): void
  /** Whether anything is read at this tick; absent: at every one. */
  due?(tick: number): boolean
  /** How much of a tick its reads are spread over: a slow line takes all of it. Absent: false. */
  readonly slow?: boolean
  write(effect: DeviceWrite): void
  rearm(connection: number): void
  /** Its paths and counters for the system page; absent: what stands above. */
  report?(): Omit<DeviceState, 'id' | 'tripped'>
  /** Words on what does not work though the device is in use. */
  readonly warning?: string | undefined
  /**
   * Under a conductor: what it holds of points whose turn is not every tick, and whose turn is when; and the way back to that, as of
   * now; null: to the begin of a run, where all is due. Absent: every point is read at every tick.
   */
  remember?(): unknown
  recall?(memory: unknown): void
  close(): void
}
