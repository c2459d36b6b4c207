/**
 * From the files of a strategy to the artifact that every program loads, or to the list of all their faults.
 *
 * The same files in any order give the same artifact, byte for byte: everything that the files leave open is decided by
 * names and stable ids.
 */
import type { Artifact, DeviceRecord, InputPoint, OutputPoint } from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { BlockType } from '../block.ts'
import { placeInArena } from './arena.ts'
import { canonicalJson } from './canonical-json.ts'
import { checkBlock } from './check-block.ts'
import type { Measure } from './dimension.ts'
import { type ConfigFault, collectFaults, type Faults, isWarning, type Place, sortFaults } from './fault.ts'
import { profileLibrary } from './io-library.ts'
import { checkBuses } from './io-overlap.ts'
import { checkOpenInputs, type IsBroken, link, type Points } from './link.ts'
import { LOCK_FILE, lockText, readLock } from './lock.ts'
import type { Word } from './map-reader.ts'
import { modelOf, type StrategyModel } from './model.ts'
import { settleModes } from './modes.ts'
import { readMoved } from './moved.ts'
import { order } from './order.ts'
import { duration } from './quantity.ts'
import { type AlarmSpec, readAlarms } from './read-alarms.ts'
import { type BlockSpec, readBlocks } from './read-block.ts'
import { type ClassSpec, readClass } from './read-class.ts'
import { readCsv } from './read-csv.ts'
import { type DisplaySpec, readDisplay } from './read-display.ts'
import { type DeviceSpec, readIo } from './read-io.ts'
import { type CascadeSpec, type ModuleSpec, readLoops } from './read-module.ts'
import { type Project, readProject } from './read-project.ts'
import { checkScales } from './scales.ts'
import { type MapSource, readYaml } from './source.ts'
import { checkStatusPaths } from './status-path.ts'
import { checkRanges, readTag, tagTables } from './tags.ts'
import { checkUnits } from './unit-flow.ts'

export interface StrategyFile {
  /** Relative to the strategy's folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** `x * factor + offset`: from the unit of a wire to the unit its name is declared in. */
export interface Conversion {
  readonly factor: number
  readonly offset: number
}

export interface ExpressionFault {
  readonly found: string
  readonly expected: string
  /** A name that is not known, for the nearest one. */
  readonly name?: string
  /** Where in the text, from 0. */
  readonly offset?: number
  /** The text is sound but its units do not go together. */
  readonly unit?: boolean
}

export interface CompiledExpression {
  readonly program: readonly number[]
  /** What the result measures, from what the inputs measure by their numbers; or where units do not go together. */
  readonly measure?: (units: readonly Measure[]) => { readonly result: Measure } | ExpressionFault
}

/**
 * Compiles an expression to the program of a CALC block, or says what is wrong with it.
 *
 * @param inputs - numbers of the block's inputs by their names in the expression
 * @param constants - values of class parameters, by `$name`
 * @param conversions - of inputs by number, worked into the program
 */
export type CompileExpression = (
  text: string,
  inputs: ReadonlyMap<string, number>,
  constants: ReadonlyMap<string, number>,
  conversions?: ReadonlyMap<number, Conversion>,
) => CompiledExpression | ExpressionFault

export interface CompileOptions {
  readonly types: ReadonlyMap<string, BlockType>
  /** SHA-256 of a text as UTF-8, hex: from outside, because a core has no crypto. */
  readonly hash: (text: string) => string
  /** Absent where no file has an expression: the library behind it is slow to load. */
  readonly expression?: CompileExpression
  /** Device profiles that come along, behind the strategy's own: path and text. Read when an io file names them. */
  readonly profiles?: readonly StrategyFile[]
}

export type CompileResult =
  | {
      readonly artifact: Artifact
      readonly lock: string
      readonly warnings: readonly ConfigFault[]
      /** Made when asked for: only `diff` and `docs` need it. */
      readonly model: () => StrategyModel
    }
  | { readonly faults: readonly ConfigFault[] }

export function compile(files: readonly StrategyFile[], options: CompileOptions): CompileResult {
  const faults = collectFaults()
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const { trees, failed } = readTrees(faults, sorted)
  const projectTree = trees.find((t) => t.kind === 'project')?.tree
  if (!sorted.some((f) => f.path === PROJECT_FILE)) {
    faults.add(
      'CFG_NO_STRATEGY',
      { file: PROJECT_FILE, line: 0, column: 0 },
      'no strategy.yaml',
      'strategy.yaml with name, title, scan and areas',
    )
  }
  const project = projectTree === undefined ? undefined : readProject(faults, projectTree)
  const classes = readClasses(faults, trees)
  const own = sorted
    .filter((f) => kindOf(f.path) === 'profile')
    .map(({ path }) => ({ path, tree: trees.find((t) => t.tree.at.file === path)?.tree }))
  const profiles = profileLibrary(faults, own, options.profiles ?? [])
  const devices = unique(
    faults,
    'CFG_DUPLICATE_DEVICE',
    trees.filter((t) => t.kind === 'io').flatMap((t) => readIo(faults, t.tree, profiles)),
    (d) => d.record.id,
    (d) => d.at,
  )
  checkBuses(faults, devices)
  const loops = trees
    .filter((t) => t.kind === 'loops')
    .map((t) => readLoops(faults, t.tree, classes, failed.has('class')))
  const modules = unique(
    faults,
    'CFG_DUPLICATE_TAG',
    loops.flatMap((l) => l.modules),
    (m) => m.tag.text,
    (m) => m.at,
  )
  const displays = unique(
    faults,
    'CFG_DUPLICATE_DISPLAY',
    trees
      .filter((t) => t.kind === 'display')
      .map((t) => readDisplay(faults, t.tree))
      .filter((d) => d !== undefined),
    (d) => d.record.id,
    (d) => d.at,
  )
  const brokenTags = new Set(loops.flatMap((l) => l.broken))
  if (!failed.has('loops')) checkDisplays(faults, displays, [...modules.map((m) => m.tag.text), ...brokenTags])
  if (project !== undefined) checkModules(faults, project, modules)
  const stable = readMoved(faults, loops, modules)
  const alarms: AlarmSpec[] = []
  const blocks = modules.flatMap((module) => {
    const own = readBlocks(faults, module, { types: options.types, expression: options.expression, stable })
    const found = readAlarms(faults, module, own, options.types, stable)
    alarms.push(...found.specs)
    return [...own, ...found.blocks]
  })
  checkUnusedClasses(faults, classes, modules, options.types)
  const lock = files.find((f) => f.path === LOCK_FILE)?.text
  const cascades = loops.flatMap((l) => l.cascades)
  const brokenPoints = new Set(devices.flatMap((d) => d.broken))
  const doubtful = devices.filter((d) => d.doubtful).map((d) => `${d.record.id}/`)
  const readable = new Set(blocks.map((b) => b.key))
  const named = new Set(modules.flatMap((m) => m.blocks.map((b) => `${m.tag.text}.${b.key}`)))
  const broken = {
    point: (point: string) =>
      failed.has('io') || brokenPoints.has(point) || doubtful.some((device) => point.startsWith(device)),
    block: (tag: string, block: string) =>
      failed.has('loops') || brokenTags.has(tag) || (!readable.has(`${tag}.${block}`) && named.has(`${tag}.${block}`)),
  }
  return finish(faults, { project, devices, modules, blocks, alarms, cascades, displays, broken, lock }, options)
}

interface Parts {
  readonly project: Project | undefined
  readonly devices: readonly DeviceSpec[]
  readonly modules: readonly ModuleSpec[]
  readonly blocks: readonly BlockSpec[]
  readonly alarms: readonly AlarmSpec[]
  readonly cascades: readonly CascadeSpec[]
  readonly displays: readonly DisplaySpec[]
  /** Text of strategy.lock, where there is one. */
  readonly lock: string | undefined
  readonly broken: { readonly point: (point: string) => boolean; readonly block: IsBroken }
}

/** Everything that needs all files at once. */
function finish(faults: Faults, parts: Parts, options: CompileOptions): CompileResult {
  const { project, blocks } = parts
  const tick_ms = project === undefined || project.scan_ms.size === 0 ? 1 : [...project.scan_ms.values()].reduce(gcd)
  const io = readPoints(faults, parts.devices, { project, tick_ms }, parts.broken.point)
  const linked = link(faults, blocks, parts.cascades, io.points, parts.broken.block)
  checkOpenInputs(faults, blocks, linked.into)
  for (const block of blocks) settleModes(faults, block, linked)
  checkScales(faults, blocks)
  checkStatusPaths(faults, linked, { inputs: io.inputs.map((p) => p.point), outputs: io.outputs.map((p) => p.point) })
  for (const block of blocks) checkBlock(faults, block, linked.into(block))
  const inputNames = io.inputs.map((p) => p.point)
  const outputNames = io.outputs.map((p) => p.point)
  const byModule = new Map<ModuleSpec, BlockSpec[]>()
  for (const block of blocks) {
    const own = byModule.get(block.module)
    if (own === undefined) byModule.set(block.module, [block])
    else own.push(block)
  }
  const context = {
    blocksOf: (module: ModuleSpec) => byModule.get(module) ?? [],
    into: linked.into,
    points: io.points,
    pointNames: { inputs: inputNames, outputs: outputNames },
  }
  const modules = [...parts.modules].sort((a, b) => (a.tag.text < b.tag.text ? -1 : 1))
  const tags = modules.map((module) => readTag(faults, module, context)).filter((tag) => tag !== undefined)
  checkRanges(faults, tags, linked)
  const unitOf = checkUnits(faults, blocks, linked, tags, {
    inputs: io.inputs.map((p) => p.quantity),
    outputs: io.outputs.map((p) => p.quantity),
  })
  const every = new Map([...(project?.scan_ms ?? [])].map(([name, ms]) => [name, ms / tick_ms] as const))
  const lock = parts.lock === undefined ? undefined : readLock(faults, parts.lock)
  const ordered = order(faults, blocks, linked.wires, every, lock)
  if (faults.list.some((f) => !isWarning(f)) || project === undefined) return { faults: sortFaults(faults.list) }

  // An output that nobody writes or reads back stays out of the image.
  const readBack = linked.wires.flatMap((w) => (w.from.kind === 'readback' ? [w.from.index] : []))
  const used = [...new Set([...linked.outputs.map((o) => o.index), ...readBack])].sort((a, b) => a - b)
  const renumbered = new Map(used.map((old, index) => [old, index] as const))
  const outputs = linked.outputs.map((o) => ({ ...o, index: renumbered.get(o.index)! }))
  const wires = linked.wires.map((w) =>
    w.from.kind === 'readback' ? { ...w, from: { ...w.from, index: renumbered.get(w.from.index)! } } : w,
  )
  const arena = placeInArena({
    classes: ordered,
    linked: { ...linked, wires, outputs },
    inputs: inputNames,
    outputs: used.map((i) => outputNames[i]!),
    stations: project.stations,
    tick_ms,
  })
  const tables = tagTables(tags, parts.alarms, arena, project.scan_ms)
  const { indexOf: _, ...regions } = arena
  const content: Omit<Artifact, 'hash'> = {
    format: 1,
    name: project.name,
    title: project.title,
    tick_ms,
    control: { ...regions, writable: tables.writable, published: tables.published },
    io: { devices: io.devices, inputs: io.inputs, outputs: used.map((i) => io.outputs[i]!) },
    tags: tables.tags,
    displays: parts.displays.map((d) => d.record).sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
  const hash = options.hash(canonicalJson(content))
  const model = (): StrategyModel =>
    modelOf({
      name: project.name,
      title: project.title,
      modules,
      blocks,
      alarms: parts.alarms,
      linked,
      points: { inputs: inputNames, outputs: outputNames },
      ordered,
      unitOf,
      records: new Map<string, object>([
        ...[...project.scan_ms].map(([name, ms]) => [`scan ${name}`, { period: `${ms} ms` }] as const),
        ...[...project.areas].map(([id, areaTitle]) => [`area ${id}`, { title: areaTitle }] as const),
        ['stations', { count: project.stations }],
        ...io.devices.map((d) => [d.id, d] as const),
        ...[...io.inputs, ...io.outputs].map(({ device, ...p }) => [p.point, p] as const),
        ...parts.displays.map((d) => [`display ${d.record.id}`, d.record] as const),
      ]),
    })
  return { artifact: { ...content, hash }, lock: lockText(ordered), warnings: sortFaults(faults.list), model }
}

// ---------------------------------------------------------------- files

type FileKind = 'project' | 'class' | 'loops' | 'io' | 'display' | 'profile'

interface Tree {
  readonly kind: FileKind
  readonly tree: MapSource
}

const PROJECT_FILE = 'strategy.yaml'
const PLACES: readonly (readonly [RegExp, FileKind])[] = [
  [/^strategy\.yaml$/, 'project'],
  [/^classes\/.*\.class\.yaml$/, 'class'],
  [/^loops\/.*\.(yaml|csv)$/, 'loops'],
  [/^io\/.*\.yaml$/, 'io'],
  [/^displays\/.*\.yaml$/, 'display'],
  [/^profiles\/[^/]*\.yaml$/, 'profile'],
]
const kindOf = (path: string): FileKind | undefined => PLACES.find(([pattern]) => pattern.test(path))?.[1]
/** Files that belong to a strategy but not to the artifact: tests, the plant to try it on, the safety system's own. */
const ELSEWHERE = /(^|\/)[^/]*\.test\.yaml$|^(tests|plant|sis|alarms)\//

/** Whether `compile` reads a file of this path. */
export const isStrategyFile = (path: string): boolean =>
  (path.endsWith('.yaml') || /^loops\/.*\.csv$/.test(path)) && !ELSEWHERE.test(path)

/** The trees of all files, and the kinds of those that have none: names missing from them are no faults of others. */
function readTrees(faults: Faults, files: readonly StrategyFile[]): { trees: Tree[]; failed: ReadonlySet<FileKind> } {
  const trees: Tree[] = []
  const failed = new Set<FileKind>()
  for (const { path, text } of files) {
    if (!isStrategyFile(path)) continue
    const kind = kindOf(path)
    if (kind === undefined) {
      const expected =
        'strategy.yaml, classes/*.class.yaml, loops/*.yaml, io/*.yaml, profiles/*.yaml or displays/*.yaml'
      faults.add('CFG_UNKNOWN_FILE', { file: path, line: 0, column: 0 }, `'${path}'`, expected)
      continue
    }
    const tree = path.endsWith('.csv') ? readCsv(faults, path, text) : readYaml(faults, path, text)
    if (tree === undefined) failed.add(kind)
    else trees.push({ kind, tree })
  }
  return { trees, failed }
}

function readClasses(faults: Faults, trees: readonly Tree[]): ReadonlyMap<string, ClassSpec> {
  const specs = trees
    .filter((t) => t.kind === 'class')
    .map((t) => readClass(faults, t.tree))
    .filter((c) => c !== undefined)
  return new Map(
    unique(
      faults,
      'CFG_DUPLICATE_CLASS',
      specs,
      (c) => c.name,
      (c) => c.at,
    ).map((c) => [c.name, c] as const),
  )
}

/** The first of each name, by file and line; each further one is a fault. */
function unique<T>(
  faults: Faults,
  code: 'CFG_DUPLICATE_DEVICE' | 'CFG_DUPLICATE_TAG' | 'CFG_DUPLICATE_DISPLAY' | 'CFG_DUPLICATE_CLASS',
  items: readonly T[],
  nameOf: (item: T) => string,
  placeOf: (item: T) => Place,
): T[] {
  const first = new Map<string, T>()
  for (const item of items) {
    const other = first.get(nameOf(item))
    if (other === undefined) {
      first.set(nameOf(item), item)
      continue
    }
    const { file, line } = placeOf(other)
    faults.add(code, placeOf(item), `'${nameOf(item)}' again`, `each name once; it stands in ${file}:${line} already`)
  }
  return [...first.values()]
}

// ---------------------------------------------------------------- checks across files

function checkModules(faults: Faults, project: Project, modules: readonly ModuleSpec[]): void {
  for (const { area, scan } of modules) {
    if (area !== undefined && !project.areas.has(area.text)) {
      faults.add(
        'CFG_UNKNOWN_AREA',
        area.at,
        `'${area.text}'`,
        'an area of strategy.yaml',
        nearest(area.text, project.areas.keys()),
      )
    }
    if (scan !== undefined && !project.scan_ms.has(scan.text) && !project.broken_scans.includes(scan.text)) {
      faults.add(
        'CFG_UNKNOWN_SCAN_CLASS',
        scan.at,
        `'${scan.text}'`,
        'a scan class of strategy.yaml',
        nearest(scan.text, project.scan_ms.keys()),
      )
    }
  }
}

function checkDisplays(faults: Faults, displays: readonly DisplaySpec[], tags: readonly string[]): void {
  for (const tag of displays.flatMap((d) => d.tags)) {
    if (!tags.includes(tag.text))
      faults.add('CFG_UNKNOWN_TAG', tag.at, `'${tag.text}'`, 'a tag of loops/', nearest(tag.text, tags))
  }
}

/** A class without instance is not worked out; its block types are checked, so that it does not rot. */
function checkUnusedClasses(
  faults: Faults,
  classes: ReadonlyMap<string, ClassSpec>,
  modules: readonly ModuleSpec[],
  types: ReadonlyMap<string, BlockType>,
): void {
  const seen = new Set(modules.flatMap((m) => m.blocks.map((b) => `${b.at.file}`)))
  for (const spec of classes.values()) {
    if (seen.has(spec.at.file)) continue
    const blocks = spec.body.entries.find((e) => e.key === 'blocks')?.value
    for (const block of blocks?.kind === 'map' ? blocks.entries : []) {
      const type = block.value.kind === 'map' ? block.value.entries.find((e) => e.key === 'type')?.value : undefined
      if (type?.kind === 'scalar' && !types.has(String(type.value))) {
        faults.add(
          'CFG_UNKNOWN_BLOCK_TYPE',
          type.at,
          `'${type.value}'`,
          'a block type',
          nearest(String(type.value), types.keys()),
        )
      }
    }
  }
}

interface Io {
  readonly devices: readonly DeviceRecord[]
  readonly inputs: readonly InputPoint[]
  readonly outputs: readonly OutputPoint[]
  readonly points: Points
}

/** Devices by id, points by device, table and register: neighbours on the wire are neighbours in the image. */
function readPoints(
  faults: Faults,
  specs: readonly DeviceSpec[],
  scan: { readonly project: Project | undefined; readonly tick_ms: number },
  isBroken: (point: string) => boolean,
): Io {
  const devices = [...specs].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
  const byRegister = (a: InputPoint | OutputPoint, b: InputPoint | OutputPoint): number =>
    a.device - b.device ||
    (a.table < b.table ? -1 : a.table > b.table ? 1 : a.register - b.register) ||
    (a.point < b.point ? -1 : 1)
  const inputs: InputPoint[] = []
  const outputs: OutputPoint[] = []
  const names = new Set<string>()
  devices.forEach((spec, device) => {
    const fresh = (point: string, at: Place): boolean => {
      if (names.has(point)) faults.add('CFG_DUPLICATE_POINT', at, `'${point}' again`, 'each point once')
      return !names.has(point) && names.add(point) !== undefined
    }
    for (const { at, every, ...point } of spec.inputs) {
      if (!fresh(point.point, at)) continue
      const ticks = every === undefined ? 1 : ticksOf(faults, every, scan.project, scan.tick_ms)
      inputs.push({ ...point, device, ...(ticks > 1 ? { every: ticks } : {}) })
    }
    for (const { at, ...point } of spec.outputs) if (fresh(point.point, at)) outputs.push({ ...point, device })
  })
  inputs.sort(byRegister)
  outputs.sort(byRegister)
  return {
    devices: devices.map((d) => d.record),
    inputs,
    outputs,
    points: {
      inputs: new Map(inputs.map((p, i) => [p.point, i] as const)),
      outputs: new Map(outputs.map((p, i) => [p.point, i] as const)),
      isBroken,
    },
  }
}

/** `every: 5s` or `every: slow` in ticks; 1 where it cannot be had. */
function ticksOf(faults: Faults, { text, at }: Word, project: Project | undefined, tick_ms: number): number {
  if (project === undefined || project.broken_scans.length > 0) return 1
  const ms = project.scan_ms.get(text) ?? duration(text, 'ms')
  const ticks = ms === undefined ? Number.NaN : ms / tick_ms
  if (Number.isInteger(ticks) && ticks >= 1) return ticks
  const names = [...project.scan_ms.keys()]
  const expected = `a scan class or a multiple of the tick, ${tick_ms} ms`
  faults.add('CFG_POLL_PERIOD', at, `'${text}'`, expected, ms === undefined ? nearest(text, names) : '')
  return 1
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
