import { expect, test } from 'vitest'
import { toyInstruments } from '../testing/toy-instruments.ts'
import { armFault, createFaultBank, type FaultOrder, faultsOf } from './faults.ts'
import type { TransmitterRecord } from './records.ts'
import { createTransmitters } from './transmitter.ts'

/** One transmitter of 0 to 100 %, stepped each 0.1 s; `to` advances it to a plant time and answers its current. */
function bench(record: Partial<TransmitterRecord> = {}, seed = 1) {
  const records = toyInstruments({ transmitter: record }).transmitters
  const bank = createFaultBank(1)
  const t = createTransmitters(records, bank, 0, seed, true)
  const process = new Float64Array([50])
  let tenths = 0
  t.settle(process)
  return {
    t,
    bank,
    process,
    arm: (order: FaultOrder) => armFault(bank, 0, order, tenths / 10),
    to(time_s: number): number {
      while (tenths < Math.round(time_s * 10)) {
        tenths++
        t.step(process, 0.1, tenths / 10, tenths % 10 === 0)
      }
      return t.mA[0]!
    },
  }
}

/** mA of a value in 0 to 100 %. */
const mA = (pct: number): number => 4 + 0.16 * pct

test('without lag and noise the current is the process value', () => {
  const b = bench()
  b.process[0] = 73.25
  expect(b.to(0.1)).toBeCloseTo(mA(73.25), 12)
})

// Closed form of a first-order lag after a step: 1 - e^(-t/tau), at each step and not only at the end.
test('a sensor with lag follows a step as 1 - e^(-t/tau)', () => {
  const tau_s = 7
  const b = bench({ lag_s: tau_s })
  b.process[0] = 90
  for (let t_s = 0.1; t_s < 40; t_s += 0.1) {
    const want = mA(50 + 40 * (1 - Math.exp(-(Math.round(t_s * 10) / 10) / tau_s)))
    expect(b.to(t_s)).toBeCloseTo(want, 9)
  }
})

test('the signal saturates at 3.8 and 20.5 mA: out of range is no failure', () => {
  const b = bench()
  b.process[0] = 1000
  expect(b.to(0.1)).toBe(20.5)
  b.process[0] = -1000
  expect(b.to(0.2)).toBe(3.8)
})

test('noise has the stated standard deviation, no mean and no memory, and changes on whole seconds only', () => {
  const std = 0.5
  const b = bench({ noise_std: std })
  const n = 20_000
  const seen: number[] = []
  let changes_between = 0
  for (let s = 1; s <= n; s++) {
    const at_second = b.to(s)
    if (b.to(s + 0.9) !== at_second) changes_between++
    seen.push((at_second - mA(50)) / 0.16)
  }
  const mean = seen.reduce((a, x) => a + x, 0) / n
  const variance = seen.reduce((a, x) => a + (x - mean) ** 2, 0) / n
  const lag1 = seen.slice(1).reduce((a, x, i) => a + (x - mean) * (seen[i]! - mean), 0) / n / variance
  // Five standard errors of each estimate.
  expect(Math.abs(mean)).toBeLessThan((5 * std) / Math.sqrt(n))
  expect(Math.abs(Math.sqrt(variance) - std)).toBeLessThan((5 * std) / Math.sqrt(2 * n))
  expect(Math.abs(lag1)).toBeLessThan(5 / Math.sqrt(n))
  expect(changes_between).toBe(0)
})

test('the step of the plant changes nothing of the noise', () => {
  const fine = bench({ noise_std: 0.5 })
  const coarse = createTransmitters(
    toyInstruments({ transmitter: { noise_std: 0.5 } }).transmitters,
    createFaultBank(1),
    0,
    1,
    true,
  )
  coarse.settle(fine.process)
  for (let s = 1; s <= 100; s++) {
    coarse.step(fine.process, 1, s, true)
    expect(fine.to(s)).toBe(coarse.mA[0])
  }
})

test('another seed gives another noise, the same seed the same', () => {
  const at = (seed: number) => bench({ noise_std: 0.5 }, seed).to(1)
  expect(at(1)).toBe(at(1))
  expect(at(1)).not.toBe(at(2))
})

test('each transmitter has a noise of its own, which one more transmitter does not change', () => {
  const record = toyInstruments({ transmitter: { noise_std: 0.5 } }).transmitters[0]!
  const [a, b] = [record, { ...record, tag: 'PT-02' }]
  const noise = (records: TransmitterRecord[]): number[][] => {
    const t = createTransmitters(records, createFaultBank(records.length), 0, 1, true)
    const process = new Float64Array([50])
    return Array.from({ length: 2000 }, (_, s) => {
      t.step(process, 1, s + 1, true)
      return Array.from(t.mA, (x) => (x - mA(50)) / 0.16 / 0.5)
    })
  }
  const both = noise([b, a])
  expect(both.map((row) => row[1])).toEqual(noise([a]).map((row) => row[0]))
  const correlation = both.reduce((sum, [x, y]) => sum + x! * y!, 0) / both.length
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(both.length))
})

test('fault bias: shifts by its value, and is gone after its end', () => {
  const b = bench()
  b.arm({ kind: 'bias', value: 10, start_s: 5, end_s: 8 })
  expect(b.to(4.9)).toBeCloseTo(mA(50), 12)
  expect(b.to(5)).toBeCloseTo(mA(60), 12)
  expect(b.to(7.9)).toBeCloseTo(mA(60), 12)
  expect(b.to(8)).toBeCloseTo(mA(50), 12)
  expect(faultsOf(b.bank, 0, 8)).toEqual([])
})

test('fault bias with a ramp: grows linearly to its value', () => {
  const b = bench()
  b.arm({ kind: 'bias', value: -20, ramp_s: 10 })
  expect(b.to(2.5)).toBeCloseTo(mA(45), 12)
  expect(b.to(5)).toBeCloseTo(mA(40), 12)
  expect(b.to(10)).toBeCloseTo(mA(30), 12)
  expect(b.to(20)).toBeCloseTo(mA(30), 12)
})

test('fault drift: EU per hour', () => {
  const b = bench()
  b.arm({ kind: 'drift', value: 36, start_s: 10 })
  // 36 %/h is 0.01 %/s.
  expect(b.to(110)).toBeCloseTo(mA(51), 9)
})

test('fault stuck: holds the current it had, noise included, whatever the process does', () => {
  const b = bench({ noise_std: 0.5 })
  const before = b.to(3.5)
  b.arm({ kind: 'stuck' })
  b.process[0] = 90
  expect(b.to(10)).toBe(before)
})

test('fault stuck with a value and a ramp: goes there linearly and stays', () => {
  const b = bench()
  b.arm({ kind: 'stuck', value: 70, ramp_s: 10 })
  b.process[0] = 10
  // It sets in at the first step, from what it showed before.
  expect(b.to(5)).toBeCloseTo(mA(60), 12)
  expect(b.to(60)).toBeCloseTo(mA(70), 12)
})

test('fault open circuit: below 3.6 mA', () => {
  const b = bench()
  b.arm({ kind: 'open' })
  expect(b.to(0.1)).toBe(0)
  b.arm({ kind: 'open', value: 3.5 })
  expect(b.to(0.2)).toBe(3.5)
})

test.each([3.6, 21])('fault failed: the transmitter reports itself at %d mA', (failure_mA) => {
  const b = bench({ failure_mA })
  b.arm({ kind: 'failed', end_s: 1 })
  expect(b.to(0.1)).toBe(failure_mA)
  expect(b.to(1)).toBeCloseTo(mA(50), 12)
})
