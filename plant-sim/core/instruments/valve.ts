/**
 * The valves of a plant, from the current on their positioner to the demand on the model.
 *
 * A healthy valve passes its demand through, because the model has the valve's own lag; a speed limit and a further lag
 * are there for those who want them. Below 3.6 mA a positioner has no signal and lets the valve go to its fail position, like
 * one without air: at the speed of its spring. A stuck valve stays where the model's valve stands.
 */
import type { FaultBank } from './faults.ts'
import { faultValue, held, isActive, KIND, rampShare } from './faults.ts'
import type { FailPosition, ValveRecord } from './records.ts'
import { MA_FAILURE_LO, MA_SPAN, MA_ZERO } from './signal.ts'

export interface Valves {
  /** Position the positioner brings about, %, and its lagged form: with the fault bank the whole state. */
  readonly state: Float64Array
  settle(position_pct: Float64Array): void
  /**
   * Writes the demands of the model.
   * @param mA - current on each positioner, in the order of the records
   * @param position_pct - positions of the model's valves, by manipulated variable
   * @param demand_pct - demands of the model's valves, by manipulated variable
   */
  step(mA: Float64Array, position_pct: Float64Array, demand_pct: Float64Array, dt_s: number, time_s: number): void
}

/** Where it goes, %; NaN: stays. */
export const failPct = (fail: FailPosition): number => (fail === 'closed' ? 0 : fail === 'open' ? 100 : Number.NaN)

/** Demand that a current stands for, %, limited to the stroke. */
export function strokeOf(mA: number): number {
  const pct = ((mA - MA_ZERO) / MA_SPAN) * 100
  return pct < 0 ? 0 : pct > 100 ? 100 : pct
}

export function createValves(records: readonly ValveRecord[], faults: FaultBank, first: number): Valves {
  const count = records.length
  const state = new Float64Array(count * 2)
  const manipulated = Int32Array.from(records, (r) => r.manipulated)
  const fail_pct = Float64Array.from(records, (r) => failPct(r.fail))
  const travel_pct_s = Float64Array.from(records, (r) =>
    r.travel_pct_s > 0 ? r.travel_pct_s : Number.POSITIVE_INFINITY,
  )
  const fail_travel_pct_s = Float64Array.from(records, (r) => r.fail_travel_pct_s)
  const lag_s = Float64Array.from(records, (r) => r.lag_s)
  const smoothing = new Float64Array(count)
  let smoothing_dt_s = Number.NaN

  return {
    state,
    settle(position_pct) {
      for (let i = 0; i < count; i++) {
        state[i * 2] = position_pct[manipulated[i]!]!
        state[i * 2 + 1] = state[i * 2]!
      }
    },
    step(mA, position_pct, demand_pct, dt_s, time_s) {
      if (dt_s !== smoothing_dt_s) {
        smoothing_dt_s = dt_s
        for (let i = 0; i < count; i++) smoothing[i] = lag_s[i]! > 0 ? 1 - Math.exp(-dt_s / lag_s[i]!) : 1
      }
      for (let i = 0; i < count; i++) {
        const at = i * 2
        const instrument = first + i
        const armed = faults.armed[instrument]! > 0
        const airless = armed && isActive(faults, instrument, KIND.air, time_s)
        const stem = state[at]!
        let target = strokeOf(mA[i]!)
        let step_max = travel_pct_s[i]! * dt_s
        if (airless || mA[i]! <= MA_FAILURE_LO) {
          target = Number.isNaN(fail_pct[i]!) ? stem : fail_pct[i]!
          step_max = fail_travel_pct_s[i]! * dt_s
        }
        if (armed && isActive(faults, instrument, KIND.stuck, time_s)) {
          // Demand on the model = where it stands: its lag then has nothing to do, and the valve is still from now on.
          const from = held(faults, instrument, KIND.stuck, position_pct[manipulated[i]!]!)
          const to = faultValue(faults, instrument, KIND.stuck, from)
          target = from + (to - from) * rampShare(faults, instrument, KIND.stuck, time_s)
          step_max = Number.POSITIVE_INFINITY
        }
        const move = target - stem
        state[at] = move > step_max ? stem + step_max : move < -step_max ? stem - step_max : target
        if (smoothing[i] === 1) state[at + 1] = state[at]!
        else state[at + 1] = state[at + 1]! + smoothing[i]! * (state[at]! - state[at + 1]!)
        demand_pct[manipulated[i]!] = state[at + 1]!
      }
    },
  }
}
