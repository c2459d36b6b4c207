/**
 * loops/*.yaml: the modules, each an instance of a class or written out, and the cascades between them.
 */
import type { LimitName } from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { Faults, Place } from './fault.ts'
import { mapsOf, numberOf, pairOf, readMap, type Word, wordOf } from './map-reader.ts'
import { BODY_KEYS, BUILT_IN, type ClassSpec, checkParam } from './read-class.ts'
import { kindText, type ListSource, type MapEntry, type MapSource, type Source } from './source.ts'

/** A module with its class worked in: blocks, wires and numbers as if all had been written out. */
export interface ModuleSpec {
  readonly tag: Word
  readonly description: string
  readonly area: Word | undefined
  readonly scan: Word | undefined
  readonly kind: Word | undefined
  readonly faceplate: Word | undefined
  /** TagField: `BLOCK.FIELD`, where the faceplate block's own choice is not wanted. */
  readonly fields: MapSource | undefined
  readonly point: Word | undefined
  readonly eu: Word | undefined
  readonly range: readonly [number, number] | undefined
  readonly rangeAt: Place
  readonly decimals: number
  readonly desired: readonly [number, number] | undefined
  readonly limits: Readonly<Partial<Record<LimitName, number>>>
  /** Where each limit is written. */
  readonly limitPlaces: ReadonlyMap<LimitName, Place>
  readonly alarms: MapSource | undefined
  readonly out: OutSpec | undefined
  readonly moved: ListSource | undefined
  readonly blocks: readonly MapEntry[]
  /** Values of class parameters by name, for expressions; empty without class. */
  readonly values: ReadonlyMap<string, Source>
  readonly at: Place
}

export interface OutSpec {
  readonly eu: Word | undefined
  readonly lo: number
  readonly hi: number
  readonly decimals: number
}

export interface CascadeSpec {
  readonly master: Word
  readonly slave: Word
}

export interface LoopsFile {
  readonly modules: readonly ModuleSpec[]
  readonly cascades: readonly CascadeSpec[]
  readonly moves: readonly Move[]
  /** Tags of modules whose class is not to be had. */
  readonly broken: readonly string[]
}

/** What had another name: of a block, or of a module. */
export interface Move {
  readonly from: Word
  readonly to: Word
}

export function readMoves(faults: Faults, list: ListSource | undefined): Move[] {
  return mapsOf(faults, list).flatMap((item) => {
    const m = readMap(faults, item, 'a move', ['from', 'to'])
    const [from, to] = [m.word('from'), m.word('to')]
    return from === undefined || to === undefined ? [] : [{ from, to }]
  })
}

const LIMITS: readonly LimitName[] = ['trip_hi', 'hihi', 'hi', 'lo', 'lolo', 'trip_lo']
const MODULE_KEYS = ['tag', 'class', 'params', 'io', ...BODY_KEYS]

/** @param silent - a class file could not be read at all: a class that is not there is no fault of the module */
export function readLoops(
  faults: Faults,
  source: MapSource,
  classes: ReadonlyMap<string, ClassSpec>,
  silent: boolean,
): LoopsFile {
  const m = readMap(faults, source, 'a loops file', ['area', 'modules', 'cascade', 'moved'])
  const area = m.optional('area')
  const modules = mapsOf(faults, m.list('modules'))
    .map((module) => readModule(faults, module, classes, area, silent))
    .filter((module) => module !== undefined)
  const isRead = (module: ModuleSpec | string): module is ModuleSpec => typeof module !== 'string'
  const cascades = mapsOf(faults, m.list('cascade')).flatMap((cascade) => {
    const c = readMap(faults, cascade, 'a cascade', ['master', 'slave'])
    const [master, slave] = [c.word('master'), c.word('slave')]
    return master === undefined || slave === undefined ? [] : [{ master, slave }]
  })
  const moves = readMoves(faults, m.list('moved'))
  return {
    modules: modules.filter(isRead),
    cascades,
    moves,
    broken: modules.filter((module) => !isRead(module)) as string[],
  }
}

/** The module; its tag alone where its class is not to be had; nothing where it has no tag. */
function readModule(
  faults: Faults,
  source: MapSource,
  classes: ReadonlyMap<string, ClassSpec>,
  fileArea: Source | undefined,
  silent: boolean,
): ModuleSpec | string | undefined {
  const own = readMap(faults, source, 'a module', MODULE_KEYS)
  const tag = own.word('tag')
  if (tag === undefined) return undefined
  if (!/^[A-Z0-9][A-Z0-9_-]*$/i.test(tag.text)) {
    faults.add('CFG_WRONG_TYPE', tag.at, `'${tag.text}'`, 'a tag of letters, digits, - and _, as FIC-101')
  }
  const className = own.wordOr('class')
  const spec = className === undefined ? undefined : findClass(faults, className, classes, silent)
  if (className !== undefined && spec === undefined) return tag.text
  if (className === undefined) {
    for (const key of ['params', 'io']) {
      const entry = source.entries.find((e) => e.key === key)
      if (entry !== undefined) {
        faults.add(
          'CFG_UNKNOWN_FIELD',
          entry.at,
          `'${key}' in a module without class`,
          "points and numbers in its 'blocks'",
        )
      }
    }
  }
  const bindings = spec === undefined ? undefined : bind(faults, source, spec, tag)
  const merged = bindings === undefined || spec === undefined ? source : merge(faults, spec, source, bindings)
  const m = readMap(faults, merged, 'a module', MODULE_KEYS)
  const range = m.optional('range')
  const desired = m.optional('desired')
  const pair = range === undefined ? undefined : pairOf(faults, range)
  const limitSource = m.map('limits')
  const limits = readLimits(faults, limitSource)
  const areaSource = m.optional('area') ?? fileArea
  if (areaSource === undefined)
    faults.add(
      'CFG_MISSING_FIELD',
      tag.at,
      `'${tag.text}' without area`,
      "the field 'area', here or at the top of the file",
    )
  m.required('range')
  m.required('blocks')
  const out = m.map('out')
  return {
    tag,
    description: m.word('description')?.text ?? '',
    area: areaSource === undefined ? undefined : wordOf(faults, areaSource),
    scan: m.word('scan'),
    kind: m.word('kind'),
    faceplate: m.word('faceplate'),
    fields: m.map('fields'),
    point: m.wordOr('point'),
    eu: m.word('eu'),
    range: pair,
    rangeAt: range?.at ?? tag.at,
    decimals: m.numberOr('decimals', 1, { min: 0, max: 9, integer: true }),
    desired: desired === undefined ? undefined : pairOf(faults, desired),
    limits,
    limitPlaces: new Map((limitSource?.entries ?? []).map((e) => [e.key as LimitName, e.at] as const)),
    alarms: m.map('alarms'),
    out: out === undefined ? undefined : readOut(faults, out),
    moved: m.list('moved'),
    blocks: m.map('blocks')?.entries ?? [],
    values: bindings ?? new Map(),
    at: tag.at,
  }
}

function findClass(
  faults: Faults,
  name: Word,
  classes: ReadonlyMap<string, ClassSpec>,
  silent: boolean,
): ClassSpec | undefined {
  const spec = classes.get(name.text)
  if (spec !== undefined || silent) return spec
  const bare = name.text.split('@')[0]!
  const versions = [...classes.keys()].filter((c) => c.split('@')[0] === bare).sort()
  if (versions.length > 0) {
    faults.add('CFG_WRONG_VERSION', name.at, `'${name.text}'`, `a version of ${bare} in classes/`, versions.at(-1))
  } else
    faults.add(
      'CFG_UNKNOWN_CLASS',
      name.at,
      `'${name.text}'`,
      'a class of classes/',
      nearest(name.text, classes.keys()),
    )
  return undefined
}

/** The value of each `$name`: parameters, `io.` points and what every module has. */
function bind(faults: Faults, source: MapSource, spec: ClassSpec, tag: Word): Map<string, Source> {
  const values = new Map<string, Source>()
  const find = (key: string): Source | undefined =>
    source.entries.find((e) => e.key === key)?.value ?? spec.body.entries.find((e) => e.key === key)?.value
  const entriesOf = (key: string): readonly MapEntry[] => {
    const value = source.entries.find((e) => e.key === key)?.value
    return value?.kind === 'map' ? value.entries : []
  }
  values.set('tag', { kind: 'scalar', value: tag.text, at: tag.at })
  const eu = find('eu')
  if (eu !== undefined) values.set('eu', eu)
  const range = find('range')
  if (range?.kind === 'list' && range.items.length === 2) {
    values.set('lo', range.items[0]!)
    values.set('hi', range.items[1]!)
  }
  const params = entriesOf('params')
  for (const entry of params) {
    const param = spec.params.get(entry.key)
    if (param === undefined) {
      faults.add(
        'CFG_UNKNOWN_PARAMETER',
        entry.at,
        `'${entry.key}'`,
        `a parameter of ${spec.name}`,
        nearest(entry.key, spec.params.keys()),
      )
    } else if (checkParam(faults, param, entry.value)) values.set(entry.key, entry.value)
  }
  for (const [name, param] of spec.params) {
    if (values.has(name) || params.some((p) => p.key === name)) continue
    if (param.default !== undefined) values.set(name, param.default)
    else
      faults.add(
        'CFG_MISSING_PARAMETER',
        tag.at,
        `'${tag.text}' without '${name}'`,
        `the parameter '${name}' of ${spec.name}`,
      )
  }
  const io = entriesOf('io')
  for (const entry of io) {
    if (spec.io.has(entry.key)) values.set(`io.${entry.key}`, entry.value)
    else
      faults.add(
        'CFG_UNKNOWN_FIELD',
        entry.at,
        `'${entry.key}'`,
        `an io of ${spec.name}`,
        nearest(entry.key, spec.io.keys()),
      )
  }
  for (const name of spec.io.keys()) {
    if (!values.has(`io.${name}`)) {
      faults.add(
        'CFG_MISSING_PARAMETER',
        tag.at,
        `'${tag.text}' without io '${name}'`,
        `a point or none for the io '${name}' of ${spec.name}`,
      )
    }
  }
  return values
}

/** The class's body with `$names` put in, and over it what the module says itself. */
function merge(faults: Faults, spec: ClassSpec, source: MapSource, values: ReadonlyMap<string, Source>): MapSource {
  const known = [...BUILT_IN, ...spec.params.keys(), ...[...spec.io.keys()].map((n) => `io.${n}`)]
  const put = (node: Source): Source => {
    if (node.kind === 'list') return { ...node, items: node.items.map(put) }
    if (node.kind === 'map') return { ...node, entries: node.entries.map((e) => ({ ...e, value: put(e.value) })) }
    if (typeof node.value !== 'string' || !node.value.startsWith('$')) return node
    const name = node.value.slice(1)
    const value = values.get(name)
    if (value !== undefined) return value
    if (!known.includes(name)) {
      faults.add(
        'CFG_UNKNOWN_PARAMETER',
        node.at,
        `'$${name}'`,
        `a parameter of ${spec.name}`,
        dollar(nearest(name, known)),
      )
    }
    // A known name without value has been reported where it should have been given.
    return { ...node, reported: true }
  }
  const body = put(spec.body) as MapSource
  return overlay(body, source, (key) =>
    key === 'blocks' || key === 'alarms' ? 2 : key === 'fields' || key === 'limits' ? 1 : 0,
  )
}

const dollar = (name: string): string => (name === '' ? '' : `$${name}`)

/** Entries of `over` replace those of `base`; mappings are merged `depth` levels further down. */
function overlay(base: MapSource, over: MapSource, depthOf: (key: string) => number): MapSource {
  const entries = base.entries.map((entry) => {
    const mine = over.entries.find((e) => e.key === entry.key)
    if (mine === undefined) return entry
    const depth = depthOf(entry.key)
    if (depth === 0 || entry.value.kind !== 'map' || mine.value.kind !== 'map') return mine
    return { ...mine, value: overlay(entry.value, mine.value, () => depth - 1) }
  })
  return { ...over, entries: [...entries, ...over.entries.filter((e) => !base.entries.some((b) => b.key === e.key))] }
}

function readLimits(faults: Faults, source: MapSource | undefined): Partial<Record<LimitName, number>> {
  const limits: Partial<Record<LimitName, number>> = {}
  if (source === undefined) return limits
  const m = readMap(faults, source, 'limits', LIMITS)
  let last: { name: string; value: number } | undefined
  for (const name of LIMITS) {
    const value = m.optional(name)
    const number = value === undefined ? undefined : numberOf(faults, value)
    if (value === undefined || number === undefined) continue
    if (last !== undefined && number >= last.value) {
      faults.add('CFG_OUT_OF_RANGE', value.at, `${name} ${number}`, `less than ${last.name} ${last.value}`)
    }
    last = { name, value: number }
    limits[name] = number
  }
  return limits
}

function readOut(faults: Faults, source: MapSource): OutSpec {
  const m = readMap(faults, source, "'out'", ['eu', 'range', 'decimals'])
  const range = m.required('range')
  const pair = range === undefined ? undefined : pairOf(faults, range)
  return {
    eu: m.word('eu'),
    lo: pair?.[0] ?? 0,
    hi: pair?.[1] ?? 100,
    decimals: m.numberOr('decimals', 1, { min: 0, max: 9, integer: true }),
  }
}

/** What is in a block's mapping, or undefined and a fault. */
export function blockMap(faults: Faults, entry: MapEntry): MapSource | undefined {
  if (entry.value.kind === 'map') return entry.value
  faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a block {type, ...}')
  return undefined
}
