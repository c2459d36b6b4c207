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

/** Standard deviation and count of what the signal shows about a value, %, at whole seconds. */
function spread(b: ReturnType<typeof bench>, about: number, from_s: number, seconds: number): number {
  let square = 0
  for (let s = 1; s <= seconds; s++) square += ((b.to(from_s + s) - mA(about)) / 0.16) ** 2
  return Math.sqrt(square / seconds)
}

test('fault noise: independent noise on top of its own, grown by its ramp, gone at its end', () => {
  const b = bench({ noise_std: 0.3 })
  b.arm({ kind: 'noise', value: 0.4, ramp_s: 1000, end_s: 6000 })
  b.to(1000)
  // 3-4-5: five standard errors of a deviation from 5,000 samples are 5 %.
  expect(Math.abs(spread(b, 50, 1000, 4999) / 0.5 - 1)).toBeLessThan(0.05)
  b.to(6001)
  expect(Math.abs(spread(b, 50, 6001, 5000) / 0.3 - 1)).toBeLessThan(0.05)
})

test('fault noise: half way up its ramp half of it is there', () => {
  const b = bench()
  b.arm({ kind: 'noise', value: 0.8, ramp_s: 1e9, start_s: -5e8 })
  expect(Math.abs(spread(b, 50, 0, 5000) / 0.4 - 1)).toBeLessThan(0.05)
})

test('fault noise: an instrument without noise is silent again after it, and its draws shift nobody', () => {
  const b = bench()
  b.arm({ kind: 'noise', value: 5, end_s: 10 })
  b.to(9)
  expect(b.to(9.5)).not.toBeCloseTo(mA(50), 6)
  expect(b.to(11)).toBeCloseTo(mA(50), 12)
  // An instrument with noise of its own has the same noise afterwards as if nothing had been.
  const [spoiled, sound] = [bench({ noise_std: 0.5 }), bench({ noise_std: 0.5 })]
  spoiled.arm({ kind: 'noise', value: 5, end_s: 10 })
  expect(spoiled.to(20)).toBe(sound.to(20))
})

test('fault frozen: the process value stands, the noise goes on', () => {
  const b = bench({ noise_std: 0.5 })
  b.to(3)
  b.arm({ kind: 'frozen' })
  b.to(3.1)
  b.process[0] = 90
  const seen = new Set(Array.from({ length: 20 }, (_, s) => b.to(4 + s)))
  expect(seen.size).toBe(20)
  for (const current of seen) expect(Math.abs(current - mA(50))).toBeLessThan(mA(3.1) - mA(0))
})

test('fault frozen: released, it shows the process again', () => {
  const b = bench()
  b.arm({ kind: 'frozen', end_s: 5 })
  b.process[0] = 90
  expect(b.to(4.9)).toBeCloseTo(mA(50), 12)
  expect(b.to(5)).toBeCloseTo(mA(90), 12)
})

test('fault spikes: whole seconds of the given height, one in ten, up and down', () => {
  const b = bench()
  b.arm({ kind: 'spikes', value: 20 })
  const n = 10_000
  const count = { up: 0, down: 0 }
  for (let s = 1; s <= n; s++) {
    const current = b.to(s)
    expect(b.to(s + 0.9)).toBe(current)
    if (Math.abs(current - mA(70)) < 1e-9) count.up++
    else if (Math.abs(current - mA(30)) < 1e-9) count.down++
    else expect(current).toBeCloseTo(mA(50), 9)
  }
  // Five standard errors of a share of 0.05.
  for (const share of [count.up / n, count.down / n])
    expect(Math.abs(share - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / n))
})

test('fault saturated: follows below its value and not above; without one it stands at the end of the signal', () => {
  const b = bench()
  b.arm({ kind: 'saturated', value: 60 })
  b.process[0] = 55
  expect(b.to(0.1)).toBeCloseTo(mA(55), 12)
  b.process[0] = 85
  expect(b.to(0.2)).toBeCloseTo(mA(60), 12)
  b.arm({ kind: 'saturated' })
  expect(b.to(0.3)).toBe(20.5)
})

test('fault scaling: ranged for twice the span it shows half', () => {
  const b = bench()
  b.arm({ kind: 'scaling', value: 2, ramp_s: 10 })
  b.process[0] = 80
  // Half way up the ramp the span is 1.5 times the true one.
  expect(b.to(5)).toBeCloseTo(mA(80 / 1.5), 9)
  expect(b.to(10)).toBeCloseTo(mA(40), 12)
})

// Closed form of a first-order lag, from where the signal stood when it set in.
test('fault slow: a further lag of its time constant, gone at once at its end', () => {
  const b = bench()
  b.arm({ kind: 'slow', value: 20, end_s: 60 })
  b.process[0] = 90
  expect(b.to(20)).toBeCloseTo(mA(50 + 40 * (1 - Math.exp(-1))), 9)
  expect(b.to(40)).toBeCloseTo(mA(50 + 40 * (1 - Math.exp(-2))), 9)
  expect(b.to(60)).toBeCloseTo(mA(90), 12)
})
