/**
 * Writes and re-arming. A write is worth something for its own period only: it is given up when its time has passed, when the
 * device went out of use meanwhile, or when the path before may still execute an older one. It never waits for a connection.
 */
import { FUNCTION } from '../../../protocols/core/modbus/function-code.ts'
import type { DeviceWrite } from '../events.ts'
import type { DeviceState, Path } from './device-state.ts'
import { ask, markDue } from './requests.ts'
import { type WriteStep, writeSteps } from './write-plan.ts'

/** "Busy" is asked again after this time, while the write is still the newest. */
export const BUSY_MS = 50

export function takeWrite(d: DeviceState, write: DeviceWrite): void {
  const { io, index } = d.config
  // One after the other by contract; should there be two, the newer one is what the plant shall have.
  endWrite(d, false)
  if (d.stage !== 'ready' || write.connection !== d.connection) {
    d.effects.push({ type: 'done', connection: write.connection, ok: false })
    return
  }
  const values = write.outputs.map((output, i) => {
    const point = io.outputs[output]!
    const value = write.values[i]!
    if (point.device !== index) throw new Error(`${point.point} is not an output of ${d.record.id}`)
    return { point, value, exponent: d.image.exponents[d.outputs.indexOf(point)] }
  })
  d.write = { write, steps: writeSteps(values, d.record.requests), at: 0, present: undefined }
}

export function takeRearm(d: DeviceState, connection: number): void {
  const { watchdog } = d.record
  if (watchdog === undefined || d.stage !== 'ready' || connection !== d.connection) {
    d.effects.push({ type: 'done', connection, ok: false })
    return
  }
  d.rearm = connection
  // It re-arms with the next write.
  if (watchdog.rearm_register < 0) endRearm(d, true)
}

export function endWrite(d: DeviceState, ok: boolean): void {
  const { write: job } = d
  if (job === undefined) return
  d.write = undefined
  d.effects.push({ type: 'done', connection: job.write.connection, ok })
}

export function endRearm(d: DeviceState, ok: boolean): void {
  const { rearm } = d
  if (rearm === undefined) return
  d.rearm = undefined
  d.effects.push({ type: 'done', connection: rearm, ok })
  // At once, so that the trip is seen to be gone before the next outputs are due.
  if (d.stage === 'ready') markDue(d, 0)
}

/** Asks for what the write in hand needs next. @returns whether there was anything to do. */
export function askWrite(d: DeviceState, path: Path): boolean {
  const job = d.write
  if (job === undefined) return false
  // The next move is measured from what the device says the last one came to.
  if (job.at === 0 && d.written_since_read) {
    markDue(d, 0)
    return false
  }
  const { until_ms } = job.write
  const step = job.steps[job.at]
  if (step === undefined) endWrite(d, true)
  else if (d.now_ms > until_ms || d.now_ms < d.fence_ms) endWrite(d, false)
  else askStep(d, path, step, until_ms)
  return true
}

function askStep(d: DeviceState, path: Path, step: WriteStep, until_ms: number): void {
  const job = d.write!
  if (step.kind === 'request') {
    d.written_since_read = true
    ask(d, path, 'write', step.request, until_ms)
    return
  }
  const { register: address, and_mask, or_mask } = step
  if (!d.no_mask_write) {
    d.written_since_read = true
    ask(d, path, 'mask', { function: FUNCTION.maskWrite, address, and_mask, or_mask }, until_ms)
  } else if (job.present === undefined) {
    ask(d, path, 'modify-read', { function: FUNCTION.readHolding, address, quantity: 1 }, until_ms)
  } else {
    d.written_since_read = true
    const value = (job.present & and_mask) | (or_mask & (0xffff ^ and_mask))
    ask(d, path, 'modify-write', { function: FUNCTION.writeRegister, address, value }, until_ms)
  }
}

/** A step was done, or the register of a read-modify-write read. */
export function onWriteAnswer(d: DeviceState, data: ArrayLike<number> | undefined): void {
  const job = d.write
  if (job === undefined) return
  if (data !== undefined) job.present = data[0]
  else {
    job.present = undefined
    job.at++
    // Told at once: whoever waits for the whole tick waits for this.
    if (job.at === job.steps.length) endWrite(d, true)
  }
}

export function askRearm(d: DeviceState, path: Path): boolean {
  if (d.rearm === undefined) return false
  const address = d.record.watchdog!.rearm_register
  d.written_since_read = true
  ask(d, path, 'rearm', { function: FUNCTION.writeRegister, address, value: 1 }, d.now_ms + d.period_ms)
  return true
}
