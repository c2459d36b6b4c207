// Units in the expressions of sequences: transitions, confirms and values of actions, by the rules of CALC (units.test.ts).
import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { SFC_COMMAND } from '../blocks/sfc/fields.ts'
import { createController } from '../controller.ts'
import { layoutOf } from '../layout.ts'
import { compile } from './compile.ts'
import { compileExpression } from './expression.ts'
import { faultText, isWarning } from './fault.ts'
import { changed, type Files, fakeHash, filesOf } from './testing.ts'

const L = 'loops/a.yaml'

const indicator = (tag: string, eu: string, point: string): string =>
  `  - {tag: ${tag}, description: x, eu: '${eu}', range: [0, 1000], scan: fast, kind: indicator, faceplate: AI1, blocks: {AI1: {type: AI, in: ${point}, out_scale: [0, 1000]}}}\n`

interface Parts {
  readonly names?: string
  readonly actions?: string
  readonly steps?: string
  readonly transitions?: string
  readonly more?: string
}

/** A sequence beside a pressure PI-1 in kPag, a temperature TI-1 in degC and a controller PIC-1 in kPag that out2 writes. */
const withSequence = (parts: Parts): Files =>
  changed(
    L,
    'cascade:',
    `${indicator('PI-1', 'kPag', 'RIO-1/AI/1')}${indicator('TI-1', 'degC', 'RIO-1/AI/2')}` +
      `  - tag: PIC-1\n    description: x\n    eu: kPag\n    range: [0, 1000]\n    scan: fast\n    kind: controller\n` +
      `    faceplate: PID1\n    blocks:\n      PID1: {type: PID, in: PI-1.AI1.OUT, cas_in: US-1.S1.OUT2, pv_scale: [0, 1000], gain: 1, reset: 5s, normal: cas}\n` +
      `  - tag: US-1\n    description: x\n    eu: '1'\n    range: [0, 9]\n    scan: fast\n    kind: controller\n` +
      `    faceplate: S1\n    blocks:\n      S1:\n        type: SFC\n` +
      `        let: ${parts.names ?? '{p: PI-1.AI1.OUT, t1: TI-1.AI1.OUT}'}\n` +
      `        actions: ${parts.actions ?? "{SET: {out: out2, value: '100'}, GO: {out: out1}}"}\n` +
      `        steps: ${parts.steps ?? '{A: [], B: [P SET]}'}\n` +
      `        transitions:\n          - ${parts.transitions ?? '{from: A, to: B, when: p > 5}'}\n` +
      `${parts.more ?? ''}cascade:`,
  )

const build = (files: Files) =>
  compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })

const faultsOf = (files: Files): string[] => {
  const result = build(files)
  return 'faults' in result ? result.faults.filter((f) => !isWarning(f)).map(faultText) : []
}

/** Line and column of a piece of text, from 1. */
function placeOf(files: Files, piece: string, sign: string): string {
  const lines = files[L]!.split('\n')
  const line = lines.findIndex((l) => l.includes(piece))
  return `${L}:${line + 1}:${lines[line]!.indexOf(piece) + piece.indexOf(sign) + 1}`
}

test('[UNIT-9] a transition that adds kPag and degC: file, line and the column of the sign', () => {
  const files = withSequence({ transitions: '{from: A, to: B, when: p > 2 * p + t1}' })
  expect(faultsOf(files)).toEqual([
    `${placeOf(files, 'p > 2 * p + t1', '+')} CFG_UNIT_MISMATCH found kPag + degC, expected two values of one dimension`,
  ])
})

test.each<[string, Parts, string, string, RegExp]>([
  ['a transition that compares', { transitions: "{from: A, to: B, when: 'p >= t1'}" }, 'p >= t1', '>=', /kPag >= degC/],
  [
    'a pressure against the time of the step',
    { transitions: '{from: A, to: B, when: t > p}' },
    't > p',
    '>',
    /s > kPag/,
  ],
  ['the time of a named step', { transitions: '{from: A, to: B, when: A_T + t1 > 5}' }, 'A_T + t1', '+', /s \+ degC/],
  [
    'a state against a pressure',
    { transitions: '{from: A, to: B, when: B_X == p}' },
    'B_X == p',
    '==',
    /number == kPag/,
  ],
  [
    'the confirm of an action',
    { steps: '{A: [], B: {actions: [{do: GO, confirm: p < t1, within: 5s}]}}' },
    'p < t1',
    '<',
    /kPag < degC/,
  ],
  [
    'the value of an action, inside',
    { actions: "{SET: {out: out2, value: 'max(p, t1)'}, GO: {out: out1}}" },
    'max(p, t1)',
    'max',
    /kPag and max of degC/,
  ],
  [
    'a chart of another state',
    { more: '        holding: {steps: {H: [], I: []}, transitions: [{from: H, to: I, when: t1 < p}]}\n' },
    't1 < p',
    '<',
    /degC < kPag/,
  ],
  [
    'two units of one dimension',
    { names: '{p: PI-1.AI1.OUT, base: 2 barg}', transitions: '{from: A, to: B, when: p > base}' },
    'p > base',
    '>',
    /kPag > barg.*unit: kPag/,
  ],
])('[UNIT-9] refused in %s', (_, parts, piece, sign, message) => {
  const files = withSequence(parts)
  const faults = faultsOf(files)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  expect(faults[0]!.split(' ').slice(0, 2)).toEqual([placeOf(files, piece, sign), 'CFG_UNIT_MISMATCH'])
})

test.each<[string, string, RegExp]>([
  ['a temperature', "{SET: {out: out2, value: 't1'}, GO: {out: out1}}", /result in degC where kPag is meant/],
  ['a difference of pressures', "{SET: {out: out2, value: 'p - 0.5 * p'}, GO: {out: out1}}", /in kPa where kPag/],
  ['seconds', "{SET: {out: out2, value: 'B_T'}, GO: {out: out1}}", /result in s where kPag is meant/],
  ['a state of 0 or 1', '{SET: {out: out2}, GO: {out: out1}}', /result in a plain number where kPag is meant/],
])('[UNIT-10] %s is no set point of a pressure', (_, actions, message) => {
  const files = withSequence({ actions })
  const faults = faultsOf(files)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  const line = files[L]!.split('\n').findIndex((l) => l.includes(actions)) + 1
  expect(faults[0]).toMatch(new RegExp(`^${L}:${line}:\\d+ CFG_UNIT_MISMATCH`))
})

test.each<[string, Parts]>([
  ['a pressure against a bare number', { transitions: '{from: A, to: B, when: p > 5 and t1 < 20}' }],
  ['seconds against a bare number', { transitions: '{from: A, to: B, when: t > 5 or A_T > 2 * t}' }],
  ['states and confirms', { transitions: "{from: A, to: B, when: 'pending == 0 and failed == B_X'}" }],
  ['a ramp: a number times the time of the step', { actions: "{SET: {out: out2, value: 'p + 0.5 * B_T'}}" }],
  ['a bare number as a set point', { actions: '{SET: {out: out2, value: 250}}' }],
  ['an offset of a pressure', { actions: "{SET: {out: out2, value: 'p + 20'}}" }],
  ['an empirical value', { actions: "{SET: {out: out2, value: '0.3 * p + 2 * t1', empirical: true}}" }],
  ['an empirical condition', { transitions: '{from: A, to: B, when: 0.3 * p + 2 * t1 > 40, empirical: true}' }],
  ['the status of a temperature', { transitions: '{from: A, to: B, when: bad(t1) or p > 5}' }],
])('[UNIT-11] %s may be', (_, parts) => {
  expect(faultsOf(withSequence(parts))).toEqual([])
})

test('[UNIT-12] a name of a sequence is converted to the unit it is declared in', () => {
  // PI-1 stands at 500 kPag, TI-1 at 500 degC.
  const run = (names: string, actions: string, when = 'true'): number => {
    const result = build(withSequence({ names, actions, transitions: `{from: A, to: B, when: ${when}}` }))
    if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
    const { artifact } = result
    const controller = createController(artifact)
    for (const i of artifact.control.inputs.keys()) controller.latchInput(i, 12, 0x80)
    const block = artifact.control.blocks.findIndex((b) => b.id === 'US-1.S1')
    const { S } = layoutOf(BLOCK_TYPES.get('SFC')!.fields) as { S: Record<string, number> }
    const s = artifact.control.blocks[block]!.s
    controller.state = { epoch: 1, n: 0 }
    controller.scan(1)
    controller.s[s + S['COMMAND']!] = SFC_COMMAND.start
    for (let n = 2; n < 6; n++) controller.scan(n)
    return controller.s[s + S['OUT2']!]!
  }
  const bar = '{p: {from: PI-1.AI1.OUT, unit: barg}, limit: 4.9 barg, high: 5.1 barg, q: PI-1.AI1.OUT}'
  expect(run(bar, "{SET: {out: out2, value: 'q'}}", 'p > limit')).toBe(500)
  expect(run(bar, "{SET: {out: out2, value: 'q'}}", 'p > high')).toBe(0)
  expect(run(bar, "{SET: {out: out2, value: 'p > limit ? q : 0'}}")).toBe(500)
  const kelvin = '{t1: {from: TI-1.AI1.OUT, unit: K}, hot: 773.1 K, cold: 773.2 K, q: PI-1.AI1.OUT}'
  expect(run(kelvin, "{SET: {out: out2, value: 't1 > hot and t1 < cold ? q : 0'}}")).toBe(500)
})

test('[UNIT-12] a name declared in another dimension, and a unit that is none', () => {
  const faults = faultsOf(withSequence({ names: '{p: {from: PI-1.AI1.OUT, unit: m}}' }))
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/CFG_UNIT_MISMATCH found 'p' in m from kPag/)
  expect(faultsOf(withSequence({ names: '{p: {from: PI-1.AI1.OUT, unit: kbar}}' }))[0]).toMatch(/CFG_UNKNOWN_UNIT/)
})

test('[UNIT-13] a fault of a sequence names the column inside its expression', () => {
  const files = withSequence({ transitions: '{from: A, to: B, when: p > 5 and pp < 3}' })
  expect(faultsOf(files)).toEqual([
    expect.stringMatching(new RegExp(`^${placeOf(files, 'and pp < 3', 'pp')} CFG_EXPRESSION .*the name 'pp'`)),
  ])
  expect(faultsOf(withSequence({ transitions: '{from: A, to: B, when: p > 5, empirical: maybe}' }))[0]).toMatch(
    /CFG_WRONG_TYPE/,
  )
})

test('[UNIT-14] what a sequence writes has a unit for those that read it', () => {
  const reader = `  - tag: TY-1\n    description: x\n    eu: degC\n    range: [0, 1000]\n    scan: fast\n    kind: calculation\n    faceplate: F1\n    blocks:\n      F1: {type: FILTER, in: US-1.S1.OUT3, lag: 1s}\n`
  const actions = "{SET: {out: out2, value: 'p'}, TELL: {out: out3, value: 'p'}}"
  const files = withSequence({ actions, steps: '{A: [], B: [P SET, P TELL]}', more: reader })
  const faults = faultsOf(files)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/CFG_UNIT_MISMATCH found .*(degC.*kPag|kPag.*degC)/)
})

test('[UNIT-15] a condition block takes states: a pressure on an interlock is a fault', () => {
  const cond = (il1: string): Files =>
    withSequence({
      more: `  - {tag: XS-1, description: x, eu: '1', range: [0, 1], scan: fast, kind: calculation, faceplate: C1, fields: {PV: C1.INTERLOCK}, blocks: {T1: {type: CALC, let: {p: PI-1.AI1.OUT}, expr: 'p > 800'}, C1: {type: CONDITION, il1: ${il1}}}}\n`,
    })
  expect(faultsOf(cond('T1.OUT'))).toEqual([])
  const faults = faultsOf(cond('PI-1.AI1.OUT'))
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/CFG_UNIT_MISMATCH found PI-1\.AI1\.OUT in kPag for XS-1\.C1\.IL1 in a plain number/)
})
