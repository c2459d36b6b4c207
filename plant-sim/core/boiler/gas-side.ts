/**
 * The way of the flue gas behind the furnace: superheater, boiler bank, stack.
 *
 *   superheater = 0.6 G cp (T - (ts + tsh)/2)     bank = e (G cp (T - ts) - superheater)     stack = G cp (T - T0) - superheater - bank
 *
 * The bank belongs to the risers' circuit. Its effectiveness e is 0.69 where the gas is hotter than the drum: with the flame's
 * radiation that is 62 % of the fuel's heat at an air ratio of 1.15. Colder gas, of a purge, takes a fifth of what it could.
 * The stack's loss follows from its own temperature, so that the fuel's heat as a whole is a sum that can be checked.
 */
import { CP_GAS, RADIATED, T_AIR_K } from './furnace.ts'
import { CP_STEAM } from './water-side.ts'

const SUPERHEATER = 0.6
const BANK = 0.69
const COOLING = 0.2

export interface GasSide {
  /** W; the bank's is negative where cold gas takes heat away. */
  superheater: number
  bank: number
  stack: number
  /** K */
  t_stack: number
}

/** @param gas - kg/s out of the furnace at t_K. @param most_W - the superheater takes no more */
export function gasSide(gas: number, t_K: number, ts: number, tsh: number, most_W: number, into: GasSide): void {
  const w_K = Math.max(0, gas) * CP_GAS
  into.superheater = Math.min(most_W, SUPERHEATER * w_K * Math.max(0, t_K - (ts + tsh) / 2))
  const left_W = w_K * (t_K - ts) - into.superheater
  into.bank = (left_W > 0 ? BANK : COOLING) * left_W
  into.t_stack = w_K > 0 ? ts + (left_W - into.bank) / w_K : t_K
  into.stack = w_K * (into.t_stack - T_AIR_K)
}

/** Superheated steam at rest, K, with this flow of gas at t_K. */
export function superheatedAt(flow: number, gas: number, t_K: number, ts: number): number {
  const a = SUPERHEATER * gas * CP_GAS
  return ts + (a * (t_K - ts)) / (CP_STEAM * flow + a / 2)
}

/** Share of the fuel's heat that reaches risers and bank at rest, with this superheater. */
export const risersShare = (gas: number, t_K: number, ts: number, superheater_W: number, fuel_W: number): number =>
  RADIATED + (BANK * (gas * CP_GAS * (t_K - ts) - superheater_W)) / fuel_W
