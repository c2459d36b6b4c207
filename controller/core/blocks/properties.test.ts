// What holds for every one of these blocks, whatever comes in: no NaN and no infinity leaves, a state that was saved goes on
// to the last bit, and nothing but their own slices decides. Method: random values, statuses and writes on all wires.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { LIMIT, STATUS } from '../../../contracts/status.ts'
import { isWire } from '../layout.ts'
import { createRig, type Rig } from '../testing/rig.ts'
import { BLOCK_TYPES } from './index.ts'

type Set = Readonly<Record<string, number | readonly number[]>>

const SETS: Readonly<Record<string, Set>> = {
  ALARM_DEVIATION: { DEV_HI: 10, DEV_LO: 10, ON_DELAY: 2, INHIBIT_TIME: 3 },
  ALARM_DISCRETE: { ON_DELAY: 2 },
  ALARM_RATE: { RATE_UP: 3, RATE_DN: 3, FTIME: 2 },
  ARITH: { ARITH_TYPE: 1, BIAS_IN: [0, 1, 1], GAIN_IN: [1, 2, 1], RANGE_LO: 10, RANGE_HI: 20 },
  CHARACTERIZER: { CURVE: [0, 0, 30, 80, 100, 100], SWAP_2: 1 },
  COMPARATOR: { HYS: 2, REF_VAL: 40, REF_HI_VAL: 60 },
  DEAD_TIME: { DEAD_TIME: 3.5, DEAD_TIME_MAX: 6 },
  INPUT_SELECTOR: { SEL_TYPE: 3, USE_UNCERTAIN: 1 },
  INTEGRATOR: { INTEG_TYPE: 0, TOTAL_SP: 5, TIME_UNIT_1: 60, TIME_UNIT_2: 60 },
  PULSE_IN: { WINDOW: 3, FTIME: 2, RATE_MAX: 1e9, COUNTER_MAX: 100 },
  RAMP_PROGRAM: { SEGMENTS: [50, 4, 3, 20, 5, 0], REPEAT: 0, HOLDBACK: 30, STATE: 1 },
  SCALER: { OUT_SCALE: [20, 4], CLAMP: 1 },
  SPLITTER: { BAL_TIME: 4, LOCKVAL: 0 },
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -20, max: 120, noNaN: true }) },
  fc.constantFrom(0, 1, 50, 100),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324),
)
const status = fc.oneof(
  fc.constantFrom(STATUS.good, STATUS.goodCascade),
  fc.constantFrom(...Object.values(STATUS)),
  fc.constantFrom(...Object.values(STATUS)).map((s) => s | LIMIT.constant),
)
const drive = fc.record({ wire: fc.nat(30), value, status })
const scans = fc.array(fc.array(drive, { maxLength: 4 }), { minLength: 12, maxLength: 30 })

const make = (type: string): Rig =>
  createRig({
    blocks: [{ id: 'B', type, set: SETS[type]! }],
    writable: (BLOCK_TYPES.get(type)!.writable ?? []).map((f) => `B.${f}`),
  })

const inputsOf = (type: string): string[] =>
  BLOCK_TYPES.get(type)!
    .fields.filter((f) => f.role === 'wire-in' || f.role === 'back-in')
    .map((f) => `B.${f.name}`)

function apply(
  rig: Rig,
  inputs: readonly string[],
  drives: readonly { wire: number; value: number; status: number }[],
) {
  for (const d of drives) rig.drive(inputs[d.wire % inputs.length]!, d.value, d.status)
  rig.scan()
}

describe.each(Object.keys(SETS))('%s', (type) => {
  const inputs = inputsOf(type)
  const outputs = BLOCK_TYPES.get(type)!.fields.filter((f) => isWire(f.role) && f.role.endsWith('out'))

  test('[R5] NaN and infinity never leave, and no output says that it is not connected', () => {
    fc.assert(
      fc.property(scans, fc.constantFrom(MODE.auto, MODE.cas, MODE.man), (steps, mode) => {
        const rig = make(type)
        rig.write('B.MODE', mode)
        for (const drives of steps) {
          apply(rig, inputs, drives)
          for (const out of outputs) {
            expect(Number.isFinite(rig.get(`B.${out.name}`)), out.name).toBe(true)
            expect(rig.get(`B.${out.name}_ST`) & 0xfc, out.name).not.toBe(STATUS.badNotConnected)
          }
        }
        // It has not lost itself: sound inputs make sound outputs, and none that is not a number is kept behind.
        for (let i = 0; i < 12; i++) {
          for (const input of inputs) rig.drive(input, 50, input.includes('BKCAL') ? STATUS.goodCascade : STATUS.good)
          rig.scan()
        }
        const wide = rig.artifact.control.s_count
        for (let at = rig.at(inputs[0]!); at < wide; at++) expect(rig.controller.s[at]! - rig.controller.s[at]!).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  test('[R25] a state that was saved goes on to the last bit', () => {
    fc.assert(
      fc.property(scans, fc.nat(11), (steps, cut) => {
        const rig = make(type)
        for (const drives of steps.slice(0, cut)) apply(rig, inputs, drives)
        const bytes = rig.controller.save()
        const other = make(type)
        other.controller.load(bytes, rig.controller.state)
        for (const drives of steps.slice(cut)) {
          apply(rig, inputs, drives)
          apply(other, inputs, drives)
          expect(other.controller.digest()).toBe(rig.controller.digest())
        }
      }),
      { numRuns: 30 },
    )
  })
})
