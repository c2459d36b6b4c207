/**
 * Whether the clock of the scans can be trusted: it must move, and go as fast as the wall's.
 *
 * No timer of the logic uses the wall's clock. A step of it (somebody set the time) is told and changes nothing; two
 * windows in a row in which the two run apart by more than 5 % say that one of them is wrong, and nobody knows which:
 * that trips.
 */
export interface ClockCheck {
  /** Bits: 1 the scan clock stands or runs backwards, 2 the two run apart, 4 the wall's clock was set. */
  judge(monotonic_ms: number, wall_ms: number): number
}

export const CLOCK = { stands: 1, apart: 2, set: 4 } as const

const WINDOW_MS = 10_000
const APART = 0.05
const SET_MS = 500

export function createClockCheck(): ClockCheck {
  let last = Number.NEGATIVE_INFINITY
  let last_wall = 0
  let from = 0
  let from_wall = 0
  let apart = 0
  return {
    judge(monotonic_ms, wall_ms) {
      if (last === Number.NEGATIVE_INFINITY) {
        from = monotonic_ms
        from_wall = wall_ms
      }
      let found = monotonic_ms <= last ? CLOCK.stands : 0
      const step = wall_ms - last_wall - (monotonic_ms - last)
      if (last !== Number.NEGATIVE_INFINITY && Math.abs(step) > SET_MS) {
        found |= CLOCK.set
        // A window with a step in it says nothing about the rate.
        from = monotonic_ms
        from_wall = wall_ms
      }
      last = monotonic_ms
      last_wall = wall_ms
      if (monotonic_ms - from < WINDOW_MS) return found
      const rate = (wall_ms - from_wall) / (monotonic_ms - from)
      apart = Math.abs(rate - 1) > APART ? apart + 1 : 0
      from = monotonic_ms
      from_wall = wall_ms
      return apart >= 2 ? found | CLOCK.apart : found
    },
  }
}
