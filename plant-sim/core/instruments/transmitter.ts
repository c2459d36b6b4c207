/**
 * The transmitters of a plant: process value -> sensor lag -> noise -> current.
 *
 * Lag, exact for a value held over the step: y += (1 - e^(-dt/tau)) (x - y). Noise is added behind the lag, so that its
 * standard deviation is the one of the data sheet whatever the lag, and is drawn anew on each whole second of plant time:
 * neither the step nor the number of readers changes it. Within its range of measurement the signal saturates at 3.8 and
 * 20.5 mA.
 *
 * Faults, in the order of the signal: frozen holds the sensed value while the noise goes on (an impulse line frozen or
 * plugged), slow adds a lag to it; noise adds deviation, spikes a disturbance of one second now and then; bias and drift
 * shift the value; saturated cuts it off; scaling ranges the output for another span; stuck freezes the current, open and
 * failed replace it.
 */
import { type Stream, stream } from '../../../numerics/streams.ts'
import type { FaultBank } from './faults.ts'
import { faultValue, grownValue, held, hoursSince, isActive, KIND, rampShare } from './faults.ts'
import type { TransmitterRecord } from './records.ts'
import { currentOf, MA_SATURATION_HI, MA_SATURATION_LO } from './signal.ts'
import { spikeOf, spikeSeed } from './spikes.ts'

export interface Transmitters {
  /** Current on the loop, mA. */
  readonly mA: Float64Array
  /**
   * Lagged value, present noise, sensed value and seed of the spikes, side by side: with the fault bank and the streams
   * the whole state.
   */
  readonly state: Float64Array
  readonly streams: readonly Stream[]
  /** Takes the present process value as if it had stood there for ever. */
  settle(process: Float64Array): void
  /**
   * @param process - the plant's measurements, EU
   * @param dt_s - time since the last step; the same at every call costs no exp
   * @param time_s - plant time now
   * @param draw - a whole second has passed: new noise
   */
  step(process: Float64Array, dt_s: number, time_s: number, draw: boolean): void
}

/** Current of a broken loop, mA. */
const MA_BROKEN = 0
/**
 * Lagged value, noise, the value behind the faults of the sensor (the same as the first while there are none), and what makes
 * the spikes the instrument's own.
 */
const WIDTH = 4

/**
 * @param faults - bank with one instrument per record, at `first` and after
 * @param noisy - false where the process values bring their own noise
 */
export function createTransmitters(
  records: readonly TransmitterRecord[],
  faults: FaultBank,
  first: number,
  seed: number,
  noisy: boolean,
): Transmitters {
  const count = records.length
  const mA = new Float64Array(count)
  const state = new Float64Array(count * WIDTH)
  // A stream per tag: one more instrument, or one without noise, never shifts the noise of another.
  const streams = records.map((r) => stream(seed, `noise ${r.tag}`))
  const measurement = Int32Array.from(records, (r) => r.measurement)
  const lo = Float64Array.from(records, (r) => r.lo)
  const hi = Float64Array.from(records, (r) => r.hi)
  const lag_s = Float64Array.from(records, (r) => r.lag_s)
  const noise_std = Float64Array.from(records, (r) => (noisy ? r.noise_std : 0))
  const failure_mA = Float64Array.from(records, (r) => r.failure_mA)
  for (const [i, r] of records.entries()) state[i * WIDTH + 3] = spikeSeed(seed, r.tag)
  const smoothing = new Float64Array(count)
  let smoothing_dt_s = Number.NaN

  /** What the sensor shows of the lagged value: frozen, slow, or as it is. */
  const sense = (i: number, dt_s: number, time_s: number): void => {
    const instrument = first + i
    const at = i * WIDTH
    if (isActive(faults, instrument, KIND.frozen, time_s)) {
      state[at + 2] = held(faults, instrument, KIND.frozen, state[at + 2]!)
      return
    }
    const tau_s = isActive(faults, instrument, KIND.slow, time_s)
      ? grownValue(faults, instrument, KIND.slow, time_s)
      : 0
    if (tau_s > 0) state[at + 2] = state[at + 2]! + (1 - Math.exp(-dt_s / tau_s)) * (state[at]! - state[at + 2]!)
    else state[at + 2] = state[at]!
  }

  /** New noise of an instrument with faults: the same draw as without them, so that none of them shifts what follows. */
  const deviation = (i: number, time_s: number): number => {
    const grown = isActive(faults, first + i, KIND.noise, time_s)
      ? grownValue(faults, first + i, KIND.noise, time_s)
      : 0
    const std = grown === 0 ? noise_std[i]! : Math.sqrt(noise_std[i]! * noise_std[i]! + grown * grown)
    return std > 0 ? std * streams[i]!.normal12() : 0
  }

  const current = (i: number, time_s: number): number => {
    const instrument = first + i
    let value = state[i * WIDTH + 2]! + state[i * WIDTH + 1]!
    if (isActive(faults, instrument, KIND.spikes, time_s))
      value += spikeOf(state[i * WIDTH + 3]!, time_s) * grownValue(faults, instrument, KIND.spikes, time_s)
    if (isActive(faults, instrument, KIND.bias, time_s)) value += grownValue(faults, instrument, KIND.bias, time_s)
    if (isActive(faults, instrument, KIND.drift, time_s))
      value += faultValue(faults, instrument, KIND.drift, 0) * hoursSince(faults, instrument, KIND.drift, time_s)
    if (isActive(faults, instrument, KIND.saturated, time_s)) {
      const ceiling = faultValue(faults, instrument, KIND.saturated, Number.NaN)
      if (Number.isNaN(ceiling)) value = Number.POSITIVE_INFINITY
      else if (value > ceiling) value = ceiling
    }
    let top = hi[i]!
    if (isActive(faults, instrument, KIND.scaling, time_s)) {
      const span =
        1 + (faultValue(faults, instrument, KIND.scaling, 1) - 1) * rampShare(faults, instrument, KIND.scaling, time_s)
      top = lo[i]! + (hi[i]! - lo[i]!) * span
    }
    const live = limited(currentOf(value, lo[i]!, top))
    // A broken loop shows nothing of what is behind it, a transmitter that reports its failure nothing of the sensor.
    if (isActive(faults, instrument, KIND.open, time_s)) return faultValue(faults, instrument, KIND.open, MA_BROKEN)
    if (isActive(faults, instrument, KIND.failed, time_s)) return failure_mA[i]!
    if (!isActive(faults, instrument, KIND.stuck, time_s)) return live
    const from = held(faults, instrument, KIND.stuck, mA[i]!)
    const value_stuck = faultValue(faults, instrument, KIND.stuck, Number.NaN)
    if (Number.isNaN(value_stuck)) return from
    const to = limited(currentOf(value_stuck, lo[i]!, hi[i]!))
    return from + (to - from) * rampShare(faults, instrument, KIND.stuck, time_s)
  }

  return {
    mA,
    state,
    streams,
    settle(process) {
      for (let i = 0; i < count; i++) {
        const at = i * WIDTH
        state[at] = process[measurement[i]!]!
        state[at + 2] = state[at]!
        mA[i] = limited(currentOf(state[at]!, lo[i]!, hi[i]!))
      }
    },
    step(process, dt_s, time_s, draw) {
      if (dt_s !== smoothing_dt_s) {
        smoothing_dt_s = dt_s
        for (let i = 0; i < count; i++) smoothing[i] = lag_s[i]! > 0 ? 1 - Math.exp(-dt_s / lag_s[i]!) : 1
      }
      for (let i = 0; i < count; i++) {
        const at = i * WIDTH
        const x = process[measurement[i]!]!
        // The branch is for exactness: y + 1 (x - y) is not always x.
        if (smoothing[i] === 1) state[at] = x
        else state[at] = state[at]! + smoothing[i]! * (x - state[at]!)
        if (faults.armed[first + i] === 0) {
          state[at + 2] = state[at]!
          if (draw) state[at + 1] = noise_std[i]! > 0 ? noise_std[i]! * streams[i]!.normal12() : 0
          mA[i] = limited(currentOf(state[at]! + state[at + 1]!, lo[i]!, hi[i]!))
          continue
        }
        sense(i, dt_s, time_s)
        if (draw) state[at + 1] = deviation(i, time_s)
        mA[i] = current(i, time_s)
      }
    },
  }
}

const limited = (mA: number): number =>
  mA < MA_SATURATION_LO ? MA_SATURATION_LO : mA > MA_SATURATION_HI ? MA_SATURATION_HI : mA
