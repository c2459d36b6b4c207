/**
 * From the text of a test file to scenarios, or to the list of all its faults: file, line, column, what was found, what was
 * expected, what may have been meant.
 */
import { REFUSAL } from '../../contracts/frame.ts'
import {
  type ConfigFault,
  collectFaults,
  type Faults,
  type Place,
  sortFaults,
} from '../../controller/core/strategy/fault.ts'
import { isReported, type MapReader, mapsOf, numberOf, readMap } from '../../controller/core/strategy/map-reader.ts'
import { nearest } from '../../controller/core/strategy/nearest.ts'
import { duration, parseQuantity } from '../../controller/core/strategy/quantity.ts'
import { kindText, type MapSource, readYaml, type Source } from '../../controller/core/strategy/source.ts'
import { checkExpression } from './check-expression.ts'
import { type Expression, isProblem, parseExpression } from './expression.ts'
import { FAULT_WORDS, type FaultPlace, type FaultWord } from './field.ts'
import { type BlockRef, isUnknown, type Names } from './names.ts'
import { type PlantContext, readPlant } from './read-plant.ts'
import type { Action, Expectation, PlantSpec, Scenario, Step, TestFile, Variable, Wait } from './scenario.ts'

/** What is known of the plant that a strategy has the instruments of. */
export interface PlantNames {
  readonly plant: string
  readonly starts: readonly string[]
  /** Instruments by tag with the faults they can have; the tag behind a point. */
  readonly instruments: ReadonlyMap<string, readonly FaultWord[]>
  readonly tagAt: (place: FaultPlace) => string | undefined
  readonly disturbances: readonly string[]
}

export interface TestContext {
  readonly names: Names
  readonly field?: PlantNames | undefined
}

export type ReadResult = TestFile | { readonly faults: readonly ConfigFault[] }

const VERBS = ['set', 'fault', 'clear', 'disturb', 'cut', 'kill'] as const
type Verb = (typeof VERBS)[number]
/** What may stand beside each verb; the rest may stand in every step. */
const BESIDE: Readonly<Record<Verb, readonly string[]>> = {
  set: ['to', 'refused'],
  fault: ['as', 'value', 'for'],
  clear: [],
  disturb: ['by', 'for'],
  cut: ['for'],
  kill: [],
}
const EVERYWHERE = ['at', 'wait', 'of', 'band', 'expect', 'within', 'during']
const SETTLE_TICKS = 10
const RUNS = 20
const RUNS_MAX = 10_000
const STEADY_BAND_PCT = 1
/** A test longer than this is a slip of the unit. */
const LONGEST_MS = 400 * 3.6e6

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
  const m = readMap(faults, source, 'a test', ['name', 'plant', 'settle', 'forall', 'runs', 'steps'])
  const name = m.word('name')
  const own = m.map('plant')
  const plant = own === undefined ? shared.plant : readPlant(faults, own, plantContext(context))
  if (own === undefined && !shared.named)
    faults.add('CFG_MISSING_FIELD', m.at, "a test without 'plant'", "the field 'plant', here or at the top of the file")
  const settle_ms = timeOr(faults, m, 'settle', shared.settle_ms)
  const forall = m.map('forall')
  const variables = (forall?.entries ?? [])
    .map((e) => readVariable(faults, e.key, e.value))
    .filter((v) => v !== undefined)
  const runs = m.numberOr('runs', RUNS, { min: 1, max: RUNS_MAX, integer: true })
  m.required('steps')
  const sources = mapsOf(faults, m.list('steps'))
  const steps = readSteps(faults, sources, {
    ...context,
    plant,
    variables: new Set(forall?.entries.map((e) => e.key) ?? []),
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

// ---------------------------------------------------------------- steps

interface StepContext extends TestContext {
  readonly plant: PlantSpec | undefined
  readonly variables: ReadonlySet<string>
  readonly twin: boolean
}

/** What a later step may refer back to. */
interface Before {
  /** Spans that `during` can name: those that end by themselves. */
  readonly ended: Set<string>
  loop: BlockRef | undefined
}

function readSteps(faults: Faults, sources: readonly MapSource[], context: StepContext): Step[] {
  const before: Before = { ended: new Set(), loop: undefined }
  return sources.map((source) => readStep(faults, source, context, before)).filter((step) => step !== undefined)
}

function readStep(faults: Faults, source: MapSource, context: StepContext, before: Before): Step | undefined {
  const verbs = VERBS.filter((verb) => source.entries.some((e) => e.key === verb))
  const verb = verbs[0]
  if (verbs.length > 1) {
    faults.add('CFG_INCONSISTENT', source.at, `a step with ${verbs.join(' and ')}`, 'one verb a step')
    return undefined
  }
  const keys = verb === undefined ? [...VERBS, ...EVERYWHERE] : [verb, ...BESIDE[verb], ...EVERYWHERE]
  const m = readMap(faults, source, verb === undefined ? 'a step' : `a step with '${verb}'`, keys)
  if (verb === undefined && m.optional('wait') === undefined && m.optional('expect') === undefined) {
    if (source.entries.every((e) => keys.includes(e.key)))
      faults.add(
        'CFG_MISSING_FIELD',
        source.at,
        'a step that does nothing',
        `one of ${[...VERBS, 'wait', 'expect'].join(', ')}`,
      )
    return undefined
  }
  const action = verb === undefined ? ({ do: 'nothing' } as const) : readAction(faults, m, verb, context, before)
  const wait = readWait(faults, m, context, before)
  const expect = readExpect(faults, m, context, before, m.optional('wait') !== undefined)
  const at = m.optional('at')
  const at_ms = at === undefined ? undefined : timeOf(faults, at, 0, context)
  if (action === undefined) return undefined
  return {
    at: source.at,
    action,
    ...(at_ms === undefined ? {} : { at_ms }),
    ...(wait === undefined ? {} : { wait }),
    ...(expect === undefined ? {} : { expect }),
  }
}

function readAction(
  faults: Faults,
  m: MapReader,
  verb: Verb,
  context: StepContext,
  before: Before,
): Action | undefined {
  const word = m.word(verb)
  const ending = m.optional('for')
  const for_ms = ending === undefined ? undefined : timeOf(faults, ending, 0, context)
  const spans = { fault: 'fault', cut: 'cut', disturb: 'disturbance' } as Readonly<Record<string, string>>
  if (for_ms !== undefined) before.ended.add(spans[verb] ?? '')
  if (word === undefined) return undefined
  const span = for_ms === undefined ? {} : { for_ms }
  switch (verb) {
    case 'set':
      return readSet(faults, m, word.text, word.at, context, before)
    case 'fault': {
      const place = placeOf(faults, word.text, word.at, context)
      const as = wordOf(faults, m, place, context)
      const value = m.optional('value') === undefined ? undefined : readValue(faults, m.optional('value')!, context)
      if (place === undefined || as === undefined) return undefined
      return { do: 'fault', place, word: as, ...(value === undefined ? {} : { value }), ...span }
    }
    case 'disturb': {
      const by = m.optional('by')
      const known = disturbances(context)
      if (!known.includes(word.text)) {
        faults.add(
          'CFG_UNKNOWN_WORD',
          word.at,
          `'${word.text}'`,
          `a disturbance (${known.join(', ') || 'none here'})`,
          nearest(word.text, known),
        )
        return undefined
      }
      const linear = context.plant?.kind === 'linear'
      if (linear !== (by !== undefined))
        faults.add(
          'CFG_MISSING_FIELD',
          m.at,
          linear ? "'disturb' without 'by'" : "'by' at an on-off disturbance",
          linear ? "the field 'by'" : "no 'by'",
        )
      const value = by === undefined ? undefined : readValue(faults, by, context)
      return { do: 'disturb', name: word.text, ...(value === undefined ? {} : { value }), ...span }
    }
    case 'cut': {
      const device = deviceOf(faults, word.text, word.at, context)
      return device === undefined ? undefined : { do: 'cut', device, ...span }
    }
    case 'kill':
      if (word.text === 'primary' || word.text === 'standby') return { do: 'kill', which: word.text }
      faults.add(
        'CFG_UNKNOWN_WORD',
        word.at,
        `'${word.text}'`,
        'primary | standby',
        nearest(word.text, ['primary', 'standby']),
      )
      return undefined
    case 'clear': {
      if (context.names.device(word.text) >= 0) return { do: 'mend', device: context.names.device(word.text) }
      if (disturbances(context).includes(word.text)) return { do: 'calm', name: word.text }
      const place = placeOf(faults, word.text, word.at, context)
      return place === undefined ? undefined : { do: 'clear', place }
    }
  }
}

const disturbances = ({ plant, field }: StepContext): readonly string[] =>
  plant?.kind === 'linear' ? plant.from.map((end) => end.name) : (field?.disturbances ?? [])

function deviceOf(faults: Faults, text: string, at: Place, { names }: StepContext): number | undefined {
  const device = names.device(text)
  if (device >= 0) return device
  const ids = names.artifact.io.devices.map((d) => d.id)
  faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, `a device of io/ (${ids.join(', ')})`, nearest(text, ids))
  return undefined
}

function readSet(
  faults: Faults,
  m: MapReader,
  path: string,
  at: Place,
  context: StepContext,
  before: Before,
): Action | undefined {
  const { names } = context
  const to = m.required('to')
  const refused = m.wordOr('refused')
  const refusals = Object.keys(REFUSAL).filter((name) => name !== 'none')
  if (refused !== undefined && !refusals.includes(refused.text))
    faults.add(
      'CFG_UNKNOWN_WORD',
      refused.at,
      `'${refused.text}'`,
      refusals.join(' | '),
      nearest(refused.text, refusals),
    )
  if (path.includes('/')) {
    const input = names.input(path)
    const all = names.artifact.control.inputs.map((p) => p.point)
    const driven = context.plant?.kind === 'linear' && context.plant.to.some((end) => end.index === input)
    const rig = context.plant?.kind === 'rig' && context.field?.tagAt({ kind: 'input', index: input }) !== undefined
    if (input < 0)
      faults.add('CFG_UNKNOWN_POINT', at, `'${path}'`, 'an input point that the strategy uses', nearest(path, all))
    else if (driven || rig)
      faults.add('CFG_INCONSISTENT', at, `'${path}'`, "an input that no model drives; a 'fault' changes the others")
    const value = to === undefined ? undefined : readValue(faults, to, context)
    return value === undefined || input < 0 ? undefined : { do: 'drive', input, value }
  }
  const found = names.writable(path)
  if (isUnknown(found)) {
    faults.add(found.code, at, found.found, found.expected, found.suggestion)
    return undefined
  }
  const owner = names.artifact.control.writable[found.target]!
  const block = names.block(names.artifact.control.blocks[owner.block]!.id)
  if (!isUnknown(block) && block.layout.S['SP'] !== undefined && block.layout.S['PV'] !== undefined) before.loop = block
  const value = to === undefined ? undefined : readValue(faults, to, context, found.cell.words)
  if (value === undefined) return undefined
  return { do: 'set', target: found.target, path, value, ...(refused === undefined ? {} : { refused: refused.text }) }
}

function placeOf(
  faults: Faults,
  text: string,
  at: Place,
  { names, plant, field }: StepContext,
): FaultPlace | undefined {
  if (plant?.kind === 'rig' && field?.instruments.has(text) === true) return { kind: 'instrument', tag: text }
  if (text.includes('/')) {
    const [input, output] = [names.input(text), names.output(text)]
    if (input >= 0) return { kind: 'input', index: input }
    if (output >= 0) return { kind: 'output', index: output }
    const { inputs, outputs } = names.artifact.control
    const all = [...inputs, ...outputs].map((p) => p.point)
    faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, 'a point that the strategy uses', nearest(text, all))
    return undefined
  }
  if (!text.includes('.')) {
    const all = [
      ...(plant?.kind === 'rig' ? (field?.instruments.keys() ?? []) : []),
      ...names.artifact.control.inputs.map((p) => p.point),
    ]
    faults.add(
      'CFG_UNKNOWN_POINT',
      at,
      `'${text}'`,
      plant?.kind === 'rig'
        ? 'an instrument of the plant, or a point'
        : 'a point, as RIO-1/AI/3, or a block that reads one',
      nearest(text, all),
    )
    return undefined
  }
  const block = names.block(text)
  if (isUnknown(block)) {
    faults.add(block.code, at, block.found, block.expected, block.suggestion)
    return undefined
  }
  const [input, output] = [names.inputOf(block), names.outputOf(block)]
  if (input >= 0) return { kind: 'input', index: input }
  if (output >= 0) return { kind: 'output', index: output }
  faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, 'a block that reads or writes a point of io/')
  return undefined
}

/** The kind of a fault, as far as the place can have it. */
function wordOf(
  faults: Faults,
  m: MapReader,
  place: FaultPlace | undefined,
  { plant, field }: StepContext,
): FaultWord | undefined {
  const as = m.word('as')
  if (as === undefined) return undefined
  const device: readonly FaultWord[] = place?.kind === 'input' ? ['bad', 'no_comm'] : []
  const tag = place === undefined ? undefined : field?.tagAt(place)
  const own: readonly FaultWord[] =
    place === undefined
      ? FAULT_WORDS
      : plant?.kind === 'rig'
        ? tag === undefined
          ? []
          : (field?.instruments.get(tag) ?? [])
        : place.kind === 'output'
          ? ['stuck']
          : ['sensor_failure', 'open_circuit', 'stuck', 'bias', 'drift']
  const known = [...own, ...device]
  const found = known.find((word) => word === as.text)
  if (found === undefined)
    faults.add('CFG_UNKNOWN_WORD', as.at, `'${as.text}'`, known.join(' | '), nearest(as.text, known))
  return found
}

function readWait(faults: Faults, m: MapReader, context: StepContext, before: Before): Wait | undefined {
  const value = m.optional('wait')
  for (const key of ['of', 'band']) {
    const extra = m.optional(key)
    if (extra !== undefined && !(value?.kind === 'scalar' && value.value === 'steady'))
      faults.add('CFG_UNKNOWN_FIELD', extra.at, `'${key}'`, "'wait: steady' beside it")
  }
  if (value === undefined || isReported(value)) return undefined
  const text = value.kind === 'scalar' ? value.value : null
  if (typeof text !== 'string') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a time, steady, or a condition')
    return undefined
  }
  if (text !== 'steady' && (duration(text, 'ms') !== undefined || /^\d+\s*scans?$/.test(text))) {
    const ms = timeOf(faults, value, 0, context)
    return ms === undefined ? undefined : { kind: 'time', ms }
  }
  if (text !== 'steady' && /^\w+$/.test(text)) {
    faults.add('CFG_UNKNOWN_WORD', value.at, `'${text}'`, 'a time, steady, or a condition', nearest(text, ['steady']))
    return undefined
  }
  const within = m.required('within')
  const within_ms = within === undefined ? undefined : timeOf(faults, within, 0, context)
  if (text !== 'steady') {
    const read = readCondition(faults, value, text, context)
    if (read === undefined || within_ms === undefined) return undefined
    return { kind: 'until', expression: read.expression, text, within_ms }
  }
  const blocks: BlockRef[] = []
  const of = m.optional('of')
  for (const item of of === undefined ? [] : of.kind === 'list' ? of.items : [of]) {
    const path = item.kind === 'scalar' ? String(item.value) : ''
    const block = context.names.block(path)
    if (isUnknown(block)) faults.add(block.code, item.at, block.found, block.expected, block.suggestion)
    else if (block.layout.S['PV'] === undefined || block.layout.S['SP'] === undefined)
      faults.add('CFG_UNKNOWN_BLOCK', item.at, `'${path}'`, 'a block with PV and SP')
    else blocks.push(block)
  }
  if (of === undefined && before.loop !== undefined) blocks.push(before.loop)
  if (of === undefined && before.loop === undefined)
    faults.add(
      'CFG_MISSING_FIELD',
      value.at,
      "'wait: steady' before any loop was set",
      "the field 'of', as FIC-101.PID1",
    )
  const band = m.optional('band')
  const q = band?.kind === 'scalar' ? parseQuantity(String(band.value)) : undefined
  if (band !== undefined && !(q !== undefined && q.value > 0 && (q.unit === '%' || q.unit === '')))
    faults.add('CFG_WRONG_TYPE', band.at, kindText(band), 'a percentage of the span, as 1%')
  if (within_ms === undefined) return undefined
  return { kind: 'steady', blocks, band_pct: q?.value ?? STEADY_BAND_PCT, within_ms }
}

function readExpect(
  faults: Faults,
  m: MapReader,
  context: StepContext,
  before: Before,
  waits: boolean,
): Expectation | undefined {
  const value = m.optional('expect')
  if (value === undefined) {
    for (const key of waits ? ['during'] : ['within', 'during']) {
      const extra = m.optional(key)
      if (extra !== undefined) faults.add('CFG_UNKNOWN_FIELD', extra.at, `'${key}'`, "an 'expect' beside it")
    }
    return undefined
  }
  if (isReported(value)) return undefined
  if (value.kind !== 'scalar' || value.value === null) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a condition')
    return undefined
  }
  const text = String(value.value)
  const read = readCondition(faults, value, text, context)
  const scan_ms = Math.max(read?.period_ms ?? 0, context.names.artifact.tick_ms)
  // Beside `wait`, `within` is the wait's.
  const within = waits ? undefined : m.optional('within')
  const during = m.optional('during')
  if (within !== undefined && during !== undefined)
    faults.add('CFG_INCONSISTENT', during.at, "'within' and 'during'", 'one of them')
  const within_ms = within === undefined ? undefined : timeOf(faults, within, scan_ms, context)
  const span = during?.kind === 'scalar' ? String(during.value) : ''
  const named = span === 'fault' || span === 'cut' || span === 'disturbance' ? span : undefined
  if (named !== undefined && !before.ended.has(named))
    faults.add('CFG_INCONSISTENT', during!.at, `'during: ${named}'`, `a ${named} with 'for' before it`)
  const during_ms = during === undefined || named !== undefined ? undefined : timeOf(faults, during, scan_ms, context)
  if (read === undefined) return undefined
  return {
    text,
    expression: read.expression,
    at: value.at,
    scan_ms,
    ...(within_ms === undefined ? {} : { within_ms }),
    ...(during_ms === undefined ? {} : { during_ms }),
    ...(named === undefined ? {} : { during: named }),
  }
}

function readCondition(
  faults: Faults,
  source: Source,
  text: string,
  context: StepContext,
): { expression: Expression; period_ms: number } | undefined {
  const parsed = parseExpression(text)
  if (isProblem(parsed)) {
    faults.add('CFG_EXPRESSION', source.at, parsed.found, parsed.expected)
    return undefined
  }
  const before = faults.list.length
  const period_ms = checkExpression(faults, source.at, parsed, {
    names: context.names,
    variables: context.variables,
    windows: true,
    twin: context.twin,
  })
  if (faults.list.length === before && !isTruth(parsed))
    faults.add('CFG_EXPRESSION', source.at, `'${text}'`, 'a condition, as PV > 5: this is a number')
  return faults.list.length > before ? undefined : { expression: parsed, period_ms }
}

const TRUTHS = ['bad', 'good', 'uncertain', 'limited', 'outputs_equal_to']

/** A condition and not a number: `expect: max(x)` would be true whenever it is not 0. */
function isTruth(e: Expression): boolean {
  if (e.kind === 'not') return isTruth(e.of)
  if (e.kind === 'word') return e.text === 'true' || e.text === 'false'
  if (e.kind === 'call') return TRUTHS.includes(e.name)
  if (e.kind !== 'binary') return false
  if (e.op === 'and' || e.op === 'or') return isTruth(e.left) && isTruth(e.right)
  return !['+', '-', '*', '/'].includes(e.op)
}

/** A number, a word, or an expression of them and the variables. */
function readValue(
  faults: Faults,
  source: Source,
  context: StepContext,
  words: Readonly<Record<string, number>> = {},
): Expression | undefined {
  if (isReported(source)) return undefined
  if (source.kind !== 'scalar' || source.value === null) {
    faults.add('CFG_WRONG_TYPE', source.at, kindText(source), 'a number or a word')
    return undefined
  }
  const { value } = source
  if (typeof value === 'number') return { kind: 'number', value }
  if (typeof value === 'boolean') return { kind: 'number', value: value ? 1 : 0 }
  if (Object.hasOwn(words, value)) return { kind: 'number', value: words[value]! }
  const parsed = parseExpression(value)
  if (isProblem(parsed)) {
    faults.add('CFG_EXPRESSION', source.at, parsed.found, parsed.expected)
    return undefined
  }
  const before = faults.list.length
  const { names, variables } = context
  checkExpression(faults, source.at, parsed, { names, variables, windows: false, twin: false, words })
  return faults.list.length > before ? undefined : parsed
}

// ---------------------------------------------------------------- times

/** `8s`, `20min`, `3scans`; in ms. @param scan_ms - what a scan is here; 0: the tick */
function timeOf(faults: Faults, source: Source, scan_ms: number, context: StepContext): number | undefined {
  if (isReported(source)) return undefined
  const value = source.kind === 'scalar' ? source.value : null
  const scans = /^(\d+)\s*scans?$/.exec(String(value))
  const tick_ms = context.names.artifact.tick_ms
  const ms = scans === null ? duration(value, 'ms') : Number(scans[1]) * (scan_ms > 0 ? scan_ms : tick_ms)
  if (ms === undefined || ms < 0) {
    faults.add('CFG_WRONG_TYPE', source.at, kindText(source), 'a time, as 250ms, 8s, 20min, 1h or 3scans')
    return undefined
  }
  if (ms > LONGEST_MS) {
    faults.add('CFG_OUT_OF_RANGE', source.at, kindText(source), 'at most 400h')
    return undefined
  }
  return ms
}

function timeOr(faults: Faults, m: MapReader, key: string, fallback_ms: number): number {
  const value = m.optional(key)
  if (value === undefined || isReported(value)) return fallback_ms
  const ms = value.kind === 'scalar' ? duration(value.value, 'ms') : undefined
  if (ms !== undefined && ms >= 0 && ms <= LONGEST_MS) return ms
  faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a time, as 250ms, 8s or 20min')
  return fallback_ms
}
