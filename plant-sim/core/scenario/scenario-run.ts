/**
 * A scenario under way: which of its events are due, which expected actions have been seen, and what the plant's course costs.
 *
 * Without a clock and without the plant: each tick brings the time and what is to be looked at. The progress is plain data.
 */
import { MODE_NAMES } from '../../../contracts/mode.ts'
import type { Expectation, Scenario, ScenarioEvent } from './scenario.ts'

export interface ScenarioRun {
  readonly scenario: Scenario
  readonly progress: ScenarioProgress
}

export interface ScenarioProgress {
  /** Plant time at its begin, s, and how long it has run. */
  started_s: number
  time_s: number
  ended: boolean
  /** Per event: 0 waits, 1 begun, 2 over. */
  events: number[]
  /** Per expectation: time since the begin at which it was met, or -1. */
  met_s: number[]
  /** Per band: time outside, s. */
  band_s: number[]
  /** Per limit of the plant: time outside the normal bounds, s, and how often they were left. */
  outside_s: number[]
  left: number[]
  is_outside: boolean[]
  /** Time of the plant's shutdown since the begin, or -1. */
  trip_s: number
  trip_cause: string
  actions: OperatorAction[]
}

/** Something that an operator did. */
export interface OperatorAction {
  /** Since the begin of the scenario. */
  readonly at_s: number
  readonly key: string
  readonly value: number
}

/** What the scenario looks at after each tick. */
export interface PlantView {
  readonly time_s: number
  readonly dt_s: number
  /** What a tag truly stands at; NaN for an unknown one. */
  valueOf(tag: string): number
  readonly limited: ArrayLike<number>
  readonly limits: readonly { readonly name: string; readonly normal_lo: number; readonly normal_hi: number }[]
  readonly trip: { readonly cause: string; readonly at_s: number } | null
}

/** Something to be done to the plant now. */
export interface ScenarioOrder {
  readonly event: ScenarioEvent
  readonly begins: boolean
}

const ACTIONS_MAX = 2000

export function startScenario(scenario: Scenario, view: Pick<PlantView, 'time_s' | 'limits'>): ScenarioRun {
  return {
    scenario,
    progress: {
      started_s: view.time_s,
      time_s: 0,
      ended: false,
      events: scenario.events.map(() => 0),
      met_s: scenario.expectations.map(() => -1),
      band_s: scenario.score.bands.map(() => 0),
      outside_s: view.limits.map(() => 0),
      left: view.limits.map(() => 0),
      is_outside: view.limits.map(() => false),
      trip_s: -1,
      trip_cause: '',
      actions: [],
    },
  }
}

/** Events whose time has come, in their order; those that end before those that begin. */
export function dueOrders({ scenario, progress }: ScenarioRun): ScenarioOrder[] {
  if (progress.ended) return []
  const orders: ScenarioOrder[] = []
  const { time_s } = progress
  scenario.events.forEach((event, i) => {
    if (progress.events[i] === 1 && event.until_s <= time_s) {
      progress.events[i] = 2
      orders.push({ event, begins: false })
    }
  })
  scenario.events.forEach((event, i) => {
    if (progress.events[i] === 0 && event.at_s <= time_s) {
      progress.events[i] = event.until_s === Number.POSITIVE_INFINITY ? 2 : 1
      orders.push({ event, begins: true })
    }
  })
  return orders
}

/** Adds up what has passed since the last call. */
export function countScenario({ scenario, progress }: ScenarioRun, view: PlantView): void {
  if (progress.ended) return
  progress.time_s = view.time_s - progress.started_s
  scenario.score.bands.forEach(({ tag, lo, hi }, i) => {
    const value = view.valueOf(tag)
    if (!(value >= lo && value <= hi)) progress.band_s[i]! += view.dt_s
  })
  view.limits.forEach(({ normal_lo, normal_hi }, i) => {
    const value = view.limited[i]!
    const outside = value < normal_lo || value > normal_hi
    if (outside) progress.outside_s[i]! += view.dt_s
    if (outside && !progress.is_outside[i]) progress.left[i]! += 1
    progress.is_outside[i] = outside
  })
  if (view.trip !== null && progress.trip_s < 0) {
    progress.trip_s = view.trip.at_s - progress.started_s
    progress.trip_cause = view.trip.cause
  }
  if (progress.time_s >= scenario.duration_s || view.trip !== null) progress.ended = true
}

/** An operator has written this value: the first expectation that waits for it is met, in time or late. */
export function observeAction({ scenario, progress }: ScenarioRun, key: string, value: number): void {
  if (progress.ended) return
  const at_s = progress.time_s
  if (progress.actions.length < ACTIONS_MAX) progress.actions.push({ at_s, key, value })
  const waits = (e: Expectation, i: number): boolean =>
    progress.met_s[i]! < 0 && e.key === key && e.after_s <= at_s && value >= e.lo && value <= e.hi
  const i = scenario.expectations.findIndex(waits)
  if (i >= 0) progress.met_s[i] = at_s
}

/** The instructor has seen it done: what no program can see, or an exception. False for one that is met already. */
export function markMet({ progress }: ScenarioRun, index: number): boolean {
  if (!(progress.met_s[index]! < 0)) return false
  progress.met_s[index] = progress.time_s
  return true
}

/** `HC-61.MODE = man`, `FIC-10.OUT = 40 to 60`. */
export function expectationText({ key, lo, hi }: Expectation): string {
  if (key === '') return 'marked by hand'
  if (key.endsWith('.MODE')) return `${key} = ${MODE_NAMES[lo] ?? lo}`
  return lo === hi ? `${key} = ${lo}` : `${key} from ${lo} to ${hi}`
}
