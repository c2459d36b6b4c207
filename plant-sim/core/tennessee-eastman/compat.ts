/**
 * The original's way through time: explicit Euler, time summed in hours, one generator for walks and noise in the
 * original's order of draws. Reproduces the published data; its step is too long for a hot reactor.
 */
import { lcgNext } from '../../../numerics/lcg.ts'
import { limitedValues } from './limits.ts'
import { CONTINUOUS, continuousMeasurements, GAS, gasComposition, PRODUCT, productComposition } from './measurements.ts'
import { acceptDemands, boundaryValues, CLOCK, evaluate, type Model, shutDown, startWalks } from './model.ts'
import { MEASUREMENTS } from './signals.ts'

/** The original has twelve walks. */
const WALK_COUNT = 12
const STD = Float64Array.from(MEASUREMENTS, (info) => info.noise_std)
const PER_DRAW = 2.3283064365386963e-10

export type CompatNoise = 'on' | 'off' | 'none'

/** One call of the original's function: derivatives, measurements and draws at the model's time. */
export function compatCall(m: Model, noise: CompatNoise): void {
  const { clock } = m
  const time_h = clock[CLOCK.time_h]!
  acceptDemands(m)
  if (clock[CLOCK.fresh] !== 0) startWalks(m)
  boundaryValues(m, WALK_COUNT, time_h, drawBoth)
  const crossed = evaluate(m)
  continuousMeasurements(m.y, m.w, m.clean)
  limitedValues(m.w, m.limited)
  measure(m, noise, crossed !== 0)
  analyse(m, noise, time_h)
  if (crossed !== 0) shutDown(m, crossed)
}

/** Euler's step; time is the caller's. */
export function eulerStep(m: Model, dt_h: number): void {
  const { y, dydt } = m
  for (let i = 0; i < 50; i++) y[i] = y[i]! + dydt[i]! * dt_h
}

/** A call and its step of one second: measurements afterwards are those of the step's beginning, as in the original's loop. */
export function compatSecond(m: Model, noise: CompatNoise): void {
  compatCall(m, noise)
  m.clock[CLOCK.time_h]! += 1 / 3600
  m.clock[CLOCK.fresh] = 0
  eulerStep(m, 1 / 3600)
}

function draw(clock: Float64Array): number {
  const g = lcgNext(clock[CLOCK.generator]!)
  clock[CLOCK.generator] = g
  return g
}

/** Uniform in [-1, 1): one generator for all walks. */
function drawBoth(m: Model): number {
  return draw(m.clock) * 2 * PER_DRAW - 1
}

function measure(m: Model, noise: CompatNoise, stopped: boolean): void {
  const { clean, measured, clock } = m
  for (let i = 0; i < CONTINUOUS; i++) measured[i] = clean[i]!
  if (noise === 'none' || stopped || clock[CLOCK.fresh] !== 0) return
  let g = clock[CLOCK.generator]!
  for (let i = 0; i < CONTINUOUS; i++) {
    let sum = 0
    for (let k = 0; k < 12; k++) {
      g = lcgNext(g)
      sum += g * PER_DRAW
    }
    if (noise === 'on') measured[i] = clean[i]! + (sum - 6) * STD[i]!
  }
  clock[CLOCK.generator] = g
}

function analyse(m: Model, noise: CompatNoise, time_h: number): void {
  const { clock, clean, measured, stored, w } = m
  if (clock[CLOCK.fresh] !== 0) {
    gasComposition(w, stored, 0)
    productComposition(w, stored, GAS.count)
    for (let i = 0; i < GAS.count + PRODUCT.count; i++) {
      clean[CONTINUOUS + i] = stored[i]!
      measured[CONTINUOUS + i] = stored[i]!
    }
    clock[CLOCK.gasDue] = GAS.period_h
    clock[CLOCK.productDue] = PRODUCT.period_h
    return
  }
  if (time_h >= clock[CLOCK.gasDue]!) {
    post(m, GAS.at, 0, GAS.count, noise)
    gasComposition(w, stored, 0)
    clock[CLOCK.gasDue]! += GAS.period_h
  }
  if (time_h >= clock[CLOCK.productDue]!) {
    post(m, PRODUCT.at, GAS.count, PRODUCT.count, noise)
    productComposition(w, stored, GAS.count)
    clock[CLOCK.productDue]! += PRODUCT.period_h
  }
}

function post(m: Model, at: number, from: number, count: number, noise: CompatNoise): void {
  for (let i = 0; i < count; i++) {
    const value = m.stored[from + i]!
    m.clean[at + i] = value
    m.measured[at + i] = value
    if (noise === 'none') continue
    let sum = 0
    for (let k = 0; k < 12; k++) sum += draw(m.clock) * PER_DRAW
    if (noise === 'on') m.measured[at + i] = value + (sum - 6) * STD[at + i]!
  }
}
