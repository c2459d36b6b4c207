// Demands and hours out of service from records of events, counted by hand; the Poisson tail against its closed form.
import { expect, test } from 'vitest'
import { CAUSE_ALARM, EVENT } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import { atLeast, type EventRecord, judgeRecords, tally } from './records.ts'

const CONFIG = {
  scan_ms: 100,
  causes: [{ id: 'A' }, { id: 'B' }],
  sifs: [
    { id: 'SIF-A', causes: ['A'] },
    { id: 'SIF-B', causes: ['B'] },
  ],
} as unknown as SisConfig
const HOUR = 36_000

const record = (scan: number, kind: number, at: number, a: number, b = 0, run = 'r'): EventRecord => ({
  run,
  scan,
  kind,
  at,
  a,
  b,
})

test('[LIVE-8] a demand is a cause that becomes active, of its own cause, whatever else happens', () => {
  const counted = tally(CONFIG, [
    record(0, EVENT.systemAlarm, 0, 1),
    record(10, EVENT.cause, 1, 1),
    record(20, EVENT.cause, 1, 0),
    record(30, EVENT.cause, 1, 1),
    record(40, EVENT.latch, 1, 1),
    record(10 * HOUR, EVENT.cause, 1, 0),
  ])
  expect(counted.causes.map((c) => c.demands)).toEqual([0, 2])
  expect(counted.covered_h).toBe(10)
})

test('[LIVE-8] hours with at least one input bypassed; two at once count once; what stands at the end stands until then', () => {
  const { causes } = tally(CONFIG, [
    record(0, EVENT.mos, 0, 1),
    record(1 * HOUR, EVENT.mos, 1, 1),
    record(2 * HOUR, EVENT.mos, 0, 0),
    record(3 * HOUR, EVENT.mos, 1, 0),
    record(7 * HOUR, EVENT.mos, 16 + 2, 1),
    record(9 * HOUR, EVENT.latch, 0, 0),
  ])
  expect(causes.map((c) => [c.bypassed_h, c.overridden_h])).toEqual([
    [3, 0],
    [2, 0],
  ])
})

test('[LIVE-8] start-up override and inhibit are alarms of the cause; both at once count once', () => {
  const { startupOverride, inhibitTag, preAlarm } = CAUSE_ALARM
  const { causes } = tally(CONFIG, [
    record(0, EVENT.causeAlarm, 0, preAlarm),
    record(1 * HOUR, EVENT.causeAlarm, 0, startupOverride, preAlarm),
    record(2 * HOUR, EVENT.causeAlarm, 0, inhibitTag),
    record(3 * HOUR, EVENT.causeAlarm, 0, 0, startupOverride),
    record(5 * HOUR, EVENT.causeAlarm, 0, 0, inhibitTag),
    record(9 * HOUR, EVENT.latch, 0, 0),
  ])
  expect(causes[0]).toMatchObject({ overridden_h: 4, bypassed_h: 0 })
})

test('[LIVE-9] runs are counted apart; a run that is taken back counts what it ran, twice if it ran twice', () => {
  const counted = tally(CONFIG, [
    record(0, 0, 0, 0),
    record(4 * HOUR, 0, 0, 0),
    // Taken back to the first hour, and on from there.
    record(1 * HOUR, 0, 0, 0),
    record(3 * HOUR, 0, 0, 0),
    record(100 * HOUR, 0, 0, 0, 0, 'other'),
    record(101 * HOUR, 0, 0, 0, 0, 'other'),
  ])
  expect([counted.covered_h, counted.runs]).toEqual([7, 2])
  expect(tally(CONFIG, [])).toMatchObject({ covered_h: 0, runs: 0 })
})

test('[LIVE-10] so many or more by chance: 1 - e^-m, and 1 - e^-m (1 + m) at the first steps; 1 for none', () => {
  for (const m of [0.01, 0.2, 3]) {
    expect(atLeast(0, m)).toBe(1)
    expect(atLeast(1, m)).toBeCloseTo(1 - Math.exp(-m), 14)
    expect(atLeast(2, m)).toBeCloseTo(1 - Math.exp(-m) * (1 + m), 14)
  }
  expect(atLeast(1, 0)).toBe(0)
})

test('[LIVE-11] nothing assumed: no verdict on demands; hours beyond a year of allowance are beyond, also within a day', () => {
  const sif = { id: 'A', subsystems: [{ subsystem: { role: 'sensor', bypass_h_per_y: 8 } }] }
  const project = { title: '', note: '', sifs: [sif] } as never
  const judge = (bypassed_h: number) =>
    judgeRecords(CONFIG, project, {
      covered_h: 24,
      runs: 1,
      causes: [{ cause: 'A', demands: 9, bypassed_h, overridden_h: 0 }],
    })[0]!
  expect(judge(7)).toMatchObject({ more_than_assumed: false, bypassed_beyond: false, allowance_used: 7 / 8 })
  expect(judge(9)).toMatchObject({ bypassed_beyond: true })
  expect(judge(9).by_chance).toBeUndefined()
})
