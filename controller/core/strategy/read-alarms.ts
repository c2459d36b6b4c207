/**
 * Alarms of a module: what an operator is told, why, and what to do about it; and the ALARM blocks that detect them.
 *
 * An alarm nobody can act on is noise: each says its cause, what comes of it, what the operator does and how long there is.
 * @see ANSI/ISA-18.2, rationalization; EEMUA 191, priorities from consequence and time
 */
import type { AlarmKind, AlarmPriority, AlarmRecord } from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { BlockType } from '../block.ts'
import { ALARM_BIT } from '../blocks/alarm.ts'
import { isWire, layoutOf } from '../layout.ts'
import type { Faults, Place } from './fault.ts'
import { isReported, numberOf, readMap, wordOf } from './map-reader.ts'
import type { StableNames } from './moved.ts'
import { duration, parseQuantity } from './quantity.ts'
import type { BlockSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { kindText, type MapSource, type Source } from './source.ts'

/** An alarm before its block has a place in the arena. */
export interface AlarmSpec {
  readonly kind: AlarmKind
  readonly block: BlockSpec
  readonly record: Omit<AlarmRecord, 'block'>
}

export interface Alarms {
  readonly specs: readonly AlarmSpec[]
  /** The blocks that detect them, to be compiled as if they had been written. */
  readonly blocks: readonly BlockSpec[]
}

const KINDS: readonly AlarmKind[] = ['hihi', 'hi', 'lo', 'lolo', 'bad_pv']
const KEYS = [
  'on',
  'above',
  'below',
  'hys',
  'delay_on',
  'delay_off',
  'priority',
  'severity',
  'cause',
  'consequence',
  'action',
  'respond_within',
]
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
    if ((KINDS as readonly string[]).includes(e.key.toLowerCase())) continue
    const names = KINDS.map((k) => k.toUpperCase())
    faults.add('CFG_UNKNOWN_FIELD', e.at, `'${e.key}'`, `an alarm (${names.join(', ')})`, nearest(e.key, names))
  }
  for (const kind of KINDS) {
    if (kind === 'bad_pv' || module.limits[kind] === undefined || entries.has(kind)) continue
    lacking(faults, module.limitPlaces.get(kind) ?? module.at, kind, priorityOf(kind, undefined, undefined), [
      ...TEXTS,
      'respond_within',
    ])
  }
  const type = types.get('ALARM')
  const specs: AlarmSpec[] = []
  const blocks: BlockSpec[] = []
  const groups = new Map<string, BlockSpec>()
  for (const kind of KINDS) {
    const entry = entries.get(kind)
    if (entry === undefined) continue
    if (entry.value.kind !== 'map') {
      if (!isReported(entry.value)) faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a mapping')
      continue
    }
    const alarm = readAlarm(faults, module, kind, entry.value, own, entry.at)
    if (alarm === undefined || type === undefined) continue
    const { source, sourceAt, record } = alarm
    const key = JSON.stringify([source, record.hysteresis, record.on_delay_s, record.off_delay_s])
    let block = groups.get(key)
    if (block === undefined) {
      const taken = [...own, ...blocks].map((b) => b.name)
      let n = blocks.length + 1
      while (taken.includes(`ALM${n}`)) n++
      block = detector(module, type, `ALM${n}`, source, sourceAt, record, entry.at, stable)
      groups.set(key, block)
      blocks.push(block)
    }
    if (record.limit !== undefined) block.values.set(kind.toUpperCase(), [record.limit])
    specs.push({ kind, block, record })
  }
  return { specs, blocks }
}

interface ReadAlarm {
  /** `PID1.PV` */
  readonly source: string
  readonly sourceAt: Place
  readonly record: Omit<AlarmRecord, 'block'>
}

function readAlarm(
  faults: Faults,
  module: ModuleSpec,
  kind: AlarmKind,
  source: MapSource,
  own: readonly BlockSpec[],
  at: Place,
): ReadAlarm | undefined {
  const m = readMap(faults, source, 'an alarm', KEYS)
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

  const limit =
    kind === 'bad_pv' ? undefined : limitOf(faults, module, kind, m.optional('above'), m.optional('below'), at)
  if (limit === 'fault') return undefined
  const [lo, hi] = module.range ?? [0, 100]
  if (limit !== undefined && (limit < lo || limit > hi)) {
    faults.add(
      'CFG_OUT_OF_RANGE',
      at,
      `${kind.toUpperCase()} at ${limit}`,
      `within the range ${lo} to ${hi}: elsewhere it is never seen`,
    )
  }
  const hys = m.optional('hys')
  const hysteresis = hys === undefined ? 0.005 * (hi - lo) : hysteresisOf(faults, hys, hi - lo)
  const [on_delay_s, off_delay_s] = ['delay_on', 'delay_off'].map((key) => {
    const value = m.optional(key)
    return value === undefined ? 0 : (seconds(faults, value) ?? 0)
  }) as [number, number]
  const on = onOf(faults, module, m.optional('on'), own, at)
  if (on === undefined) return undefined
  return {
    source: on.text,
    sourceAt: on.at,
    record: {
      kind,
      bit: ALARM_BIT[kind],
      ...(limit === undefined ? {} : { limit }),
      hysteresis: hysteresis ?? 0,
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

function limitOf(
  faults: Faults,
  module: ModuleSpec,
  kind: Exclude<AlarmKind, 'bad_pv'>,
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

function seconds(faults: Faults, value: Source): number | undefined {
  const s = value.kind === 'scalar' ? duration(value.value, 's') : undefined
  if (s !== undefined && s >= 0) return s
  if (!isReported(value)) faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a duration, as 3s or 10min')
  return undefined
}

function oneOf<T extends string>(faults: Faults, value: Source | undefined, words: readonly T[]): T | undefined {
  const word = value === undefined ? undefined : wordOf(faults, value)
  if (word === undefined) return undefined
  const found = words.find((w) => w === word.text)
  if (found === undefined)
    faults.add('CFG_UNKNOWN_WORD', word.at, `'${word.text}'`, words.join(' | '), nearest(word.text, words))
  return found
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
  source: string,
  sourceAt: Place,
  record: Omit<AlarmRecord, 'block'>,
  at: Place,
  stable: StableNames,
): BlockSpec {
  const [lo, hi] = module.range ?? [0, 100]
  const field = type.fields.find((f) => f.name === 'IN')!
  const values = new Map<string, readonly number[]>([
    ['SCALE', [lo, hi]],
    ['HYS_PCT', [(100 * record.hysteresis) / (hi - lo)]],
    ['ON_DELAY', [record.on_delay_s]],
    ['OFF_DELAY', [record.off_delay_s]],
  ])
  return {
    module,
    name,
    key: `${module.tag.text}.${name}`,
    stable: `${stable.tag(module.tag.text)}.${name}`,
    type,
    layout: layoutOf(type.fields),
    values,
    wires: [{ field, from: source, broken: false, at: sourceAt }],
    faulty: new Set(),
    places: new Map(),
    unit: undefined,
    formula: undefined,
    source: { kind: 'map', entries: [], at },
    at,
  }
}
