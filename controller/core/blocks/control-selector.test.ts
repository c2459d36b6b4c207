import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig } from '../testing/rig.ts'

test('[SEL-1] high, low and middle, of two and three inputs', () => {
  const value = fc.constantFrom(1, 2, 3, 4, 5)
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 1, 2), (values, SEL_TYPE) => {
      const rig = createRig({ blocks: [{ id: 'C', type: 'CONTROL_SELECTOR', set: { SEL_TYPE } }] })
      values.forEach((v, i) => {
        rig.drive(`C.SEL_${i + 1}`, v)
      })
      rig.scan()
      const sorted = [...values].sort((a, b) => a - b)
      const middle = values.length === 3 ? sorted[1] : sorted.at(-1)
      expect(rig.get('C.OUT')).toBe([sorted.at(-1), sorted[0], middle][SEL_TYPE])
    }),
  )
})

test('[SEL-2] the selected gets Good cascade, others NotSelected with the selected value; by the operator NotInvited', () => {
  const rig = createRig({
    blocks: [{ id: 'C', type: 'CONTROL_SELECTOR', set: { SEL_TYPE: 1 } }],
    writable: ['C.OP_SELECT'],
  })
  rig.drive('C.SEL_1', 40)
  rig.drive('C.SEL_2', 30)
  rig.scan()
  const answers = (): number[] => [1, 2].map((i) => codeOf(rig.get(`C.BKCAL_SEL_${i}_ST`)))
  expect(answers()).toEqual([STATUS.notSelected, STATUS.goodCascade])
  expect([rig.get('C.BKCAL_SEL_1'), rig.get('C.SELECTED')]).toEqual([30, 2])
  rig.write('C.OP_SELECT', 1)
  rig.scan()
  expect(answers()).toEqual([STATUS.goodCascade, STATUS.notInvited])
  expect(rig.get('C.OUT')).toBe(40)
})

test('[SEL-3] a bad input holds OUT in Man and invites nobody; a slave out of cascade is followed', () => {
  const rig = createRig({ blocks: [{ id: 'C', type: 'CONTROL_SELECTOR', set: { SEL_TYPE: 0 } }] })
  rig.drive('C.SEL_1', 40)
  rig.drive('C.SEL_2', 30)
  rig.scan()
  rig.drive('C.SEL_2', 99, STATUS.badOutOfService)
  rig.scan()
  expect([rig.get('C.MODE_ACTUAL'), rig.get('C.OUT'), codeOf(rig.get('C.BKCAL_SEL_1_ST'))]).toEqual([
    MODE.man,
    40,
    STATUS.notInvited,
  ])
  rig.drive('C.SEL_2', 30)
  rig.drive('C.BKCAL_IN', 12, STATUS.initRequest)
  rig.scan()
  expect([rig.get('C.MODE_ACTUAL'), rig.get('C.OUT'), codeOf(rig.get('C.OUT_ST'))]).toEqual([
    MODE.iman,
    12,
    STATUS.initAck,
  ])
  expect(rig.get('C.BKCAL_SEL_1')).toBe(12)
})

test('[SEL-4] an override: the loop that is not selected does not wind up, and takes over without delay', () => {
  // Two loops on one valve; the lower output wins. The first would open it fully, the second holds it for an hour.
  const rig = createRig({
    inputs: ['A', 'B'],
    outputs: { V: 'AO.OUT' },
    blocks: [
      {
        id: 'P1',
        type: 'PID',
        set: { GAIN: 1, RESET: 20, SP: 60 },
        wires: { IN: 'input A', BKCAL_IN: 'C.BKCAL_SEL_1' },
      },
      {
        id: 'P2',
        type: 'PID',
        set: { GAIN: 1, RESET: 20, SP: 50 },
        wires: { IN: 'input B', BKCAL_IN: 'C.BKCAL_SEL_2' },
      },
      {
        id: 'C',
        type: 'CONTROL_SELECTOR',
        set: { SEL_TYPE: 1 },
        wires: { SEL_1: 'P1.OUT', SEL_2: 'P2.OUT', BKCAL_IN: 'AO.BKCAL_OUT' },
      },
      { id: 'AO', type: 'AO', wires: { CAS_IN: 'C.OUT', READBACK: 'readback V' } },
    ],
  })
  const c = rig.controller
  const scan = (a: number, b: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      c.latchInput(0, a, STATUS.good)
      c.latchInput(1, b, STATUS.good)
      c.latchReadback(0, c.state.n === 0 ? 12 : c.values[0]!, STATUS.good)
      rig.scan()
    }
  }
  scan(60, 50, 10)
  expect([rig.get('P1.MODE_ACTUAL'), rig.get('P2.MODE_ACTUAL'), rig.get('AO.MODE_ACTUAL')]).toEqual([
    MODE.auto,
    MODE.auto,
    MODE.cas,
  ])
  expect(rig.get('AO.OUT_EU')).toBeCloseTo(50, 12)
  scan(50, 52, 20)
  scan(50, 50, 1)
  expect(rig.get('C.SELECTED')).toBe(2)
  const held = rig.get('AO.OUT_EU')
  scan(50, 50, 3600)
  expect(rig.get('AO.OUT_EU')).toBeCloseTo(held, 9)
  // Not selected, its output stands the error times the gain above the valve (one period of it ahead), not at 100 %.
  expect(rig.get('P1.OUT')).toBeCloseTo(held + 10 * (1 + 1 / 20), 6)
  // Its measurement rises above the set point: the valve closes within two scans.
  scan(65, 50, 2)
  expect(rig.get('C.SELECTED')).toBe(1)
  expect(rig.get('AO.OUT_EU')).toBeLessThan(held)
})
