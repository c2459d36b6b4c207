/**
 * Expressions of a scenario on a running bench: values now, and values over stretches of time.
 *
 * What a window needs is recorded in every scan from the start, so that a window may begin at an action that lies back.
 */
import { MODE } from '../../contracts/mode.ts'
import { isBad, isGood, isUncertain, LIMIT, limitOf } from '../../contracts/status.ts'
import type { Bench } from './bench.ts'
import { isWindow, tolerance } from './check-expression.ts'
import { type Expression, expressionText } from './expression.ts'
import { FUNCTIONS } from './functions.ts'
import { type BlockRef, isUnknown, type Names } from './names.ts'

/** From one record to another, both included; the first is the scan before what happened. */
export interface Span {
  readonly first: number
  readonly last: number
}

export interface Bound {
  value(span: Span): number
  /** What a failure wants to know: each value that stands in it, with the time where it has one. */
  parts(span: Span): readonly Part[]
}

export interface Part {
  readonly text: string
  readonly value: number
  /** Where in the span the value comes from, ms; absent: it is of now or of all of it. */
  readonly at_ms?: number
  /** The word for the value. */
  readonly word?: string
}

export interface Recorder {
  /** Takes down what all bound windows need; after each scan. */
  record(): void
  readonly count: number
  bind(expression: Expression): Bound
}

export interface RecorderOptions {
  readonly names: Names
  readonly bench: Bench
  readonly variables: ReadonlyMap<string, number>
  /** The bench's time at which the test begins: failures name times from then on. */
  readonly begin_ms: number
  /** Largest difference of any output from the run without the kill, in each scan. */
  readonly difference: () => number
}

type Value = () => number

export function createRecorder({ names, bench, variables, begin_ms, difference }: RecorderOptions): Recorder {
  const series: { readonly read: Value; readonly values: number[] }[] = []
  const times: number[] = []
  const record = (read: Value): readonly number[] => {
    const values: number[] = []
    series.push({ read, values })
    return values
  }
  const cellOf = (path: string): Value => {
    const cell = names.cell(path)
    if (isUnknown(cell)) throw new RangeError(cell.found)
    return cell.s < 0 ? () => cell.constant : () => bench.s[cell.s]!
  }
  const wordsOf = (e: Expression): Readonly<Record<string, number>> => {
    const cell = e.kind === 'path' ? names.cell(e.text) : undefined
    return cell === undefined || isUnknown(cell) ? {} : cell.words
  }
  const wordValue = (text: string, words: Readonly<Record<string, number>>): number => {
    const variable = variables.get(text)
    if (variable !== undefined) return variable
    if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0
    return words[text] ?? MODE[text as keyof typeof MODE]
  }
  /** The value now of an expression without windows. */
  const now = (e: Expression, words: Readonly<Record<string, number>> = {}): Value => {
    switch (e.kind) {
      case 'number':
        return () => e.value
      case 'path':
        return cellOf(e.text)
      case 'word': {
        const value = wordValue(e.text, words)
        return () => value
      }
      case 'minus': {
        const of = now(e.of)
        return () => -of()
      }
      case 'not': {
        const of = now(e.of)
        return () => (of() === 0 ? 1 : 0)
      }
      case 'binary': {
        const left = now(e.left, wordsOf(e.right))
        const right = now(e.right, wordsOf(e.left))
        return () => apply(e.op, left(), right())
      }
      case 'call': {
        const decl = FUNCTIONS[e.name]!
        if (decl.kind === 'status') {
          const cell = names.cell((e.args[0] as { text: string }).text)
          if (isUnknown(cell)) throw new RangeError(cell.found)
          const test = STATUS_TESTS[e.name]!
          return () => (test(bench.s[cell.status]!) ? 1 : 0)
        }
        const args = e.args.map((arg) => now(arg))
        return () =>
          pointwise(
            e.name,
            args.map((arg) => arg()),
          )
      }
    }
  }

  const window = (e: Extract<Expression, { kind: 'call' }>): ((span: Span) => Part) => {
    const text = expressionText(e)
    const decl = FUNCTIONS[e.name]!
    if (decl.kind === 'twin') {
      const values = record(difference)
      return (span) => {
        const { value, at } = extreme(values, span, (v) => v)
        const part = e.name === 'outputs_equal_to' ? (value <= tolerance(e) ? 1 : 0) : value
        return { text, value: part, at_ms: times[at]! }
      }
    }
    if (decl.kind === 'loop') {
      const block = names.block((e.args[0] as { text: string }).text)
      if (isUnknown(block)) throw new RangeError(block.found)
      const { S } = block.layout
      const pv = record(() => bench.s[block.record.s + S['PV']!]!)
      const sp = record(() => bench.s[block.record.s + S['SP']!]!)
      const band = e.args[1] === undefined ? () => 2 : now(e.args[1])
      const held = e.after === undefined ? undefined : record(saturated(bench, block))
      return (whole) => {
        const end = held === undefined ? whole.first : lastOf(held, whole)
        // Where nothing was saturated there is nothing after it.
        if (end < 0) return { text, value: 0 }
        const span = { first: end, last: whole.last }
        if (held !== undefined && e.name === 'overshoot') {
          const { value, at } = excess(pv, sp, whole, end)
          return { text, value, at_ms: times[at]! }
        }
        if (e.name === 'iae') return { text, value: errorArea(pv, sp, span, times) }
        if (e.name === 'settling') return { text, value: settling(pv, sp, span, times, band()) }
        const { value, at } = overshoot(pv, sp, span)
        return { text, value, at_ms: times[at]! }
      }
    }
    const values = record(now(e.args[0]!))
    return (span) => {
      const { value, at } = WINDOWS[e.name]!(values, span)
      return { text, value, ...(at < 0 ? {} : { at_ms: times[at]! }) }
    }
  }

  const bind = (e: Expression, words: Readonly<Record<string, number>> = {}): Bound => {
    if (isWindow(e) || (e.kind === 'call' && FUNCTIONS[e.name]?.kind === 'twin')) {
      const part = window(e as Extract<Expression, { kind: 'call' }>)
      return { value: (span) => part(span).value, parts: (span) => [part(span)] }
    }
    if (e.kind === 'binary') {
      const [left, right] = [bind(e.left, wordsOf(e.right)), bind(e.right, wordsOf(e.left))]
      return {
        value: (span) => apply(e.op, left.value(span), right.value(span)),
        parts(span) {
          // Of several conditions, only those that do not hold.
          if (e.op === 'and') return [left, right].filter((b) => b.value(span) === 0).flatMap((b) => b.parts(span))
          const words_of = { ...wordsOf(e.left), ...wordsOf(e.right) }
          const named = (part: Part): Part => {
            const word = Object.entries(words_of).find(([, number]) => number === part.value)?.[0]
            return word === undefined ? part : { ...part, word }
          }
          return [...left.parts(span), ...right.parts(span)].map(named)
        },
      }
    }
    if (e.kind === 'minus' || e.kind === 'not') {
      const of = bind(e.of)
      return {
        value: (span) => (e.kind === 'minus' ? -of.value(span) : of.value(span) === 0 ? 1 : 0),
        parts: of.parts,
      }
    }
    if (e.kind === 'call' && FUNCTIONS[e.name]!.kind === 'value') {
      const args = e.args.map((arg) => bind(arg))
      return {
        value: (span) =>
          pointwise(
            e.name,
            args.map((arg) => arg.value(span)),
          ),
        parts: (span) => args.flatMap((arg) => arg.parts(span)),
      }
    }
    const read = now(e, words)
    const text = expressionText(e)
    const isName = e.kind === 'path' || e.kind === 'call'
    return { value: read, parts: () => (isName ? [{ text, value: read() }] : []) }
  }

  return {
    get count() {
      return times.length
    },
    record() {
      times.push(bench.time_ms - begin_ms)
      for (const { read, values } of series) values.push(read())
    },
    bind: (expression) => bind(expression),
  }
}

const STATUS_TESTS: Readonly<Record<string, (status: number) => boolean>> = {
  bad: isBad,
  uncertain: isUncertain,
  good: isGood,
  limited: (status) => limitOf(status) !== 0,
}

function apply(op: Extract<Expression, { kind: 'binary' }>['op'], a: number, b: number): number {
  switch (op) {
    case 'or':
      return a !== 0 || b !== 0 ? 1 : 0
    case 'and':
      return a !== 0 && b !== 0 ? 1 : 0
    case '==':
      return a === b ? 1 : 0
    case '!=':
      return a !== b ? 1 : 0
    case '<':
      return a < b ? 1 : 0
    case '<=':
      return a <= b ? 1 : 0
    case '>':
      return a > b ? 1 : 0
    case '>=':
      return a >= b ? 1 : 0
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
  }
}

function pointwise(name: string, args: readonly number[]): number {
  if (name === 'min') return Math.min(...args)
  if (name === 'max') return Math.max(...args)
  return name === 'sqrt' ? Math.sqrt(args[0]!) : Math.abs(args[0]!)
}

interface Found {
  readonly value: number
  /** Index of the record it stands at; -1: it is of the whole span. */
  readonly at: number
}

/** The largest of a measure over the span. A NaN is the answer: no comparison with it holds. */
function extreme(values: readonly number[], { first, last }: Span, measure: (v: number, i: number) => number): Found {
  let found: Found = { value: Number.NaN, at: first }
  for (let i = first; i <= last; i++) {
    const value = measure(values[i]!, i)
    if (Number.isNaN(value)) return { value, at: i }
    if (!(value <= found.value)) found = { value, at: i }
  }
  return found
}

const sum = (values: readonly number[], { first, last }: Span, of: (v: number, i: number) => number): number => {
  let total = 0
  for (let i = first; i <= last; i++) total += of(values[i]!, i)
  return total
}

const meanOf = (values: readonly number[], span: Span): number =>
  sum(values, span, (v) => v) / (span.last - span.first + 1)

const WINDOWS: Readonly<Record<string, (values: readonly number[], span: Span) => Found>> = {
  max: (values, span) => extreme(values, span, (v) => v),
  min: (values, span) => {
    const { value, at } = extreme(values, span, (v) => -v)
    return { value: -value, at }
  },
  first: (values, { first }) => ({ value: values[first]!, at: first }),
  last: (values, { last }) => ({ value: values[last]!, at: last }),
  mean: (values, span) => ({ value: meanOf(values, span), at: -1 }),
  deviation: (values, span) => {
    const mean = meanOf(values, span)
    return { value: Math.sqrt(sum(values, span, (v) => (v - mean) ** 2) / (span.last - span.first + 1)), at: -1 }
  },
  // From record to record: the first of the span is the scan before, so the step at the action itself counts.
  max_step: (values, { first, last }) =>
    first === last
      ? { value: 0, at: first }
      : extreme(values, { first: first + 1, last }, (v, i) => Math.abs(v - values[i - 1]!)),
  max_abs_change: (values, span) => extreme(values, span, (v) => Math.abs(v - values[span.first]!)),
  travel: (values, { first, last }) => ({
    value: sum(values, { first: first + 1, last }, (v, i) => Math.abs(v - values[i - 1]!)),
    at: -1,
  }),
  count: (values, { first, last }) => ({
    value: sum(values, { first: Math.min(first + 1, last), last }, (v) => (v === 0 ? 0 : 1)),
    at: -1,
  }),
}

/** Beyond the set point in the direction of its step, % of the step from where PV stood. */
function overshoot(pv: readonly number[], sp: readonly number[], span: Span): Found {
  const target = sp[span.last]!
  const step = target - pv[span.first]!
  const { value, at } = extreme(pv, span, (v) => (100 * (v - target)) / step)
  return { value: value < 0 ? 0 : value, at }
}

/** 1 while a block cannot move its output further: at its own limit, or at one of what it writes to. */
function saturated(bench: Bench, { record, layout }: BlockRef): Value {
  const cells = ['OUT_ST', 'BKCAL_IN_ST'].flatMap((name) => {
    const offset = layout.S[name]
    return offset === undefined ? [] : [record.s + offset]
  })
  const isAtLimit = (status: number): boolean =>
    !isBad(status) && (limitOf(status) === LIMIT.low || limitOf(status) === LIMIT.high)
  return () => (cells.some((cell) => isAtLimit(bench.s[cell]!)) ? 1 : 0)
}

/** The last record of the span that is not 0; -1: none. */
function lastOf(values: readonly number[], { first, last }: Span): number {
  for (let i = last; i >= first; i--) if (values[i] !== 0) return i
  return -1
}

/**
 * Beyond the set point after a saturation, % of the largest distance that there was before its end, on the other side of it. A
 * step of the set point and a disturbance are measured alike.
 */
function excess(pv: readonly number[], sp: readonly number[], { first, last }: Span, end: number): Found {
  const target = sp[last]!
  let distance = 0
  for (let i = first; i <= end; i++) {
    const d = target - pv[i]!
    if (Number.isNaN(d) || Math.abs(d) > Math.abs(distance)) distance = d
  }
  if (distance === 0) return { value: 0, at: end }
  const { value, at } = extreme(pv, { first: end, last }, (v) => (100 * (v - target)) / distance)
  return { value: value < 0 ? 0 : value, at }
}

/** Time from the begin of the span until PV stays within the band, % of the step, around the set point; infinite: never. */
function settling(
  pv: readonly number[],
  sp: readonly number[],
  span: Span,
  times: readonly number[],
  band: number,
): number {
  const target = sp[span.last]!
  const allowed = (band / 100) * Math.abs(target - pv[span.first]!)
  let at = span.last + 1
  while (at > span.first && Math.abs(pv[at - 1]! - target) <= allowed) at--
  return at > span.last ? Number.POSITIVE_INFINITY : (times[at]! - times[span.first]!) / 1000
}

/** Integral of |SP - PV|, each value held until the next record; unit of PV times seconds. */
function errorArea(pv: readonly number[], sp: readonly number[], span: Span, times: readonly number[]): number {
  return sum(
    pv,
    { first: span.first + 1, last: span.last },
    (v, i) => (Math.abs(sp[i]! - v) * (times[i]! - times[i - 1]!)) / 1000,
  )
}
