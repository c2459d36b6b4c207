/**
 * Furnace: air in by the forced draught fan, gas out by the induced one, what burns, what does not, and what that does.
 *
 *   dM/dt  = in - out                          dU/dt   = in cp T0 - out cp T + (1 - g) LHV flame + LHV r
 *   dmu/dt = unburnt in - out mu/M - r         dmO2/dt = 0.232 air - out mO2/M - 3.99 burnt
 *   T = U/(M cv), p = (R/cv) U/V
 *
 * The states are what is stored: kg of gas, of oxygen, of unburnt fuel, and the gas' internal energy. What comes in and goes out is
 * linear in them, so that a Runge-Kutta step keeps their sums to the last digits.
 *
 * Methane: 50 MJ/kg, 17.2 kg of air and 3.99 kg of oxygen a kg. Fans with inlet vanes: head = h0 n^2 vane^2, flow = G sqrt(head).
 * Of a flame's heat the share g is radiated to the risers at once. r, the afterburning of what lies unburnt, is slow in small amounts
 * and within an eighth of a second above the lower limit of flammability of a tenth of the furnace: that is the explosion. Its heat
 * stays in the gas: at constant volume the pressure rises by (R/cv) LHV r/V, by heat alone and with no gas that was not there.
 * A flame needs fuel, an air ratio of 0.5 to 5.5 and something that lights it: the pilot, or itself. Own model on these balances;
 * dimensions chosen for the drum's heat.
 */
import { D, E, U, X } from './layout.ts'

export const LHV = 50e6
export const STOICH = 17.2
const O2_AIR = 0.232
const O2_PER_FUEL = O2_AIR * STOICH
const FD_HEAD_Pa = 5500
const FD_G = 1.48
const ID_HEAD_Pa = 6500
const ID_G = 1.6
const DRAUGHT_Pa = 60
/** Makes the square root's slope finite at no flow. */
const SOFT_Pa = 400
const R_GAS = 287
const ATM_Pa = 101_325
/** Gas side from fan to fan. */
const VOLUME_m3 = 2500
export const CP_GAS = 1200
const CV_GAS = CP_GAS - R_GAS
export const T_AIR_K = 300
/** Of a flame's heat, what is radiated to the risers; the rest is in the gas at the furnace's outlet. */
export const RADIATED = 0.5
const FLAME_FUEL_KG_S = 0.12
export const FLAME_RATIO_LO = 0.5
export const FLAME_RATIO_HI = 5.5
const FLAME_UP_S = 0.4
const FLAME_DOWN_S = 0.15
/** Lower limit of flammability in a tenth of a cold furnace of 1000 m3, kg. */
export const EXPLOSIVE_KG = 3
const AFTERBURN_1_S = 1 / 3
const DEFLAGRATION_1_S = 8
const LINE_S = 3
const CELL_S = 6

export interface FurnaceFlows {
  air: number
  gas: number
  /** Fuel burnt in the flames, and of what lay unburnt, kg/s; air over stoichiometric of the burner, 0 where there is no fuel. */
  flame: number
  after: number
  ratio: number
}

/** What the stored quantities make: gauge pressure, Pa; temperature, K; oxygen, mass fraction. */
export interface FurnaceGas {
  pf: number
  t: number
  o2: number
}

export function furnaceGas(x: Float64Array, into: FurnaceGas): void {
  into.pf = ((R_GAS / CV_GAS) * x[X.energy]!) / VOLUME_m3 - ATM_Pa
  into.t = x[X.energy]! / (x[X.gas]! * CV_GAS)
  into.o2 = x[X.o2]! / x[X.gas]!
}

/** The inverse: stores kg, J, kg into the states. */
export function storeGas(x: Float64Array, pf_Pa: number, t_K: number, o2: number): void {
  x[X.energy] = ((ATM_Pa + pf_Pa) * VOLUME_m3 * CV_GAS) / R_GAS
  x[X.gas] = x[X.energy]! / (CV_GAS * t_K)
  x[X.o2] = o2 * x[X.gas]!
}

/** Internal energy at this gauge pressure, J: the furnace's walls hold no lower one. */
export const energyAt = (pf_Pa: number): number => ((ATM_Pa + pf_Pa) * VOLUME_m3 * CV_GAS) / R_GAS

const root = (dp: number): number => dp / Math.sqrt(Math.abs(dp) + SOFT_Pa)

/** Slopes of the furnace's states from fuel to burner and pilot, kg/s. Leaves the flows in `into`. @param now - `furnaceGas` of x */
export function furnaceSlopes(
  x: Float64Array,
  u: Float64Array,
  d: Float64Array,
  ext: Float64Array,
  now: FurnaceGas,
  fuel: number,
  pilot_fuel: number,
  dx: Float64Array,
  into: FurnaceFlows,
): void {
  const { pf, t } = now
  const air = airFlow(x, u, d, pf)
  const gas = gasFlow(x, u, pf)
  const mass = x[X.gas]!
  const o2 = Math.max(0, now.o2)
  const lhv = LHV * (1 + d[D.gas_quality]!)
  const stoich = STOICH * (1 + d[D.gas_quality]!)

  const main = x[X.main]!
  const pilot = x[X.pilot]!
  const ratio = fuel > 1e-6 ? Math.max(0, air) / (stoich * fuel) : 0
  const lit = main > 0.5 || pilot > 0.5
  const burns = fuel > FLAME_FUEL_KG_S && ratio > FLAME_RATIO_LO && ratio < FLAME_RATIO_HI && d[D.flame_out]! === 0
  dx[X.main] = lit && burns ? (1 - main) / FLAME_UP_S : -main / FLAME_DOWN_S
  const spark = u[U.igniter]! * ext[E.igniter]! > 50
  const pilot_burns = pilot_fuel > 0.01 && d[D.pilot_fail]! === 0 && (spark || pilot > 0.5) && o2 > 0.05
  dx[X.pilot] = pilot_burns ? (1 - pilot) / FLAME_UP_S : -pilot / FLAME_DOWN_S

  // The flame takes what the air is enough for; a few per cent of excess make mixing good.
  const complete = ratio > 1.03 ? 1 : Math.max(0, ratio / 1.03)
  const flame = fuel * main * complete + pilot_fuel * pilot
  const unburnt = x[X.unburnt]!
  const explosive = (EXPLOSIVE_KG * T_AIR_K) / t
  const fullness = unburnt / explosive
  const source = lit || spark ? 1 : 0
  const fast = AFTERBURN_1_S * (1 + 20 * fullness * fullness * fullness)
  const after = source * unburnt * Math.min(DEFLAGRATION_1_S, fast) * (o2 / (o2 + 0.01))
  const inflow = Math.max(0, air) + fuel + pilot_fuel
  // A puff drives gas back through the burner: it leaves like what the induced draught fan takes. Air comes in by a stack that draws back.
  const leaves = Math.max(0, gas) - Math.min(0, air)
  const drawn = Math.max(0, -gas)
  dx[X.unburnt] = fuel + pilot_fuel - flame - after - (leaves * unburnt) / mass
  dx[X.o2] = O2_AIR * (Math.max(0, air) + drawn) - leaves * o2 - O2_PER_FUEL * (1 + d[D.gas_quality]!) * (flame + after)
  dx[X.gas] = inflow + drawn - leaves
  dx[X.energy] = CP_GAS * ((inflow + drawn) * T_AIR_K - leaves * t) + (1 - RADIATED) * lhv * flame + lhv * after

  dx[X.o2_line] = (dryOxygen(o2) - x[X.o2_line]!) / LINE_S
  dx[X.o2_cell] = (x[X.o2_line]! - x[X.o2_cell]!) / CELL_S
  const co = main > 0.5 ? 30 + 100e3 * Math.max(0, 1.06 - ratio) + 2000 * unburnt : 1000 * unburnt
  dx[X.co] = (Math.min(10e3, co) - x[X.co]!) / CELL_S
  into.air = air
  into.gas = gas
  into.flame = flame
  into.after = after
  into.ratio = ratio
}

/** kg/s through burner and air duct; out of the furnace where it is negative. */
export const airFlow = (x: Float64Array, u: Float64Array, d: Float64Array, pf: number): number => {
  const vane = u[U.fd_vane]! / 100
  const n = x[X.fd]!
  return FD_G * (1 + d[D.air_choke]!) * root(FD_HEAD_Pa * n * n * vane * vane - pf)
}
/** kg/s to the stack; from it where it is negative. */
export const gasFlow = (x: Float64Array, u: Float64Array, pf: number): number => {
  const vane = u[U.id_vane]! / 100
  const n = x[X.id]!
  return ID_G * root(ID_HEAD_Pa * n * n * vane * vane + DRAUGHT_Pa + pf)
}

/** Mass fraction in wet gas to vol% in dry gas, for methane: 0.2 vol% at worst. */
export const dryOxygen = (o2: number): number => o2 * (105 - 65 * o2)

/** At rest with this fuel and air: gas temperature, oxygen. */
export function furnaceAtRest(fuel: number, air: number): { t_K: number; o2: number } {
  const inflow = air + fuel
  return {
    t_K: T_AIR_K + ((1 - RADIATED) * LHV * fuel) / (inflow * CP_GAS),
    o2: (O2_AIR * air - O2_PER_FUEL * fuel) / inflow,
  }
}

/** Vane positions that pass these flows at furnace pressure pf_Pa with the fans at speed, %. */
export function vanesFor(air: number, gas: number, pf_Pa: number): { fd: number; id: number } {
  const fd = pressureFor(air / FD_G) + pf_Pa
  const id = pressureFor(gas / ID_G) - pf_Pa - DRAUGHT_Pa
  return { fd: 100 * Math.sqrt(fd / FD_HEAD_Pa), id: 100 * Math.sqrt(id / ID_HEAD_Pa) }
}

/** Inverse of `root`, for a positive flow. */
const pressureFor = (r: number): number => (r * r + Math.sqrt(r ** 4 + 4 * SOFT_Pa * r * r)) / 2
