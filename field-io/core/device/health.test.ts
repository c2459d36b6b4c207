import { expect, test } from 'vitest'
import { countAnswer, pathCounters, percentiles } from './health.ts'

// Nearest rank: the smallest value with at least that share of the window at or below it.
test('median and 99 % of the answers in the window, which forgets', () => {
  const counters = pathCounters()
  expect(percentiles(counters)).toEqual({ p50_ms: 0, p99_ms: 0 })
  for (const rtt_ms of [9, 1, 5]) countAnswer(counters, rtt_ms)
  expect(percentiles(counters)).toEqual({ p50_ms: 5, p99_ms: 9 })
  // 256 answers: 1 to 256 ms in some order. Ranks 128 and 254.
  for (let i = 0; i < 256; i++) countAnswer(counters, ((i * 37) % 256) + 1)
  expect(percentiles(counters)).toEqual({ p50_ms: 128, p99_ms: 254 })
  expect(counters.answers).toBe(259)
  expect(counters.rtt_window).toHaveLength(256)
})
