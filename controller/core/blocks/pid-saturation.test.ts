/**
 * Saturation of a loop with an AO behind it: the way back from the limit. Method: two loops on equal plants, one with the
 * AO's limits, which show in BKCAL_IN, one without any way back; the rules of external reset hold for both alike.
 */
import { expect, test } from 'vitest'
import { LIMIT, limitOf } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const T_s = 0.5

function loop(ao: boolean, ao_hi = 100): Rig {
  const rig = createRig({
    tick_ms: T_s * 1000,
    blocks: [
      {
        id: 'PID',
        type: 'PID',
        set: { GAIN: 1.2, RESET: 4, OUT: 40, SP: 32 },
        wires: ao ? { BKCAL_IN: 'AO.BKCAL_OUT' } : {},
      },
      { id: 'AO', type: 'AO', set: { SP_LIM: [0, ao_hi], SP: 40 }, wires: { CAS_IN: 'PID.OUT' } },
    ],
    writable: ['PID.SP'],
  })
  return rig
}

/** Flow by a lag of 4 s after a dead time of 1 s, gain 0.8: full scale cannot be reached. PV after each set point. */
function run(rig: Rig, steps: readonly (readonly [sp: number, for_s: number])[]): number[][] {
  const a = Math.exp(-T_s / 4)
  const line = [40, 40]
  let pv = 32
  rig.drive('PID.IN', pv)
  rig.scan(20)
  return steps.map(([sp, for_s]) => {
    expect(rig.write('PID.SP', sp)).toBe(0)
    const seen: number[] = []
    for (let t = 0; t < for_s; t += T_s) {
      rig.drive('PID.IN', pv)
      rig.scan()
      line.push(rig.get('AO.OUT_EU'))
      pv = a * pv + (1 - a) * 0.8 * line.shift()!
      seen.push(pv)
    }
    return seen
  })
}

const undershoot_pct = (pv: readonly number[]): number => ((60 - Math.min(...pv)) / 20) * 100

test('[R12, R15] from a set point out of reach back into range: the limit downstream does not add to the undershoot', () => {
  const rig = loop(true)
  const steps = [
    [90, 120],
    [60, 60],
  ] as const
  const [, behind] = run(rig, steps)
  const [, alone] = run(loop(false), steps)
  expect(undershoot_pct(alone!)).toBeLessThan(12)
  expect(undershoot_pct(behind!)).toBeLessThanOrEqual(undershoot_pct(alone!) + 0.5)
  expect(behind!.at(-1)).toBeCloseTo(60, 3)
})

test('[R12] both limited with an error that stays: the integral settles, and stops pushing', () => {
  const rig = loop(true)
  run(rig, [[90, 200]])
  expect([rig.get('PID.OUT'), limitOf(rig.get('PID.BKCAL_IN_ST'))]).toEqual([100, LIMIT.high])
  const f = rig.get('PID.F')
  // Accepted OUT less the proportional part beyond the error: with all of it in P that is OUT itself.
  expect(f).toBeCloseTo(100, 6)
  rig.scan(100)
  expect(rig.get('PID.F')).toBeCloseTo(f, 6)
})

test('[R12] limited downstream alone the integral stands still, and is free in the same scan in which the error turns', () => {
  const rig = loop(true, 60)
  run(rig, [[60, 30]])
  expect([limitOf(rig.get('PID.BKCAL_IN_ST')), rig.get('PID.OUT') < 100]).toEqual([LIMIT.high, true])
  const f = rig.get('PID.F')
  rig.scan(5)
  expect(rig.get('PID.F')).toBe(f)
  rig.drive('PID.IN', 65)
  rig.scan()
  // T/Ti x Kc x e of that very scan.
  expect(rig.get('PID.F') - f).toBeCloseTo((T_s / 4) * 1.2 * -5, 9)
})
