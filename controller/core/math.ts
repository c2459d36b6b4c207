/**
 * Elementary functions from + - * / and floor alone, so that a load computes the same constants on every machine.
 * Kernels do not call them: what needs one is derived at load.
 */

const LN2_HI = 0.6931471803691238
const LN2_LO = 1.9082149292705877e-10
const INV_LN2 = 1 / (LN2_HI + LN2_LO)

/**
 * e^x, within 1 unit in the last place for |x| < 700; 0 below -745, Infinity above 709.78.
 *
 * x = k ln 2 + r, |r| <= ln 2 / 2; e^r by its power series to r^14 (remainder below 1e-18), e^x = 2^k e^r.
 */
export function exp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const k = Math.floor(x * INV_LN2 + 0.5)
  const r = x - k * LN2_HI - k * LN2_LO
  return scale(1 + r * expm1Series(r), k)
}

/** 1 - e^(-x) for x >= 0 without the loss of digits near 0. */
export function oneMinusExp(x: number): number {
  return x < 0.35 ? x * expm1Series(-x) : 1 - exp(-x)
}

/** Part of the way a first-order lag goes in one period: 1 - e^(-dt/tau); 1 where tau is 0. */
export const smoothing = (dt_s: number, tau_s: number): number => (tau_s > 0 ? oneMinusExp(dt_s / tau_s) : 1)

/** (e^r - 1) / r. */
function expm1Series(r: number): number {
  let sum = 1
  for (let i = 15; i >= 2; i--) sum = 1 + (sum * r) / i
  return sum
}

function scale(x: number, k: number): number {
  let y = x
  let n = k
  while (n > 0) {
    y *= 2
    n--
  }
  while (n < 0) {
    y *= 0.5
    n++
  }
  return y
}
