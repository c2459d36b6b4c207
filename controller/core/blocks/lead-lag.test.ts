import { expect, test } from 'vitest'
import { LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const make = (set: Record<string, number>, tick_ms: number): Rig =>
  createRig({ tick_ms, blocks: [{ id: 'L', type: 'LEAD_LAG', set }] })
function step(rig: Rig, value: number, status: number = STATUS.good): number {
  rig.drive('L.IN', value, status)
  rig.scan()
  return rig.get('L.OUT')
}

test('[LL-1] a lag of 7.3 s at 0.25 s is 1 - e^(-t/T) to the last digits', () => {
  const rig = make({ LAG: 7.3 }, 250)
  step(rig, 0)
  let worst = 0
  for (let i = 1; i <= 200; i++) worst = Math.max(worst, Math.abs(step(rig, 1) - (1 - Math.exp((-i * 0.25) / 7.3))))
  // A rounding a scan, of values below 1.
  expect(worst).toBeLessThan(2e-15)
})

test('[LL-2] lead/lag of a step: LEAD/LAG at once, then to the gain with the lag', () => {
  const rig = make({ GAIN: 2, LEAD: 6, LAG: 3 }, 500)
  step(rig, 0)
  for (let i = 0; i <= 30; i++) {
    // Response of (6 s + 1)/(3 s + 1) to a step; the scan at the step itself has already one period of the lag behind it.
    expect(step(rig, 1)).toBeCloseTo(2 * (1 + Math.exp((-(i + 1) * 0.5) / 3)), 12)
  }
})

test('[LL-3] FOLLOW and no lag pass the input; bad holds and the filter starts anew', () => {
  expect(step(make({ GAIN: 3 }, 1000), 5)).toBe(15)
  const rig = make({ LAG: 10 }, 1000)
  step(rig, 0)
  rig.drive('L.FOLLOW', 1)
  expect(step(rig, 8)).toBe(8)
  rig.drive('L.FOLLOW', 0)
  const held = step(rig, 20)
  expect(step(rig, 20, STATUS.badNoComm)).toBe(held)
  expect(rig.get('L.OUT_ST')).toBe(STATUS.badNoComm)
  expect(step(rig, 50)).toBe(50)
})

test('[R3] a negative gain turns limits round', () => {
  const rig = make({ GAIN: -1 }, 1000)
  step(rig, 5, STATUS.good | LIMIT.high)
  expect(limitOf(rig.get('L.OUT_ST'))).toBe(LIMIT.low)
  step(rig, 5, STATUS.good | LIMIT.constant)
  expect(limitOf(rig.get('L.OUT_ST'))).toBe(LIMIT.constant)
})
