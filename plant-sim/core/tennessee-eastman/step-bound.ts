import { GAS_R_MMHG } from './components.ts'
import { W, Y } from './layout.ts'

/**
 * Longest step in terms of the fastest mode. The formula is stable up to 2.8; at 1.2 every operating mode takes one step
 * a second, and halving the steps of a cooling loss moves its shutdown by less than 0.01 % (converged.test.ts).
 */
const REACH = 1.2
const STEP_S = { longest: 1, shortest: 0.001 } as const
/** Pressure differences below this are taken for it: the root of a flow's law has no bounded slope at zero. */
const PRESSURE_FLOOR_MMHG = 1

/**
 * Longest sub-step at a state, s: a pure function of it, so that a restored plant goes on exactly.
 *
 * The fastest modes are the small vapour holdups of the reactor: what the reactions take from A and C (fast when the
 * reactor is hot: 0.2 1/s at 120 degC, 30 1/s at 173 degC), and the flows in and out, steep where pressures are close.
 */
export function stepBound_s(y: Float64Array, w: Float64Array): number {
  const bound_s = (REACH * 3600) / fastest_per_h(y, w)
  return Math.min(STEP_S.longest, Math.max(STEP_S.shortest, bound_s))
}

/** Estimate of the fastest mode, 1/h. */
function fastest_per_h(y: Float64Array, w: Float64Array): number {
  const r = w[W.rate]! + w[W.rate + 1]!
  const reactions =
    (1.1544 * r + w[W.rate + 2]!) / y[Y.reactor]! +
    (0.3735 * r) / y[Y.reactor + 2]! +
    (w[W.rate]! + 1.5 * w[W.rate + 3]!) / y[Y.reactor + 3]! +
    (w[W.rate + 1]! + w[W.rate + 2]!) / y[Y.reactor + 4]!
  const reactor = perMole(w[W.T_reactor]!, w[W.VV_reactor]!)
  const separator = perMole(w[W.T_separator]!, w[W.VV_separator]!)
  const header = perMole(w[W.T_header]!, 5000)
  const P_r = w[W.P_reactor]!
  const out = slope(w[W.flow + 8]!, P_r - w[W.P_separator]!) * (reactor + separator)
  const into = slope(w[W.flow + 6]!, w[W.P_header]! - P_r) * (reactor + header)
  return reactions + out + into
}

/** Pressure of one more lbmol of gas, mmHg. */
function perMole(T_degC: number, volume_ft3: number): number {
  return (GAS_R_MMHG * (T_degC + 273.15)) / volume_ft3
}

/** dF/dP of a flow by the root of a pressure difference. */
function slope(flow: number, difference_mmHg: number): number {
  return (0.5 * flow) / Math.max(PRESSURE_FLOOR_MMHG, difference_mmHg)
}
