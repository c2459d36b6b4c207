import { expect, test } from 'vitest'
import type { TagRecord } from '../../contracts/artifact.ts'
import { byUrgency, driftOf, type Margin, marginOf } from './margins.ts'

const tag = (limits: TagRecord['limits'], more: Partial<TagRecord> = {}): TagRecord => ({
  tag: 'PIC-07',
  kind: 'controller',
  description: '',
  area: '',
  eu: 'kPa',
  lo: 2400,
  hi: 3000,
  decimals: 0,
  scan_ms: 1000,
  fields: {},
  writable: {},
  permitted: [],
  normal: '',
  limits,
  ...more,
})
/** Five minutes at 1 s: v = start + slope t. */
const times = Array.from({ length: 301 }, (_, k) => k * 1000)
const ramp = (start: number, slope_per_min: number) => times.map((t) => start + (slope_per_min * t) / 60_000)

test('a ramp has its slope exactly, and its time to the trip follows by division', () => {
  const pvs = ramp(2700, 5)
  expect(driftOf(times, pvs).slope_per_min).toBeCloseTo(5, 9)
  // 2725 at the end, 275 to go at 5 a minute: 55 min.
  expect(marginOf(tag({ trip_hi: 3000 }), 2725, 2700, times, pvs)).toMatchObject({ side: 'high', distance: 275 })
  expect(marginOf(tag({ trip_hi: 3000 }), 2725, 2700, times, pvs)?.minutes).toBeCloseTo(55, 6)
})

test('the share of the way used up is measured from the set point', () => {
  expect(marginOf(tag({ trip_hi: 3000 }), 2900, 2800, times, ramp(2900, 0))?.used).toBeCloseTo(0.5, 12)
})

test('moving away, or hidden in scatter, is no time', () => {
  expect(marginOf(tag({ trip_hi: 3000 }), 2700, 2700, times, ramp(2700, -5))?.minutes).toBe(Number.POSITIVE_INFINITY)
  const noisy = times.map((_, k) => 2700 + (k % 2 === 0 ? 10 : -10) + k * 0.01)
  expect(driftOf(times, noisy).clear).toBe(false)
  expect(marginOf(tag({ trip_hi: 3000 }), 2700, 2700, times, noisy)?.minutes).toBe(Number.POSITIVE_INFINITY)
})

test('too little data is no slope to act on', () => {
  expect(driftOf(times.slice(0, 60), ramp(2700, 50).slice(0, 60)).clear).toBe(false)
  expect(driftOf(times.slice(0, 5), ramp(2700, 50).slice(0, 5)).slope_per_min).toBeNaN()
})

test('of two trips the one that is approached comes first; beyond a trip is 0 min', () => {
  const both = tag({ trip_hi: 118, trip_lo: 9 }, { lo: 0, hi: 120 })
  expect(marginOf(both, 60, 65, times, ramp(70, -2))).toMatchObject({ side: 'low', trip: 9 })
  expect(marginOf(both, 119, 65, times, ramp(119, 0))).toMatchObject({ side: 'high', minutes: 0, distance: -1 })
})

test('no trip limit or no number: no margin', () => {
  expect(marginOf(tag({ hi: 2895 }), 2700, 2700, times, ramp(2700, 1))).toBeUndefined()
  expect(marginOf(tag({ trip_hi: 3000 }), Number.NaN, 2700, times, ramp(2700, 1))).toBeUndefined()
})

test('sorted by time, then by the share used up', () => {
  const m = (name: string, minutes: number, used: number): Margin => ({
    tag: name,
    side: 'high',
    trip: 1,
    distance: 1,
    slope_per_min: 0,
    minutes,
    used,
  })
  const far = Number.POSITIVE_INFINITY
  expect([m('c', far, 0.1), m('a', 12, 0), m('b', far, 0.9)].sort(byUrgency).map((x) => x.tag)).toEqual(['a', 'b', 'c'])
})
