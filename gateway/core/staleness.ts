/** When the picture is old, and how long a command may wait: both on people's clock, whatever pace the plant runs at. */
import type { TickId } from '../../contracts/frame.ts'

/** The conductor's pace, as field-io reports it; null with real devices. */
export type Pace = { readonly paused: boolean; readonly factor: number; readonly achieved: number } | null

/** Without a report for this long field-io counts as silent, ms. It reports once a second. */
export const IO_SILENCE_MS = 3500

const STALE_MS_MIN = 2000
const STALE_TICKS = 3

export interface Freshness {
  readonly tick_ms: number
  readonly pace: Pace
  /** Since the newest scan came, by the gateway's own clock, ms; Infinity: none yet. */
  readonly age_ms: number
  readonly newest: TickId
  /** Since field-io's last report, ms, and the tick it was at. */
  readonly io_age_ms: number
  readonly io_at: TickId | null
}

/** Age beyond which the newest scan is stale: 3 ticks, at least 2 s. A plant that runs slower has longer ticks. */
export function staleAfter_ms(tick_ms: number, pace: Pace): number {
  const slow = pace !== null && pace.factor > 0 && pace.factor < 1 ? pace.factor : 1
  return Math.max((STALE_TICKS * tick_ms) / slow, STALE_MS_MIN)
}

/**
 * Whether the values on the screen are the plant's present ones. A paused plant makes no scans: its last scan stays
 * true as long as field-io keeps saying that it is paused at just that scan.
 */
export function isLive(f: Freshness): boolean {
  if (f.age_ms <= staleAfter_ms(f.tick_ms, f.pace)) return true
  if (f.pace?.paused !== true || f.io_age_ms > IO_SILENCE_MS || f.io_at === null) return false
  return f.io_at.epoch === f.newest.epoch && f.io_at.n === f.newest.n
}

const TTL_MS = 2000
const TTL_TICKS_MIN = 2

/** Life of a command: 2 s of the operator's time in ticks, at least 2. A plant that runs faster spends more ticks in it. */
export function ttlTicks(tick_ms: number, pace: Pace): number {
  const fast = pace === null ? 1 : Math.max(1, pace.factor, pace.achieved)
  return Math.max(TTL_TICKS_MIN, Math.ceil((TTL_MS * fast) / tick_ms))
}
