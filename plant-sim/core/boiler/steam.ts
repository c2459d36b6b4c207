/**
 * Saturated water and steam as polynomials of fifth degree in the fourth root of the pressure, 0.2 to 13 MPa.
 *
 * Least squares (Chebyshev nodes) to 400 points of IAPWS-IF97, regions 1, 2 and 4. Largest deviations over the range: temperature
 * 0.011 K, water 0.3 kJ/kg and 0.26 kg/m3, steam 0.7 kJ/kg; density of steam through p/rho, 0.064 %. Slopes are those of the
 * polynomials, so that mass and energy of a vessel are exact integrals of what flows in and out.
 * @see IAPWS R7-97(2012), Revised Release on the IAPWS Industrial Formulation 1997
 */
export interface Saturation {
  /** K */
  t: number
  dt: number
  /** Enthalpy of water, steam, J/kg. */
  hw: number
  dhw: number
  hs: number
  dhs: number
  /** Density of water, steam, kg/m3. */
  rw: number
  drw: number
  rs: number
  drs: number
}

export const P_LO_Pa = 0.2e6
export const P_HI_Pa = 13e6
export const ZERO_C_K = 273.15

const T_C = [-32.62474724, 289.977003, -131.6752445, 71.76354008, -19.64833528, 2.096426421] as const
const HW = [-206.9553515, 1555.494636, -1211.973053, 932.9059045, -371.5368439, 64.70681106] as const
const RW = [1082.693866, -368.3341799, 470.695926, -475.0308549, 219.2901585, -42.14470402] as const
const HS = [2566.637503, -75.29408228, 924.8153217, -1029.473718, 486.6909367, -96.14853284] as const
/** p/rho of steam, kJ/kg. */
const PV = [129.4076701, 43.66457343, 113.3340044, -147.9551063, 70.34116987, -14.42686192] as const

type Poly = readonly [number, number, number, number, number, number]
const at = (c: Poly, x: number): number => c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * (c[4] + x * c[5]))))
const slope = (c: Poly, x: number): number => c[1] + x * (2 * c[2] + x * (3 * c[3] + x * (4 * c[4] + x * 5 * c[5])))

export const newSaturation = (): Saturation => ({
  t: 0,
  dt: 0,
  hw: 0,
  dhw: 0,
  hs: 0,
  dhs: 0,
  rw: 0,
  drw: 0,
  rs: 0,
  drs: 0,
})

/** Properties and their slopes by pressure (per Pa) at p_Pa, into `s`. Beyond the range the polynomials are extrapolated. */
export function saturate(p_Pa: number, s: Saturation): void {
  const p = p_Pa * 1e-6
  const x = Math.sqrt(Math.sqrt(p))
  const dx = (0.25 * x) / p_Pa
  s.t = at(T_C, x) + ZERO_C_K
  s.dt = slope(T_C, x) * dx
  s.hw = at(HW, x) * 1e3
  s.dhw = slope(HW, x) * dx * 1e3
  s.hs = at(HS, x) * 1e3
  s.dhs = slope(HS, x) * dx * 1e3
  s.rw = at(RW, x)
  s.drw = slope(RW, x) * dx
  const pv = at(PV, x) * 1e3
  s.rs = p_Pa / pv
  s.drs = (1 - s.rs * slope(PV, x) * dx * 1e3) / pv
}
