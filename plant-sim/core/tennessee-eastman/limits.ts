import type { LimitInfo } from '../plant.ts'
import { W } from './layout.ts'

// Copies of this module's own: the engine folds them into the code, which it does not with imported ones.
const {
  P_reactor: W_P_reactor,
  T_reactor: W_T_reactor,
  V_reactor: W_V_reactor,
  V_separator: W_V_separator,
  V_sump: W_V_sump,
} = W

const FT3_PER_M3 = 35.3145

/** Bounds of operation and of the plant's own shutdown, in the order of the numbers that `limitCrossed` gives. */
export const LIMITS: readonly LimitInfo[] = [
  bound('reactor pressure', 'kPa gauge', Number.NEGATIVE_INFINITY, 2895, Number.NEGATIVE_INFINITY, 3000),
  bound('reactor level', 'm3', 11.8, 21.3, 2, 24),
  bound('reactor temperature', 'degC', Number.NEGATIVE_INFINITY, 150, Number.NEGATIVE_INFINITY, 175),
  bound('separator level', 'm3', 3.3, 9, 1, 12),
  bound('stripper level', 'm3', 3.5, 6.6, 1, 8),
]

/** Causes of a shutdown; the number of `limitCrossed` is the index. */
export const TRIP_CAUSES = [
  '',
  'reactor pressure high',
  'reactor level high',
  'reactor level low',
  'reactor temperature high',
  'separator level high',
  'separator level low',
  'stripper level high',
  'stripper level low',
] as const

/** 0 while every limit holds, else the number of the first that is crossed. Judged on values without noise. */
export function limitCrossed(w: Float64Array): number {
  if (gauge_kPa(w[W_P_reactor]!) > 3000) return 1
  const reactor_m3 = w[W_V_reactor]! / FT3_PER_M3
  if (reactor_m3 > 24) return 2
  if (reactor_m3 < 2) return 3
  if (w[W_T_reactor]! > 175) return 4
  const separator_m3 = w[W_V_separator]! / FT3_PER_M3
  if (separator_m3 > 12) return 5
  if (separator_m3 < 1) return 6
  const sump_m3 = w[W_V_sump]! / FT3_PER_M3
  if (sump_m3 > 8) return 7
  if (sump_m3 < 1) return 8
  return 0
}

/** The same after a shutdown, when a level that runs low is inventory lost and no more: only what damages counts. */
export function damageCrossed(w: Float64Array): number {
  if (gauge_kPa(w[W_P_reactor]!) > 3000) return 1
  if (w[W_V_reactor]! / FT3_PER_M3 > 24) return 2
  if (w[W_T_reactor]! > 175) return 4
  if (w[W_V_separator]! / FT3_PER_M3 > 12) return 5
  return w[W_V_sump]! / FT3_PER_M3 > 8 ? 7 : 0
}

/** The values that LIMITS bounds, in their units and order. */
export function limitedValues(w: Float64Array, out: Float64Array): void {
  out[0] = gauge_kPa(w[W_P_reactor]!)
  out[1] = w[W_V_reactor]! / FT3_PER_M3
  out[2] = w[W_T_reactor]!
  out[3] = w[W_V_separator]! / FT3_PER_M3
  out[4] = w[W_V_sump]! / FT3_PER_M3
}

/** Absolute mmHg as kPa above the atmosphere. */
export function gauge_kPa(mmHg: number): number {
  return ((mmHg - 760) / 760) * 101.325
}

function bound(
  name: string,
  unit: string,
  normal_lo: number,
  normal_hi: number,
  trip_lo: number,
  trip_hi: number,
): LimitInfo {
  return { name, unit, normal_lo, normal_hi, trip_lo, trip_hi }
}
