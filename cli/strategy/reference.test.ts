// What is generated from the engine's declarations is what stands in docs/reference.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import { isStrategyFile } from '../../controller/core/strategy/compile.ts'
import { loadStrategy } from '../strategy-files.ts'
import { blocksPage } from './blocks-page.ts'
import { schemaText, strategySchema } from './schema.ts'

const REFERENCE = resolve(import.meta.dirname, '../../docs/reference')
const REMEDY = 'run: npx flyball docs --reference docs/reference'

test('[DOCS-1] docs/reference/blocks.md is what the block types declare', () => {
  expect(readFileSync(join(REFERENCE, 'blocks.md'), 'utf8') === blocksPage(BLOCK_TYPES), REMEDY).toBe(true)
})

test('[DOCS-2] docs/reference/strategy.schema.json is what the compiler reads', () => {
  const text = readFileSync(join(REFERENCE, 'strategy.schema.json'), 'utf8')
  expect(text === schemaText(BLOCK_TYPES), REMEDY).toBe(true)
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(SCHEMA)))
})

type Node = Record<string, unknown>

/** The part of JSON Schema that ours uses, read from the specification: where a value fits, nothing is said. */
function problems(schema: Node, value: unknown, defs: Node, at: string): string[] {
  const found: string[] = []
  const say = (text: string): number => found.push(`${at}: ${text}`)
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (typeof schema['$ref'] === 'string') {
    found.push(...problems(defs[schema['$ref'].slice('#/$defs/'.length)] as Node, value, defs, at))
  }
  if (schema['type'] !== undefined && ![schema['type']].flat().includes(kind))
    say(`${kind}, not ${String(schema['type'])}`)
  if ('const' in schema && schema['const'] !== value) say(`not ${String(schema['const'])}`)
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value))
    say(`${String(value)} is none of ${schema['enum'].join(' ')}`)
  if (
    typeof schema['pattern'] === 'string' &&
    kind === 'string' &&
    !new RegExp(schema['pattern']).test(value as string)
  )
    say('pattern')
  if (typeof schema['minimum'] === 'number' && (value as number) < schema['minimum']) say('minimum')
  if (typeof schema['maximum'] === 'number' && (value as number) > schema['maximum']) say('maximum')
  if (
    Array.isArray(schema['anyOf']) &&
    !schema['anyOf'].some((s) => problems(s as Node, value, defs, at).length === 0)
  ) {
    say(`${JSON.stringify(value)} fits nothing`)
  }
  if (kind === 'array' && schema['items'] !== undefined) {
    for (const [i, v] of (value as unknown[]).entries())
      found.push(...problems(schema['items'] as Node, v, defs, `${at}/${i}`))
  }
  for (const part of (schema['allOf'] ?? []) as Node[]) {
    if (problems(part['if'] as Node, value, defs, at).length === 0)
      found.push(...problems(part['then'] as Node, value, defs, at))
  }
  if (kind !== 'object') return found
  const properties = (schema['properties'] ?? {}) as Node
  for (const name of (schema['required'] ?? []) as string[]) if (!(name in (value as Node))) say(`without ${name}`)
  for (const [name, inner] of Object.entries(value as Node)) {
    if (name in properties) found.push(...problems(properties[name] as Node, inner, defs, `${at}/${name}`))
    else if (schema['additionalProperties'] === false) say(`unknown ${name}`)
    else if (typeof schema['additionalProperties'] === 'object')
      found.push(...problems(schema['additionalProperties'] as Node, inner, defs, `${at}/${name}`))
  }
  return found
}

const SCHEMA = strategySchema(BLOCK_TYPES) as Node
const DEFS = SCHEMA['$defs'] as Node
const kindOf = (path: string): string =>
  path === 'strategy.yaml'
    ? 'project'
    : { classes: 'class', loops: 'loops', io: 'io', displays: 'display' }[path.split('/')[0]!]!

test.each(['tennessee-eastman', 'bench-loop'])('[DOCS-3] every file of %s fits the schema', (name) => {
  const loaded = loadStrategy(name)
  if ('faults' in loaded) throw new Error(name)
  for (const { path, text } of loaded.files) {
    if (!isStrategyFile(path) || !path.endsWith('.yaml')) continue
    expect(problems(DEFS[kindOf(path)] as Node, parse(text), DEFS, path)).toEqual([])
    expect(problems(SCHEMA, parse(text), DEFS, path)).toEqual([])
  }
})

test.each([
  ['loops', { modules: [{ tag: 'A-1', rang: [0, 1] }] }, 'unknown rang'],
  ['loops', { modules: [{ tag: 'A-1', blocks: { P: { type: 'PID', gian: 1 } } }] }, 'unknown gian'],
  ['loops', { modules: [{ tag: 'A-1', blocks: { P: { type: 'PIDD' } } }] }, 'PIDD is none of'],
  ['loops', { modules: [{ tag: 'A-1', blocks: { P: { type: 'PID', reset: 8 } } }] }, 'reset'],
  ['loops', { modules: [{ tag: 'A-1', eu: 'm3h' }] }, 'eu'],
  ['project', { format: 2 }, 'not 1'],
  ['io', { devices: [{ id: 'A', endpoint: 'h:502', protcol: 'modbus-tcp' }] }, 'unknown protcol'],
  ['io', { devices: [{ id: 'A', endpoint: 'h:502', inputs: { a: { type: 'uint61' } } }] }, 'fits nothing'],
  ['io', { devices: [{ id: 'A', endpoint: 'h:502', opcua: { policy: 'Basic256' } }] }, 'Basic256 is none of'],
])('[DOCS-4] a %s file with %j does not', (kind, value, message) => {
  expect(problems(DEFS[kind] as Node, value, DEFS, '').join('\n')).toContain(message)
})
