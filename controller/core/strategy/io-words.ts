/** Small readers that io files need beyond those of every file. */
import { nearest } from '../../../numerics/nearest.ts'
import type { Faults } from './fault.ts'
import { isReported, type MapReader } from './map-reader.ts'
import { duration } from './quantity.ts'
import { kindText, type MapSource, type Source } from './source.ts'

export const REGISTER = { min: 0, max: 65535, integer: true }

/** One of a set of words; absence is a fault. */
export function oneOf<W extends string>(faults: Faults, m: MapReader, key: string, words: readonly W[]): W | undefined {
  const value = m.required(key)
  return value === undefined ? undefined : wordAmong(faults, value, words)
}

/** One of a set of words; undefined where the key is absent or wrong. */
export function oneOfOr<W extends string>(
  faults: Faults,
  m: MapReader,
  key: string,
  words: readonly W[],
): W | undefined {
  const value = m.optional(key)
  return value === undefined ? undefined : wordAmong(faults, value, words)
}

function wordAmong<W extends string>(faults: Faults, value: Source, words: readonly W[]): W | undefined {
  if (isReported(value)) return undefined
  const text = value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
  if (text !== undefined && (words as readonly string[]).includes(text)) return text as W
  const near = text === undefined ? '' : nearest(text, words)
  faults.add('CFG_UNKNOWN_WORD', value.at, kindText(value), words.join(' | '), near)
  return undefined
}

/** true or false; absent: undefined. */
export function flagOr(faults: Faults, m: MapReader, key: string): boolean | undefined {
  const value = m.optional(key)
  if (value === undefined || isReported(value)) return undefined
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
  faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'true or false')
  return undefined
}

/** A whole number in a range; absent: undefined. */
export function wholeOr(m: MapReader, key: string, min: number, max: number): number | undefined {
  return m.optional(key) === undefined ? undefined : m.number(key, { min, max, integer: true })
}

/** A duration above 0, ms; absent: undefined. */
export const durationOr = (m: MapReader, key: string): number | undefined =>
  m.optional(key) === undefined ? undefined : m.duration_ms(key)

/** Whether a duration of nothing is written. */
export const isZero = (value: Source | undefined): boolean =>
  value?.kind === 'scalar' && duration(value.value, 'ms') === 0

/** What `own` does not say, `base` says; maps are joined field by field. */
export function joinMaps(own: MapSource, base: MapSource): MapSource {
  const entries = own.entries.map((entry) => {
    const under = base.entries.find((b) => b.key === entry.key)?.value
    return entry.value.kind === 'map' && under?.kind === 'map'
      ? { ...entry, value: joinMaps(entry.value, under) }
      : entry
  })
  return { ...own, entries: [...entries, ...base.entries.filter((b) => !own.entries.some((o) => o.key === b.key))] }
}
