import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const REGIONS = { SCHED_LIM: [30, 60], SCHED_GAIN: [0.5, 1, 3] }

function pid(set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig({
    blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 2, RESET: 20, SP: 50, OUT: 40, ...REGIONS, ...set } }],
    writable: ['PID.GAIN', 'PID.RATE', 'PID.MODE'],
  })
  rig.drive('PID.IN', 45)
  rig.drive('PID.SCHED_IN', 45)
  rig.scan(3)
  return rig
}

/** Factor of GAIN after each value of SCHED_IN. */
function factors(rig: Rig, values: readonly number[]): number[] {
  return values.map((v) => {
    rig.drive('PID.SCHED_IN', v)
    rig.scan()
    return rig.get('PID.SCHED_GAIN_X')
  })
}

test('[R23] three regions; with hysteresis a limit is passed later on the way up than on the way down', () => {
  expect(factors(pid(), [10, 29.9, 30, 59.9, 60, 99])).toEqual([0.5, 0.5, 1, 1, 3, 3])
  const rig = pid({ SCHED_HYST: 4 })
  expect(factors(rig, [61.9, 62, 58.1, 61, 57.9, 61.9])).toEqual([1, 3, 3, 3, 1, 1])
})

test('[R23] a straight line over the band about each limit', () => {
  const is = factors(pid({ SCHED_BAND: 8 }), [26, 28, 30, 32, 34, 45, 56, 58, 60, 62, 64])
  const line = [0.5, 0.625, 0.75, 0.875, 1, 1, 1, 1.5, 2, 2.5, 3]
  expect(is).toEqual(line)
})

test('[R23] the proportional step after a change of region is that of the scheduled gain', () => {
  for (const [at, kc] of [
    [10, 1],
    [45, 2],
    [80, 6],
  ] as const) {
    const rig = pid({ RESET: 1e12, STRUCTURE: 0 })
    factors(rig, [at])
    const out = rig.get('PID.OUT')
    rig.drive('PID.IN', 46)
    rig.scan()
    expect(rig.get('PID.OUT') - out).toBeCloseTo(-kc, 8)
  }
})

test('[R18, R23] no change of region or within a band moves OUT, in any structure and form', () => {
  for (let STRUCTURE = 0; STRUCTURE < 8; STRUCTURE++) {
    for (const FORM of [0, 1]) {
      const rig = pid({ STRUCTURE, FORM, RATE: 4, RESET: 1e15, BIAS: 40, BAL_TIME: 0, SCHED_BAND: 5, BETA: 0.3 })
      // Derivative that has not died out, then only the schedule moves.
      rig.drive('PID.IN', 44)
      rig.scan(60)
      const out = rig.get('PID.OUT')
      for (let v = 0; v <= 100; v += 2.5) {
        rig.drive('PID.SCHED_IN', v)
        rig.scan()
        expect(Math.abs(rig.get('PID.OUT') - out)).toBeLessThan(1e-12)
      }
    }
  }
})

test('[R23] factors of reset: the integral is as fast as the region says', () => {
  const rig = pid({ SCHED_GAIN: [1, 1, 1], SCHED_RESET: [4, 1, 0.5] })
  for (const [at, reset] of [
    [10, 80],
    [45, 20],
    [80, 10],
  ] as const) {
    factors(rig, [at])
    const out = rig.get('PID.OUT')
    rig.scan()
    // Kc e T/Ti with Kc 2, e 5, T 1.
    expect(rig.get('PID.OUT') - out).toBeCloseTo(10 / reset, 12)
  }
})

test('[R23] a bad variable leaves the factors as they are, an open one does nothing at all', () => {
  const rig = pid()
  factors(rig, [80])
  rig.drive('PID.SCHED_IN', 10, STATUS.badNoComm)
  rig.scan(3)
  expect(rig.get('PID.SCHED_GAIN_X')).toBe(3)
  rig.drive('PID.SCHED_IN', Number.NaN)
  rig.scan()
  expect([rig.get('PID.SCHED_GAIN_X'), rig.get('PID.OUT') - rig.get('PID.OUT')]).toEqual([3, 0])
  rig.drive('PID.SCHED_IN', 10, STATUS.badNotConnected)
  rig.scan()
  expect(rig.get('PID.SCHED_GAIN_X')).toBe(3)
})

test('[R23] without integral action OUT comes back to the law over BAL_TIME', () => {
  const rig = pid({ STRUCTURE: 4, BIAS: 30, BAL_TIME: 5 })
  rig.scan(10)
  expect(rig.get('PID.OUT')).toBeCloseTo(30 + 2 * 5, 12)
  const [x] = factors(rig, [80])
  expect(x).toBe(3)
  expect(rig.get('PID.OUT')).toBeLessThan(60)
  rig.scan(6)
  expect(rig.get('PID.OUT')).toBeCloseTo(30 + 6 * 5, 12)
  expect(rig.get('PID.MODE_ACTUAL')).toBe(MODE.auto)
})

test('[R23] regions that overlap and factors that stop a loop are refused', () => {
  for (const [set, word] of [
    [{ SCHED_LIM: [60, 30] }, 'SCHED_LIM'],
    [{ SCHED_BAND: 31 }, 'SCHED_BAND'],
    [{ SCHED_GAIN: [1, 0, 1] }, 'SCHED_GAIN'],
    [{ SCHED_RESET: [1, 1, -1] }, 'SCHED_RESET'],
    [{ SCHED_RATE: [0, 1, 1] }, 'SCHED_RATE'],
  ] as const)
    expect(() => pid(set)).toThrow(word)
})
