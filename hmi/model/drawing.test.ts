import { expect, test } from 'vitest'
import { alignTo, gapsToNull } from './align.ts'
import { place, rateArrow } from './scale.ts'
import { shortName } from './short-name.ts'

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

test('a second series is read at the times of the first, the last value at or before', () => {
  expect(alignTo([1, 2, 3, 4], [2, 4], [20, Number.NaN])).toEqual([null, 20, 20, null])
  expect(gapsToNull([1, Number.NaN, 3])).toEqual([1, null, 3])
})

test('a name leaves out what its column says and cuts long words', () => {
  expect(shortName('Reactor temperature', 'Reactor')).toBe('Temp')
  expect(shortName('Reactor cooling water outlet', 'Reactor')).toBe('CW out')
  expect(shortName('A feed', 'Feed')).toBe('A feed')
  expect(shortName('Separator pressure', 'Stripper')).toBe('Sep press')
})
