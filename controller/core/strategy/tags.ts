/**
 * Tags: what an operator sees of a module, and may write to it.
 */
import type {
  AlarmRecord,
  LimitName,
  PublishedRecord,
  TagField,
  TagKind,
  TagRecord,
  WritableField,
  WritableRecord,
} from '../../../contracts/artifact.ts'
import { MODE_NAMES } from '../../../contracts/mode.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { FieldDecl } from '../block.ts'
import { isWire } from '../layout.ts'
import { isLevel } from './alarm-kinds.ts'
import { type Arena, numbersOf } from './arena.ts'
import type { Faults } from './fault.ts'
import type { Linked, Points, Wire, WiresInto } from './link.ts'
import { wordOf } from './map-reader.ts'
import type { AlarmSpec } from './read-alarms.ts'
import type { BlockSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { UNITS } from './units.ts'

export interface FieldRef {
  readonly block: BlockSpec
  readonly field: FieldDecl
}

/** A tag with all its names found, before the arena is known. */
export interface TagSpec {
  readonly module: ModuleSpec
  readonly kind: TagKind
  readonly face: BlockSpec
  readonly fields: ReadonlyMap<TagField, FieldRef>
  readonly writable: ReadonlyMap<WritableField, { block: BlockSpec; field: string }>
  readonly permitted: readonly string[]
  readonly normal: string
  readonly out: TagRecord['out']
  readonly point: string | undefined
  readonly master: string | undefined
}

const KINDS: readonly string[] = ['controller', 'indicator', 'valve', 'calculation'] satisfies TagKind[]
const FIELDS: readonly TagField[] = [
  'PV',
  'SP',
  'OUT',
  'MODE_TARGET',
  'MODE_ACTUAL',
  'READBACK',
  'KC',
  'TI',
  'TD',
  'TRACKING',
  'RCAS_OUT',
  'ROUT_OUT',
]
const WRITABLE = ['SP', 'OUT', 'MODE', 'KC', 'TI', 'TD'] as const satisfies readonly WritableField[]

export interface TagContext {
  readonly blocksOf: (module: ModuleSpec) => readonly BlockSpec[]
  readonly into: WiresInto
  readonly points: Points
  readonly pointNames: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }
}

export function readTag(faults: Faults, module: ModuleSpec, context: TagContext): TagSpec | undefined {
  const own = context.blocksOf(module)
  const { kind, faceplate } = module
  if (kind !== undefined && !KINDS.includes(kind.text)) {
    faults.add('CFG_UNKNOWN_WORD', kind.at, `'${kind.text}'`, KINDS.join(' | '), nearest(kind.text, KINDS))
  }
  if (module.eu !== undefined) checkUnit(faults, module.eu)
  if (module.out?.eu !== undefined) checkUnit(faults, module.out.eu)
  if (faceplate === undefined || kind === undefined || !KINDS.includes(kind.text)) return undefined
  const face = own.find((b) => b.name === faceplate.text)
  if (face === undefined) {
    // A block that is there but could not be read has its own faults.
    if (!module.blocks.some((b) => b.key === faceplate.text)) {
      const names = module.blocks.map((b) => b.key)
      faults.add(
        'CFG_UNKNOWN_BLOCK',
        faceplate.at,
        `'${faceplate.text}'`,
        'a block of this module',
        nearest(faceplate.text, names),
      )
    }
    return undefined
  }
  const fields = fieldsOf(faults, module, face, own, context.into)
  const silent = isSilent(module)
  const writable: ReturnType<typeof writableOf> = silent ? new Map() : writableOf(module, face, fields)
  const { permitted, normal } = modesOf(face)
  if (!silent) addHost(face, permitted, context.into, fields, writable)
  return {
    module,
    kind: kind.text as TagKind,
    face,
    fields,
    writable,
    permitted: silent ? [] : permitted,
    normal: silent ? '' : normal,
    out: silent || !fields.has('OUT') ? undefined : outOf(faults, module, face),
    point: pointOf(faults, module, fields, own, context),
    master: masterOf(face, context.into),
  }
}

const isSilent = ({ kind }: ModuleSpec): boolean => kind?.text === 'indicator' || kind?.text === 'calculation'

function checkUnit(faults: Faults, unit: { text: string; at: Parameters<Faults['add']>[1] }): void {
  if (!UNITS.has(unit.text)) {
    faults.add(
      'CFG_UNKNOWN_UNIT',
      unit.at,
      `'${unit.text}'`,
      'a unit of the table in docs/reference/strategy-format.md',
      nearest(unit.text, UNITS.keys()),
    )
  }
}

/** What the faceplate block shows, with the module's own choices over it; inputs that are not wired show nothing. */
function fieldsOf(
  faults: Faults,
  module: ModuleSpec,
  face: BlockSpec,
  own: readonly BlockSpec[],
  into: WiresInto,
): Map<TagField, FieldRef> {
  const fields = new Map<TagField, FieldRef>()
  const put = (name: TagField, block: BlockSpec, field: FieldDecl): void => {
    const input = field.role === 'wire-in' || field.role === 'back-in'
    if (!input || into(block).some((w) => w.field === field)) fields.set(name, { block, field })
  }
  // An indicator has no handles: its PV is all there is to see.
  for (const name of isSilent(module) ? FIELDS.slice(0, 1) : FIELDS) {
    const field = face.type.fields.find((f) => f.name === face.type.tag_fields?.[name])
    if (field !== undefined) put(name, face, field)
  }
  for (const entry of module.fields?.entries ?? []) {
    const name = FIELDS.find((f) => f === entry.key)
    if (name === undefined) {
      faults.add(
        'CFG_UNKNOWN_FIELD',
        entry.at,
        `'${entry.key}'`,
        `a field of a tag (${FIELDS.join(', ')})`,
        nearest(entry.key, FIELDS),
      )
      continue
    }
    const word = wordOf(faults, entry.value)
    if (word === undefined) continue
    fields.delete(name)
    if (word.text === 'none') continue
    const [blockName = '', fieldName = ''] = word.text.split('.')
    const block = own.find((b) => b.name === blockName)
    const field = block?.type.fields.find((f) => f.name === fieldName)
    if (block === undefined || field === undefined || field.role === 'constant' || field.role === 'derived') {
      const near = nearest(
        word.text,
        own.flatMap((b) => b.type.fields.map((f) => `${b.name}.${f.name}`)),
      )
      faults.add('CFG_UNKNOWN_WIRE', word.at, `'${word.text}'`, 'BLOCK.FIELD of this module', near)
    } else put(name, block, field)
  }
  return fields
}

function writableOf(module: ModuleSpec, face: BlockSpec, fields: ReadonlyMap<TagField, FieldRef>) {
  const writable = new Map<WritableField, { block: BlockSpec; field: string }>()
  for (const name of WRITABLE) {
    const shown = name === 'MODE' ? 'MODE_TARGET' : name
    const ref = fields.get(shown)
    if (ref === undefined) continue
    const chosen = module.fields?.entries.some((e) => e.key === shown) === true && ref.block !== face
    const field = chosen ? ref.field.name : face.type.tag_writable?.[name]
    const block = chosen ? ref.block : face
    if (field !== undefined && block.type.writable?.includes(field) === true) writable.set(name, { block, field })
  }
  return writable
}

/** What a host reads and writes, where the faceplate block permits its mode and nothing is wired in its place. */
function addHost(
  face: BlockSpec,
  permitted: readonly string[],
  into: WiresInto,
  fields: Map<TagField, FieldRef>,
  writable: Map<WritableField, { block: BlockSpec; field: string }>,
): void {
  for (const mode of ['rcas', 'rout'] as const) {
    const name = mode === 'rcas' ? 'RCAS' : 'ROUT'
    const field = face.type.fields.find((f) => f.name === `${name}_OUT`)
    if (field === undefined || !permitted.includes(mode)) continue
    fields.set(`${name}_OUT`, { block: face, field })
    if (into(face).some((w) => w.field.name === `${name}_IN`)) continue
    for (const input of [`${name}_IN`, `${name}_IN_ST`] as const) writable.set(input, { block: face, field: input })
  }
}

function modesOf(face: BlockSpec): { permitted: string[]; normal: string } {
  const read = (name: string): number | undefined => {
    const field = face.type.fields.find((f) => f.name === name)
    return field === undefined ? undefined : numbersOf(face, field)[0]
  }
  const mask = read('PERMITTED') ?? 0
  const normal = read('NORMAL')
  return {
    permitted: MODE_NAMES.filter((_, n) => ((mask >> n) & 1) === 1),
    normal: normal === undefined ? '' : (MODE_NAMES[normal] ?? ''),
  }
}

function outOf(faults: Faults, module: ModuleSpec, face: BlockSpec): TagRecord['out'] {
  const { out } = module
  const scale = face.type.fields.find((f) => f.name === 'OUT_SCALE')
  const [lo, hi] = scale === undefined ? [0, 100] : numbersOf(face, scale)
  if (out === undefined) {
    if (lo === 0 && hi === 100) return { eu: '%', lo: 0, hi: 100, decimals: 1 }
    faults.add(
      'CFG_MISSING_FIELD',
      module.at,
      `'${module.tag.text}' without 'out'`,
      `'out' with eu and range, because the output is not 0 to 100 %`,
    )
    return undefined
  }
  if (scale !== undefined && face.faulty.has(scale.name)) return undefined
  if (scale !== undefined && face.type.type !== 'AI' && (out.lo !== lo || out.hi !== hi)) {
    faults.add(
      'CFG_RANGE_MISMATCH',
      module.at,
      `'out' ${out.lo} to ${out.hi}`,
      `the OUT_SCALE of ${face.key}, ${lo} to ${hi}`,
    )
  }
  return { eu: out.eu?.text ?? '', lo: out.lo, hi: out.hi, decimals: out.decimals }
}

/** The input point behind PV: named, or found by following the wires of this module back from PV, or the only one. */
function pointOf(
  faults: Faults,
  module: ModuleSpec,
  fields: ReadonlyMap<TagField, FieldRef>,
  own: readonly BlockSpec[],
  { into, points, pointNames }: TagContext,
): string | undefined {
  if (module.point !== undefined) {
    const { text, at } = module.point
    if (text === 'none') return undefined
    if (points.inputs.has(text) || points.outputs.has(text)) return text
    faults.add(
      'CFG_UNKNOWN_POINT',
      at,
      `'${text}'`,
      'a point of io/',
      nearest(text, [...points.inputs.keys(), ...points.outputs.keys()]),
    )
    return undefined
  }
  const seen = new Set<BlockSpec>()
  let front = [fields.get('PV')?.block].filter((b) => b !== undefined)
  while (front.length > 0) {
    const next: BlockSpec[] = []
    for (const block of front) {
      seen.add(block)
      const fed = into(block).filter((w) => w.field.role === 'wire-in')
      const main = fed.find((w) => w.field.name === 'IN') ?? fed[0]
      if (main === undefined) continue
      if (main.from.kind === 'input') return pointNames.inputs[main.from.index]
      if (main.from.kind === 'readback') return pointNames.outputs[main.from.index]
      if (main.from.kind === 'field' && own.includes(main.from.block) && !seen.has(main.from.block))
        next.push(main.from.block)
    }
    front = next
  }
  return undefined
}

/** The module whose block writes this one's set point, through stations of this module as well (a ratio on the way). */
function masterOf(face: BlockSpec, into: WiresInto): string | undefined {
  const seen = new Set<BlockSpec>()
  let block: BlockSpec | undefined = face
  while (block !== undefined && !seen.has(block)) {
    seen.add(block)
    const wire: Wire | undefined = into(block).find((w) => w.field.name === 'CAS_IN')
    if (wire?.from.kind !== 'field') return undefined
    block = wire.from.block
    if (block.module !== face.module) return block.module.tag.text
  }
  return undefined
}

/** Ranges that are written twice must agree: an operator would read a number off the wrong scale. */
export function checkRanges(faults: Faults, tags: readonly TagSpec[], { wires, into }: Linked): void {
  for (const tag of tags) {
    const { range, rangeAt } = tag.module
    if (range === undefined) continue
    const compare = (block: BlockSpec, name: string, what: string): void => {
      const field = block.type.fields.find((f) => f.name === name)
      if (field === undefined || block.faulty.has(name)) return
      const [lo, hi] = numbersOf(block, field)
      if (lo === range[0] && hi === range[1]) return
      faults.add(
        'CFG_RANGE_MISMATCH',
        rangeAt,
        `range ${range[0]} to ${range[1]}`,
        `${what} of ${block.key}, ${lo} to ${hi}`,
      )
    }
    if (tag.face.type.tag_fields?.SP !== undefined) compare(tag.face, 'PV_SCALE', 'PV_SCALE')
    const source = measurementOf(tag, into)
    if (source !== undefined) compare(source, 'OUT_SCALE', 'OUT_SCALE')
  }
  for (const wire of wires) {
    if (wire.field.name !== 'CAS_IN' || wire.from.kind !== 'field' || wire.from.field.name !== 'OUT') continue
    const [master, slave] = [wire.from.block, wire.to]
    const outScale = master.type.fields.find((f) => f.name === 'OUT_SCALE')
    const pvScale = slave.type.fields.find((f) => f.name === 'PV_SCALE')
    if (outScale === undefined || pvScale === undefined) continue
    if (master.faulty.has('OUT_SCALE') || slave.faulty.has('PV_SCALE')) continue
    const [lo = 0, hi = 0] = numbersOf(master, outScale)
    const [pvLo = 0, pvHi = 0] = numbersOf(slave, pvScale)
    if (lo >= pvLo && hi <= pvHi) continue
    faults.add(
      'CFG_RANGE_MISMATCH',
      master.at,
      `OUT_SCALE ${lo} to ${hi} of ${master.key}`,
      `within PV_SCALE of its slave ${slave.key}, ${pvLo} to ${pvHi}`,
    )
  }
}

/** The analog input that gives PV, if it converts: one that passes the device's own quantity has no scale. */
function measurementOf(tag: TagSpec, into: WiresInto): BlockSpec | undefined {
  const pv = tag.fields.get('PV')
  if (pv === undefined) return undefined
  const converts = (block: BlockSpec): boolean => {
    if (!into(block).some((w) => w.field.name === 'IN' && w.from.kind === 'input')) return false
    const linear = block.type.fields.find((f) => f.name === 'LINEAR')
    const direct = linear?.names?.['direct']
    return linear === undefined || direct === undefined || numbersOf(block, linear)[0] !== direct
  }
  if (converts(pv.block)) return pv.block
  const fed = into(pv.block).find((w) => w.field.name === 'IN')
  if (fed?.from.kind !== 'field' || fed.from.block.module !== tag.module) return undefined
  return converts(fed.from.block) ? fed.from.block : undefined
}

export interface TagTables {
  readonly tags: readonly TagRecord[]
  readonly published: readonly PublishedRecord[]
  readonly writable: readonly WritableRecord[]
}

export function tagTables(
  specs: readonly TagSpec[],
  alarms: readonly AlarmSpec[],
  arena: Arena,
  scan_ms: ReadonlyMap<string, number>,
): TagTables {
  const alarmsOf = new Map<ModuleSpec, AlarmRecord[]>()
  for (const { block, record } of alarms) {
    const list = alarmsOf.get(block.module) ?? []
    list.push({ ...record, block: arena.indexOf.get(block)! })
    alarmsOf.set(block.module, list)
  }
  const published: PublishedRecord[] = []
  const writable: WritableRecord[] = []
  const tags = specs.map((spec): TagRecord => {
    const { module } = spec
    const fields: Partial<Record<TagField, number>> = {}
    for (const [name, { block, field }] of [...spec.fields].sort(([a], [b]) => FIELDS.indexOf(a) - FIELDS.indexOf(b))) {
      const s = arena.blocks[arena.indexOf.get(block)!]!.s + block.layout.S[field.name]!
      fields[name] = published.length
      published.push({ key: `${module.tag.text}.${name}`, s, status: isWire(field.role) ? s + 1 : -1 })
    }
    const writes: Partial<Record<WritableField, number>> = {}
    for (const [name, { block, field }] of spec.writable) {
      writes[name] = writable.length
      const kind = name === 'MODE' ? 'mode' : 'real'
      writable.push({ key: `${module.tag.text}.${name}`, block: arena.indexOf.get(block)!, field, kind })
    }
    const [lo, hi] = module.range ?? [0, 0]
    return {
      tag: module.tag.text,
      kind: spec.kind,
      description: module.description,
      area: module.area?.text ?? '',
      eu: module.eu?.text ?? '',
      lo,
      hi,
      decimals: module.decimals,
      scan_ms: scan_ms.get(module.scan?.text ?? '') ?? 0,
      fields,
      writable: writes,
      permitted: spec.permitted,
      normal: spec.normal,
      ...(spec.out === undefined ? {} : { out: spec.out }),
      limits: limitsWith(module.limits, alarmsOf.get(module)),
      ...(alarmsOf.has(module) ? { alarms: alarmsOf.get(module)! } : {}),
      ...(module.desired === undefined ? {} : { desired: module.desired }),
      ...(spec.point === undefined ? {} : { point: spec.point }),
      ...(spec.master === undefined ? {} : { master: spec.master }),
    }
  })
  return { tags, published, writable }
}

/** The limits an operator sees: those written, and those of the alarms. */
function limitsWith(limits: TagRecord['limits'], alarms: readonly AlarmRecord[] = []): TagRecord['limits'] {
  const all: Partial<Record<LimitName, number>> = { ...limits }
  for (const { kind, limit } of alarms) if (isLevel(kind) && limit !== undefined) all[kind] = limit
  return all
}
