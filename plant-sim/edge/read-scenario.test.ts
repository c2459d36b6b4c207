import { expect, test } from 'vitest'
import { formatFault } from './config-fault.ts'
import { readScenario, type ScenarioContext } from './read-scenario.ts'

const CONTEXT: ScenarioContext = {
  plant: 'two-tank',
  tags: new Map([
    ['LT-02', ['bias', 'stuck']],
    ['FV-01', ['stuck', 'air']],
  ]),
  disturbances: ['SUPPLY', 'DRAW'],
  measured: ['LT-02'],
  writable: ['LIC-02.SP', 'LIC-02.MODE', 'FIC-01.OUT'],
  now_s: 600,
}

const read = (lines: string, context: Partial<ScenarioContext> = {}) =>
  readScenario(`scenario: x\nplant: two-tank\nduration: 1h\n${lines}`, 's.yaml', { ...CONTEXT, ...context })
const faults = (lines: string): string[] => (read(lines).faults ?? []).map(formatFault)

test('[OTS-1] a scenario says what happens, what is expected and what it costs', () => {
  const { ok } = read(`events:
  - {at: 20min, disturbance: DRAW, until: 40min}
  - {at: 5min, fault: LT-02, kind: bias, value: -0.4, ramp: 10min}
expect:
  - {name: Lower it, after: 5min, within: 90s, set: LIC-02.SP, to: [0.5, 0.9]}
  - {name: By hand, after: 5min, within: 15min, mode: LIC-02, to: man}
  - {name: Alarm, after: 0s, within: 5min, acknowledge: LIC-02}
score: {missing: 15, bands: [{tag: LT-02, range: [0.8, 1.3], per_min: 1}]}`)
  expect(ok?.duration_s).toBe(3600)
  // In the order of time, whatever the order in the file.
  expect(ok?.events.map((e) => [e.at_s, e.until_s])).toEqual([
    [300, Number.POSITIVE_INFINITY],
    [1200, 2400],
  ])
  expect(ok?.events[0]?.what).toEqual({
    type: 'fault',
    tag: 'LT-02',
    kind: 'bias',
    value: -0.4,
    jump: undefined,
    ramp_s: 600,
  })
  expect(ok?.expectations).toMatchObject([
    { key: 'LIC-02.SP', after_s: 300, within_s: 90, lo: 0.5, hi: 0.9 },
    { key: 'LIC-02.MODE', lo: 3, hi: 3 },
    { key: '' },
  ])
  expect(ok?.score).toMatchObject({ from: 100, missing: 15, late: 0, bands: [{ tag: 'LT-02', lo: 0.8, hi: 1.3 }] })
})

test.each([
  [
    'an unknown tag, with a suggestion',
    'events:\n  - {at: 1min, fault: LT-20, kind: bias, value: 1}',
    /^s\.yaml:5:23: events\[0\]\.fault: found "LT-20".*did you mean LT-02/,
  ],
  [
    'a time in the past',
    'events:\n  - {at: -1min, disturbance: DRAW}',
    /^s\.yaml:5:10: .*a time from 0 on: it is in the past/,
  ],
  [
    'a time in the past of the plant',
    'times: plant\nevents:\n  - {at: 5min, disturbance: DRAW}',
    /s\.yaml:6:10: .*from 600 s on: the plant stands there/,
  ],
  ['a time after the end', 'events:\n  - {at: 2h, disturbance: DRAW}', /before the end of the scenario/],
  ['an end before its start', 'events:\n  - {at: 5min, disturbance: DRAW, until: 4min}', /a time after its start/],
  [
    'two spans of one disturbance at a time',
    'events:\n  - {at: 1min, disturbance: DRAW}\n  - {at: 5min, disturbance: DRAW}',
    /events\[1\]\.at: .*a time apart from events\[0\]: DRAW still lasts/,
  ],
  [
    'a kind the tag cannot have',
    'events:\n  - {at: 1min, fault: FV-01, kind: bias, value: 1}',
    /events\[0\]\.kind: found "bias", expected one of stuck, air/,
  ],
  [
    'two things in one event',
    'events:\n  - {at: 1min, disturbance: DRAW, say: hello}',
    /one of disturbance, fault.* in each event/,
  ],
  [
    'a ramp that a disturbance has not',
    'events:\n  - {at: 1min, disturbance: DRAW, ramp: 1min}',
    /none: a disturbance has none/,
  ],
  [
    'what no operator may write',
    'expect:\n  - {name: x, after: 0s, within: 1min, set: LIC-20.SP, to: 1}',
    /LIC-20\.SP.*did you mean LIC-02\.SP/,
  ],
  ['a word that is no time', 'events:\n  - {at: soon, disturbance: DRAW}', /expected a time like 30s, 90min or 8h/],
  ['a key that means nothing', 'scores: 3', /the key scores.*did you mean score/],
])('[OTS-2] %s is refused with its place', (_, lines, expected) => {
  expect(faults(lines).join('\n')).toMatch(expected)
})

test('[OTS-2] all faults of a file are reported at once', () => {
  expect(
    faults('events:\n  - {at: -1min, disturbance: DRAWN}\n  - {at: 1min, fault: X, kind: y}').length,
  ).toBeGreaterThan(3)
})
