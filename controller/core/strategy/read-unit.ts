/** Units beside values: a word of the table, `22.89 m3/h`, `{from: AI1.OUT, unit: bar}`. */
import { nearest } from '../../../numerics/nearest.ts'
import type { Faults } from './fault.ts'
import { type Word, wordOf } from './map-reader.ts'
import { parseQuantity } from './quantity.ts'
import type { Source } from './source.ts'
import { UNITS } from './units.ts'

/** A unit of the table, or a fault. */
export function readUnit(faults: Faults, source: Source): Word | undefined {
  const unit = wordOf(faults, source)
  if (unit === undefined || UNITS.has(unit.text)) return unit
  const expected = 'a unit of the table in docs/reference/strategy-format.md'
  faults.add('CFG_UNKNOWN_UNIT', unit.at, `'${unit.text}'`, expected, nearest(unit.text, UNITS.keys()))
  return undefined
}

/** The wire or number of a name of `let`, and the unit it is meant in. */
export function splitUnit(faults: Faults, value: Source): { value: Source; unit: Word | undefined } {
  if (value.kind === 'map') {
    const entry = value.entries.find((e) => e.key === 'unit')
    if (entry === undefined) return { value, unit: undefined }
    const rest = { ...value, entries: value.entries.filter((e) => e !== entry) }
    return { value: rest, unit: readUnit(faults, entry.value) }
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return { value, unit: undefined }
  const quantity = parseQuantity(value.value)
  if (quantity === undefined) return { value, unit: undefined }
  const unit =
    quantity.unit === '' ? undefined : readUnit(faults, { kind: 'scalar', value: quantity.unit, at: value.at })
  return { value: { kind: 'scalar', value: quantity.value, at: value.at }, unit }
}
