/** The kinds of alarm a strategy may declare: the block that detects each, and what may be said of it. */
import type { AlarmKind } from '../../../contracts/artifact.ts'

export interface AlarmShape {
  readonly type: 'ALARM' | 'ALARM_DEVIATION' | 'ALARM_RATE' | 'ALARM_DISCRETE'
  /** The word under which its limit stands; undefined: it has none. */
  readonly side: 'above' | 'below' | undefined
  /** Keys beside those that every alarm has. */
  readonly keys: readonly string[]
}

const level = (side: AlarmShape['side']): AlarmShape => ({ type: 'ALARM', side, keys: ['above', 'below', 'hys'] })
const deviation = (side: AlarmShape['side']): AlarmShape => ({
  type: 'ALARM_DEVIATION',
  side,
  keys: ['sp', 'above', 'below', 'hys', 'inhibit', 'sp_step'],
})
const rate = (side: AlarmShape['side']): AlarmShape => ({
  type: 'ALARM_RATE',
  side,
  keys: ['above', 'below', 'per', 'hys', 'filter'],
})

/** In the order in which they are listed: the highest limit first. */
export const ALARM_SHAPES: Readonly<Record<AlarmKind, AlarmShape>> = {
  hihi: level('above'),
  hi: level('above'),
  lo: level('below'),
  lolo: level('below'),
  bad_pv: { type: 'ALARM', side: undefined, keys: ['hys'] },
  dev_hi: deviation('above'),
  dev_lo: deviation('below'),
  rate_up: rate('above'),
  rate_dn: rate('below'),
  discrete: { type: 'ALARM_DISCRETE', side: undefined, keys: ['state'] },
}

export const ALARM_KINDS = Object.keys(ALARM_SHAPES) as readonly AlarmKind[]

/** What every alarm has. */
export const ALARM_KEYS: readonly string[] = [
  'on',
  'delay_on',
  'delay_off',
  'priority',
  'severity',
  'cause',
  'consequence',
  'action',
  'respond_within',
]

/** Kinds whose limit may stand under `limits`, and which the range of the tag bounds. */
export type LevelKind = 'hihi' | 'hi' | 'lo' | 'lolo'
export const isLevel = (kind: AlarmKind): kind is LevelKind => kind !== 'bad_pv' && ALARM_SHAPES[kind].type === 'ALARM'

/** Units of time of a rate, in seconds. */
export const PER = { s: 1, min: 60, h: 3600 } as const
export type Per = keyof typeof PER
