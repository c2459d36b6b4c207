/** Makes the safety functions of a file, or all its faults at once. Format: docs/reference/sil-verification.md. */
import { betaFactor } from './common-cause.ts'
import type { Element, Sif, SilProject, Subsystem, SubsystemUse } from './sif.ts'
import { kindText, type Report, type SilMap, silMap } from './sil-map.ts'
import type { SilEntry, SilFault, SilSource } from './sil-source.ts'
import { architectureText, parseArchitecture } from './subsystem.ts'

export type SilRead = { readonly project: SilProject } | { readonly faults: readonly SilFault[] }

export function readSil(source: SilSource): SilRead {
  const faults: SilFault[] = []
  const report: Report = (code, at, found, expected) => faults.push({ code, at, found, expected })
  const root = silMap(source, 'a SIL file', report)
  if (root === undefined) return { faults }
  const title = root.text('title')
  const note = root.text('note', '-')
  const common = root.word('common_cause', ['as_given', 'table_d5'])
  const defaults = { mission_h: root.hours('mission', { above: 0 }), common }
  const elements = named(root.entries('elements'), (entry) => readElement(entry, report))
  const subsystems = named(root.entries('subsystems'), (entry) => readSubsystem(entry, elements, defaults, report))
  const sifs = root.list('sifs').flatMap((item) => readSif(item, subsystems, report) ?? [])
  root.end()
  const seen = new Set<string>()
  for (const { sif, map } of sifs) {
    if (seen.has(sif.id))
      report('CFG_DUPLICATE_ID', map.place('id'), `'${sif.id}'`, 'an id of its own for each function')
    seen.add(sif.id)
  }
  return faults.length > 0 ? { faults } : { project: { title, note, sifs: sifs.map(({ sif }) => sif) } }
}

const named = <T>(entries: readonly SilEntry[], read: (entry: SilEntry) => T | undefined): ReadonlyMap<string, T> =>
  new Map(
    entries.flatMap((entry) => {
      const value = read(entry)
      return value === undefined ? [] : [[entry.key, value] as const]
    }),
  )

/** Failures in 1e9 h. */
const FIT = 1e-9

function readElement({ key, value }: SilEntry, report: Report): Element | undefined {
  const map = silMap(value, 'an element', report)
  if (map === undefined) return undefined
  map.text('description', '-')
  const rate = (name: string): number => map.number(name, { min: 0, max: 1e6 }) * FIT
  const coverage = map.number('coverage_pct', { above: 0, max: 100 }) / 100
  const partialStrokeCoverage = map.number('partial_stroke_coverage_pct', { min: 0, max: 100 }, 0) / 100
  if (partialStrokeCoverage > coverage) {
    const found = `a partial stroke that finds ${partialStrokeCoverage * 100} %, and a proof test ${coverage * 100} %`
    report(
      'CFG_INCONSISTENT',
      map.place('partial_stroke_coverage_pct'),
      found,
      'the partial stroke inside the proof test',
    )
  }
  const element: Element = {
    id: key,
    type: map.word('type', ['A', 'B']),
    lambda_DU_per_h: rate('DU_fit'),
    lambda_DD_per_h: rate('DD_fit'),
    lambda_SU_per_h: rate('SU_fit'),
    lambda_SD_per_h: rate('SD_fit'),
    capability: map.number('systematic_capability', { min: 1, max: 4, integer: true }) as Element['capability'],
    coverage,
    partialStrokeCoverage,
    source: map.text('source'),
  }
  map.end()
  return element
}

function readSubsystem(
  { key, value }: SilEntry,
  elements: ReadonlyMap<string, Element>,
  defaults: { readonly mission_h: number; readonly common: 'as_given' | 'table_d5' },
  report: Report,
): Subsystem | undefined {
  const map = silMap(value, 'a subsystem', report)
  if (map === undefined) return undefined
  map.text('description', '-')
  const vote = map.text('vote')
  const architecture = parseArchitecture(vote)
  if (architecture === undefined && vote !== '') {
    report('CFG_UNKNOWN_WORD', map.place('vote'), `'${vote}'`, 'MooN with M <= N <= 16, or 1oo2D')
  }
  const single = architecture === undefined || architecture.n === architecture.m
  const percent = (name: string, fallback?: number): number => map.number(name, { min: 0, max: 100 }, fallback) / 100
  const beta = percent('beta_pct', single ? 0 : undefined)
  const beta_D = percent('beta_D_pct', single ? 0 : undefined)
  const factor = defaults.common === 'as_given' || single ? 1 : betaFactor(architecture.m, architecture.n)
  if (factor === undefined) {
    const found = `no factor for ${architectureText(architecture!)}`
    report('CFG_INCONSISTENT', map.place('vote'), found, 'an architecture of table D.5, or common_cause: as_given')
  }
  const testInterval_h = map.hours('test_interval', { above: 0 })
  const stroke = map.has('partial_stroke_interval')
  const partialStroke_h = stroke ? map.hours('partial_stroke_interval', { above: 0 }) : Number.NaN
  if (partialStroke_h >= testInterval_h) {
    const place = map.place('partial_stroke_interval')
    report('CFG_INCONSISTENT', place, `${partialStroke_h} h`, `less than the test interval, ${testInterval_h} h`)
  }
  const mission_h = map.hours('mission', { above: 0 }, defaults.mission_h)
  if (testInterval_h > mission_h) {
    const expected = `at most the mission, ${mission_h} h`
    report('CFG_INCONSISTENT', map.place('test_interval'), `${testInterval_h} h`, expected)
  }
  const subsystem: Subsystem = {
    id: key,
    role: map.word('role', ['sensor', 'logic', 'final']),
    architecture: architecture ?? { m: 1, n: 1, diagnosed: false },
    elements: map.list('elements').flatMap((item) => reference(item, elements, 'an element', report) ?? []),
    beta: Math.min(1, beta * (factor ?? 1)),
    beta_D: Math.min(1, beta_D * (factor ?? 1)),
    testInterval_h,
    ...(stroke ? { partialStroke_h } : {}),
    mission_h,
    mttr_h: map.hours('mttr', { min: 0 }),
    mrt_h: map.hours('mrt', { min: 0 }),
    switchOver: percent('switch_over_pct', architecture?.diagnosed ? undefined : 100),
    bypass_h_per_y: map.number('bypass_h_per_y', { min: 0, max: 8760 }),
    bypassVote: map.word('bypass_vote', ['keep', 'reduce'], 'keep'),
    diversity: map.has('diversity') ? map.text('diversity') : '',
    ...(map.has('tags') ? { tags: map.list('tags').flatMap((item) => tagOf(item, report)) } : {}),
    ...(map.has('outside') ? { outside: map.text('outside') } : {}),
  }
  map.end()
  return subsystem
}

function tagOf(item: SilSource, report: Report): string[] {
  if (item.kind === 'scalar' && typeof item.value === 'string') return [item.value]
  report('CFG_WRONG_TYPE', item.at, kindText(item), 'a tag')
  return []
}

function readSif(
  source: SilSource,
  subsystems: ReadonlyMap<string, Subsystem>,
  report: Report,
): { readonly sif: Sif; readonly map: SilMap } | undefined {
  const map = silMap(source, 'a safety function', report)
  if (map === undefined) return undefined
  const rrf_min = map.has('rrf_min') ? map.number('rrf_min', { min: 1 }) : undefined
  const sif: Sif = {
    id: map.text('id'),
    name: map.text('name'),
    demand: map.word('demand', ['low', 'high']),
    target: map.number('sil', { min: 1, max: 4, integer: true }) as Sif['target'],
    ...(rrf_min === undefined ? {} : { rrf_min }),
    route: map.word('route', ['1H', '2H']),
    essential: map.has('essential') ? map.text('essential') : '',
    subsystems: map.list('subsystems').flatMap((item) => readUse(item, subsystems, report) ?? []),
    ...(map.has('demands_per_y') ? { demands_per_y: map.number('demands_per_y', { min: 0 }) } : {}),
  }
  map.end()
  if (sif.demand === 'high' && rrf_min !== undefined) {
    report(
      'CFG_INCONSISTENT',
      map.place('rrf_min'),
      'a risk reduction for high demand',
      'rrf_min with demand: low only',
    )
  }
  for (const role of ['sensor', 'logic', 'final'] as const) {
    // A sum that forgets a part of the function promises too much. Two wrong references must not add a third message.
    if (
      subsystems.size > 0 &&
      sif.subsystems.length > 0 &&
      !sif.subsystems.some(({ subsystem }) => subsystem.role === role)
    ) {
      report('CFG_INCONSISTENT', map.place('subsystems'), `no subsystem with role ${role}`, 'sensor, logic and final')
    }
  }
  return { sif, map }
}

/** `pressure`, or `{ use: valve, count: 4 }`. */
function readUse(
  source: SilSource,
  subsystems: ReadonlyMap<string, Subsystem>,
  report: Report,
): SubsystemUse | undefined {
  if (source.kind !== 'map') {
    const subsystem = reference(source, subsystems, 'a subsystem', report)
    return subsystem === undefined ? undefined : { subsystem, count: 1 }
  }
  const map = silMap(source, 'a use of a subsystem', report)!
  const count = map.number('count', { min: 1, max: 100, integer: true })
  map.text('use')
  map.end()
  const name = source.entries.find(({ key }) => key === 'use')?.value
  const subsystem = name === undefined ? undefined : reference(name, subsystems, 'a subsystem', report)
  return subsystem === undefined ? undefined : { subsystem, count }
}

function reference<T>(source: SilSource, all: ReadonlyMap<string, T>, what: string, report: Report): T | undefined {
  const found = source.kind === 'scalar' ? all.get(String(source.value)) : undefined
  if (found === undefined)
    report('CFG_UNKNOWN_WORD', source.at, kindText(source), `${what}: ${[...all.keys()].join(', ')}`)
  return found
}
