/**
 * Reads a mapping of known fields: reports what is unknown, missing or of the wrong type, and answers undefined for it.
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { Faults, Place } from './fault.ts'
import { duration } from './quantity.ts'
import { kindText, type ListSource, type MapSource, type Source } from './source.ts'

export interface Word {
  readonly text: string
  readonly at: Place
}

export interface Range {
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
}

export interface MapReader {
  readonly at: Place
  /** The value under the key; undefined where the key is absent. Never a fault. */
  readonly optional: (key: string) => Source | undefined
  /** As `optional`, but absence is a fault. */
  readonly required: (key: string) => Source | undefined
  readonly word: (key: string) => Word | undefined
  readonly wordOr: (key: string) => Word | undefined
  readonly number: (key: string, range?: Range) => number | undefined
  readonly numberOr: (key: string, fallback: number, range?: Range) => number
  readonly list: (key: string) => ListSource | undefined
  readonly map: (key: string) => MapSource | undefined
  /** A duration such as `8s`, in ms. */
  readonly duration_ms: (key: string) => number | undefined
}

/** @param what - names the mapping in messages: 'a module', 'a device' */
export function readMap(faults: Faults, source: MapSource, what: string, keys: readonly string[]): MapReader {
  for (const entry of source.entries) {
    if (keys.includes(entry.key)) continue
    faults.add(
      'CFG_UNKNOWN_FIELD',
      entry.at,
      `'${entry.key}'`,
      `a field of ${what} (${keys.join(', ')})`,
      nearest(entry.key, keys),
    )
  }
  const optional = (key: string): Source | undefined => source.entries.find((e) => e.key === key)?.value
  const required = (key: string): Source | undefined => {
    const value = optional(key)
    if (value === undefined)
      faults.add('CFG_MISSING_FIELD', source.at, `${what} without '${key}'`, `the field '${key}'`)
    return value
  }
  const asWord = (value: Source | undefined): Word | undefined =>
    value === undefined ? undefined : wordOf(faults, value)
  const asKind = <K extends 'list' | 'map'>(
    value: Source | undefined,
    kind: K,
  ): Extract<Source, { kind: K }> | undefined => {
    if (value === undefined || isReported(value)) return undefined
    if (value.kind === kind) return value as Extract<Source, { kind: K }>
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), kind === 'list' ? 'a list' : 'a mapping')
    return undefined
  }
  return {
    at: source.at,
    optional,
    required,
    word: (key) => asWord(required(key)),
    wordOr: (key) => asWord(optional(key)),
    number: (key, range) => {
      const value = required(key)
      return value === undefined ? undefined : numberOf(faults, value, range)
    },
    numberOr: (key, fallback, range) => {
      const value = optional(key)
      return value === undefined ? fallback : (numberOf(faults, value, range) ?? fallback)
    },
    list: (key) => asKind(optional(key), 'list'),
    map: (key) => asKind(optional(key), 'map'),
    duration_ms: (key) => {
      const value = required(key)
      if (value === undefined || isReported(value)) return undefined
      const ms = value.kind === 'scalar' ? duration(value.value, 'ms') : undefined
      if (ms === undefined || ms <= 0) {
        faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a duration above 0, as 250ms, 8s, 20min or 1h')
        return undefined
      }
      return ms
    },
  }
}

/** A text; a number where a name is wanted is taken as written, because `tag: 101` means the tag 101. */
export function wordOf(faults: Faults, value: Source): Word | undefined {
  if (isReported(value)) return undefined
  if (value.kind === 'scalar' && value.value !== null) return { text: String(value.value), at: value.at }
  faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a text')
  return undefined
}

export function numberOf(faults: Faults, value: Source, range: Range = {}): number | undefined {
  if (isReported(value)) return undefined
  if (value.kind !== 'scalar' || typeof value.value !== 'number' || !Number.isFinite(value.value)) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), range.integer ? 'a whole number' : 'a number')
    return undefined
  }
  if (range.integer && !Number.isInteger(value.value)) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a whole number')
    return undefined
  }
  return inRange(faults, value, value.value, range) ? value.value : undefined
}

export function inRange(faults: Faults, source: Source, value: number, { min, max }: Range): boolean {
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return true
  const expected =
    min !== undefined && max !== undefined
      ? `${min} to ${max}`
      : min !== undefined
        ? `${min} or more`
        : `${max} or less`
  faults.add('CFG_OUT_OF_RANGE', source.at, kindText(source), expected)
  return false
}

/** Two rising numbers, `[lo, hi]`. */
export function pairOf(faults: Faults, value: Source): readonly [number, number] | undefined {
  const expected = 'two rising numbers [low, high]'
  if (isReported(value)) return undefined
  if (value.kind !== 'list' || value.items.length !== 2) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), expected)
    return undefined
  }
  const lo = numberOf(faults, value.items[0]!)
  const hi = numberOf(faults, value.items[1]!)
  if (lo === undefined || hi === undefined) return undefined
  if (lo < hi) return [lo, hi]
  faults.add('CFG_OUT_OF_RANGE', value.at, `[${lo}, ${hi}]`, expected)
  return undefined
}

export const isReported = (value: Source): boolean => value.kind === 'scalar' && value.reported === true

/** Each item that is a mapping; the others are faults. */
export function mapsOf(faults: Faults, list: ListSource | undefined): MapSource[] {
  const maps: MapSource[] = []
  for (const item of list?.items ?? []) {
    if (item.kind === 'map') maps.push(item)
    else if (!isReported(item)) faults.add('CFG_WRONG_TYPE', item.at, kindText(item), 'a mapping')
  }
  return maps
}
