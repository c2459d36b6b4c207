/**
 * Alarms of a module: what an operator is told, why, and what to do about it; and the blocks that detect them.
 *
 * An alarm nobody can act on is noise: each says its cause, what comes of it, what the operator does and how long there is.
 * @see ANSI/ISA-18.2, rationalization; EEMUA 191, priorities from consequence and time
 */
import type { AlarmKind, AlarmPriority, AlarmRecord } from '../../../contracts/artifact.ts'
import { ALARM_BIT } from '../../../contracts/events.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { BlockType } from '../block.ts'
import { isWire, layoutOf } from '../layout.ts'
import {
  type AlarmDetail,
  type AlarmWire,
  detailOf,
  oneOf,
  type Parameters,
  seconds,
  secondsOr,
} from './alarm-detail.ts'
import { ALARM_KEYS, ALARM_KINDS, ALARM_SHAPES, isLevel } from './alarm-kinds.ts'
import type { Faults, Place } from './fault.ts'
import { isReported, numberOf, readMap, wordOf } from './map-reader.ts'
import type { StableNames } from './moved.ts'
import type { BlockSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { kindText, type MapSource, type Source } from './source.ts'

/** An alarm before its block has a place in the arena. */
export interface AlarmSpec {
  readonly kind: AlarmKind
  readonly block: BlockSpec
  readonly record: Omit<AlarmRecord, 'block'>
  /** What else is said of it, in words: its wires, what only its kind has. */
  readonly more: Readonly<Record<string, string>>
}

export interface Alarms {
  readonly specs: readonly AlarmSpec[]
  /** The blocks that detect them, to be compiled as if they had been written. */
  readonly blocks: readonly BlockSpec[]
}

const TEXTS = ['cause', 'consequence', 'action'] as const
const SEVERITIES = ['severe', 'major', 'minor'] as const
/** By severity, for a response within 5 min, within 30 min, and later. */
const PRIORITY: Readonly<Record<(typeof SEVERITIES)[number], readonly [AlarmPriority, AlarmPriority, AlarmPriority]>> =
  {
    severe: [1, 2, 3],
    major: [2, 3, 4],
    minor: [3, 4, 4],
  }

/**
 * The alarms of one module. A limit under `limits` without an entry under `alarms` is an alarm without a reason: a fault for
 * the two higher priorities, a warning otherwise.
 */
export function readAlarms(
  faults: Faults,
  module: ModuleSpec,
  own: readonly BlockSpec[],
  types: ReadonlyMap<string, BlockType>,
  stable: StableNames,
): Alarms {
  const given = module.alarms
  const entries = new Map((given?.entries ?? []).map((e) => [e.key.toLowerCase(), e] as const))
  for (const e of given?.entries ?? []) {
    if ((ALARM_KINDS as readonly string[]).includes(e.key.toLowerCase())) continue
    const names = ALARM_KINDS.map((k) => k.toUpperCase())
    faults.add('CFG_UNKNOWN_FIELD', e.at, `'${e.key}'`, `an alarm (${names.join(', ')})`, nearest(e.key, names))
  }
  for (const kind of ALARM_KINDS) {
    if (!isLevel(kind) || module.limits[kind] === undefined || entries.has(kind)) continue
    lacking(faults, module.limitPlaces.get(kind) ?? module.at, kind, priorityOf(kind, undefined, undefined), [
      ...TEXTS,
      'respond_within',
    ])
  }
  const specs: AlarmSpec[] = []
  const blocks: BlockSpec[] = []
  const groups = new Map<string, BlockSpec>()
  for (const kind of ALARM_KINDS) {
    const entry = entries.get(kind)
    if (entry === undefined) continue
    if (entry.value.kind !== 'map') {
      if (!isReported(entry.value)) faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a mapping')
      continue
    }
    const type = types.get(ALARM_SHAPES[kind].type)
    const alarm = readAlarm(faults, module, kind, entry.value, own, entry.at)
    if (alarm === undefined || type === undefined) continue
    const { record, wires, values, own: limit } = alarm
    const key = JSON.stringify([type.type, wires.map((w) => w.from), [...values]])
    let block = groups.get(key)
    if (block === undefined) {
      const taken = [...own, ...blocks].map((b) => b.name)
      let n = blocks.length + 1
      while (taken.includes(`ALM${n}`)) n++
      block = detector(module, type, `ALM${n}`, wires, new Map(values), entry.at, stable)
      groups.set(key, block)
      blocks.push(block)
    }
    if (limit !== undefined) block.values.set(...limit)
    specs.push({ kind, block, record, more: alarm.more })
  }
  return { specs, blocks }
}

interface ReadAlarm {
  readonly wires: readonly AlarmWire[]
  readonly record: Omit<AlarmRecord, 'block'>
  readonly values: Parameters
  readonly own: AlarmDetail['own']
  readonly more: AlarmDetail['more']
}

function readAlarm(
  faults: Faults,
  module: ModuleSpec,
  kind: AlarmKind,
  source: MapSource,
  own: readonly BlockSpec[],
  at: Place,
): ReadAlarm | undefined {
  const shape = ALARM_SHAPES[kind]
  const m = readMap(faults, source, `the alarm ${kind.toUpperCase()}`, [...ALARM_KEYS, ...shape.keys])
  const texts = TEXTS.map((key) => m.wordOr(key)?.text ?? '')
  const respond = m.optional('respond_within')
  const respond_within_s = respond === undefined ? undefined : seconds(faults, respond)
  const severity = oneOf(faults, m.optional('severity'), SEVERITIES)
  const given = m.optional('priority')
  const number = given === undefined ? undefined : numberOf(faults, given, { min: 1, max: 4, integer: true })
  const priority = (number ?? priorityOf(kind, severity, respond_within_s)) as AlarmPriority
  const missing = [
    ...TEXTS.filter((key) => m.optional(key) === undefined),
    ...(respond === undefined ? ['respond_within'] : []),
  ]
  // A transmitter that fails has one cause and one remedy; what is asked of a limit would be the same words everywhere.
  if (missing.length > 0 && kind !== 'bad_pv') lacking(faults, at, kind, priority, missing)

  const detail = detailOf(faults, module, kind, m, own, at)
  const [on_delay_s = 0, off_delay_s = 0] = ['delay_on', 'delay_off'].map((key) =>
    secondsOr(faults, m.optional(key), 0),
  )
  const on = onOf(faults, module, m.optional('on'), own, at)
  if (on === undefined || detail === undefined) return undefined
  const { limit, hysteresis, per } = detail
  return {
    wires: [{ field: 'IN', from: on.text, at: on.at }, ...detail.wires],
    values: [...detail.values, ['ON_DELAY', [on_delay_s]], ['OFF_DELAY', [off_delay_s]]],
    own: detail.own,
    more: { on: on.text, ...detail.more },
    record: {
      kind,
      bit: ALARM_BIT[kind],
      ...(limit === undefined ? {} : { limit }),
      hysteresis,
      ...(per === undefined ? {} : { per }),
      on_delay_s,
      off_delay_s,
      priority,
      cause: texts[0]!,
      consequence: texts[1]!,
      action: texts[2]!,
      ...(respond_within_s === undefined ? {} : { respond_within_s }),
    },
  }
}

/** The second of two limits stands nearer to the trip and counts as the more severe where nobody says. */
function priorityOf(
  kind: AlarmKind,
  severity: (typeof SEVERITIES)[number] | undefined,
  respond_within_s: number | undefined,
): AlarmPriority {
  const row = PRIORITY[severity ?? (kind === 'hihi' || kind === 'lolo' ? 'severe' : 'major')]
  const within = respond_within_s ?? 600
  return within <= 300 ? row[0] : within <= 1800 ? row[1] : row[2]
}

function lacking(
  faults: Faults,
  at: Place,
  kind: AlarmKind,
  priority: AlarmPriority,
  missing: readonly string[],
): void {
  faults.add(
    'CFG_ALARM_RATIONALE',
    at,
    `the alarm ${kind.toUpperCase()} of priority ${priority} without ${missing.join(', ')}`,
    'under alarms: its cause, consequence, action and respond_within',
    '',
    priority <= 2 ? undefined : 'warning',
  )
}

/** The wire that is watched: what is said, else what the tag shows as PV. */
function onOf(
  faults: Faults,
  module: ModuleSpec,
  said: Source | undefined,
  own: readonly BlockSpec[],
  at: Place,
): { text: string; at: Place } | undefined {
  const shown = said ?? module.fields?.entries.find((e) => e.key === 'PV')?.value
  const face = own.find((b) => b.name === module.faceplate?.text)
  const word = shown === undefined ? undefined : wordOf(faults, shown)
  const text = word?.text ?? (face === undefined ? '' : `${face.name}.${face.type.tag_fields?.PV ?? ''}`)
  const [blockName = '', fieldName = ''] = text.split('.')
  const block = own.find((b) => b.name === blockName)
  const field = block?.type.fields.find((f) => f.name === fieldName)
  if (field !== undefined && isWire(field.role)) return { text, at: word?.at ?? at }
  // A block that could not be read has its own faults.
  if (module.blocks.some((b) => b.key === blockName) && block === undefined) return undefined
  const wires = own.flatMap((b) => b.type.fields.filter((f) => f.role === 'wire-out').map((f) => `${b.name}.${f.name}`))
  faults.add('CFG_UNKNOWN_WIRE', word?.at ?? at, `'${text}'`, 'BLOCK.FIELD of this module', nearest(text, wires))
  return undefined
}

function detector(
  module: ModuleSpec,
  type: BlockType,
  name: string,
  wires: readonly AlarmWire[],
  values: Map<string, readonly number[]>,
  at: Place,
  stable: StableNames,
): BlockSpec {
  return {
    module,
    name,
    key: `${module.tag.text}.${name}`,
    stable: `${stable.tag(module.tag.text)}.${name}`,
    type,
    layout: layoutOf(type.fields),
    values,
    wires: wires.map(({ field, from, at: place }) => ({
      field: type.fields.find((f) => f.name === field)!,
      from,
      broken: false,
      at: place,
    })),
    faulty: new Set(),
    places: new Map(),
    unit: undefined,
    formula: undefined,
    source: { kind: 'map', entries: [], at },
    at,
  }
}
