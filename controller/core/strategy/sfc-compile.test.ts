// Sequences and devices inside a strategy: class parameters, wires, masks, and faults in the right file and line.
import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { compile } from './compile.ts'
import { compileExpression } from './expression.ts'
import { changed, FILES, type Files, fakeHash, filesOf } from './testing.ts'

const CLASS = `class: Batch@1
params:
  level: wire
  full: {type: real, default: 60}
  wait: {type: time, default: 2min}
scan: fast
kind: controller
faceplate: SEQ1
eu: '1'
range: [0, 9]
blocks:
  SEQ1:
    type: SFC
    start: START.OUT
    let: {level: $level, one: 1}
    actions:
      FEED: {out: out1}
      TARGET: {out: out2, value: $full}
    steps:
      IDLE: []
      FILL: [N FEED, P TARGET]
      DONE: []
    transitions:
      - {from: IDLE, to: FILL, when: level < $full and one == 1}
      - {from: FILL, to: DONE, when: level >= $full or t > $wait}
  START: {type: R_TRIG, in: 0}
  OFF: {type: AND, in1: SEQ1.OUT1, in2: SEQ1.BLOCKED, invert: [in2]}
  COND1: {type: CONDITION, il1: OFF.OUT, il4: SEQ1.BLOCKED, il4_on: 2s, latch_il: [il1, il4], bad: hold}
  DEV1:
    type: DEVICE_CONTROL
    cas_in: SEQ1.OUT1
    interlock: COND1.INTERLOCK
    states: 3
    cmd_active1: [1, 0, x, x]
    cmd_active2: [0, 1, x, x]
    trip: false
    reset_required: yes
`
const LOOPS = `area: A1
modules:
  - tag: US-1
    class: Batch@1
    description: Batch
    params: {level: LIC-101.AI1.OUT, full: 70}
`
const BATCH: Files = { ...FILES, 'classes/batch.class.yaml': CLASS, 'loops/b.yaml': LOOPS }

const build = (files: Files) =>
  compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })

const faultsOf = (files: Files): string[] => {
  const result = build(files)
  return 'faults' in result
    ? result.faults.map((f) => `${f.file}:${f.line}:${f.column} ${f.code} ${f.found} ${f.suggestion}`.trim())
    : []
}

test('[2.19] a sequence in a class: parameters are numbers of its expressions and values, and it runs', () => {
  const result = build(BATCH)
  expect(faultsOf(BATCH)).toEqual([])
  if ('faults' in result) return
  const { artifact } = result
  const controller = createController(artifact)
  controller.state = { epoch: 1, n: 0 }
  const get = (key: string, field: number): number =>
    controller.s[artifact.control.blocks.find((b) => b.id === key)!.s + field]!
  const { S } = offsets('SFC')
  const level_mA = (pct: number): void => {
    for (const [i, { point }] of artifact.control.inputs.entries()) {
      controller.latchInput(i, point === 'RIO-1/AI/2' ? 4 + 0.16 * pct : 12, STATUS.good)
    }
  }
  level_mA(65)
  let n = 0
  const scan = (count: number): void => {
    for (let i = 0; i < count; i++) controller.scan(++n)
  }
  scan(11)
  const write = artifact.control.writable.findIndex((w) => w.key === 'US-1.SP')
  expect(controller.write(write, 1)).toBe(0)
  scan(2)
  // Below 70 of the instance, not below 60 of the class.
  expect([get('US-1.SEQ1', S['STEP']!), get('US-1.SEQ1', S['OUT1']!), get('US-1.SEQ1', S['OUT2']!)]).toEqual([2, 1, 70])
  scan(120)
  expect(get('US-1.SEQ1', S['STEP']!)).toBe(2)
  // Two minutes are 120 s in an expression; done with the scan after.
  scan(1)
  expect(get('US-1.SEQ1', S['STEP']!)).toBe(3)
  scan(1)
  expect(get('US-1.SEQ1', S['STATE']!)).toBe(9)
})

const offsets = (type: string) => {
  const field = (name: string): number => {
    let at = 0
    for (const f of BLOCK_TYPES.get(type)!.fields) {
      if (f.name === name) return at
      if (f.role === 'constant' || f.role === 'derived') continue
      at += f.role.startsWith('wire') || f.role.startsWith('back') ? 2 : (f.count ?? 1)
    }
    throw new Error(name)
  }
  return {
    S: { STEP: field('STEP'), STATE: field('STATE'), OUT1: field('OUT1'), OUT2: field('OUT2') } as Record<
      string,
      number
    >,
  }
}

test('[2.19] faults stand in the file and line of the text', () => {
  const path = 'classes/batch.class.yaml'
  // What is changed, into what, the fault, and the text whose first letter is its place.
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['when: level < $full', 'when: levl < $full', "CFG_EXPRESSION the name 'levl' level", 'levl < $full'],
    ['N FEED', 'N FED', "CFG_UNKNOWN_WORD the action 'FED' FEED", 'N FED'],
    ['from: FILL', 'from: FIL', "CFG_UNKNOWN_WORD the step 'FIL' FILL", 'FIL, to'],
    ['    steps:', '    stps:', "CFG_UNKNOWN_PARAMETER 'stps'", 'stps:'],
    ['    steps:', '    stps:', "CFG_MISSING_FIELD 'SEQ1' without 'steps'", 'SEQ1:'],
    ['one: 1}', 'one: none}', "CFG_MISSING_WIRE 'one' without a wire", 'none}'],
    ['level: $level, one', '1level: $level, one', "CFG_EXPRESSION '1level'", '1level: $level'],
    ['[1, 0, x, x]', '[1, 0, y, x]', "CFG_UNKNOWN_WORD 'y'", 'y, x]'],
    ['[1, 0, x, x]', '[1, 0, x]', 'CFG_WRONG_TYPE a list of 3', '[1, 0, x]'],
    ['[il1, il4]', '[il1, il17]', "CFG_UNKNOWN_WORD 'il17' il1", 'il17]'],
    ['trip: false', 'cfm_active1: [0, x, x, x]', 'CFG_INCONSISTENT DEV1: CFM_ACTIVE1', '[0, x, x, x]'],
    ['type: SFC', 'type: SFC\n    expr: a > 2', "CFG_UNKNOWN_PARAMETER 'expr'", 'expr:'],
  ]
  for (const [from, to, fault, place] of cases) {
    const files = changed(path, from, to, BATCH)
    const before = files[path]!.slice(0, files[path]!.indexOf(place)).split('\n')
    const found = faultsOf(files).map((f) => f.replace(/ +/g, ' '))
    expect(found.join('\n')).toContain(`${path}:${before.length}:${before.at(-1)!.length + 1} ${fault}`)
  }
})

test('[2.19] without steps nothing is said about what leads to them', () => {
  const found = faultsOf(changed('classes/batch.class.yaml', '    steps:', '    stps:', BATCH))
  expect(found.filter((f) => f.startsWith('classes/')).length).toBe(2)
})

test('[2.19] a sequence is never built without the library of expressions', () => {
  const result = compile(filesOf(BATCH), { types: BLOCK_TYPES, hash: fakeHash })
  expect('faults' in result && result.faults.some((f) => f.code === 'CFG_EXPRESSION')).toBe(true)
})

test('[2.19] the order of the text of a sequence is part of it, that of the files is not', () => {
  const a = build(BATCH)
  const b = build(Object.fromEntries(Object.entries(BATCH).reverse()))
  const c = build(changed('classes/batch.class.yaml', '      IDLE: []\n', '      IDLE: {initial: true}\n', BATCH))
  if ('faults' in a || 'faults' in b || 'faults' in c) throw new Error('faults')
  expect(b.artifact).toEqual(a.artifact)
  expect(c.artifact).toEqual(a.artifact)
})
