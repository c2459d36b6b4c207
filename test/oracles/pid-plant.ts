/**
 * Any proper transfer function with dead time, exact for a held input: for reference plants that plant-sim has no model of.
 *
 * Controllable canonical form, matrix exponential by scaling and squaring of its series.
 */
import { TableFault } from './table.ts'

export interface ReferencePlant {
  readonly y: number
  step(u: number): void
}

type Matrix = readonly (readonly number[])[]

/** @param num - coefficients of s from the highest power down, as @param den */
export function createReferencePlant(
  num: readonly number[],
  den: readonly number[],
  theta_s: number,
  T: number,
): ReferencePlant {
  const n = den.length - 1
  if (n < 1 || num.length > den.length || den[0] === 0) throw new TableFault(`[${num}] / [${den}] is no proper plant`)
  const a = den.slice(1).map((c) => c / den[0]!)
  const b = [...new Array<number>(den.length - num.length).fill(0), ...num].map((c) => c / den[0]!)
  const through = b[0]!
  const c = a.map((ai, i) => b[i + 1]! - ai * through)
  const steps = theta_s / T
  const whole = Math.abs(steps - Math.round(steps)) < 1e-9 ? Math.round(steps) : Math.floor(steps)
  const rest_s = Math.abs(steps - whole) < 1e-9 ? 0 : theta_s - whole * T
  const [early, late] = [move(a, rest_s), move(a, T - rest_s)]
  const line = new Array<number>(whole + 2).fill(0)
  let x = new Array<number>(n).fill(0)
  let y = 0
  const go = (m: Matrix, u: number): void => {
    x = x.map((_, i) => m[i]!.reduce((sum, mij, j) => sum + mij * (j < n ? x[j]! : u), 0))
  }
  return {
    get y() {
      return y
    },
    step(u) {
      line.push(u)
      line.shift()
      if (rest_s > 0) go(early, line[0]!)
      const delayed = line[1]!
      go(late, delayed)
      y = x.reduce((sum, xi, i) => sum + c[i]! * xi, through * delayed)
    },
  }
}

/** e^([A B; 0 0] t): its upper rows take state and held input to the state after t. */
function move(a: readonly number[], t: number): Matrix {
  const n = a.length
  const size = n + 1
  const m = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      if (i === n) return 0
      if (i === 0) return t * (j < n ? -a[j]! : 1)
      return j === i - 1 ? t : 0
    }),
  )
  const norm = Math.max(...m.map((row) => row.reduce((sum, v) => sum + Math.abs(v), 0)))
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 4)
  const small = m.map((row) => row.map((v) => v / 2 ** squarings))
  const unit = m.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)))
  let sum: Matrix = unit
  let term: Matrix = unit
  for (let k = 1; k <= 16; k++) {
    term = times(term, small).map((row) => row.map((v) => v / k))
    sum = sum.map((row, i) => row.map((v, j) => v + term[i]![j]!))
  }
  for (let k = 0; k < squarings; k++) sum = times(sum, sum)
  return sum
}

const times = (p: Matrix, q: Matrix): Matrix =>
  p.map((row) => q[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * q[k]![j]!, 0)))
