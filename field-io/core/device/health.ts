/** What is counted of a path: times of its answers over a bounded window, time-outs, exceptions, connections. */
export interface PathCounters {
  requests: number
  timeouts: number
  connects: number
  /** By exception code. */
  readonly exceptions: Map<number, number>
  /** Undefined: none yet. */
  good_ms: number | undefined
  /** Of the last answer, ms. */
  rtt_ms: number
  readonly rtt_window: Float64Array
  answers: number
}

/** Answers of which the percentiles are told. */
const WINDOW = 256

export const pathCounters = (): PathCounters => ({
  requests: 0,
  timeouts: 0,
  connects: 0,
  exceptions: new Map(),
  good_ms: undefined,
  rtt_ms: 0,
  rtt_window: new Float64Array(WINDOW),
  answers: 0,
})

export function countAnswer(counters: PathCounters, rtt_ms: number): void {
  counters.rtt_ms = rtt_ms
  counters.rtt_window[counters.answers % WINDOW] = rtt_ms
  counters.answers++
}

/** Median and 99th percentile of the window, by nearest rank; 0 before the first answer. */
export function percentiles(counters: PathCounters): { readonly p50_ms: number; readonly p99_ms: number } {
  const count = Math.min(counters.answers, WINDOW)
  if (count === 0) return { p50_ms: 0, p99_ms: 0 }
  const sorted = counters.rtt_window.slice(0, count).sort()
  const rank = (fraction: number): number => sorted[Math.max(0, Math.ceil(fraction * count) - 1)]!
  return { p50_ms: rank(0.5), p99_ms: rank(0.99) }
}
