import { expect, test } from 'vitest'
import { CLOCK, createClockCheck } from './clock-check.ts'

/** Judges a scan clock of 100 ms beside a wall that goes `rate` times as fast; all findings. */
function run(
  scans: number,
  rate: number,
  change: (i: number) => { mono?: number; wall?: number } = () => ({}),
): number[] {
  const check = createClockCheck()
  let mono = 0
  let wall = 1e12
  return Array.from({ length: scans }, (_, i) => {
    const { mono: m = 100, wall: w = 100 * rate } = change(i)
    mono += m
    wall += w
    return check.judge(mono, wall)
  })
}

test('two clocks that agree say nothing, in an hour', () => {
  expect(run(36_000, 1.001).every((found) => found === 0)).toBe(true)
})

test('[SIS-2.4] a scan clock that stands, or goes back, is found at once', () => {
  expect(run(10, 1, (i) => (i === 5 ? { mono: 0 } : {}))[5]).toBe(CLOCK.stands)
  expect(run(10, 1, (i) => (i === 5 ? { mono: -3 } : {}))[5]).toBe(CLOCK.stands)
})

test('setting the wall’s clock is told once and trips nothing', () => {
  const found = run(1000, 1, (i) => (i === 500 ? { wall: 3_600_000 } : {}))
  expect(found.filter((f) => f !== 0)).toEqual([CLOCK.set])
})

test('[SIS-2.4] a rate that is 6 % off is found after two windows of 10 s, 4 % is not', () => {
  const fast = run(400, 1.06)
  expect(fast.findIndex((f) => (f & CLOCK.apart) !== 0)).toBe(200)
  expect(run(4000, 0.96).every((f) => f === 0)).toBe(true)
})
