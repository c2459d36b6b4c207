/**
 * Plays a scenario: plant and production engine tick by tick, its steps in order, until the end or the first expectation
 * that does not hold.
 */
import { REFUSAL } from '../../contracts/frame.ts'
import type { Place } from '../../controller/core/strategy/fault.ts'
import { type Bench, createBench } from './bench.ts'
import { type Bound, createRecorder, type Part, type Recorder, type Span } from './bind.ts'
import { hasWindow, tolerance } from './check-expression.ts'
import type { Coverage } from './coverage.ts'
import { type Expression, expressionText } from './expression.ts'
import type { Field } from './field.ts'
import type { Names } from './names.ts'
import {
  type Action,
  type Expectation,
  type Profile,
  type Scenario,
  type Step,
  secondsOf,
  sizeOf,
  type Wait,
} from './scenario.ts'

export interface RunContext {
  readonly names: Names
  /** A fresh field in the plant's starting state, with this seed. */
  readonly field: (seed: number) => Field
  readonly seed: number
  readonly variables: ReadonlyMap<string, number>
  readonly coverage?: Coverage | undefined
}

export interface Failure {
  readonly at: Place
  /** Test time, s. */
  readonly time_s: number
  readonly expected: string
  readonly found: string
  readonly seed: number
}

export interface RunResult {
  readonly failure: Failure | undefined
  readonly simulated_s: number
  readonly scans: number
}

/** Scans in a row that a loop must be within its band to be called steady. */
const STEADY_SCANS = 10

class Failed extends Error {
  readonly at: Place
  readonly found: string
  readonly expected: string
  constructor(at: Place, found: string, expected: string) {
    super(found)
    this.at = at
    this.found = found
    this.expected = expected
  }
}

export function runScenario(scenario: Scenario, context: RunContext): RunResult {
  const { names, seed } = context
  const { artifact } = names
  const tick_ms = artifact.tick_ms
  const killed = scenario.steps.some((step) => step.action.do === 'kill')
  const bench = createBench(artifact, context.field(seed), killed)
  // The run without the kill: the same plant, seed and actions, with one controller that lives.
  const twin = killed ? createBench(artifact, context.field(seed), false) : undefined
  const difference = (): number => (twin === undefined ? 0 : largestDifference(bench.outputs, twin.outputs))
  const begin_ms = Math.max(1, Math.ceil(scenario.settle_ms / tick_ms)) * tick_ms
  const recorder = createRecorder({ names, bench, variables: context.variables, begin_ms, difference })
  const expectations = new Map<Expectation | Wait, Bound>()
  for (const { expect, wait } of scenario.steps) {
    if (expect !== undefined) expectations.set(expect, recorder.bind(expect.expression))
    if (wait?.kind === 'until') expectations.set(wait, recorder.bind(wait.expression))
  }
  const play = createPlay(bench, twin, recorder, context)

  let failure: Failure | undefined
  const time_s = (): number => (bench.time_ms - begin_ms) / 1000
  try {
    play.until(begin_ms)
    play.mark()
    for (const step of scenario.steps) playStep(step, play, expectations, begin_ms)
    // A test that allows a tolerance has said what it wants; all others want the same bits.
    const allowed = Math.max(
      0,
      ...scenario.steps.map(({ expect }) => (expect === undefined ? 0 : tolerance(expect.expression))),
    )
    const strayed = killed && allowed === 0 ? (bench.disagreement !== '' ? bench.disagreement : play.strayed()) : ''
    if (strayed !== '') throw new Failed(scenario.at, strayed, 'outputs equal to those of the run without the kill')
  } catch (cause) {
    if (!(cause instanceof Failed)) throw cause
    failure = { at: cause.at, time_s: time_s(), expected: cause.expected, found: cause.found, seed }
  }
  return { failure, simulated_s: bench.time_ms / 1000, scans: recorder.count }
}

/** The bench with what a step needs of it: the clock of scheduled ends, and where windows begin. */
interface Play {
  readonly bench: Bench
  readonly tick_ms: number
  scan(): void
  /** Scans until this time of the bench. */
  until(time_ms: number): void
  /** A window begins after the last record. */
  mark(): void
  span(): Span
  /** Scans since the last action. */
  readonly idle: number
  act(action: Action, at: Place): void
  /** When the latest span of this name ends, and the record before it began. */
  ending(name: string): { readonly until_ms: number; readonly first: number } | undefined
  value(e: Expression): number
  strayed(): string
  here(): number
}

function createPlay(bench: Bench, twin: Bench | undefined, recorder: Recorder, context: RunContext): Play {
  const { tick_ms } = bench.artifact
  const benches = twin === undefined ? [bench] : [bench, twin]
  const scheduled: { at_ms: number; act: (b: Bench) => void }[] = []
  const endings = new Map<string, { until_ms: number; first: number }>()
  let first = 0
  let idle = 0
  let strayed = ''
  const scan = (): void => {
    for (let i = scheduled.length - 1; i >= 0; i--) {
      if (scheduled[i]!.at_ms > bench.time_ms) continue
      for (const b of benches) scheduled[i]!.act(b)
      scheduled.splice(i, 1)
    }
    for (const b of benches) b.scan()
    recorder.record()
    context.coverage?.look(bench.s)
    idle++
    if (twin !== undefined && strayed === '') {
      const i = firstDifference(bench.outputs, twin.outputs)
      if (i >= 0)
        strayed = `${bench.artifact.control.outputs[i]!.point} is ${bench.outputs[i]} and not ${twin.outputs[i]} at ${bench.time_ms / 1000} s after the cold load`
    }
  }
  const each = (act: (b: Bench) => void): void => benches.forEach(act)
  const after = (name: string, for_ms: number | undefined, act: (b: Bench) => void): void => {
    if (for_ms === undefined) return
    const until_ms = bench.time_ms + Math.ceil(for_ms / tick_ms) * tick_ms
    scheduled.push({ at_ms: until_ms, act })
    endings.set(name, { until_ms, first })
  }
  /** Each level stays until the next; of two in one tick the later counts. */
  const stepped = (name: string, { name: variable, count }: Profile, for_ms: number | undefined): void => {
    const levels = new Map<number, number>()
    const steps = Array.from({ length: count }, (_, i) => ({
      ms: 1000 * context.variables.get(secondsOf(variable, i))!,
      size: context.variables.get(sizeOf(variable, i))!,
    })).sort((a, b) => a.ms - b.ms)
    for (const { ms, size } of steps) {
      if (for_ms === undefined || ms < for_ms) levels.set(bench.time_ms + Math.ceil(ms / tick_ms) * tick_ms, size)
    }
    for (const [at_ms, size] of levels) scheduled.push({ at_ms, act: (b) => b.disturb(name, size) })
  }
  const value = (e: Expression): number => recorder.bind(e).value({ first: 0, last: 0 })
  const mark = (): void => {
    first = Math.max(recorder.count - 1, 0)
    idle = 0
  }
  return {
    bench,
    tick_ms,
    scan,
    until(time_ms) {
      while (bench.time_ms < time_ms) scan()
    },
    mark,
    span: () => ({ first, last: recorder.count - 1 }),
    here: () => Math.max(recorder.count - 1, 0),
    get idle() {
      return idle
    },
    ending: (name) => endings.get(name),
    value,
    strayed: () => strayed,
    act(action, at) {
      if (action.do === 'nothing') return
      mark()
      switch (action.do) {
        case 'set': {
          const number = value(action.value)
          const refusal = benches.map((b) => b.write(action.target, number))[0]!
          const word = Object.entries(REFUSAL).find(([, code]) => code === refusal)![0]
          if (word !== (action.refused ?? 'none'))
            throw new Failed(
              at,
              refusal === REFUSAL.none ? `${action.path} took ${number}` : `${action.path} refused ${number}: ${word}`,
              action.refused === undefined
                ? `set ${action.path} to ${expressionText(action.value)}`
                : `refused: ${action.refused}`,
            )
          return
        }
        case 'drive': {
          const number = value(action.value)
          each((b) => b.drive(action.input, number))
          return
        }
        case 'fault': {
          const number = action.value === undefined ? Number.NaN : value(action.value)
          each((b) => b.arm(action.place, action.word, number))
          after('fault', action.for_ms, (b) => b.disarm(action.place, action.word))
          return
        }
        case 'clear':
          each((b) => b.disarm(action.place))
          return
        case 'disturb': {
          const { profile } = action
          if (profile !== undefined) {
            stepped(action.name, profile, action.for_ms)
            after('disturbance', action.for_ms, (b) => b.calm(action.name))
            return
          }
          const number = action.value === undefined ? Number.NaN : value(action.value)
          each((b) => b.disturb(action.name, number))
          after('disturbance', action.for_ms, (b) => b.calm(action.name))
          return
        }
        case 'calm':
          each((b) => b.calm(action.name))
          return
        case 'cut':
          each((b) => b.cut(action.device))
          after('cut', action.for_ms, (b) => b.mend(action.device))
          return
        case 'mend':
          each((b) => b.mend(action.device))
          return
        case 'kill':
          bench.kill(action.which)
      }
    },
  }
}

function playStep(step: Step, play: Play, bound: ReadonlyMap<Expectation | Wait, Bound>, begin_ms: number): void {
  const { bench } = play
  if (step.at_ms !== undefined) {
    const at_ms = begin_ms + step.at_ms
    if (at_ms < bench.time_ms)
      throw new Failed(step.at, `${(bench.time_ms - begin_ms) / 1000} s already`, `a step at ${step.at_ms / 1000} s`)
    play.until(at_ms)
  }
  play.act(step.action, step.at)
  if (step.wait !== undefined) waitFor(step.wait, step.at, play, bound.get(step.wait))
  if (step.expect !== undefined) judge(step.expect, play, bound.get(step.expect)!)
}

function waitFor(wait: Wait, at: Place, play: Play, condition: Bound | undefined): void {
  const { bench } = play
  if (wait.kind === 'time') {
    play.until(bench.time_ms + wait.ms)
    return
  }
  const end_ms = bench.time_ms + wait.within_ms
  if (wait.kind === 'until') {
    while (!(condition!.value(play.span()) !== 0 && play.idle > 0)) {
      if (bench.time_ms >= end_ms)
        throw new Failed(at, partsText(condition!.parts(play.span())), `${wait.text} within ${wait.within_ms / 1000} s`)
      play.scan()
    }
    return
  }
  const { artifact } = bench
  const { k_init } = artifact.control
  const loops = wait.blocks.map(({ record, layout, period_ms }) => {
    const scale = layout.K['PV_SCALE']
    const span = scale === undefined ? 100 : k_init[record.k + scale + 1]! - k_init[record.k + scale]!
    return {
      id: record.id,
      pv: record.s + layout.S['PV']!,
      sp: record.s + layout.S['SP']!,
      band: (wait.band_pct / 100) * Math.abs(span),
      ticks: STEADY_SCANS * Math.max(1, Math.round(period_ms / play.tick_ms)),
    }
  })
  const inBand = new Float64Array(loops.length)
  for (;;) {
    const left = loops.findIndex((loop, i) => inBand[i]! < loop.ticks)
    if (left < 0) return
    if (bench.time_ms >= end_ms) {
      const { id, pv, sp, band } = loops[left]!
      throw new Failed(
        at,
        `${id} has PV ${round(bench.s[pv]!)}, SP ${round(bench.s[sp]!)}, within the band for ${inBand[left]} scans`,
        `PV within ${round(band)} of SP for ${loops[left]!.ticks} scans, within ${wait.within_ms / 1000} s`,
      )
    }
    play.scan()
    loops.forEach(({ pv, sp, band }, i) => {
      inBand[i] = Math.abs(bench.s[pv]! - bench.s[sp]!) <= band ? inBand[i]! + 1 : 0
    })
  }
}

function judge(expect: Expectation, play: Play, bound: Bound): void {
  const { bench, tick_ms } = play
  const fail = (span: Span, expected = expect.text): never => {
    throw new Failed(expect.at, partsText(bound.parts(span)), expected)
  }
  if (expect.within_ms !== undefined) {
    const end_ms = bench.time_ms + Math.max(expect.within_ms, tick_ms)
    if (play.idle === 0) play.scan()
    while (bound.value(play.span()) === 0) {
      if (bench.time_ms >= end_ms) fail(play.span(), `${expect.text} within ${expect.within_ms / 1000} s`)
      play.scan()
    }
    return
  }
  if (expect.during_ms === undefined && expect.during === undefined) {
    // What follows an action can be seen after the slowest module named has had its scan.
    const end_ms = bench.time_ms + expect.scan_ms
    if (play.idle === 0) play.until(end_ms)
    if (bound.value(play.span()) === 0) fail(play.span())
    return
  }
  const ending = expect.during === undefined ? undefined : play.ending(expect.during)
  const end_ms = ending?.until_ms ?? bench.time_ms + expect.during_ms!
  // A window of its own where no action stands just before it.
  const first = ending?.first ?? (play.idle === 0 ? play.span().first : play.here())
  const span = (): Span => ({ first, last: play.span().last })
  const at_end = hasWindow(expect.expression)
  const over = `${expect.text} during ${expect.during ?? `${expect.during_ms! / 1000} s`}`
  while (bench.time_ms < end_ms) {
    play.scan()
    if (!at_end && bound.value(span()) === 0) fail(span(), over)
  }
  if (at_end && bound.value(span()) === 0) fail(span(), over)
}

/** Index of the first output that is not the same to the bit; -1: none. */
function firstDifference(a: Float64Array, b: Float64Array): number {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i
  return -1
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Object.is(a[i]!, b[i]!) ? 0 : Math.abs(a[i]! - b[i]!)
    if (!(difference <= largest)) largest = difference
  }
  return largest
}

const round = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))

export function partsText(parts: readonly Part[]): string {
  if (parts.length === 0) return 'false'
  return parts
    .map(({ text, value, at_ms, word }) => {
      const at = at_ms === undefined ? '' : ` (at ${at_ms / 1000} s)`
      return `${text} = ${word ?? round(value)}${at}`
    })
    .join(', ')
}
