import type { TagRecord } from '../../contracts/artifact.ts'

/** A value on a scale: share of the way from lo to hi, pinned at the ends, and where it lies outside. */
export interface Place {
  /** 0 at lo, 1 at hi. */
  readonly frac: number
  readonly outside: '' | 'above' | 'below'
}

export function place(value: number, lo: number, hi: number): Place | undefined {
  if (!Number.isFinite(value) || !(hi > lo)) return undefined
  const frac = (value - lo) / (hi - lo)
  if (frac > 1) return { frac: 1, outside: 'above' }
  if (frac < 0) return { frac: 0, outside: 'below' }
  return { frac, outside: '' }
}

/** Arrow for a rate above 2 % of span a minute, double above 6 %. Empty when steady. */
export function rateArrow(slope_per_min: number, lo: number, hi: number): '' | '↑' | '↑↑' | '↓' | '↓↓' {
  const pct = (100 * slope_per_min) / (hi - lo)
  if (!(Math.abs(pct) > 2)) return ''
  if (pct > 0) return pct > 6 ? '↑↑' : '↑'
  return pct < -6 ? '↓↓' : '↓'
}

/**
 * Scale of an indicator: the instrument's range, or the part of it that matters where limits and desired band lie in a
 * small part of it (a pressure that lives between 2650 and 3000 is not readable on 0 to 3200). Never less than a
 * quarter of the instrument's range, never outside it.
 */
export function taskRange(tag: Pick<TagRecord, 'lo' | 'hi' | 'limits' | 'desired'>): readonly [number, number] {
  const points = [...Object.values(tag.limits), ...(tag.desired ?? [])]
  const span = tag.hi - tag.lo
  if (points.length < 2) return [tag.lo, tag.hi]
  const from = Math.min(...points)
  const to = Math.max(...points)
  const width = Math.max(1.3 * (to - from), 0.25 * span)
  if (width > 0.6 * span) return [tag.lo, tag.hi]
  const middle = (from + to) / 2
  const lo = Math.min(Math.max(tag.lo, middle - width / 2), tag.hi - width)
  return [lo, lo + width]
}
