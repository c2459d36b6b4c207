/**
 * The analysers of a plant: a posted value, a status word and a counter of samples.
 *
 * The plant model samples and holds; the instrument adds noise, anew with each sample. The counter tells a reader a new
 * sample from the old one repeated, which the value alone cannot. Faults: bias, drift, noise, spikes and scaling from the
 * sample on that follows, stuck (value held, counter stands: the sample line is blocked), failed (value held, status 1).
 */
import { type Stream, stream } from '../../../numerics/streams.ts'
import type { FaultBank } from './faults.ts'
import { faultValue, grownValue, held, hoursSince, isActive, KIND, rampShare } from './faults.ts'
import type { AnalyserRecord } from './records.ts'
import { spikeOf, spikeSeed } from './spikes.ts'

export interface Analysers {
  /** Posted value, EU, as float32 holds it. */
  readonly posted: Float64Array
  /** 0 good, 1 fault. */
  readonly status: Uint16Array
  /** Samples posted since power-up, modulo 65536. */
  readonly samples: Uint16Array
  /** Noise of the present sample, error of the present sample, last process value, seed of the spikes. */
  readonly state: Float64Array
  readonly streams: readonly Stream[]
  settle(process: Float64Array): void
  /** @param time_ms - plant time now; @param dt_ms - since the last step: a sample is due where a period ends in between */
  step(process: Float64Array, dt_ms: number, time_ms: number): void
}

export interface AnalyserOptions {
  /** False where the process values bring their own noise. */
  readonly noisy: boolean
  /** Samples fall on whole periods of plant time; otherwise where the process value changes, because the original's clock
   * accumulates rounding and posts a second late now and then. */
  readonly on_grid: boolean
}

const WIDTH = 4

export function createAnalysers(
  records: readonly AnalyserRecord[],
  faults: FaultBank,
  first: number,
  seed: number,
  options: AnalyserOptions,
): Analysers {
  const count = records.length
  const posted = new Float64Array(count)
  const status = new Uint16Array(count)
  const samples = new Uint16Array(count)
  const state = new Float64Array(count * WIDTH)
  const streams = records.map((r) => stream(seed, `noise ${r.tag}`))
  const measurement = Int32Array.from(records, (r) => r.measurement)
  const lo = Float64Array.from(records, (r) => r.lo)
  const noise_std = Float64Array.from(records, (r) => (options.noisy ? r.noise_std : 0))
  for (const [i, r] of records.entries()) state[i * WIDTH + 3] = spikeSeed(seed, r.tag)
  const period_ms = Float64Array.from(records, (r) => Math.round(r.period_s * 1000))

  /** Noise of a sample of an analyser with faults: the same draw as without them. */
  const deviation = (i: number, time_s: number): number => {
    const grown = isActive(faults, first + i, KIND.noise, time_s)
      ? grownValue(faults, first + i, KIND.noise, time_s)
      : 0
    const std = grown === 0 ? noise_std[i]! : Math.sqrt(noise_std[i]! * noise_std[i]! + grown * grown)
    return std > 0 ? std * streams[i]!.normal12() : 0
  }

  /** By how much the faults shift a sample of `x`. */
  const error = (i: number, x: number, time_s: number): number => {
    const instrument = first + i
    let sum = 0
    if (isActive(faults, instrument, KIND.bias, time_s)) sum = grownValue(faults, instrument, KIND.bias, time_s)
    if (isActive(faults, instrument, KIND.drift, time_s))
      sum += faultValue(faults, instrument, KIND.drift, 0) * hoursSince(faults, instrument, KIND.drift, time_s)
    if (isActive(faults, instrument, KIND.spikes, time_s))
      sum += spikeOf(state[i * WIDTH + 3]!, time_s) * grownValue(faults, instrument, KIND.spikes, time_s)
    if (isActive(faults, instrument, KIND.scaling, time_s)) {
      const factor = faultValue(faults, instrument, KIND.scaling, 1)
      const span = 1 + (factor - 1) * rampShare(faults, instrument, KIND.scaling, time_s)
      sum += (x - lo[i]!) / span - (x - lo[i]!)
    }
    return sum
  }

  return {
    posted,
    status,
    samples,
    state,
    streams,
    settle(process) {
      for (let i = 0; i < count; i++) {
        state[i * WIDTH + 2] = process[measurement[i]!]!
        posted[i] = Math.fround(state[i * WIDTH + 2]!)
      }
    },
    step(process, dt_ms, time_ms) {
      const time_s = time_ms / 1000
      for (let i = 0; i < count; i++) {
        const at = i * WIDTH
        const instrument = first + i
        const x = process[measurement[i]!]!
        const due = options.on_grid
          ? Math.floor(time_ms / period_ms[i]!) !== Math.floor((time_ms - dt_ms) / period_ms[i]!)
          : x !== state[at + 2]!
        state[at + 2] = x
        const armed = faults.armed[instrument]! > 0
        const failed = armed && isActive(faults, instrument, KIND.failed, time_s)
        const stuck = armed && isActive(faults, instrument, KIND.stuck, time_s)
        status[i] = failed ? 1 : 0
        if (due && !armed) {
          state[at] = noise_std[i]! > 0 ? noise_std[i]! * streams[i]!.normal12() : 0
          state[at + 1] = 0
          samples[i] = samples[i]! + 1
        } else if (due) {
          state[at] = deviation(i, time_s)
          state[at + 1] = error(i, x, time_s)
          if (!failed && !stuck) samples[i] = samples[i]! + 1
        }
        if (stuck) {
          const from = held(faults, instrument, KIND.stuck, posted[i]!)
          const to = faultValue(faults, instrument, KIND.stuck, from)
          posted[i] = Math.fround(from + (to - from) * rampShare(faults, instrument, KIND.stuck, time_s))
        } else if (!failed) posted[i] = Math.fround(x + state[at]! + state[at + 1]!)
      }
    },
  }
}
