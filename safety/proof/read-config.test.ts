// The shape of a configuration file, against the files there are, a JSON Schema validator, and every field left out or added.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { configSchemaText } from './config-schema.ts'
import { readConfig } from './read-config.ts'

const FOLDER = join(import.meta.dirname, '../config')
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && !name.endsWith('.live.json'))
const TEXT = readFileSync(join(FOLDER, 'tennessee-eastman.json'), 'utf8')
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(JSON.parse(configSchemaText()))

test.each(FILES)(
  '[PAPER-5] %s has the shape, for us and for a validator of JSON Schema, and reads as JSON.parse reads it',
  (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const read = readConfig(name, text)
    expect('faults' in read ? read.faults : []).toEqual([])
    expect('config' in read && read.config).toEqual(JSON.parse(text))
    validate(JSON.parse(text))
    expect(validate.errors).toBeNull()
  },
)

test('[PAPER-6] docs/reference/safety-config.schema.json is what the reader reads by', () => {
  const path = join(import.meta.dirname, '../../docs/reference/safety-config.schema.json')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(configSchemaText()))
})

/** Every mapping of the document, with the way to it. */
function* mappings(value: unknown, way: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield way
  for (const [key, inside] of Object.entries(value))
    yield* mappings(inside, [...way, Array.isArray(value) ? Number(key) : key])
}
const at = (root: unknown, way: readonly (string | number)[]): Record<string, unknown> =>
  way.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root) as Record<string, unknown>

const WHOLE: unknown = JSON.parse(TEXT)

/** The document with one item of each kind in its lists: the shape is the same, and it is read a thousand times below. */
function pruned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, pruned(inside)]))
  const kinds = new Map(
    value.map((item) => [typeof item === 'object' && item !== null ? Object.keys(item).join() : typeof item, item]),
  )
  return [...kinds.values()].map(pruned)
}
const SMALL = pruned(WHOLE)

test('[PAPER-7] a field that nobody knows is a fault in every mapping of the file, with its line and column', () => {
  let tried = 0
  for (const way of mappings(WHOLE)) {
    const copy = structuredClone(WHOLE)
    at(copy, way)['colour'] = 'red'
    const text = JSON.stringify(copy, null, 2)
    const read = readConfig('a.json', text)
    const faults = 'faults' in read ? read.faults : []
    expect(faults.map((f) => f.code)).toEqual(['CFG_UNKNOWN_FIELD'])
    const { line, column } = faults[0]!.at
    expect(text.split('\n')[line - 1]!.slice(column - 1)).toMatch(/^"colour"/)
    tried++
  }
  expect(tried).toBeGreaterThan(150)
})

test('[PAPER-8] the reader and the schema agree on every field that is left out, and on every value of another kind', () => {
  let [refused, taken] = [0, 0]
  for (const way of mappings(SMALL))
    for (const key of Object.keys(at(SMALL, way)))
      for (const value of [undefined, null, 1.5, -1, 'nonsense', '', true, [], {}]) {
        const copy = structuredClone(SMALL)
        if (value === undefined) delete at(copy, way)[key]
        else at(copy, way)[key] = value
        const read = readConfig('a.json', JSON.stringify(copy))
        const good = validate(copy) === true
        expect([...way, key, value, 'config' in read]).toEqual([...way, key, value, good])
        if (good) taken++
        else refused++
      }
  expect(refused).toBeGreaterThan(900)
  expect(taken).toBeGreaterThan(60)
})

test('[PAPER-9] all faults at once', () => {
  const spoiled = TEXT.replace('"scan_ms": 100', '"scan_ms": "100"')
    .replace('"mode": "SIMULATION"', '"mode": "SIMULATE"')
    .replace('"fail": "high"', '"fails": "high"')
    .replace('"vote": 2', '"vote": 5')
    .replace('"above": 2895', '"over": 2895')
  const read = readConfig('a.json', spoiled)
  const codes = 'faults' in read ? read.faults.map((f) => f.code).sort() : []
  expect(codes).toEqual([
    'CFG_MISSING_FIELD',
    'CFG_MISSING_FIELD',
    'CFG_OUT_OF_RANGE',
    'CFG_UNKNOWN_FIELD',
    'CFG_UNKNOWN_WORD',
    'CFG_WRONG_TYPE',
  ])
})
