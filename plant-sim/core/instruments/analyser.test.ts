import { expect, test } from 'vitest'
import { toyInstruments } from '../testing/toy-instruments.ts'
import { createAnalysers } from './analyser.ts'
import { armFault, createFaultBank, type FaultOrder } from './faults.ts'
import type { AnalyserRecord } from './records.ts'

/** One analyser of 0 to 100 %, a sample a minute, stepped each second; `to` answers the posted value at a time. */
function bench(record: Partial<AnalyserRecord> = {}) {
  const bank = createFaultBank(1)
  const a = createAnalysers(toyInstruments({ analyser: record }).analysers, bank, 0, 1, { noisy: true, on_grid: true })
  const process = new Float64Array([0, 50])
  let s = 0
  a.settle(process)
  return {
    process,
    arm: (order: FaultOrder) => armFault(bank, 0, order, s),
    to(time_s: number): number {
      while (s < time_s) a.step(process, 1000, ++s * 1000)
      return a.posted[0]!
    },
  }
}

const spread = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, x) => sum + (x - 50) ** 2, 0) / values.length)

test('fault noise: independent noise on top of its own, from the sample on that follows', () => {
  const b = bench({ noise_std: 0.3 })
  b.arm({ kind: 'noise', value: 0.4 })
  const values = Array.from({ length: 4000 }, (_, i) => b.to(60 * (i + 1)))
  // Five standard errors of a deviation from 4,000 samples are 5.6 %.
  expect(Math.abs(spread(values) / 0.5 - 1)).toBeLessThan(0.056)
})

test('fault scaling: ranged for twice the span it shows half of what lies above its zero', () => {
  const b = bench({ lo: 10, hi: 60 })
  b.arm({ kind: 'scaling', value: 2 })
  b.to(59)
  expect(b.to(59)).toBe(50)
  expect(b.to(60)).toBeCloseTo(10 + 40 / 2, 5)
})

test('fault spikes: single samples, one in ten, up and down', () => {
  const b = bench()
  b.arm({ kind: 'spikes', value: 20 })
  const values = Array.from({ length: 4000 }, (_, i) => Math.round(b.to(60 * (i + 1))))
  expect(new Set(values)).toEqual(new Set([30, 50, 70]))
  const share = values.filter((x) => x !== 50).length / values.length
  expect(Math.abs(share - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / 4000))
})
