import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

type Set = Readonly<Record<string, number | readonly number[]>>

const make = (SEGMENTS: readonly number[], set: Set = {}, tick_ms = 1000): Rig =>
  createRig({
    tick_ms,
    blocks: [{ id: 'R', type: 'RAMP_PROGRAM', set: { SEGMENTS, ...set } }],
    writable: ['R.MODE', 'R.OUT', 'R.STATE'],
  })

function run(rig: Rig, count: number): number[] {
  return Array.from({ length: count }, () => {
    rig.scan()
    return rig.get('R.OUT')
  })
}

test('[RMP-1] ramps by time and soaks, as drawn', () => {
  const rig = make([40, 4, 2, 10, 3, 0])
  expect(run(rig, 2)).toEqual([0, 0])
  expect(rig.write('R.STATE', 1)).toBe(REFUSAL.none)
  expect(run(rig, 11)).toEqual([10, 20, 30, 40, 40, 40, 30, 20, 10, 10, 10])
  expect([rig.get('R.STATE'), rig.get('R.DONE')]).toEqual([3, 1])
  // A second start begins where OUT stands now.
  rig.write('R.STATE', 1)
  expect(run(rig, 4)).toEqual([17.5, 25, 32.5, 40])
})

test('[RMP-2] by rate; the last scan of a ramp ends at the target', () => {
  const rig = make([10, 4, 0, 0, 100, 1], { RAMP_BY: 1, STATE: 1 })
  const out = run(rig, 6)
  expect([out[0], out[1], out[2], out[3], out[4]].map((x) => Math.round(x! * 1e9) / 1e9)).toEqual([4, 8, 10, 0, 0])
})

test('[RMP-3] a period that does not divide the times: the corners are where they should be, and nothing adds up', () => {
  const rig = make([100, 10, 10, 0, 10, 10], { REPEAT: 0, STATE: 1 }, 100)
  for (let cycle = 0; cycle < 50; cycle++) {
    const out = run(rig, 400)
    expect(out[49]).toBeCloseTo(50, 10)
    expect([out[99], out[199], out[299], out[399]]).toEqual([100, 100, 0, 0])
    expect(out[249]).toBeCloseTo(50, 10)
  }
})

test('[RMP-4] held, and a soak that waits for the process', () => {
  const rig = make([40, 4, 2], { STATE: 1, HOLDBACK: 5 })
  rig.drive('R.PV', 0)
  expect(run(rig, 3)).toEqual([10, 10, 10])
  expect(rig.get('R.WAITING')).toBe(1)
  rig.drive('R.PV', 6)
  expect(run(rig, 2)).toEqual([20, 20])
  rig.drive('R.PV', 20, STATUS.bad)
  expect(run(rig, 1)).toEqual([20])
  rig.drive('R.PV', 20)
  rig.write('R.STATE', 2)
  expect(run(rig, 2)).toEqual([20, 20])
  rig.write('R.STATE', 1)
  expect(run(rig, 1)).toEqual([30])
  rig.drive('R.HOLD_D', 1)
  rig.drive('R.PV', 30)
  expect(run(rig, 2)).toEqual([30, 30])
  rig.drive('R.HOLD_D', 0)
  expect(run(rig, 1)).toEqual([40])
  rig.drive('R.RESET_D', 1)
  expect(run(rig, 1)).toEqual([40])
  expect([rig.get('R.STATE'), rig.get('R.SEGMENT')]).toEqual([0, 0])
})

test('[R17] after IMan the ramp goes on from where the slave stood, in the time that is left', () => {
  const rig = make([40, 4, 3], { STATE: 1 })
  rig.drive('R.BKCAL_IN', 0, STATUS.goodCascade)
  expect(run(rig, 2)).toEqual([10, 20])
  rig.drive('R.BKCAL_IN', 8, STATUS.notInvited)
  expect(run(rig, 3)).toEqual([8, 8, 8])
  expect(rig.get('R.MODE_ACTUAL')).toBe(MODE.iman)
  rig.drive('R.BKCAL_IN', 8, STATUS.initRequest)
  rig.scan()
  expect(codeOf(rig.get('R.OUT_ST'))).toBe(STATUS.initAck)
  rig.drive('R.BKCAL_IN', 8, STATUS.goodCascade)
  expect(run(rig, 3)).toEqual([24, 40, 40])
  // From a soak it ramps back first.
  rig.drive('R.BKCAL_IN', 0, STATUS.notInvited)
  rig.scan()
  rig.drive('R.BKCAL_IN', 0, STATUS.goodCascade)
  expect(run(rig, 8)).toEqual([10, 20, 30, 40, 40, 40, 40, 40])
  expect(rig.get('R.STATE')).toBe(3)
})

test('[RMP-5] Man: the operator’s OUT, the clock stands; a rising RUN_D starts', () => {
  const rig = make([40, 4, 0])
  rig.drive('R.RUN_D', 1)
  expect(run(rig, 1)).toEqual([10])
  rig.write('R.MODE', MODE.man)
  rig.scan()
  expect(rig.write('R.OUT', 34)).toBe(REFUSAL.none)
  expect(rig.write('R.OUT', 101)).toBe(REFUSAL.outOfRange)
  rig.write('R.MODE', MODE.auto)
  expect(run(rig, 3)).toEqual([36, 38, 40])
  // It does not start again while RUN_D stays.
  expect(run(rig, 2)).toEqual([40, 40])
  expect(rig.get('R.STATE')).toBe(3)
  expect(rig.write('R.STATE', 2)).toBe(REFUSAL.mode)
})

test('[RMP-6] what is no program is refused', () => {
  expect(() => make([])).toThrow(/SEGMENTS/)
  expect(() => make([1, 2])).toThrow(/SEGMENTS/)
  expect(() => make([1, -2, 0])).toThrow(/SEGMENTS/)
})
