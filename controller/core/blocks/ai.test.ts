import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const ai = (set: Record<string, number | readonly number[]> = {}): Rig =>
  createRig({
    blocks: [{ id: 'AI', type: 'AI', set: { OUT_SCALE: [0, 200], ...set } }],
    writable: ['AI.MODE', 'AI.OUT', 'AI.SIMULATE', 'AI.SIM_VALUE'],
  })
function read(rig: Rig, value: number, status: number = STATUS.good): number {
  rig.drive('AI.IN', value, status)
  rig.scan()
  return rig.get('AI.OUT')
}

test('[AI-1] 4 to 20 mA is the range; direct takes the EU of a smart device', () => {
  const rig = ai()
  expect(read(rig, 4)).toBe(0)
  expect(read(rig, 12)).toBe(100)
  expect(read(rig, 20)).toBe(200)
  expect(read(ai({ LINEAR: 0 }), 3)).toBe(3)
  expect(read(ai({ XD: [1, 5] }), 2)).toBe(50)
})

test('[AI-2] 25 % of differential pressure is 50 % of flow, and below zero there is no flow', () => {
  const rig = ai({ LINEAR: 2 })
  expect(read(rig, 8)).toBe(100)
  expect(read(rig, 3.9)).toBe(0)
  expect(limitOf(rig.get('AI.OUT_ST'))).toBe(LIMIT.low)
})

test('[AI-3] NE 43: 3.6 and 21 mA are a failed sensor and hold the value; 3.8 and 20.5 the ends of the range', () => {
  const cases = [
    [3.6, STATUS.badSensorFailure, LIMIT.low],
    [3.7, STATUS.uncertainRangeViolation, LIMIT.low],
    [3.81, STATUS.good, 0],
    [20.49, STATUS.good, 0],
    [20.7, STATUS.uncertainRangeViolation, LIMIT.high],
    [21, STATUS.badSensorFailure, LIMIT.high],
    [0, STATUS.badSensorFailure, LIMIT.low],
  ] as const
  for (const [mA, code, limit] of cases) {
    const rig = ai()
    read(rig, 12)
    const out = read(rig, mA)
    expect([codeOf(rig.get('AI.OUT_ST')), limitOf(rig.get('AI.OUT_ST'))]).toEqual([code, limit])
    if (isBad(code)) expect(out).toBe(100)
    expect(rig.get('AI.BAD')).toBe(isBad(code) ? 1 : 0)
  }
  const off = ai({ NE43: 0 })
  expect(read(off, 3)).toBe(-12.5)
  expect(codeOf(off.get('AI.OUT_ST'))).toBe(STATUS.good)
})

test('[R6] a lost input keeps its value and is bad; "not wired" never leaves', () => {
  const rig = ai()
  read(rig, 12)
  expect(read(rig, 0, STATUS.badNoCommLastUsable)).toBe(100)
  expect(codeOf(rig.get('AI.OUT_ST'))).toBe(STATUS.badNoCommLastUsable)
  read(rig, 0, STATUS.badNotConnected)
  expect(codeOf(rig.get('AI.OUT_ST'))).toBe(STATUS.badNoComm)
})

test('[AI-4] the filter is 1 - e^(-t/T) for a step, and starts anew after a bad value', () => {
  const rig = ai({ FTIME: 7.3 })
  read(rig, 4)
  for (let i = 1; i <= 40; i++) expect(read(rig, 20) / 200).toBeCloseTo(1 - Math.exp(-i / 7.3), 14)
  read(rig, 20, STATUS.bad)
  expect(read(rig, 8)).toBe(50)
})

test('[AI-5] below the cut-off PV is zero', () => {
  const rig = ai({ LOW_CUT: 4 })
  expect(read(rig, 4.3)).toBe(0)
  expect(read(rig, 4.5)).toBe(6.25)
})

test('[AI-6] simulation replaces the input and is seen on every wire behind it', () => {
  const rig = ai()
  read(rig, 12)
  rig.write('AI.SIM_VALUE', 8)
  rig.write('AI.SIMULATE', 1)
  expect(read(rig, 0, STATUS.bad)).toBe(50)
  expect(rig.get('AI.OUT_ST')).toBe(STATUS.good | FLAG.simulated)
  rig.write('AI.SIMULATE', 0)
  expect(read(rig, 12)).toBe(100)
})

test('[AI-7] Man holds what the operator wrote and says so; OOS is Bad', () => {
  const rig = ai()
  read(rig, 12)
  expect(rig.write('AI.OUT', 5)).toBe(REFUSAL.mode)
  rig.write('AI.MODE', MODE.man)
  expect(read(rig, 16)).toBe(100)
  rig.write('AI.OUT', 5)
  expect(read(rig, 16)).toBe(5)
  expect([codeOf(rig.get('AI.OUT_ST')), rig.get('AI.PV')]).toEqual([STATUS.uncertainSubstitute, 150])
  rig.write('AI.MODE', MODE.oos)
  read(rig, 16)
  expect(codeOf(rig.get('AI.OUT_ST'))).toBe(STATUS.badOutOfService)
})
