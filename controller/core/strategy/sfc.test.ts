import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import {
  type ChartSpec,
  type Charts,
  COMMANDS,
  type Command,
  type Condition,
  type Doing,
  type Input,
  interpreter,
  type Spec,
} from '../../../test/golden/evaluator/sequence.ts'
import { textOf } from '../../../test/golden/sequence-text.ts'
import { SFC_STATE } from '../blocks/sfc/fields.ts'
import { createRig, type Rig } from '../testing/rig.ts'
import { compileExpression } from './expression.ts'
import { type ConfigFault, collectFaults, isWarning } from './fault.ts'
import { readSequence } from './sfc.ts'
import { readYaml } from './source.ts'

const at = { file: 'loops/a.yaml', line: 1, column: 1 }

/** The program of a text with the inputs i1, i2, i3; or its faults as 'CODE found'. */
function programOf(text: string): {
  program: readonly number[] | undefined
  faults: string[]
  warnings: string[]
} {
  const faults = collectFaults()
  const source = readYaml(faults, 'loops/a.yaml', text)!
  const inputs = new Map([
    ['i1', 0],
    ['i2', 1],
    ['i3', 2],
  ])
  const context = { expression: compileExpression, inputs, constants: new Map([['$limit', 2]]) }
  const program = readSequence(faults, { key: 'SEQ1', at }, source, context)
  const textOf = (f: ConfigFault): string => `${f.code} ${f.line}:${f.column} ${f.found}`
  const warnings = faults.list.filter(isWarning).map(textOf)
  return { program, faults: faults.list.filter((f) => !isWarning(f)).map(textOf), warnings }
}

function rigOf(text: string): Rig {
  const { program, faults } = programOf(text)
  expect(faults).toEqual([])
  return createRig({
    blocks: [{ id: 'Q', type: 'SFC', set: { PROGRAM: program! } }],
    writable: ['Q.COMMAND', 'Q.FORCE'],
  })
}

// ---------------------------------------------------------------- random charts

const input = fc.integer({ min: 0, max: 2 })
const chartOf = (prefix: string, actions: readonly string[], most: number): fc.Arbitrary<ChartSpec> =>
  fc.integer({ min: 1, max: most }).chain((count) => {
    const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`)
    const name = fc.constantFrom(...names)
    const some = fc.uniqueArray(name, { minLength: 1, maxLength: 3 })
    const doing: fc.Arbitrary<Doing> = fc.record({
      action: fc.constantFrom(...actions),
      as: fc.constantFrom('N', 'R', 'S', 'P', 'P0', 'L', 'D', 'SD', 'DS', 'SL'),
      time: fc.integer({ min: 0, max: 4 }),
      confirm: fc.option(fc.record({ input, within: fc.integer({ min: 0, max: 3 }) }), { nil: undefined, freq: 3 }),
    }) as fc.Arbitrary<Doing>
    const condition: fc.Arbitrary<Condition> = fc.oneof(
      fc.record({ kind: fc.constant('input' as const), input, negated: fc.boolean() }),
      fc.record({ kind: fc.constant('time' as const), least: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ kind: fc.constant('active' as const), step: name, input }),
      fc.constant({ kind: 'confirmed' as const }),
      fc.constant({ kind: 'failed' as const }),
      fc.constant({ kind: 'true' as const }),
    )
    // A spine that reaches every step, and whatever else.
    const spine = fc.tuple(
      ...names
        .slice(1)
        .map((to, i) => fc.record({ from: fc.constant([names[i]!]), to: fc.constant([to]), when: condition })),
    )
    const more = fc.array(fc.record({ from: some, to: some, when: condition }), { maxLength: 6 })
    return fc.record({
      steps: fc.tuple(
        ...names.map((n) => fc.record({ name: fc.constant(n), doings: fc.array(doing, { maxLength: 3 }) })),
      ),
      transitions: fc.tuple(more, spine, fc.boolean()).map(([a, b, first]) => (first ? [...b, ...a] : [...a, ...b])),
    })
  })

const ACTIONS = ['A', 'B', 'C', 'V', 'W']
const specs: fc.Arbitrary<Spec> = fc.record({
  charts: fc.record(
    {
      run: chartOf('R', ACTIONS, 7),
      holding: chartOf('H', ACTIONS, 2),
      restarting: chartOf('T', ACTIONS, 2),
      stopping: chartOf('S', ACTIONS, 3),
      aborting: chartOf('X', ACTIONS, 2),
    },
    { requiredKeys: ['run'] },
  ) as fc.Arbitrary<Charts>,
  actions: fc.constant([
    { name: 'A', out: 0, value: undefined },
    { name: 'B', out: 1, value: undefined },
    { name: 'C', out: 2, value: undefined },
    // Two values that take turns on one output.
    { name: 'V', out: 3, value: 40 },
    { name: 'W', out: 3, value: 80 },
  ]),
})
const scans = fc.array(
  fc.record({
    inputs: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom<Input>(0, 0, 0, 1, 1, 1, 'bad'))),
    command: fc.oneof(
      { weight: 6, arbitrary: fc.constant<Command>('none') },
      { weight: 2, arbitrary: fc.constantFrom<Command>('start', 'restart', 'reset') },
      { weight: 1, arbitrary: fc.constantFrom<Command>(...COMMANDS) },
    ),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 40 },
)

function drive(rig: Rig, inputs: readonly Input[], command: Command): void {
  inputs.forEach((value, i) => {
    rig.drive(`Q.IN${i + 1}`, value === 1 ? 1 : 0, value === 'bad' ? STATUS.badNoComm : STATUS.good)
  })
  rig.set('Q.COMMAND', COMMANDS.indexOf(command))
  rig.scan()
}

test('[2.19] random charts and inputs, as a second interpreter on objects says', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(specs, scans, (spec, list) => {
      const rig = rigOf(textOf(spec))
      const other = interpreter(spec)
      const names = Object.values(spec.charts).flatMap((c) => c.steps.map((s) => s.name))
      for (const { inputs, command, count } of [
        { inputs: [0, 0, 0] as const, command: 'start' as const, count: 1 },
        ...list,
      ]) {
        for (let n = 0; n < count; n++) {
          const given = n === 0 ? command : 'none'
          drive(rig, inputs, given)
          const is = other(inputs, given)
          const r = rig.controller.save()
          const ring = new Float64Array(r.buffer, r.byteLength - 8 * ringOf(rig))
          seen.set(is.state, (seen.get(is.state) ?? 0) + 1)
          const stateName = Object.entries(SFC_STATE).find(([, v]) => v === rig.get('Q.STATE'))![0]
          expect({
            state: stateName,
            active: names.filter((_, i) => ring[i] === 1),
            outs: [0, 1, 2].map((i) => rig.get(`Q.OUT${i + 1}`)),
            value: rig.get('Q.OUT4_ST') === STATUS.good ? rig.get('Q.OUT4') : undefined,
            failed: rig.get('Q.FAILED'),
            pending: rig.get('Q.PENDING'),
            blocked: rig.get('Q.BLOCKED') === 1,
          }).toEqual({
            state: is.state,
            active: names.filter((s) => is.active.has(s)),
            outs: [0, 1, 2].map((i) => is.outs.get(i)),
            value: is.assigned.has(3) ? is.outs.get(3) : undefined,
            failed: is.failed,
            pending: is.pending,
            blocked: is.blocked,
          })
        }
      }
    }),
    { numRuns: 300, seed: 219 },
  )
  // The histories went everywhere.
  expect([...seen.keys()].sort()).toEqual(Object.keys(SFC_STATE).sort())
}, 60_000)

const ringOf = (rig: Rig): number => rig.artifact.control.r_count

test('[R25] any chart saved anywhere continues bit-equal', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(specs, scans, fc.nat(40), (spec, list, cut) => {
      const text = textOf(spec)
      const [whole, head, tail] = [rigOf(text), rigOf(text), rigOf(text)]
      list.forEach(({ inputs, command }, i) => {
        const given = i === 0 ? 'start' : command
        drive(whole, inputs, given)
        if (i < cut) drive(head, inputs, given)
        if (i === cut) tail.controller.load(head.controller.save(), head.controller.state)
        if (i >= cut) drive(tail, inputs, given)
      })
      if (list.length > cut) expect(tail.controller.digest()).toBe(whole.controller.digest())
      else expect(head.controller.digest()).toBe(whole.controller.digest())
    }),
    { numRuns: 100, seed: 25 },
  )
})

// ---------------------------------------------------------------- by hand

/** Outputs of a text, one column a scan after the start; i1 by a row. */
function rows(text: string, i1: string, outputs: readonly string[]): string[] {
  const rig = rigOf(text)
  const made = outputs.map(() => '')
  ;[...i1].forEach((c, n) => {
    drive(rig, [c === '1' ? 1 : 0, 0, 0], n === 0 ? 'start' : 'none')
    outputs.forEach((o, i) => {
      made[i] = `${made[i]}${rig.get(`Q.${o}`)}`
    })
  })
  return made
}

// One step A from scan 0 to the rise of i1, then B; scan 5 is the first of B.
const QUALIFIERS: readonly (readonly [string, string, string])[] = [
  ['N', '0000010000', '1111100000'],
  ['S', '0000010000', '1111111111'],
  ['P', '0000010000', '1000000000'],
  ['P1', '0000010000', '1000000000'],
  ['P0', '0000010000', '0000010000'],
  ['L 3s', '0000010000', '1110000000'],
  ['L 8s', '0000010000', '1111100000'],
  ['D 3s', '0000010000', '0001100000'],
  ['D 8s', '0000010000', '0000000000'],
  ['SD 3s', '0000010000', '0001111111'],
  ['SD 7s', '0000010000', '0000000111'],
  ['DS 3s', '0000010000', '0001111111'],
  ['DS 8s', '0000010000', '0000000000'],
  ['SL 3s', '0000010000', '1110000000'],
  ['SL 7s', '0000010000', '1111111000'],
]
for (const [as, i1, expected] of QUALIFIERS) {
  test(`[IEC 61131-3 action control] ${as}`, () => {
    const text = `
actions: {DO: {out: out1}}
steps: {A: [${as} DO], B: , Z: }
transitions: [{from: A, to: B, when: i1}, {from: B, to: Z, when: false}]`
    expect(rows(text, i1, ['OUT1'])).toEqual([expected])
  })
}

test('[IEC 61131-3 action control] R resets what is stored and goes before all others', () => {
  const text = `
actions: {DO: {out: out1}}
steps: {A: [S DO], B: , C: [R DO, N DO], D: , Z: }
transitions:
  - {from: A, to: B, when: i1}
  - {from: B, to: C, when: t >= 2}
  - {from: C, to: D, when: t >= 2}
  - {from: D, to: Z, when: false}`
  expect(rows(text, '0010000000', ['OUT1', 'STEP'])).toEqual(['1111000000', '1122334444'])
})

test('[2.19] parallel branches begin together and wait for each other; a select takes the left-most', () => {
  const text = `
steps: {A: , P1: , P2: , Q2: , E: , F: , Z: }
transitions:
  - {from: A, to: [P1, P2], when: i1}
  - {from: P2, to: Q2, when: t >= 2}
  - {from: [P1, Q2], to: E, when: true}
  - {from: E, to: F, when: i1}
  - {from: E, to: Z, when: i1}
  - {from: F, to: Z, when: false}`
  // STEP is the first active one: A, P1 for three scans until Q2 is there too, E, F.
  expect(rows(text, '0100001000', ['STEP'])).toEqual(['1222556666'])
})

test('[2.19] transitions are judged on the state at the start of the scan: one step a scan', () => {
  const text = `
steps: {A: , B: , C: , D: , Z: }
transitions:
  - {from: A, to: B, when: true}
  - {from: B, to: C, when: true}
  - {from: C, to: D, when: true}
  - {from: D, to: Z, when: false}`
  expect(rows(text, '000000', ['STEP'])).toEqual(['123444'])
})

test('[2.19] values: a step puts a number or an expression out, and it stays; before the first it is Bad', () => {
  const text = `
actions: {LOW: {out: out2, value: 40}, HIGH: {out: out2, value: 'i1 * 10 + $limit'}}
steps: {A: , B: [P LOW], C: [N HIGH], Z: }
transitions:
  - {from: A, to: B, when: t >= 1}
  - {from: B, to: C, when: t >= 2}
  - {from: C, to: Z, when: t >= 2}`
  const rig = rigOf(text)
  const seen: (number | string)[] = []
  for (let n = 0; n < 7; n++) {
    drive(rig, [n === 4 ? 'bad' : 1, 0, 0], n === 0 ? 'start' : 'none')
    seen.push(rig.get('Q.OUT2_ST') === STATUS.bad ? 'bad' : rig.get('Q.OUT2'))
    if (n === 4) expect(rig.get('Q.OUT2_ST')).toBe(STATUS.uncertainLastUsable)
  }
  expect(seen).toEqual(['bad', 40, 40, 12, 12, 12, 12])
})

test('[R5] an input that is no finite number is a Bad value and a Bad condition', () => {
  const text = `
actions: {V: {out: out1, value: i1}}
steps: {A: [N V], B: [], Z: []}
transitions: [{from: A, to: B, when: i2}, {from: B, to: Z, when: false}]`
  const rig = rigOf(text)
  drive(rig, [1, 0, 0], 'start')
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    rig.drive('Q.IN1', value)
    rig.drive('Q.IN2', value)
    rig.scan()
    expect([rig.get('Q.OUT1'), rig.get('Q.OUT1_ST')]).toEqual([1, STATUS.uncertainLastUsable])
    expect([rig.get('Q.STEP'), rig.get('Q.BLOCKED')]).toEqual([1, 1])
  }
})

test('[2.19] a confirm is pending, there, late; a transition may ask', () => {
  const text = `
actions: {OPEN: {out: out1}}
steps: {A: [{do: OPEN, confirm: i1, within: 3s}], B: , Z: }
transitions:
  - {from: A, to: B, when: pending == 0 and failed == 0}
  - {from: B, to: Z, when: false}`
  expect(rows(text, '00100', ['PENDING', 'FAILED', 'STEP'])).toEqual(['11000', '00000', '11122'])
  expect(rows(text, '0000010', ['PENDING', 'FAILED', 'STEP', 'BLOCKED'])).toEqual([
    '1110000',
    '0001100',
    '1111112',
    '0001100',
  ])
})

const PHASE = `
actions: {FEED: {out: out1}, VENT: {out: out2}, KEEP: {out: out3}}
steps: {A: [N FEED, S KEEP], B: , Z: }
transitions: [{from: A, to: B, when: t >= 4}, {from: B, to: Z, when: false}]
holding: {steps: {H: [N VENT], HE: }, transitions: [{from: H, to: HE, when: t >= 2}]}
aborting: {steps: {X: [N VENT]}}`

test('[S88] hold freezes the step and its time, restart goes on, what is stored stays', () => {
  const rig = rigOf(PHASE)
  const seen: string[] = []
  const play = (command: Command, count = 1): void => {
    for (let n = 0; n < count; n++) {
      drive(rig, [0, 0, 0], n === 0 ? command : 'none')
      seen.push(`${rig.get('Q.STATE')}${rig.get('Q.STEP')}${rig.get('Q.OUT1')}${rig.get('Q.OUT2')}${rig.get('Q.OUT3')}`)
    }
  }
  play('start', 3)
  play('hold', 6)
  expect(rig.get('Q.STEP_TIME')).toBe(2)
  play('restart', 4)
  // State, step, feed, vent, keep. The hold chart is steps 4 and 5; no restart chart: running at once.
  expect(seen).toEqual([
    '11101',
    '11101',
    '11101',
    '24011',
    '24011',
    '25001',
    '31001',
    '31001',
    '31001',
    '11101',
    '11101',
    '12001',
    '12001',
  ])
})

test('[S88] stop without logic of its own is stopped at once, with nothing stored; reset makes it idle', () => {
  const rig = rigOf(PHASE)
  drive(rig, [0, 0, 0], 'start')
  expect(rig.write('Q.COMMAND', 5)).not.toBe(0)
  expect(rig.write('Q.COMMAND', 9)).not.toBe(0)
  expect(rig.write('Q.COMMAND', 2)).toBe(0)
  rig.scan()
  expect([rig.get('Q.STATE'), rig.get('Q.OUT1'), rig.get('Q.OUT3'), rig.get('Q.STEP')]).toEqual([6, 0, 0, 0])
  drive(rig, [0, 0, 0], 'start')
  expect(rig.get('Q.STATE')).toBe(6)
  drive(rig, [0, 0, 0], 'reset')
  expect(rig.get('Q.STATE')).toBe(0)
})

test('[S88] abort goes before all others; its chart vents, what is stored ends with it', () => {
  const rig = rigOf(PHASE)
  drive(rig, [0, 0, 0], 'start')
  for (const name of ['ABORT', 'HOLD', 'STOP']) rig.drive(`Q.${name}`, 0)
  rig.scan()
  for (const name of ['ABORT', 'HOLD', 'STOP']) rig.drive(`Q.${name}`, 1)
  rig.scan()
  expect([rig.get('Q.STATE'), rig.get('Q.OUT2'), rig.get('Q.OUT3')]).toEqual([7, 1, 1])
  rig.scan()
  expect([rig.get('Q.STATE'), rig.get('Q.OUT2'), rig.get('Q.OUT3')]).toEqual([8, 0, 0])
})

test('[2.19] command wires act on their rise, and not at a cold start', () => {
  const rig = rigOf(PHASE)
  rig.drive('Q.START', 1)
  rig.scan(3)
  expect(rig.get('Q.STATE')).toBe(0)
  rig.drive('Q.START', 0)
  rig.scan()
  rig.drive('Q.START', 1)
  rig.scan()
  expect(rig.get('Q.STATE')).toBe(1)
})

test('[2.19] a sequence of final steps alone is complete after a scan; a forced transition fires whatever its condition', () => {
  const rig = rigOf(`
steps: {A: , B: }
transitions: [{from: A, to: B, when: i1}]`)
  expect(rig.write('Q.FORCE', 1)).not.toBe(0)
  drive(rig, ['bad', 0, 0], 'start')
  drive(rig, ['bad', 0, 0], 'none')
  expect([rig.get('Q.STEP'), rig.get('Q.BLOCKED')]).toEqual([1, 1])
  expect(rig.write('Q.FORCE', 2)).not.toBe(0)
  expect(rig.write('Q.FORCE', 1)).toBe(0)
  drive(rig, ['bad', 0, 0], 'none')
  expect([rig.get('Q.STEP'), rig.get('Q.BLOCKED'), rig.get('Q.STATE')]).toEqual([2, 0, 1])
  drive(rig, ['bad', 0, 0], 'none')
  expect(rig.get('Q.STATE')).toBe(SFC_STATE.complete)
})

test('[2.19] faults of the text are all found, each in its place', () => {
  const { program, faults } = programOf(`
actions:
  FEED: {out: out1}
  VENT: {out: out1}
  HEAT: {out: out17}
steps:
  A: [N FEED, Q FEED, L FEED, N 3s FEED, D 2m FEED, N FED]
  B: {actions: [{do: FEED, within: 3s}], first: true}
  C:
transitions:
  - {from: A, to: D, when: i1}
  - {from: A, when: i4 > 2}
  - {from: [A, A], to: B, when: i1 +}
holding: {transitions: []}
aborting: [X]`)
  expect(program).toBeUndefined()
  for (const part of [
    "CFG_OUTPUT_USED_TWICE 4:15 'out1' again",
    "CFG_UNKNOWN_WORD 5:15 'out17'",
    "CFG_UNKNOWN_WORD 7:15 the qualifier 'Q'",
    "CFG_MISSING_FIELD 7:23 'L FEED' without time",
    "CFG_UNKNOWN_FIELD 7:31 a time with 'N'",
    "CFG_WRONG_TYPE 7:42 '2m'",
    "CFG_UNKNOWN_WORD 7:53 the action 'FED'",
    "CFG_UNKNOWN_FIELD 8:42 'first'",
    "CFG_MISSING_FIELD 8:36 'within' without 'confirm'",
    "CFG_INCONSISTENT 9:3 the step 'C' that nothing leads to",
    "CFG_UNKNOWN_WORD 11:19 the step 'D'",
    "CFG_MISSING_FIELD 12:5 a transition without 'to'",
    "CFG_EXPRESSION 12:21 the name 'i4'",
    "CFG_DUPLICATE_ID 13:16 'A' again",
    "CFG_MISSING_FIELD 14:10 'holding' without 'steps'",
    'CFG_WRONG_TYPE 15:11 a list',
  ]) {
    expect(faults).toContainEqual(expect.stringContaining(part))
  }
})

test('[2.19] nothing in a text makes the compiler throw', () => {
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('A', 'B', 'N A', 'L 5s A', 'out1', 'i1 > 2', 't', '', 'SL', '5s', 'x(', 'A_T > 3'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'A',
          'B',
          'from',
          'to',
          'when',
          'do',
          'as',
          'time',
          'confirm',
          'within',
          'out',
          'value',
          'actions',
          'steps',
          'transitions',
          'initial',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value
  const body = fc.dictionary(
    fc.constantFrom('steps', 'transitions', 'actions', 'holding', 'restarting', 'stopping', 'aborting'),
    anything,
    { minKeys: 1 },
  )
  fc.assert(
    fc.property(body, (tree) => {
      const { program, faults } = programOf(JSON.stringify(tree))
      expect(program === undefined).toBe(faults.length > 0)
    }),
    { numRuns: 300, seed: 8 },
  )
})

test('[2.19] a join of branches that never run together, and a branch left open, are told', () => {
  const { program, warnings } = programOf(`
steps: {A: [], B: [], C: [], D: [], E: []}
transitions:
  - {from: A, to: B, when: i1}
  - {from: A, to: C, when: i2}
  - {from: [B, C], to: D, when: true}
  - {from: B, to: D, when: i3}
  - {from: D, to: [A, E], when: i3}`)
  expect(program).toBeDefined()
  expect(warnings).toEqual([
    "CFG_INCONSISTENT 6:5 a transition that cannot fire: 'B' and 'C' are never active together",
    "CFG_INCONSISTENT 8:5 a transition that may enter 'E' while it is active",
  ])
})

test('[2.19] the parallel branches of a sound chart are told nothing', () => {
  const { warnings } = programOf(`
steps: {A: [], B1: [], B2: [], C1: [], D: []}
transitions:
  - {from: A, to: [B1, C1], when: i1}
  - {from: B1, to: B2, when: t > 3}
  - {from: B2, to: B1, when: i2}
  - {from: [B2, C1], to: D, when: true}
  - {from: D, to: A, when: i3}`)
  expect(warnings).toEqual([])
})
