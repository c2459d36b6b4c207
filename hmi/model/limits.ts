import type { LimitName, TagRecord } from '../../contracts/artifact.ts'
import { isBad } from '../../contracts/status.ts'
import type { Reading } from './tag-store.ts'

/** A value outside a limit of its tag. This is a display of limits, not an alarm: no delay, no acknowledgement. */
export interface Excursion {
  readonly tag: string
  readonly limit: LimitName
  readonly limitValue: number
  /** 1 beyond the trip value, 2 beyond hihi or lolo, 3 beyond hi or lo. */
  readonly rank: 1 | 2 | 3
  /** Time of the scan that first had it, ms since 1970. */
  readonly since_ms: number
}

const ORDER: readonly (readonly [LimitName, 1 | -1, 1 | 2 | 3])[] = [
  ['trip_hi', 1, 1],
  ['trip_lo', -1, 1],
  ['hihi', 1, 2],
  ['lolo', -1, 2],
  ['hi', 1, 3],
  ['lo', -1, 3],
]

/** Return needs this share of the span on the good side, so that noise on a limit does not make the banner flicker. */
export const DEADBAND_FRAC = 0.01

/** The worst limit a value is beyond, given what it was beyond before. */
export function excursionOf(
  tag: TagRecord,
  reading: Reading | undefined,
  before: Excursion | undefined,
  t_ms: number,
): Excursion | undefined {
  // A bad value proves nothing: what stood before it stays, and no new excursion begins.
  if (reading === undefined || !Number.isFinite(reading.value) || isBad(reading.status)) return before
  const band = DEADBAND_FRAC * (tag.hi - tag.lo)
  for (const [limit, sign, rank] of ORDER) {
    const limitValue = tag.limits[limit]
    if (limitValue === undefined) continue
    const beyond = sign * (reading.value - limitValue)
    const held = before !== undefined && before.rank <= rank && sideOf(before.limit) === sign
    if (beyond > (held ? -band : 0))
      return before?.limit === limit ? before : { tag: tag.tag, limit, limitValue, rank, since_ms: t_ms }
  }
  return undefined
}

/** Worst first, then newest first. */
export const byRank = (a: Excursion, b: Excursion): number => a.rank - b.rank || b.since_ms - a.since_ms

const sideOf = (limit: LimitName): 1 | -1 => (limit === 'trip_hi' || limit === 'hihi' || limit === 'hi' ? 1 : -1)
