/**
 * The states of N equal channels and the ways between them.
 *
 * A state counts channels: failed undetected by the test that will reveal it, failed and detected, failed with the
 * switch-over refusing (1oo2D only), in repair after a test; the rest work. Every channel is repaired by its own crew.
 * A channel that hides one failure may gain one that a later test reveals, and then waits for that. A common cause
 * strikes all channels that still work.
 */
import type { SubsystemRates, TestedRate } from './subsystem.ts'

export interface ChannelStates {
  readonly states: readonly ChannelState[]
  readonly ways: readonly Way[]
  /** The tests, shortest interval first; `hidden` of a state counts in this order. */
  readonly tests: readonly TestedRate[]
  /** Index of the state that a test of the given kinds leaves. */
  readonly afterTest: (state: number, revealed: readonly boolean[]) => number
  /** The function does not answer a demand in this state. */
  readonly failed: (state: number) => boolean
}

export interface ChannelState {
  readonly hidden: readonly number[]
  readonly detected: number
  /** Detected, but the channel was not taken out of the vote. */
  readonly unswitched: number
  readonly inRepair: number
  readonly working: number
}

export interface Way {
  readonly from: number
  readonly to: number
  readonly rate_per_h: number
  readonly cause: 'hidden' | 'detected' | 'repair'
}

/** How many states the model would have: the number of ways to deal N channels to the kinds. */
export function stateCount(rates: SubsystemRates): number {
  const kinds = testsOf(rates).length + (rates.architecture.diagnosed ? 3 : 2)
  let count = 1
  for (let i = 1; i <= kinds; i++) count = (count * (rates.architecture.n + i)) / i
  return Math.round(count)
}

export function channelStates(rates: SubsystemRates): ChannelStates {
  const { m, n, diagnosed } = rates.architecture
  const tests = testsOf(rates)
  const states = allStates(n, tests.length, diagnosed)
  const index = new Map(states.map((state, i) => [keyOf(state), i]))
  const find = (state: Omit<ChannelState, 'working'>): number => index.get(keyOf(state))!
  const ways: Way[] = []
  states.forEach((state, from) => {
    const add = (to: Omit<ChannelState, 'working'>, rate_per_h: number, cause: Way['cause']): void => {
      const target = find(to)
      if (rate_per_h > 0 && target !== from) ways.push({ from, to: target, rate_per_h, cause })
    }
    addHidden(state, tests, rates, add)
    addDetected(state, rates, add)
    addRepairs(state, rates, add)
  })
  return {
    states,
    ways,
    tests,
    afterTest: (state, revealed) => {
      const before = states[state]!
      const found = before.hidden.reduce((sum, count, i) => sum + (revealed[i] ? count : 0), 0)
      const hidden = before.hidden.map((count, i) => (revealed[i] ? 0 : count))
      // A repair that takes no time leaves nothing in repair.
      return find({ ...before, hidden, inRepair: before.inRepair + (rates.mrt_h > 0 ? found : 0) })
    },
    failed: (state) => {
      const { working, unswitched, hidden, inRepair } = states[state]!
      if (!diagnosed) return working < m
      // With both channels taken out by their diagnostics the output is off: the safe state, not a failure.
      return unswitched > 0 || (working === 0 && (inRepair > 0 || hidden.some((count) => count > 0)))
    },
  }
}

type Add = (to: Omit<ChannelState, 'working'>, rate_per_h: number, cause: Way['cause']) => void

function addHidden(state: ChannelState, tests: readonly TestedRate[], rates: SubsystemRates, add: Add): void {
  tests.forEach(({ lambda_per_h }, i) => {
    const one_per_h = (1 - rates.beta) * lambda_per_h
    add(withHidden(state, i, 1), state.working * one_per_h, 'hidden')
    for (let j = 0; j < i; j++) {
      const moved = state.hidden.map((count, k) => count + (k === i ? 1 : k === j ? -1 : 0))
      if (state.hidden[j]! > 0) add({ ...state, hidden: moved }, state.hidden[j]! * one_per_h, 'hidden')
    }
    const earlier = state.hidden.slice(0, i).reduce((sum, count) => sum + count, 0)
    const all = state.hidden.map((count, k) => (k < i ? 0 : k === i ? count + earlier + state.working : count))
    add({ ...state, hidden: all }, rates.beta * lambda_per_h, 'hidden')
  })
}

function addDetected(state: ChannelState, rates: SubsystemRates, add: Add): void {
  const { working, detected, unswitched } = state
  if (working === 0 || rates.mttr_h === 0) return
  const { diagnosed } = rates.architecture
  const own_per_h = (1 - rates.beta_D) * rates.lambda_DD_per_h
  const all = { ...state, detected: detected + working }
  const one = { ...state, detected: detected + 1 }
  add(all, rates.beta_D * rates.lambda_DD_per_h, 'detected')
  if (!diagnosed) {
    add(one, working * own_per_h, 'detected')
    return
  }
  add(one, working * (rates.switchOver * own_per_h + rates.lambda_SD_per_h), 'detected')
  add({ ...state, unswitched: unswitched + 1 }, working * (1 - rates.switchOver) * own_per_h, 'hidden')
}

function addRepairs(state: ChannelState, rates: SubsystemRates, add: Add): void {
  const { detected, unswitched, inRepair } = state
  // Where a restoration takes no time, nothing is ever in it.
  if (rates.mttr_h > 0 && detected > 0) add({ ...state, detected: detected - 1 }, detected / rates.mttr_h, 'repair')
  if (rates.mttr_h > 0 && unswitched > 0)
    add({ ...state, unswitched: unswitched - 1 }, unswitched / rates.mttr_h, 'repair')
  if (rates.mrt_h > 0 && inRepair > 0) add({ ...state, inRepair: inRepair - 1 }, inRepair / rates.mrt_h, 'repair')
}

function withHidden(state: ChannelState, test: number, more: number): Omit<ChannelState, 'working'> {
  if (state.working === 0) return state
  return { ...state, hidden: state.hidden.map((count, i) => (i === test ? count + more : count)) }
}

/** Shortest interval first; parts that the same occasion reveals are one. */
function testsOf(rates: SubsystemRates): readonly TestedRate[] {
  const tests: TestedRate[] = []
  const parts = rates.undetected.filter(({ lambda_per_h }) => lambda_per_h > 0)
  for (const part of [...parts].sort((a, b) => a.interval_h - b.interval_h)) {
    const last = tests.at(-1)
    if (last !== undefined && last.interval_h === part.interval_h && last.renews === part.renews) {
      tests[tests.length - 1] = { ...last, lambda_per_h: last.lambda_per_h + part.lambda_per_h }
    } else tests.push(part)
  }
  return tests
}

function allStates(n: number, tests: number, diagnosed: boolean): readonly ChannelState[] {
  const kinds = tests + 3
  const found: ChannelState[] = []
  const counts = new Array<number>(kinds).fill(0)
  const deal = (kind: number, left: number): void => {
    if (kind === kinds) {
      const [detected, unswitched, inRepair] = counts.slice(tests) as [number, number, number]
      found.push({ hidden: counts.slice(0, tests), detected, unswitched, inRepair, working: left })
      return
    }
    const most = kind === tests + 1 && !diagnosed ? 0 : left
    for (let count = 0; count <= most; count++) {
      counts[kind] = count
      deal(kind + 1, left - count)
    }
    counts[kind] = 0
  }
  deal(0, n)
  return found
}

const keyOf = ({ hidden, detected, unswitched, inRepair }: Omit<ChannelState, 'working'>): string =>
  `${hidden.join(',')}/${detected}/${unswitched}/${inRepair}`

/** lDU T1, with each part over its own interval: beyond 0.1 the closed form overrates noticeably. */
export const undetectedPerInterval = (rates: SubsystemRates): number =>
  rates.undetected.reduce((sum, { lambda_per_h, interval_h }) => sum + lambda_per_h * interval_h, 0)
