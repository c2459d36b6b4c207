/** A configuration that has everything and is sound by every rule, with plant, control system, calculation and texts that fit: what tests break. */
import type { Sif, SilProject, Subsystem } from '../../sil/sif.ts'
import type { Against } from '../check.ts'
import type { ControlFacts, PlantFacts } from '../check-plant.ts'
import type { Requirements } from '../requirements.ts'

/** Everything a configuration can have, small, and sound by every rule. */
export const sound = () => ({
  id: 'unit',
  revision: '1',
  mode: 'SIMULATION',
  scan_ms: 100,
  counts_per_mA: 3000,
  stale_ms: 500,
  link_timeout_ms: 1000,
  watchdog_ms: 1000,
  output_watchdog_ms: 2000,
  channel: { base_id: '0123456789abcdef0123456789abcdef', solver_id: 1, device_id: 2, error_interval_min: 60 },
  overrides: {
    permit: 'HS-90',
    mos_per_unit_max: 3,
    mos_ms: 28_800_000,
    reminder_ms: 900_000,
    at_expiry: 'remove',
    shift_ms: 28_800_000,
    link_loss_ms: 600_000,
    force_ms: 900_000,
  },
  transmitters: ['PT-1', 'PT-2', 'PT-3'].map((tag) => ({
    tag,
    service: 'Pressure',
    unit: 'bar',
    lo: 0,
    hi: 10,
    fail: 'high',
    response_ms: 500,
    stuck: { noise: 0.001, window_ms: 600_000 },
  })),
  contacts: ['HS-1', 'HS-90', 'HS-91', 'JS-1', 'JS-2'].map((tag) => ({
    tag,
    service: tag === 'HS-1' ? 'Emergency push-button' : 'Contact',
    response_ms: 100,
  })),
  elements: ['XV-1', 'XV-2', 'XV-3'].map((tag) => ({
    tag,
    service: 'Shut-off',
    energised: 'open',
    confirm_ms: 6000,
    travel_ms: 4000,
  })),
  causes: [
    {
      id: 'P',
      title: 'Pressure high',
      inputs: ['PT-1', 'PT-2', 'PT-3'],
      vote: 2,
      trip: { above: 8, counts: 50_400 },
      dead_band: 0.1,
      pre_alarm: { at: 7, counts: 45_600 },
      deviation: { limit: 0.5, ms: 30_000 },
      on_bad: 'vote_trip',
      on_bypass: 'keep',
      mos: { max: 1 },
      startup: { stable_ms: 30_000, ms_max: 600_000 },
    },
    {
      id: 'J',
      title: 'Pumps off',
      inputs: ['JS-1', 'JS-2'],
      vote: 1,
      trip: { contact: 'opens' },
      on_bad: 'vote_trip',
      on_bypass: 'keep',
      mos: { max: 1 },
    },
    {
      id: 'H',
      title: 'Button',
      inputs: ['HS-1'],
      vote: 1,
      trip: { contact: 'opens' },
      on_bad: 'vote_trip',
      on_bypass: 'keep',
      manual: true,
    },
  ],
  effects: [
    { id: 'SHUT', title: 'Shut', outputs: ['XV-1', 'XV-2'], start: 'with_reset', reset: 'HS-91' },
    { id: 'FUEL', title: 'Fuel off', outputs: ['XV-3'], start: 'with_reset', reset: 'HS-91', sequence: 'Q' },
  ],
  matrix: [
    { cause: 'P', effect: 'SHUT', code: 'S' },
    { cause: 'J', effect: 'SHUT', code: 'S' },
    { cause: 'H', effect: 'SHUT', code: 'S' },
    { cause: 'H', effect: 'FUEL', code: 'S' },
  ],
  sifs: [
    {
      id: 'SIF-P',
      title: 'Pressure',
      causes: ['P'],
      effects: ['SHUT'],
      sil: 1,
      process_safety_ms: 60_000,
      response_ms_max: 30_000,
      requirement: 'R-P',
    },
    {
      id: 'SIF-J',
      title: 'Pumps',
      causes: ['J'],
      effects: ['SHUT'],
      sil: 1,
      process_safety_ms: 60_000,
      requirement: 'R-J',
    },
    { id: 'SIF-H', title: 'Button', causes: ['H'], effects: ['SHUT', 'FUEL'], sil: 1, requirement: 'R-H' },
  ],
  sequences: [
    {
      id: 'Q',
      steps: [
        { id: 'OFF', releases: [], go: [{ to: 'LIGHT', when: [{ command: 'start' }] }] },
        {
          id: 'LIGHT',
          releases: ['FUEL'],
          go: [{ to: 'RUN', when: [{ contact: 'JS-1', is: 'closed' }] }],
          timeout: { ms: 5000, to: 'OFF' },
        },
        { id: 'RUN', releases: ['FUEL'], go: [{ to: 'OFF', when: [{ command: 'stop' }] }] },
      ],
      on_trip: { effects: ['FUEL'], to: 'OFF' },
    },
  ],
})

const PLANT: PlantFacts = {
  drop: 'SIS-1',
  counts_per_mA: 3000,
  watchdog_s: 2,
  transmitters: ['PT-1', 'PT-2', 'PT-3'].map((tag, register) => ({
    tag,
    unit: 'bar',
    lo: 0,
    hi: 10,
    failure_mA: 21,
    lag_s: 0,
    noise_std: 0.01,
    register,
  })),
  contacts: ['HS-1', 'HS-90', 'HS-91', 'JS-1', 'JS-2'].map((tag) => ({ tag, description: '' })),
  valves: ['XV-1', 'XV-2', 'XV-3'].map((tag) => ({ tag, energised: 'open' as const, open_s: 4, close_s: 4 })),
}
const CONTROL: ControlFacts = {
  instruments: ['PT-100'],
  valves: ['FV-1'],
  devices: [{ id: 'RIO-1', endpoint: 'plant:RIO-1/B' }],
  drop: 'SIS-1',
}

const subsystem = (id: string, role: Subsystem['role'], m: number, n: number, tags: readonly string[]): Subsystem => ({
  id,
  role,
  architecture: { m, n, diagnosed: false },
  elements: [
    {
      id: `${id} device`,
      type: 'A',
      lambda_DU_per_h: 1e-7,
      lambda_DD_per_h: 1e-6,
      lambda_SU_per_h: 1e-6,
      lambda_SD_per_h: 0,
      capability: 3,
      coverage: 1,
      partialStrokeCoverage: 0,
      source: 'the test',
    },
  ],
  beta: n > m ? 0.02 : 0,
  beta_D: n > m ? 0.01 : 0,
  testInterval_h: 8760,
  mission_h: 87_600,
  mttr_h: 8,
  mrt_h: 8,
  switchOver: 1,
  bypass_h_per_y: 0,
  bypassVote: 'keep',
  diversity: '',
  tags,
})
const function_ = (id: string, sensor: Subsystem, finals: readonly string[]): Sif => ({
  id,
  name: id,
  demand: 'low',
  target: 1,
  route: '1H',
  essential: '',
  subsystems: [
    { subsystem: sensor, count: 1 },
    { subsystem: subsystem('solver', 'logic', 1, 1, []), count: 1 },
    { subsystem: subsystem('valves', 'final', 1, 1, finals), count: finals.length },
  ],
})
const SIL = (): SilProject => ({
  title: 'Unit',
  note: '',
  sifs: [
    function_('P', subsystem('pressure', 'sensor', 2, 3, ['PT-1', 'PT-2', 'PT-3']), ['XV-1', 'XV-2']),
    function_('J', subsystem('pumps', 'sensor', 1, 2, ['JS-1', 'JS-2']), ['XV-1', 'XV-2']),
    function_('H', subsystem('button', 'sensor', 1, 1, ['HS-1']), ['XV-1', 'XV-2', 'XV-3']),
  ],
})
export const REQUIREMENTS = (): Requirements => ({
  config: 'unit',
  title: 'Unit',
  basis: 'A test',
  general: [],
  sifs: ['P', 'J', 'H'].map((id) => ({
    id: `SIF-${id}`,
    hazard: '-',
    demand: '-',
    safe_state: '-',
    reset: '-',
    bypass: '-',
    source: '-',
    requirements: [{ id: `R-${id}`, text: '-', tests: [] }],
  })),
  accepted: [],
})
export const against = (): Against => ({ sil: SIL(), plant: PLANT, control: CONTROL, requirements: REQUIREMENTS() })
