/**
 * Plant and controllers of one scenario in one loop: composition 1 of the execution model, with faults of devices and
 * wires laid over the image, and a second controller where one of two is killed.
 *
 * Each tick: plant to t(n), image latched, scan, outputs to the field. The controllers are the production engine's.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import { type Controller, createController } from '../../controller/core/controller.ts'
import type { FaultPlace, FaultWord, Field } from './field.ts'

export interface Bench {
  readonly artifact: Artifact
  readonly time_ms: number
  /** State of the controller whose outputs are applied. */
  readonly s: Float64Array
  /** What was last written to the field, per output. */
  readonly outputs: Float64Array
  scan(): void
  /** As an operator writes, between scans; a REFUSAL code. */
  write(target: number, value: number): number
  drive(input: number, value: number): void
  arm(place: FaultPlace, word: FaultWord, value: number): void
  disarm(place: FaultPlace, word?: FaultWord): void
  disturb(name: string, value: number): void
  calm(name: string): void
  cut(device: number): void
  mend(device: number): void
  kill(which: 'primary' | 'standby'): void
  /** '' while the two controllers agree to the bit, else what differs. */
  readonly disagreement: string
}

/** Faults of the device itself, which no instrument behind it knows of. */
const OVERLAY: Readonly<Partial<Record<FaultWord, number>>> = {
  bad: STATUS.badDeviceFailure,
  no_comm: STATUS.badNoCommLastUsable,
}

export function createBench(artifact: Artifact, field: Field, pair: boolean): Bench {
  const { control, io, tick_ms } = artifact
  const controllers: Controller[] = [createController(artifact), ...(pair ? [createController(artifact)] : [])]
  for (const c of controllers) c.state = { epoch: 1, n: 0 }
  let primary: Controller = controllers[0]!
  let standby: Controller | undefined = controllers[1]
  const input_device = Int32Array.from(control.inputs, (p) => io.inputs.find((q) => q.point === p.point)!.device)
  const output_device = Int32Array.from(control.outputs, (p) => io.outputs.find((q) => q.point === p.point)!.device)
  const overlay = new Map<number, Map<FaultWord, number>>()
  const cut = new Set<number>()
  // What field-io says of a device that does not answer: the last value it had.
  const held = Float64Array.from(field.values)
  const outputs = new Float64Array(control.outputs.length)
  let disagreement = ''
  let n = 0

  const latch = (c: Controller): void => {
    for (let i = 0; i < field.values.length; i++) {
      const status = statusOf(i)
      c.latchInput(i, held[i]!, status)
    }
    for (let i = 0; i < field.readbacks.length; i++) {
      const lost = cut.has(output_device[i]!)
      c.latchReadback(i, field.readbacks[i]!, lost ? STATUS.badNoCommLastUsable : field.readback_statuses[i]!)
    }
  }
  const statusOf = (i: number): number => {
    const own = field.statuses[i]!
    if (cut.has(input_device[i]!)) return isBad(own) ? own : STATUS.badNoCommLastUsable
    const faults = overlay.get(i)
    if (faults === undefined) return own
    for (const status of faults.values()) return status
    return own
  }

  return {
    artifact,
    get time_ms() {
      return n * tick_ms
    },
    get s() {
      return primary.s
    },
    outputs,
    get disagreement() {
      return disagreement
    },
    scan() {
      n++
      field.advance()
      for (let i = 0; i < held.length; i++) {
        if (!cut.has(input_device[i]!) && overlay.get(i)?.has('no_comm') !== true) held[i] = field.values[i]!
      }
      latch(primary)
      primary.scan(n)
      if (standby !== undefined) {
        latch(standby)
        standby.scan(n)
        if (disagreement === '' && standby.digest() !== primary.digest()) {
          disagreement = `the states of the two controllers differ from ${(n * tick_ms) / 1000} s on`
        }
      }
      for (let i = 0; i < outputs.length; i++) {
        if (cut.has(output_device[i]!) || isBad(primary.statuses[i]!)) continue
        outputs[i] = primary.values[i]!
        field.write(i, outputs[i]!)
      }
    },
    write(target, value) {
      const refusal = primary.write(target, value)
      standby?.write(target, value)
      return refusal
    },
    drive: (input, value) => field.drive(input, value),
    arm(place, word, value) {
      const status = OVERLAY[word]
      if (status === undefined || place.kind !== 'input') field.arm(place, word, value)
      else overlay.set(place.index, new Map([...(overlay.get(place.index) ?? []), [word, status]]))
    },
    disarm(place, word) {
      if (place.kind === 'input') {
        const faults = overlay.get(place.index)
        if (word === undefined) overlay.delete(place.index)
        else faults?.delete(word)
        if (faults?.size === 0) overlay.delete(place.index)
      }
      if (word === undefined || OVERLAY[word] === undefined) field.disarm(place, word)
    },
    disturb: (name, value) => field.disturb(name, value),
    calm: (name) => field.calm(name),
    cut: (device) => void cut.add(device),
    mend(device) {
      if (cut.delete(device)) field.rearm(device)
    },
    kill(which) {
      if (standby === undefined) throw new RangeError('there is no second controller to go on')
      if (which === 'primary') primary = standby
      standby = undefined
    },
  }
}
