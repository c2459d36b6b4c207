/**
 * Feedwater, steam line and header of the boiler: flows by pressures, for the drum in the middle.
 *
 * Feed: 14 MPa n^2 - p = q^2 (1/(Gv v)^2 + 400), a check valve against flow back. Steam: q = Gs sqrt(rs (p - ph)), with a stop valve
 * that lets nothing back. Header: 40 m3 of superheated steam, dph/dt = (qs - turbine - vent)/C; what it holds of heat is mixed,
 * dHh/dt = cp (qs Tsh - (turbine + vent) Th), Hh = C ph cp Th, temperatures over 0 degC. Turbine and start-up vent: choked,
 * proportional to opening and pressure. A spring valve on the drum opens over 10.2 to 10.5 MPa and blows 95 kg/s.
 */
import { D, U, X } from './layout.ts'
import { ZERO_C_K } from './steam.ts'

/** Set pressure of the steam header, Pa; where medium load has 8.5 MPa in the drum. */
export const HEADER_Pa = 8.25e6
/** Of feedwater at 242 degC behind the last heater, and without that one at 180 degC, J/kg. */
export const FEED_J_KG = 1.0469e6
const FEED_COLD_J_KG = 0.767e6
const PUMP_Pa = 14e6
const PUMP_DROP = 400
const G_FEED = 0.08
const G_STEAM = 0.0148
const SOFT_Pa = 1e4
export const HEADER_KG_PA = 1.36e-4
const G_TURBINE = 1.212e-5
const G_VENT = 1.2e-6
const SAFETY_Pa = 10.2e6
const SAFETY_BAND_Pa = 0.3e6
const SAFETY_KG_S = 95
const PUMP_UP_S = 3
const PUMP_DOWN_S = 5
/** Tubes and steam of the superheater: a lag of 40 s at 50 kg/s. */
export const SUPERHEATER_J_K = 5.8e6
export const CP_STEAM = 2900
/** With less steam than this the tubes lose to the surroundings what as much steam would take: the reading is then of little worth. */
const FLOW_LEAST = 4
const T_STEAM_MAX_K = 950

export interface SteamFlows {
  feed: number
  /** To the header, of the safety valve, to the turbine, through the start-up vent, kg/s. */
  steam: number
  safety: number
  turbine: number
  vent: number
  /** Steam in the header, K. */
  header_K: number
}

/** @param rs - density of saturated steam in the drum, kg/m3 */
export function steamFlows(x: Float64Array, u: Float64Array, d: Float64Array, rs: number, into: SteamFlows): void {
  const p = x[X.p]!
  const ph = x[X.ph]!
  const n = x[X.pump]!
  const valve = (u[U.feed]! / 100) * G_FEED
  const head = PUMP_Pa * (1 + d[D.feed_pressure]!) * n * n - p
  into.feed = head > 0 ? Math.sqrt(head / (1 / (valve * valve) + PUMP_DROP)) : 0
  const dp = Math.max(0, p - ph)
  into.steam = (G_STEAM * Math.sqrt(rs) * dp) / Math.sqrt(dp + SOFT_Pa)
  into.safety = SAFETY_KG_S * Math.min(1, Math.max(0, (p - SAFETY_Pa) / SAFETY_BAND_Pa))
  const load = 1 + d[D.load_up]! + d[D.load_down]! + d[D.load_noise]!
  into.turbine = G_TURBINE * (u[U.turbine]! / 100) * load * ph
  into.vent = G_VENT * (u[U.start_vent]! / 100) * ph
  into.header_K = ZERO_C_K + x[X.header]! / (HEADER_KG_PA * ph * CP_STEAM)
}

/** What the header holds of heat with steam of this temperature, J. */
export const headerHeat = (ph_Pa: number, t_K: number): number => HEADER_KG_PA * ph_Pa * CP_STEAM * (t_K - ZERO_C_K)

/** W/K that the superheater gives off: to its steam, and to the surroundings where that is too little. */
export const givesOff = (steam: number): number => CP_STEAM * Math.max(FLOW_LEAST, steam)

/** The most the superheater can take, W: its tubes are no hotter than 950 K. */
export const mostHeat = (steam: number, ts: number): number => givesOff(steam) * Math.max(0, T_STEAM_MAX_K - ts)

export const feedEnthalpy = (d: Float64Array): number => (d[D.feed_cold]! > 0 ? FEED_COLD_J_KG : FEED_J_KG)

/** @param heat_W - to the superheater. @param hs, ts - of saturated steam in the drum */
export function steamSlopes(
  x: Float64Array,
  u: Float64Array,
  d: Float64Array,
  flows: SteamFlows,
  heat_W: number,
  ts: number,
  dx: Float64Array,
): void {
  dx[X.ph] = (flows.steam - flows.turbine - flows.vent) / HEADER_KG_PA
  // Heat stored in the tubes, not a lag of fixed time: so that the energy closes when the flow changes.
  dx[X.tsh] = (heat_W - givesOff(flows.steam) * (x[X.tsh]! - ts)) / SUPERHEATER_J_K
  dx[X.header] =
    CP_STEAM * (flows.steam * (x[X.tsh]! - ZERO_C_K) - (flows.turbine + flows.vent) * (flows.header_K - ZERO_C_K))
  const runs = u[U.pump]! > 50 && d[D.pump_trip]! === 0
  dx[X.pump] = runs ? (1 - x[X.pump]!) / PUMP_UP_S : -x[X.pump]! / PUMP_DOWN_S
}

/** Drum pressure over the header that drives this flow, Pa. @param densityAt - of saturated steam by pressure */
export function drumPressureFor(flow: number, header_Pa: number, densityAt: (p_Pa: number) => number): number {
  let p = header_Pa
  for (let i = 0; i < 50; i++) {
    const a = (flow / G_STEAM) ** 2 / densityAt(p)
    p = header_Pa + (a + Math.sqrt(a * a + 4 * a * SOFT_Pa)) / 2
  }
  return p
}

export const turbineFor = (flow: number, header_Pa: number): number => (100 * flow) / (G_TURBINE * header_Pa)
export const feedValveFor = (flow: number, p_Pa: number): number =>
  100 / (G_FEED * Math.sqrt((PUMP_Pa - p_Pa) / (flow * flow) - PUMP_DROP))
