// The risk as it stands, against sums by hand of the simplified equations, and the table against the function.
import { expect, test } from 'vitest'
import type { SisConfig } from '../core/config.ts'
import { type BypassState, liveRisk } from '../sil/live-risk.ts'
import type { Sif, SilProject, Subsystem } from '../sil/sif.ts'
import { bypassStates, liveTable } from './live-table.ts'

const LAMBDA = 2e-6
const TEST_H = 8760

/** No diagnostics, no common cause, no repair time: PFD of 1oo1 is l T/2, of 2oo2 l T, of 2oo3 (l T)^2, of 1oo2 (l T)^2 / 3. */
const subsystem = (
  id: string,
  role: Subsystem['role'],
  m: number,
  n: number,
  bypassVote: 'keep' | 'reduce' = 'keep',
): Subsystem => ({
  id,
  role,
  architecture: { m, n, diagnosed: false },
  elements: [
    {
      id,
      type: 'A',
      lambda_DU_per_h: LAMBDA,
      lambda_DD_per_h: 0,
      lambda_SU_per_h: 0,
      lambda_SD_per_h: 0,
      capability: 3,
      coverage: 1,
      partialStrokeCoverage: 0,
      source: 'the test',
    },
  ],
  beta: 0,
  beta_D: 0,
  testInterval_h: TEST_H,
  mission_h: TEST_H * 10,
  mttr_h: 0,
  mrt_h: 0,
  switchOver: 1,
  bypass_h_per_y: 8,
  bypassVote,
  diversity: '',
})
const sif = (id: string, sensor: Subsystem): Sif => ({
  id,
  name: id,
  demand: 'low',
  target: 2,
  route: '1H',
  essential: '',
  subsystems: [
    { subsystem: sensor, count: 1 },
    { subsystem: subsystem('valve', 'final', 1, 2), count: 2 },
  ],
})
const project = (...sifs: Sif[]): SilProject => ({ title: '', note: '', sifs })
const lT = LAMBDA * TEST_H
const VALVES = (2 * lT ** 2) / 3

const one = (sensor: Subsystem, state?: Partial<BypassState>) =>
  liveRisk(project(sif('A', sensor)), state === undefined ? [] : [{ subsystem: sensor.id, bypassed: 0, ...state }])[0]!

test('[LIVE-1] nothing bypassed: the sum of the parts, without any assumed bypass time', () => {
  const risk = one(subsystem('s', 'sensor', 2, 3))
  // 6 l^2 (T/2) (T/3) = (l T)^2.
  expect(risk.pfd_normal / (lT ** 2 + VALVES)).toBeCloseTo(1, 12)
  expect(risk).toMatchObject({ times: 1, sil_now: 3, within_target: true, inhibited: false, allowance_used: 0 })
})

test('[LIVE-2] 2oo3 with one bypassed is 2oo2 where the vote keeps, 1oo2 where it comes down; with two it is inhibited, or 1oo1', () => {
  expect(one(subsystem('s', 'sensor', 2, 3), { bypassed: 1 }).pfd_now / (lT + VALVES)).toBeCloseTo(1, 12)
  expect(one(subsystem('s', 'sensor', 2, 3, 'reduce'), { bypassed: 1 }).pfd_now / (lT ** 2 / 3 + VALVES)).toBeCloseTo(
    1,
    12,
  )
  expect(one(subsystem('s', 'sensor', 2, 3), { bypassed: 2 })).toMatchObject({
    pfd_now: 1,
    inhibited: true,
    sil_now: 0,
    within_target: false,
  })
  expect(one(subsystem('s', 'sensor', 2, 3, 'reduce'), { bypassed: 2 }).pfd_now / (lT / 2 + VALVES)).toBeCloseTo(1, 12)
  expect(one(subsystem('s', 'sensor', 2, 3, 'reduce'), { bypassed: 3 }).pfd_now).toBe(1)
})

test('[LIVE-3] how much worse it is, and which band is left', () => {
  const risk = one(subsystem('s', 'sensor', 2, 3), { bypassed: 1 })
  expect(risk.times / ((lT + VALVES) / (lT ** 2 + VALVES))).toBeCloseTo(1, 12)
  // l T = 0.0175: SIL 1, below a target of 2.
  expect(risk).toMatchObject({ sil_now: 1, within_target: false, target: 2 })
})

test('[LIVE-4] an override or inhibit of the whole vote is no protection at all', () => {
  expect(one(subsystem('s', 'sensor', 1, 1), { overridden: true })).toMatchObject({ pfd_now: 1, inhibited: true })
})

test("[LIVE-5] the year's allowance: hours over the hours that are assumed; without any assumed, any is too much", () => {
  expect(one(subsystem('s', 'sensor', 2, 3), { bypassed_h: 2 }).allowance_used).toBe(0.25)
  expect(one({ ...subsystem('s', 'sensor', 2, 3), bypass_h_per_y: 0 }, { bypassed_h: 1 }).allowance_used).toBe(
    Number.POSITIVE_INFINITY,
  )
  expect(one({ ...subsystem('s', 'sensor', 2, 3), bypass_h_per_y: 0 }, { bypassed: 0 }).allowance_used).toBe(0)
})

test('[LIVE-6] functions of high demand have no PFD and no line', () => {
  expect(liveRisk(project({ ...sif('A', subsystem('s', 'sensor', 2, 3)), demand: 'high' }), [])).toEqual([])
})

const CONFIG = {
  id: 'unit',
  causes: [
    { id: 'A', inputs: ['PT-1', 'PT-2', 'PT-3'] },
    { id: 'B', inputs: ['TT-1', 'TT-2'] },
  ],
  sifs: [
    { id: 'SIF-A', title: 'Pressure', causes: ['A'], effects: [], sil: 2, requirement: '' },
    { id: 'SIF-AB', title: 'Either', causes: ['A', 'B'], effects: [], sil: 2, requirement: '' },
  ],
} as unknown as SisConfig

test('[LIVE-7] the table gives what the function gives, for every number of bypassed inputs and every way to treat them', () => {
  for (const vote of ['keep', 'reduce'] as const) {
    const sensor = { ...subsystem('s', 'sensor', 2, 3, vote), tags: ['PT-1', 'PT-2', 'PT-3'] }
    const calculation = project(sif('A', sensor))
    const row = liveTable(CONFIG, 'hash', calculation).sifs[0]!
    expect(row.parts[0]!.by_count.length).toBe(4)
    for (const bypassed of [0, 1, 2, 3]) {
      const { pfd_now, inhibited, sil_now } = liveRisk(calculation, [{ subsystem: 's', bypassed }])[0]!
      expect(Math.min(1, row.rest + row.parts[0]!.by_count[bypassed]!)).toBeCloseTo(pfd_now, 15)
      const short = row.by_bypassed[bypassed]!
      expect([short.bypassed, short.pfd_avg === null, short.sil]).toEqual([bypassed, inhibited, sil_now])
      if (short.pfd_avg !== null) expect(short.pfd_avg).toBeCloseTo(pfd_now, 15)
    }
  }
})

test('[LIVE-7] two groups of sensors: each cause has its own part, told by its tags; one without tags is never bypassed', () => {
  const [a, b] = [subsystem('a', 'sensor', 2, 3), subsystem('b', 'sensor', 1, 2)]
  const both = (left: Subsystem, right: Subsystem): SilProject => {
    const base = sif('AB', left)
    return project({ ...base, subsystems: [...base.subsystems, { subsystem: right, count: 1 }] })
  }
  const named = liveTable(
    CONFIG,
    'hash',
    both({ ...a, tags: ['PT-1', 'PT-2', 'PT-3'] }, { ...b, tags: ['TT-1', 'TT-2'] }),
  ).sifs[0]!
  expect(named.parts.map((p) => [p.cause, p.by_count.length])).toEqual([
    ['A', 4],
    ['B', 3],
  ])
  expect(named.rest / VALVES).toBeCloseTo(1, 12)
  // One input of the one cause out: 2oo2 of a (l T more than a share of it) hurts more than 1oo1 of b (l T / 2).
  expect(named.by_bypassed[1]!.pfd_avg! / (VALVES + lT + lT ** 2 / 3)).toBeCloseTo(1, 12)
  expect(liveTable(CONFIG, 'hash', both(a, b)).sifs[0]!.parts).toEqual([])
})

test('[LIVE-12] from a snapshot: inputs with a running bypass, an override, each in its own function although they share the sensors', () => {
  const sensor = { ...subsystem('s', 'sensor', 2, 3), tags: ['PT-1', 'PT-2', 'PT-3'] }
  const calculation = project(sif('A', sensor), sif('C', sensor))
  const config = {
    ...CONFIG,
    causes: [
      { id: 'A', inputs: ['PT-1', 'PT-2', 'PT-3'] },
      { id: 'C', inputs: ['PT-1', 'PT-2', 'PT-3'] },
    ],
    sifs: ['A', 'C'].map((id) => ({ id: `SIF-${id}`, title: id, causes: [id], effects: [], sil: 2, requirement: '' })),
  } as unknown as SisConfig
  const snapshot = (a: number[], startup: number) => [
    { bypass_left: a, startup_left: -1 },
    { bypass_left: [-1, -1, -1], startup_left: startup },
  ]
  const risk = (a: number[], startup: number) =>
    liveRisk(calculation, bypassStates(config, calculation, snapshot(a, startup))).map((r) => [r.id, r.pfd_now])
  expect(risk([-1, -1, -1], -1)).toEqual([
    ['A', expect.closeTo(lT ** 2 + VALVES, 15)],
    ['C', expect.closeTo(lT ** 2 + VALVES, 15)],
  ])
  expect(risk([-1, 0, -1], 17)).toEqual([
    ['A', expect.closeTo(lT + VALVES, 15)],
    ['C', 1],
  ])
})
