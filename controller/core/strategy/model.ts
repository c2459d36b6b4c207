/**
 * A strategy as an engineer speaks of it: modules, blocks, numbers in their units, wires by name. What `diff` compares and what
 * `docs` draws; nothing of it is needed to run.
 */
import { MODE_NAMES } from '../../../contracts/mode.ts'
import type { FieldDecl } from '../block.ts'
import { inK, isWire } from '../layout.ts'
import { numbersOf } from './arena.ts'
import type { Linked, Origin } from './link.ts'
import type { OrderedClass } from './order.ts'
import type { AlarmSpec } from './read-alarms.ts'
import type { BlockSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { isSequence, SEQUENCE_KEYS } from './sfc.ts'
import type { Source } from './source.ts'
import type { UnitOf } from './unit-flow.ts'

export interface StrategyModel {
  readonly name: string
  readonly title: string
  readonly modules: readonly ModelModule[]
  /** Stable ids in the order of the scan, with class and phase: `fast 1/0 PID FIC-101.PID1`. */
  readonly order: readonly string[]
  /** Devices, points, displays, scan classes: what is not in a module. */
  readonly records: readonly ModelRecord[]
}

export interface ModelRecord {
  /** `RIO-1/AI/3` */
  readonly name: string
  readonly facts: Readonly<Record<string, string>>
}

export interface ModelModule {
  readonly tag: string
  readonly stable: string
  /** Everything that is one word or number: description, area, scan, range, ... */
  readonly facts: Readonly<Record<string, string>>
  readonly blocks: readonly ModelBlock[]
  readonly alarms: readonly ModelAlarm[]
  readonly file: string
  readonly line: number
}

export interface ModelBlock {
  readonly name: string
  /** `FIC-101.PID1` */
  readonly key: string
  readonly stable: string
  readonly type: string
  /** Parameters as written, or as derived from what is wired; those at their default are left out. */
  readonly parameters: Readonly<Record<string, string>>
  /** Inputs with their sources: `FIC-101.AI1.OUT`, a point, a number; and outputs with the point they write. */
  readonly wires: Readonly<Record<string, string>>
  /** Units of the wires, where they are known. */
  readonly units: Readonly<Record<string, string>>
  readonly expression: string
  /** Steps, transitions and actions of a sequence by where they stand: `steps.FILL.do.1`; units of names of `let`. */
  readonly sequence: Readonly<Record<string, string>>
}

export interface ModelAlarm {
  readonly kind: string
  readonly facts: Readonly<Record<string, string>>
}

interface Parts {
  readonly name: string
  readonly title: string
  readonly modules: readonly ModuleSpec[]
  readonly blocks: readonly BlockSpec[]
  readonly alarms: readonly AlarmSpec[]
  readonly linked: Linked
  readonly points: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  readonly ordered: readonly OrderedClass[]
  readonly unitOf: UnitOf
  /** Records of the artifact, by name. */
  readonly records: ReadonlyMap<string, object>
}

export function modelOf(parts: Parts): StrategyModel {
  const { linked, points, unitOf } = parts
  const writes = new Map<BlockSpec, [string, string][]>()
  for (const { block, field, index } of linked.outputs) {
    const list = writes.get(block) ?? []
    list.push([field.name, points.outputs[index]!])
    writes.set(block, list)
  }
  const sourceText = (from: Origin): string => {
    if (from.kind === 'constant') return String(from.value)
    if (from.kind === 'input') return points.inputs[from.index]!
    if (from.kind === 'readback') return points.outputs[from.index]!
    return `${from.block.key}.${from.field.name}`
  }
  const blocksOf = new Map<ModuleSpec, ModelBlock[]>()
  for (const block of parts.blocks) {
    const wires: Record<string, string> = {}
    for (const wire of linked.into(block)) {
      wires[wire.field.name] = `${sourceText(wire.from)}${wire.broken ? ' (scan before)' : ''}`
    }
    for (const [field, point] of writes.get(block) ?? []) wires[field] = point
    const units: Record<string, string> = {}
    for (const field of block.type.fields) {
      const unit = isWire(field.role) ? unitOf(block, field) : ''
      if (unit !== '' && unit !== '1') units[field.name] = unit
    }
    const list = blocksOf.get(block.module) ?? []
    list.push({
      name: block.name,
      key: block.key,
      stable: block.stable,
      type: block.type.type,
      parameters: parametersOf(block),
      wires,
      units,
      expression: withValues(block.formula?.text ?? '', block.module),
      sequence: sequenceOf(block),
    })
    blocksOf.set(block.module, list)
  }
  return {
    name: parts.name,
    title: parts.title,
    modules: parts.modules.map((module) => ({
      tag: module.tag.text,
      stable: blocksOf.get(module)?.[0]?.stable.split('.')[0] ?? module.tag.text,
      facts: factsOf(module),
      blocks: blocksOf.get(module) ?? [],
      alarms: parts.alarms.filter((a) => a.block.module === module).map(alarmOf),
      file: module.at.file,
      line: module.at.line,
    })),
    order: parts.ordered.flatMap(({ name, every, phase, runs }) =>
      runs.flat().map((b) => `${name} ${every}/${phase} ${b.type.type} ${b.stable}`),
    ),
    records: [...parts.records].map(([recordName, record]) => ({ name: recordName, facts: flat(record) })),
  }
}

/** `level > $full` as `level > 80`: a parameter of the class that changes is a change of the text. */
function withValues(text: string, module: ModuleSpec): string {
  return text.replace(/\$([A-Za-z][\w.]*)/g, (whole, name: string) => {
    const value = module.values.get(name)
    return value?.kind === 'scalar' && value.value !== null ? String(value.value) : whole
  })
}

function sequenceOf(block: BlockSpec): Record<string, string> {
  const found: Record<string, string> = {}
  // A name that is declared in another unit is converted: the same text then computes something else.
  for (const { name, unit } of block.formula?.inputs ?? [])
    if (unit !== undefined) found[`let.${name}.unit`] = unit.text
  if (!isSequence(block.type)) return found
  const walk = (at: string, node: Source): void => {
    if (node.kind === 'scalar') found[at] = withValues(String(node.value), block.module)
    else if (node.kind === 'map') for (const e of node.entries) walk(`${at}.${e.key}`, e.value)
    else for (const [i, item] of node.items.entries()) walk(`${at}.${nameOf(item) ?? i + 1}`, item)
  }
  for (const entry of block.source.entries) if (SEQUENCE_KEYS.includes(entry.key)) walk(entry.key, entry.value)
  return found
}

/** What a list item goes by, so that one put in front does not change all behind it: its ends, or its name. */
function nameOf(item: Source): string | undefined {
  if (item.kind !== 'map') return undefined
  const text = (key: string): string | undefined => {
    const value = item.entries.find((e) => e.key === key)?.value
    if (value?.kind === 'list') return value.items.map((i) => (i.kind === 'scalar' ? String(i.value) : '')).join('+')
    return value?.kind === 'scalar' ? String(value.value) : undefined
  }
  const [from, to] = [text('from'), text('to')]
  return from !== undefined && to !== undefined ? `${from}-${to}` : text('name')
}

/** A record as words by where they stand: `columns.1.title`; a list of words is one. */
function flat(record: object): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (at: string, value: unknown): void => {
    if (value === undefined) return
    if (typeof value !== 'object' || value === null) found[at] = String(value)
    else if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) found[at] = value.join(', ')
    else {
      const entries = Array.isArray(value) ? value.map((v, i) => [`${i + 1}`, v] as const) : Object.entries(value)
      for (const [key, inner] of entries) walk(at === '' ? key : `${at}.${key}`, inner)
    }
  }
  walk('', record)
  return found
}

/** What the strategy gives and what differs from the default, as an engineer would write it. */
function parametersOf(block: BlockSpec): Record<string, string> {
  const found: Record<string, string> = {}
  for (const field of block.type.fields) {
    const given = block.values.get(field.name)
    if (given === undefined || field.role === 'derived' || field.name === 'PROGRAM') continue
    const ordinary = field.defaults ?? [field.default ?? Number.NaN]
    if (!block.places.has(field.name) && given.length === ordinary.length && given.every((v, i) => v === ordinary[i]))
      continue
    found[field.name] = fieldText(field, given)
  }
  return found
}

/** `8 s`, `reverse`, `[0, 40]`, `man, auto`. */
export function fieldText(field: FieldDecl, numbers: readonly number[]): string {
  const unit =
    ['EU', 'in', 'out', '1', 'sp', 'ff'].includes(field.unit) || /^(in|out|comp)/.test(field.unit)
      ? ''
      : ` ${field.unit}`
  if (field.mask === true) {
    const mask = numbers[0] ?? 0
    return MODE_NAMES.filter((_, n) => ((mask >> n) & 1) === 1).join(', ')
  }
  const texts = numbers.map((n) => {
    const name = Object.entries(field.names ?? {}).find(([, value]) => value === n)?.[0]
    return name ?? String(Math.abs(n) >= 1e300 ? 'not set' : n)
  })
  const plain = texts.length === 1 && field.count === undefined
  return plain ? `${texts[0]}${field.names === undefined ? unit : ''}` : `[${texts.join(', ')}]${unit}`
}

/** The default of a field as text; '' where it must be given. */
export function defaultText(field: FieldDecl): string {
  if (field.default === undefined && field.defaults === undefined)
    return inK(field.role) || field.role === 'tunable' ? '' : '0'
  return fieldText(field, numbersOf({ values: new Map() } as unknown as BlockSpec, field))
}

function factsOf(module: ModuleSpec): Record<string, string> {
  const facts: Record<string, string> = {}
  const put = (name: string, value: unknown): void => {
    if (value !== undefined && value !== '') facts[name] = String(value)
  }
  const pair = (p: readonly [number, number] | undefined): string | undefined => p && `${p[0]} to ${p[1]}`
  put('description', module.description)
  put('area', module.area?.text)
  put('scan', module.scan?.text)
  put('kind', module.kind?.text)
  put('faceplate', module.faceplate?.text)
  put('unit', module.eu?.text)
  put('range', pair(module.range))
  put('decimals', module.decimals)
  put('desired', pair(module.desired))
  for (const [name, value] of Object.entries(module.limits)) put(name, value)
  if (module.out !== undefined) put('out', `${module.out.lo} to ${module.out.hi} ${module.out.eu?.text ?? ''}`.trim())
  return facts
}

function alarmOf({ kind, record, more }: AlarmSpec): ModelAlarm {
  const facts: Record<string, string> = {}
  const put = (name: string, value: unknown): void => {
    if (value !== undefined && value !== '') facts[name] = String(value)
  }
  for (const [name, value] of Object.entries(more)) put(name, value)
  // Of a state its word is enough.
  if (kind !== 'discrete') put('limit', record.per === undefined ? record.limit : `${record.limit} per ${record.per}`)
  put('hysteresis', record.hysteresis)
  put('delay_on', `${record.on_delay_s} s`)
  put('delay_off', `${record.off_delay_s} s`)
  put('priority', record.priority)
  put('cause', record.cause)
  put('consequence', record.consequence)
  put('action', record.action)
  if (record.respond_within_s !== undefined) put('respond_within', `${record.respond_within_s / 60} min`)
  return { kind: kind.toUpperCase(), facts }
}
