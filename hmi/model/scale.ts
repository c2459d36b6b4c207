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
