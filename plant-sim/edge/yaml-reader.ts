/**
 * Reads a YAML document by expectation: each accessor says what it expects and, where the file differs, notes a fault with
 * its line and column and answers a stand-in, so that one pass finds every fault.
 */
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml'
import { suggest } from '../core/check-fault.ts'
import type { ConfigFault } from './config-fault.ts'

export interface Reader {
  readonly faults: ConfigFault[]
  /** Undefined where the text is no YAML mapping: the faults say why. */
  readonly root: MapNode | undefined
}

export interface NumberBounds {
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
  /** Taken where the key is absent; without it the key must be there. */
  readonly absent?: number
}

/** A mapping in the file. */
export interface MapNode {
  readonly place: string
  text(key: string): string
  oneOf<T extends string>(key: string, options: readonly T[], what: string): T
  number(key: string, bounds: NumberBounds): number
  /** Two numbers, the first below the second. */
  range(key: string): readonly [number, number]
  list(key: string): MapNode[]
  map(key: string): MapNode
  /** Whether the key is there; as a list, where that is asked. */
  has(key: string, form?: 'list'): boolean
  /** What stands there, unjudged; undefined where it is no plain value. */
  scalar(key: string): string | number | boolean | undefined
  /** Notes every key that is not among these. */
  only(...keys: string[]): void
  /** Notes a fault at this key, or at the mapping where it has no such key. */
  fault(key: string, expected: string, suggestion?: string): void
}

export function readYaml(text: string, file: string): Reader {
  const faults: ConfigFault[] = []
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const note = (offset: number, place: string, found: string, expected: string, suggestion?: string): void => {
    const { line, col } = lines.linePos(offset)
    faults.push({
      file,
      line,
      column: col,
      place,
      found,
      expected,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }
  for (const error of [...document.errors, ...document.warnings]) {
    const first = error.message.split('\n', 1)[0]!.replace(/ at line .*$/, '')
    note(error.pos[0], '', first, 'valid YAML')
  }
  const offsetOf = (node: Node | ParsedNode | null | undefined, fallback: number): number =>
    node?.range?.[0] ?? fallback

  const mapNode = (node: unknown, place: string, fallback: number): MapNode => {
    const own_offset = isNode(node) ? offsetOf(node, fallback) : fallback
    const pairs = isMap(node) ? node.items.filter(isPair) : []
    if (!isMap(node)) note(own_offset, place, describe(node), 'a mapping of keys to values')
    const at = (key: string): string => (place === '' ? key : `${place}.${key}`)
    const find = (key: string): { value: unknown; offset: number; there: boolean } => {
      const pair = pairs.find((p) => isScalar(p.key) && p.key.value === key)
      if (pair === undefined) return { value: undefined, offset: own_offset, there: false }
      const key_offset = offsetOf(pair.key as Node, own_offset)
      return { value: pair.value, offset: offsetOf(pair.value as Node | null, key_offset), there: true }
    }
    // A stand-in for something that was no mapping has had its fault: its missing keys are not worth another each.
    const fault = (key: string, expected: string, suggestion?: string): void => {
      const { value, offset, there } = find(key)
      if (isMap(node)) note(offset, at(key), there ? describe(value) : 'nothing', expected, suggestion)
    }
    return {
      place,
      fault,
      text(key) {
        const { value } = find(key)
        if (isScalar(value) && typeof value.value === 'string' && value.value !== '') return value.value
        fault(key, 'a text')
        return ''
      },
      oneOf<T extends string>(key: string, options: readonly T[], what: string): T {
        const { value } = find(key)
        if (isScalar(value) && options.includes(value.value as T)) return value.value as T
        const found = isScalar(value) ? String(value.value) : ''
        fault(key, options.length <= 8 ? `one of ${options.join(', ')}` : what, suggest(found, options))
        return options[0]!
      },
      number(key, bounds) {
        const { value, there } = find(key)
        if (!there && bounds.absent !== undefined) return bounds.absent
        const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = bounds
        if (isScalar(value) && typeof value.value === 'number' && value.value >= min && value.value <= max)
          if (!integer || Number.isInteger(value.value)) return value.value
        const limits = [Number.isFinite(min) ? `from ${min}` : '', Number.isFinite(max) ? `up to ${max}` : '']
        fault(key, [integer ? 'a whole number' : 'a number', ...limits.filter((l) => l !== '')].join(' '))
        return Math.max(min, Math.min(max, 0))
      },
      range(key) {
        const { value } = find(key)
        const numbers = isSeq(value) ? value.items.map((n) => (isScalar(n) ? n.value : undefined)) : []
        const [lo, hi] = numbers
        if (numbers.length === 2 && typeof lo === 'number' && typeof hi === 'number' && lo < hi) return [lo, hi]
        const swapped = typeof lo === 'number' && typeof hi === 'number' && hi < lo ? `[${hi}, ${lo}]` : undefined
        fault(key, 'two numbers [low, high], low below high', swapped)
        return [0, 1]
      },
      list(key) {
        const { value, offset } = find(key)
        if (isSeq(value)) return value.items.map((item, i) => mapNode(item, `${at(key)}[${i}]`, offset))
        fault(key, 'a list')
        return []
      },
      map(key) {
        const { value, offset } = find(key)
        return mapNode(value, at(key), offset)
      },
      has(key, form) {
        const { value, there } = find(key)
        return there && (form === undefined || isSeq(value))
      },
      scalar(key) {
        const { value } = find(key)
        const plain = isScalar(value) ? value.value : undefined
        return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean' ? plain : undefined
      },
      only(...keys) {
        for (const pair of pairs) {
          const key = isScalar(pair.key) ? String(pair.key.value) : ''
          if (!keys.includes(key))
            note(
              offsetOf(pair.key as Node, own_offset),
              at(key),
              `the key ${key}`,
              `one of ${keys.join(', ')}`,
              suggest(key, keys),
            )
        }
      },
    }
  }
  // Behind a syntax error the structure is a guess: its faults would mislead.
  return { faults, root: faults.length > 0 ? undefined : mapNode(document.contents, '', 0) }
}

function describe(value: unknown): string {
  if (isScalar(value)) return value.value === null ? 'nothing' : JSON.stringify(value.value)
  if (isMap(value)) return 'a mapping'
  if (isSeq(value)) return value.items.length <= 4 ? JSON.stringify(value.toJSON()) : 'a list'
  return 'nothing'
}
