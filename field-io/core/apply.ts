/**
 * Applying outputs: the preferred controller's answer to the current frame, from half a period on the other's; once.
 *
 * Every write is judged when it is sent: by the clock, by what was read back on this very connection after the last write, and by
 * each output's largest step. Where one of these is missing nothing is written, and the device holds.
 */
import type { Output } from '../../contracts/frame.ts'
import { isBad } from '../../contracts/status.ts'
import { ageTicks } from './image.ts'
import { rememberSent } from './read-back.ts'
import { type CurrentFrame, type Device, type FieldIoState, other } from './state.ts'

/** Half a period: from then on the other controller's answer is as good. */
export const deadlineOf = (state: FieldIoState, at_ms: number): number => at_ms + 0.5 * state.tick_ms

/** Applies what can be applied now, and says `done` when nothing more can come of this tick. */
export function apply(state: FieldIoState): void {
  const { current } = state
  if (state.phase === 'running' && current !== undefined && !current.applied) {
    const output = choose(state, current)
    if (output !== undefined) {
      current.applied = true
      for (const device of state.devices) {
        if (device.outputs.length > 0) device.pending = { at: output, until_ms: current.until_ms, output }
      }
    }
  }
  state.devices.forEach((_, index) => {
    flushDevice(state, index)
  })
  finish(state)
}

/** `done` of the tick in hand is said when its outputs are written, or after so long. */
export function awaitDone(state: FieldIoState, wait_ms: number): void {
  const give_up_ms = state.now_ms + wait_ms
  state.undone = { tick: state.tick!, give_up_ms }
  if (state.config.time === 'granted') state.effects.push({ type: 'deadline', at_ms: give_up_ms })
}

function choose(state: FieldIoState, current: CurrentFrame): Output | undefined {
  if (state.rules.isLate(state.now_ms, current.until_ms)) return undefined
  const { preferred } = current.entry.frame
  const usable = (i: 0 | 1): Output | undefined => (state.members[i].joined ? current.outputs[i] : undefined)
  const first = usable(preferred)
  if (first !== undefined) return first
  if (state.members[preferred].joined && state.now_ms < deadlineOf(state, current.at_ms)) return undefined
  return usable(other(preferred))
}

function finish(state: FieldIoState): void {
  if (state.undone === undefined) return
  const { tick, give_up_ms } = state.undone
  // A device that is not there is not waited for: one lost drop would slow the whole plant to the give-up time a tick.
  const written = state.devices.every((d) => !d.connected || ((d.pending === undefined || waitsForRead(d)) && !d.busy))
  const applied = state.phase === 'running' && state.current?.applied === true && state.frame_tick === tick
  if (!(applied && written) && state.now_ms < give_up_ms) return
  state.undone = undefined
  state.effects.push({ type: 'done', tick })
}

/** Of a device that is not read at every tick nothing is written until its next read, and nobody waits for that. */
const waitsForRead = (device: Device): boolean => device.outputs_every > 1 && !device.after_write

function flushDevice(state: FieldIoState, index: number): void {
  const device = state.devices[index]!
  const { pending, read } = device
  if (pending === undefined) return
  if (state.rules.isLate(state.now_ms, pending.until_ms)) {
    device.pending = undefined
    return
  }
  if (device.busy || !device.connected || read === undefined) return
  const same = read.connection === device.connection
  if (!state.rules.clampsAgainst(ageTicks(state, read) / device.outputs_every, same, device.after_write)) return
  if (state.rules.rearms(device.tripped) && !device.rearmed) {
    begin(state, device)
    device.rearmed = true
    state.effects.push({ type: 'rearm', device: index, connection: device.connection })
    return
  }
  const { outputs, values } = clamped(state, device, pending.output)
  device.pending = undefined
  if (outputs.length === 0) return
  begin(state, device)
  device.after_write = false
  const { epoch, n } = pending.at
  const until_ms = pending.until_ms
  state.effects.push({
    type: 'write',
    device: index,
    connection: device.connection,
    epoch,
    n,
    until_ms,
    outputs,
    values: Float64Array.from(values),
  })
}

function begin(state: FieldIoState, device: Device): void {
  device.busy = true
  device.asked_ms = state.now_ms
}

function clamped(state: FieldIoState, device: Device, output: Output): { outputs: number[]; values: number[] } {
  const { io, control } = state.config.artifact
  const outputs: number[] = []
  const values: number[] = []
  const read = device.read!
  control.outputs.forEach((_, i) => {
    const point = state.image.outputs[i]!
    if (state.devices[point.device] !== device) return
    const force = state.forces.outputs.get(i)?.value
    const value = force ?? output.values[i]
    const readback = read.readbacks[point.position]!
    if (value === undefined || Number.isNaN(value)) return
    if (force === undefined && isBad(output.statuses[i] ?? 0)) return
    if (Number.isNaN(readback) || isBad(read.readback_statuses[point.position]!)) return
    const index = device.outputs[point.position]!
    const { min, max, step_max } = io.outputs[index]!
    // The step last: where the device stands outside its range it comes back in steps, too.
    const in_range = Math.min(Math.max(value, min), max)
    const moved = state.rules.clamp(in_range, readback, device.sent[point.position], step_max)
    rememberSent(device, point.position, moved)
    outputs.push(index)
    values.push(moved)
  })
  return { outputs, values }
}

export function onDeviceDone(state: FieldIoState, index: number, connection: number, ok: boolean): void {
  const device = state.devices[index]!
  if (connection !== device.connection || !device.busy) return
  device.busy = false
  if (ok) device.rtt_ms = state.now_ms - device.asked_ms
  else {
    device.timeouts++
    device.rearmed = false
  }
}
