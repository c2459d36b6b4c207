/**
 * A Markov chain in continuous time over a span: where it ends, and how long it was in each state.
 *
 * Uniformisation over a small step h, then doubling: E(2h) = E(h)^2, S(2h) = S(h) + E(h) S(h). Every term is positive, so
 * that nothing cancels and a probability of 1e-12 keeps its digits; a series of the plain exponential would lose them.
 * @see Stewart, Introduction to the Numerical Solution of Markov Chains, 8.2
 */
export interface Transient {
  /** E[i n + j]: probability to be in j at the end after beginning in i. */
  readonly end: Float64Array
  /** S[i n + j]: hours spent in j. */
  readonly spent_h: Float64Array
}

/** One way from a state to another, per hour. */
export interface Transition {
  readonly from: number
  readonly to: number
  readonly rate_per_h: number
}

export function transient(states: number, transitions: readonly Transition[], span_h: number): Transient {
  const leaving = new Float64Array(states)
  for (const { from, rate_per_h } of transitions) leaving[from]! += rate_per_h
  const fastest_per_h = leaving.reduce((a, b) => Math.max(a, b), 0)
  if (fastest_per_h === 0) return still(states, span_h)

  const doublings = Math.max(0, Math.ceil(Math.log2((fastest_per_h * span_h) / STEP)))
  const step = (fastest_per_h * span_h) / 2 ** doublings
  const { weights, tails } = poisson(step)

  // The chain of jumps P = I + Q / fastest and its powers.
  const jump = new Float64Array(states * states)
  for (let i = 0; i < states; i++) jump[i * states + i] = 1 - leaving[i]! / fastest_per_h
  for (const { from, to, rate_per_h } of transitions) jump[from * states + to]! += rate_per_h / fastest_per_h
  let power: Float64Array = identity(states)
  let end: Float64Array = new Float64Array(states * states)
  let spent_h: Float64Array = new Float64Array(states * states)
  for (let k = 0; k < weights.length; k++) {
    for (let i = 0; i < power.length; i++) {
      end[i]! += weights[k]! * power[i]!
      spent_h[i]! += (tails[k]! / fastest_per_h) * power[i]!
    }
    power = product(power, jump, states)
  }
  for (let d = 0; d < doublings; d++) {
    const more = product(end, spent_h, states)
    for (let i = 0; i < more.length; i++) more[i]! += spent_h[i]!
    spent_h = more
    end = product(end, end, states)
    normalise(end, states)
  }
  return { end, spent_h }
}

/** Mean number of jumps of the first step: small enough for a short series, large enough for few doublings. */
const STEP = 0.5
const TERMS = 24

/** Poisson probabilities of 0 .. TERMS - 1 jumps, and those of more than so many, summed from the small end. */
function poisson(mean: number): { readonly weights: readonly number[]; readonly tails: readonly number[] } {
  const all = [Math.exp(-mean)]
  for (let k = 1; k < 2 * TERMS; k++) all.push((all[k - 1]! * mean) / k)
  const tails = new Array<number>(all.length).fill(0)
  for (let k = all.length - 2; k >= 0; k--) tails[k] = tails[k + 1]! + all[k + 1]!
  return { weights: all.slice(0, TERMS), tails: tails.slice(0, TERMS) }
}

function still(states: number, span_h: number): Transient {
  const end = identity(states)
  return { end, spent_h: end.map((x) => x * span_h) }
}

function identity(n: number): Float64Array {
  const m = new Float64Array(n * n)
  for (let i = 0; i < n; i++) m[i * n + i] = 1
  return m
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k]!
      if (x === 0) continue
      for (let j = 0; j < n; j++) c[i * n + j]! += x * b[k * n + j]!
    }
  }
  return c
}

/** Rows of probabilities sum to 1; doubling doubles what rounding takes away from that. */
function normalise(m: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += m[i * n + j]!
    for (let j = 0; j < n; j++) m[i * n + j]! /= sum
  }
}
