/**
 * Reads known fields of a plain value, as a YAML or JSON parser gives it: every problem with its path, none of them thrown.
 */
import { nearest } from '../../../numerics/nearest.ts'
import type { ProfileCode, ProfileProblem } from './profile.ts'

export type Path = readonly (string | number)[]

export interface Problems {
  readonly list: ProfileProblem[]
  readonly add: (code: ProfileCode, path: Path, found: string, expected: string, suggestion?: string) => void
  /** As `add`, about the key and not its value. */
  readonly addKey: (code: ProfileCode, path: Path, found: string, expected: string, suggestion?: string) => void
}

export interface Range {
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
}

/** Undefined where the key is absent or its value has a problem; the `...Or` forms do not ask for the key. */
export interface ValueReader {
  readonly path: Path
  readonly has: (key: string) => boolean
  readonly value: (key: string) => unknown
  readonly text: (key: string) => string | undefined
  readonly textOr: (key: string) => string | undefined
  readonly number: (key: string, range?: Range) => number | undefined
  readonly numberOr: (key: string, range?: Range) => number | undefined
  readonly flagOr: (key: string) => boolean | undefined
  readonly word: <W extends string>(key: string, words: readonly W[]) => W | undefined
  readonly wordOr: <W extends string>(key: string, words: readonly W[]) => W | undefined
  readonly durationOr: (key: string) => number | undefined
  /** The entries of a mapping; empty where it is absent or none. */
  readonly entries: (key: string) => readonly (readonly [string, unknown])[]
}

export function collectProblems(): Problems {
  const list: ProfileProblem[] = []
  return {
    list,
    add: (code, path, found, expected, suggestion = '') => list.push({ code, path, found, expected, suggestion }),
    addKey: (code, path, found, expected, suggestion = '') =>
      list.push({ code, path, key: true, found, expected, suggestion }),
  }
}

const SECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }

/** @param what - names the mapping in messages */
export function readValue(
  problems: Problems,
  value: unknown,
  path: Path,
  what: string,
  keys: readonly string[],
): ValueReader {
  if (!isRecord(value)) problems.add('CFG_WRONG_TYPE', path, textOf(value), 'a mapping')
  const own: Readonly<Record<string, unknown>> = isRecord(value) ? value : {}
  for (const key of Object.keys(own)) {
    if (keys.includes(key)) continue
    const expected = `a field of ${what} (${keys.join(', ')})`
    problems.addKey('CFG_UNKNOWN_FIELD', [...path, key], `'${key}'`, expected, nearest(key, keys))
  }
  const has = (key: string): boolean => Object.hasOwn(own, key)
  const needed = (key: string): boolean => {
    if (!has(key) && isRecord(value))
      problems.add('CFG_MISSING_FIELD', path, `${what} without '${key}'`, `the field '${key}'`)
    return has(key)
  }
  const wrong = (key: string, expected: string): undefined => {
    problems.add('CFG_WRONG_TYPE', [...path, key], textOf(own[key]), expected)
    return undefined
  }
  const asText = (key: string): string | undefined => {
    const v = own[key]
    return typeof v === 'string' || typeof v === 'number' ? String(v) : wrong(key, 'a text')
  }
  const asNumber = (key: string, { min, max, integer }: Range = {}): number | undefined => {
    const v = own[key]
    if (typeof v !== 'number' || !Number.isFinite(v) || (integer === true && !Number.isInteger(v)))
      return wrong(key, integer === true ? 'a whole number' : 'a number')
    if ((min === undefined || v >= min) && (max === undefined || v <= max)) return v
    const expected = min === undefined ? `${max} or less` : max === undefined ? `${min} or more` : `${min} to ${max}`
    problems.add('CFG_OUT_OF_RANGE', [...path, key], textOf(v), expected)
    return undefined
  }
  const asWord = <W extends string>(key: string, words: readonly W[]): W | undefined => {
    const text = plainText(own[key])
    if ((words as readonly string[]).includes(text)) return text as W
    problems.add('CFG_UNKNOWN_WORD', [...path, key], textOf(own[key]), words.join(' | '), nearest(text, words))
    return undefined
  }
  return {
    path,
    has,
    value: (key) => own[key],
    text: (key) => (needed(key) ? asText(key) : undefined),
    textOr: (key) => (has(key) ? asText(key) : undefined),
    number: (key, range) => (needed(key) ? asNumber(key, range) : undefined),
    numberOr: (key, range) => (has(key) ? asNumber(key, range) : undefined),
    flagOr: (key) => {
      if (!has(key)) return undefined
      const v = own[key]
      return typeof v === 'boolean' ? v : wrong(key, 'true or false')
    },
    word: (key, words) => (needed(key) ? asWord(key, words) : undefined),
    wordOr: (key, words) => (has(key) ? asWord(key, words) : undefined),
    durationOr: (key) => {
      if (!has(key)) return undefined
      const match = /^(\d+\.?\d*|\.\d+)\s*(ms|s|min|h)$/.exec(plainText(own[key]).trim())
      const ms = match === null ? 0 : Number(match[1]) * SECONDS[match[2]!]!
      return ms > 0 ? ms : wrong(key, 'a duration above 0, as 250ms or 10s')
    },
    entries: (key) => {
      if (!has(key)) return []
      const v = own[key]
      if (isRecord(v)) return Object.entries(v)
      wrong(key, 'a mapping')
      return []
    },
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** '' where it is no scalar: a mapping with a key `toString` cannot be made a text. */
export const plainText = (value: unknown): string => (typeof value === 'object' ? '' : String(value))

/** What an engineer calls it, for messages. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'a mapping'
  return value === null || value === undefined ? 'nothing' : `'${String(value)}'`
}
