import { expect, test } from 'vitest'
import { toyInstruments } from '../testing/toy-instruments.ts'
import { armFault, clearFault, createFaultBank, type FaultOrder } from './faults.ts'
import type { ValveRecord } from './records.ts'
import { createValves } from './valve.ts'

/** One valve with a positioner at `signal(mA)`, stepped each 0.1 s; `to` answers the demand on the model. */
function bench(record: Partial<ValveRecord> = {}) {
  const bank = createFaultBank(1)
  const v = createValves(toyInstruments({ valve: record }).valves, bank, 0)
  const signal_mA = new Float64Array([mA(40)])
  const position_pct = new Float64Array([40])
  const demand_pct = new Float64Array([40])
  let tenths = 0
  v.settle(demand_pct)
  return {
    v,
    position_pct,
    signal: (pct: number) => {
      signal_mA[0] = mA(pct)
    },
    cut: () => {
      signal_mA[0] = 0
    },
    arm: (order: FaultOrder) => armFault(bank, 0, order, tenths / 10),
    clear: () => clearFault(bank, 0),
    to(time_s: number): number {
      while (tenths < Math.round(time_s * 10)) {
        v.step(signal_mA, position_pct, demand_pct, 0.1, tenths / 10)
        tenths++
      }
      return demand_pct[0]!
    },
  }
}

const mA = (pct: number): number => 4 + 0.16 * pct

test('a healthy valve passes its demand through: the model has the lag', () => {
  const b = bench()
  b.signal(77)
  expect(b.to(0.1)).toBeCloseTo(77, 9)
})

test('the stroke ends at 0 and 100 %', () => {
  const b = bench()
  b.signal(120)
  expect(b.to(0.1)).toBe(100)
  b.signal(-1)
  expect(b.to(0.2)).toBe(0)
})

test('a speed limit holds in both directions', () => {
  const b = bench({ travel_pct_s: 5 })
  b.signal(60)
  expect(b.to(2)).toBeCloseTo(50, 9)
  expect(b.to(4)).toBeCloseTo(60, 9)
  b.signal(50)
  expect(b.to(5)).toBeCloseTo(55, 9)
})

test('a further lag follows 1 - e^(-t/tau)', () => {
  const b = bench({ lag_s: 3 })
  b.signal(60)
  expect(b.to(4.5)).toBeCloseTo(40 + 20 * (1 - Math.exp(-4.5 / 3)), 9)
})

test.each([
  ['closed', 20, 0],
  ['open', 60, 100],
  ['hold', 40, 40],
] as const)('air failure, fail %s: 20 %%/s to its fail position', (fail, after_1s, at_last) => {
  const b = bench({ fail, fail_travel_pct_s: 20 })
  b.to(0.1)
  b.arm({ kind: 'air', start_s: 1, end_s: 10 })
  expect(b.to(1)).toBeCloseTo(40, 9)
  expect(b.to(2)).toBeCloseTo(after_1s, 9)
  expect(b.to(10)).toBeCloseTo(at_last, 9)
  expect(b.to(10.1)).toBeCloseTo(40, 9)
})

test('without a signal the positioner lets the valve go to its fail position', () => {
  const b = bench({ fail: 'open', fail_travel_pct_s: 20 })
  b.cut()
  expect(b.to(1)).toBeCloseTo(60, 9)
  expect(b.to(5)).toBe(100)
})

test('fault stuck: the demand on the model is where its valve stands', () => {
  const b = bench()
  b.signal(80)
  b.position_pct[0] = 47
  b.arm({ kind: 'stuck' })
  expect(b.to(0.1)).toBe(47)
  b.position_pct[0] = 46
  expect(b.to(5)).toBe(47)
  b.clear()
  expect(b.to(5.1)).toBeCloseTo(80, 9)
})

test('fault stuck with a value and a ramp: drifts there', () => {
  const b = bench()
  b.arm({ kind: 'stuck', value: 60, ramp_s: 10 })
  b.to(5)
  // The step that begins at 5.0 s.
  expect(b.to(5.1)).toBeCloseTo(50, 9)
  expect(b.to(20)).toBeCloseTo(60, 9)
})

test('fault slow: its speed in %/s, in both directions', () => {
  const b = bench()
  b.arm({ kind: 'slow', value: 2, end_s: 20 })
  b.signal(60)
  expect(b.to(5)).toBeCloseTo(50, 9)
  b.signal(30)
  expect(b.to(10)).toBeCloseTo(40, 9)
  b.to(20)
  expect(b.to(20.1)).toBeCloseTo(30, 9)
})

test('fault backlash: the stem follows only at the end of its play', () => {
  const b = bench()
  b.arm({ kind: 'backlash', value: 4 })
  b.signal(41.9)
  expect(b.to(0.1)).toBeCloseTo(40, 9)
  b.signal(50)
  expect(b.to(0.2)).toBeCloseTo(48, 9)
  b.signal(46.1)
  expect(b.to(0.3)).toBeCloseTo(48, 9)
  b.signal(40)
  expect(b.to(0.4)).toBeCloseTo(42, 9)
})

test('fault stiction: S from rest, then a jump of J; J is S where none is given', () => {
  const b = bench()
  b.arm({ kind: 'stiction', value: 6, jump: 2 })
  b.signal(45.9)
  expect(b.to(0.1)).toBeCloseTo(40, 9)
  b.signal(46.1)
  expect(b.to(0.2)).toBeCloseTo(44.1, 9)
  const without = bench()
  without.arm({ kind: 'stiction', value: 6 })
  without.signal(46.1)
  expect(without.to(0.1)).toBeCloseTo(46.1, 9)
  without.clear()
  without.signal(47)
  expect(without.to(0.2)).toBeCloseTo(47, 9)
})

test('fault leak: passes its share when shut, nothing more when open; the feedback shows the stem', () => {
  const b = bench()
  b.arm({ kind: 'leak', value: 10, ramp_s: 10 })
  b.signal(0)
  b.to(5)
  // The step that begins at 5.0 s.
  expect(b.to(5.1)).toBeCloseTo(5, 9)
  expect(b.to(20)).toBeCloseTo(10, 9)
  expect(b.v.stem_pct(0, 10)).toBeCloseTo(0, 9)
  b.signal(100)
  expect(b.to(21)).toBeCloseTo(100, 9)
  b.signal(50)
  expect(b.to(22)).toBeCloseTo(55, 9)
  expect(b.v.stem_pct(0, 55)).toBeCloseTo(50, 9)
  b.clear()
  expect(b.to(22.1)).toBeCloseTo(50, 9)
  expect(b.v.stem_pct(0, 50)).toBe(50)
})

test('fault trip: a drive coasts to a stop, waits after the fault, and runs up again', () => {
  const b = bench({ tag: 'SC-50', fail_travel_pct_s: 20, travel_pct_s: 10 })
  b.arm({ kind: 'trip', value: 3, end_s: 5 })
  b.to(0.9)
  expect(b.to(1)).toBeCloseTo(20, 9)
  expect(b.to(5)).toBe(0)
  // 3 s from the end of the fault, then 10 %/s.
  expect(b.to(8)).toBe(0)
  expect(b.to(10)).toBeCloseTo(20, 9)
  expect(b.to(13)).toBeCloseTo(40, 9)
})
