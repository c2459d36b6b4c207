/**
 * Linear models as a field: each model's input is an output of the strategy, its output an input.
 *
 * Signals are ideal: no counts, no lag. A current stays within 3.8 and 20.5 mA as that of a sound transmitter does.
 */
import { STATUS } from '../../contracts/status.ts'
import { createLinearPlant, type LinearPath } from '../../plant-sim/core/linear/linear-plant.ts'
import type { FaultPlace, FaultWord, Field } from './field.ts'

/** How a signal's value becomes the device's own quantity. */
export interface SignalScale {
  /** Values of the signal at 0 and 100 %, and the device's quantity there. */
  readonly lo: number
  readonly hi: number
  readonly raw_lo: number
  readonly raw_hi: number
  readonly kind: 'direct' | 'linear' | 'sqrt'
}

export interface LinearEnd {
  /** As the test names it. */
  readonly name: string
  /** Index in `control.outputs` for what drives a model, in `control.inputs` for what it gives. */
  readonly index: number
  readonly scale: SignalScale
  readonly at: number
  readonly noise_std: number
}

export interface LinearFieldSpec {
  readonly kind: 'linear'
  readonly seed: number
  /** What drives the models, and what they give. */
  readonly from: readonly LinearEnd[]
  readonly to: readonly LinearEnd[]
  readonly paths: readonly LinearPath[]
}

interface Armed {
  readonly kind: FaultWord
  readonly value: number
  readonly since_ms: number
  /** The value it stuck at. */
  held: number
}

/** NE 43: the signal range of a sound transmitter, and its failure current, in parts of the span. */
const SOUND = [-0.2 / 16, 16.5 / 16] as const
const FAILED = -0.4 / 16
const OPEN = -4 / 16

export function createLinearField(
  spec: LinearFieldSpec,
  image: { readonly inputs: number; readonly outputs: number; readonly tick_ms: number },
  seed: number,
): Field {
  const plant = createLinearPlant(
    {
      inputs: spec.from.map(({ name, at }) => ({ name, at })),
      outputs: spec.to.map(({ name, at, noise_std }) => ({ name, at, noise_std })),
      paths: spec.paths,
    },
    image.tick_ms,
    seed,
  )
  const values = new Float64Array(image.inputs)
  const statuses = new Uint16Array(image.inputs).fill(STATUS.badNoComm)
  const readbacks = new Float64Array(image.outputs)
  const readback_statuses = new Uint16Array(image.outputs).fill(STATUS.good)
  const armed_in = new Map<number, Armed[]>()
  const armed_out = new Map<number, Armed[]>()
  const driven = new Set(spec.to.map((end) => end.index))
  const listOf = (place: FaultPlace): Map<number, Armed[]> => (place.kind === 'output' ? armed_out : armed_in)

  /** What the device says: the model's value as its quantity, as the faults of its transmitter have it. */
  const show = (): void => {
    for (const [i, { index, scale }] of spec.to.entries()) {
      let value = plant.measured[i]!
      let status: number = STATUS.good
      let fraction = Number.NaN
      for (const fault of armed_in.get(index) ?? []) {
        if (fault.kind === 'bias') value += fault.value
        else if (fault.kind === 'drift') value += (fault.value * (plant.time_ms - fault.since_ms)) / 3.6e6
        else if (fault.kind === 'stuck') {
          if (Number.isNaN(fault.held)) fault.held = Number.isNaN(fault.value) ? value : fault.value
          value = fault.held
        } else if (fault.kind === 'sensor_failure') fraction = FAILED
        else if (fault.kind === 'open_circuit') fraction = OPEN
      }
      if (Number.isNaN(fraction)) values[index] = rawOf(value, scale)
      else if (scale.kind === 'direct') status = STATUS.badSensorFailure
      else values[index] = scale.raw_lo + fraction * (scale.raw_hi - scale.raw_lo)
      statuses[index] = status
    }
  }
  for (const { index, scale, at } of spec.from) readbacks[index] = rawOf(at, scale)
  show()

  return {
    values,
    statuses,
    readbacks,
    readback_statuses,
    advance() {
      for (const [i, { index, scale }] of spec.from.entries()) {
        if (!armed_out.has(index)) plant.inputs[i] = signalOf(readbacks[index]!, scale)
      }
      plant.step()
      show()
    },
    write(output, value) {
      readbacks[output] = value
    },
    rearm: () => undefined,
    drive(input, value) {
      if (driven.has(input)) throw new RangeError(`input ${input} is the model's`)
      values[input] = value
      statuses[input] = STATUS.good
    },
    arm(place, kind, value) {
      if (place.kind === 'instrument') throw new RangeError(`no instrument ${place.tag}`)
      const list = listOf(place).get(place.index) ?? []
      const others = list.filter((fault) => fault.kind !== kind)
      listOf(place).set(place.index, [...others, { kind, value, since_ms: plant.time_ms, held: Number.NaN }])
      if (place.kind === 'output' && !Number.isNaN(value)) {
        const i = spec.from.findIndex((end) => end.index === place.index)
        if (i >= 0) plant.inputs[i] = value
      }
    },
    disarm(place, kind) {
      if (place.kind === 'instrument') return
      const left = (listOf(place).get(place.index) ?? []).filter((fault) => kind !== undefined && fault.kind !== kind)
      if (left.length === 0) listOf(place).delete(place.index)
      else listOf(place).set(place.index, left)
    },
    disturb(name, value) {
      plant.loads[spec.from.findIndex((end) => end.name === name)] = value
    },
    calm(name) {
      plant.loads[spec.from.findIndex((end) => end.name === name)] = 0
    },
  }
}

function rawOf(value: number, { lo, hi, raw_lo, raw_hi, kind }: SignalScale): number {
  if (kind === 'direct') return value
  const share = (value - lo) / (hi - lo)
  const fraction = kind === 'sqrt' ? share * Math.abs(share) : share
  return raw_lo + Math.min(Math.max(fraction, SOUND[0]), SOUND[1]) * (raw_hi - raw_lo)
}

function signalOf(raw: number, { lo, hi, raw_lo, raw_hi, kind }: SignalScale): number {
  return kind === 'direct' ? raw : lo + ((raw - raw_lo) / (raw_hi - raw_lo)) * (hi - lo)
}
