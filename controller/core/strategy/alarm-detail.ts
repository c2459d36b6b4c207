/** What only one kind of alarm has: its limit, its hysteresis, the set point of a deviation, the time of a rate. */
import type { AlarmKind } from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import { isWire } from '../layout.ts'
import { ALARM_SHAPES, isLevel, type LevelKind, PER, type Per } from './alarm-kinds.ts'
import type { Faults, Place } from './fault.ts'
import { isReported, type MapReader, numberOf, wordOf } from './map-reader.ts'
import { duration, parseQuantity } from './quantity.ts'
import type { BlockSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { kindText, type Source } from './source.ts'

/** What a wire of the detecting block comes from. */
export interface AlarmWire {
  readonly field: 'IN' | 'SP'
  /** `PID1.PV`, or a number. */
  readonly from: string | number
  readonly at: Place
}

export type Parameters = readonly (readonly [field: string, numbers: readonly number[]])[]

export interface AlarmDetail {
  readonly limit: number | undefined
  readonly hysteresis: number
  readonly per?: Per
  readonly wires: readonly AlarmWire[]
  /** Parameters that alarms of one block share. */
  readonly values: Parameters
  /** The parameter that is this alarm's own limit. */
  readonly own: Parameters[number] | undefined
  /** In words, for print and for `diff`. */
  readonly more: Readonly<Record<string, string>>
}

/** Undefined after a fault without which nothing can be detected. */
export function detailOf(
  faults: Faults,
  module: ModuleSpec,
  kind: AlarmKind,
  m: MapReader,
  own: readonly BlockSpec[],
  at: Place,
): AlarmDetail | undefined {
  const [lo, hi] = module.range ?? [0, 100]
  const span = hi - lo
  const hys = m.optional('hys')
  const { type } = ALARM_SHAPES[kind]
  if (type === 'ALARM_DISCRETE') {
    const state = stateOf(faults, m.optional('state'))
    const more = { state: state === 1 ? 'on' : 'off' }
    return { limit: state, hysteresis: 0, wires: [], values: [['ALARM_STATE', [state]]], own: undefined, more }
  }
  if (type === 'ALARM_RATE') return rateOf(faults, kind as 'rate_up' | 'rate_dn', m, at)
  const hysteresis = (hys === undefined ? 0.005 * span : hysteresisOf(faults, hys, span)) ?? 0
  const scale: Parameters = [
    ['SCALE', [lo, hi]],
    ['HYS_PCT', [(100 * hysteresis) / span]],
  ]
  if (type === 'ALARM_DEVIATION') {
    const limit = signedLimit(faults, kind, m, at)
    const sp = setPointOf(faults, module, m.optional('sp'), own, at)
    const inhibit = m.optional('inhibit')
    const inhibit_s = secondsOr(faults, inhibit, 0)
    const step = m.optional('sp_step')
    // A set point that a master or a ramp moves a little every scan would silence the alarm for good.
    const sp_step = step === undefined ? 0.01 * span : (numberOf(faults, step, { min: 0 }) ?? 0)
    if (limit === undefined || sp === undefined) return undefined
    if (Math.abs(limit) > span) {
      const expected = `within the span of the tag, ${span}: elsewhere it is never seen`
      faults.add('CFG_OUT_OF_RANGE', at, `${kind.toUpperCase()} at ${limit}`, expected)
    }
    return {
      limit,
      hysteresis,
      wires: [{ field: 'SP', from: sp.from, at: sp.at }],
      values: [...scale, ['INHIBIT_TIME', [inhibit_s]], ['SP_STEP', [sp_step]]],
      own: [kind.toUpperCase(), [Math.abs(limit)]],
      more: {
        sp: String(sp.from),
        ...(inhibit_s === 0 ? {} : { inhibit: `${inhibit_s} s`, sp_step: String(sp_step) }),
      },
    }
  }
  if (!isLevel(kind)) return { limit: undefined, hysteresis, wires: [], values: scale, own: undefined, more: {} }
  const limit = limitOf(faults, module, kind, m.optional('above'), m.optional('below'), at)
  if (limit === 'fault') return undefined
  if (limit < lo || limit > hi) {
    const expected = `within the range ${lo} to ${hi}: elsewhere it is never seen`
    faults.add('CFG_OUT_OF_RANGE', at, `${kind.toUpperCase()} at ${limit}`, expected)
  }
  return { limit, hysteresis, wires: [], values: scale, own: [kind.toUpperCase(), [limit]], more: {} }
}

function rateOf(faults: Faults, kind: 'rate_up' | 'rate_dn', m: MapReader, at: Place): AlarmDetail | undefined {
  const limit = signedLimit(faults, kind, m, at)
  // A rate without its time has been read wrong before.
  const said = m.required('per')
  const per = oneOf(faults, said, Object.keys(PER) as Per[])
  const hys = m.optional('hys')
  const filter_s = secondsOr(faults, m.optional('filter'), 0)
  if (limit === undefined || per === undefined) return undefined
  const hysteresis =
    hys === undefined ? 0.1 * Math.abs(limit) : (numberOf(faults, hys, { min: 0, max: Math.abs(limit) }) ?? 0)
  return {
    limit,
    hysteresis,
    per,
    wires: [],
    values: [
      ['HYS', [hysteresis / PER[per]]],
      ['FTIME', [filter_s]],
    ],
    own: [kind.toUpperCase(), [Math.abs(limit) / PER[per]]],
    more: filter_s === 0 ? {} : { filter: `${filter_s} s` },
  }
}

/** The limit of a deviation or a rate: above 0 upwards, below 0 downwards, as the sign of what it bounds. */
function signedLimit(faults: Faults, kind: AlarmKind, m: MapReader, at: Place): number | undefined {
  const side = ALARM_SHAPES[kind].side!
  const other = side === 'above' ? 'below' : 'above'
  const wrong = m.optional(other)
  if (wrong !== undefined) {
    faults.add('CFG_UNKNOWN_FIELD', wrong.at, `'${other}' of ${kind.toUpperCase()}`, `'${side}'`)
    return undefined
  }
  const value = m.optional(side)
  if (value === undefined) {
    faults.add('CFG_MISSING_FIELD', at, `${kind.toUpperCase()} without a limit`, `'${side}'`)
    return undefined
  }
  const number = numberOf(faults, value)
  if (number === undefined) return undefined
  if (side === 'above' ? number > 0 : number < 0) return number
  const what = ALARM_SHAPES[kind].type === 'ALARM_RATE' ? 'PV falls' : 'PV is below its set point'
  const expected = side === 'above' ? 'a number above 0' : `a number below 0, because ${what} then`
  faults.add('CFG_OUT_OF_RANGE', value.at, `${kind.toUpperCase()} ${side} ${number}`, expected)
  return undefined
}

/** 1 or 0. */
function stateOf(faults: Faults, value: Source | undefined): number {
  if (value === undefined || isReported(value)) return 1
  const text = value.kind === 'scalar' ? String(value.value) : ''
  if (['on', 'true', '1'].includes(text)) return 1
  if (['off', 'false', '0'].includes(text)) return 0
  faults.add('CFG_UNKNOWN_WORD', value.at, kindText(value), 'on | off', nearest(text, ['on', 'off']))
  return 1
}

/**
 * The set point that a deviation is from: what is said, else the tag's SP. That of a PID is on its BKCAL_OUT, after limits and
 * rate; the block has no other wire of it.
 */
function setPointOf(
  faults: Faults,
  module: ModuleSpec,
  said: Source | undefined,
  own: readonly BlockSpec[],
  at: Place,
): { from: string | number; at: Place } | undefined {
  if (said?.kind === 'scalar' && typeof said.value === 'number') return { from: said.value, at: said.at }
  const shown = said ?? module.fields?.entries.find((e) => e.key === 'SP')?.value
  const word = shown === undefined ? undefined : wordOf(faults, shown)
  const face = own.find((b) => b.name === (word === undefined ? module.faceplate?.text : word.text.split('.')[0]))
  const text = word?.text ?? (face === undefined ? '' : `${face.name}.${face.type.tag_fields?.SP ?? ''}`)
  const field = face?.type.fields.find((f) => `${face.name}.${f.name}` === text)
  if (field !== undefined && isWire(field.role)) return { from: text, at: word?.at ?? at }
  if (module.blocks.some((b) => b.key === text.split('.')[0]) && face === undefined) return undefined
  if (field?.name === 'SP' && face?.type.type === 'PID') {
    if ((face.values.get('USE_PV_BKCAL')?.[0] ?? 0) === 0) return { from: `${face.name}.BKCAL_OUT`, at: word?.at ?? at }
    const found = `the set point of ${face.name}, whose BKCAL_OUT carries PV`
    faults.add(
      'CFG_UNKNOWN_WIRE',
      word?.at ?? at,
      found,
      "'sp' with the wire of its set point, or without 'use_pv_bkcal'",
    )
    return undefined
  }
  const found = text === '' || text.endsWith('.') ? 'a deviation without a set point' : `'${text}', which is no wire`
  faults.add('CFG_UNKNOWN_WIRE', word?.at ?? at, found, "'sp' with BLOCK.FIELD of this module, or a number")
  return undefined
}

function limitOf(
  faults: Faults,
  module: ModuleSpec,
  kind: LevelKind,
  above: Source | undefined,
  below: Source | undefined,
  at: Place,
): number | 'fault' {
  const high = kind === 'hi' || kind === 'hihi'
  const [right, wrong] = high ? [above, below] : [below, above]
  if (wrong !== undefined) {
    faults.add(
      'CFG_UNKNOWN_FIELD',
      wrong.at,
      `'${high ? 'below' : 'above'}' of ${kind.toUpperCase()}`,
      `'${high ? 'above' : 'below'}'`,
    )
    return 'fault'
  }
  const shown = module.limits[kind]
  if (right === undefined) {
    if (shown !== undefined) return shown
    faults.add(
      'CFG_MISSING_FIELD',
      at,
      `${kind.toUpperCase()} without a limit`,
      `'${high ? 'above' : 'below'}', or '${kind}' under limits`,
    )
    return 'fault'
  }
  const number = numberOf(faults, right)
  if (number === undefined) return 'fault'
  if (shown !== undefined && shown !== number) {
    faults.add('CFG_RANGE_MISMATCH', right.at, `${number}`, `${shown}, as under limits; once is enough`)
    return 'fault'
  }
  return number
}

/** In the tag's unit, from a number in it or a percentage of the range. */
function hysteresisOf(faults: Faults, value: Source, span: number): number | undefined {
  const scalar = value.kind === 'scalar' ? value.value : undefined
  const quantity = typeof scalar === 'string' ? parseQuantity(scalar) : undefined
  const size = typeof scalar === 'number' ? scalar : quantity?.unit === '%' ? (quantity.value * span) / 100 : undefined
  if (size === undefined) {
    faults.add(
      'CFG_WRONG_TYPE',
      value.at,
      kindText(value),
      'a number in the unit of the tag, or a percentage of its range',
    )
  } else if (size < 0 || size > span / 2) {
    faults.add('CFG_OUT_OF_RANGE', value.at, kindText(value), '0 to half of the range')
  } else return size
  return undefined
}

export function seconds(faults: Faults, value: Source): number | undefined {
  const s = value.kind === 'scalar' ? duration(value.value, 's') : undefined
  if (s !== undefined && s >= 0) return s
  if (!isReported(value)) faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a duration, as 3s or 10min')
  return undefined
}

export const secondsOr = (faults: Faults, value: Source | undefined, fallback: number): number =>
  value === undefined ? fallback : (seconds(faults, value) ?? fallback)

export function oneOf<T extends string>(faults: Faults, value: Source | undefined, words: readonly T[]): T | undefined {
  const word = value === undefined ? undefined : wordOf(faults, value)
  if (word === undefined) return undefined
  const found = words.find((w) => w === word.text)
  if (found === undefined)
    faults.add('CFG_UNKNOWN_WORD', word.at, `'${word.text}'`, words.join(' | '), nearest(word.text, words))
  return found
}
