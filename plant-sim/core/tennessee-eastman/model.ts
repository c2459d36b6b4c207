/** The state of one plant: everything its future depends on, in one block of Float64s, so that a snapshot is a copy. */
import { derivatives } from './derivatives.ts'
import { EXT, IN, neutralExt, W, Y } from './layout.ts'
import { damageCrossed } from './limits.ts'
import { ALL_UPSETS, BRAATZ21, STICKS, STICTION_PCT } from './signals.ts'
import { STARTS } from './starts.ts'
import { anyMoves, dueWalk, passKnots, resetWalks, WALK_STRIDE, WALKS, walkValues } from './walks.ts'

const { step: IN_step } = IN

export interface Model {
  /** All that follows, one after the other. */
  readonly all: Float64Array
  readonly y: Float64Array
  readonly dydt: Float64Array
  /** Demands of the operator, and those the valves accepted, %. */
  readonly demand: Float64Array
  readonly accepted: Float64Array
  readonly input: Float64Array
  readonly ext: Float64Array
  readonly w: Float64Array
  readonly walks: Float64Array
  /** Disturbances by number; 0 is the held A+C valve. */
  readonly flags: Float64Array
  readonly clean: Float64Array
  readonly measured: Float64Array
  /** Noise of the continuous measurements, held for a second; the compat scheme keeps none. */
  readonly noise: Float64Array
  /** What the analysers sampled and have not posted yet: gas 14, product 5. */
  readonly stored: Float64Array
  readonly limited: Float64Array
  readonly clock: Float64Array
}

export const CLOCK = {
  /** Time as the original keeps it: hours, summed step by step. */
  time_h: 0,
  /** Time since the start, ms; exact. */
  time_ms: 1,
  /** 1 until time first moves: walks, analysers and sticking valves then start afresh. */
  fresh: 2,
  /** State of the original's generator. */
  generator: 3,
  gasDue: 4,
  productDue: 5,
  /** Number of the limit that stopped the plant, 0 while it runs, and when, ms. */
  trip: 6,
  trip_ms: 7,
  /** 0 while every walk stands still, so that there is nothing to evaluate. */
  walking: 8,
  count: 9,
} as const

export function createModel(): Model {
  const sizes = {
    y: Y.count,
    dydt: Y.count,
    demand: 12,
    accepted: 12,
    input: IN.count,
    ext: EXT.count,
    w: W.count,
    walks: WALKS.length * WALK_STRIDE,
    flags: ALL_UPSETS + 1,
    clean: 41,
    measured: 41,
    noise: 22,
    stored: 19,
    limited: 5,
    clock: CLOCK.count,
  }
  const all = new Float64Array(Object.values(sizes).reduce((sum, size) => sum + size, 0))
  let at = 0
  const view = (size: number): Float64Array => {
    at += size
    return all.subarray(at - size, at)
  }
  return {
    all,
    y: view(sizes.y),
    dydt: view(sizes.dydt),
    demand: view(sizes.demand),
    accepted: view(sizes.accepted),
    input: view(sizes.input),
    ext: view(sizes.ext),
    w: view(sizes.w),
    walks: view(sizes.walks),
    flags: view(sizes.flags),
    clean: view(sizes.clean),
    measured: view(sizes.measured),
    noise: view(sizes.noise),
    stored: view(sizes.stored),
    limited: view(sizes.limited),
    clock: view(sizes.clock),
  }
}

/** Sets a model to a starting state at time 0. @throws RangeError for an unknown name */
export function startModel(m: Model, name: string, seed: number): void {
  const start = STARTS[name]
  if (start === undefined)
    throw new RangeError(`unknown starting state ${name}: one of ${Object.keys(STARTS).join(', ')}`)
  m.all.fill(0)
  m.y.set(start)
  m.demand.set(start.slice(Y.valve))
  m.ext.set(neutralExt())
  startWalks(m)
  // Near every operating mode; Newton's method needs a start, and from here it finds the same digits as from any other.
  m.w[W.T_reactor] = 120
  m.w[W.T_separator] = 80
  m.w[W.T_sump] = 66
  m.w[W.T_header] = 86
  m.clock[CLOCK.fresh] = 1
  m.clock[CLOCK.generator] = seed
}

/** All walks at their centres, the first knot still to come. */
export function startWalks(m: Model): void {
  resetWalks(m.walks)
  walkValues(m.walks, WALKS.length, 0, m.input)
  m.clock[CLOCK.walking] = 0
}

/** Which demands the valves take: a sticking one only those that differ enough. All are clamped to 0..100 %. */
export function acceptDemands(m: Model): void {
  const { demand, accepted, flags } = m
  if (flags[14]! + flags[15]! + flags[19]! + flags[0]! !== 0) {
    for (let i = 0; i < 12; i++) accepted[i] = clamped(acceptedBySticking(m, i))
  } else {
    for (let i = 0; i < 12; i++) accepted[i] = clamped(demand[i]!)
  }
}

function clamped(x: number): number {
  return x < 0 ? 0 : x > 100 ? 100 : x
}

/** The demand a valve takes where some stick or are held. */
function acceptedBySticking(m: Model, i: number): number {
  const wanted = i === BRAATZ21.valve && m.flags[0] !== 0 ? BRAATZ21.held_pct : m.demand[i]!
  const fault = STICKS[i]!
  const band = fault === 0 || m.clock[CLOCK.fresh] !== 0 ? 0 : STICTION_PCT * m.flags[fault]!
  return Math.abs(m.accepted[i]! - wanted) > band ? wanted : m.accepted[i]!
}

/**
 * Boundary values at a time: the first `count` walks, their knots passed, and the steps IDV 1..7.
 *
 * @param draw - uniform in [-1, 1) for a walk
 */
export function boundaryValues(
  m: Model,
  count: number,
  time_h: number,
  draw: (m: Model, walk: number) => number,
): void {
  if (dueWalk(m.walks, count, time_h) >= 0) {
    passKnots(m.walks, count, time_h, m.flags, (walk) => draw(m, walk))
    m.clock[CLOCK.walking] = anyMoves(m.walks, count) ? 1 : 0
    walkValues(m.walks, count, time_h, m.input)
  } else if (m.clock[CLOCK.walking] !== 0) {
    walkValues(m.walks, count, time_h, m.input)
  }
  for (let i = 0; i < 7; i++) m.input[IN_step + i] = m.flags[1 + i]!
}

/** Derivatives of the model at its present states. @returns the number of the limit crossed that stops the plant, or 0 */
export function evaluate(m: Model): number {
  const crossed = derivatives(m.y, m.accepted, m.input, m.ext, m.w, m.dydt)
  return crossed !== 0 && m.ext[EXT.runOn] !== 0 ? damageCrossed(m.w) : crossed
}

/** Notes a crossed limit, once, and stops all motion. */
export function shutDown(m: Model, crossed: number): void {
  if (m.clock[CLOCK.trip] === 0) {
    m.clock[CLOCK.trip] = crossed
    m.clock[CLOCK.trip_ms] = m.clock[CLOCK.time_ms]!
  }
  m.dydt.fill(0)
}
