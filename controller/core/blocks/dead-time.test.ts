import fc from 'fast-check'
import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const make = (dead_s: number, max_s: number, tick_ms = 1000): Rig =>
  createRig({
    tick_ms,
    blocks: [{ id: 'D', type: 'DEAD_TIME', set: { DEAD_TIME: dead_s, DEAD_TIME_MAX: max_s } }],
    writable: ['D.DEAD_TIME'],
  })

function step(rig: Rig, value: number, status: number = STATUS.good): number {
  rig.drive('D.IN', value, status)
  rig.scan()
  return rig.get('D.OUT')
}

test('[DT-1] a ramp comes out by exactly the delay later, fractions of a scan included', () => {
  for (const dead of [0, 1, 2.5, 3.25, 7]) {
    const rig = make(dead, 7)
    for (let n = 0; n < 40; n++) {
      const out = step(rig, 2 * n)
      if (n >= 8) expect(out).toBeCloseTo(2 * (n - dead), 12)
    }
  }
})

test('[DT-2] the status is delayed with its value, and OUT holds while it is bad', () => {
  const rig = make(3, 3)
  for (let n = 0; n < 10; n++) step(rig, n)
  // Scan 10 is bad and 999: both come out at scan 13.
  step(rig, 999, STATUS.badNoComm)
  const out: [number, number][] = []
  for (let n = 11; n < 16; n++) out.push([step(rig, n), codeOf(rig.get('D.OUT_ST'))])
  expect(out).toEqual([
    [8, STATUS.good],
    [9, STATUS.good],
    [9, STATUS.badNoComm],
    [11, STATUS.good],
    [12, STATUS.good],
  ])
})

test('[DT-3] between a good and an uncertain sample the worse status counts', () => {
  const rig = make(1.5, 2)
  for (let n = 0; n < 5; n++) step(rig, n)
  step(rig, 5, STATUS.uncertain)
  const seen: number[] = []
  for (let n = 6; n < 10; n++) {
    step(rig, n)
    seen.push(codeOf(rig.get('D.OUT_ST')))
  }
  // Samples 4 and 5, then 5 and 6: two scans.
  expect(seen.filter((c) => c === STATUS.uncertain)).toHaveLength(2)
})

test('[DT-4] FOLLOW passes at once; when it goes off OUT stands for the dead time', () => {
  const rig = make(3, 5)
  for (let n = 0; n < 10; n++) step(rig, n)
  rig.drive('D.FOLLOW', 1)
  expect(step(rig, 20)).toBe(20)
  rig.drive('D.FOLLOW', 0)
  expect([21, 22, 23, 24, 25].map((x) => step(rig, x))).toEqual([20, 20, 20, 21, 22])
})

test('[DT-5] a change of the delay moves OUT by no more than two samples of the signal do', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 30, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(59), fc.double({ min: 0, max: 10, noNaN: true })), { maxLength: 6 }),
      (signal, changes) => {
        const rig = make(5, 10)
        let widest = 0
        for (let n = 1; n < signal.length; n++) widest = Math.max(widest, Math.abs(signal[n]! - signal[n - 1]!))
        let last = Number.NaN
        signal.forEach((x, n) => {
          for (const [at, dead] of changes) if (at === n) expect(rig.write('D.DEAD_TIME', dead)).toBe(REFUSAL.none)
          const out = step(rig, x)
          if (n > 0) expect(Math.abs(out - last)).toBeLessThanOrEqual(2 * widest + 1e-9)
          last = out
        })
      },
    ),
  )
})

test('[DT-6] a shorter delay is reached, a longer one too, and a wrong one is refused', () => {
  const rig = make(8, 10)
  for (let n = 0; n < 20; n++) step(rig, n)
  rig.write('D.DEAD_TIME', 2)
  for (let n = 20; n < 30; n++) step(rig, n)
  expect(rig.get('D.OUT')).toBe(27)
  rig.write('D.DEAD_TIME', 10)
  for (let n = 30; n < 38; n++) expect(step(rig, n)).toBe(27)
  expect(step(rig, 38)).toBe(28)
  expect([rig.write('D.DEAD_TIME', 10.1), rig.write('D.DEAD_TIME', -1)]).toEqual([
    REFUSAL.outOfRange,
    REFUSAL.outOfRange,
  ])
  expect(() => make(3, 2)).toThrow(/DEAD_TIME/)
})
