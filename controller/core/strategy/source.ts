/**
 * A file as a tree in which every key and value knows its place.
 *
 * YAML 1.2, core schema, one document a file, no anchors, aliases or tags: what is repeated belongs into a class.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLParseError } from 'yaml'
import type { Faults, Place } from './fault.ts'

export type Source = MapSource | ListSource | ScalarSource

export interface ScalarSource {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly at: Place
  /** Where the first letter of a text stands, if its letters stand in the file one by one as they are here. */
  readonly text_at?: Place
  /** A value that could not be had; that has been reported, so nothing more is said about it. */
  readonly reported?: true
}

export interface ListSource {
  readonly kind: 'list'
  readonly items: readonly Source[]
  readonly at: Place
}

export interface MapSource {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
  readonly at: Place
}

export interface MapEntry {
  readonly key: string
  readonly at: Place
  readonly value: Source
}

/** A file beyond this is no work of hands; a table of 10,000 loops has 2 million characters. */
const CHARS_MAX = 4_000_000
const DEPTH_MAX = 64

/** Where brackets, or dashes of one line, open a level too many; before the parser, which would go down with them. */
function tooDeep(text: string): number | undefined {
  let depth = 0
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\n') quote = ''
    else if (quote !== '') quote = c === quote ? '' : quote
    else if (c === '#' && (i === 0 || /\s/.test(text[i - 1]!))) {
      const end = text.indexOf('\n', i)
      if (end < 0) break
      i = end
    } else if ((c === '"' || c === "'") && /[\s[{,:]/.test(text[i - 1] ?? ' ')) quote = c
    else if (c === '[' || c === '{') {
      if (++depth > DEPTH_MAX) return i
    } else if (c === ']' || c === '}') depth = Math.max(0, depth - 1)
  }
  const dashes = /(?:[-?] ){65}/.exec(text)?.index
  const indented = /^ {400}/m.exec(text)?.index
  return dashes ?? indented
}

/** Reports every fault of the text; undefined where there is no tree to go on with. */
export function readYaml(faults: Faults, file: string, text: string): MapSource | undefined {
  const whole: Place = { file, line: 0, column: 0 }
  if (text.trim() === '') {
    faults.add('CFG_EMPTY_FILE', whole, 'nothing', 'a YAML document')
    return undefined
  }
  if (text.length > CHARS_MAX) {
    faults.add('CFG_TOO_LARGE', whole, `${text.length} characters`, `at most ${CHARS_MAX}: several files, or a table`)
    return undefined
  }
  const deep = tooDeep(text)
  if (deep !== undefined) {
    const before = text.slice(0, deep).split('\n')
    const at: Place = { file, line: before.length, column: before.at(-1)!.length + 1 }
    faults.add(
      'CFG_TOO_LARGE',
      at,
      `more than ${DEPTH_MAX} levels`,
      'fewer: what is nested so deep belongs into a class',
    )
    return undefined
  }
  const counter = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { file, line, column: col }
  }
  const parsed = parseAllDocuments(text, { version: '1.2', schema: 'core', lineCounter: counter, uniqueKeys: true })
  if (!Array.isArray(parsed) || parsed.length === 0) {
    faults.add('CFG_EMPTY_FILE', whole, 'only comments', 'a YAML document')
    return undefined
  }
  let broken = false
  for (const document of parsed) {
    for (const problem of [...document.errors, ...document.warnings]) {
      const duplicate = problem.code === 'DUPLICATE_KEY'
      broken ||= !duplicate && document.errors.includes(problem as YAMLParseError)
      const said = problem.message.split(' at line ')[0]!.split('\n')[0]!
      const at = place(problem.pos[0])
      if (duplicate) faults.add('CFG_DUPLICATE_KEY', at, 'the same key twice', 'each key once in a mapping')
      else faults.add('CFG_YAML_SYNTAX', at, said, 'YAML 1.2')
    }
  }
  const second = parsed[1]
  if (second !== undefined) {
    broken = true
    faults.add('CFG_YAML_SYNTAX', place(second.range[0]), 'a second document', 'one document a file')
  }
  if (broken) return undefined
  const root = parsed[0]!.contents
  if (root === null || (isScalar(root) && root.value === null)) {
    faults.add('CFG_EMPTY_FILE', whole, 'nothing', 'a YAML document')
    return undefined
  }

  const textAt = (range: readonly number[] | undefined, value: string): Place | undefined => {
    const begin = range?.[0] ?? 0
    for (const quote of [0, 1]) {
      if (text.startsWith(value, begin + quote)) return place(begin + quote)
    }
    return undefined
  }
  const convert = (node: unknown): Source => {
    const at = place((node as { range?: readonly number[] | null }).range?.[0] ?? 0)
    if (isAlias(node)) {
      faults.add(
        'CFG_YAML_SYNTAX',
        at,
        `the alias '*${node.source}'`,
        'no aliases: what is repeated belongs into a class',
      )
      return { kind: 'scalar', value: null, at, reported: true }
    }
    if (isScalar(node)) {
      const value = node.value
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
        const text_at = typeof value === 'string' ? textAt(node.range ?? undefined, value) : undefined
        return { kind: 'scalar', value, at, ...(text_at === undefined ? {} : { text_at }) }
      }
      faults.add('CFG_WRONG_TYPE', at, `${String(value)}`, 'a text, a number or true/false')
      return { kind: 'scalar', value: null, at, reported: true }
    }
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map(convert), at }
    }
    if (isMap(node)) {
      const entries: MapEntry[] = []
      for (const pair of node.items) {
        const key = pair.key
        if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
          faults.add('CFG_WRONG_TYPE', at, 'a key that is no word', 'a word as key')
          continue
        }
        const keyAt = place(key.range?.[0] ?? 0)
        const value: Source = pair.value === null ? { kind: 'scalar', value: null, at: keyAt } : convert(pair.value)
        if (!entries.some((e) => e.key === String(key.value))) {
          entries.push({ key: String(key.value), at: keyAt, value })
        }
      }
      return { kind: 'map', entries, at }
    }
    return { kind: 'scalar', value: null, at }
  }

  const tree = convert(root)
  if (tree.kind === 'map') return tree
  if (!(tree.kind === 'scalar' && tree.reported)) {
    faults.add('CFG_WRONG_TYPE', tree.at, kindText(tree), 'a mapping at the top of the file')
  }
  return undefined
}

/** What an engineer calls it, for messages. */
export function kindText(node: Source): string {
  if (node.kind === 'map') return 'a mapping'
  if (node.kind === 'list') return 'a list'
  return node.value === null ? 'nothing' : `'${node.value}'`
}
