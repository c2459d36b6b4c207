// What the compiler makes of the small strategy, fact by fact, against what is written in its files.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isGood, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { layoutOf } from '../layout.ts'
import { changed, compileFiles, FILES, type Files } from './testing.ts'

const L = 'loops/a.yaml'

const build = (files: Files): Artifact => {
  const result = compileFiles(files)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  return result.artifact
}

/** First value of a field of a block, from S or K. */
const first = (a: Artifact, id: string, field: string, offset = 0): number => {
  const block = a.control.blocks.find((b) => b.id === id)!
  const { S, K } = layoutOf(BLOCK_TYPES.get(block.type)!.fields)
  if (field in K) return a.control.k_init[block.k + K[field]! + offset]!
  const at = block.s + S[field]! + offset
  return a.control.s_init.find(([s]) => s === at)?.[1] ?? 0
}

const sOf = (a: Artifact, id: string, field: string): number => {
  const block = a.control.blocks.find((b) => b.id === id)!
  return block.s + layoutOf(BLOCK_TYPES.get(block.type)!.fields).S[field]!
}

/** [source, destination] of all copies. */
const copies = (a: Artifact): [number, number][] =>
  a.control.classes.flatMap((c) =>
    c.steps.flatMap((s) =>
      s.copies.flatMap((at, i): [number, number][] => (i % 2 === 0 ? [[at, s.copies[i + 1]!]] : [])),
    ),
  )

test('parameters of class and instance come together: own value, default, range, duration in seconds', () => {
  const a = build(FILES)
  expect(first(a, 'FIC-101.PID1', 'SP')).toBe(12)
  expect(first(a, 'FIC-101.PID1', 'GAIN')).toBe(0.5)
  expect(first(a, 'FIC-101.PID1', 'RESET')).toBe(8)
  expect(first(a, 'LIC-101.PID1', 'RESET')).toBe(300)
  expect([first(a, 'FIC-101.AI1', 'OUT_SCALE'), first(a, 'FIC-101.AI1', 'OUT_SCALE', 1)]).toEqual([0, 40])
  expect(first(a, 'FIC-101.PID1', 'NORMAL')).toBe(MODE.cas)
  expect(first(a, 'FIC-101.PID1', 'MODE_TARGET')).toBe(MODE.cas)
})

test('an instance changes one parameter of one block of its class, and no other', () => {
  const a = build(changed(L, 'io: {pv: RIO-1/AI/1', 'blocks: {PID1: {gain: 3}}\n    io: {pv: RIO-1/AI/1'))
  expect(first(a, 'FIC-101.PID1', 'GAIN')).toBe(3)
  expect(first(a, 'FIC-101.PID1', 'SP')).toBe(12)
})

test('a permitted list is the sum of 2^mode, and Cas is not in it where there is no master', () => {
  const a = build(changed(L, 'gain: 2', 'gain: 2, permitted: [man, auto, cas]'))
  expect(first(a, 'LIC-101.PID1', 'PERMITTED')).toBe(2 ** MODE.man + 2 ** MODE.auto)
  expect(first(a, 'FIC-101.PID1', 'PERMITTED')).toBe(2 ** MODE.oos + 2 ** MODE.man + 2 ** MODE.auto + 2 ** MODE.cas)
})

test('wires: point to AI, AI to PID, PID to AO, AO to point, read-back to AO, and BKCAL against each cascade', () => {
  const a = build(FILES)
  const input = a.control.inputs.find((p) => p.point === 'RIO-1/AI/1')!.s
  const output = a.control.outputs.find((p) => p.point === 'RIO-1/AO/1')!.s
  const pairs = copies(a)
  for (const [from, to] of [
    [input, sOf(a, 'FIC-101.AI1', 'IN')],
    [sOf(a, 'FIC-101.AI1', 'OUT'), sOf(a, 'FIC-101.PID1', 'IN')],
    [sOf(a, 'FIC-101.PID1', 'OUT'), sOf(a, 'FIC-101.AO1', 'CAS_IN')],
    [sOf(a, 'FIC-101.AO1', 'OUT'), output],
    [output + 2, sOf(a, 'FIC-101.AO1', 'READBACK')],
    [sOf(a, 'FIC-101.AO1', 'BKCAL_OUT'), sOf(a, 'FIC-101.PID1', 'BKCAL_IN')],
    [sOf(a, 'LIC-101.PID1', 'OUT'), sOf(a, 'FIC-101.PID1', 'CAS_IN')],
    [sOf(a, 'FIC-101.PID1', 'BKCAL_OUT'), sOf(a, 'LIC-101.PID1', 'BKCAL_IN')],
  ]) {
    expect(pairs).toContainEqual([from, to])
  }
  // AI of LIC-101 from its point, and its PID from it: ten in all, and nothing twice.
  expect(new Set(pairs.map(([, to]) => to)).size).toBe(pairs.length)
  expect(pairs.length).toBe(10)
})

test('the output of the last block is copied to the image after it has run', () => {
  const fast = build(FILES).control.classes[0]!
  expect(fast.steps.at(-1)!.blocks).toEqual([])
  expect(fast.steps.at(-2)!.type).toBe('AO')
})

test('an open input is Bad/NotConnected, a constant one Good and constant', () => {
  const a = build(changed(L, 'gain: 2', 'gain: 2, ff_val: 7'))
  expect(first(a, 'LIC-101.PID1', 'TRK_VAL_ST')).toBe(STATUS.badNotConnected)
  expect(first(a, 'LIC-101.PID1', 'CAS_IN_ST')).toBe(STATUS.badNotConnected)
  expect(first(a, 'LIC-101.PID1', 'FF_VAL')).toBe(7)
  expect(isGood(first(a, 'LIC-101.PID1', 'FF_VAL_ST'))).toBe(true)
  expect(limitOf(first(a, 'LIC-101.PID1', 'FF_VAL_ST'))).toBe(LIMIT.constant)
  expect(first(a, 'LIC-101.PID1', 'IN_ST')).toBe(0)
})

test('a number on an output is its first value', () => {
  expect(first(build(changed(L, 'gain: 2', 'gain: 2, out: 17.5')), 'LIC-101.PID1', 'OUT')).toBe(17.5)
})

test('the tick is the greatest common divisor of the scan classes', () => {
  expect(build(FILES).tick_ms).toBe(1000)
  const a = build(changed('strategy.yaml', 'fast: 1s\n  slow: 10s', 'fast: 600ms\n  slow: 1s'))
  expect(a.tick_ms).toBe(200)
  expect(a.control.classes.map((c) => c.every)).toEqual([3, 5])
})

test('a tag says what the operator sees and may write, and who writes its set point', () => {
  const a = build(FILES)
  const fic = a.tags.find((t) => t.tag === 'FIC-101')!
  expect(fic).toMatchObject({
    kind: 'controller',
    lo: 0,
    hi: 40,
    eu: 'm3/h',
    master: 'LIC-101',
    point: 'RIO-1/AI/1',
    scan_ms: 1000,
    normal: 'cas',
  })
  expect(fic.permitted).toEqual(['oos', 'man', 'auto', 'cas'])
  expect(fic.out).toEqual({ eu: '%', lo: 0, hi: 100, decimals: 1 })
  const lic = a.tags.find((t) => t.tag === 'LIC-101')!
  expect(lic).toMatchObject({ limits: { hi: 80, lo: 20 }, out: { eu: 'm3/h', lo: 0, hi: 40 }, scan_ms: 10000 })
  expect(lic.permitted).toEqual(['oos', 'man', 'auto'])
  expect(lic.master).toBeUndefined()
  for (const tag of a.tags) {
    for (const [name, index] of Object.entries(tag.fields))
      expect(a.control.published[index]!.key).toBe(`${tag.tag}.${name}`)
    for (const [name, index] of Object.entries(tag.writable))
      expect(a.control.writable[index]!.key).toBe(`${tag.tag}.${name}`)
  }
  const pv = a.control.published[fic.fields.PV!]!
  expect([pv.s, pv.status]).toEqual([sOf(a, 'FIC-101.PID1', 'PV'), sOf(a, 'FIC-101.PID1', 'PV') + 1])
  expect(a.control.published[fic.fields.SP!]!.status).toBe(-1)
  expect(a.control.writable[fic.writable.KC!]!.field).toBe('GAIN')
})

test('the master is found through a station in the module of the slave', () => {
  const station = `    blocks: {R1: {type: RATIO, in_1: LIC-101.AI1.OUT, out_scale: [0, 40]}, PID1: {cas_in: R1.OUT}}\n  - tag: LIC-101`
  const files = changed(L, 'slave: FIC-101.PID1', 'slave: FIC-101.R1', changed(L, '  - tag: LIC-101', station))
  expect(build(files).tags.find((t) => t.tag === 'FIC-101')!.master).toBe('LIC-101')
})

test('an indicator shows its measurement and takes no command', () => {
  const indicator = `  - {tag: PI-103, description: x, eu: barg, range: [0, 10], scan: fast, kind: indicator, faceplate: AI1,
     blocks: {AI1: {type: AI, in: RIO-1/AI/2, out_scale: [0, 10]}}}\ncascade:`
  const tag = build(changed(L, 'cascade:', indicator)).tags.find((t) => t.tag === 'PI-103')!
  expect(Object.keys(tag.fields)).toEqual(['PV'])
  expect([tag.writable, tag.permitted, tag.normal]).toEqual([{}, [], ''])
})

test('points: all inputs, the outputs that are used, in the order of their registers, equal in both sections', () => {
  const a = build(FILES)
  expect(a.io.inputs.map((p) => p.point)).toEqual(['RIO-1/AI/1', 'RIO-1/AI/2'])
  expect(a.io.outputs.map((p) => p.point)).toEqual(['RIO-1/AO/1'])
  expect(a.control.inputs.map((p) => p.point)).toEqual(a.io.inputs.map((p) => p.point))
  expect(a.control.outputs.map((p) => p.point)).toEqual(a.io.outputs.map((p) => p.point))
  expect(a.io.outputs[0]).toMatchObject({
    table: 'holding',
    register: 0,
    readback_register: 100,
    step_max: 4,
    min: 3.6,
    max: 21,
    device: 0,
  })
  expect(a.io.inputs[0]).toMatchObject({
    table: 'input',
    type: 'uint16',
    counts_per_unit: 2500,
    quantity: 'mA',
    status_register: -1,
  })
})

test('[ART-1] the engine runs the artifact: it starts from the read-back without a bump and closes the cascade', () => {
  const a = build(FILES)
  const controller = createController(a)
  const value = (key: string): number => controller.s[a.control.published.find((p) => p.key === key)!.s]!
  const input = (point: string): number => a.control.inputs.findIndex((p) => p.point === point)
  const outputs: number[] = []
  for (let n = 1; n <= 40; n++) {
    // 12 mA is the middle of every range: 20 m3/h, 50 %; the valve stands at 14 mA.
    controller.latchInput(input('RIO-1/AI/1'), 12, STATUS.good)
    controller.latchInput(input('RIO-1/AI/2'), 12, STATUS.good)
    controller.latchReadback(0, outputs.at(-1) ?? 14, STATUS.good)
    controller.state = { epoch: 1, n: n - 1 }
    controller.scan(n)
    outputs.push(controller.values[0]!)
    if (n === 1) expect(value('FIC-101.PV')).toBeCloseTo(20, 12)
  }
  expect(value('LIC-101.PV')).toBeCloseTo(50, 12)
  expect(outputs[0]).toBeCloseTo(14, 9)
  expect(value('FIC-101.MODE_ACTUAL')).toBe(MODE.cas)
  expect(value('LIC-101.MODE_ACTUAL')).toBe(MODE.auto)
  // The master took over the set point that the slave had.
  expect(value('LIC-101.OUT')).toBeCloseTo(value('FIC-101.SP'), 12)
  expect(Math.max(...outputs.map((o, i) => Math.abs(o - (outputs[i - 1] ?? 14))))).toBeLessThan(0.5)
})
