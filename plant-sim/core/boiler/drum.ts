/**
 * Drum, downcomers and risers of a natural circulation boiler: the fourth order model of Astrom and Bell.
 *
 *   e11 dVwt/dt + e12 dp/dt                          = qf - qs - qw
 *   e21 dVwt/dt + e22 dp/dt                          = Q + qf hf - qs hs - qw hw
 *               e32 dp/dt + e33 dar/dt               = Q - ar hc qdc
 *               e42 dp/dt + e43 dar/dt + e44 dVsd/dt = rs/Td (V0sd - Vsd) + (hf - hw)/hc qf
 *
 * Vwt: all the water, m3. p: drum pressure, Pa. ar: steam quality at the risers' outlet. Vsd: steam under the drum's surface, m3.
 * Mean volume fraction of steam in the risers: av = rw/(rw-rs) (1 - ln(1+n)/n), n = ar (rw-rs)/rs. Circulation: k qdc^2 = 2 rw Adc
 * (rw-rs) g av Vr. Level over its normal place: (Vwt - Vdc - (1-av) Vr + Vsd)/Ad - l0. qw, water that leaves by a leak or blow-down,
 * is an addition.
 * @see K. J. Astrom and R. D. Bell, Drum-boiler dynamics, Automatica 36(3), 2000, 363-378
 */
import { newSaturation, type Saturation, saturate } from './steam.ts'

export interface DrumParameters {
  /** Volumes of drum, risers, downcomers, m3. */
  readonly vd: number
  readonly vr: number
  readonly vdc: number
  /** Drum surface, downcomer cross-section, m2. */
  readonly ad: number
  readonly adc: number
  /** Metal: all of it, the risers', the drum's, kg; its heat capacity, J/(kg K). */
  readonly mt: number
  readonly mr: number
  readonly md: number
  readonly cp: number
  /** Friction of the circulation; share of the risers' steam that moves the drum's; s; m3. */
  readonly k: number
  readonly beta: number
  readonly td_s: number
  readonly v0sd: number
}

/**
 * Unit P16-G16 of 160 MW, as published. Solved for: adc, by the circulation at medium load of 1194.5 kg/s; v0sd, by the 4.9 m3 of
 * steam under the surface there.
 */
export const P16_G16: DrumParameters = {
  vd: 40,
  vr: 37,
  vdc: 11,
  ad: 20,
  adc: 0.381,
  mt: 300e3,
  mr: 160e3,
  md: 140e3,
  cp: 550,
  k: 25,
  beta: 0.3,
  td_s: 12,
  v0sd: 7.66,
}

const GRAVITY = 9.81
const VWT_MEDIUM = 57.2
const P_MEDIUM_Pa = 8.5e6
const AR_MEDIUM = 0.051
const VSD_MEDIUM = 4.9
/** Below it the closed form of the volume fraction loses digits. */
const ETA_SMALL = 1e-4

export const DRUM_STATES = 4

export interface DrumFlows {
  /** Heat to the risers, W. */
  q_W: number
  /** Feedwater, kg/s and J/kg. */
  qf: number
  hf: number
  /** Steam and water out, kg/s. */
  qs: number
  qw: number
}

const sat: Saturation = newSaturation()
const void_ = { av: 0, da: 0, dp: 0 }

/** Mean volume fraction of steam in the risers with its slopes by quality and by pressure. */
function voidFraction(s: Saturation, ar: number): void {
  const d = s.rw - s.rs
  const eta = Math.max(0, (ar * d) / s.rs)
  if (eta < ETA_SMALL) {
    // Series about 0: what a boiler without fire has.
    void_.av = (s.rw / d) * (eta / 2)
    void_.da = (s.rw / s.rs) * (0.5 - (2 * eta) / 3)
    void_.dp = 0
    return
  }
  const log = Math.log(1 + eta)
  void_.av = (s.rw / d) * (1 - log / eta)
  void_.da = (s.rw / (s.rs * eta)) * (log / eta - 1 / (1 + eta))
  void_.dp =
    ((s.rw * s.drs - s.rs * s.drw) / (d * d)) * (1 + s.rw / s.rs / (1 + eta) - ((s.rs + s.rw) / (eta * s.rs)) * log)
}

const downcomer = (b: DrumParameters, s: Saturation, av: number): number =>
  Math.sqrt((2 * s.rw * b.adc * (s.rw - s.rs) * GRAVITY * Math.max(0, av) * b.vr) / b.k)

/** Slopes of the four states x[0..3] into dx[0..3]. @param s - the saturation at x[1] */
export function drumSlopes(
  b: DrumParameters,
  x: Float64Array,
  s: Saturation,
  flows: DrumFlows,
  dx: Float64Array,
): void {
  const vwt = x[0]!
  const ar = x[2]!
  const vsd = x[3]!
  voidFraction(s, ar)
  const { hw, hs, rw, rs, dt, dhw, dhs, drw, drs } = s
  const { av, da, dp } = void_
  const { q_W, qf, hf, qs, qw } = flows
  const vt = b.vd + b.vr + b.vdc
  const vst = vt - vwt
  const vwd = vwt - b.vdc - (1 - av) * b.vr
  const hc = hs - hw
  const e11 = rw - rs
  const e12 = vwt * drw + vst * drs
  const e21 = rw * hw - rs * hs
  const e22 = vwt * (hw * drw + rw * dhw) + vst * (hs * drs + rs * dhs) - vt + b.mt * b.cp * dt
  const e32 =
    (rw * dhw - ar * hc * drw) * (1 - av) * b.vr +
    ((1 - ar) * hc * drs + rs * dhs) * av * b.vr +
    (rs + (rw - rs) * ar) * hc * b.vr * dp -
    b.vr +
    b.mr * b.cp * dt
  const e33 = ((1 - ar) * rs + ar * rw) * hc * b.vr * da
  const e42 =
    vsd * drs +
    (rs * vsd * dhs + rw * vwd * dhw - vsd - vwd + b.md * b.cp * dt) / hc +
    ar * (1 + b.beta) * b.vr * (av * drs + (1 - av) * drw + (rs - rw) * dp)
  const e43 = ar * (1 + b.beta) * (rs - rw) * b.vr * da
  const mass = qf - qs - qw
  const energy = q_W + qf * hf - qs * hs - qw * hw
  const det = e11 * e22 - e12 * e21
  const dpdt = (e11 * energy - e21 * mass) / det
  dx[0] = (mass - e12 * dpdt) / e11
  dx[1] = dpdt
  const dar = (q_W - ar * hc * downcomer(b, s, av) - e32 * dpdt) / e33
  dx[2] = dar
  dx[3] = ((rs / b.td_s) * (b.v0sd - vsd) + ((hf - hw) / hc) * qf - e42 * dpdt - e43 * dar) / rs
}

/** Drum level over the normal one, m, at these four states. */
export function drumLevel(b: DrumParameters, vwt: number, p_Pa: number, ar: number, vsd: number): number {
  saturate(p_Pa, sat)
  voidFraction(sat, ar)
  return surface(b, vwt, vsd) - LEVEL_0
}

const surface = (b: DrumParameters, vwt: number, vsd: number): number =>
  (vwt - b.vdc - (1 - void_.av) * b.vr + vsd) / b.ad

const mediumSurface = (): number => {
  saturate(P_MEDIUM_Pa, sat)
  voidFraction(sat, AR_MEDIUM)
  return surface(P16_G16, VWT_MEDIUM, VSD_MEDIUM)
}
/** Normal level: that of the published medium load. */
const LEVEL_0 = mediumSurface()

/** kg and J in water, steam and metal; the pressure's part of the energy as in the paper, u = h - p/rho. */
export function drumContents(b: DrumParameters, x: Float64Array): { mass_kg: number; energy_J: number } {
  saturate(x[1]!, sat)
  const vt = b.vd + b.vr + b.vdc
  const water = sat.rw * x[0]!
  const steam = sat.rs * (vt - x[0]!)
  return {
    mass_kg: water + steam,
    energy_J: water * sat.hw + steam * sat.hs - vt * x[1]! + b.mt * b.cp * sat.t,
  }
}

/** The states at rest at this pressure, steam flow and feedwater enthalpy, with the level at `level_m`; and the heat that needs. */
export function drumAtRest(
  b: DrumParameters,
  p_Pa: number,
  qs: number,
  hf: number,
  level_m = 0,
): { states: [number, number, number, number]; q_W: number; qdc: number } {
  saturate(p_Pa, sat)
  const q_W = qs * (sat.hs - hf)
  const hc = sat.hs - sat.hw
  let [lo, hi] = [0, 1]
  for (let i = 0; i < 60; i++) {
    const ar = (lo + hi) / 2
    voidFraction(sat, ar)
    if (ar * hc * downcomer(b, sat, void_.av) < q_W) lo = ar
    else hi = ar
  }
  const ar = (lo + hi) / 2
  voidFraction(sat, ar)
  const vsd = b.v0sd + ((b.td_s * (hf - sat.hw)) / (sat.rs * hc)) * qs
  const vwt = (level_m + LEVEL_0) * b.ad - vsd + b.vdc + (1 - void_.av) * b.vr
  return { states: [vwt, p_Pa, ar, vsd], q_W, qdc: downcomer(b, sat, void_.av) }
}
