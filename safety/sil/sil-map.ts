/** Reads the fields of one mapping and reports what is unknown, missing or wrong; a faulty field reads as its fallback. */
import type { SilEntry, SilFault, SilPlace, SilSource } from './sil-source.ts'

export interface SilMap {
  readonly at: SilPlace
  readonly has: (key: string) => boolean
  readonly place: (key: string) => SilPlace
  readonly text: (key: string, fallback?: string) => string
  readonly word: <T extends string>(key: string, words: readonly T[], fallback?: T) => T
  /** With bounds, both allowed unless `above` says more than. */
  readonly number: (key: string, range: Range, fallback?: number) => number
  /** A number of hours, or `4380 h`, `30 d`, `6 mo`, `1 y`. */
  readonly hours: (key: string, range: Range, fallback?: number) => number
  readonly entries: (key: string) => readonly SilEntry[]
  readonly list: (key: string) => readonly SilSource[]
  /** To be called last: reports the fields nobody asked for. */
  readonly end: () => void
}

export interface Range {
  readonly min?: number
  readonly max?: number
  readonly above?: number
  readonly integer?: true
}

export type Report = (code: SilFault['code'], at: SilPlace, found: string, expected: string) => void

/** @param what - names the mapping in messages: 'an element' */
export function silMap(source: SilSource, what: string, report: Report): SilMap | undefined {
  if (source.kind !== 'map') {
    report('CFG_WRONG_TYPE', source.at, kindText(source), `${what}: a mapping`)
    return undefined
  }
  const asked = new Set<string>()
  const find = (key: string): SilSource | undefined => {
    asked.add(key)
    return source.entries.find((entry) => entry.key === key)?.value
  }
  /** Present, or reported as missing unless there is a fallback. */
  const need = (key: string, optional: boolean): SilSource | undefined => {
    const found = find(key)
    if (found === undefined && !optional) report('CFG_MISSING_FIELD', source.at, `${what} without '${key}'`, `'${key}'`)
    return found
  }
  const wrong = (value: SilSource, expected: string): void =>
    report('CFG_WRONG_TYPE', value.at, kindText(value), expected)
  const within = (value: number, at: SilPlace, range: Range): void => {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above, integer } = range
    const ok = value >= min && value <= max && (above === undefined || value > above)
    if (!ok || !Number.isFinite(value)) report('CFG_OUT_OF_RANGE', at, `${value}`, rangeText(range))
    else if (integer && !Number.isInteger(value)) report('CFG_OUT_OF_RANGE', at, `${value}`, 'a whole number')
  }
  const numeric =
    (read: (value: string | number) => number | undefined, expected: string) =>
    (key: string, range: Range, fallback?: number): number => {
      const value = need(key, fallback !== undefined)
      if (value === undefined) return fallback ?? Number.NaN
      const scalar = value.kind === 'scalar' ? value.value : null
      const number = typeof scalar === 'number' || typeof scalar === 'string' ? read(scalar) : undefined
      if (number === undefined) wrong(value, expected)
      else within(number, value.at, range)
      return number ?? Number.NaN
    }
  const text = (key: string, fallback?: string): string => {
    const value = need(key, fallback !== undefined)
    if (value === undefined) return fallback ?? ''
    if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.trim() !== '')
      return value.value.trim()
    wrong(value, 'a text')
    return ''
  }
  return {
    at: source.at,
    has: (key) => source.entries.some((entry) => entry.key === key),
    place: (key) => source.entries.find((entry) => entry.key === key)?.value.at ?? source.at,
    text,
    word: (key, words, fallback) => {
      const found = text(key, fallback)
      const match = words.find((word) => word === found)
      const value = find(key)
      if (match === undefined && found !== '' && value !== undefined) {
        report('CFG_UNKNOWN_WORD', value.at, `'${found}'`, words.join(', '))
      }
      return match ?? fallback ?? words[0]!
    },
    number: numeric((value) => (typeof value === 'number' ? value : undefined), 'a number'),
    hours: numeric(hoursOf, "hours, or '30 d', '6 mo', '1 y'"),
    entries: (key) => {
      const value = need(key, false)
      if (value === undefined) return []
      if (value.kind === 'map') return value.entries
      wrong(value, 'a mapping of names')
      return []
    },
    list: (key) => {
      const value = need(key, false)
      if (value === undefined) return []
      if (value.kind === 'list' && value.items.length > 0) return value.items
      wrong(value, 'a list with at least one item')
      return []
    },
    end: () => {
      for (const { key, at } of source.entries) {
        if (!asked.has(key)) report('CFG_UNKNOWN_FIELD', at, `'${key}'`, `a field of ${what}: ${[...asked].join(', ')}`)
      }
    },
  }
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, mo: 730, y: 8760 }

function hoursOf(value: string | number): number | undefined {
  if (typeof value === 'number') return value
  const match = /^(\d+(?:\.\d+)?)\s*(h|d|mo|y)$/.exec(value.trim())
  return match === null ? undefined : Number(match[1]) * HOURS[match[2]!]!
}

function rangeText({ min, max, above, integer }: Range): string {
  const parts = [
    ...(above === undefined ? [] : [`more than ${above}`]),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ]
  return `${integer ? 'a whole number' : 'a number'} ${parts.join(' and ')}`.trim()
}

export function kindText(source: SilSource): string {
  if (source.kind !== 'scalar') return source.kind === 'map' ? 'a mapping' : 'a list'
  return source.value === null ? 'nothing' : `'${source.value}'`
}
