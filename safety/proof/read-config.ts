/** A configuration file against its shape: unknown and missing fields, wrong types and words, each with its place. */
import type { SisConfig } from '../core/config.ts'
import type { SilSource } from '../sil/sil-source.ts'
import { type FileFault, plain, readJson } from './json-source.ts'
import { CONFIG_SHAPE, type Fields, type Shape } from './shape.ts'

export type ConfigRead =
  | { readonly config: SisConfig; readonly tree: SilSource }
  | { readonly faults: readonly FileFault[] }

/** @param file - name for the faults */
export function readConfig(file: string, text: string): ConfigRead {
  const { tree, faults } = readJson(file, text)
  if (tree === undefined) return { faults }
  const all = [...faults, ...shapeFaults(tree, CONFIG_SHAPE)]
  if (all.length > 0) return { faults: all }
  return { config: plain(tree) as SisConfig, tree }
}

export function shapeFaults(source: SilSource, shape: Shape): FileFault[] {
  const wrong = (expected: string): FileFault[] => [
    { code: 'CFG_WRONG_TYPE', at: source.at, found: kind(source), expected: `${expected}: ${shape.doc}` },
  ]
  switch (shape.kind) {
    case 'text':
      return isText(source) ? [] : wrong('a text')
    case 'flag':
      return source.kind === 'scalar' && typeof source.value === 'boolean' ? [] : wrong('true or false')
    case 'word':
      if (!isText(source)) return wrong(shape.words.join(', '))
      return shape.words.includes(source.value)
        ? []
        : [{ code: 'CFG_UNKNOWN_WORD', at: source.at, found: `'${source.value}'`, expected: shape.words.join(', ') }]
    case 'number': {
      if (source.kind !== 'scalar' || typeof source.value !== 'number') return wrong('a number')
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = shape
      if (source.value >= min && source.value <= max && (!shape.whole || Number.isInteger(source.value))) return []
      const range = [
        ...(shape.min === undefined ? [] : [`from ${shape.min}`]),
        ...(shape.max === undefined ? [] : [`to ${shape.max}`]),
      ].join(' ')
      const expected = `${shape.whole ? 'a whole number' : 'a number'} ${range}: ${shape.doc}`
      return [{ code: 'CFG_OUT_OF_RANGE', at: source.at, found: String(source.value), expected }]
    }
    case 'list': {
      if (source.kind !== 'list') return wrong('a list')
      const { least = 0, most = Number.POSITIVE_INFINITY } = shape
      const count = source.items.length
      const length: FileFault[] =
        count >= least && count <= most
          ? []
          : [{ code: 'CFG_OUT_OF_RANGE', at: source.at, found: `${count} items`, expected: shape.doc }]
      return [...length, ...source.items.flatMap((item) => shapeFaults(item, shape.of))]
    }
    case 'map':
      return source.kind === 'map' ? fieldFaults(source, shape.fields, shape.doc) : wrong('a mapping')
    case 'choice': {
      if (source.kind !== 'map') return wrong('a mapping')
      const firsts = shape.of.map((fields) => Object.keys(fields)[0]!)
      const found = shape.of.find((_, i) => source.entries.some(({ key }) => key === firsts[i]))
      if (found !== undefined) return fieldFaults(source, found, shape.doc)
      return [
        { code: 'CFG_MISSING_FIELD', at: source.at, found: kind(source), expected: `one of ${firsts.join(', ')}` },
      ]
    }
    case 'either': {
      const tried = shape.of.map((one) => shapeFaults(source, one))
      return tried.some((faults) => faults.length === 0)
        ? []
        : (tried.find((f) => f[0]!.code !== 'CFG_WRONG_TYPE') ?? tried[0]!)
    }
  }
}

function fieldFaults(source: SilSource & { readonly kind: 'map' }, fields: Fields, doc: string): FileFault[] {
  const unknown = source.entries.flatMap(({ key, at }): FileFault[] =>
    Object.hasOwn(fields, key)
      ? []
      : [{ code: 'CFG_UNKNOWN_FIELD', at, found: `'${key}'`, expected: `one of ${Object.keys(fields).join(', ')}` }],
  )
  const missing = Object.entries(fields).flatMap(([key, shape]): FileFault[] =>
    shape.optional || source.entries.some((entry) => entry.key === key)
      ? []
      : [{ code: 'CFG_MISSING_FIELD', at: source.at, found: `${doc} without '${key}'`, expected: shape.doc }],
  )
  const inside = source.entries.flatMap(({ key, value }) =>
    Object.hasOwn(fields, key) ? shapeFaults(value, fields[key]!) : [],
  )
  return [...unknown, ...missing, ...inside]
}

const isText = (source: SilSource): source is SilSource & { readonly kind: 'scalar'; readonly value: string } =>
  source.kind === 'scalar' && typeof source.value === 'string' && source.value.trim() !== ''

function kind(source: SilSource): string {
  if (source.kind === 'map') return 'a mapping'
  if (source.kind === 'list') return 'a list'
  return source.value === null ? 'nothing' : JSON.stringify(source.value)
}

/** `unit.json:12:7 CFG_UNKNOWN_FIELD found 'colour', expected one of ...` */
export const fileFaultText = ({ code, at, found, expected }: FileFault): string =>
  `${at.file}:${at.line}:${at.column} ${code} found ${found}, expected ${expected}`
