/**
 * A configuration by chance: up to six causes and four effects with votes, groups, delays, overrides and now and then a sequence,
 * times of a few scans. What `checkConfig` refuses is thrown away and drawn again.
 */
import { checkConfig } from '../check-config.ts'
import type { CauseConfig, CellConfig, Condition, EffectConfig, SequenceConfig, SisConfig } from '../config.ts'
import type { Chance } from './chance.ts'

const COUNTS_PER_MA = 3000
const SCAN_MS = 100

export function randomConfig(dice: Chance): SisConfig {
  for (let tries = 0; tries < 1000; tries++) {
    const config = draw(dice)
    if (checkConfig(config).every((fault) => fault.severity !== 'error')) return config
  }
  throw new Error('a thousand configurations, none without fault')
}

function draw(dice: Chance): SisConfig {
  const maybe = (of: number): boolean => dice.below(of) === 0
  const one = <T>(list: readonly T[]): T => list[dice.below(list.length)]!
  const some = <T>(list: readonly T[], most: number): T[] => {
    const left = [...list]
    const n = 1 + dice.below(Math.min(most, left.length))
    return Array.from({ length: n }, () => left.splice(dice.below(left.length), 1)[0]!)
  }
  const scans = (most: number): number => SCAN_MS * (1 + dice.below(most))
  const optional = <K extends string, V>(key: K, of: number, value: () => V): { [k in K]?: V } =>
    maybe(of) ? ({ [key]: value() } as { [k in K]?: V }) : {}

  const transmitters = Array.from({ length: 1 + dice.below(6) }, (_, i) => `T${i}`)
  const contacts = ['KEY', 'RESET', 'PERMIT', 'START', 'END', 'INHIBIT', 'ESD1', 'ESD2']
  const effectIds = Array.from({ length: 1 + dice.below(4) }, (_, i) => `E${i}`)
  const causeIds = Array.from({ length: 1 + dice.below(6) }, (_, i) => `C${i}`)
  const elements = effectIds.flatMap((id) => Array.from({ length: 1 + dice.below(2) }, (_, i) => `${id}-V${i}`))
  const steps = maybe(2) ? [] : ['S0', 'S1', 'S2', 'S3'].slice(0, 2 + dice.below(3))

  const causes = causeIds.map((id): CauseConfig => {
    const electric = maybe(3)
    const inputs = electric ? some(['ESD1', 'ESD2'], 2) : some(transmitters, 4)
    const at = one([25, 50, 75])
    const counts = (4 + 0.16 * at) * COUNTS_PER_MA
    const manual = maybe(5)
    const on_bad = one(['vote_trip', 'vote_trip', 'ignore', 'use_value'] as const)
    return {
      id,
      title: id,
      inputs,
      vote: maybe(3) ? one(['AND', 'OR'] as const) : 1 + dice.below(inputs.length),
      trip: electric
        ? { contact: one(['opens', 'closes'] as const) }
        : maybe(2)
          ? { above: at, counts }
          : { below: at, counts },
      on_bad,
      on_bypass: one(['keep', 'reduce'] as const),
      ...(electric ? {} : optional('dead_band', 2, () => one([1, 5, 20]))),
      ...(on_bad === 'ignore' ? optional('bad_hold_ms', 2, () => scans(6)) : {}),
      ...optional('time', 2, () => ({ kind: one(['on_delay', 'off_delay', 'pulse'] as const), ms: scans(5) })),
      ...(manual
        ? { manual: true }
        : {
            ...optional('mos', 2, () => ({ max: 1 + dice.below(2) })),
            ...optional('inhibit', 5, () => 'INHIBIT'),
            ...optional('startup', 3, () => ({
              stable_ms: scans(5),
              ms_max: scans(12),
              ...optional('start', 2, () => 'START'),
              ...optional('end', 2, () => 'END'),
            })),
          }),
      ...(steps.length > 0 ? optional('armed', 4, () => ({ sequence: 'Q', steps: some(steps, 3) })) : {}),
    }
  })

  const effects = effectIds.map((id): EffectConfig => {
    const start = maybe(3) ? ('command' as const) : ('with_reset' as const)
    return {
      id,
      title: id,
      outputs: elements.filter((tag) => tag.startsWith(`${id}-`)),
      start,
      ...optional('delay_ms', 3, () => scans(4)),
      ...optional('reset', 2, () => 'RESET'),
      ...optional('reset_permit', 3, () => 'PERMIT'),
      ...(start === 'command' ? optional('start_permit', 2, () => 'PERMIT') : {}),
      ...optional('override_ms_max', 2, () => scans(10)),
      ...optional('follows', 6, () => 'START'),
      ...(steps.length > 0 ? optional('sequence', 3, () => 'Q') : {}),
    }
  })

  const matrix: CellConfig[] = []
  for (const effect of effects) {
    const code = one(['N', 'S', 'V', 'R'] as const)
    const members = some(causeIds, 6)
    const n = 1 + dice.below(members.length)
    for (const cause of members) {
      const group = members.length > 1 && maybe(2) ? { group: 'g', n, code } : { code: one(['N', 'S', 'S', 'V', 'R']) }
      matrix.push({ cause, effect: effect.id, ...group, ...optional('delay_ms', 4, () => scans(4)) } as CellConfig)
    }
  }
  // A group is no larger than what was drawn into it.
  const grouped = matrix.map((cell): CellConfig => {
    if (cell.group === undefined) return cell
    const size = matrix.filter((x) => x.effect === cell.effect && x.group === cell.group).length
    return { ...cell, n: Math.min(cell.n!, size) }
  })

  const condition = (): Condition => {
    switch (dice.below(8)) {
      case 0:
        return { contact: one(contacts), is: one(['closed', 'open'] as const) }
      case 1:
        return { transmitter: one(transmitters), is: one(['above', 'below'] as const), at: one([25, 50, 75]) }
      case 2:
        return { cause: one(causeIds), is: one(['active', 'clear'] as const) }
      case 3:
        return { effect: one(effectIds), is: one(['normal', 'tripped'] as const) }
      case 4:
        return { element: one(elements), is: one(['safe', 'normal'] as const) }
      case 5:
        return { command: 'stop' }
      case 6:
        return { after_ms: scans(6) }
      default:
        return { command: 'start' }
    }
  }
  const sequences: SequenceConfig[] =
    steps.length === 0
      ? []
      : [
          {
            id: 'Q',
            on_trip: { effects: some(effectIds, 2), to: one(steps) },
            steps: steps.map((id, i) => ({
              id,
              releases: maybe(3) ? [] : some(effectIds, 4),
              ...optional('trips', 4, () => some(effectIds, 2)),
              go: Array.from({ length: 1 + dice.below(2) }, () => ({
                to: one(steps.filter((x) => x !== id)),
                when: Array.from({ length: 1 + dice.below(2) }, condition),
              })),
              ...optional('timeout', 3, () => ({ ms: scans(8), to: steps[(i + 1) % steps.length]! })),
            })),
          },
        ]

  return {
    id: 'random',
    revision: '1',
    mode: maybe(4) ? 'SIMULATION' : 'RUN',
    scan_ms: SCAN_MS,
    counts_per_mA: COUNTS_PER_MA,
    stale_ms: scans(4),
    link_timeout_ms: 500 + scans(4),
    watchdog_ms: 500,
    output_watchdog_ms: 500,
    overrides: {
      permit: 'KEY',
      mos_per_unit_max: 1 + dice.below(3),
      mos_ms: scans(40),
      reminder_ms: 500,
      at_expiry: maybe(4) ? 'alarm' : 'remove',
      waiver: 'a test',
      shift_ms: 2000,
      link_loss_ms: scans(20),
      force_ms: scans(30),
    },
    transmitters: transmitters.map((tag) => ({
      tag,
      service: tag,
      unit: '%',
      lo: 0,
      hi: 100,
      fail: one(['low', 'high'] as const),
      response_ms: 100,
    })),
    contacts: contacts.map((tag) => ({ tag, service: tag, response_ms: 0 })),
    elements: elements.map((tag) => ({
      tag,
      service: tag,
      energised: one(['open', 'closed'] as const),
      confirm_ms: 300 + scans(3),
      travel_ms: 300,
      ...optional('delay_ms', 4, () => scans(4)),
      ...optional('secondary', 4, () => one(effectIds)),
    })),
    causes,
    effects,
    matrix: grouped,
    sifs: [
      {
        id: 'SIF-1',
        title: 'all',
        causes: causeIds,
        effects: [],
        sil: 0,
        inhibition_accepted: 'a test',
        requirement: 'R-1',
      },
    ],
    sequences,
  }
}
