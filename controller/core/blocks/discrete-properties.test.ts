// What holds for every discrete block, whatever comes in: outputs are finite, 0/1 outputs are 0 or 1, no output calls itself not
// connected, a refused write changes nothing, and a state that was saved goes on to the last bit.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, LIMIT, STATUS } from '../../../contracts/status.ts'
import { compileExpression } from '../strategy/expression.ts'
import { collectFaults } from '../strategy/fault.ts'
import { readSequence } from '../strategy/sfc.ts'
import { readYaml } from '../strategy/source.ts'
import { createRig, type Rig } from '../testing/rig.ts'
import { BLOCK_TYPES } from './index.ts'

const SEQUENCE = `
actions: {A: {out: out1}, V: {out: out2, value: i1}, W: {out: out3, value: 'i1 * i2 / (i1 - i2)'}}
steps: {S1: [S A], S2: [N V, L 2s A], S3: [P W, {do: A, as: R}], S4: [D 1s V]}
transitions:
  - {from: S1, to: [S2, S3], when: 'i1 > 0'}
  - {from: [S2, S3], to: S4, when: 'sqrt(i2) < 8 or t > 4'}
  - {from: S4, to: S1, when: true}
holding: {steps: {H: [N V]}}`

function sequence(): readonly number[] {
  const faults = collectFaults()
  const source = readYaml(faults, 'a.yaml', SEQUENCE)!
  const at = { file: 'a.yaml', line: 1, column: 1 }
  const inputs = new Map([
    ['i1', 0],
    ['i2', 1],
  ])
  const context = { expression: compileExpression, inputs, constants: new Map<string, number>() }
  return readSequence(faults, { key: 'Q', at }, source, context)!
}

const SETS: Readonly<Record<string, Readonly<Record<string, number | readonly number[]>>>> = {
  AND: { INVERT: 5 },
  CONDITION: { IL1_ON: 1, IL2_OFF: 2, PM1_ON: 1, FS1_SP: 7, LATCH_IL: 3, LATCH_FS: 1 },
  CTD: { PRESET: 3 },
  CTU: { PRESET: 3 },
  CTUD: { PRESET: 3 },
  DEVICE_CONTROL: { CRACK_TIME: 1, TRIP_TIME: 1, RESET_REQUIRED: 1, STATES: 3 },
  DI: { DEBOUNCE: 2 },
  DO: { FSTATE: 1, FSTATE_VAL: 1, FSTATE_TIME: 2, READBACK_TIME: 2 },
  F_TRIG: {},
  MOTOR: { TRIP_TIME: 2, PASSIVE_ON_TIMEOUT: 1 },
  NOT: {},
  OR: { INVERT: 2 },
  RS: {},
  R_TRIG: {},
  SFC: { PROGRAM: sequence(), COMMAND: 1 },
  SR: {},
  TOF: { PT: 2 },
  TON: { PT: 2 },
  TONR: { PT: 3 },
  TP: { PT: 2 },
  VALVE: { PASSIVE_WHEN_CONFIRMED: 1, SP_TRACK: 0 },
  XOR: {},
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1) },
  fc.constantFrom(2, 0.5, -1, 1e308, -1e308, 5e-324),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)
const status = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(STATUS.good, STATUS.goodCascade, STATUS.uncertain, STATUS.badNoComm) },
  fc.constantFrom(...Object.values(STATUS)),
  fc.constantFrom(...Object.values(STATUS)).map((s) => s | LIMIT.constant),
)
const scan = fc.record({
  drives: fc.array(fc.record({ wire: fc.nat(60), value, status }), { maxLength: 5 }),
  write: fc.option(
    fc.record({ target: fc.nat(9), value: fc.oneof(fc.integer({ min: -1, max: 9 }), fc.constant(0.5)) }),
    {
      freq: 2,
      nil: undefined,
    },
  ),
})
const history = fc.array(scan, { minLength: 10, maxLength: 40 })
type History = readonly {
  readonly drives: readonly { wire: number; value: number; status: number }[]
  readonly write: { target: number; value: number } | undefined
}[]

const make = (type: string): Rig =>
  createRig({
    blocks: [{ id: 'B', type, set: SETS[type]! }],
    writable: (BLOCK_TYPES.get(type)!.writable ?? []).map((f) => `B.${f}`),
  })

function play(rig: Rig, type: string, list: History, each: () => void = () => undefined): void {
  const { fields, writable = [] } = BLOCK_TYPES.get(type)!
  const inputs = fields.filter((f) => f.role === 'wire-in').map((f) => `B.${f.name}`)
  for (const { drives, write } of list) {
    for (const d of drives) rig.drive(inputs[d.wire % inputs.length]!, d.value, d.status)
    if (write !== undefined && writable.length > 0) {
      const before = rig.controller.digest()
      const refusal = rig.write(`B.${writable[write.target % writable.length]}`, write.value)
      if (refusal !== 0) expect(rig.controller.digest()).toBe(before)
    }
    rig.scan()
    each()
  }
}

/** Outputs that are no 0 or 1. */
const NUMBERS = [
  'ET',
  'CV',
  'OUT2',
  'OUT3',
  'FORCED_SP',
  'FIRST',
  'STATE',
  'STEP',
  'STEP_TIME',
  'PENDING',
  'FAILED',
  'PV',
  'OUT',
  'BKCAL_OUT',
]

describe.each(Object.keys(SETS))('%s', (type) => {
  test('[R5] whatever comes in, what leaves is finite, and 0 or 1 where it is a state', () => {
    const outputs = BLOCK_TYPES.get(type)!.fields.filter((f) => f.role === 'wire-out' || f.role === 'back-out')
    const device = ['DEVICE_CONTROL', 'MOTOR', 'VALVE'].includes(type)
    fc.assert(
      fc.property(history, (list) => {
        const rig = make(type)
        play(rig, type, list, () => {
          for (const { name } of outputs) {
            const out = rig.get(`B.${name}`)
            const number = NUMBERS.includes(name) && (device || !['PV', 'OUT', 'BKCAL_OUT'].includes(name))
            expect(number ? Number.isFinite(out) : out === 0 || out === 1, `${name} ${out}`).toBe(true)
            expect(codeOf(rig.get(`B.${name}_ST`))).not.toBe(STATUS.badNotConnected)
          }
        })
      }),
      { numRuns: 40, seed: 5 },
    )
  })

  test('[R25] saved anywhere it continues bit-equal', () => {
    fc.assert(
      fc.property(history, fc.nat(30), (list, at) => {
        const cut = Math.min(at, list.length)
        const [whole, head, tail] = [make(type), make(type), make(type)]
        play(whole, type, list)
        play(head, type, list.slice(0, cut))
        // Wires are state too, so the loaded copy has them.
        tail.controller.load(head.controller.save(), head.controller.state)
        play(tail, type, list.slice(cut))
        expect(tail.controller.digest()).toBe(whole.controller.digest())
      }),
      { numRuns: 25, seed: 25 },
    )
  })
})
