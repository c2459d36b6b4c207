/**
 * Average probability of failure on demand and frequency of dangerous failure, by the equations for NooM channels.
 *
 * With r = N - M + 1 failures that disable the function and t_j the mean time that the j-th lasts,
 *
 *   PFDavg = P(N, r) li^r t_1 .. t_r + CCF        PFH = P(N, r) li^(r-1) (1 - b) lDU t_1 .. t_(r-1) + b lDU
 *   t_j    = sum over tests (l_i / lD) (T_i / (j + 1) + MRT) + (lDD / lD) MTTR
 *   li     = (1 - bD) lDD + (1 - b) lDU
 *   CCF    = bD lDD MTTR + b sum over tests l_i (T_i / 2 + MRT)
 *
 * One test that finds everything gives the forms of the standard for 1oo1, 1oo2, 2oo2, 2oo3 and 1oo3. Where one failure
 * disables the function (r = 1), common cause adds nothing and is left out, as there. PFH presumes that a detected failure
 * which would disable the function brings the process to its safe state.
 * @see IEC 61508-6:2010, B.3.2.2, B.3.2.5 (imperfect tests), B.3.3.2
 */
import { type SubsystemRates, undetectedRate } from './subsystem.ts'

/** Every figure on the way to the result, so that a reader can follow it with a pocket calculator. */
export interface ClosedForm {
  /** t_1 .. t_r, h. For 1oo2D tCE' and tGE'. */
  readonly down_h: readonly number[]
  readonly independent: number
  readonly commonCause: number
  /** PFDavg: 1; PFH: per hour. */
  readonly total: number
}

export function pfdClosedForm(rates: SubsystemRates): ClosedForm {
  if (rates.architecture.diagnosed) return pfd1oo2D(rates)
  const { m, n } = rates.architecture
  const r = n - m + 1
  const lambda_DU = undetectedRate(rates)
  const lambda_D = lambda_DU + rates.lambda_DD_per_h
  if (lambda_D === 0) return NOTHING
  const down_h = Array.from({ length: r }, (_, i) => downTime(rates, i + 1))
  if (r === 1) return closed(down_h, n * lambda_D * down_h[0]!, 0)
  const independent = down_h.reduce((product, t_h, i) => product * (n - i) * independentRate(rates) * t_h, 1)
  return closed(down_h, independent, commonCause(rates) + rates.beta_D * rates.lambda_DD_per_h * rates.mttr_h)
}

export function pfhClosedForm(rates: SubsystemRates): ClosedForm {
  if (rates.architecture.diagnosed) return pfh1oo2D(rates)
  const { m, n } = rates.architecture
  const r = n - m + 1
  const lambda_DU = undetectedRate(rates)
  if (lambda_DU === 0) return NOTHING
  if (r === 1) return closed([], n * lambda_DU, 0)
  const down_h = Array.from({ length: r - 1 }, (_, i) => downTime(rates, i + 1))
  const before = down_h.reduce((product, t_h, i) => product * (n - i) * independentRate(rates) * t_h, 1)
  return closed(down_h, before * (n - r + 1) * (1 - rates.beta) * lambda_DU, rates.beta * lambda_DU)
}

const NOTHING: ClosedForm = { down_h: [], independent: 0, commonCause: 0, total: 0 }

const closed = (down_h: readonly number[], independent: number, common: number): ClosedForm => ({
  down_h,
  independent,
  commonCause: common,
  total: independent + common,
})

const independentRate = (rates: SubsystemRates): number =>
  (1 - rates.beta_D) * rates.lambda_DD_per_h + (1 - rates.beta) * undetectedRate(rates)

/** sum of l_i (T_i / parts + MRT): undetected failures times how long each lasts. */
function undetectedTime(rates: SubsystemRates, parts: number): number {
  let sum = 0
  for (const { lambda_per_h, interval_h } of rates.undetected) sum += lambda_per_h * (interval_h / parts + rates.mrt_h)
  return sum
}

/** Mean time for which the j-th of several failures disables its channel. */
const downTime = (rates: SubsystemRates, j: number): number =>
  (undetectedTime(rates, j + 1) + rates.lambda_DD_per_h * rates.mttr_h) /
  (undetectedRate(rates) + rates.lambda_DD_per_h)

const commonCause = (rates: SubsystemRates): number => rates.beta * undetectedTime(rates, 2)

/** tCE' of 1oo2D, in which a detected safe failure takes a channel away as a dangerous one does. */
const channelDownTime1oo2D = (rates: SubsystemRates): number => {
  const detected = rates.lambda_DD_per_h + rates.lambda_SD_per_h
  return (undetectedTime(rates, 2) + detected * rates.mttr_h) / (undetectedRate(rates) + detected)
}

/** @see IEC 61508-6:2010, B.3.2.2.4 */
function pfd1oo2D(rates: SubsystemRates): ClosedForm {
  const lambda_DU = undetectedRate(rates)
  if (lambda_DU + rates.lambda_DD_per_h === 0) return NOTHING
  const tCE_h = channelDownTime1oo2D(rates)
  const tGE_h = lambda_DU === 0 ? rates.mrt_h : undetectedTime(rates, 3) / lambda_DU
  const { first, second, unswitched } = parts1oo2D(rates)
  return closed([tCE_h, tGE_h], 2 * first * second * tCE_h * tGE_h + 2 * unswitched * tCE_h, commonCause(rates))
}

/** @see IEC 61508-6:2010, B.3.3.2.5 */
function pfh1oo2D(rates: SubsystemRates): ClosedForm {
  const lambda_DU = undetectedRate(rates)
  if (lambda_DU + rates.lambda_DD_per_h === 0) return NOTHING
  const tCE_h = channelDownTime1oo2D(rates)
  const { first, second, unswitched } = parts1oo2D(rates)
  return closed([tCE_h], 2 * first * second * tCE_h + 2 * unswitched, rates.beta * lambda_DU)
}

function parts1oo2D(rates: SubsystemRates): {
  readonly first: number
  readonly second: number
  readonly unswitched: number
} {
  const first = (1 - rates.beta) * undetectedRate(rates)
  return {
    first,
    second: first + (1 - rates.beta_D) * rates.lambda_DD_per_h + rates.lambda_SD_per_h,
    unswitched: (1 - rates.switchOver) * rates.lambda_DD_per_h,
  }
}
