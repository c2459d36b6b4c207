/**
 * Gas train: supply, two safety shutoff valves in series with a vent between, control valve, burner; a pilot line with two valves.
 *
 * Flow by the resistances in series, m^2 (1/G1^2 + 1/G2^2 + 1/Gc^2 + 1/Gb^2) = p_gas - p_furnace; the volume between the shutoff
 * valves fills and empties through whatever is open, so that its pressure proves them tight (or not). The safety system's valves stand
 * in series with these, its vent beside the other.
 * Own dimensions: 5 kg/s at 400 kPa with 150 kPa at the burner.
 */
import { D, E, U, X } from './layout.ts'

export const GAS_Pa = 400e3
/** kg/(s Pa^0.5): an open shutoff valve, the open control valve, the burner's nozzles. */
const G_SSV = 0.05
const G_CONTROL = 0.01523
const G_BURNER = 0.0129
/** A leaking seat, of an open valve. */
const LEAK = 0.003
const PILOT_KG_S = 0.03
/** Of the volume between the valves, 1/s with that valve open. */
const FILL_1_S = 8
/** Travel times of a shutoff valve opening and closing, of vent and pilot valves, s. */
const SSV_OPEN_S = 2
const SSV_CLOSE_S = 0.8
const SMALL_S = 0.5

export interface FuelFlows {
  /** To the burner, to the pilot, kg/s. */
  main: number
  pilot: number
  /** Gauge pressures behind the regulator and at the burner, Pa. */
  p_gas: number
  p_burner: number
}

/** What flows now, into `into`. @param pf - furnace, Pa gauge */
export function fuelFlows(
  x: Float64Array,
  u: Float64Array,
  d: Float64Array,
  ext: Float64Array,
  pf: number,
  into: FuelFlows,
): void {
  const p_gas = GAS_Pa * (1 + d[D.gas_pressure]! + d[D.gas_noise]! + d[D.regulator]!)
  const x1 = Math.max(x[X.ssv1]!, LEAK * d[D.ssv1_leak]!) * ext[E.ssv1]!
  const x2 = Math.max(x[X.ssv2]!, LEAK * d[D.ssv2_leak]!) * ext[E.ssv2]!
  const valve = u[U.fuel]! / 100
  const resistance =
    square(1 / (G_SSV * x1)) +
    square(1 / (G_SSV * x2)) +
    square(1 / (G_CONTROL * valve * Math.sqrt(valve))) +
    square(1 / G_BURNER)
  const flow = Math.sqrt(Math.max(0, p_gas - pf) / resistance)
  into.main = flow
  into.pilot = PILOT_KG_S * Math.min(x[X.pv1]!, x[X.pv2]!) * ext[E.pilot]! * Math.sqrt(Math.max(0, p_gas / GAS_Pa))
  into.p_gas = p_gas
  into.p_burner = square(flow / G_BURNER)
}

/** Control valve position that passes this flow with the shutoff valves open, %. */
export function fuelValveFor(flow: number, pf_Pa: number): number {
  const rest = (GAS_Pa - pf_Pa) / square(flow) - 2 / square(G_SSV) - 1 / square(G_BURNER)
  return 100 * (1 / (G_CONTROL * Math.sqrt(rest))) ** (2 / 3)
}

export function fuelSlopes(
  x: Float64Array,
  u: Float64Array,
  d: Float64Array,
  ext: Float64Array,
  f: FuelFlows,
  dx: Float64Array,
): void {
  dx[X.ssv1] = travel(x[X.ssv1]!, u[U.ssv1]!, SSV_OPEN_S, d[D.ssv1_stuck]! > 0 ? Number.POSITIVE_INFINITY : SSV_CLOSE_S)
  dx[X.ssv2] = travel(x[X.ssv2]!, u[U.ssv2]!, SSV_OPEN_S, d[D.ssv2_stuck]! > 0 ? Number.POSITIVE_INFINITY : SSV_CLOSE_S)
  dx[X.vent] = travel(x[X.vent]!, u[U.vent]!, SMALL_S, SMALL_S)
  dx[X.pv1] = travel(x[X.pv1]!, u[U.pv1]!, SMALL_S, SMALL_S)
  dx[X.pv2] = travel(x[X.pv2]!, u[U.pv2]!, SMALL_S, SMALL_S)
  const drop = square(f.main / G_SSV)
  const before = FILL_1_S * (x[X.ssv1]! + LEAK * d[D.ssv1_leak]!) * ext[E.ssv1]!
  const behind = FILL_1_S * (x[X.ssv2]! + LEAK * d[D.ssv2_leak]!) * ext[E.ssv2]!
  const piv = x[X.piv]!
  // With both open it stands between what is before and behind; shut behind, the burner side has no pressure.
  const p_behind = f.main > 0 ? f.p_gas - 2 * drop : 0
  dx[X.piv] = before * (f.p_gas - piv) + behind * (p_behind - piv) - FILL_1_S * (x[X.vent]! + ext[E.vent]!) * piv
}

const square = (a: number): number => a * a

const travel = (x: number, demand_pct: number, open_s: number, close_s: number): number =>
  demand_pct > 50 ? (x < 1 ? 1 / open_s : 0) : x > 0 ? -1 / close_s : 0
