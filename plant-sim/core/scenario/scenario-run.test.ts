import { expect, test } from 'vitest'
import type { Scenario } from './scenario.ts'
import { countScenario, dueOrders, markMet, observeAction, type PlantView, startScenario } from './scenario-run.ts'
import { scoreSheet } from './score.ts'

const SCENARIO: Scenario = {
  name: 'x',
  description: '',
  plant: 'p',
  duration_s: 600,
  events: [
    { at_s: 0, until_s: 60, what: { type: 'disturbance', name: 'D' } },
    { at_s: 60, until_s: Number.POSITIVE_INFINITY, what: { type: 'say', text: 'hello' } },
  ],
  expectations: [
    { name: 'in time', after_s: 10, within_s: 50, key: 'A.SP', lo: 1, hi: 2 },
    { name: 'late', after_s: 10, within_s: 50, key: 'B.SP', lo: 1, hi: 1 },
    { name: 'never', after_s: 10, within_s: 50, key: 'C.SP', lo: 1, hi: 1 },
    { name: 'seen', after_s: 0, within_s: 600, key: '', lo: 0, hi: 0 },
  ],
  score: {
    from: 100,
    bands: [{ tag: 'T', lo: 0, hi: 10, per_min: 3 }],
    outside_normal_per_min: 2,
    alarm: 4,
    trip: 30,
    late: 5,
    missing: 10,
  },
}
const LIMITS = [{ name: 'level', normal_lo: 0, normal_hi: 5 }]

/** The plant at a time after a scenario that began at 1000 s. */
const view = (
  t_s: number,
  dt_s: number,
  value: number,
  limited: number,
  trip: PlantView['trip'] = null,
): PlantView => ({
  time_s: 1000 + t_s,
  dt_s,
  valueOf: () => value,
  limited: [limited],
  limits: LIMITS,
  trip,
})

test('[OTS-3] events begin and end at their times, and an end comes before a beginning', () => {
  const run = startScenario(SCENARIO, view(0, 0, 5, 1))
  const due = () => dueOrders(run).map(({ event, begins }) => `${event.what.type} ${begins}`)
  expect(due()).toEqual(['disturbance true'])
  expect(due()).toEqual([])
  countScenario(run, view(60, 60, 5, 1))
  expect(due()).toEqual(['disturbance false', 'say true'])
})

test('[OTS-4] actions in time, late and missing, time out of the band and of normal, and a shutdown cost what the rules say', () => {
  const run = startScenario(SCENARIO, view(0, 0, 5, 1))
  observeAction(run, 'A.SP', 1.5)
  countScenario(run, view(20, 20, 5, 1))
  // Before its time, and beside its range: neither counts.
  expect(run.progress.met_s).toEqual([-1, -1, -1, -1])
  observeAction(run, 'A.SP', 3)
  observeAction(run, 'A.SP', 1.5)
  countScenario(run, view(80, 60, 11, 6))
  observeAction(run, 'B.SP', 1)
  countScenario(run, view(110, 30, Number.NaN, 1))
  countScenario(run, view(140, 30, 5, 6))
  expect(markMet(run, 3)).toBe(true)
  expect(markMet(run, 3)).toBe(false)
  countScenario(run, view(150, 10, 5, 1, { cause: 'level high', at_s: 1149 }))
  expect(run.progress.ended).toBe(true)
  const sheet = scoreSheet(run, ['level'])
  const points = Object.fromEntries(sheet.lines.map((l) => [l.what.split(' (')[0], l.points]))
  // Band: 90 s at 3 a minute. Limit: 90 s at 2 a minute, and left twice at 4.
  expect(points).toEqual({
    'in time': 0,
    late: 5,
    never: 10,
    seen: 0,
    'T within 0 to 10': 4.5,
    level: 3 + 8,
    'level high': 30,
  })
  expect(sheet.score).toBeCloseTo(100 - 60.5, 9)
})
