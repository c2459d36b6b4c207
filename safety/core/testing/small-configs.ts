/** Configurations of tests: one that uses every feature at once with short times, and one function as small as can be. */
import type { CauseConfig, SisConfig } from '../config.ts'

const COUNTS_PER_MA = 3000
/** 50 % of the span, in counts. */
export const HALF = 36000

const transmitter = (tag: string) => ({
  tag,
  service: tag,
  unit: '%',
  lo: 0,
  hi: 100,
  fail: 'high' as const,
  response_ms: 100,
})
const contact = (tag: string) => ({ tag, service: tag, response_ms: 0 })
const element = (tag: string) => ({
  tag,
  service: tag,
  energised: 'open' as const,
  confirm_ms: 500,
  travel_ms: 300,
})
const above = { above: 50, counts: HALF } as const
const cause = (id: string, inputs: string[], vote: number, more: Partial<CauseConfig> = {}): CauseConfig => ({
  id,
  title: id,
  inputs,
  vote,
  trip: above,
  on_bad: 'vote_trip',
  on_bypass: 'keep',
  ...more,
})

const FRAME = {
  revision: '1',
  mode: 'RUN',
  scan_ms: 100,
  counts_per_mA: COUNTS_PER_MA,
  stale_ms: 300,
  link_timeout_ms: 600,
  watchdog_ms: 500,
  output_watchdog_ms: 500,
} as const

const OVERRIDES = {
  permit: 'KEY',
  mos_per_unit_max: 2,
  mos_ms: 4000,
  reminder_ms: 1000,
  at_expiry: 'remove',
  shift_ms: 2000,
  link_loss_ms: 1000,
  force_ms: 2000,
} as const

/** One cause, one effect, one final element. */
export function oneFunction(more: Partial<CauseConfig> = {}, inputs = ['A', 'B', 'C'], vote = 2): SisConfig {
  const contacts = 'contact' in (more.trip ?? above)
  return {
    ...FRAME,
    id: 'one-function',
    overrides: OVERRIDES,
    transmitters: contacts ? [] : inputs.map(transmitter),
    contacts: [...(contacts ? inputs.map(contact) : []), contact('KEY'), contact('RESET')],
    elements: [element('XV')],
    causes: [cause('C1', inputs, vote, { mos: { max: 1 }, ...more })],
    effects: [{ id: 'E1', title: 'E1', outputs: ['XV'], start: 'with_reset', reset: 'RESET' }],
    matrix: [{ cause: 'C1', effect: 'E1', code: 'S' }],
    sifs: [
      {
        id: 'SIF-1',
        title: 'SIF-1',
        causes: ['C1'],
        effects: ['E1'],
        sil: 2,
        process_safety_ms: 60_000,
        requirement: 'R-1',
      },
    ],
    sequences: [],
  }
}

/** Every feature once, with times of a few scans. */
export const everything: SisConfig = {
  ...FRAME,
  id: 'everything',
  overrides: OVERRIDES,
  transmitters: ['A', 'B', 'C', 'D', 'F', 'G', 'H'].map(transmitter),
  contacts: ['KEY', 'RESET', 'ESD1', 'ESD2', 'INHIBIT', 'START', 'END', 'PERMIT', 'FOLLOW', 'FLAME'].map(contact),
  elements: [
    { ...element('V1'), secondary: 'E2', partial_stroke_ms: 400 },
    { ...element('V2'), energised: 'closed', delay_ms: 300 },
    element('V3'),
    { ...element('V4'), secondary: 'E1' },
    element('V5'),
    element('V6'),
    element('V7'),
  ],
  causes: [
    cause('C1', ['A', 'B', 'C'], 2, { mos: { max: 1 }, dead_band: 5, pre_alarm: { at: 40, counts: 31200 } }),
    cause('C2', ['A', 'B', 'C', 'D'], 2, { on_bypass: 'reduce', mos: { max: 2 }, on_bad: 'ignore', bad_hold_ms: 700 }),
    cause('C3', ['D'], 1, { time: { kind: 'on_delay', ms: 300 }, mos: { max: 1 } }),
    cause('C4', ['F', 'G'], 1, { trip: { below: 50, counts: HALF }, time: { kind: 'off_delay', ms: 400 } }),
    cause('C5', ['F', 'G', 'H'], 3, { on_bad: 'ignore', time: { kind: 'pulse', ms: 300 } }),
    cause('C6', ['H'], 1, { startup: { start: 'START', end: 'END', stable_ms: 400, ms_max: 3000 } }),
    cause('C7', ['G', 'H'], 2, { on_bad: 'use_value', inhibit: 'INHIBIT' }),
    cause('C8', ['ESD1', 'ESD2'], 1, { trip: { contact: 'opens' }, manual: true }),
    cause('C9', ['FLAME'], 1, { trip: { contact: 'closes' }, armed: { sequence: 'Q', steps: ['OFF', 'PURGE'] } }),
    cause('C10', ['FLAME'], 1, { trip: { contact: 'opens' }, armed: { sequence: 'Q', steps: ['RUN'] } }),
  ],
  effects: [
    { id: 'E1', title: 'E1', outputs: ['V1', 'V2'], start: 'with_reset', reset: 'RESET' },
    {
      id: 'E2',
      title: 'E2',
      outputs: ['V3'],
      start: 'command',
      delay_ms: 400,
      reset_permit: 'PERMIT',
      start_permit: 'FOLLOW',
    },
    { id: 'E3', title: 'E3', outputs: ['V4'], start: 'with_reset', override_ms_max: 1500, reset: 'RESET' },
    { id: 'E4', title: 'E4', outputs: ['V5'], start: 'with_reset', override_ms_max: 1000, follows: 'FOLLOW' },
    { id: 'E5', title: 'E5', outputs: ['V6'], start: 'with_reset', sequence: 'Q' },
    { id: 'E6', title: 'E6', outputs: ['V7'], start: 'with_reset', sequence: 'Q', reset: 'RESET' },
  ],
  matrix: [
    { cause: 'C1', effect: 'E1', code: 'S' },
    { cause: 'C2', effect: 'E1', code: 'S', group: 'two', n: 2 },
    { cause: 'C3', effect: 'E1', code: 'S', group: 'two', n: 2 },
    { cause: 'C4', effect: 'E1', code: 'S', group: 'two', n: 2 },
    { cause: 'C8', effect: 'E1', code: 'S' },
    { cause: 'C1', effect: 'E2', code: 'N' },
    { cause: 'C3', effect: 'E2', code: 'S', delay_ms: 200 },
    { cause: 'C5', effect: 'E2', code: 'S' },
    { cause: 'C6', effect: 'E3', code: 'V' },
    { cause: 'C2', effect: 'E3', code: 'V' },
    { cause: 'C8', effect: 'E3', code: 'S' },
    { cause: 'C4', effect: 'E4', code: 'R' },
    { cause: 'C7', effect: 'E4', code: 'R' },
    { cause: 'C6', effect: 'E4', code: 'N', delay_ms: 300 },
    { cause: 'C9', effect: 'E5', code: 'S' },
    { cause: 'C10', effect: 'E5', code: 'S' },
    { cause: 'C9', effect: 'E6', code: 'S' },
    { cause: 'C10', effect: 'E6', code: 'S' },
    { cause: 'C3', effect: 'E6', code: 'N' },
  ],
  sifs: [
    {
      id: 'SIF-1',
      title: 'all of them',
      causes: ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10'],
      effects: [],
      sil: 0,
      inhibition_accepted: 'a test',
      requirement: 'R-1',
    },
  ],
  sequences: [
    {
      id: 'Q',
      on_trip: { effects: ['E5', 'E6'], to: 'LOCKOUT' },
      steps: [
        { id: 'OFF', releases: [], go: [{ to: 'PURGE', when: [{ command: 'start' }, { element: 'V6', is: 'safe' }] }] },
        {
          id: 'PURGE',
          releases: [],
          go: [{ to: 'TRIAL', when: [{ after_ms: 500 }, { transmitter: 'A', is: 'below', at: 60 }] }],
          timeout: { ms: 1000, to: 'LOCKOUT' },
        },
        {
          id: 'TRIAL',
          releases: ['E6'],
          go: [
            {
              to: 'RUN',
              when: [
                { contact: 'FLAME', is: 'closed' },
                { cause: 'C3', is: 'clear' },
              ],
            },
          ],
          timeout: { ms: 500, to: 'LOCKOUT' },
        },
        {
          id: 'RUN',
          releases: ['E5', 'E6'],
          go: [
            { to: 'OFF', when: [{ command: 'stop' }] },
            {
              to: 'OFF',
              when: [
                { element: 'V7', is: 'normal' },
                { transmitter: 'B', is: 'above', at: 90 },
              ],
            },
          ],
        },
        {
          id: 'LOCKOUT',
          releases: [],
          trips: ['E5', 'E6'],
          go: [
            {
              to: 'OFF',
              when: [
                { effect: 'E5', is: 'normal' },
                { effect: 'E6', is: 'normal' },
                { contact: 'FLAME', is: 'open' },
              ],
            },
          ],
        },
      ],
    },
  ],
}
