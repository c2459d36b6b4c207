/** What an entry field does with keys and typed text. Pure: the component only draws it. */
export interface EntryRange {
  readonly lo: number
  readonly hi: number
  readonly decimals: number
}

export type EntryVerdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'not-a-number' }
  | { readonly kind: 'outside'; readonly lo: number; readonly hi: number }
  /** More than 10 % of the span: asks again with from and to. */
  | { readonly kind: 'large'; readonly value: number; readonly change_pct: number }
  | { readonly kind: 'ok'; readonly value: number }

export const LARGE_FRAC = 0.1
const KEY_STEPS: Readonly<Record<string, number>> = { ArrowUp: 0.001, ArrowDown: -0.001, PageUp: 0.01, PageDown: -0.01 }

/** The text after a step key, or undefined for another key. Steps never leave the range. */
export function stepText(key: string, text: string, current: number, r: EntryRange): string | undefined {
  const frac = KEY_STEPS[key]
  if (frac === undefined) return undefined
  const from = parse(text) ?? current
  if (!Number.isFinite(from)) return text
  // A step smaller than the last decimal would do nothing on the screen.
  const step = Math.sign(frac) * Math.max(Math.abs(frac) * (r.hi - r.lo), 10 ** -r.decimals)
  return Math.min(r.hi, Math.max(r.lo, from + step)).toFixed(r.decimals)
}

/** Judges typed text against the value the controller has now. */
export function judge(text: string, current: number, r: EntryRange): EntryVerdict {
  const value = parse(text)
  if (value === undefined) return { kind: 'not-a-number' }
  if (value < r.lo || value > r.hi) return { kind: 'outside', lo: r.lo, hi: r.hi }
  if (text.trim() === current.toFixed(r.decimals)) return { kind: 'unchanged' }
  const span = r.hi - r.lo
  const change = Math.abs(value - current)
  // The comparison tolerates rounding of the binary fraction: exactly 10 % is not more than 10 %.
  if (!(change <= LARGE_FRAC * span * (1 + 1e-9))) return { kind: 'large', value, change_pct: (100 * change) / span }
  return { kind: 'ok', value }
}

/** Accepts a decimal comma, refuses everything that is not wholly a number. */
export function parse(text: string): number | undefined {
  const t = text.trim().replace(',', '.')
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(t) ? Number(t) : undefined
}
