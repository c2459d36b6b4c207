/**
 * One case of the PID reference trajectories with the product's own parts: PID blocks in a controller, linear plants.
 */
import { createRig } from '../../controller/core/testing/rig.ts'
import { createLinearModel, type LinearSpec } from '../../plant-sim/core/linear/linear-model.ts'
import { createReferencePlant, type ReferencePlant } from './pid-plant.ts'
import { TableFault } from './table.ts'

/** A case of summary.json, as far as it is needed to run it. */
export interface PidCase {
  /** [output, input, numerator, denominator, dead time]. */
  readonly plants: readonly (readonly [number, number, readonly number[], readonly number[], number])[]
  readonly ctrls: readonly PidSettings[]
  /** Per loop: [time, value] of set point and load. */
  readonly r: readonly Steps[]
  readonly dist: readonly Steps[]
  readonly tend: number
}

export interface PidSettings {
  readonly Kc: number
  readonly Ti: number | null
  readonly Td: number
  readonly N: number
  readonly b: number
  readonly c: number
  readonly Tt: number | null
  readonly umin: number
  readonly umax: number
  readonly bias: number
}

type Steps = readonly (readonly [number, number])[]

export type Integral = 'external_reset' | 'form_a' | 'form_b'

/** Values at k T, one array a loop. */
export interface Trajectory {
  readonly r: readonly Float64Array[]
  readonly d: readonly Float64Array[]
  readonly y: readonly Float64Array[]
  readonly u: readonly Float64Array[]
}

const INTEGRAL = { external_reset: 0, form_a: 1, form_b: 2 } as const
const STRUCTURE = { pd: 3, p_d: 4, two_dof: 7 } as const
/** Where the files say that nothing limits. */
export const UNLIMITED = 1e9
const WIDE = 1e6

/** @throws TableFault for a plant or a controller that the product's parts do not have */
export function runCase(given: PidCase, T: number, integral: Integral): Trajectory {
  const loops = given.ctrls.length
  const rig = createRig({
    tick_ms: T * 1000,
    blocks: given.ctrls.map((ctrl, i) => ({ id: `PID${i}`, type: 'PID', set: settings(ctrl, integral) })),
    writable: given.ctrls.map((_, i) => `PID${i}.SP`),
  })
  const paths = given.plants.map(([to, from, num, den, theta_s]) => ({
    to,
    from,
    model: modelOf(num, den, theta_s, T),
  }))
  const count = Math.round(given.tend / T) + 1
  const make = (): Float64Array[] => Array.from({ length: loops }, () => new Float64Array(count))
  const [r, d, y, u] = [make(), make(), make(), make()]
  // At rest, so that the step at 0 meets filters and integrals that stand at 0.
  for (let i = 0; i < loops; i++) rig.drive(`PID${i}.IN`, 0)
  rig.scan(2)
  for (let k = 0; k < count; k++) {
    const t = k * T
    for (let i = 0; i < loops; i++) {
      r[i]![k] = at(given.r[i]!, t)
      d[i]![k] = at(given.dist[i]!, t)
      let sum = 0
      for (const path of paths) if (path.to === i) sum += path.model.y
      y[i]![k] = sum
      rig.drive(`PID${i}.IN`, sum)
      if (rig.write(`PID${i}.SP`, r[i]![k]!) !== 0) throw new TableFault(`the set point ${r[i]![k]} was refused`)
    }
    rig.scan()
    for (let i = 0; i < loops; i++) u[i]![k] = rig.get(`PID${i}.OUT`)
    for (const { from, model } of paths) model.step(u[from]![k]! + d[from]![k]!)
  }
  return { r, d, y, u }
}

function settings(ctrl: PidSettings, integral: Integral): Record<string, number | readonly number[]> {
  const { Kc, Ti, Td, N, b, c, Tt, umin, umax, bias } = ctrl
  const out_lim = umax >= UNLIMITED ? [-WIDE, WIDE] : [umin, umax]
  const common = {
    GAIN: Math.abs(Kc),
    ACTION: Kc < 0 ? 0 : 1,
    RATE: Td,
    ALPHA: 1 / N,
    OUT_LIM: out_lim,
    SP_LIM: [-WIDE, WIDE],
  }
  if (Ti === null) {
    if (b !== 1 || (c !== 0 && c !== 1)) throw new TableFault(`no integral with b ${b}, c ${c}: no structure has that`)
    return { ...common, STRUCTURE: c === 1 ? STRUCTURE.pd : STRUCTURE.p_d, BIAS: bias, BAL_TIME: 0 }
  }
  // The bias of a controller with integral is what its integral starts with.
  const form = integral === 'external_reset' ? {} : { INTEGRAL: INTEGRAL[integral], TT: Tt ?? 0 }
  return { ...common, STRUCTURE: STRUCTURE.two_dof, BETA: b, GAMMA: c, RESET: Ti, OUT: bias, ...form }
}

/** A value that holds from its time on; rounding of k T must not delay it by a period. */
function at(steps: Steps, t: number): number {
  let value = 0
  for (const [from, next] of steps) if (t >= from - 1e-9) value = next
  return value
}

/** plant-sim's model where it has one, so that it is compared too. */
function modelOf(num: readonly number[], den: readonly number[], theta_s: number, T: number): ReferencePlant {
  const spec = specOf(num, den, theta_s)
  return spec === undefined ? createReferencePlant(num, den, theta_s, T) : createLinearModel(spec, T)
}

/** K / (tau s + 1), K / s, K / (a s^2 + b s), K (1 + L s) / (a s^2 + b s + 1), each with dead time. */
function specOf(num: readonly number[], den: readonly number[], theta_s: number): LinearSpec | undefined {
  const [k, slope] = num.length === 2 ? [num[1]!, num[0]!] : [num[0] ?? 0, 0]
  if (num.length > 2 || den.length < 2 || den.length > 3 || k === 0) return undefined
  const [square, linear, last] = den.length === 2 ? [0, den[0]!, den[1]!] : [den[0]!, den[1]!, den[2]!]
  if (!(linear > 0) || square < 0 || last < 0) return undefined
  if (slope !== 0 && (last === 0 || square === 0)) return undefined
  if (last === 0) return { model: 'integrating', k: k / linear, lag_s: square / linear, theta_s }
  if (square === 0) return { model: 'first_order', k: k / last, tau_s: linear / last, theta_s }
  const tau_s = Math.sqrt(square / last)
  const zeta = linear / last / (2 * tau_s)
  return { model: 'second_order', k: k / last, tau_s, zeta, lead_s: slope / k, theta_s }
}
