import { expect, test } from 'vitest'
import type { TagRecord } from '../../contracts/artifact.ts'
import { STATUS } from '../../contracts/status.ts'
import { byRank, type Excursion, excursionOf } from './limits.ts'

const tag: TagRecord = {
  tag: 'PIC-07',
  kind: 'controller',
  description: '',
  area: '',
  eu: 'kPa',
  lo: 2000,
  hi: 3000,
  decimals: 0,
  scan_ms: 1000,
  fields: {},
  writable: {},
  permitted: [],
  normal: '',
  limits: { trip_hi: 2950, hihi: 2900, hi: 2800, lo: 2200 },
}
const at = (value: number, before?: Excursion, status: number = STATUS.good) =>
  excursionOf(tag, { value, status, everUsable: true, statusSince_ms: 0 }, before, 5000)

test('the worst limit that is passed counts', () => {
  expect(at(2700)).toBeUndefined()
  expect(at(2801)).toMatchObject({ limit: 'hi', rank: 3, since_ms: 5000 })
  expect(at(2901)).toMatchObject({ limit: 'hihi', rank: 2 })
  expect(at(2960)).toMatchObject({ limit: 'trip_hi', rank: 1 })
  expect(at(2199)).toMatchObject({ limit: 'lo', rank: 3 })
})

test('it ends 1 % of the span inside the limit, so that noise does not flicker', () => {
  const before = at(2801)
  expect(at(2795, before)).toBe(before)
  expect(at(2790.5, before)).toBe(before)
  expect(at(2789, before)).toBeUndefined()
  expect(at(2795)).toBeUndefined()
})

test('[A8] a bad value neither begins nor ends an excursion', () => {
  const before = at(2801)
  expect(at(2500, before, STATUS.badSensorFailure)).toBe(before)
  expect(at(2999, undefined, STATUS.badSensorFailure)).toBeUndefined()
})

test('worst first, then newest', () => {
  const e = (name: string, rank: 1 | 2 | 3, since_ms: number): Excursion => ({
    tag: name,
    limit: 'hi',
    limitValue: 0,
    rank,
    since_ms,
  })
  expect([e('c', 3, 1), e('b', 3, 2), e('a', 1, 0)].sort(byRank).map((x) => x.tag)).toEqual(['a', 'b', 'c'])
})
