/**
 * A stirred tank in which A becomes B and gives off heat, with a cooling jacket; at the middle of its three steady states it is
 * unstable: left alone it runs away or goes out.
 *
 *   V dCA/dt = q (CAf - CA) - V k CA                                        k = k0 e^(-E/RT)
 *   V rho Cp dT/dt = q rho Cp (Tf - T) + (-dH) V k CA + UA (Tj - T)
 *   Vj rho_w Cw dTj/dt = qc rho_w Cw (Tc - Tj) + UA (T - Tj)
 *
 * q 100 l/min, V 100 l, rho Cp 239 J/(l K), -dH 5e4 J/mol, E/R 8750 K, k0 7.2e10 1/min, UA 5e4 J/(min K), CAf 1 mol/l, Tf 350 K: with a
 * jacket at 300 K a steady state at 350 K and 0.5 mol/l. The book holds the jacket's temperature by hand; its balance here is the usual
 * one of a well-mixed jacket, with 10 l of water fed at 280 K, so that 30 % of 100 l/min keeps it at 300 K.
 * @see Seborg, Edgar, Mellichamp, Process Dynamics and Control, 2nd ed. 2004, example 2.5: reactor; Bequette, Process Control: Modeling,
 * Design and Simulation, 2003, module 9: jacket
 */
import { createOdePlant, type OdeModel, type OdeStart } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'

const S_PER_MIN = 60
const VOLUME_L = 100
const HEAT_CAPACITY_J_LK = 239
const REACTION_HEAT_J_MOL = 5e4
const ACTIVATION_K = 8750
const RATE_0_1_MIN = 7.2e10
const TRANSFER_J_MINK = 5e4
const FEED_MOL_L = 1
const FEED_K = 350
const FEED_L_MIN = 100
const FEED_L_MIN_MAX = 200
const JACKET_L = 10
const WATER_J_LK = 4184
const WATER_K = 280
const WATER_L_MIN_MAX = 100

const rate_1_min = (t_K: number): number => RATE_0_1_MIN * Math.exp(-ACTIVATION_K / t_K)

/** What the jacket and its water must be for the reactor to rest at this temperature. */
function startOf(name: string, t_K: number): OdeStart {
  const k = rate_1_min(t_K)
  const ca = (FEED_L_MIN * FEED_MOL_L) / (FEED_L_MIN + VOLUME_L * k)
  const heat_J_min = FEED_L_MIN * HEAT_CAPACITY_J_LK * (FEED_K - t_K) + REACTION_HEAT_J_MOL * VOLUME_L * k * ca
  const tj_K = t_K - heat_J_min / TRANSFER_J_MINK
  const water_l_min = heat_J_min / (WATER_J_LK * (tj_K - WATER_K))
  return {
    name,
    states: [ca, t_K, tj_K],
    demand_pct: [(water_l_min / WATER_L_MIN_MAX) * 100, (FEED_L_MIN / FEED_L_MIN_MAX) * 100],
  }
}

const water_l_min = (u: Float64Array): number => (u[0]! / 100) * WATER_L_MIN_MAX
const feed_l_min = (u: Float64Array): number => (u[1]! / 100) * FEED_L_MIN_MAX
const measurement = (name: string, description: string, unit: string, noise_std: number) => ({
  name,
  description,
  unit,
  noise_std,
  period_s: 0,
})
const step = (name: string, description: string, size: number) => ({ name, description, kind: 'step' as const, size })

export const CSTR: OdeModel = {
  name: 'cstr',
  states: [
    { name: 'CA', unit: 'mol/l', min: 0 },
    { name: 'T', unit: 'K' },
    { name: 'Tj', unit: 'K' },
  ],
  manipulated: [
    { name: 'COOL', description: 'Cooling water', full_scale: WATER_L_MIN_MAX, unit: 'l/min', lag_s: 2, trip_pct: 100 },
    { name: 'FEED', description: 'Feed', full_scale: FEED_L_MIN_MAX, unit: 'l/min', lag_s: 2, trip_pct: 0 },
  ],
  measurements: [
    measurement('T', 'Reactor temperature', 'K', 0.02),
    measurement('TJ', 'Jacket temperature', 'K', 0.02),
    measurement('CA', 'A in the reactor', 'mol/l', 0.002),
    measurement('Q', 'Feed', 'l/min', 0.3),
    measurement('QC', 'Cooling water', 'l/min', 0.2),
  ],
  disturbances: [
    step('FEEDT', 'Feed 3 K warmer', 3),
    step('FEEDC', 'Feed with 5 % more A', 0.05),
    step('COOLT', 'Cooling water 5 K warmer', 5),
    step('FOUL', 'Jacket fouled: a tenth less heat passes', -0.1),
    { name: 'WANDER', description: 'Temperature of the feed wanders by 1 K', kind: 'random', size: 1, tau_s: 120 },
  ],
  limits: [
    {
      name: 'reactor temperature',
      unit: 'K',
      normal_lo: 345,
      normal_hi: 356,
      trip_lo: Number.NEGATIVE_INFINITY,
      trip_hi: 400,
    },
  ],
  starts: [startOf('middle', 350), startOf('cold', 320)],
  // At 510 K, after a runaway from a full charge of A, the rate is 43 1/s: a longer step would not follow it.
  step_s: 0.05,
  derivatives(x, u, d, dx) {
    const [ca, t_K, tj_K] = [x[0]!, x[1]!, x[2]!]
    const q = feed_l_min(u)
    const reacted = VOLUME_L * rate_1_min(t_K) * ca
    const passed_J_min = TRANSFER_J_MINK * (1 + d[3]!) * (t_K - tj_K)
    dx[0] = (q * (FEED_MOL_L * (1 + d[1]!) - ca) - reacted) / VOLUME_L / S_PER_MIN
    dx[1] =
      (q * HEAT_CAPACITY_J_LK * (FEED_K + d[0]! + d[4]! - t_K) + REACTION_HEAT_J_MOL * reacted - passed_J_min) /
      (VOLUME_L * HEAT_CAPACITY_J_LK) /
      S_PER_MIN
    dx[2] =
      (water_l_min(u) * WATER_J_LK * (WATER_K + d[2]! - tj_K) + passed_J_min) / (JACKET_L * WATER_J_LK) / S_PER_MIN
  },
  outputs(x, u, _d, y) {
    y[0] = x[1]!
    y[1] = x[2]!
    y[2] = x[0]!
    y[3] = feed_l_min(u)
    y[4] = water_l_min(u)
  },
  limited(x, _u, _d, into) {
    into[0] = x[1]!
  },
}

export const cstr: PlantFactory = (options) => createOdePlant(CSTR, options)
