import { expect, test } from 'vitest'
import { checkConfig, responseTime } from './check-config.ts'
import type { CauseConfig, EffectConfig, ElementConfig, SisConfig } from './config.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

const base = oneFunction()
const cause = (more: Partial<CauseConfig> | object): SisConfig => ({
  ...base,
  causes: [{ ...base.causes[0]!, ...more } as CauseConfig],
})
const effect = (more: Partial<EffectConfig>): SisConfig => ({ ...base, effects: [{ ...base.effects[0]!, ...more }] })
const element = (more: Partial<ElementConfig>): SisConfig => ({
  ...base,
  elements: [{ ...base.elements[0]!, ...more }],
})
const cell = base.matrix[0]!
const sif = base.sifs[0]!
const unit = base.transmitters[0]!
const sequence = (to: string, condition: object): SisConfig => ({
  ...base,
  sequences: [
    {
      id: 'Q',
      on_trip: { effects: ['E1'], to: 'A' },
      steps: [
        { id: 'A', releases: [], go: [{ to, when: [condition as { after_ms: number }] }] },
        { id: 'B', releases: [], go: [] },
      ],
    },
  ],
})

/** Code, place, and the configuration that has this one fault. */
const FAULTY: readonly (readonly [code: string, path: string, config: SisConfig])[] = [
  ['SIS_UNKNOWN_TAG', 'causes/C1/inputs', cause({ inputs: ['A', 'B', 'NONE'] })],
  ['SIS_UNKNOWN_TAG', 'matrix/C9 E1', { ...base, matrix: [cell, { ...cell, cause: 'C9' }] }],
  ['SIS_UNKNOWN_TAG', 'matrix/C1 E9', { ...base, matrix: [cell, { ...cell, effect: 'E9' }] }],
  ['SIS_UNKNOWN_TAG', 'effects/E1/reset_permit', effect({ reset_permit: 'NONE' })],
  ['SIS_UNKNOWN_TAG', 'effects/E1/sequence', effect({ sequence: 'NONE' })],
  ['SIS_UNKNOWN_TAG', 'causes/C1/inhibit', cause({ inhibit: 'NONE' })],
  ['SIS_UNKNOWN_TAG', 'causes/C1/armed', cause({ armed: { sequence: 'NONE', steps: [] } })],
  ['SIS_UNKNOWN_TAG', 'elements/XV/secondary', element({ secondary: 'NONE' })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('NONE', { after_ms: 100 })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('B', { contact: 'NONE', is: 'open' })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('B', { transmitter: 'NONE', is: 'above', at: 1 })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('B', { cause: 'NONE', is: 'clear' })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('B', { effect: 'NONE', is: 'normal' })],
  ['SIS_UNKNOWN_TAG', 'sequences/Q/A/go', sequence('B', { element: 'NONE', is: 'safe' })],
  ['SIS_INCONSISTENT', 'sequences/Q/A/go', sequence('A', { after_ms: 100 })],
  ['SIS_SET_POINT', 'causes/C1/trip', cause({ trip: { above: 100, counts: 60000 } })],
  ['SIS_SET_POINT', 'causes/C1/trip', cause({ trip: { below: -1, counts: 11520 } })],
  ['SIS_COUNTS', 'causes/C1/trip/counts', cause({ trip: { above: 50, counts: 36002 } })],
  ['SIS_COUNTS', 'causes/C1/pre_alarm/counts', cause({ pre_alarm: { at: 40, counts: 31000 } })],
  ['SIS_PRE_ALARM', 'causes/C1/pre_alarm', cause({ pre_alarm: { at: 50, counts: 36000 } })],
  [
    'SIS_FAIL_DIRECTION',
    'causes/C1/on_bad',
    cause({ on_bad: 'ignore', bad_hold_ms: 100, trip: { below: 50, counts: 36000 } }),
  ],
  ['SIS_VOTE', 'causes/C1/vote', cause({ vote: 4, mos: undefined })],
  ['SIS_VOTE', 'causes/C1/vote', cause({ vote: 0 })],
  ['SIS_DUPLICATE_TAG', 'causes/C1/inputs/A', cause({ inputs: ['A', 'B', 'A'] })],
  ['SIS_DUPLICATE_TAG', 'inputs/A', { ...base, transmitters: [...base.transmitters, unit] }],
  ['SIS_DUPLICATE_SIF', 'sifs/SIF-1', { ...base, sifs: [sif, sif] }],
  ['SIS_DUPLICATE_CELL', 'matrix/C1 E1', { ...base, matrix: [cell, cell] }],
  [
    'SIS_SPAN',
    'causes/C1/inputs',
    { ...base, transmitters: base.transmitters.map((t, i) => ({ ...t, lo: i === 2 ? -1e-9 : 0 })) },
  ],
  ['SIS_USE_VALUE', 'causes/C1/on_bad', cause({ on_bad: 'use_value' })],
  ['SIS_INHIBITION', 'causes/C1/on_bad', cause({ on_bad: 'ignore' })],
  ['SIS_PULSE', 'causes/C1/time', { ...cause({ time: { kind: 'pulse', ms: 500 } }), matrix: [{ ...cell, code: 'N' }] }],
  ['SIS_MANUAL', 'causes/C1', cause({ manual: true })],
  [
    'SIS_MANUAL',
    'matrix/C1 E1',
    {
      ...cause({ manual: true, mos: undefined }),
      effects: effect({ override_ms_max: 500 }).effects,
      matrix: [{ ...cell, code: 'V' }],
    },
  ],
  ['SIS_STARTUP', 'causes/C1/startup', cause({ protects_startup: true, startup: { stable_ms: 100, ms_max: 100 } })],
  ['SIS_LAST_VOTE', 'causes/C1/mos', cause({ mos: { max: 2 } })],
  ['SIS_LAST_VOTE', 'causes/C1/mos', cause({ vote: 3 })],
  [
    'SIS_NO_PERMIT',
    'causes/C1/mos',
    { ...base, overrides: { ...base.overrides, permit: undefined } as unknown as SisConfig['overrides'] },
  ],
  ['SIS_NO_WAIVER', 'overrides/at_expiry', { ...base, overrides: { ...base.overrides, at_expiry: 'alarm' } }],
  ['SIS_NO_EFFECT', 'causes/C1', { ...base, matrix: [], sifs: [{ ...sif, effects: [] }] }],
  ['SIS_NO_EFFECT', 'sifs/SIF-1', { ...base, matrix: [] }],
  ['SIS_NO_EFFECT', 'elements/XV2', { ...base, elements: [...base.elements, { ...base.elements[0]!, tag: 'XV2' }] }],
  ['SIS_NO_CAUSE', 'effects/E1', { ...base, matrix: [] }],
  ['SIS_NO_SIF', 'causes/C1', { ...base, sifs: [{ ...sif, causes: [] }] }],
  [
    'SIS_OUTPUT_USED_TWICE',
    'effects/E2/outputs',
    { ...base, effects: [...base.effects, { ...base.effects[0]!, id: 'E2' }] },
  ],
  ['SIS_CELL', 'matrix/C1 E1', { ...base, matrix: [{ ...cell, code: 'V' }] }],
  ['SIS_CELL', 'matrix/C1 E1', { ...base, matrix: [{ ...cell, n: 2 }] }],
  ['SIS_CELL', 'matrix/C1 E1', { ...base, matrix: [{ ...cell, group: 'g', n: 2 }] }],
  [
    'SIS_CELL',
    'matrix/C1 E1',
    { ...effect({ start: 'command', override_ms_max: 500 }), matrix: [{ ...cell, code: 'R' }] },
  ],
  [
    'SIS_TOO_MANY',
    'causes',
    { ...base, causes: Array.from({ length: 33 }, (_, i) => ({ ...base.causes[0]!, id: `C${i + 1}` })) },
  ],
  ['SIS_RESPONSE_TIME', 'sifs/SIF-1', { ...base, sifs: [{ ...sif, process_safety_ms: 1000 }] }],
  ['SIS_RESPONSE_TIME', 'sifs/SIF-1', { ...base, sifs: [{ ...sif, process_safety_ms: 2000 }] }],
  ['SIS_RESPONSE_TIME', 'sifs/SIF-1', { ...base, sifs: [{ ...sif, response_ms_max: 1000 }] }],
  ['SIS_WATCHDOG', 'watchdog_ms', { ...base, sifs: [{ ...sif, process_safety_ms: 999 }] }],
  ['SIS_RANGE', 'scan_ms', { ...base, scan_ms: 0 }],
  ['SIS_RANGE', 'counts_per_mA', { ...base, counts_per_mA: 3121 }],
  ['SIS_RANGE', 'effects/E1/outputs', effect({ outputs: [] })],
  ['SIS_RANGE', 'causes/C1/startup/ms_max', cause({ startup: { stable_ms: 100, ms_max: 0 } })],
  ['SIS_INCONSISTENT', 'stale_ms', { ...base, stale_ms: 601 }],
  ['SIS_INCONSISTENT', 'watchdog_ms', { ...base, watchdog_ms: 199 }],
  ['SIS_INCONSISTENT', 'elements/XV/confirm_ms', element({ confirm_ms: 299 })],
  ['SIS_INCONSISTENT', 'elements/XV/secondary', element({ secondary: 'E1' })],
  ['SIS_INCONSISTENT', 'effects/E1/start_permit', effect({ start_permit: 'KEY' })],
  ['SIS_INCONSISTENT', 'causes/C1/bad_hold_ms', cause({ bad_hold_ms: 100 })],
]

test.each(FAULTY)('[R-2.11] %s at %s is found', (code, path, config) => {
  expect(checkConfig(config).map((f) => `${f.code} ${f.path}`)).toContain(`${code} ${path}`)
})

test('[R-2.11] sound configurations have no fault, and all faults of a bad one come at once', () => {
  expect(checkConfig(base)).toEqual([])
  expect(checkConfig(everything).filter((f) => f.severity === 'error')).toEqual([])
  const bad: SisConfig = {
    ...cause({ inputs: ['A', 'B', 'NONE'], trip: { above: 100, counts: 60000 } }),
    sifs: [sif, sif],
  }
  expect(checkConfig(bad).map((f) => f.code)).toEqual([
    'SIS_DUPLICATE_SIF',
    'SIS_SET_POINT',
    'SIS_SET_POINT',
    'SIS_UNKNOWN_TAG',
    'SIS_SPAN',
  ])
})

test('[R-2.5] the response is sensor, two scans, T_SF, delays and stroke; half the process safety time warns, the whole refuses', () => {
  // 100 + 2 * 100 + 600 + 300.
  expect(responseTime(base, ['C1'], ['E1'])).toBe(1200)
  const delayed: SisConfig = {
    ...cause({ time: { kind: 'on_delay', ms: 1000 } }),
    matrix: [{ ...cell, delay_ms: 20 }],
    effects: effect({ delay_ms: 3 }).effects,
    elements: element({ delay_ms: 4000 }).elements,
  }
  expect(responseTime(delayed, ['C1'], ['E1'])).toBe(1200 + 1000 + 20 + 3 + 4000)
  const with_ = (ms: number) =>
    checkConfig({ ...base, sifs: [{ ...sif, process_safety_ms: ms }] }).map((f) => f.severity)
  expect([with_(2400), with_(2399), with_(1201), with_(1200)]).toEqual([[], ['warning'], ['warning'], ['error']])
})
