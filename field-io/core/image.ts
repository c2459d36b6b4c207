/**
 * The image: what the devices last said, latched at the tick as differences from the parent frame.
 *
 * Ages are judged on the clock where time is the wall's and in ticks where the conductor grants them, so that a pause makes
 * nothing stale. Older than 3.5 of its own periods is Bad, and so is everything of a device that is out of use, from the next latch
 * on; with the last value and its age at that moment.
 */
import type { InputChange, ReadBack } from '../../contracts/frame.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import type { DeviceReadEvent } from './events.ts'
import { FORCED_INPUT, forcedReadBack } from './force.ts'
import { compareReadBacks } from './read-back.ts'
import type { Device, DeviceRead, FieldIoState, Point } from './state.ts'

/** Ticks since the read, whole only where ticks are granted. */
export function ageTicks(state: FieldIoState, read: DeviceRead): number {
  if (state.config.time === 'wall') return (state.now_ms - read.at_ms) / state.tick_ms
  return Math.max(0, (state.tick ?? 0) - read.tick - 1)
}

export function onDeviceRead(state: FieldIoState, event: DeviceReadEvent): void {
  const device = state.devices[event.device]!
  if (event.connection < device.connection) return
  if (event.connection > device.connection) connect(device, event.connection)
  device.read = {
    connection: event.connection,
    at_ms: event.now_ms,
    tick: state.tick ?? 0,
    inputs: event.inputs,
    statuses: event.statuses,
    input_ages: event.input_ages,
    readbacks: event.readbacks,
    readback_statuses: event.readback_statuses,
  }
  // What was read while a write was under way may have been read before it.
  if (device.busy) return
  device.after_write = true
  device.tripped = event.tripped
  device.rearmed = false
  compareReadBacks(state, device)
}

export function onDeviceDown(state: FieldIoState, index: number, connection: number): void {
  const device = state.devices[index]!
  if (connection < device.connection) return
  connect(device, connection)
  device.connected = false
}

function connect(device: Device, connection: number): void {
  device.connection = connection
  device.connected = true
  device.busy = false
  device.after_write = false
  device.rearmed = false
}

/** All points are sent with the next frame: at the begin of an epoch nobody knows what the state was made from. */
export function forgetImage(state: FieldIoState): void {
  for (const point of [...state.image.inputs, ...state.image.outputs]) point.status = Number.NaN
}

export function latchInputs(state: FieldIoState): InputChange[] {
  const changes: InputChange[] = []
  const ages = state.devices.map((device) => (device.read === undefined ? 255 : ageTicks(state, device.read)))
  state.image.inputs.forEach((point, input) => {
    const force = state.forces.inputs.get(input)
    if (force !== undefined) {
      if (update(point, force.value, FORCED_INPUT, 0))
        changes.push({ input, value: force.value, status: FORCED_INPUT, age_ticks: 0 })
      return
    }
    const { read, connected } = state.devices[point.device]!
    // In whole periods: a value that waits for the next sample of a slow class is not one more difference at every tick.
    const periods = (ages[point.device]! + (read?.input_ages?.[point.position] ?? 0)) / point.every
    const age = read === undefined ? 255 : Math.floor(periods) * point.every
    const stale = !connected || state.rules.isStale(periods)
    const status = statusOf(read, read?.statuses[point.position], stale)
    const value = read === undefined ? 0 : read.inputs[point.position]!
    // The age of what is Bad by age is said once: it would make a difference of every point at every tick.
    const age_ticks = stale && point.status === status ? point.age_ticks : Math.min(255, age)
    if (update(point, value, status, age_ticks)) changes.push({ input, value, status, age_ticks })
  })
  return changes
}

export function latchReadBacks(state: FieldIoState): ReadBack[] {
  const changes: ReadBack[] = []
  state.image.outputs.forEach((point, output) => {
    const device = state.devices[point.device]!
    const { read } = device
    const stale =
      read === undefined || !device.connected || state.rules.isStale(ageTicks(state, read) / device.outputs_every)
    let status = statusOf(read, read?.readback_statuses[point.position], stale)
    if (device.tripped && !isBad(status)) status = STATUS.faultStateActive
    if (state.forces.outputs.has(output)) status = forcedReadBack(status)
    const value =
      read === undefined ? 0 : state.rules.readBack(read.readbacks[point.position]!, device.sent[point.position])
    if (update(point, value, status, 0)) changes.push({ output, value, status })
  })
  return changes
}

function statusOf(read: DeviceRead | undefined, status: number | undefined, stale: boolean): number {
  if (read === undefined || status === undefined) return STATUS.badNoComm
  if (!stale) return status
  return isBad(status) ? status : STATUS.badNoCommLastUsable
}

function update(point: Point, value: number, status: number, age_ticks: number): boolean {
  if (Object.is(point.value, value) && point.status === status && point.age_ticks === age_ticks) return false
  point.value = value
  point.status = status
  point.age_ticks = age_ticks
  return true
}
