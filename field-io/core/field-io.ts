/**
 * The home field-io of a controller pair as one machine without I/O: sequencer, fence and recorder.
 *
 *     const state = createFieldIo(config)
 *     for (const effect of onEvent(state, event)) perform(effect)
 *
 * How an edge runs it (events and effects in full: events.ts):
 *
 * 1. First event: `start`, with the stored epoch and the bytes of every log file. Then connect devices and listen.
 * 2. Links. Each decoded message goes in as `controller` / `gateway` / `conductor` (pace only); a closed controller link as
 *    `controller-down`. A controller's first message must be its hello; a new link of the same index replaces the old one,
 *    without a controller-down for it. Messages out: `send-controller`, `send-gateway`, dropped where there is no link.
 * 3. Ticks. wall: a grid of the monotonic clock, `tick` = its index, late ones skipped, never bunched. granted: on grant(k)
 *    read every device, then `tick` with tick = k; on the effect `done` answer done(k). `tick` must rise strictly.
 * 4. Devices. Per device one connection, one request outstanding. After connecting, and then at least once a tick, read
 *    inputs, read-backs and the trip register, and deliver `device-read`. On `write`: after the outstanding request, look at
 *    the clock, write or drop, deliver `device-done`; read again before the next write. `rearm` likewise. On a time-out,
 *    `device-done` with ok false (if a write was asked for), close, `device-down`, reconnect with connection + 1.
 * 5. Disk. `log-begin` / `log-append` / `log-sync` / `log-drop`, `store-epoch`; a full disk is `log-failed` with the mark of
 *    the first record that is not there. Everything in the order of the effects; syncs may overlap later appends.
 * 6. Timers: `deadline`.
 *
 * The core never waits: between two events nothing happens.
 * @see docs/architecture.md, "The execution model"
 */
import type { FieldIoConfig, FieldIoEffect, FieldIoEvent } from './events.ts'

export type { FieldIoConfig, FieldIoEffect, FieldIoEvent } from './events.ts'

export interface FieldIoState {
  readonly config: FieldIoConfig
}

export function createFieldIo(config: FieldIoConfig): FieldIoState {
  return { config }
}

/** Takes one event, changes `state` in place, and says what is to be done, in order. */
export function onEvent(_state: FieldIoState, _event: FieldIoEvent): FieldIoEffect[] {
  return []
}
