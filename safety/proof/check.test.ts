// Each rule of `flyball sis check`, broken once or several times in a configuration that is otherwise sound.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig } from '../core/check-config.ts'
import type { SisConfig } from '../core/config.ts'
import { type Against, checkPaper } from './check.ts'
import { RULES, type RuleId } from './rules.ts'
import { against, REQUIREMENTS, sound } from './testing/sound-unit.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test breaks what the types forbid.
type Loose = any

const check = (config: object, other: Against = against()) => checkPaper(config as SisConfig, other)

test('[SC-0] what every rule below breaks has no finding as it is', () => {
  expect(checkConfig(sound() as unknown as SisConfig)).toEqual([])
  expect(check(sound())).toEqual([])
})

/** Rule, severity and place that must come, and what is broken. */
const BREAKS: readonly (readonly [RuleId, string, string, (config: Loose, other: Loose) => void])[] = [
  ['SC-1', 'error', 'causes/P/inputs', (c) => c.causes[0].inputs.splice(0, 1, 'PT-9')],
  ['SC-1', 'error', 'matrix/X SHUT', (c) => c.matrix.push({ cause: 'X', effect: 'SHUT', code: 'S' })],
  ['SC-1', 'error', 'sequences/Q/OFF/go', (c) => (c.sequences[0].steps[0].go[0].to = 'NOWHERE')],
  ['SC-2', 'error', 'inputs/PT-1', (c) => (c.transmitters[1].tag = 'PT-1')],
  ['SC-2', 'error', 'sifs/SIF-P', (c) => (c.sifs[1].id = 'SIF-P')],
  ['SC-2', 'error', 'causes/P', (c) => (c.causes[1].id = 'P')],
  ['SC-2', 'error', 'effects/SHUT', (c) => (c.effects[1].id = 'SHUT')],
  ['SC-2', 'error', 'matrix/P SHUT', (c) => c.matrix.push({ cause: 'P', effect: 'SHUT', code: 'N' })],
  ['SC-3', 'error', 'causes/P', (c) => c.matrix.shift()],
  ['SC-3', 'error', 'elements/XV-2', (c) => c.effects[0].outputs.pop()],
  ['SC-3', 'error', 'sifs/SIF-P', (c) => c.sifs[0].effects.push('FUEL')],
  ['SC-4', 'error', 'effects/FUEL', (c) => c.matrix.pop()],
  ['SC-5', 'error', 'causes/J', (c) => c.sifs.splice(1, 1)],
  ['SC-6', 'error', 'causes/P/trip', (c) => (c.causes[0].trip = { above: 10, counts: 60_000 })],
  ['SC-6', 'error', 'causes/P/inputs', (c) => (c.transmitters[0].hi = 20)],
  ['SC-7', 'warning', 'causes/P/trip', (c) => (c.causes[0].trip = { above: 9.6, counts: 58_080 })],
  [
    'SC-7',
    'warning',
    'causes/P/trip',
    (c) => Object.assign(c.causes[0], { trip: { below: 0.4, counts: 13_920 }, pre_alarm: { at: 1, counts: 16_800 } }),
  ],
  ['SC-8', 'error', 'causes/P/trip/counts', (c) => (c.causes[0].trip.counts = 50_402)],
  ['SC-8', 'error', 'causes/P/pre_alarm/counts', (c) => (c.causes[0].pre_alarm.counts = 45_000)],
  ['SC-9', 'error', 'causes/P/pre_alarm', (c) => (c.causes[0].pre_alarm = { at: 9, counts: 55_200 })],
  ['SC-9', 'warning', 'causes/P', (c) => delete c.causes[0].pre_alarm],
  ['SC-9', 'warning', 'causes/P/pre_alarm', (c) => (c.causes[0].dead_band = 1)],
  // 500 + 1000 + 200 + 4000 = 5700 ms.
  ['SC-10', 'warning', 'sifs/SIF-P', (c) => (c.sifs[0].process_safety_ms = 11_300)],
  ['SC-10', 'error', 'sifs/SIF-P', (c) => (c.sifs[0].process_safety_ms = 5700)],
  ['SC-10', 'error', 'sifs/SIF-P', (c) => (c.sifs[0].response_ms_max = 5600)],
  ['SC-11', 'error', 'watchdog_ms', (c) => (c.output_watchdog_ms = 30_100)],
  ['SC-11', 'warning', 'output_watchdog_ms', (c) => (c.output_watchdog_ms = 1000)],
  ['SC-12', 'error', 'link_timeout_ms', (c) => Object.assign(c, { link_timeout_ms: 200, stale_ms: 200 })],
  ['SC-12', 'error', 'sifs/SIF-P', (c) => (c.sifs[0].process_safety_ms = 6000)],
  [
    'SC-13',
    'error',
    'causes/P/on_bad',
    (c) => {
      c.transmitters[0].fail = 'low'
      Object.assign(c.causes[0], { on_bad: 'ignore', bad_hold_ms: 1000 })
    },
  ],
  ['SC-14', 'error', 'causes/P/mos', (c) => (c.causes[0].mos.max = 2)],
  ['SC-14', 'warning', 'causes/J/mos', (c) => (c.causes[1].vote = 2)],
  ['SC-15', 'error', 'causes/P/on_bad', (c) => (c.causes[0].on_bad = 'ignore')],
  ['SC-15', 'error', 'causes/P/on_bad', (c) => (c.causes[0].on_bad = 'use_value')],
  [
    'SC-15',
    'note',
    'causes/P/on_bad',
    (c) => {
      c.causes[0].on_bad = 'ignore'
      c.sifs[0].inhibition_accepted = 'A. Person'
    },
  ],
  ['SC-16', 'error', 'causes/J/trip', (c) => (c.causes[1].trip.contact = 'closes')],
  ['SC-16', 'error', 'elements/XV-1/energise_to_trip', (c) => (c.elements[0].energise_to_trip = 'yes')],
  [
    'SC-16',
    'note',
    'elements/XV-1/energise_to_trip',
    (c) => (c.elements[0].energise_to_trip = 'line monitor LM-1, two supplies, accepted by A. Person'),
  ],
  ['SC-17', 'error', 'causes/H', (c) => (c.causes[2].mos = { max: 1 })],
  ['SC-17', 'error', 'causes/H', (c) => Object.assign(c.causes[2], { manual: undefined, mos: { max: 1 } })],
  ['SC-17', 'error', 'causes/P', (c) => (c.transmitters[0].service = 'Gas detector at the pump')],
  ['SC-18', 'error', 'causes/P/mos', (c) => delete c.overrides.permit],
  ['SC-18', 'error', 'overrides/at_expiry', (c) => (c.overrides.at_expiry = 'alarm')],
  ['SC-18', 'error', 'overrides/reminder_ms', (c) => (c.overrides.reminder_ms = 28_800_000)],
  ['SC-18', 'warning', 'overrides/mos_ms', (c) => (c.overrides.mos_ms = 172_800_000)],
  ['SC-18', 'warning', 'overrides/mos_per_unit_max', (c) => (c.overrides.mos_per_unit_max = 0)],
  ['SC-19', 'error', 'causes/P/startup', (c) => (c.causes[0].protects_startup = true)],
  ['SC-19', 'warning', 'causes/P/startup/stable_ms', (c) => (c.causes[0].startup.stable_ms = 600_000)],
  ['SC-19', 'warning', 'causes/P/startup/ms_max', (c) => (c.causes[0].startup.ms_max = 90_000_000)],
  [
    'SC-20',
    'error',
    'matrix/P SHUT',
    (c) => {
      c.causes[0].on_bypass = 'reduce'
      c.matrix[0].code = 'N'
    },
  ],
  ['SC-21', 'error', 'effects/FUEL/outputs', (c) => c.effects[1].outputs.push('XV-1')],
  ['SC-21', 'error', 'elements/CW-1+CW-2', (c) => rename(c, 'XV-1', 'CW-1', 'XV-2', 'CW-2', 'closed')],
  [
    'SC-21',
    'warning',
    'elements/CW-1+CW-3',
    (c) => {
      rename(c, 'XV-1', 'CW-1', 'XV-3', 'CW-3', 'closed')
      const cells = ['P SHUT', 'J SHUT', 'H FUEL'].map((cell) => cell.split(' '))
      c.matrix = cells.map(([cause, effect]) => ({ cause, effect, code: 'S' }))
    },
  ],
  ['SC-22', 'error', 'sequences/Q/RUN', (c) => (c.sequences[0].steps[1].go = [])],
  ['SC-22', 'warning', 'sequences/Q/OFF/go/0', (c) => c.sequences[0].steps[0].go.unshift({ to: 'LIGHT', when: [] })],
  ['SC-23', 'error', 'sequences/Q/RUN', (c) => (c.sequences[0].steps[2].go = [])],
  ['SC-23', 'error', 'sequences/Q/OFF', (c) => (c.sequences[0].steps[0].go = [])],
  ['SC-23', 'warning', 'sequences/Q/LIGHT', (c) => delete c.sequences[0].steps[1].timeout],
  ['SC-24', 'warning', 'causes/P/deviation/ms', (c) => (c.causes[0].deviation.ms = 30_050)],
  ['SC-24', 'warning', 'sequences/Q/LIGHT/timeout/ms', (c) => (c.sequences[0].steps[1].timeout.ms = 5050)],
  ['SC-25', 'error', 'sifs/SIF-P', (_, o) => o.sil.sifs.shift()],
  ['SC-25', 'error', 'sifs/SIF-P/sil', (_, o) => (o.sil.sifs[0].target = 2)],
  // 2 valves of 1e-4 an hour, tested once a year: PFDavg about 0.88, no SIL at all.
  [
    'SC-25',
    'error',
    'sifs/SIF-P/sil',
    (_, o) => (o.sil.sifs[0].subsystems[2].subsystem.elements[0].lambda_DU_per_h = 1e-4),
  ],
  ['SC-25', 'warning', 'sifs', (_, o) => o.sil.sifs.push({ ...o.sil.sifs[0], id: 'OTHER' })],
  ['SC-26', 'error', 'causes/P/vote', (c) => (c.causes[0].vote = 3)],
  ['SC-26', 'note', 'causes/P/vote', (c) => (c.causes[0].vote = 1)],
  [
    'SC-26',
    'error',
    'causes/P/inputs',
    (_, o) => (o.sil.sifs[0].subsystems[0].subsystem.tags = ['PT-1', 'PT-2', 'PT-4']),
  ],
  ['SC-26', 'error', 'sifs/SIF-P', (_, o) => (o.sil.sifs[0].subsystems[2].subsystem.tags = ['XV-1', 'XV-3'])],
  ['SC-26', 'error', 'sifs/SIF-P', (_, o) => (o.sil.sifs[0].subsystems[2].subsystem.architecture.n = 2)],
  [
    'SC-26',
    'warning',
    'sifs/SIF-P',
    (_, o) =>
      Object.assign(o.sil.sifs[0].subsystems[2].subsystem, {
        architecture: { m: 1, n: 2, diagnosed: false },
        outside: 'control valves',
      }),
  ],
  [
    'SC-26',
    'warning',
    'causes/P/on_bypass',
    (_, o) => Object.assign(o.sil.sifs[0].subsystems[0].subsystem, { bypass_h_per_y: 8, bypassVote: 'reduce' }),
  ],
  ['SC-26', 'note', 'causes/H', (_, o) => (o.sil.sifs[2].subsystems[0].subsystem.bypass_h_per_y = 8)],
  ['SC-26', 'note', 'sifs/SIF-P', (_, o) => delete o.sil.sifs[0].subsystems[2].subsystem.tags],
  ['SC-27', 'error', 'transmitters/PT-1', (_, o) => (o.plant.transmitters[0].hi = 16)],
  ['SC-27', 'error', 'transmitters/PT-1', (_, o) => (o.plant.transmitters[0].unit = 'kPa')],
  ['SC-27', 'error', 'transmitters/PT-1/fail', (_, o) => (o.plant.transmitters[0].failure_mA = 3.6)],
  ['SC-27', 'error', 'transmitters/PT-1/response_ms', (_, o) => (o.plant.transmitters[0].lag_s = 0.6)],
  [
    'SC-27',
    'error',
    'transmitters/PT-2',
    (_, o) => {
      o.plant.transmitters[0].register = 1
      o.plant.transmitters[1].register = 0
    },
  ],
  ['SC-27', 'error', 'transmitters/PT-3', (_, o) => o.plant.transmitters.pop()],
  [
    'SC-27',
    'warning',
    'transmitters',
    (_, o) => o.plant.transmitters.push({ ...o.plant.transmitters[0], tag: 'PT-4', register: 3 }),
  ],
  ['SC-27', 'warning', 'transmitters/PT-1/stuck/noise', (_, o) => (o.plant.transmitters[0].noise_std = 0.001)],
  ['SC-28', 'error', 'counts_per_mA', (_, o) => (o.plant.counts_per_mA = 2000)],
  ['SC-28', 'warning', 'output_watchdog_ms', (_, o) => (o.plant.watchdog_s = 5)],
  ['SC-28', 'error', 'contacts', (_, o) => o.plant.contacts.reverse()],
  ['SC-28', 'error', 'contacts/JS-2', (_, o) => o.plant.contacts.pop()],
  ['SC-28', 'warning', 'contacts', (_, o) => o.plant.contacts.push({ tag: 'JS-3', description: '' })],
  ['SC-28', 'error', 'elements', (_, o) => o.plant.valves.reverse()],
  ['SC-28', 'error', 'elements/XV-1/energised', (_, o) => (o.plant.valves[0].energised = 'closed')],
  ['SC-28', 'error', 'elements/XV-1/travel_ms', (_, o) => (o.plant.valves[0].close_s = 5)],
  ['SC-28', 'error', 'elements/XV-1/vents', (_, o) => (o.plant.valves[0].vents = 'FV-1')],
  [
    'SC-29',
    'error',
    'elements/XV-1/vents',
    (c, o) => {
      c.elements[0].vents = 'FV-9'
      o.plant.valves[0].vents = 'FV-9'
    },
  ],
  ['SC-29', 'error', 'transmitters/PT-1', (_, o) => o.control.instruments.push('PT-1')],
  ['SC-29', 'error', 'elements/XV-1', (_, o) => o.control.valves.push('XV-1')],
  ['SC-29', 'error', 'elements', (_, o) => o.control.devices.push({ id: 'D', endpoint: 'plant:SIS-1' })],
  ['SC-30', 'error', 'causes/P/vote', (c) => (c.causes[0].vote = 4)],
  ['SC-30', 'error', 'elements/XV-1/confirm_ms', (c) => (c.elements[0].confirm_ms = 3000)],
  ['SC-30', 'error', 'matrix/P SHUT', (c) => (c.matrix[0].code = 'V')],
  ['SC-31', 'error', 'sifs/SIF-P', (_, o) => o.requirements.sifs.shift()],
  ['SC-31', 'error', 'sifs/SIF-P/requirement', (c) => (c.sifs[0].requirement = 'R-X')],
  ['SC-31', 'error', 'sifs', (c) => c.sifs.splice(1, 1)],
  ['SC-31', 'error', 'sifs', (_, o) => (o.requirements.general = [{ id: 'R-P', text: '-', tests: [] }])],
  ['SC-31', 'error', 'id', (_, o) => (o.requirements.config = 'another')],
  [
    'SC-31',
    'warning',
    'causes/P',
    (_, o) => o.requirements.accepted.push({ rule: 'SC-9', place: 'causes/P', by: 'A', reason: '-' }),
  ],
  [
    'SC-31',
    'error',
    'causes/P',
    (_, o) => o.requirements.accepted.push({ rule: 'SC-99', place: 'causes/P', by: 'A', reason: '-' }),
  ],
  ['SC-32', 'warning', 'causes/P', (c) => delete c.causes[0].deviation],
  ['SC-32', 'note', 'causes/P/inputs', (c) => delete c.transmitters[0].stuck],
  [
    'SC-32',
    'note',
    'sifs/SIF-P/effects',
    (c, o) => {
      c.sifs[0].sil = 2
      o.sil.sifs[0].target = 2
    },
  ],
  ['SC-33', 'note', 'effects/SHUT', (c) => delete c.effects[0].reset],
  ['SC-33', 'warning', 'sifs/SIF-P', (c) => delete c.sifs[0].process_safety_ms],
  ['SC-33', 'error', 'sifs/SIF-J', (c) => delete c.sifs[1].process_safety_ms],
  ['SC-34', 'error', 'channel/device_id', (c) => (c.channel.device_id = 1)],
]

/** Two elements as one piece of plant, of which the second stands the other way. */
function rename(c: Loose, a: string, to_a: string, b: string, to_b: string, energised: string): void {
  const names: Record<string, string> = { [a]: to_a, [b]: to_b }
  for (const e of c.elements) e.tag = names[e.tag] ?? e.tag
  for (const e of c.effects) e.outputs = e.outputs.map((tag: string) => names[tag] ?? tag)
  c.elements.find((e: Loose) => e.tag === to_b).energised = energised
}

test.each(BREAKS.map((b, i) => [b[0], b[1], b[2], i] as const))(
  '[%s] %s at %s (case %i)',
  (rule, severity, place, i) => {
    const [config, other] = [sound(), structuredClone(against())]
    BREAKS[i]![3](config, other)
    const found = check(JSON.parse(JSON.stringify(config)), other)
    expect(found.map((f) => `${f.rule} ${f.severity} ${f.place}`)).toContain(`${rule} ${severity} ${place}`)
    for (const f of found) expect(f.remedy).not.toBe('')
  },
)

test('[SC-26] credit for equipment from outside: what is achieved without it is said, by the same equations', () => {
  const other = against() as Loose
  const valves = other.sil.sifs[0].subsystems[2].subsystem
  Object.assign(valves, {
    architecture: { m: 1, n: 2, diagnosed: false },
    beta: 0.02,
    beta_D: 0.01,
    outside: 'control valves',
  })
  // PFDavg of two valves of 6e-6 / h, tested once a year, each alone: about 2 * 6e-6 * 8760 / 2 = 0.053, SIL 1; in pairs 2e-3, SIL 2.
  valves.elements[0].lambda_DU_per_h = 6e-6
  const text = (): string => check(sound(), structuredClone(other)).find((f) => f.rule === 'SC-26')!.cause
  expect(text()).toContain('without all such credit SIL 1 is achieved, 1 asked')
  // Three times as many failures: alone no SIL is left.
  valves.elements[0].lambda_DU_per_h = 2e-5
  expect(text()).toContain('without all such credit SIL 0 is achieved')
})

test('[SC-0] each rule is broken above, and each fault of the loader has a rule', () => {
  expect(RULES.map((r) => r.id).filter((id) => !BREAKS.some(([rule]) => rule === id))).toEqual([])
  expect(RULES.map((r, i) => [r.id, `SC-${i + 1}`]).filter(([a, b]) => a !== b)).toEqual([])
  const core = join(import.meta.dirname, '../core')
  const loader = ['check-config.ts', 'channel/check-channel.ts']
    .map((name) => readFileSync(join(core, name), 'utf8'))
    .join()
  const codes = new Set([...loader.matchAll(/'(SIS_[A-Z_]+)'/g)].map((m) => m[1]!))
  const known = new Set(RULES.flatMap((r) => ('codes' in r ? [...r.codes] : [])))
  expect([...codes].filter((code) => !known.has(code as never))).toEqual([])
})

test('[SC-0] docs/reference/safety-proof.md has a line for each rule, and for no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reference/safety-proof.md'), 'utf8')
  expect([...page.matchAll(/^\| (SC-\d+) \|/gm)].map((m) => m[1])).toEqual(RULES.map((r) => r.id))
})

test('[SC-0] a warning that is accepted in writing is a note that says by whom; an error stays one', () => {
  const config = sound()
  config.causes[1]!.vote = 2
  config.causes[0]!.trip = { above: 10, counts: 60_000 }
  const other = {
    requirements: {
      ...REQUIREMENTS(),
      accepted: [
        { rule: 'SC-14', place: 'causes/J/mos', by: 'A. Person', reason: 'a watchman' },
        { rule: 'SC-6', place: 'causes/P/trip', by: 'A. Person', reason: 'no reason is good enough' },
      ],
    },
  }
  const found = check(config, other)
  expect(found.find((f) => f.rule === 'SC-14')).toMatchObject({
    severity: 'note',
    cause: expect.stringContaining('accepted by A. Person: a watchman'),
  })
  expect(found.find((f) => f.rule === 'SC-6')?.severity).toBe('error')
  expect(found.find((f) => f.rule === 'SC-31')?.place).toBe('causes/P/trip')
  // Energise to trip is an error that somebody may answer for.
  const closes = sound()
  closes.causes[1]!.trip = { contact: 'closes' }
  const accepted = [{ rule: 'SC-16', place: 'causes/J/trip', by: 'A. Person', reason: 'monitored line' }]
  expect(
    check(closes, { requirements: { ...REQUIREMENTS(), accepted } }).find((f) => f.rule === 'SC-16')?.severity,
  ).toBe('note')
})
