/**
 * The scan clock: ticks on an absolute grid of the monotonic clock, so that it never drifts. A tick that could not be
 * given in its period is skipped, not given late: its number is missing in the sequence.
 */
export interface Clock {
  /** When the next tick is due, on the clock of performance.now(). */
  readonly next_ms: number
  stop(): void
}

/** So much before its time a tick is due: less than what a further turn of the loop would cost. */
const EARLY_MS = 0.2

/** @param on_tick - gets the index of the period that has just begun, rising from `first`. */
export function startClock(tick_ms: number, first: number, on_tick: (tick: number) => void): Clock {
  const zero_ms = performance.now() - first * tick_ms
  let due = first
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let stopped = false

  const look = (): void => {
    if (stopped) return
    const now_ms = performance.now()
    const left_ms = zero_ms + due * tick_ms - now_ms
    if (left_ms > EARLY_MS) {
      // A timer may fire up to a millisecond early: the rest is waited for turn by turn of the loop.
      if (left_ms > 1 + EARLY_MS) timer = setTimeout(look, Math.floor(left_ms - EARLY_MS))
      else immediate = setImmediate(look)
      return
    }
    const tick = Math.max(due, Math.floor((now_ms + EARLY_MS - zero_ms) / tick_ms))
    due = tick + 1
    on_tick(tick)
    look()
  }
  look()
  return {
    get next_ms() {
      return zero_ms + due * tick_ms
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      clearImmediate(immediate)
    },
  }
}
