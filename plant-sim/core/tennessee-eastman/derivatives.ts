import { G0, G1, G2, G3, L1, L2, L3, MOLAR_MASS } from './components.ts'
import { EXT, IN, W, Y } from './layout.ts'
import { limitCrossed } from './limits.ts'
import { flashVessel, headerVessel, sumpVessel } from './vessels.ts'

// Copies of this module's own: the engine folds them into the code, which it does not with imported ones.
const {
  HL_separator: W_HL_separator,
  HL_sump: W_HL_sump,
  HV_header: W_HV_header,
  HV_reactor: W_HV_reactor,
  HV_separator: W_HV_separator,
  M_header: W_M_header,
  M_reactor: W_M_reactor,
  M_separator: W_M_separator,
  P_header: W_P_header,
  P_reactor: W_P_reactor,
  P_separator: W_P_separator,
  Q_condenser: W_Q_condenser,
  Q_reactor: W_Q_reactor,
  Q_steam: W_Q_steam,
  T_reactor: W_T_reactor,
  T_separator: W_T_separator,
  T_sump: W_T_sump,
  VV_reactor: W_VV_reactor,
  V_reactor: W_V_reactor,
  V_separator: W_V_separator,
  V_sump: W_V_sump,
  compressor: W_compressor,
  flow: W_flow,
  rate: W_rate,
  x_header: W_x_header,
  x_separator: W_x_separator,
  x_sump: W_x_sump,
  y_reactor: W_y_reactor,
  y_separator: W_y_separator,
} = W
const { revised: IN_revised, step: IN_step, walk: IN_walk } = IN
const {
  blowdown: EXT_blowdown,
  compressor: EXT_compressor,
  condenserWaterDriven: EXT_condenserWaterDriven,
  condenserWater_pct: EXT_condenserWater_pct,
  feedA: EXT_feedA,
  feedAC: EXT_feedAC,
  feedD: EXT_feedD,
  feedE: EXT_feedE,
  product: EXT_product,
  reactorHeat: EXT_reactorHeat,
  runOn: EXT_runOn,
  separatorLiquid: EXT_separatorLiquid,
  steam: EXT_steam,
} = EXT
const {
  condenserWater: Y_condenserWater,
  header: Y_header,
  reactor: Y_reactor,
  reactorWater: Y_reactorWater,
  separator: Y_separator,
  sump: Y_sump,
  valve: Y_valve,
} = Y

const [, M_B, , M_D, M_E, M_F] = MOLAR_MASS
const [G0_A, G0_B, G0_C, G0_D, G0_E, G0_F, G0_G, G0_H] = G0
const [G1_A, G1_B, G1_C, G1_D, G1_E, G1_F, G1_G, G1_H] = G1
const [G2_A, G2_B, G2_C, G2_D, G2_E, G2_F] = G2
const [G3_A, G3_B, G3_C, G3_D, G3_E, G3_F] = G3
const [L1_A, L1_B, L1_C, L1_D, L1_E, L1_F, L1_G, L1_H] = L1
const [, , , L2_D, L2_E, L2_F, L2_G, L2_H] = L2
const [, , , L3_D, L3_E, L3_F, L3_G, L3_H] = L3

/** Molar masses of the D and E feeds, which carry a trace of B and F. */
export const M_FEED_D = 0.0001 * M_B + 0.9999 * M_D
export const M_FEED_E = 0.9999 * M_E + 0.0001 * M_F

/** Frequency factors of the reactions, lbmol/h, mmHg and ft3. */
const FREQUENCY_1 = Math.exp(31.5859536)
const FREQUENCY_2 = Math.exp(3.00094014)
const FREQUENCY_3 = Math.exp(53.4060443)

const REACTOR_FT3 = 1300
const SEPARATOR_FT3 = 3500
const HEADER_FT3 = 5000
const COMPRESSOR_MAX = 280275
const COMPRESSOR_RATIO_MAX = 1.3

/** 1 / time constant of each valve, 1/h. */
const VALVE_PER_H = new Float64Array([8, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5].map((lag_s) => 3600 / lag_s))

/**
 * The volumes below which `runOn` lets things die away: the low limits of the separator and the sump, and of the reactor, ft3. What
 * leaves as liquid does, and the vapour over a liquid is no longer saturated: an emptied vessel holds gas only.
 */
const LOW_LIMIT_FT3 = 35.3145
const LOW_LIMIT_REACTOR_FT3 = 70.629

/**
 * Right-hand side of the Tennessee Eastman process: dy/dt, 1/h, and everything in `w` that measurements need.
 *
 * Stream numbers are the model's internal ones: 1 D feed, 2 E feed, 3 A feed, 4 A+C feed, 5 stripper overhead,
 * 6 header to reactor, 8 reactor to separator, 9 compressor to header, 10 purge, 11 separator liquid, 12 stripper liquid
 * to its sump, 13 product. Valid near the published operating modes; neither start-up nor shut-down.
 *
 * @param y - 50 states (layout.ts)
 * @param demand - accepted valve demands, 0..100 %
 * @param input - boundary values: random walks and steps
 * @param ext - shutdown equipment, exactly neutral by default
 * @param w - intermediate values; holds the temperatures from which the next evaluation starts
 * @param dydt - written
 * @returns 0, or the number of the limit that is crossed (limits.ts); to freeze the plant then is the caller's part
 * @see Downs, Vogel, A plant-wide industrial process control problem, 1993
 */
export function derivatives(
  y: Float64Array,
  demand: Float64Array,
  input: Float64Array,
  ext: Float64Array,
  w: Float64Array,
  dydt: Float64Array,
): number {
  const runOn = ext[EXT_runOn]! !== 0
  flashVessel(y, Y_reactor, 0, REACTOR_FT3, runOn ? LOW_LIMIT_REACTOR_FT3 : 0, w)
  flashVessel(y, Y_separator, 1, SEPARATOR_FT3, runOn ? LOW_LIMIT_FT3 : 0, w)
  sumpVessel(y, Y_sump, w)
  headerVessel(y, Y_header, HEADER_FT3, w)
  const T_r = w[W_T_reactor]!
  const T_s = w[W_T_separator]!
  const T_c = w[W_T_sump]!
  const P_r = w[W_P_reactor]!
  const P_s = w[W_P_separator]!
  const P_h = w[W_P_header]!

  // ---- reactions, lbmol/h
  const kelvin = T_r + 273.15
  const V_r = w[W_VV_reactor]!
  const pA = w[W_y_reactor]! * P_r
  const pC = w[W_y_reactor + 2]! * P_r
  const pD = w[W_y_reactor + 3]! * P_r
  const pE = w[W_y_reactor + 4]! * P_r
  // Activation energies are 40000, 20000 and 60000 cal/mol: all three are powers of one exponential.
  const arrhenius = Math.exp(-20000 / 1.987 / kelvin)
  const square = arrhenius * arrhenius
  let r1 = 0
  let r2 = 0
  if (pA > 0 && pC > 0) {
    // pA^1.1544 pC^0.3735
    const drive = Math.exp(1.1544 * Math.log(pA) + 0.3735 * Math.log(pC)) * V_r
    r1 = FREQUENCY_1 * square * input[IN_walk + 6]! * drive * pD
    r2 = FREQUENCY_2 * arrhenius * input[IN_walk + 7]! * drive * pE
  }
  const k3 = FREQUENCY_3 * square * arrhenius * pA * V_r
  const r3 = k3 * pE
  const r4 = k3 * 0.767488334 * pD

  // ---- flows, lbmol/h, and their enthalpies, MMBTU/lbmol
  const v = Y_valve
  const F1 = y[v]! * input[IN_revised + 3]! * 0.01 * ext[EXT_feedD]!
  const F2 = y[v + 1]! * input[IN_revised + 4]! * 0.01 * ext[EXT_feedE]!
  const F3 = y[v + 2]! * (1 - input[IN_step + 5]!) * input[IN_revised + 2]! * 0.01 * ext[EXT_feedA]!
  const F4 = (y[v + 3]! * (1 - 0.2 * input[IN_step + 6]!) * input[IN_revised + 5]! * 0.01 + 1e-10) * ext[EXT_feedAC]!
  const V_sep = w[W_V_separator]!
  const V_sump = w[W_V_sump]!
  const V_reactor = w[W_V_reactor]!
  const wet_r = runOn && V_reactor < LOW_LIMIT_REACTOR_FT3 ? Math.max(0, V_reactor / LOW_LIMIT_REACTOR_FT3) : 1
  const wet_s = runOn && V_sep < LOW_LIMIT_FT3 ? Math.max(0, V_sep / LOW_LIMIT_FT3) : 1
  const wet_c = runOn && V_sump < LOW_LIMIT_FT3 ? Math.max(0, V_sump / LOW_LIMIT_FT3) : 1
  const F11 = y[v + 6]! * 1500 * 0.01 * ext[EXT_separatorLiquid]! * wet_s
  const F13 = y[v + 7]! * 1000 * 0.01 * ext[EXT_product]! * wet_c

  const M_s = w[W_M_separator]!
  const F6 = (1937.6 * Math.sqrt(positive(P_h - P_r))) / w[W_M_header]!
  const F8 = (4574.21 * Math.sqrt(positive(P_r - P_s)) * (1 - 0.25 * input[IN_walk + 11]!)) / w[W_M_reactor]!
  const overAtmosphere = Math.sqrt(positive(P_s - 760))
  const F10 = (y[v + 5]! * 0.151169 * overAtmosphere) / M_s
  const head = P_h / P_s
  const ratio = head < 1 ? 1 : head > COMPRESSOR_RATIO_MAX ? COMPRESSOR_RATIO_MAX : head
  // What the machine takes in at its full speed and at this head, as far as it runs: behind its check valve nothing comes back.
  let mass9 = (COMPRESSOR_MAX + (COMPRESSOR_MAX / 1.197) * (1 - ratio * ratio * ratio)) * ext[EXT_compressor]!
  const work = (mass9 * (T_s + 273.15) * 1.8e-6 * 1.9872 * (P_h - P_s)) / (M_s * P_s)
  mass9 -= y[v + 4]! * 53.349 * Math.sqrt(positive(P_h - P_s))
  const F9 = (mass9 > 1e-3 ? mass9 : 1e-3) / M_s
  const h10 = w[W_HV_separator]!
  // The separator loses the compressor's work too: a quirk of the original, kept.
  const h9 = h10 + work / F9
  const blowdown = (ext[EXT_blowdown]! * overAtmosphere) / M_s

  // ---- stripper
  const xA4 = input[IN_walk]! - 0.03 * input[IN_step]! - 0.00243719 * input[IN_step + 1]!
  const xB4 = input[IN_walk + 1]! + 0.005 * input[IN_step + 1]!
  const xC4 = 1 - xA4 - xB4
  let sD = 0.9999
  let sE = 0.999
  let sF = 0.999
  let sG = 0.99
  let sH = 0.98
  if (F11 > 0.1) {
    const f = T_c > 170 ? T_c - 120.262 : T_c < 5.292 ? 0.1 : 363.744 / (177 - T_c) - 2.22579488
    const k = (F4 / F11) * f
    sD = (8.501 * k) / (1 + 8.501 * k)
    sE = (11.402 * k) / (1 + 11.402 * k)
    sF = (11.795 * k) / (1 + 11.795 * k)
    sG = (0.048 * k) / (1 + 0.048 * k)
    sH = (0.0242 * k) / (1 + 0.0242 * k)
  }
  const s = W_x_separator
  const inA = F4 * xA4
  const inB = F4 * xB4
  const inC = F4 * xC4
  const inD = F11 * w[s + 3]!
  const inE = F11 * w[s + 4]!
  const inF = F11 * w[s + 5]!
  const inG = F11 * w[s + 6]!
  const inH = F11 * w[s + 7]!
  const oA = 0.995 * inA
  const oB = 0.991 * inB
  const oC = 0.99 * inC
  const oD = sD * inD
  const oE = sE * inE
  const oF = sF * inF
  const oG = sG * inG
  const oH = sH * inH
  const F5 = oA + oB + oC + oD + oE + oF + oG + oH
  // Energy flow of the overhead, vapour at the sump's temperature.
  const U5 =
    oA * G0_A +
    oB * G0_B +
    oC * G0_C +
    oD * G0_D +
    oE * G0_E +
    oF * G0_F +
    oG * G0_G +
    oH * G0_H +
    T_c *
      (oA * G1_A +
        oB * G1_B +
        oC * G1_C +
        oD * G1_D +
        oE * G1_E +
        oF * G1_F +
        oG * G1_G +
        oH * G1_H +
        T_c *
          (oA * G2_A +
            oB * G2_B +
            oC * G2_C +
            oD * G2_D +
            oE * G2_E +
            oF * G2_F +
            T_c * (oA * G3_A + oB * G3_B + oC * G3_C + oD * G3_D + oE * G3_E + oF * G3_F)))

  // ---- feeds, vapours at their own temperatures
  const T1 = input[IN_walk + 2]! + 5 * input[IN_step + 2]!
  const T2 = input[IN_revised + 1]!
  const T3 = input[IN_revised]!
  const T4 = input[IN_walk + 3]!
  const h1 =
    0.0001 * (G0_B + T1 * (G1_B + T1 * (G2_B + T1 * G3_B))) + 0.9999 * (G0_D + T1 * (G1_D + T1 * (G2_D + T1 * G3_D)))
  const h2 =
    0.9999 * (G0_E + T2 * (G1_E + T2 * (G2_E + T2 * G3_E))) + 0.0001 * (G0_F + T2 * (G1_F + T2 * (G2_F + T2 * G3_F)))
  const h3 =
    0.9999 * (G0_A + T3 * (G1_A + T3 * (G2_A + T3 * G3_A))) + 0.0001 * (G0_B + T3 * (G1_B + T3 * (G2_B + T3 * G3_B)))
  const h4 =
    xA4 * (G0_A + T4 * (G1_A + T4 * (G2_A + T4 * G3_A))) +
    xB4 * (G0_B + T4 * (G1_B + T4 * (G2_B + T4 * G3_B))) +
    xC4 * (G0_C + T4 * (G1_C + T4 * (G2_C + T4 * G3_C)))

  // ---- heat, MMBTU/h
  const level = V_reactor / 7.8
  const wetted = level > 50 ? 1 : level < 10 ? 0 : 0.025 * level - 0.25
  const agitation = (y[v + 11]! + 150) / 100
  const stirred = -0.5 * agitation * agitation + 2.75 * agitation - 2.5
  const TW_r = y[Y_reactorWater]!
  const TW_s = y[Y_condenserWater]!
  const Q_r = wetted * stirred * 0.85549 * (TW_r - T_r) * (1 - 0.35 * input[IN_walk + 9]!)
  const load = F8 / 3528.73
  const load4 = load * load * (load * load)
  const Q_s = 0.404655 * (1 - 1 / (1 + load4)) * (TW_s - T_r) * (1 - 0.25 * input[IN_walk + 10]!)
  const Q_c = T_c < 100 ? y[v + 8]! * 0.03 * (1 + input[IN_walk + 8]!) * 0.01 * (100 - T_c) * ext[EXT_steam]! : 0

  const flow = W_flow
  w[flow + 1] = F1
  w[flow + 2] = F2
  w[flow + 3] = F3
  w[flow + 4] = F4
  w[flow + 5] = F5
  w[flow + 6] = F6
  w[flow + 8] = F8
  w[flow + 9] = F9
  w[flow + 10] = F10
  w[flow + 11] = F11
  w[flow + 13] = F13
  w[W_rate] = r1
  w[W_rate + 1] = r2
  w[W_rate + 2] = r3
  w[W_rate + 3] = r4
  w[W_compressor] = work
  w[W_Q_reactor] = Q_r
  w[W_Q_condenser] = Q_s
  w[W_Q_steam] = Q_c

  // ---- balances: what goes from the header to the reactor, from there to the separator, and energy flows, MMBTU/h
  const h = W_x_header
  const q = W_y_reactor
  const g = W_y_separator
  const c = W_x_sump
  const leave = F9 + F10 + blowdown
  const gA = w[g]!
  const gB = w[g + 1]!
  const gC = w[g + 2]!
  const gD = w[g + 3]!
  const gE = w[g + 4]!
  const gF = w[g + 5]!
  const gG = w[g + 6]!
  const gH = w[g + 7]!
  const toA = F6 * w[h]!
  const toB = F6 * w[h + 1]!
  const toC = F6 * w[h + 2]!
  const toD = F6 * w[h + 3]!
  const toE = F6 * w[h + 4]!
  const toF = F6 * w[h + 5]!
  const toG = F6 * w[h + 6]!
  const toH = F6 * w[h + 7]!
  const fromA = F8 * w[q]!
  const fromB = F8 * w[q + 1]!
  const fromC = F8 * w[q + 2]!
  const fromD = F8 * w[q + 3]!
  const fromE = F8 * w[q + 4]!
  const fromF = F8 * w[q + 5]!
  const fromG = F8 * w[q + 6]!
  const fromH = F8 * w[q + 7]!
  const U6 = w[W_HV_header]! * F6
  const U8 = w[W_HV_reactor]! * F8
  const U9 = h9 * F9
  const U11 = w[W_HL_separator]! * F11

  dydt[0] = toA - fromA - r1 - r2 - r3
  dydt[1] = toB - fromB
  dydt[2] = toC - fromC - r1 - r2
  dydt[3] = toD - fromD - r1 - 1.5 * r4
  dydt[4] = toE - fromE - r2 - r3
  dydt[5] = toF - fromF + r3 + r4
  dydt[6] = toG - fromG + r1
  dydt[7] = toH - fromH + r2
  dydt[8] = U6 - U8 + (0.06899381054 * r1 + 0.05 * r2) + Q_r + ext[EXT_reactorHeat]!

  dydt[9] = fromA - leave * gA
  dydt[10] = fromB - leave * gB
  dydt[11] = fromC - leave * gC
  dydt[12] = fromD - leave * gD - inD
  dydt[13] = fromE - leave * gE - inE
  dydt[14] = fromF - leave * gF - inF
  dydt[15] = fromG - leave * gG - inG
  dydt[16] = fromH - leave * gH - inH
  // An emptied separator does not pay for the compressor's work.
  const spared = wet_s === 1 ? 0 : (1 - wet_s) * work
  dydt[17] = U8 - U9 - h10 * (F10 + blowdown) - U11 + Q_s + spared

  dydt[18] = inA - oA - F13 * w[c]!
  dydt[19] = inB - oB - F13 * w[c + 1]!
  dydt[20] = inC - oC - F13 * w[c + 2]!
  dydt[21] = inD - oD - F13 * w[c + 3]!
  dydt[22] = inE - oE - F13 * w[c + 4]!
  dydt[23] = inF - oF - F13 * w[c + 5]!
  dydt[24] = inG - oG - F13 * w[c + 6]!
  dydt[25] = inH - oH - F13 * w[c + 7]!
  dydt[26] = h4 * F4 + U11 - U5 - w[W_HL_sump]! * F13 + Q_c

  dydt[27] = 0.9999 * F3 + oA + F9 * gA - toA
  dydt[28] = 0.0001 * F1 + 0.0001 * F3 + oB + F9 * gB - toB
  dydt[29] = oC + F9 * gC - toC
  dydt[30] = 0.9999 * F1 + oD + F9 * gD - toD
  dydt[31] = 0.9999 * F2 + oE + F9 * gE - toE
  dydt[32] = 0.0001 * F2 + oF + F9 * gF - toF
  dydt[33] = oG + F9 * gG - toG
  dydt[34] = oH + F9 * gH - toH
  dydt[35] = h1 * F1 + h2 * F2 + h3 * F3 + U5 + U9 - U6

  if (wet_r !== 1) holdHeat(dydt, Y_reactor, T_r, wet_r)
  if (wet_s !== 1) holdHeat(dydt, Y_separator, T_s, wet_s)
  if (wet_c !== 1) holdHeat(dydt, Y_sump, T_c, wet_c)

  const reactorWater = y[v + 9]! * input[IN_revised + 6]! * 0.01
  const v11 = y[v + 10]!
  const condenserOpening = v11 + ext[EXT_condenserWaterDriven]! * (ext[EXT_condenserWater_pct]! - v11)
  const condenserWater = condenserOpening * input[IN_revised + 7]! * 0.01
  const TC_r = input[IN_walk + 4]! + 5 * input[IN_step + 3]!
  const TC_s = input[IN_walk + 5]! + 5 * input[IN_step + 4]!
  dydt[36] = (reactorWater * 500.53 * (TC_r - TW_r) - (Q_r * 1e6) / 1.8) / 7060
  dydt[37] = (condenserWater * 500.53 * (TC_s - TW_s) - (Q_s * 1e6) / 1.8) / 11138

  for (let i = 0; i < 12; i++) dydt[v + i] = (demand[i]! - y[v + i]!) * VALVE_PER_H[i]!
  return limitCrossed(w)
}

/**
 * Slows the temperature of a nearly empty vessel: its wall stands for the heat capacity of the liquid it had at its low limit, where
 * the model's own, of the liquid alone, would go to zero. What comes and goes at the present temperature is left out of that.
 */
function holdHeat(dydt: Float64Array, at: number, T: number, wet: number): void {
  // A..C are vapour but in the sump.
  const gases = at === Y_sump ? T * (dydt[at]! * L1_A + dydt[at + 1]! * L1_B + dydt[at + 2]! * L1_C) : 0
  const isothermal =
    gases +
    dydt[at + 3]! * T * (L1_D + T * (L2_D + T * L3_D)) +
    dydt[at + 4]! * T * (L1_E + T * (L2_E + T * L3_E)) +
    dydt[at + 5]! * T * (L1_F + T * (L2_F + T * L3_F)) +
    dydt[at + 6]! * T * (L1_G + T * (L2_G + T * L3_G)) +
    dydt[at + 7]! * T * (L1_H + T * (L2_H + T * L3_H))
  dydt[at + 8] = isothermal + wet * (dydt[at + 8]! - isothermal)
}

/** The value, or 0 where it is negative; a NaN stays one, so that it is seen. */
function positive(x: number): number {
  return x < 0 ? 0 : x
}
