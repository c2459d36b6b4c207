import { expect, test } from 'vitest'
import { alignTo, gapsToNull } from './align.ts'
import { place, rateArrow, taskRange } from './scale.ts'
import { shortName } from './short-name.ts'
import { trendRange, valueTicks } from './trend-range.ts'

test('[4.4] a value outside its scale is pinned at the end and says so', () => {
  expect(place(5, 0, 10)).toEqual({ frac: 0.5, outside: '' })
  expect(place(11, 0, 10)).toEqual({ frac: 1, outside: 'above' })
  expect(place(-1, 0, 10)).toEqual({ frac: 0, outside: 'below' })
  expect(place(Number.NaN, 0, 10)).toBeUndefined()
  expect(place(5, 10, 10)).toBeUndefined()
})

test('[4.4] the rate arrow appears above 2 % of the span a minute', () => {
  expect([1.9, 2.1, 6.1, -2.1, -6.1, Number.NaN].map((s) => rateArrow(s, 0, 100))).toEqual([
    '',
    '↑',
    '↑↑',
    '↓',
    '↓↓',
    '',
  ])
})

test('[4.4] a scale shows the part of the range that matters, never less than a quarter, never outside', () => {
  // 2650 to 3000 in 0 to 3200: a quarter is 800, centred on 2825 it would end at 3225, so it is moved down by 25.
  expect(taskRange({ lo: 0, hi: 3200, limits: { trip_hi: 3000, hi: 2895 }, desired: [2650, 2800] })).toEqual([
    2400, 3200,
  ])
  // 118 to 175 in 0 to 200: 1.3 times 57 is 74.1, centred on 146.5.
  const [lo, hi] = taskRange({ lo: 0, hi: 200, limits: { trip_hi: 175, hi: 150 }, desired: [118, 124] })
  expect(lo).toBeCloseTo(109.45, 9)
  expect(hi).toBeCloseTo(183.55, 9)
  expect(taskRange({ lo: -5, hi: 120, limits: { trip_hi: 118, trip_lo: 2 } })).toEqual([-5, 120])
  expect(taskRange({ lo: 0, hi: 10, limits: { hi: 9 } })).toEqual([0, 10])
})

test('a second series is read at the times of the first, the last value at or before', () => {
  expect(alignTo([1, 2, 3, 4], [2, 4], [20, Number.NaN])).toEqual([null, 20, 20, null])
  expect(gapsToNull([1, Number.NaN, 3])).toEqual([1, null, 3])
})

test('ticks are round, inside the range, and as many as asked for at least', () => {
  // 6 % of 170 is kept free at each end: 2650.2 to 2799.8 holds one multiple of 100 and two of 50.
  expect(valueTicks(2640, 2810, 2)).toEqual([2700, 2750])
  expect(valueTicks(0, 100, 2)).toEqual([20, 40, 60, 80])
  expect(valueTicks(22.0, 24.0, 2).length).toBeGreaterThanOrEqual(2)
  expect(valueTicks(0, 100, 2, 3)).toEqual([20, 60])
  expect(valueTicks(5, 5, 2)).toEqual([])
})

test('a trend is never narrower than 4 % of the span, and shows the desired band whole', () => {
  const tag = { lo: 0, hi: 100, limits: {} } as unknown as Parameters<typeof trendRange>[0]
  const [lo, hi] = trendRange(tag, [50, 50.1], [])
  expect(hi - lo).toBeGreaterThanOrEqual(4)
  const [a, b] = trendRange({ ...tag, desired: [40, 60] }, [50], [50])
  expect(a).toBeLessThan(40)
  expect(b).toBeGreaterThan(60)
  expect(trendRange(tag, [], [null])).toEqual([0, 100])
})

test('a name leaves out what its column says and cuts long words', () => {
  expect(shortName('Reactor temperature', 'Reactor')).toBe('Temp')
  expect(shortName('Reactor cooling water outlet', 'Reactor')).toBe('CW out')
  expect(shortName('A feed', 'Feed')).toBe('A feed')
  expect(shortName('Separator pressure', 'Stripper')).toBe('Sep press')
})
