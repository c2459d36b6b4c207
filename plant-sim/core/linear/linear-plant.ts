/**
 * Linear models between a plant's inputs and outputs, in deviations from an operating point: each output is the sum of
 * what its inputs make of it. Noise is drawn on each whole second of plant time, from a stream named after the output.
 */
import { type Stream, stream } from '../../../numerics/streams.ts'
import { createLinearModel, type LinearSpec } from './linear-model.ts'

export interface LinearSignal {
  readonly name: string
  /** Value at the operating point, where the plant starts at rest. */
  readonly at: number
}

export interface LinearOutput extends LinearSignal {
  /** Standard deviation of the noise, in the output's unit. */
  readonly noise_std?: number
}

export interface LinearPath {
  readonly from: string
  readonly to: string
  readonly spec: LinearSpec
}

export interface LinearPlantSpec {
  readonly inputs: readonly LinearSignal[]
  readonly outputs: readonly LinearOutput[]
  readonly paths: readonly LinearPath[]
}

export interface LinearPlant {
  /** The caller's to write, in the order of `spec.inputs`. */
  readonly inputs: Float64Array
  /** Added to the inputs: a disturbance at the plant's input, in its unit. */
  readonly loads: Float64Array
  /** In the order of `spec.outputs`: without noise, and with it. */
  readonly clean: Float64Array
  readonly measured: Float64Array
  readonly time_ms: number
  /** Goes on by one period, inputs held. */
  step(): void
}

const NOISE_GRID_MS = 1000

/** @throws RangeError for a path between signals that are not there, or parameters that no plant has */
export function createLinearPlant(spec: LinearPlantSpec, dt_ms: number, seed: number): LinearPlant {
  const indexOf = (list: readonly LinearSignal[], name: string): number => {
    const at = list.findIndex((signal) => signal.name === name)
    if (at < 0) throw new RangeError(`no signal ${name}`)
    return at
  }
  const paths = spec.paths.map((path) => ({
    from: indexOf(spec.inputs, path.from),
    to: indexOf(spec.outputs, path.to),
    model: createLinearModel(path.spec, dt_ms / 1000),
  }))
  const inputs = Float64Array.from(spec.inputs, (signal) => signal.at)
  const loads = new Float64Array(inputs.length)
  const clean = Float64Array.from(spec.outputs, (signal) => signal.at)
  const measured = Float64Array.from(clean)
  const std = Float64Array.from(spec.outputs, (signal) => signal.noise_std ?? 0)
  const noise = new Float64Array(clean.length)
  const streams: readonly Stream[] = spec.outputs.map((signal) => stream(seed, `linear ${signal.name}`))
  let time_ms = 0
  return {
    inputs,
    loads,
    clean,
    measured,
    get time_ms() {
      return time_ms
    },
    step() {
      const before_ms = time_ms
      time_ms += dt_ms
      for (let i = 0; i < clean.length; i++) clean[i] = spec.outputs[i]!.at
      for (const { from, to, model } of paths) {
        model.step(inputs[from]! + loads[from]! - spec.inputs[from]!.at)
        clean[to] = clean[to]! + model.y
      }
      const fresh = Math.floor(time_ms / NOISE_GRID_MS) !== Math.floor(before_ms / NOISE_GRID_MS)
      for (let i = 0; i < clean.length; i++) {
        if (fresh && std[i]! > 0) noise[i] = std[i]! * streams[i]!.normal12()
        measured[i] = clean[i]! + noise[i]!
      }
    },
  }
}
