/**
 * From the text of a test file to scenarios, or to the list of all its faults: file, line, column, what was found, what was
 * expected, what may have been meant.
 */
import {
  type ConfigFault,
  collectFaults,
  type Faults,
  type Place,
  sortFaults,
} from '../../controller/core/strategy/fault.ts'
import { isReported, mapsOf, numberOf, readMap } from '../../controller/core/strategy/map-reader.ts'
import { kindText, type MapSource, readYaml, type Source } from '../../controller/core/strategy/source.ts'
import type { TestContext } from './read-context.ts'
import { type PlantContext, readPlant } from './read-plant.ts'
import { readProfile } from './read-profile.ts'
import { loopOf, plainSteps } from './read-property.ts'
import { readSteps } from './read-step.ts'
import { timeOr } from './read-time.ts'
import type { PlantSpec, Scenario, TestFile, Variable } from './scenario.ts'

export type ReadResult = TestFile | { readonly faults: readonly ConfigFault[] }

const SETTLE_TICKS = 10
const RUNS = 20
const RUNS_MAX = 10_000

export function readTestFile(path: string, text: string, context: TestContext): ReadResult {
  const faults = collectFaults()
  const root = readYaml(faults, path, text)
  const scenarios = root === undefined ? [] : readRoot(faults, root, path, context)
  return faults.list.length > 0 ? { faults: sortFaults(faults.list) } : { file: path, scenarios }
}

function readRoot(faults: Faults, root: MapSource, file: string, context: TestContext): Scenario[] {
  const m = readMap(faults, root, 'a test file', ['plant', 'settle', 'tests'])
  m.required('tests')
  const shared = m.map('plant')
  const plant = shared === undefined ? undefined : readPlant(faults, shared, plantContext(context))
  const settle_ms = timeOr(faults, m, 'settle', SETTLE_TICKS * context.names.artifact.tick_ms)
  const seen = new Map<string, Place>()
  const scenarios: Scenario[] = []
  for (const source of mapsOf(faults, m.list('tests'))) {
    const scenario = readScenario(faults, source, file, context, { plant, named: shared !== undefined, settle_ms })
    if (scenario === undefined) continue
    const other = seen.get(scenario.name)
    if (other !== undefined)
      faults.add(
        'CFG_DUPLICATE_ID',
        scenario.at,
        `the test '${scenario.name}' again`,
        `each name once; line ${other.line} has it already`,
      )
    seen.set(scenario.name, scenario.at)
    scenarios.push(scenario)
  }
  return scenarios
}

const plantContext = ({ names, field }: TestContext): PlantContext => ({ names, field })

interface Shared {
  readonly plant: PlantSpec | undefined
  readonly named: boolean
  readonly settle_ms: number
}

function readScenario(
  faults: Faults,
  source: MapSource,
  file: string,
  context: TestContext,
  shared: Shared,
): Scenario | undefined {
  const m = readMap(faults, source, 'a test', [
    'name',
    'plant',
    'settle',
    'forall',
    'runs',
    'steps',
    'expect',
    'during',
  ])
  const name = m.word('name')
  const own = m.map('plant')
  const plant = own === undefined ? shared.plant : readPlant(faults, own, plantContext(context))
  if (own === undefined && !shared.named)
    faults.add('CFG_MISSING_FIELD', m.at, "a test without 'plant'", "the field 'plant', here or at the top of the file")
  const settle_ms = timeOr(faults, m, 'settle', shared.settle_ms)
  const forall = m.map('forall')
  const profiles = new Map<string, number>()
  const variables = (forall?.entries ?? []).flatMap((e) => {
    const profile = readProfile(faults, e.key, e.value)
    if (profile === undefined) return readVariable(faults, e.key, e.value) ?? []
    profiles.set(e.key, profile.length / 2)
    return profile
  })
  const runs = m.numberOr('runs', RUNS, { min: 1, max: RUNS_MAX, integer: true })
  const bare = m.optional('steps') === undefined && m.optional('expect') !== undefined
  const loop = bare ? loopOf(faults, m.at, plant, context) : undefined
  if (!bare) {
    m.required('steps')
    for (const key of ['expect', 'during']) {
      const extra = m.optional(key)
      if (extra !== undefined)
        faults.add('CFG_UNKNOWN_FIELD', extra.at, `'${key}' beside 'steps'`, `'${key}' in a step`)
    }
  } else if (loop === undefined) return undefined
  const sources = loop === undefined ? mapsOf(faults, m.list('steps')) : plainSteps(faults, source, loop, forall)
  const steps = readSteps(faults, sources, {
    ...context,
    plant,
    profiles,
    loop: loop?.block,
    variables: new Set(forall?.entries.map((e) => e.key).filter((key) => !profiles.has(key)) ?? []),
    twin: sources.some((s) => s.entries.some((e) => e.key === 'kill')),
  })
  if (name === undefined || plant === undefined) return undefined
  return { name: name.text, file, at: name.at, plant, settle_ms, steps, variables, runs }
}

/** `0..40` a range, `[1, 2, 5]` a choice, `{int: 1..9}` whole numbers. */
function readVariable(faults: Faults, name: string, value: Source): Variable | undefined {
  const range = (text: unknown): readonly [number, number] | undefined => {
    const match = /^\s*(\S+?)\s*\.\.\s*(\S+)\s*$/.exec(String(text))
    const [lo, hi] = [match?.[1], match?.[2]].map((t) => (t === undefined ? Number.NaN : Number(t.replace(/%$/, ''))))
    return lo! < hi! ? [lo!, hi!] : undefined
  }
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    const found = range(value.value)
    if (found !== undefined) return { name, lo: found[0], hi: found[1], integer: false }
  }
  if (value.kind === 'list' && value.items.length > 0) {
    const choices = value.items.map((item) => numberOf(faults, item))
    if (choices.every((c) => c !== undefined))
      return { name, lo: Math.min(...choices), hi: Math.max(...choices), integer: false, choices }
    return undefined
  }
  if (value.kind === 'map') {
    const inner = value.entries.find((e) => e.key === 'int')?.value
    const found = inner?.kind === 'scalar' ? range(inner.value) : undefined
    if (found?.every(Number.isInteger) === true) return { name, lo: found[0], hi: found[1], integer: true }
  }
  if (!isReported(value))
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a range 0..40, {int: 1..9}, or a list of numbers')
  return undefined
}
