/**
 * Rates of a subscription from the scan classes of its points.
 *
 * A point is sampled twice in its own period, so that its value is never older than half a period when its class is due;
 * publishing follows the fastest point. The keep-alive comes at least every third of the silence that is allowed and every
 * 5 s, so that a dead subscription is told from a plant that stands still; the subscription outlives ten lost keep-alives.
 */
export interface SubscriptionPlan {
  /** Per point. */
  readonly sampling_ms: readonly number[]
  readonly publishing_ms: number
  /** In publishing intervals. */
  readonly keep_alive_count: number
  readonly lifetime_count: number
}

const SAMPLING_MS_MIN = 20
const PUBLISHING_MS_MIN = 50
const PUBLISHING_MS_MAX = 1000
const KEEP_ALIVE_MS_MAX = 5000
/** Fewer than this a server may take for too nervous. */
const KEEP_ALIVE_COUNT_MIN = 3

export function subscriptionPlan(periods_ms: readonly number[], silence_ms: number): SubscriptionPlan {
  const sampling_ms = periods_ms.map((p) => Math.max(SAMPLING_MS_MIN, Math.round(p / 2)))
  const fastest = sampling_ms.reduce((a, b) => Math.min(a, b), PUBLISHING_MS_MAX)
  const publishing_ms = Math.max(PUBLISHING_MS_MIN, fastest)
  const keep_alive_ms = Math.min(KEEP_ALIVE_MS_MAX, silence_ms / 3)
  const keep_alive_count = Math.max(KEEP_ALIVE_COUNT_MIN, Math.floor(keep_alive_ms / publishing_ms))
  return { sampling_ms, publishing_ms, keep_alive_count, lifetime_count: keep_alive_count * 10 }
}
