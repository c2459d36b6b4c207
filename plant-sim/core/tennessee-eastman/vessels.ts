/** The four vessels: temperature, pressure, volumes and compositions from what they hold. */
import {
  AD,
  AVP,
  BD,
  BVP,
  CD,
  CVP,
  G0,
  G1,
  G2,
  G3,
  GAS_R_MMBTU,
  GAS_R_MMHG,
  L1,
  L2,
  L3,
  MOLAR_MASS,
} from './components.ts'
import { W } from './layout.ts'

// Copies of this module's own: the engine folds them into the code, which it does not with imported ones.
const {
  HL_reactor: W_HL_reactor,
  HL_sump: W_HL_sump,
  HV_header: W_HV_header,
  HV_reactor: W_HV_reactor,
  M_header: W_M_header,
  M_reactor: W_M_reactor,
  P_header: W_P_header,
  P_reactor: W_P_reactor,
  T_header: W_T_header,
  T_reactor: W_T_reactor,
  T_sump: W_T_sump,
  VV_reactor: W_VV_reactor,
  V_reactor: W_V_reactor,
  V_sump: W_V_sump,
  rho_reactor: W_rho_reactor,
  rho_sump: W_rho_sump,
  x_header: W_x_header,
  x_reactor: W_x_reactor,
  x_sump: W_x_sump,
  y_reactor: W_y_reactor,
} = W

const [, , , AVP_D, AVP_E, , AVP_G, AVP_H] = AVP
const [, , , BVP_D, BVP_E, , BVP_G, BVP_H] = BVP
const [, , , CVP_D, CVP_E, , CVP_G, CVP_H] = CVP
const [AD_A, AD_B, AD_C, AD_D, AD_E, AD_F, AD_G, AD_H] = AD
const [, , , BD_D, BD_E, BD_F, BD_G, BD_H] = BD
const [, , , CD_D, CD_E, CD_F, CD_G, CD_H] = CD
const [M_A, M_B, M_C, M_D, M_E, M_F, M_G, M_H] = MOLAR_MASS
const [G0_A, G0_B, G0_C, G0_D, G0_E, G0_F, G0_G, G0_H] = G0
const [G1_A, G1_B, G1_C, G1_D, G1_E, G1_F, G1_G, G1_H] = G1
const [G2_A, G2_B, G2_C, G2_D, G2_E, G2_F] = G2
const [G3_A, G3_B, G3_C, G3_D, G3_E, G3_F] = G3
const [L1_A, L1_B, L1_C, L1_D, L1_E, L1_F, L1_G, L1_H] = L1
const [, , , L2_D, L2_E, L2_F, L2_G, L2_H] = L2
const [, , , L3_D, L3_E, L3_F, L3_G, L3_H] = L3

/**
 * Temperature at which c0 + T (c1 + T (c2 + T c3)) = h, degC: Newton from the last evaluation's temperature, which
 * therefore belongs to the state of the model. Without convergence in 100 steps the last temperature stays.
 */
function temperature_degC(h: number, c0: number, c1: number, c2: number, c3: number, start_degC: number): number {
  let T = start_degC
  for (let i = 0; i < 100; i++) {
    const error = c0 + T * (c1 + T * (c2 + T * c3)) - h
    const step = error / (c1 + T * (2 * c2 + 3 * c3 * T))
    T -= step
    if (step < 1e-12 && step > -1e-12) return T
  }
  return start_degC
}

/**
 * Reactor (k = 0) or separator (k = 1): vapour A..C over liquid D..H in equilibrium by Raoult's law.
 *
 * The energy is that of the liquid alone, as in the original. Writes its share of `w`.
 *
 * @param low_ft3 - volume of liquid below which the vapour is saturated no more but goes with the liquid; 0: always saturated
 */
export function flashVessel(
  y: Float64Array,
  at: number,
  k: 0 | 1,
  volume_ft3: number,
  low_ft3: number,
  w: Float64Array,
): void {
  const nD = y[at + 3]!
  const nE = y[at + 4]!
  const nF = y[at + 5]!
  const nG = y[at + 6]!
  const nH = y[at + 7]!
  const liquid = nD + nE + nF + nG + nH
  const perLiquid = 1 / liquid
  const xD = nD * perLiquid
  const xE = nE * perLiquid
  const xF = nF * perLiquid
  const xG = nG * perLiquid
  const xH = nH * perLiquid

  const l1 = xD * L1_D + xE * L1_E + xF * L1_F + xG * L1_G + xH * L1_H
  const l2 = xD * L2_D + xE * L2_E + xF * L2_F + xG * L2_G + xH * L2_H
  const l3 = xD * L3_D + xE * L3_E + xF * L3_F + xG * L3_G + xH * L3_H
  const T = temperature_degC(y[at + 8]! * perLiquid, 0, l1, l2, l3, w[W_T_reactor + k]!)

  const molarVolume =
    (xD * M_D) / (AD_D + (BD_D + CD_D * T) * T) +
    (xE * M_E) / (AD_E + (BD_E + CD_E * T) * T) +
    (xF * M_F) / (AD_F + (BD_F + CD_F * T) * T) +
    (xG * M_G) / (AD_G + (BD_G + CD_G * T) * T) +
    (xH * M_H) / (AD_H + (BD_H + CD_H * T) * T)
  const liquid_ft3 = liquid * molarVolume
  const vapour_ft3 = volume_ft3 - liquid_ft3

  const mmHgPerMole = (GAS_R_MMHG * (T + 273.15)) / vapour_ft3
  const pA = y[at]! * mmHgPerMole
  const pB = y[at + 1]! * mmHgPerMole
  const pC = y[at + 2]! * mmHgPerMole
  const wet = liquid_ft3 < low_ft3 ? Math.max(0, liquid_ft3 / low_ft3) : 1
  const pureEF = wet * Math.exp(AVP_E + BVP_E / (T + CVP_E))
  const pD = xD * wet * Math.exp(AVP_D + BVP_D / (T + CVP_D))
  const pE = xE * pureEF
  const pF = xF * pureEF
  const pG = xG * wet * Math.exp(AVP_G + BVP_G / (T + CVP_G))
  const pH = xH * wet * Math.exp(AVP_H + BVP_H / (T + CVP_H))
  const P = pA + pB + pC + pD + pE + pF + pG + pH
  const perP = 1 / P
  const yA = pA * perP
  const yB = pB * perP
  const yC = pC * perP
  const yD = pD * perP
  const yE = pE * perP
  const yF = pF * perP
  const yG = pG * perP
  const yH = pH * perP

  w[W_T_reactor + k] = T
  w[W_P_reactor + k] = P
  w[W_V_reactor + k] = liquid_ft3
  w[W_VV_reactor + k] = vapour_ft3
  w[W_M_reactor + k] = yA * M_A + yB * M_B + yC * M_C + yD * M_D + yE * M_E + yF * M_F + yG * M_G + yH * M_H
  w[W_HV_reactor + k] =
    yA * G0_A +
    yB * G0_B +
    yC * G0_C +
    yD * G0_D +
    yE * G0_E +
    yF * G0_F +
    yG * G0_G +
    yH * G0_H +
    T *
      (yA * G1_A +
        yB * G1_B +
        yC * G1_C +
        yD * G1_D +
        yE * G1_E +
        yF * G1_F +
        yG * G1_G +
        yH * G1_H +
        T *
          (yA * G2_A +
            yB * G2_B +
            yC * G2_C +
            yD * G2_D +
            yE * G2_E +
            yF * G2_F +
            T * (yA * G3_A + yB * G3_B + yC * G3_C + yD * G3_D + yE * G3_E + yF * G3_F)))
  w[W_HL_reactor + k] = T * (l1 + T * (l2 + T * l3))
  w[W_rho_reactor + k] = 1 / molarVolume
  const v = W_y_reactor + 8 * k
  w[v] = yA
  w[v + 1] = yB
  w[v + 2] = yC
  w[v + 3] = yD
  w[v + 4] = yE
  w[v + 5] = yF
  w[v + 6] = yG
  w[v + 7] = yH
  const x = W_x_reactor + 8 * k
  w[x + 3] = xD
  w[x + 4] = xE
  w[x + 5] = xF
  w[x + 6] = xG
  w[x + 7] = xH
}

/** Stripper sump: liquid only, all eight components. */
export function sumpVessel(y: Float64Array, at: number, w: Float64Array): void {
  const nA = y[at]!
  const nB = y[at + 1]!
  const nC = y[at + 2]!
  const nD = y[at + 3]!
  const nE = y[at + 4]!
  const nF = y[at + 5]!
  const nG = y[at + 6]!
  const nH = y[at + 7]!
  const n = nA + nB + nC + nD + nE + nF + nG + nH
  const perN = 1 / n
  const xA = nA * perN
  const xB = nB * perN
  const xC = nC * perN
  const xD = nD * perN
  const xE = nE * perN
  const xF = nF * perN
  const xG = nG * perN
  const xH = nH * perN
  const l1 = xA * L1_A + xB * L1_B + xC * L1_C + xD * L1_D + xE * L1_E + xF * L1_F + xG * L1_G + xH * L1_H
  const l2 = xD * L2_D + xE * L2_E + xF * L2_F + xG * L2_G + xH * L2_H
  const l3 = xD * L3_D + xE * L3_E + xF * L3_F + xG * L3_G + xH * L3_H
  const T = temperature_degC(y[at + 8]! * perN, 0, l1, l2, l3, w[W_T_sump]!)
  const molarVolume =
    (xA * M_A) / AD_A +
    (xB * M_B) / AD_B +
    (xC * M_C) / AD_C +
    (xD * M_D) / (AD_D + (BD_D + CD_D * T) * T) +
    (xE * M_E) / (AD_E + (BD_E + CD_E * T) * T) +
    (xF * M_F) / (AD_F + (BD_F + CD_F * T) * T) +
    (xG * M_G) / (AD_G + (BD_G + CD_G * T) * T) +
    (xH * M_H) / (AD_H + (BD_H + CD_H * T) * T)
  w[W_T_sump] = T
  w[W_V_sump] = n * molarVolume
  w[W_rho_sump] = 1 / molarVolume
  w[W_HL_sump] = T * (l1 + T * (l2 + T * l3))
  const x = W_x_sump
  w[x] = xA
  w[x + 1] = xB
  w[x + 2] = xC
  w[x + 3] = xD
  w[x + 4] = xE
  w[x + 5] = xF
  w[x + 6] = xG
  w[x + 7] = xH
}

/** Feed header: vapour only, its energy an internal energy. */
export function headerVessel(y: Float64Array, at: number, volume_ft3: number, w: Float64Array): void {
  const nA = y[at]!
  const nB = y[at + 1]!
  const nC = y[at + 2]!
  const nD = y[at + 3]!
  const nE = y[at + 4]!
  const nF = y[at + 5]!
  const nG = y[at + 6]!
  const nH = y[at + 7]!
  const n = nA + nB + nC + nD + nE + nF + nG + nH
  const perN = 1 / n
  const xA = nA * perN
  const xB = nB * perN
  const xC = nC * perN
  const xD = nD * perN
  const xE = nE * perN
  const xF = nF * perN
  const xG = nG * perN
  const xH = nH * perN
  const g0 = xA * G0_A + xB * G0_B + xC * G0_C + xD * G0_D + xE * G0_E + xF * G0_F + xG * G0_G + xH * G0_H
  const g1 = xA * G1_A + xB * G1_B + xC * G1_C + xD * G1_D + xE * G1_E + xF * G1_F + xG * G1_G + xH * G1_H
  const g2 = xA * G2_A + xB * G2_B + xC * G2_C + xD * G2_D + xE * G2_E + xF * G2_F
  const g3 = xA * G3_A + xB * G3_B + xC * G3_C + xD * G3_D + xE * G3_E + xF * G3_F
  const T = temperature_degC(y[at + 8]! * perN, g0 - GAS_R_MMBTU * 273.15, g1 - GAS_R_MMBTU, g2, g3, w[W_T_header]!)
  w[W_T_header] = T
  w[W_P_header] = (n * GAS_R_MMHG * (T + 273.15)) / volume_ft3
  w[W_M_header] = xA * M_A + xB * M_B + xC * M_C + xD * M_D + xE * M_E + xF * M_F + xG * M_G + xH * M_H
  w[W_HV_header] = g0 + T * (g1 + T * (g2 + T * g3))
  const x = W_x_header
  w[x] = xA
  w[x + 1] = xB
  w[x + 2] = xC
  w[x + 3] = xD
  w[x + 4] = xE
  w[x + 5] = xF
  w[x + 6] = xG
  w[x + 7] = xH
}
