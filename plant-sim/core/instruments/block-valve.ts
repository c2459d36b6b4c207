/**
 * Shut-off valves of the safety system: a solenoid, a spring, two limit switches.
 *
 * Energised a valve goes to its normal position, de-energised to the other, at constant speed. A limit switch makes within
 * 2 % of its end. Faults: air (goes to the de-energised position whatever the solenoid does), stuck (stays where it is, or at a
 * value), slow (speed, %/s), leak (passes a share when shut), failed (both limit switches open).
 */
import type { FaultBank } from './faults.ts'
import { faultValue, grownValue, held, isActive, KIND, rampShare } from './faults.ts'

export interface BlockValveRecord {
  /** `XV-1` */
  readonly tag: string
  readonly description: string
  /** Where it is while energised; the spring takes it to the other end. */
  readonly energised: 'open' | 'closed'
  /** Travel from end to end, s. */
  readonly open_s: number
  readonly close_s: number
  /** Control valve whose positioner the same output takes the air from: the second way, on an output of the first. */
  readonly vents?: string
}

export interface BlockValves {
  /** Stem, 0 shut to 1 open, and leak of the seat, side by side: with the fault bank the whole state. */
  readonly state: Float64Array
  /** What it lets through, 0 to 1. */
  readonly opening: Float64Array
  /** Limit switches: bit i is valve i. */
  readonly switches: { open: number; closed: number }
  /** Bit i: valve i stands where the de-energised one belongs, whatever its switches say. */
  inSafePosition(): number
  settle(energised: number): void
  /** @param energised - solenoids, bit i is valve i */
  step(energised: number, dt_s: number, time_s: number): void
  /** After a change of `state` from outside. */
  refresh(time_s: number): void
}

const SWITCH = 0.02

export function createBlockValves(records: readonly BlockValveRecord[], faults: FaultBank, first: number): BlockValves {
  const count = records.length
  const state = new Float64Array(count * 2)
  const opening = new Float64Array(count)
  const open_per_s = Float64Array.from(records, (r) => 1 / r.open_s)
  const close_per_s = Float64Array.from(records, (r) => 1 / r.close_s)
  const normal = Uint8Array.from(records, (r) => (r.energised === 'open' ? 1 : 0))
  const switches = { open: 0, closed: 0 }

  const show = (time_s: number): void => {
    switches.open = 0
    switches.closed = 0
    for (let i = 0; i < count; i++) {
      const stem = state[i * 2]!
      const leak = state[i * 2 + 1]!
      opening[i] = leak === 0 ? stem : stem + leak * (1 - stem)
      if (faults.armed[first + i]! > 0 && isActive(faults, first + i, KIND.failed, time_s)) continue
      if (stem >= 1 - SWITCH) switches.open |= 1 << i
      if (stem <= SWITCH) switches.closed |= 1 << i
    }
  }

  return {
    state,
    opening,
    switches,
    inSafePosition() {
      let bits = 0
      for (let i = 0; i < count; i++) if (Math.abs(state[i * 2]! - (1 - normal[i]!)) <= SWITCH) bits |= 1 << i
      return bits
    },
    settle(energised) {
      for (let i = 0; i < count; i++) state[i * 2] = ((energised >> i) & 1) === 1 ? normal[i]! : 1 - normal[i]!
      show(0)
    },
    step(energised, dt_s, time_s) {
      for (let i = 0; i < count; i++) {
        const stem = state[i * 2]!
        const instrument = first + i
        let target = ((energised >> i) & 1) === 1 ? normal[i]! : 1 - normal[i]!
        let up = open_per_s[i]! * dt_s
        let down = close_per_s[i]! * dt_s
        state[i * 2 + 1] = 0
        if (faults.armed[instrument]! > 0) {
          if (isActive(faults, instrument, KIND.air, time_s)) target = 1 - normal[i]!
          if (isActive(faults, instrument, KIND.leak, time_s))
            state[i * 2 + 1] = Math.min(1, Math.max(0, grownValue(faults, instrument, KIND.leak, time_s) / 100))
          if (isActive(faults, instrument, KIND.slow, time_s)) {
            const most = (faultValue(faults, instrument, KIND.slow, Number.POSITIVE_INFINITY) / 100) * dt_s
            up = Math.min(up, most)
            down = Math.min(down, most)
          }
          if (isActive(faults, instrument, KIND.stuck, time_s)) {
            const from = held(faults, instrument, KIND.stuck, stem)
            const to = faultValue(faults, instrument, KIND.stuck, from * 100) / 100
            target = from + (to - from) * rampShare(faults, instrument, KIND.stuck, time_s)
            up = 1
            down = 1
          }
        }
        state[i * 2] = target - stem > up ? stem + up : stem - target > down ? stem - down : target
      }
      show(time_s + dt_s)
    },
    refresh: show,
  }
}
