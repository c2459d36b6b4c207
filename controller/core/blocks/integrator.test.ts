import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const TYPE = { up_auto: 0, up_dem: 1, dn_auto: 2, dn_dem: 3, periodic: 4, demand: 5, per_dem: 6 } as const

function make(type: keyof typeof TYPE, set: Record<string, number> = {}, tick_ms = 1000): Rig {
  return createRig({
    tick_ms,
    blocks: [{ id: 'T', type: 'INTEGRATOR', set: { INTEG_TYPE: TYPE[type], TIME_UNIT_1: 1, TIME_UNIT_2: 1, ...set } }],
    writable: ['MODE', 'OUT', 'RESET', 'TOTAL_SP'].map((f) => `T.${f}`),
  })
}

function scan(rig: Rig, flow: number, count = 1, status: number = STATUS.good): number {
  rig.drive('T.IN_1', flow, status)
  rig.scan(count)
  return rig.get('T.OUT')
}

test('[INT-1] the four units of time, and two flows with directions', () => {
  for (const [unit, seconds] of [1, 60, 3600, 86400].entries()) {
    const rig = make('demand', { TIME_UNIT_1: seconds }, 500)
    expect(scan(rig, 100, 40), String(unit)).toBeCloseTo((100 * 20) / seconds, 12)
  }
  const rig = make('demand', { FACTOR_2: 2 })
  rig.drive('T.IN_2', 3)
  expect(scan(rig, 10)).toBe(16)
  rig.drive('T.REV_1', 1)
  expect(scan(rig, 10)).toBe(12)
  const forward = make('demand', { FLOW: 1 })
  expect([scan(forward, 5), scan(forward, -3)]).toEqual([5, 5])
  const reverse = make('demand', { FLOW: 2 })
  expect([scan(reverse, 5), scan(reverse, -3)]).toEqual([0, -3])
})

test('[INT-2] small increments of a large total are not lost', () => {
  // 100 kg/h at 0.1 s on a total that already stands at 1e12: an increment of 1/360 is below the last digits of a sum there.
  const rig = make('demand', { TIME_UNIT_1: 3600, OUT: 1e12 }, 100)
  const count = 360_000
  scan(rig, 100, count)
  const naive = (() => {
    let sum = 1e12
    for (let i = 0; i < count; i++) sum += (100 * 0.1) / 3600
    return sum
  })()
  // The last digit of 1e12 is 1.2e-4.
  expect(Math.abs(rig.get('T.OUT') - 1e12 - 1000)).toBeLessThan(2.5e-4)
  expect(Math.abs(naive - 1e12 - 1000)).toBeGreaterThan(1)
})

describe('[INT-3] the seven types', () => {
  const totals = (type: keyof typeof TYPE, set: Record<string, number>, flow: number, count: number): number[] => {
    const rig = make(type, set)
    return Array.from({ length: count }, () => scan(rig, flow))
  }
  test('upwards, by itself: what is beyond is carried, or not', () => {
    expect(totals('up_auto', { TOTAL_SP: 10 }, 4, 6)).toEqual([4, 8, 2, 6, 0, 4])
    expect(totals('up_auto', { TOTAL_SP: 10, CARRY: 0 }, 4, 6)).toEqual([4, 8, 0, 4, 8, 0])
  })
  test('downwards, by itself', () => {
    expect(totals('dn_auto', { TOTAL_SP: 10 }, 4, 6)).toEqual([6, 2, 8, 4, 10, 6])
    expect(totals('dn_auto', { TOTAL_SP: 10, CARRY: 0 }, 4, 4)).toEqual([6, 2, 10, 6])
  })
  test('on demand: on beyond the trip until the reset', () => {
    expect(totals('up_dem', { TOTAL_SP: 10 }, 4, 4)).toEqual([4, 8, 12, 16])
    expect(totals('dn_dem', { TOTAL_SP: 10 }, 4, 4)).toEqual([6, 2, -2, -6])
  })
  test('periodic', () => {
    expect(totals('periodic', { PERIOD: 3 }, 4, 7)).toEqual([4, 8, 12, 4, 8, 12, 4])
  })
  test('more than one batch in a scan', () => {
    const rig = make('up_auto', { TOTAL_SP: 3 })
    expect(scan(rig, 10)).toBe(1)
    expect(rig.get('T.N_RESET')).toBe(3)
  })
})

test('[INT-4] the trip stands for 5 s, the warning before it, and the reset keeps the total', () => {
  const rig = make('up_auto', { TOTAL_SP: 10, PRE_TRIP: 3 }, 1000)
  const seen: number[][] = []
  for (let i = 0; i < 9; i++) {
    scan(rig, i < 5 ? 2 : 0.5)
    seen.push([rig.get('T.OUT_PTRIP'), rig.get('T.OUT_TRIP')])
  }
  expect(seen.map((s) => s[0])).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0])
  expect(seen.map((s) => s[1])).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1])
  scan(rig, 0)
  expect(rig.get('T.OUT_TRIP')).toBe(0)
  const demand = make('up_dem', { TOTAL_SP: 10 })
  scan(demand, 4, 30)
  expect([demand.get('T.OUT'), demand.get('T.OUT_TRIP')]).toEqual([120, 1])
  expect(demand.write('T.RESET', 1)).toBe(REFUSAL.none)
  expect(scan(demand, 4)).toBe(4)
  expect([demand.get('T.LAST_TOTAL'), demand.get('T.OUT_TRIP'), demand.get('T.N_RESET')]).toEqual([120, 0, 1])
  demand.drive('T.RESET_IN', 1)
  expect([scan(demand, 4), scan(demand, 4)]).toEqual([4, 8])
})

test('[INT-5] what was not measured is told apart, and the status says how much', () => {
  const rig = make('demand', { GOOD_LIM: 95, UNCERT_LIM: 80 })
  scan(rig, 1, 80)
  expect(scan(rig, 1, 4, STATUS.bad)).toBe(80)
  expect(rig.get('T.REJECTED')).toBe(4)
  expect(rig.get('T.PCT_INCL')).toBeCloseTo((100 * 80) / 84, 12)
  expect(codeOf(rig.get('T.OUT_ST'))).toBe(STATUS.good)
  scan(rig, 1, 6, STATUS.bad)
  expect(codeOf(rig.get('T.OUT_ST'))).toBe(STATUS.uncertain)
  scan(rig, 1, 20, STATUS.bad)
  expect(codeOf(rig.get('T.OUT_ST'))).toBe(STATUS.bad)
  const use = make('demand', { USE_BAD: 1 })
  scan(use, 7, 1, STATUS.bad)
  expect(codeOf(use.get('T.OUT_ST'))).toBe(STATUS.bad)
  scan(use, 2)
  expect(scan(use, 99, 3, STATUS.bad)).toBe(8)
  const strict = make('demand', { USE_UNCERTAIN: 0 })
  scan(strict, 2)
  expect(scan(strict, 2, 3, STATUS.uncertain)).toBe(2)
})

test('[INT-6] in Man the total stands and is the operator’s; it goes on from there', () => {
  const rig = make('demand')
  scan(rig, 5, 2)
  rig.write('T.MODE', MODE.man)
  expect(scan(rig, 5, 3)).toBe(10)
  expect(rig.write('T.OUT', 100)).toBe(REFUSAL.none)
  rig.write('T.MODE', MODE.auto)
  expect(scan(rig, 5)).toBe(105)
  expect(() => make('up_auto')).toThrow(/TOTAL_SP/)
  expect(() => make('periodic')).toThrow(/PERIOD/)
})
