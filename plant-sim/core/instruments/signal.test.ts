import { expect, test } from 'vitest'
import { COUNTS_MAX, countsOf, currentOf, quantityOf } from './signal.ts'

const K = 3000

test.each([
  [0, 4, 12_000],
  [100, 20, 60_000],
  [50, 12, 36_000],
  [25, 8, 24_000],
])('a range of 0 to 100: %d is %d mA is %d counts', (value, mA, counts) => {
  expect(currentOf(value, 0, 100)).toBeCloseTo(mA, 12)
  expect(countsOf(mA, K)).toBe(counts)
})

test.each([
  [0, 1.2],
  [-5, 120],
  [0, 3200],
  [-30, 135],
])('value -> counts -> value in the range %d to %d errs by half a count at most', (lo, hi) => {
  // One count is 1/48000 of the range: 16 mA of 3000 counts each.
  const half_count = (hi - lo) / 48_000 / 2
  for (let i = 0; i <= 1000; i++) {
    const value = lo + ((hi - lo) * i) / 1000
    const back = quantityOf(countsOf(currentOf(value, lo, hi), K) / K, lo, hi)
    expect(Math.abs(back - value)).toBeLessThanOrEqual(half_count * (1 + 1e-9))
  }
})

test('the limits of NE 43 are whole counts', () => {
  expect([3.6, 3.8, 20.5, 21].map((mA) => countsOf(mA, K))).toEqual([10_800, 11_400, 61_500, 63_000])
})

test('counts stay in the register', () => {
  expect(countsOf(-1, K)).toBe(0)
  expect(countsOf(30, K)).toBe(COUNTS_MAX)
})
