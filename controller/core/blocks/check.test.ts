import { expect, test } from 'vitest'
import { createRig } from '../testing/rig.ts'

type Set = Record<string, number | readonly number[]>
const make = (type: string, set: Set) => () => createRig({ blocks: [{ id: 'B', type, set }] })

test('parameters that do not fit together are refused when the controller is made, by the name of the field', () => {
  expect(make('AO', { XD: [4, 4] })).toThrow(/XD/)
  expect(make('AO', { PV_SCALE: [0, 0] })).toThrow(/PV_SCALE/)
  expect(make('AO', { SP_LIM: [90, 10] })).toThrow(/SP_LIM/)
  expect(make('LEAD_LAG', { LEAD: 3 })).toThrow(/LEAD/)
  expect(make('LIMIT', { LO: 3, HI: 2 })).toThrow(/LO/)
  expect(make('PID', { GAIN: 1, RESET: 1, OUT_LIM: [50, 20] })).toThrow(/OUT_LIM/)
  expect(make('PID', { GAIN: 1, RESET: 1, PV_SCALE: [50, 50] })).toThrow(/PV_SCALE/)
})

test('and those that do are not', () => {
  expect(make('AO', { XD: [20, 4] })).not.toThrow()
  expect(make('LEAD_LAG', { LEAD: 3, LAG: 1 })).not.toThrow()
  expect(make('LIMIT', { LO: 2, HI: 2 })).not.toThrow()
})
