/**
 * The default way through time: classical Runge-Kutta with sub-steps short enough that the step no longer matters,
 * and a seeded stream of its own for every walk and for the noise, so that none depends on another or on the step.
 */
import { type Stream, stream } from '../../../numerics/streams.ts'
import { derivatives } from './derivatives.ts'
import { Y } from './layout.ts'
import { limitedValues } from './limits.ts'
import { CONTINUOUS, continuousMeasurements, GAS, gasComposition, PRODUCT, productComposition } from './measurements.ts'
import { acceptDemands, boundaryValues, CLOCK, evaluate, type Model, shutDown } from './model.ts'
import { MEASUREMENTS } from './signals.ts'
import { stepBound_s } from './step-bound.ts'
import { WALKS } from './walks.ts'

const STD = Float64Array.from(MEASUREMENTS, (info) => info.noise_std)
const GAS_MS = GAS.period_h * 3.6e6
const PRODUCT_MS = PRODUCT.period_h * 3.6e6

export interface Converged {
  readonly streams: readonly Stream[]
  start(): void
  advance(dt_ms: number): void
}

/** @param refine - divides every sub-step: the proof that the step does not matter */
export function converged(m: Model, seed: number, noisy: boolean, refine = 1): Converged {
  const noise = stream(seed, 'tennessee-eastman/noise')
  const gas = stream(seed, 'tennessee-eastman/gas-analysers')
  const product = stream(seed, 'tennessee-eastman/product-analyser')
  const walkStreams = WALKS.map((_, i) => stream(seed, `tennessee-eastman/walk-${i + 1}`))
  const draw = (_: Model, walk: number): number => walkStreams[walk]!.uniform() * 2 - 1
  const { y, dydt, clock } = m
  const from = new Float64Array(Y.count)
  const k2 = new Float64Array(Y.count)
  const k3 = new Float64Array(Y.count)
  const k4 = new Float64Array(Y.count)

  const boundary = (time_h: number): void => boundaryValues(m, WALKS.length, time_h, draw)

  /** Evaluates at the present states and time; false where the plant stands still from here on. */
  const runs = (time_h: number): boolean => {
    boundary(time_h)
    const crossed = evaluate(m)
    if (crossed === 0) return true
    shutDown(m, crossed)
    return false
  }

  const step = (time_h: number, dt_h: number): void => {
    const half_h = dt_h / 2
    from.set(y)
    for (let i = 0; i < Y.count; i++) y[i] = from[i]! + half_h * dydt[i]!
    boundary(time_h + half_h)
    derivatives(y, m.accepted, m.input, m.ext, m.w, k2)
    for (let i = 0; i < Y.count; i++) y[i] = from[i]! + half_h * k2[i]!
    derivatives(y, m.accepted, m.input, m.ext, m.w, k3)
    for (let i = 0; i < Y.count; i++) y[i] = from[i]! + dt_h * k3[i]!
    boundary(time_h + dt_h)
    derivatives(y, m.accepted, m.input, m.ext, m.w, k4)
    const sixth_h = dt_h / 6
    for (let i = 0; i < Y.count; i++) {
      y[i] = from[i]! + sixth_h * (dydt[i]! + 2 * (k2[i]! + k3[i]!) + k4[i]!)
    }
  }

  /** Runs over a piece of at most one second, at the end of which the model is evaluated. */
  const integrate = (piece_ms: number): void => {
    const begin_h = clock[CLOCK.time_ms]! / 3.6e6
    const end_h = (clock[CLOCK.time_ms]! + piece_ms) / 3.6e6
    let time_h = begin_h
    let going = runs(time_h)
    while (going && time_h < end_h) {
      const left_h = end_h - time_h
      const steps = Math.ceil((left_h * 3600 * refine) / stepBound_s(y, m.w) - 1e-9)
      const dt_h = steps > 1 ? left_h / steps : left_h
      step(time_h, dt_h)
      time_h = steps > 1 ? time_h + dt_h : end_h
      // Between pieces the plant's clock stands at their beginning; a trip inside is dated to its sub-step.
      clock[CLOCK.time_ms] = Math.round(time_h * 3.6e6)
      going = runs(time_h)
    }
  }

  const measure = (): void => {
    continuousMeasurements(y, m.w, m.clean)
    limitedValues(m.w, m.limited)
  }

  /** Noise belongs to the whole second; in between the value moves under it. */
  const measureWithNoise = (wholeSecond: boolean): void => {
    if (wholeSecond && noisy) for (let i = 0; i < CONTINUOUS; i++) m.noise[i] = noise.normal12() * STD[i]!
    for (let i = 0; i < CONTINUOUS; i++) m.measured[i] = m.clean[i]! + m.noise[i]!
  }

  const post = (at: number, offset: number, count: number, s: Stream): void => {
    for (let i = 0; i < count; i++) {
      const value = m.stored[offset + i]!
      m.clean[at + i] = value
      m.measured[at + i] = noisy ? value + s.normal12() * STD[at + i]! : value
    }
  }

  return {
    streams: [noise, gas, product, ...walkStreams],
    start: () => {
      acceptDemands(m)
      boundary(0)
      const crossed = evaluate(m)
      if (crossed !== 0) shutDown(m, crossed)
      measure()
      measureWithNoise(false)
      gasComposition(m.w, m.stored, 0)
      productComposition(m.w, m.stored, GAS.count)
      for (let i = 0; i < GAS.count + PRODUCT.count; i++) {
        m.clean[CONTINUOUS + i] = m.stored[i]!
        m.measured[CONTINUOUS + i] = m.stored[i]!
      }
      clock[CLOCK.gasDue] = GAS_MS
      clock[CLOCK.productDue] = PRODUCT_MS
    },
    advance: (dt_ms) => {
      acceptDemands(m)
      clock[CLOCK.fresh] = 0
      const end_ms = clock[CLOCK.time_ms]! + dt_ms
      while (clock[CLOCK.time_ms]! < end_ms) {
        const now_ms = clock[CLOCK.time_ms]!
        const next_ms = Math.min(end_ms, (Math.floor(now_ms / 1000) + 1) * 1000)
        integrate(next_ms - now_ms)
        clock[CLOCK.time_ms] = next_ms
        clock[CLOCK.time_h] = next_ms / 3.6e6
        measure()
        measureWithNoise(next_ms % 1000 === 0)
        if (next_ms >= clock[CLOCK.gasDue]!) {
          post(GAS.at, 0, GAS.count, gas)
          gasComposition(m.w, m.stored, 0)
          clock[CLOCK.gasDue]! += GAS_MS
        }
        if (next_ms >= clock[CLOCK.productDue]!) {
          post(PRODUCT.at, GAS.count, PRODUCT.count, product)
          productComposition(m.w, m.stored, GAS.count)
          clock[CLOCK.productDue]! += PRODUCT_MS
        }
      }
    },
  }
}
