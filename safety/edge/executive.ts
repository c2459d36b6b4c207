/**
 * The solver's own clock in RUN: scan k is due at start + k * period, whatever the scans before it took.
 *
 * A deadline that was missed by a whole period or more is left out, never caught up: the number jumps and the solver
 * counts it.
 */
export interface Executive {
  /** Numbers that were left out. */
  readonly missed: number
  /** How late the last scan began, ms, and the worst of the last minute. */
  readonly late_ms: number
  readonly worst_late_ms: number
  stop(): void
}

export interface ExecutiveClock {
  now(): number
  /** Calls back in so many ms; the answer takes it away. */
  after(ms: number, act: () => void): () => void
}

const WALL: ExecutiveClock = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}

const MINUTE_MS = 60_000

/** @param scan - number of the scan, from 1 */
export function startExecutive(period_ms: number, scan: (n: number) => void, clock: ExecutiveClock = WALL): Executive {
  const start = clock.now()
  let last = 0
  let missed = 0
  let late = 0
  let worst = 0
  let worst_at = start
  const wait = (): (() => void) => clock.after(Math.max(0, start + (last + 1) * period_ms - clock.now()), tick)
  const tick = (): void => {
    const now = clock.now()
    const due = Math.floor((now - start) / period_ms)
    // A timer may ring a fraction of a millisecond before its time.
    if (due > last) {
      missed += due - last - 1
      last = due
      late = now - start - due * period_ms
      if (late >= worst || now - worst_at > MINUTE_MS) {
        worst = late
        worst_at = now
      }
      scan(due)
    }
    cancel = wait()
  }
  let cancel = wait()
  return {
    get missed() {
      return missed
    },
    get late_ms() {
      return late
    },
    get worst_late_ms() {
      return worst
    },
    stop: () => cancel(),
  }
}
