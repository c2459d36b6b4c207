/**
 * The eight components A..H: molar masses, vapour pressure, liquid density and heat capacities, as published.
 *
 * Units: lb/lbmol, mmHg, lbmol/ft3, MMBTU/lb, degC.
 * @see Downs, Vogel, Computers & Chemical Engineering 17(3), 1993
 */
export type Eight = readonly [number, number, number, number, number, number, number, number]

export const MOLAR_MASS: Eight = [2, 25.4, 28, 32, 46, 48, 62, 76]

/** Antoine: p = exp(AVP + BVP / (T + CVP)); A, B and C do not condense. E and F share one curve. */
export const AVP: Eight = [0, 0, 0, 15.92, 16.35, 16.35, 16.43, 17.21]
export const BVP: Eight = [0, 0, 0, -1444, -2114, -2114, -2748, -3318]
export const CVP: Eight = [0, 0, 0, 259, 265.5, 265.5, 232.9, 249.6]

/** Liquid density of a component: AD + (BD + CD T) T, lb/ft3. */
export const AD: Eight = [1, 1, 1, 23.3, 33.9, 32.8, 49.9, 50.5]
export const BD: Eight = [0, 0, 0, -0.07, -0.0957, -0.0995, -0.0191, -0.0541]
export const CD: Eight = [0, 0, 0, -0.0002, -0.000152, -0.000233, -0.000425, -0.00015]

const AH: Eight = [1e-6, 1e-6, 1e-6, 9.6e-7, 5.73e-7, 6.52e-7, 5.15e-7, 4.71e-7]
const BH: Eight = [0, 0, 0, 8.7e-9, 2.41e-9, 2.18e-9, 5.65e-10, 8.7e-10]
const CH: Eight = [0, 0, 0, 4.81e-11, 1.82e-11, 1.94e-11, 3.82e-12, 2.62e-12]
const AV: Eight = [1e-6, 1e-6, 1e-6, 8.67e-5, 0.00016, 0.00016, 0.000225, 0.000209]
const AG: Eight = [3.411e-6, 3.799e-7, 2.491e-7, 3.567e-7, 3.463e-7, 3.93e-7, 1.7e-7, 1.5e-7]
const BG: Eight = [7.18e-10, 1.08e-9, 1.36e-11, 8.51e-10, 8.96e-10, 1.02e-9, 0, 0]
const CG: Eight = [6e-13, -3.98e-13, -3.93e-14, -3.12e-13, -3.27e-13, -3.12e-13, 0, 0]

const perMole = (c: Eight, factor: number): Eight =>
  c.map((value, i) => MOLAR_MASS[i as 0] * value * factor) as unknown as Eight

/**
 * Enthalpy of one lbmol of a liquid: T (L1 + T (L2 + T L3)), MMBTU.
 *
 * Mixtures mix these coefficients, so that an enthalpy at another temperature costs three multiplications
 * instead of a sum over the components.
 */
export const L1 = perMole(AH, 1.8)
export const L2 = perMole(BH, 1.8 / 2)
export const L3 = perMole(CH, 1.8 / 3)

/** Enthalpy of one lbmol of a vapour: G0 + T (G1 + T (G2 + T G3)), MMBTU. */
export const G0 = perMole(AV, 1)
export const G1 = perMole(AG, 1.8)
export const G2 = perMole(BG, 1.8 / 2)
export const G3 = perMole(CG, 1.8 / 3)

/** Internal energy of a vapour is its enthalpy less this times the absolute temperature, MMBTU/(lbmol K). */
export const GAS_R_MMBTU = 3.57696e-6
/** p V = n R T with p in mmHg, V in ft3, T in K. */
export const GAS_R_MMHG = 998.9
