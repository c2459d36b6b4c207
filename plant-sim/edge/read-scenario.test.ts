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
  drops: ['RIO-1', 'SIS-1'],
  contacts: ['HS-90', 'HS-91'],
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

test('[OTS-1] a scenario writes as an operator does, pulls cables and works the panel', () => {
  const { ok } = read(`events:
  - {at: 1min, set: LIC-02.SP, to: 0.9}
  - {at: 2min, mode: LIC-02, to: man}
  - {at: 3min, output: FIC-01, to: 40}
  - {at: 4min, cable: B, drop: SIS-1, to: silent, until: 5min}
  - {at: 5min, cable: B, drop: SIS-1, to: closed}
  - {at: 6min, cable: A}
  - {at: 7min, contact: HS-90, to: closed}
  - {at: 8min, contact: HS-90, to: open}
  - {at: 9min, press: HS-91, for: 2s}
  - {at: 10min, press: HS-91}`)
  expect(ok?.events.map((e) => e.what)).toEqual([
    { type: 'write', key: 'LIC-02.SP', value: 0.9 },
    { type: 'write', key: 'LIC-02.MODE', value: 3 },
    { type: 'write', key: 'FIC-01.OUT', value: 40 },
    { type: 'cable', network: 'B', drop: 'SIS-1', mode: 'silent' },
    { type: 'cable', network: 'B', drop: 'SIS-1', mode: 'closed' },
    { type: 'cable', network: 'A', drop: undefined, mode: 'closed' },
    { type: 'contact', tag: 'HS-90', state: 'closed' },
    { type: 'contact', tag: 'HS-90', state: 'open' },
    { type: 'press', tag: 'HS-91', for_s: 2 },
    { type: 'press', tag: 'HS-91', for_s: 1 },
  ])
})

test('[OTS-2] where the strategy is not known, a scenario that would write is refused', () => {
  const { writable: _, ...unknown } = CONTEXT
  const { faults: found } = readScenario(
    'scenario: x\nplant: two-tank\nduration: 1h\nevents:\n  - {at: 1min, set: LIC-02.SP, to: 1}',
    's.yaml',
    unknown,
  )
  expect(formatFault(found![0]!)).toMatch(/s\.yaml:5:21: .*the strategy that would take it is not known/)
})

test.each([
  [
    'a set point that nobody may write',
    'events:\n  - {at: 1min, set: LIC-02.SPP, to: 1}',
    /^s\.yaml:5:21: events\[0\]\.set: .*did you mean LIC-02\.SP\?/,
  ],
  [
    'a set point without a number',
    'events:\n  - {at: 1min, set: LIC-02.SP, to: much}',
    /events\[0\]\.to: found "much".*number/,
  ],
  ['a mode that there is not', 'events:\n  - {at: 1min, mode: LIC-02, to: hand}', /events\[0\]\.to: found "hand"/],
  ['a write that lasts', 'events:\n  - {at: 1min, set: LIC-02.SP, to: 1, until: 2min}', /until.*a set happens once/],
  [
    'a drop that there is not',
    'events:\n  - {at: 1min, cable: A, drop: RIO-9}',
    /drop: found "RIO-9".*one of RIO-1, SIS-1/,
  ],
  ['a network that there is not', 'events:\n  - {at: 1min, cable: C}', /cable: found "C", expected one of A, B/],
  ['a contact that there is not', 'events:\n  - {at: 1min, press: HS-92}', /press: found "HS-92".*one of HS-90, HS-91/],
  ['a press in the past', 'events:\n  - {at: -1s, press: HS-91}', /it is in the past/],
  ['a press of no time', 'events:\n  - {at: 1s, press: HS-91, for: 0s}', /for: .*a time above 0/],
  [
    'two spans of one cable at a time',
    'events:\n  - {at: 1min, cable: A, until: 9min}\n  - {at: 2min, cable: A, to: silent}',
    /events\[1\]\.at: .*a time apart from events\[0\]: cable A of all drops closed still lasts/,
  ],
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
