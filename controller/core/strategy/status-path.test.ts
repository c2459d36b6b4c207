// The status-path lint: no Bad reaches a final element for which nobody has said what it then does.
import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { compile } from './compile.ts'
import { compileExpression } from './expression.ts'
import { type ConfigFault, faultText, isWarning } from './fault.ts'
import { onBad } from './status-path.ts'
import { changed, type Files, fakeHash, filesOf } from './testing.ts'

const L = 'loops/a.yaml'
const MORE_IO: Files = changed(
  'io/rio.yaml',
  'AI/2: {register: 1}',
  "AI/2: {register: 1}\n      AI/3: {register: 2}\n      DI/1: {register: 3, quantity: '1', counts_per_unit: 1}",
  changed(
    'io/rio.yaml',
    'AO/2: {register: 1,',
    "DO/1: {register: 2, quantity: '1', counts_per_unit: 1, min: 0, max: 1, readback_register: 102}\n      AO/2: {register: 1,",
  ),
)

const faultsOf = (files: Files): readonly ConfigFault[] => {
  const result = compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })
  return 'faults' in result ? result.faults.filter((f) => !isWarning(f)) : []
}

/** A module X-1 of these blocks, one a line; it writes AO/2 or DO/1. */
const withModule = (blocks: readonly string[], files: Files = MORE_IO): Files =>
  changed(
    L,
    'cascade:',
    `  - tag: X-1\n    description: x\n    eu: '1'\n    range: [0, 100]\n    scan: fast\n    kind: valve\n    faceplate: O1\n    fields: {PV: none, OUT: none}\n    blocks:\n${blocks.map((b) => `      ${b}\n`).join('')}cascade:`,
    files,
  )

const AI = "A1: {type: AI, in: RIO-1/AI/3, unit: '1'}"
const AO = (from: string, more = ''): string =>
  `O1: {type: AO, cas_in: ${from}, readback: RIO-1/AO/2, out: RIO-1/AO/2${more}}`

/** Each way has one seeded fault: the output block does not say what it does. The mark stands in the line of the fault. */
const SEEDS: readonly (readonly [what: string, blocks: readonly string[], mark: string])[] = [
  ['a transmitter straight on a valve', [AI, AO('A1.OUT')], 'O1:'],
  ['through a filter', [AI, 'B1: {type: FILTER, in: A1.OUT, lag: 5s}', AO('B1.OUT')], 'O1:'],
  ['through a lead/lag', [AI, 'B1: {type: LEAD_LAG, in: A1.OUT, lead: 1s, lag: 5s}', AO('B1.OUT')], 'O1:'],
  ['through a clamp', [AI, 'B1: {type: LIMIT, in: A1.OUT, lo: 0, hi: 90}', AO('B1.OUT')], 'O1:'],
  ['through a calculation', [AI, "B1: {type: CALC, let: {a: A1.OUT}, expr: '100 - a'}", AO('B1.OUT')], 'O1:'],
  [
    'through the second input of one',
    [AI, "B1: {type: CALC, let: {k: 5, a: A1.OUT}, expr: 'k * a'}", AO('B1.OUT')],
    'O1:',
  ],
  ['through a scaler', [AI, 'B1: {type: SCALER, in: A1.OUT}', AO('B1.OUT')], 'O1:'],
  [
    'through a dead time',
    [AI, 'B1: {type: DEAD_TIME, in: A1.OUT, dead_time: 5s, dead_time_max: 10s}', AO('B1.OUT')],
    'O1:',
  ],
  [
    'through four blocks in a row',
    [
      AI,
      'B1: {type: FILTER, in: A1.OUT}',
      'B2: {type: FILTER, in: B1.OUT}',
      'B3: {type: FILTER, in: B2.OUT}',
      AO('B3.OUT'),
    ],
    'O1:',
  ],
  ['over PV in place of OUT', [AI, AO('A1.PV')], 'O1:'],
  ['from another module', [AO('LIC-101.AI1.OUT', ', unit: mA')], 'O1:'],
  ['from a controller that passes its measurement on', [AO('FIC-101.PID1.PV')], 'O1:'],
  ['from a point without an AI', [AO('RIO-1/AI/3')], 'O1:'],
  ['from the read-back of another output', [AO('RIO-1/AO/1')], 'O1:'],
  [
    'against the data flow, over a wire with a break',
    [AI, 'B1: {type: FILTER, in: A1.OUT}', AO('{from: B1.OUT, break: true}')],
    'O1:',
  ],
  ['a fault state whose time alone is given', [AI, AO('A1.OUT', ', fstate_time: 3s')], 'O1:'],
  ['a fault state whose value alone is given', [AI, AO('A1.OUT', ', fstate_val: 10')], 'O1:'],
  [
    'a switch straight on a solenoid',
    ['D1: {type: DI, in: RIO-1/DI/1}', 'O1: {type: DO, cas_in: D1.OUT, readback: RIO-1/DO/1, out: RIO-1/DO/1}'],
    'O1:',
  ],
  [
    'through logic',
    [
      'D1: {type: DI, in: RIO-1/DI/1}',
      'G1: {type: NOT, in: D1.OUT}',
      'O1: {type: DO, cas_in: G1.OUT, readback: RIO-1/DO/1, out: RIO-1/DO/1}',
    ],
    'O1:',
  ],
  [
    'a calculation that writes the point itself',
    ["O1: {type: CALC, let: {a: RIO-1/AI/3}, expr: 'a', out: RIO-1/AO/2}"],
    'O1:',
  ],
]

test.each(SEEDS.map(([what, blocks, mark], i) => ({ n: i + 1, what, blocks, mark })))(
  '[PATH-1] seeded fault $n of 20: $what',
  ({ blocks, mark }) => {
    const files = withModule(blocks)
    const faults = faultsOf(files).filter((f) => f.code !== 'CFG_UNIT_MISMATCH')
    const line = files[L]!.split('\n').findIndex((l) => l.includes(mark)) + 1
    expect(
      faults.map((f) => `${f.code} ${f.file}:${f.line}`),
      faults.map(faultText).join('\n'),
    ).toEqual([`CFG_STATUS_PATH ${L}:${line}`])
  },
)

test('there are twenty of them', () => {
  expect(SEEDS).toHaveLength(20)
})

test.each([
  ['a fault state that is written out', [AI, AO('A1.OUT', ', fstate: hold')]],
  ['one that goes to a value', [AI, AO('A1.OUT', ', fstate: value, fstate_val: 0')]],
  ['a controller between: it goes to Man', [AI, 'P1: {type: PID, in: A1.OUT, gain: 1, reset: 5s}', AO('P1.OUT')]],
  ['a station between', [AI, 'R1: {type: BIAS_GAIN, in_1: A1.OUT}', AO('R1.OUT')]],
  ['a constant', [AO('50')]],
  ['an operator', ['H1: {type: MANUAL_LOADER}', AO('H1.OUT')]],
])('[PATH-2] %s is a reaction', (_, blocks) => {
  expect(faultsOf(withModule(blocks)).map(faultText)).toEqual([])
})

test('[PATH-3] the message gives the way from the measurement to the valve', () => {
  const [fault] = faultsOf(withModule([AI, 'B1: {type: FILTER, in: A1.OUT}', AO('B1.OUT')]))
  expect(fault?.found).toBe('Bad of RIO-1/AI/3 -> X-1.A1.OUT -> X-1.B1.OUT -> X-1.O1.CAS_IN with no reaction to it')
})

test('[PATH-4] a ring of wires neither hides a way nor hangs', () => {
  const ring = [
    AI,
    "B2: {type: CALC, let: {a: {from: B1.OUT, break: true}}, expr: 'a'}",
    "B1: {type: CALC, let: {b: B2.OUT, a: A1.OUT}, expr: 'a + b'}",
    AO('B2.OUT'),
  ]
  expect(faultsOf(withModule(ring)).map((f) => f.code)).toEqual(['CFG_STATUS_PATH'])
})

test('[PATH-5] what a type says names its own inputs, and only an output block has a fault state', () => {
  for (const type of BLOCK_TYPES.values()) {
    const inputs = type.fields.filter((f) => f.role === 'wire-in').map((f) => f.name)
    for (const name of Object.keys(type.on_bad ?? {})) expect(inputs, type.type).toContain(name)
    for (const name of inputs) {
      if (onBad(type, name) === 'fault_state')
        expect(
          type.fields.some((f) => f.name === 'FSTATE'),
          type.type,
        ).toBe(true)
    }
  }
})

const TWO = [AI, 'A2: {type: AI, in: RIO-1/AI/2}']
const calc = (names: string, expr: string): string =>
  `B1: {type: CALC, unit: '1', empirical: true, let: {${names}}, expr: '${expr}'}`

test.each([
  ['the spare is a number', [AI, calc('a: A1.OUT', 'good(a) ? a : 50'), AO('B1.OUT')]],
  ['the other way round', [AI, calc('a: A1.OUT', 'bad(a) ? 50 : a'), AO('B1.OUT')]],
  [
    'the last of two spares is a number',
    [...TWO, calc('a: A1.OUT, b: A2.OUT', 'good(a) ? a : (good(b) ? b : 50)'), AO('B1.OUT')],
  ],
  ['both or a number', [...TWO, calc('a: A1.OUT, b: A2.OUT', 'worst(a, b) > 0 ? a - b : 50'), AO('B1.OUT')]],
  [
    'the spare is what an operator sets',
    [AI, 'H1: {type: MANUAL_LOADER}', calc('a: A1.OUT, h: H1.OUT', 'good(a) ? a : h'), AO('B1.OUT')],
  ],
  [
    'a filter behind the guard',
    [AI, calc('a: A1.OUT', 'good(a) ? a : 50'), 'F1: {type: FILTER, in: B1.OUT}', AO('F1.OUT')],
  ],
  [
    'the guard writes the point itself',
    ["O1: {type: CALC, let: {a: RIO-1/AI/3}, expr: 'good(a) ? a : 4', out: RIO-1/AO/2}"],
  ],
])('[PATH-6] a guard is a reaction: %s', (_, blocks) => {
  expect(
    faultsOf(withModule(blocks))
      .filter((f) => f.code !== 'CFG_UNIT_MISMATCH')
      .map(faultText),
  ).toEqual([])
})

test.each([
  ['the spare is a transmitter', 'good(a) ? a : b', 'RIO-1/AI/2 -> X-1.A2.OUT'],
  ['the spare is a transmitter, the other way round', 'bad(a) ? b : a', 'RIO-1/AI/2 -> X-1.A2.OUT'],
  ['the wrong one is asked for', 'good(b) ? a : 50', 'RIO-1/AI/3 -> X-1.A1.OUT'],
  ['the branches are exchanged', 'good(a) ? 50 : a', 'RIO-1/AI/3 -> X-1.A1.OUT'],
  ['it is read before', 'a > 5 and good(a) ? 40 : 50', 'RIO-1/AI/3 -> X-1.A1.OUT'],
])('[PATH-7] a guard is a reaction for its own input alone: %s', (_, expr, way) => {
  const faults = faultsOf(withModule([...TWO, calc('a: A1.OUT, b: A2.OUT', expr), AO('B1.OUT')]))
  expect(faults.map((f) => `${f.code} ${f.found}`)).toEqual([
    `CFG_STATUS_PATH Bad of ${way} -> X-1.B1.OUT -> X-1.O1.CAS_IN with no reaction to it`,
  ])
})

test('[PATH-7] a guard of one block is none for the same measurement by another way', () => {
  const two = [
    AI,
    calc('a: A1.OUT', 'good(a) ? a : 50'),
    "B2: {type: CALC, unit: '1', let: {g: B1.OUT, a: A1.OUT}, expr: 'max(g, a)'}",
  ]
  const faults = faultsOf(withModule([...two, AO('B2.OUT')]))
  expect(faults.map((f) => f.found)).toEqual([
    'Bad of RIO-1/AI/3 -> X-1.A1.OUT -> X-1.B2.OUT -> X-1.O1.CAS_IN with no reaction to it',
  ])
})

test.each([
  ['guarded', 'good(a) ? a : 50', []],
  ['unguarded', 'a', ['CFG_STATUS_PATH']],
])('[PATH-8] the value of an action of a sequence, %s', (_, value, codes) => {
  const blocks = [
    AI,
    `S1: {type: SFC, let: {a: A1.OUT}, actions: {SET: {out: out1, value: '${value}'}}, steps: {A: [N SET]}}`,
    AO('S1.OUT1'),
  ]
  expect(faultsOf(withModule(blocks)).map((f) => f.code)).toEqual(codes)
})
