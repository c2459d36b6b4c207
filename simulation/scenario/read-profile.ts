/** Steps of a disturbance as variables: `steps(3)`, `steps(3, -20..20)`, `steps(3, -20..20, 10min)`. */
import type { Faults } from '../../controller/core/strategy/fault.ts'
import { duration } from '../../controller/core/strategy/quantity.ts'
import type { Source } from '../../controller/core/strategy/source.ts'
import { secondsOf, sizeOf, type Variable } from './scenario.ts'

const STEPS_MAX = 20
/** In the unit of what is disturbed: a tenth of a valve's travel either way. */
const SIZES = [-10, 10] as const
const OVER_S = 300

const STEPS = /^steps\(([^)]*)\)$/
const RANGE = /^(-?[\d.eE+-]+)\s*\.\.\s*(-?[\d.eE+-]+)$/

/**
 * Sizes and times of the steps, a variable each, so that a failing case becomes smaller step by step. The level after a step is
 * its size; it stays until the next one in time.
 *
 * @returns undefined where the value is no `steps(...)`, or an empty list after a fault
 */
export function readProfile(faults: Faults, name: string, value: Source): readonly Variable[] | undefined {
  const text = value.kind === 'scalar' ? String(value.value).trim() : ''
  if (!text.startsWith('steps')) return undefined
  const parts =
    STEPS.exec(text)?.[1]
      ?.split(',')
      .map((part) => part.trim()) ?? []
  const count = /^\d+$/.test(parts[0] ?? '') ? Number(parts[0]) : 0
  const range = parts[1] === undefined ? SIZES : (RANGE.exec(parts[1])?.slice(1).map(Number) ?? [])
  const over_s = parts[2] === undefined ? OVER_S : duration(parts[2], 's')
  const [lo = Number.NaN, hi = Number.NaN] = range
  if (parts.length > 3 || !(count >= 1 && count <= STEPS_MAX) || !(lo < hi) || !(over_s !== undefined && over_s > 0)) {
    const expected = `steps(3), 'steps(3, -20..20)' or 'steps(3, -20..20, 10min)', at most ${STEPS_MAX}`
    faults.add('CFG_WRONG_TYPE', value.at, `'${text}'`, expected)
    return []
  }
  return Array.from({ length: count }, (_, i) => [
    { name: sizeOf(name, i), lo, hi, integer: false },
    { name: secondsOf(name, i), lo: 0, hi: over_s, integer: false },
  ]).flat()
}
