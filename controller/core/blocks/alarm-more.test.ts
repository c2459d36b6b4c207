import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

type Set = Readonly<Record<string, number | readonly number[]>>

const make = (type: string, set: Set): Rig => createRig({ blocks: [{ id: 'A', type, set }] })

function active(rig: Rig, drives: Readonly<Record<string, number>>, status: number = STATUS.good): number {
  for (const [wire, value] of Object.entries(drives)) rig.drive(`A.${wire}`, value, status)
  rig.scan()
  return rig.get('A.ACTIVE')
}

test('[ALM-5] deviation: on beyond the limit after the delay, off within it less the hysteresis', () => {
  const rig = make('ALARM_DEVIATION', { DEV_HI: 10, DEV_LO: 5, HYS_PCT: 2, ON_DELAY: 2, OFF_DELAY: 1 })
  const at = (x: number): number => active(rig, { IN: x, SP: 50 })
  expect([61, 61, 61, 61].map(at)).toEqual([0, 0, 32, 32])
  expect([58, 57.9, 57.9, 57.9].map(at)).toEqual([32, 32, 0, 0])
  expect([44, 44, 50, 44, 44, 44].map(at)).toEqual([0, 0, 0, 0, 0, 64])
})

test('[ALM-6] a step of the set point is silent for its time, or until the loop has arrived', () => {
  const rig = make('ALARM_DEVIATION', { DEV_HI: 10, DEV_LO: 10, INHIBIT_TIME: 4, SP_STEP: 1 })
  const at = (x: number, sp: number): number => active(rig, { IN: x, SP: sp })
  expect(at(50, 50)).toBe(0)
  expect([1, 2, 3, 4].map(() => at(50, 80))).toEqual([0, 0, 0, 0])
  expect(at(50, 80)).toBe(64)
  expect(at(79, 80)).toBe(0)
  // It arrives within the time: what happens then is a fault of the loop again.
  expect([at(79, 50), at(51, 50), at(70, 50)]).toEqual([0, 0, 32])
  // A ramp slower than a step is watched.
  const slow = make('ALARM_DEVIATION', { DEV_HI: 10, DEV_LO: 2, INHIBIT_TIME: 60, SP_STEP: 1 })
  expect([0, 1, 2, 3].map((n) => active(slow, { IN: 50, SP: 50 + n }))).toEqual([0, 0, 0, 64])
})

test('[ALM-7] bad freezes and raises bad PV', () => {
  const rig = make('ALARM_DEVIATION', { DEV_HI: 10, DEV_LO: 10 })
  active(rig, { IN: 70, SP: 50 })
  rig.drive('A.IN', 50, STATUS.bad)
  rig.scan()
  expect([rig.get('A.ACTIVE'), rig.get('A.OUT'), rig.get('A.OUT_ST')]).toEqual([48, 1, STATUS.uncertainLastUsable])
  const rate = make('ALARM_RATE', { RATE_UP: 1, RATE_DN: 1 })
  for (const x of [0, 5]) active(rate, { IN: x })
  expect(rate.get('A.ACTIVE')).toBe(128)
  expect(active(rate, { IN: 0 }, STATUS.bad)).toBe(144)
  // The first sample behind the gap makes no slope.
  expect(active(rate, { IN: -500 })).toBe(128)
  expect(active(rate, { IN: -500 })).toBe(0)
  const discrete = make('ALARM_DISCRETE', {})
  active(discrete, { IN: 1 })
  expect(active(discrete, { IN: 0 }, STATUS.bad)).toBe(528)
})

test('[ALM-8] rate: the slope of a ramp is its rate behind the filter, and noise of one scan is none', () => {
  const rig = make('ALARM_RATE', { RATE_UP: 1.9, RATE_DN: 1, FTIME: 5, HYS: 0.2 })
  const slopes: number[] = []
  for (let n = 0; n <= 60; n++) {
    active(rig, { IN: 2 * n })
    if (n > 0) slopes.push(rig.get('A.SLOPE'))
  }
  slopes.forEach((slope, i) => {
    expect(slope).toBeCloseTo(2 * (1 - Math.exp(-(i + 1) / 5)), 12)
  })
  expect(rig.get('A.ACTIVE')).toBe(128)
  const noisy = make('ALARM_RATE', { RATE_UP: 1.9, RATE_DN: 1.9, FTIME: 20 })
  for (let n = 0; n < 40; n++) expect(active(noisy, { IN: n % 10 === 3 ? 5 : 0 })).toBe(0)
})

test('[ALM-9] discrete: either state can be the alarm, with both delays', () => {
  const rig = make('ALARM_DISCRETE', { ALARM_STATE: 0, ON_DELAY: 1, OFF_DELAY: 2 })
  expect([1, 0, 1, 0, 0, 1, 1, 1].map((x) => active(rig, { IN: x }))).toEqual([0, 0, 0, 0, 512, 512, 512, 0])
})
