import { M_FEED_D, M_FEED_E } from './derivatives.ts'
import { W, Y } from './layout.ts'
import { gauge_kPa } from './limits.ts'

// Copies of this module's own: the engine folds them into the code, which it does not with imported ones.
const {
  P_header: W_P_header,
  P_reactor: W_P_reactor,
  P_separator: W_P_separator,
  Q_steam: W_Q_steam,
  T_reactor: W_T_reactor,
  T_separator: W_T_separator,
  T_sump: W_T_sump,
  V_reactor: W_V_reactor,
  V_separator: W_V_separator,
  V_sump: W_V_sump,
  compressor: W_compressor,
  flow: W_flow,
  rho_separator: W_rho_separator,
  rho_sump: W_rho_sump,
  x_header: W_x_header,
  x_sump: W_x_sump,
  y_separator: W_y_separator,
} = W
const { condenserWater: Y_condenserWater, reactorWater: Y_reactorWater } = Y

/** lbmol/h to standard m3/h in thousands, and ft3 to m3, as the original converts them. */
const KSCMH = 0.359 / 35.3145
const FT3_PER_M3 = 35.3145

/** Continuous measurements 1..22 (indices 0..21 of `out`) of the last evaluation, without noise. */
export function continuousMeasurements(y: Float64Array, w: Float64Array, out: Float64Array): void {
  const f = W_flow
  out[0] = w[f + 3]! * KSCMH
  out[1] = w[f + 1]! * M_FEED_D * 0.454
  out[2] = w[f + 2]! * M_FEED_E * 0.454
  out[3] = w[f + 4]! * KSCMH
  out[4] = w[f + 9]! * KSCMH
  out[5] = w[f + 6]! * KSCMH
  out[6] = gauge_kPa(w[W_P_reactor]!)
  out[7] = ((w[W_V_reactor]! - 84.6) / 666.7) * 100
  out[8] = w[W_T_reactor]!
  out[9] = w[f + 10]! * KSCMH
  out[10] = w[W_T_separator]!
  out[11] = ((w[W_V_separator]! - 27.5) / 290) * 100
  out[12] = gauge_kPa(w[W_P_separator]!)
  out[13] = w[f + 11]! / w[W_rho_separator]! / FT3_PER_M3
  out[14] = ((w[W_V_sump]! - 78.25) / 156.5) * 100
  // Called stripper pressure in the literature; it is the header's.
  out[15] = gauge_kPa(w[W_P_header]!)
  out[16] = w[f + 13]! / w[W_rho_sump]! / FT3_PER_M3
  out[17] = w[W_T_sump]!
  out[18] = w[W_Q_steam]! * 1040 * 0.454
  out[19] = w[W_compressor]! * 293.07
  out[20] = y[Y_reactorWater]!
  out[21] = y[Y_condenserWater]!
}

/** What the gas analysers see now, mol%: reactor feed A..F, then purge A..H. 14 values from `at`. */
export function gasComposition(w: Float64Array, out: Float64Array, at: number): void {
  for (let i = 0; i < 6; i++) out[at + i] = w[W_x_header + i]! * 100
  for (let i = 0; i < 8; i++) out[at + 6 + i] = w[W_y_separator + i]! * 100
}

/** What the product analyser sees now, mol%: D..H. 5 values from `at`. */
export function productComposition(w: Float64Array, out: Float64Array, at: number): void {
  for (let i = 0; i < 5; i++) out[at + i] = w[W_x_sump + 3 + i]! * 100
}

/** Where the analysers stand among the 41 measurements. */
export const CONTINUOUS = 22
export const GAS = { at: 22, count: 14, period_h: 0.1 } as const
export const PRODUCT = { at: 36, count: 5, period_h: 0.25 } as const
