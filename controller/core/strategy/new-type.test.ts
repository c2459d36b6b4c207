// A block type that the compiler has never seen: its declaration alone says how it is written, wired, placed and shown.
import { expect, test } from 'vitest'
import type { BlockType } from '../block.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { layoutOf } from '../layout.ts'
import { changed, compileFiles } from './testing.ts'

const TWIN: BlockType = {
  type: 'TWIN',
  doc: 'One input, two slaves.',
  fields: [
    { name: 'CAS_IN', role: 'wire-in', unit: '%', doc: 'x', optional: true },
    { name: 'BKCAL_IN_1', role: 'back-in', unit: '%', doc: 'x', optional: true },
    { name: 'BKCAL_IN_2', role: 'back-in', unit: '%', doc: 'x', optional: true },
    { name: 'OUT_1', role: 'wire-out', unit: '%', doc: 'x' },
    { name: 'OUT_2', role: 'wire-out', unit: '%', doc: 'x' },
    { name: 'BKCAL_OUT', role: 'back-out', unit: '%', doc: 'x' },
    { name: 'LEVEL', role: 'tunable', unit: '%', doc: 'x', default: 3 },
    { name: 'DELAY', role: 'constant', unit: 'min', doc: 'x' },
    {
      name: 'COLOURS',
      role: 'constant',
      unit: '1',
      doc: 'x',
      names: { red: 0, green: 1, blue: 5 },
      mask: true,
      default: 0,
    },
    { name: 'SLOPE', role: 'derived', unit: '1', doc: 'x' },
    { name: 'CURVE', role: 'constant', unit: '1', doc: 'x', count: -1 },
  ],
  kernel: () => undefined,
  derive: (k, dt_s) => {
    k[2] = dt_s
  },
  // Needs the derived value: 60 DELAY / dt.
  ring_count: (k) => (60 * k[0]!) / k[2]!,
  writable: ['LEVEL'],
  tag_fields: { PV: 'OUT_1', SP: 'LEVEL' },
  tag_writable: { SP: 'LEVEL' },
}

const types = new Map([...BLOCK_TYPES, ['TWIN', TWIN] as const])
const MODULE = `  - tag: UY-1
    description: Twin
    eu: '%'
    range: [0, 100]
    scan: fast
    kind: controller
    faceplate: T1
    blocks:
      T1: {type: TWIN, level: 7%, delay: 90s, colours: [blue, red], curve: [1, 2, 4]}
      V1: {type: AO, cas_in: T1.OUT_1, out: RIO-1/AO/2}
      V2: {type: AO, cas_in: T1.OUT_2}
cascade:
`

test('[TYPE-1] a new block type needs no change of the compiler', () => {
  const result = compileFiles(changed('loops/a.yaml', 'cascade:\n', MODULE), types)
  expect('faults' in result && result.faults).toBe(false)
  if ('faults' in result) return
  const { control, tags } = result.artifact
  const index = control.blocks.findIndex((b) => b.id === 'UY-1.T1')
  const block = control.blocks[index]!
  const { S } = layoutOf(TWIN.fields)
  const next = control.blocks[index + 1]!
  expect(control.k_init.slice(block.k, next.k)).toEqual([1.5, 2 ** 5 + 2 ** 0, 0, 1, 2, 4])
  expect(block.r_count).toBe(90)
  expect(control.r_count).toBe(90)
  const tag = tags.find((t) => t.tag === 'UY-1')!
  expect(Object.keys(tag.fields)).toEqual(['PV', 'SP'])
  expect(control.published[tag.fields.PV!]).toEqual({
    key: 'UY-1.PV',
    s: block.s + S['OUT_1']!,
    status: block.s + S['OUT_1']! + 1,
  })
  expect(control.published[tag.fields.SP!]).toEqual({ key: 'UY-1.SP', s: block.s + S['LEVEL']!, status: -1 })
  expect(control.writable[tag.writable.SP!]).toEqual({ key: 'UY-1.SP', block: index, field: 'LEVEL', kind: 'real' })
  expect(control.s_init).toContainEqual([block.s + S['LEVEL']!, 7])
  const copies = control.classes.flatMap((c) => c.steps.flatMap((s) => s.copies))
  const backs = ['V1', 'V2'].map((name) => {
    const valve = control.blocks.find((b) => b.id === `UY-1.${name}`)!
    return copies[copies.indexOf(valve.s + layoutOf(BLOCK_TYPES.get('AO')!.fields).S['BKCAL_OUT']!) + 1]
  })
  expect(backs).toEqual([block.s + S['BKCAL_IN_1']!, block.s + S['BKCAL_IN_2']!])
})

test('[TYPE-2] its parameters are checked by its declaration', () => {
  const bad = MODULE.replace('level: 7%', 'level: 7s')
    .replace('delay: 90s', 'delay: 90')
    .replace('blue, red', 'bleu, red')
    .replace('[1, 2, 4]', '4')
  const result = compileFiles(changed('loops/a.yaml', 'cascade:\n', bad), types)
  expect(
    'faults' in result &&
      result.faults.filter((f) => f.severity === undefined).map((f) => [f.code, f.found, f.suggestion]),
  ).toEqual([
    ['CFG_WRONG_TYPE', "'7s'", ''],
    ['CFG_WRONG_TYPE', "'90'", ''],
    ['CFG_UNKNOWN_WORD', "'bleu'", 'blue'],
    ['CFG_WRONG_TYPE', "'4'", ''],
  ])
})
