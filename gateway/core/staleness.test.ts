import { expect, test } from 'vitest'
import { type Freshness, isLive, staleAfter_ms, ttlTicks } from './staleness.ts'

const fresh: Freshness = {
  tick_ms: 1000,
  pace: null,
  age_ms: 0,
  newest: { epoch: 2, n: 50 },
  io_age_ms: 100,
  io_at: { epoch: 2, n: 50 },
}

test('stale is older than 3 ticks, at least 2 s; a slower plant has longer ticks', () => {
  expect([staleAfter_ms(100, null), staleAfter_ms(1000, null)]).toEqual([2000, 3000])
  expect(staleAfter_ms(1000, { paused: false, factor: 0.1, achieved: 0.1 })).toBe(30_000)
  expect(staleAfter_ms(1000, { paused: false, factor: 100, achieved: 90 })).toBe(3000)
  expect([isLive({ ...fresh, age_ms: 3000 }), isLive({ ...fresh, age_ms: 3001 })]).toEqual([true, false])
  expect(isLive({ ...fresh, age_ms: Infinity })).toBe(false)
})

test('a paused plant stays live only while field-io says that it stands at the scan that is shown', () => {
  const paused = { ...fresh, age_ms: 60_000, pace: { paused: true, factor: 1, achieved: 0 } }
  expect(isLive(paused)).toBe(true)
  expect(isLive({ ...paused, io_age_ms: 4000 })).toBe(false)
  expect(isLive({ ...paused, io_at: { epoch: 2, n: 51 } })).toBe(false)
  expect(isLive({ ...paused, io_at: null })).toBe(false)
})

test('a command lives 2 s of the operator, in ticks, at least 2', () => {
  expect([ttlTicks(1000, null), ttlTicks(100, null), ttlTicks(5000, null)]).toEqual([2, 20, 2])
  expect(ttlTicks(1000, { paused: false, factor: 100, achieved: 60 })).toBe(200)
  expect(ttlTicks(1000, { paused: false, factor: 0, achieved: 350 })).toBe(700)
  expect(ttlTicks(1000, { paused: false, factor: 0.1, achieved: 0.1 })).toBe(2)
})
