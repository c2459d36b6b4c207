/**
 * The text of a sequence (block type SFC) as its program: steps, transitions and actions by name become numbers.
 *
 * Everything that is wrong is reported, at the place where it stands.
 * @see docs/reference/sequences.md for the text, blocks/sfc/program.ts for the program
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { BlockType, FieldDecl } from '../block.ts'
import { OP } from '../blocks/calc.ts'
import { CHART, type ChartName, checkSequence, SEQUENCE_OP, STEPS_MAX } from '../blocks/sfc/program.ts'
import type { CompileExpression, Conversion, ExpressionFault } from './compile.ts'
import { A_NUMBER, type Measure, STEP_SECONDS, UNKNOWN } from './dimension.ts'
import { collectFaults, type Faults, type Place } from './fault.ts'
import { type Formula, type FormulaExpression, type NamedInput, placeIn } from './formula.ts'
import { isReported, mapsOf, readMap, wordOf } from './map-reader.ts'
import { duration } from './quantity.ts'
import type { WireSpec } from './read-block.ts'
import type { ModuleSpec } from './read-module.ts'
import { splitUnit } from './read-unit.ts'
import { type Compile, NAME, readActions, readDoings, valueAt } from './sfc-actions.ts'
import { encode, type Step, type Transition } from './sfc-encode.ts'
import { markingsOf } from './sfc-markings.ts'
import { kindText, type MapSource, type Source } from './source.ts'

/** Keys of a block of type SFC that are no fields of it. */
export const SEQUENCE_KEYS: readonly string[] = [
  'steps',
  'transitions',
  'actions',
  'holding',
  'restarting',
  'stopping',
  'aborting',
]
const CHART_KEYS: Readonly<Record<string, ChartName>> = {
  holding: 'hold',
  restarting: 'restart',
  stopping: 'stop',
  aborting: 'abort',
}
/** Names that one expression may use: what its postfix code can address before it is placed. */
const NAMES_MAX = 8

/** Whether a block's text is a sequence. */
export const isSequence = (type: BlockType): boolean => type.type === 'SFC'

export interface SequenceContext {
  readonly expression: CompileExpression | undefined
  /** Numbers of the inputs by their names in `let`. */
  readonly inputs: ReadonlyMap<string, number>
  /** Class parameters that are numbers, by `$name`. */
  readonly constants: ReadonlyMap<string, number>
  /** The outputs by number, for their units. */
  readonly outputs?: readonly FieldDecl[]
  /** Of inputs by number, worked into the expressions. */
  readonly conversions?: ReadonlyMap<number, Conversion>
}

interface Sequence {
  readonly program: readonly number[]
  readonly expressions: readonly FormulaExpression[]
}

/** The program of a block's text; undefined where it has a fault, which has been reported. */
export const readSequence = (
  faults: Faults,
  entry: { readonly key: string; readonly at: Place },
  source: MapSource,
  context: SequenceContext,
): readonly number[] | undefined => readWhole(faults, entry, source, context)?.program

function readWhole(
  faults: Faults,
  entry: { readonly key: string; readonly at: Place },
  source: MapSource,
  context: SequenceContext,
): Sequence | undefined {
  const before = faults.list.length
  if (context.expression === undefined) {
    const found = `'${entry.key}' without the library of expressions`
    faults.add('CFG_EXPRESSION', entry.at, found, 'the compiler with its expressions')
  }
  const charts = chartsOf(faults, entry, source)
  const steps: Step[] = []
  for (const { chart, body } of charts) readSteps(faults, chart, body, steps)
  if (steps.length > STEPS_MAX) {
    faults.add('CFG_OUT_OF_RANGE', entry.at, `${steps.length} steps`, `at most ${STEPS_MAX} in a sequence`)
    return undefined
  }
  const expressions: FormulaExpression[] = []
  const compile = expressionsOf(faults, context, steps, expressions)
  const actions = readActions(faults, source, compile)
  const associations = charts.flatMap(({ chart, body }) => readDoings(faults, chart, body, steps, actions, compile))
  const transitions = charts.flatMap(({ chart, body }) => readTransitions(faults, chart, body, steps, compile))
  for (const step of steps) step.final = !transitions.some((t) => t.from.some((i) => steps[i] === step))
  checkReach(faults, steps, transitions)
  if (faults.list.length > before) return undefined
  for (const { chart } of charts) warnOfMarkings(faults, chart, steps, transitions)
  const program = encode(steps, transitions, associations, actions)
  const problem = checkSequence(program)
  if (problem !== undefined)
    faults.add('CFG_INCONSISTENT', entry.at, `${entry.key}: ${problem}`, 'a sequence that can run')
  // A state is the number 0 or 1, whatever its output is wired to.
  for (const { at, out, code } of actions) {
    if (code !== undefined) continue
    const measure = () => ({ result: A_NUMBER })
    expressions.push({
      uses: [],
      program: [],
      measure,
      empirical: false,
      out: context.outputs?.[out],
      at,
      text_at: undefined,
    })
  }
  return problem === undefined ? { program, expressions } : undefined
}

/**
 * A block of type SFC: `let` names its inputs IN1, IN2, ... in its order, the rest becomes PROGRAM.
 *
 * @param wire - reads a wire to a field, as for any other block
 */
export function readSequenceBlock(
  faults: Faults,
  module: ModuleSpec,
  type: BlockType,
  entry: { readonly key: string; readonly at: Place },
  source: MapSource,
  expression: CompileExpression | undefined,
  wire: (field: FieldDecl, value: Source) => WireSpec | undefined,
  into: { values: Map<string, readonly number[]>; wires: WireSpec[]; said: Set<string> },
): Formula | undefined {
  into.said.add('PROGRAM')
  const named: NamedInput[] = []
  const inputs = new Map<string, number>()
  const fields = type.fields.filter((f) => f.role === 'wire-in' && /^IN\d+$/.test(f.name))
  const names = valueAt(source, 'let')
  if (names !== undefined && names.kind !== 'map' && !isReported(names)) {
    faults.add('CFG_WRONG_TYPE', names.at, kindText(names), 'names with their wires, {a: AI1.OUT}')
  }
  for (const [i, e] of (names?.kind === 'map' ? names.entries : []).entries()) {
    const field = fields[i]
    if (field === undefined) {
      faults.add(
        'CFG_EXPRESSION',
        e.at,
        `'${e.key}' as input ${i + 1}`,
        `at most ${fields.length} inputs of ${type.type}`,
      )
      continue
    }
    if (!NAME.test(e.key)) faults.add('CFG_EXPRESSION', e.at, `'${e.key}'`, 'a name of letters, digits and _')
    inputs.set(e.key, i)
    into.said.add(field.name)
    const { value, unit } = splitUnit(faults, e.value)
    named[i] = { name: e.key, field, unit }
    const made = wire(field, value)
    if (made !== undefined) into.wires.push(made)
    else if (!isReported(value)) {
      faults.add('CFG_MISSING_WIRE', e.value.at, `'${e.key}' without a wire`, 'a wire or a number')
    }
  }
  for (const e of source.entries) {
    if (e.key !== 'expr' && e.key !== 'empirical') continue
    faults.add('CFG_UNKNOWN_PARAMETER', e.at, `'${e.key}'`, 'it beside a transition or an action of the sequence')
  }
  const constants = new Map<string, number>()
  for (const [name, value] of module.values) {
    if (value.kind !== 'scalar') continue
    const number = typeof value.value === 'number' ? value.value : duration(value.value, 's')
    if (number !== undefined) constants.set(`$${name}`, number)
  }
  const outputs = type.fields.filter((f) => f.role === 'wire-out' && /^OUT\d+$/.test(f.name))
  const context: SequenceContext = { expression, inputs, constants, outputs }
  const made = readWhole(faults, entry, source, context)
  if (made === undefined) return undefined
  into.values.set('PROGRAM', made.program)
  return {
    inputs: named,
    expressions: made.expressions,
    // What is wrong with the text has been said when it was read without them.
    compile: (conversions) => readWhole(collectFaults(), entry, source, { ...context, conversions })?.program,
    text: '',
    at: entry.at,
  }
}

// ---------------------------------------------------------------- charts and steps

interface Chart {
  readonly chart: number
  readonly body: MapSource
}

function chartsOf(faults: Faults, entry: { readonly key: string; readonly at: Place }, source: MapSource): Chart[] {
  if (valueAt(source, 'steps') === undefined)
    faults.add('CFG_MISSING_FIELD', entry.at, `'${entry.key}' without 'steps'`, "the field 'steps'")
  const main: MapSource = {
    ...source,
    entries: source.entries.filter((e) => e.key === 'steps' || e.key === 'transitions'),
  }
  const charts: Chart[] = [{ chart: CHART.run, body: main }]
  for (const [key, name] of Object.entries(CHART_KEYS)) {
    const value = valueAt(source, key)
    if (value === undefined || isReported(value)) continue
    if (value.kind !== 'map') {
      faults.add('CFG_WRONG_TYPE', value.at, kindText(value), `'steps' and 'transitions' of '${key}'`)
      continue
    }
    readMap(faults, value, `'${key}'`, ['steps', 'transitions']).required('steps')
    charts.push({ chart: CHART[name], body: value })
  }
  return charts
}

function readSteps(faults: Faults, chart: number, body: MapSource, steps: Step[]): void {
  const value = valueAt(body, 'steps')
  if (value === undefined || isReported(value)) return
  if (value.kind !== 'map' || value.entries.length === 0) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'steps by name, {FILL: {actions: [N FEED]}}')
    return
  }
  const own: Step[] = []
  for (const entry of value.entries) {
    if (!NAME.test(entry.key)) {
      faults.add('CFG_WRONG_TYPE', entry.at, `'${entry.key}'`, 'a step name of letters, digits and _')
    }
    if (steps.some((s) => s.name === entry.key)) {
      faults.add('CFG_DUPLICATE_ID', entry.at, `the step '${entry.key}' again`, 'each step name once in a sequence')
      continue
    }
    const step: Step = { name: entry.key, chart, at: entry.at, initial: false, final: false }
    const initial = entry.value.kind === 'map' ? valueAt(entry.value, 'initial') : undefined
    if (initial !== undefined) {
      if (initial.kind === 'scalar' && typeof initial.value === 'boolean') step.initial = initial.value
      else faults.add('CFG_WRONG_TYPE', initial.at, kindText(initial), 'true or false')
    }
    steps.push(step)
    own.push(step)
  }
  if (own[0] !== undefined && !own.some((s) => s.initial)) own[0].initial = true
}

// ---------------------------------------------------------------- expressions

/** What a name of an expression is to the program, and what it measures. */
interface Name {
  readonly op: number
  readonly arg: number
  readonly measure: (units: readonly Measure[]) => Measure
}

function expressionsOf(
  faults: Faults,
  { expression, inputs, constants, outputs, conversions }: SequenceContext,
  steps: readonly Step[],
  expressions: FormulaExpression[],
): Compile {
  const own = (op: number, arg: number): Name => ({
    op,
    arg,
    measure: () => (op === SEQUENCE_OP.stepTime ? STEP_SECONDS : A_NUMBER),
  })
  const global = new Map<string, Name>()
  steps.forEach((step, i) => {
    global.set(`${step.name}_T`, own(SEQUENCE_OP.stepTime, i))
    global.set(`${step.name}_X`, own(SEQUENCE_OP.stepActive, i))
  })
  for (const [name, i] of inputs) {
    global.set(name, { op: OP.input, arg: i, measure: (units) => units[i] ?? UNKNOWN })
  }
  return (value, step, out, written) => {
    if (value.kind === 'scalar' && value.value === true) return []
    if (value.kind === 'scalar' && value.value === false) return [OP.push, 0]
    const word = wordOf(faults, value)
    const empirical = written?.kind === 'scalar' && written.value === true
    if (written !== undefined && !(written.kind === 'scalar' && typeof written.value === 'boolean'))
      faults.add('CFG_WRONG_TYPE', written.at, kindText(written), 'true or false')
    if (word === undefined || expression === undefined) return []
    const known = new Map(global)
    if (step !== undefined) {
      known.set('t', own(SEQUENCE_OP.stepTime, step))
      known.set('pending', own(SEQUENCE_OP.stepPending, step))
      known.set('failed', own(SEQUENCE_OP.stepFailed, step))
    }
    const used = [...new Set(word.text.match(/[$A-Za-z_][A-Za-z0-9_]*/g) ?? [])].filter((name) => known.has(name))
    if (used.length > NAMES_MAX) {
      faults.add('CFG_EXPRESSION', word.at, `${used.length} names`, `at most ${NAMES_MAX} in one expression`)
      return []
    }
    const names = used.map((name) => known.get(name)!)
    const converted = new Map<number, Conversion>()
    names.forEach(({ op, arg }, i) => {
      const conversion = op === OP.input ? conversions?.get(arg) : undefined
      if (conversion !== undefined) converted.set(i, conversion)
    })
    const result = expression(word.text, new Map(used.map((name, i) => [name, i] as const)), constants, converted)
    const text_at = value.kind === 'scalar' ? value.text_at : undefined
    if ('program' in result) {
      const { measure } = result
      const program = addressed(result.program, names)
      expressions.push({
        uses: names.flatMap(({ op, arg }) => (op === OP.input ? [arg] : [])),
        program,
        measure: measure === undefined ? undefined : (units) => measure(names.map((n) => n.measure(units))),
        empirical,
        out: out === undefined ? undefined : outputs?.[out],
        at: word.at,
        text_at,
      })
      return program
    }
    faults.add('CFG_EXPRESSION', placeIn(word.at, text_at, result.offset), ...wrong(result, known, constants))
    return []
  }
}

const wrong = (
  { found, expected, name = '' }: ExpressionFault,
  known: ReadonlyMap<string, Name>,
  constants: ReadonlyMap<string, number>,
): [string, string, string] => [found, expected, nearest(name, [...known.keys(), ...constants.keys()])]

/** The code of an expression with its inputs numbered as the sequence has them. */
function addressed(program: readonly number[], names: readonly Name[]): number[] {
  const code = [...program]
  for (let i = 0; i < code.length; i += 2) {
    if (code[i] !== OP.input && code[i] !== OP.status) continue
    const { op, arg } = names[code[i + 1]!]!
    // What the sequence knows of itself is always good.
    if (op !== OP.input && code[i] === OP.status) [code[i], code[i + 1]] = [OP.push, 2]
    else [code[i], code[i + 1]] = [code[i] === OP.status ? OP.status : op, arg]
  }
  return code
}

// ---------------------------------------------------------------- transitions

function readTransitions(
  faults: Faults,
  chart: number,
  body: MapSource,
  steps: readonly Step[],
  compile: Compile,
): Transition[] {
  const value = valueAt(body, 'transitions')
  // A chart whose steps could not be read has said so.
  if (value === undefined || isReported(value) || !steps.some((s) => s.chart === chart)) return []
  if (value.kind !== 'list') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a list of transitions, {from: A, to: B, when: ...}')
    return []
  }
  return mapsOf(faults, value).map((item) => {
    const m = readMap(faults, item, 'a transition', ['from', 'to', 'when', 'empirical'])
    const from = stepsOf(faults, m.required('from'), chart, steps)
    const to = stepsOf(faults, m.required('to'), chart, steps)
    const when = m.required('when')
    return {
      chart,
      at: item.at,
      from,
      to,
      code: when === undefined ? [] : compile(when, from[0], undefined, m.optional('empirical')),
    }
  })
}

function stepsOf(faults: Faults, value: Source | undefined, chart: number, steps: readonly Step[]): number[] {
  if (value === undefined || isReported(value)) return []
  const items = value.kind === 'list' ? value.items : [value]
  if (items.length === 0) faults.add('CFG_WRONG_TYPE', value.at, 'an empty list', 'a step or a list of steps')
  const found: number[] = []
  for (const item of items) {
    const word = wordOf(faults, item)
    if (word === undefined) continue
    const index = steps.findIndex((s) => s.name === word.text && s.chart === chart)
    const names = steps.filter((s) => s.chart === chart).map((s) => s.name)
    if (index < 0)
      faults.add(
        'CFG_UNKNOWN_WORD',
        word.at,
        `the step '${word.text}'`,
        'a step of this chart',
        nearest(word.text, names),
      )
    else if (found.includes(index)) faults.add('CFG_DUPLICATE_ID', word.at, `'${word.text}' again`, 'each step once')
    else found.push(index)
  }
  return found
}

/** A step that nothing leads to is a slip of the pen. */
function checkReach(faults: Faults, steps: readonly Step[], transitions: readonly Transition[]): void {
  const reached = new Set(steps.flatMap((s, i) => (s.initial ? [i] : [])))
  for (let grown = true; grown; ) {
    const size = reached.size
    for (const t of transitions) if (t.from.every((i) => reached.has(i))) for (const i of t.to) reached.add(i)
    grown = reached.size > size
  }
  steps.forEach((step, i) => {
    if (reached.has(i)) return
    faults.add('CFG_INCONSISTENT', step.at, `the step '${step.name}' that nothing leads to`, 'a transition to it')
  })
}

/** What is possible is no fault: a step that stays active is well defined. It is hardly ever meant. */
function warnOfMarkings(
  faults: Faults,
  chart: number,
  steps: readonly Step[],
  transitions: readonly Transition[],
): void {
  const own = transitions.filter((t) => t.chart === chart)
  const initial = steps.flatMap((s, i) => (s.chart === chart && s.initial ? [i] : []))
  const found = markingsOf({ initial, transitions: own })
  const names = (list: readonly number[]): string => list.map((i) => `'${steps[i]!.name}'`).join(' and ')
  for (const t of found?.dead ?? []) {
    const { at, from } = own[t]!
    const text = `a transition that cannot fire: ${names(from)} are never active together`
    faults.add('CFG_INCONSISTENT', at, text, 'steps of branches that run side by side', '', 'warning')
  }
  for (const [step, t] of found?.entered ?? []) {
    const text = `a transition that may enter '${steps[step]!.name}' while it is active`
    faults.add('CFG_INCONSISTENT', own[t]!.at, text, 'branches that are joined before they begin again', '', 'warning')
  }
}
