/**
 * The control valves and drives of a plant: current -> positioner -> demand on the model's own valve, which has the lag.
 *
 * 4 to 20 mA is 0 to 100 %. A healthy valve passes its demand on: the model brings its own lag; a speed limit and a further lag
 * are there for those who want them. Below 3.6 mA a positioner has no signal and lets the valve go to its fail position, like
 * one without air: at the speed of its spring. A stuck valve stays where the model's valve stands.
 *
 * Faults between the positioner and the stem: stiction (stiction.ts) and backlash (the stem follows only at the end of its
 * play); slow limits the speed of every travel. A leaking seat passes its share when the stem is shut and nothing more when
 * it is open: opening = stem + leak (1 - stem); the position feedback is the stem's. A drive that has tripped coasts to a
 * stop, and may start again only some time after the fault is over.
 */
import type { FaultBank } from './faults.ts'
import { faultJump, faultValue, grownValue, held, isActive, KIND, rampShare } from './faults.ts'
import type { FailPosition, ValveRecord } from './records.ts'
import { MA_FAILURE_LO, MA_SPAN, MA_ZERO } from './signal.ts'
import { STICTION_WIDTH, startStiction, stictionStem } from './stiction.ts'

export interface Valves {
  /**
   * Position the positioner brings about, %, its lagged form, leak of the seat, %, time until a drive may start, s, and the
   * friction: with the fault bank the whole state.
   */
  readonly state: Float64Array
  /** Position of the stem at a position of the model's valve: less what passes the seat, %. */
  stem_pct(valve: number, position_pct: number): number
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

// At 0 the stem.
const LAGGED = 1
const LEAK = 2
const WAIT = 3
/** 1 while a fault stiction has begun. */
const STICKS = 4
const STICTION = 5
const WIDTH = STICTION + STICTION_WIDTH

/** A drive has no stem: it trips instead. ISA-5.1 calls its controller SC. */
export const isDrive = (record: ValveRecord): boolean => /^SC-/.test(record.tag)

export function createValves(records: readonly ValveRecord[], faults: FaultBank, first: number): Valves {
  const count = records.length
  const state = new Float64Array(count * WIDTH)
  const manipulated = Int32Array.from(records, (r) => r.manipulated)
  const fail_pct = Float64Array.from(records, (r) => failPct(r.fail))
  const travel_pct_s = Float64Array.from(records, (r) =>
    r.travel_pct_s > 0 ? r.travel_pct_s : Number.POSITIVE_INFINITY,
  )
  const fail_travel_pct_s = Float64Array.from(records, (r) => r.fail_travel_pct_s)
  const lag_s = Float64Array.from(records, (r) => r.lag_s)
  const smoothing = new Float64Array(count)
  let smoothing_dt_s = Number.NaN

  /** The positioner's way to its target, and the further lag behind it. */
  const travel = (i: number, target: number, step_max: number): void => {
    const at = i * WIDTH
    const stem = state[at]!
    const move = target - stem
    state[at] = move > step_max ? stem + step_max : move < -step_max ? stem - step_max : target
    if (smoothing[i] === 1) state[at + LAGGED] = state[at]!
    else state[at + LAGGED] = state[at + LAGGED]! + smoothing[i]! * (state[at]! - state[at + LAGGED]!)
  }

  const stem_pct = (i: number, position_pct: number): number => {
    const leak = state[i * WIDTH + LEAK]!
    return leak === 0 ? position_pct : leak >= 100 ? 0 : ((position_pct - leak) * 100) / (100 - leak)
  }

  /** Target of the stem through friction and play. */
  const throughFaults = (i: number, target: number, dt_s: number, time_s: number): number => {
    const instrument = first + i
    const at = i * WIDTH
    let stem = target
    if (isActive(faults, instrument, KIND.stiction, time_s)) {
      const size = grownValue(faults, instrument, KIND.stiction, time_s)
      const full = faultValue(faults, instrument, KIND.stiction, 0)
      const share = rampShare(faults, instrument, KIND.stiction, time_s)
      if (state[at + STICKS] === 0) startStiction(state, at + STICTION, state[at]!)
      state[at + STICKS] = 1
      const jump = faultJump(faults, instrument, KIND.stiction, full) * share
      stem = stictionStem(state, at + STICTION, target, size, jump, dt_s)
    } else state[at + STICKS] = 0
    if (isActive(faults, instrument, KIND.backlash, time_s)) {
      const half = grownValue(faults, instrument, KIND.backlash, time_s) / 2
      const last = state[at]!
      stem = last > stem + half ? stem + half : last < stem - half ? stem - half : last
    }
    return stem
  }

  /** What passes the seat now. */
  const noteLeak = (i: number, time_s: number): void => {
    const instrument = first + i
    const at = i * WIDTH
    const leak = isActive(faults, instrument, KIND.leak, time_s) ? grownValue(faults, instrument, KIND.leak, time_s) : 0
    state[at + LEAK] = leak < 0 ? 0 : leak > 100 ? 100 : leak
  }

  return {
    state,
    stem_pct,
    settle(position_pct) {
      for (let i = 0; i < count; i++) {
        state[i * WIDTH] = position_pct[manipulated[i]!]!
        state[i * WIDTH + LAGGED] = state[i * WIDTH]!
      }
    },
    step(mA, position_pct, demand_pct, dt_s, time_s) {
      if (dt_s !== smoothing_dt_s) {
        smoothing_dt_s = dt_s
        for (let i = 0; i < count; i++) smoothing[i] = lag_s[i]! > 0 ? 1 - Math.exp(-dt_s / lag_s[i]!) : 1
      }
      for (let i = 0; i < count; i++) {
        const at = i * WIDTH
        const instrument = first + i
        const armed = faults.armed[instrument]! > 0
        const after = state[at + LEAK]! + state[at + WAIT]! + state[at + STICKS]! !== 0
        if (!armed && !after && mA[i]! > MA_FAILURE_LO) {
          travel(i, strokeOf(mA[i]!), travel_pct_s[i]! * dt_s)
          demand_pct[manipulated[i]!] = state[at + LAGGED]!
          continue
        }
        const stem = state[at]!
        let target = strokeOf(mA[i]!)
        let step_max = travel_pct_s[i]! * dt_s
        if (mA[i]! <= MA_FAILURE_LO || (armed && isActive(faults, instrument, KIND.air, time_s))) {
          target = Number.isNaN(fail_pct[i]!) ? stem : fail_pct[i]!
          step_max = fail_travel_pct_s[i]! * dt_s
        } else if (armed) target = throughFaults(i, target, dt_s, time_s)
        if (armed) {
          noteLeak(i, time_s)
          if (isActive(faults, instrument, KIND.slow, time_s)) {
            const speed = faultValue(faults, instrument, KIND.slow, Number.POSITIVE_INFINITY) * dt_s
            if (speed < step_max) step_max = speed
          }
        } else if (state[at + LEAK] !== 0 || state[at + STICKS] !== 0) {
          state[at + LEAK] = 0
          state[at + STICKS] = 0
        }
        const tripped = armed && isActive(faults, instrument, KIND.trip, time_s)
        if (tripped || state[at + WAIT]! > 0) {
          // Rounded to a microsecond, so that a wait of so many steps is so many.
          if (tripped) state[at + WAIT] = faultValue(faults, instrument, KIND.trip, 0)
          else state[at + WAIT] = Math.max(0, Math.round((state[at + WAIT]! - dt_s) * 1e6) / 1e6)
          target = 0
          step_max = fail_travel_pct_s[i]! * dt_s
        }
        if (armed && isActive(faults, instrument, KIND.stuck, time_s)) {
          // Demand on the model = where it stands: its lag then has nothing to do, and the valve is still from now on.
          const from = held(faults, instrument, KIND.stuck, stem_pct(i, position_pct[manipulated[i]!]!))
          const to = faultValue(faults, instrument, KIND.stuck, from)
          target = from + (to - from) * rampShare(faults, instrument, KIND.stuck, time_s)
          step_max = Number.POSITIVE_INFINITY
        }
        travel(i, target, step_max)
        const opening = state[at + LAGGED]!
        const leak = state[at + LEAK]!
        demand_pct[manipulated[i]!] = leak === 0 ? opening : opening + leak * (1 - opening / 100)
      }
    },
  }
}
