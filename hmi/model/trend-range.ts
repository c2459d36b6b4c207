import type { TagRecord } from '../../contracts/artifact.ts'

/**
 * Vertical range of a trend: all that was seen, the set point and the desired band, never narrower than 4 % of the
 * span, so that noise does not look like an upset; a limit is drawn when it is near, never chased.
 */
export function trendRange(
  tag: TagRecord,
  seen: readonly (number | null)[],
  sp: readonly (number | null)[],
): [number, number] {
  let lo = Number.POSITIVE_INFINITY
  let hi = Number.NEGATIVE_INFINITY
  for (const list of [seen, sp])
    for (const v of list)
      if (v !== null) {
        lo = Math.min(lo, v)
        hi = Math.max(hi, v)
      }
  if (tag.desired !== undefined) {
    lo = Math.min(lo, tag.desired[0])
    hi = Math.max(hi, tag.desired[1])
  }
  if (lo > hi) return [tag.lo, tag.hi]
  const least = 0.04 * (tag.hi - tag.lo)
  const grow = Math.max(0, least - (hi - lo)) / 2 + 0.08 * Math.max(hi - lo, least)
  return [lo - grow, hi + grow]
}

/** At least `least` round values inside the range, by the widest step of 1, 2, 5 that has so many; thinned to `most`. None at the very edge. */
export function valueTicks(min: number, max: number, least: number, most = 12): number[] {
  const edge = 0.06 * (max - min)
  const [from, to] = [min + edge, max - edge]
  if (!(to > from)) return []
  for (let exponent = Math.floor(Math.log10(to - from)) + 1; exponent > -12; exponent--)
    for (const digit of [5, 2, 1]) {
      const step = digit * 10 ** exponent
      const first = Math.ceil(from / step)
      const count = Math.floor(to / step) - first + 1
      if (count < least) continue
      const every = Math.max(1, Math.ceil((count - 1) / (most - 1)))
      return Array.from({ length: Math.floor((count - 1) / every) + 1 }, (_, k) => (first + k * every) * step)
    }
  return []
}
