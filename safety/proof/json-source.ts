/**
 * JSON as a tree in which every key and value knows its line and column; strict as `JSON.parse`, and stricter: a key twice is a
 * fault, because of two values a reader sees one and the machine takes the other.
 *
 * A reader of its own, so that nothing between the signed bytes and the logic is more than a page long.
 * @see RFC 8259
 */
import type { SilEntry, SilPlace, SilSource } from '../sil/sil-source.ts'

/** What keeps a file from being read: codes in docs/reference/errors.md. */
export interface FileFault {
  readonly code:
    | 'CFG_DUPLICATE_KEY'
    | 'CFG_INCONSISTENT'
    | 'SIS_JSON_SYNTAX'
    | 'CFG_MISSING_FIELD'
    | 'CFG_OUT_OF_RANGE'
    | 'CFG_TOO_LARGE'
    | 'CFG_UNKNOWN_FIELD'
    | 'CFG_UNKNOWN_WORD'
    | 'CFG_UNREADABLE_FILE'
    | 'CFG_WRONG_TYPE'
  readonly at: SilPlace
  readonly found: string
  readonly expected: string
}

const DEPTH_MAX = 32
const CHARS_MAX = 4_000_000
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** @returns the tree, absent where the text is no JSON; and every fault up to there */
export function readJson(
  file: string,
  text: string,
): { readonly tree?: SilSource; readonly faults: readonly FileFault[] } {
  const faults: FileFault[] = []
  if (text.length > CHARS_MAX) {
    const found = `${text.length} characters`
    return {
      faults: [{ code: 'CFG_TOO_LARGE', at: { file, line: 1, column: 1 }, found, expected: `at most ${CHARS_MAX}` }],
    }
  }
  const lines = [0]
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') lines.push(i + 1)
  const place = (offset: number): SilPlace => {
    let [low, high] = [0, lines.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (lines[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: offset - lines[low]! + 1 }
  }
  const stop = (offset: number, expected: string, code: FileFault['code'] = 'SIS_JSON_SYNTAX'): Stop => {
    const found = offset >= text.length ? 'the end' : JSON.stringify(text[offset])
    return new Stop({ code, at: place(offset), found, expected })
  }

  let at = 0
  const blank = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++
  }
  const take = (sign: string, expected: string): void => {
    blank()
    if (text[at] !== sign) throw stop(at, expected)
    at++
  }
  function value(depth: number): SilSource {
    blank()
    const start = at
    if (depth > DEPTH_MAX) throw stop(at, `at most ${DEPTH_MAX} levels`, 'CFG_TOO_LARGE')
    const first = text[at]
    if (first === '{') return { kind: 'map', entries: entries(depth), at: place(start) }
    if (first === '[') return { kind: 'list', items: items(depth), at: place(start) }
    if (first === '"') return { kind: 'scalar', value: string(), at: place(start) }
    const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    number.lastIndex = at
    const digits = number.exec(text)?.[0]
    if (digits !== undefined) {
      at += digits.length
      const value = Number(digits)
      if (!Number.isFinite(value)) throw stop(start, 'a number that a double can hold')
      return { kind: 'scalar', value, at: place(start) }
    }
    for (const [word, literal] of Object.entries(LITERALS))
      if (text.startsWith(word, at)) {
        at += word.length
        return { kind: 'scalar', value: literal, at: place(start) }
      }
    throw stop(at, 'a value')
  }
  function entries(depth: number): SilEntry[] {
    const list: SilEntry[] = []
    const seen = new Set<string>()
    at++
    blank()
    if (text[at] === '}') {
      at++
      return list
    }
    for (;;) {
      blank()
      const start = at
      if (text[at] !== '"') throw stop(at, 'a key in double quotes')
      const key = string()
      if (seen.has(key))
        faults.push({
          code: 'CFG_DUPLICATE_KEY',
          at: place(start),
          found: `'${key}' twice`,
          expected: 'each key once in a mapping',
        })
      seen.add(key)
      take(':', "':'")
      list.push({ key, at: place(start), value: value(depth + 1) })
      blank()
      if (text[at] === '}') {
        at++
        return list
      }
      take(',', "',' or '}'")
    }
  }
  function items(depth: number): SilSource[] {
    const list: SilSource[] = []
    at++
    blank()
    if (text[at] === ']') {
      at++
      return list
    }
    for (;;) {
      list.push(value(depth + 1))
      blank()
      if (text[at] === ']') {
        at++
        return list
      }
      take(',', "',' or ']'")
    }
  }
  function string(): string {
    let result = ''
    at++
    for (;;) {
      const sign = text[at]
      if (sign === undefined || sign < ' ') throw stop(at, 'the end of the text, a double quote')
      at++
      if (sign === '"') return result
      if (sign !== '\\') {
        result += sign
        continue
      }
      const escaped = text[at] ?? ''
      const hex = escaped === 'u' ? /^[0-9a-fA-F]{4}$/.exec(text.slice(at + 1, at + 5))?.[0] : undefined
      if (hex !== undefined) {
        result += String.fromCharCode(Number.parseInt(hex, 16))
        at += 5
      } else if (Object.hasOwn(ESCAPES, escaped)) {
        result += ESCAPES[escaped]!
        at++
      } else throw stop(at, 'an escape of JSON')
    }
  }

  try {
    const tree = value(0)
    blank()
    if (at < text.length) throw stop(at, 'the end')
    return { tree, faults }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { faults: [...faults, error.fault] }
  }
}

class Stop extends Error {
  readonly fault: FileFault
  constructor(fault: FileFault) {
    super(fault.expected)
    this.fault = fault
  }
}

/** The tree without its places: what `JSON.parse` of the text gives. */
export function plain(source: SilSource): unknown {
  if (source.kind === 'scalar') return source.value
  if (source.kind === 'list') return source.items.map(plain)
  return Object.fromEntries(source.entries.map(({ key, value }) => [key, plain(value)]))
}

/**
 * Where a place such as `causes/S1/trip/counts` stands. An item of a list is named by its tag or id, a cell by cause and effect, a
 * step by its id behind that of the sequence; of two with one name the later is meant. What is not there: the nearest thing around it.
 */
export function locate(tree: SilSource, place: string): SilPlace {
  let here: SilSource = tree
  let at = tree.at
  for (const name of place.split('/')) {
    const next = inside(here, name)
    if (next === undefined) break
    here = next.value
    at = next.at
  }
  return at
}

function inside(source: SilSource, name: string): { readonly value: SilSource; readonly at: SilPlace } | undefined {
  if (source.kind === 'scalar') return undefined
  if (source.kind === 'list') {
    const found = source.items.findLast((item) => namesOf(item).includes(name)) ?? source.items[Number(name)]
    return found === undefined ? undefined : { value: found, at: found.at }
  }
  const own = source.entries.find(({ key }) => key === name)
  if (own !== undefined) return { value: own.value, at: own.value.kind === 'scalar' ? own.value.at : own.at }
  if (name === 'inputs') {
    const lists = source.entries.filter(({ key }) => key === 'transmitters' || key === 'contacts')
    const items = lists.flatMap(({ value }) => (value.kind === 'list' ? value.items : []))
    return { value: { kind: 'list', items, at: source.at }, at: source.at }
  }
  const steps = source.entries.find(({ key }) => key === 'steps')
  return steps === undefined ? undefined : inside(steps.value, name)
}

function namesOf(item: SilSource): string[] {
  if (item.kind === 'scalar') return [String(item.value)]
  if (item.kind === 'list') return []
  const text = (key: string): string | undefined => {
    const value = item.entries.find((entry) => entry.key === key)?.value
    return value?.kind === 'scalar' ? String(value.value) : undefined
  }
  const pair = text('effect') === undefined ? undefined : `${text('cause')} ${text('effect')}`
  return [text('tag'), text('id'), pair].flatMap((name) => name ?? [])
}
