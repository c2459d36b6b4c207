/**
 * What a unit measures, as numbers: exponents of base quantities, a factor to the base unit, and a zero point.
 *
 * Gauge and absolute pressure have one dimension and two zero points, as degC and K: their difference is a pressure, their
 * sum is nothing. Fractions (%, mol%, ppm) are numbers with a name of their own.
 * @see BIPM, The International System of Units, 9th ed., tables 2 to 8
 */

/** Exponents of kg, m, s, K, mol, A, standard m3, revolution, $, EUR. */
type Exponents = readonly number[]

const BASES = ['kg', 'm', 's', 'K', 'kmol', 'A', 'Nm3', 'rev', '$', 'EUR'] as const

export interface Quantity {
  readonly kind: 'quantity'
  readonly exponents: Exponents
  /** Base units in one of this. */
  readonly factor: number
  /** What its zero is: two quantities of one dimension with different zeros do not add. '' for a difference or an amount. */
  readonly zero: string
  /** Base units at the zero of this unit, for a conversion. */
  readonly offset: number
  /** The unit's own name; '' for what a calculation made. */
  readonly name: string
  /** The time of a step: a number times it is a ramp, and that number has a unit that nobody writes down. */
  readonly clock?: true
}

/** `literal`: a number written down, which takes the unit of what it meets. `unknown`: not to be had, never a fault. */
export type Measure = Quantity | { readonly kind: 'literal' } | { readonly kind: 'unknown' }

export const LITERAL: Measure = { kind: 'literal' }
export const UNKNOWN: Measure = { kind: 'unknown' }

const exponents = (of: Partial<Record<(typeof BASES)[number], number>>): Exponents => BASES.map((b) => of[b] ?? 0)

const NONE = exponents({})
const TEMPERATURE = exponents({ K: 1 })
const PRESSURE = exponents({ kg: 1, m: -1, s: -2 })
const MASS_FLOW = exponents({ kg: 1, s: -1 })
const VOLUME_FLOW = exponents({ m: 3, s: -1 })
const STANDARD_FLOW = exponents({ Nm3: 1, s: -1 })
const TIME = exponents({ s: 1 })
const POWER = exponents({ kg: 1, m: 2, s: -3 })
const VOLTAGE = exponents({ kg: 1, m: 2, s: -3, A: -1 })
const CURRENT = exponents({ A: 1 })

const of = (e: Exponents, factor: number, zero = '', offset = 0): Omit<Quantity, 'name'> => ({
  kind: 'quantity',
  exponents: e,
  factor,
  zero,
  offset,
})

/** Standard volumes are at 0 degC and 101.325 kPa, in kscmh and Nm3/h alike. */
const TABLE: Readonly<Record<string, Omit<Quantity, 'name'>>> = {
  '1': of(NONE, 1),
  '%': of(NONE, 1, 'fraction'),
  'mol%': of(NONE, 1, 'mole fraction'),
  degC: of(TEMPERATURE, 1, 'temperature', 273.15),
  K: of(TEMPERATURE, 1, 'temperature'),
  kPag: of(PRESSURE, 1000, 'gauge'),
  barg: of(PRESSURE, 100_000, 'gauge'),
  kPaa: of(PRESSURE, 1000, 'absolute'),
  bara: of(PRESSURE, 100_000, 'absolute'),
  kPa: of(PRESSURE, 1000),
  bar: of(PRESSURE, 100_000),
  mbar: of(PRESSURE, 100),
  Pa: of(PRESSURE, 1),
  'kg/h': of(MASS_FLOW, 1 / 3600),
  'kg/s': of(MASS_FLOW, 1),
  't/h': of(MASS_FLOW, 1000 / 3600),
  'm3/h': of(VOLUME_FLOW, 1 / 3600),
  'l/min': of(VOLUME_FLOW, 1 / 60_000),
  kscmh: of(STANDARD_FLOW, 1000 / 3600),
  'Nm3/h': of(STANDARD_FLOW, 1 / 3600),
  'kmol/h': of(exponents({ kmol: 1, s: -1 }), 1 / 3600),
  m: of(exponents({ m: 1 }), 1),
  mm: of(exponents({ m: 1 }), 0.001),
  m3: of(exponents({ m: 3 }), 1),
  kg: of(exponents({ kg: 1 }), 1),
  t: of(exponents({ kg: 1 }), 1000),
  'kg/m3': of(exponents({ kg: 1, m: -3 }), 1),
  kW: of(POWER, 1000),
  MW: of(POWER, 1_000_000),
  V: of(VOLTAGE, 1),
  mV: of(VOLTAGE, 0.001),
  A: of(CURRENT, 1),
  mA: of(CURRENT, 0.001),
  Hz: of(exponents({ s: -1 }), 1),
  rpm: of(exponents({ rev: 1, s: -1 }), 1 / 60),
  'mm/s': of(exponents({ m: 1, s: -1 }), 0.001),
  ms: of(TIME, 0.001),
  s: of(TIME, 1),
  min: of(TIME, 60),
  h: of(TIME, 3600),
  pH: of(NONE, 1, 'acidity'),
  ppm: of(NONE, 1, 'ppm'),
  'mg/m3': of(exponents({ kg: 1, m: -3 }), 1e-6),
  'uS/cm': of(exponents({ kg: -1, m: -3, s: 3, A: 2 }), 1e-4),
  '$/h': of(exponents({ $: 1, s: -1 }), 1 / 3600),
  'EUR/h': of(exponents({ EUR: 1, s: -1 }), 1 / 3600),
}

/** The measure of a unit of the table in units.ts; undefined for one that is not there. */
export function measureOf(unit: string): Quantity | undefined {
  const known = Object.hasOwn(TABLE, unit) ? TABLE[unit] : undefined
  return known === undefined ? undefined : { ...known, name: unit }
}

const NUMBER: Quantity = measureOf('1')!

/** `kPag`, or `kg2/s` made of the base units where a calculation has no unit of the table. */
export function measureText(m: Measure): string {
  if (m.kind !== 'quantity') return m.kind === 'literal' ? 'a number' : 'something of unknown unit'
  if (m.name === '1') return 'a plain number'
  if (m.name !== '') return m.name
  const same = Object.keys(TABLE).find((unit) => sameMeasure(m, measureOf(unit)!))
  if (same !== undefined) return same === '1' ? 'a plain number' : same
  const power = (e: number, i: number): string => `${BASES[i]}${Math.abs(e) === 1 ? '' : Math.abs(e)}`
  const part = (sign: number): string => m.exponents.flatMap((e, i) => (e * sign > 0 ? [power(e, i)] : [])).join(' ')
  const [up, down] = [part(1), part(-1)]
  if (up === '' && down === '') return 'a plain number'
  return `${up === '' ? '1' : up}${down === '' ? '' : `/(${down})`}`
}

const sameDimension = (a: Quantity, b: Quantity): boolean => a.exponents.every((e, i) => e === b.exponents[i])
const isNumber = (a: Quantity): boolean => a.exponents.every((e) => e === 0)
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b)

function sameMeasure(a: Quantity, b: Quantity): boolean {
  return sameDimension(a, b) && near(a.factor, b.factor) && a.zero === b.zero && a.offset === b.offset
}

/** How a value of one unit becomes one of another: `x * factor + offset`; undefined where the dimensions differ. */
export function conversion(from: Quantity, to: Quantity): { factor: number; offset: number } | undefined {
  if (!sameDimension(from, to) || from.zero !== to.zero) return undefined
  return { factor: from.factor / to.factor, offset: (from.offset - to.offset) / to.factor }
}

/** - `scale`: one dimension in two units. - `dimension`: nothing to be done. */
export type Misfit = 'scale' | 'dimension'

/** Whether a value of `from` may stand where `to` is meant. A plain number and a fraction may take each other's place. */
export function misfit(from: Measure, to: Measure): Misfit | undefined {
  if (from.kind !== 'quantity' || to.kind !== 'quantity') return undefined
  if (!sameDimension(from, to)) return 'dimension'
  if (isNumber(from)) return from.zero === to.zero || from.zero === '' || to.zero === '' ? undefined : 'dimension'
  // A difference of temperatures is written in degC as often as in K.
  const difference = from.name === '' && from.zero === '' && to.zero === 'temperature'
  if (from.zero !== to.zero && !difference) return 'dimension'
  return near(from.factor, to.factor) && (difference || from.offset === to.offset) ? undefined : 'scale'
}

export type Sum = 'add' | 'subtract' | 'compare'

/** The measure of a sum, a difference, or of either of two values that are compared; undefined where they do not go together. */
export function combine(what: Sum, a: Measure, b: Measure): Measure | Misfit {
  if (a.kind === 'unknown' || b.kind === 'unknown')
    return a.kind === 'quantity' ? a : b.kind === 'quantity' ? b : UNKNOWN
  if (a.kind === 'literal') return b
  if (b.kind === 'literal') return a
  if (!sameDimension(a, b)) return 'dimension'
  if (!near(a.factor, b.factor)) return 'scale'
  if (isNumber(a)) {
    if (a.zero === b.zero || b.zero === '') return a
    return a.zero === '' ? b : 'dimension'
  }
  if (a.zero === b.zero) {
    if (a.offset !== b.offset) return 'scale'
    return what === 'subtract' && a.zero !== '' ? { ...a, zero: '', offset: 0, name: '' } : a
  }
  if (what === 'compare') return a.zero === 'temperature' || b.zero === 'temperature' ? a : 'dimension'
  if (b.zero === '') return a
  return a.zero === '' && what === 'add' ? b : 'dimension'
}

export function product(a: Measure, b: Measure, sign: 1 | -1): Measure {
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN
  if (
    (a.kind === 'literal' && b.kind === 'quantity' && b.clock) ||
    (b.kind === 'literal' && a.kind === 'quantity' && a.clock)
  )
    return UNKNOWN
  if (b.kind === 'literal') return a
  if (a.kind === 'literal') return sign === 1 ? b : power(b, -1)
  if (isNumber(b)) return isNumber(a) ? (a.zero !== '' && b.zero === '' ? a : NUMBER) : a
  if (isNumber(a) && sign === 1) return b
  const exponents = a.exponents.map((e, i) => e + sign * b.exponents[i]!)
  return made(exponents, sign === 1 ? a.factor * b.factor : a.factor / b.factor)
}

export function power(a: Measure, exponent: number): Measure {
  if (a.kind !== 'quantity') return a
  if (isNumber(a)) return NUMBER
  // Of the factors only 1, -1 and 1/2 occur.
  const factor = exponent === 0.5 ? Math.sqrt(a.factor) : 1 / a.factor
  return made(
    a.exponents.map((e) => e * exponent),
    factor,
  )
}

export const A_NUMBER: Measure = NUMBER
/** Seconds that a step has been active. */
export const STEP_SECONDS: Measure = { ...measureOf('s')!, clock: true }

function made(e: Exponents, factor: number): Quantity {
  return { kind: 'quantity', exponents: e.map((x) => x + 0), factor, zero: '', offset: 0, name: '' }
}
