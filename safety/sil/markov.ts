/**
 * The same two figures as the closed forms, from a Markov model built from the architecture; it shares no equation with them.
 *
 * Between tests the chain runs in continuous time, a test moves what it reveals into repair. Where everything is revealed
 * by tests, the state at the beginning of an interval is the one that an endless row of intervals settles to; where a part
 * waits for replacement, the average is taken over the mission of a subsystem that was new.
 * @see IEC 61508-6:2010, B.5.2 (multi-phase Markov)
 */
import { type ChannelStates, channelStates, stateCount } from './markov-states.ts'
import type { SubsystemRates } from './subsystem.ts'
import { type Transient, type Transition, transient } from './transient.ts'

/** Beyond this the matrices take seconds; such a subsystem has its closed form only. */
export const STATES_MAX = 220

/** PFDavg, 1: the share of time in which a demand would not be answered. Undefined beyond STATES_MAX. */
export function pfdMarkov(rates: SubsystemRates): number | undefined {
  if (stateCount(rates) > STATES_MAX) return undefined
  const model = channelStates(rates)
  if (model.tests.length === 0) return shareFailed(model, settled(model, model.ways, model.states.length, 0))
  return shareFailed(model, averaged(model, model.ways))
}

/**
 * PFH, per hour: how often the function becomes unable to act. It is taken as renewed at once, be it after the dangerous
 * failure or after a detected one, which brings the process to its safe state.
 */
export function pfhMarkov(rates: SubsystemRates): number | undefined {
  if (stateCount(rates) > STATES_MAX) return undefined
  const model = channelStates(rates)
  const asNew = newState(model)
  const dangerous_per_h = new Float64Array(model.states.length)
  const ways = model.ways
    .filter(({ from }) => !model.failed(from))
    .map((way) => {
      if (!model.failed(way.to)) return way
      if (way.cause === 'hidden') dangerous_per_h[way.from]! += way.rate_per_h
      return { ...way, to: asNew }
    })
    .filter(({ from, to }) => from !== to)
  const share = model.tests.length === 0 ? settled(model, ways, model.states.length, 0) : averaged(model, ways)
  return share.reduce((sum, p, i) => sum + p * dangerous_per_h[i]!, 0)
}

const newState = (model: ChannelStates): number =>
  model.states.findIndex(
    (s) => s.detected === 0 && s.unswitched === 0 && s.inRepair === 0 && s.hidden.every((count) => count === 0),
  )

const shareFailed = (model: ChannelStates, share: Float64Array): number =>
  share.reduce((sum, p, i) => sum + (model.failed(i) ? p : 0), 0)

/** Share of time in each state. */
function averaged(model: ChannelStates, ways: readonly Transition[]): Float64Array {
  const last = model.tests.at(-1)!
  return last.renews === true
    ? overSpan(model, ways, last.interval_h, unit(model)).share
    : settled(model, ways, model.states.length, last.interval_h)
}

/** Repeats the longest interval until its beginning no longer changes. Without any test, a year stands for it. */
function settled(model: ChannelStates, ways: readonly Transition[], states: number, interval_h: number): Float64Array {
  let begin = unit(model)
  let span = overSpan(model, ways, interval_h === 0 ? 8760 : interval_h, begin)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let change = 0
    for (let i = 0; i < states; i++) change = Math.max(change, Math.abs(span.end[i]! - begin[i]!))
    if (change < SETTLED) break
    begin = span.end
    span = overSpan(model, ways, interval_h === 0 ? 8760 : interval_h, begin)
  }
  return span.share
}

const ROUNDS_MAX = 1000
const SETTLED = 1e-16

function unit(model: ChannelStates): Float64Array {
  const begin = new Float64Array(model.states.length)
  begin[newState(model)] = 1
  return begin
}

/** Runs from `begin` through all tests of the span, the last at its end. */
function overSpan(
  model: ChannelStates,
  ways: readonly Transition[],
  span_h: number,
  begin: Float64Array,
): { readonly share: Float64Array; readonly end: Float64Array } {
  const n = model.states.length
  const share = new Float64Array(n)
  let at = begin
  let now_h = 0
  for (const { time_h, revealed } of occasions(model, span_h)) {
    const { end, spent_h } = phase(model, ways, time_h - now_h)
    now_h = time_h
    const next = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      if (at[i] === 0) continue
      for (let j = 0; j < n; j++) {
        share[j]! += (at[i]! * spent_h[i * n + j]!) / span_h
        next[j]! += at[i]! * end[i * n + j]!
      }
    }
    at = new Float64Array(n)
    for (let j = 0; j < n; j++) at[model.afterTest(j, revealed)]! += next[j]!
  }
  return { share, end: at }
}

interface Occasion {
  readonly time_h: number
  readonly revealed: readonly boolean[]
}

/** When which test is made, up to and with the end of the span. The last occasion reveals all that has an interval up to it. */
function occasions(model: ChannelStates, span_h: number): readonly Occasion[] {
  const times = new Set<number>([span_h])
  for (const { interval_h } of model.tests) {
    for (let k = 1; k * interval_h < span_h * (1 - SAME); k++) times.add(k * interval_h)
  }
  const sorted = [...times].sort((a, b) => a - b)
  return sorted
    .filter((t, i) => i === 0 || t - sorted[i - 1]! > SAME * span_h)
    .map((time_h) => ({
      time_h,
      revealed: model.tests.map(({ interval_h }) => {
        const periods = time_h / interval_h
        return Math.abs(periods - Math.round(periods)) < SAME * Math.max(1, periods) || time_h >= span_h * (1 - SAME)
      }),
    }))
}

/** Relative; occasions closer than this are one. */
const SAME = 1e-9

const phases = new WeakMap<readonly Transition[], Map<string, Transient>>()

/** Phases of one length are alike; a mission of 20 years has hundreds. */
function phase(model: ChannelStates, ways: readonly Transition[], span_h: number): Transient {
  const known = phases.get(ways) ?? new Map<string, Transient>()
  phases.set(ways, known)
  const key = span_h.toPrecision(9)
  const found = known.get(key) ?? transient(model.states.length, ways, span_h)
  known.set(key, found)
  return found
}
