/** Numbers with a unit behind them, as engineers write them: `8s`, `20min`, `1h`, `250ms`, `1%`, `4 mA`. */
export interface Quantity {
  readonly value: number
  /** '' where none was written. */
  readonly unit: string
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86400 }

/** Units in which the strategy writes a duration. */
export const DURATION_UNITS = Object.keys(SECONDS)

export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z%°/$][A-Za-z0-9%°/$²³.]*)?$/.exec(text.trim())
  if (match === null) return undefined
  return { value: Number(match[1]), unit: match[2] ?? '' }
}

/** A duration in the wanted unit (one of DURATION_UNITS); undefined where the text is none. A plain 0 is a duration. */
export function duration(value: string | number | boolean | null, wanted: string): number | undefined {
  if (value === 0) return 0
  if (typeof value !== 'string') return undefined
  const quantity = parseQuantity(value)
  if (quantity === undefined) return undefined
  const given = SECONDS[quantity.unit]
  const want = SECONDS[wanted]
  if (given === undefined || want === undefined) return undefined
  // Milliseconds divide, because 0.001 has no exact double: 250 ms must be 0.25 s to the bit.
  if (quantity.unit === 'ms' && want >= 1) return quantity.value / (1000 * want)
  if (wanted === 'ms') return quantity.unit === 'ms' ? quantity.value : quantity.value * given * 1000
  return (quantity.value * given) / want
}
