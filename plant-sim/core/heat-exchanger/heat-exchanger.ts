/**
 * A process stream heated by condensing steam, and the pipe behind it to the thermowell, which is its dead time.
 *
 *   M cp dTo/dt = w cp (Ti - To) + lambda ws          M = 360 kg in the tubes: 30 s at 12 kg/s
 *   T = To, as it was Mp / w ago                      Mp = 120 kg in the pipe: 10 s at 12 kg/s
 *
 * w 12 kg/s of cp 3.75 kJ/(kg K) from 50 degC to 90 degC, lambda 2250 kJ/kg, so 0.8 kg/s of steam; 100 % of the steam valve is
 * 1.6 kg/s, its lag 3 s; a sensor of 50 to 150 degC with a lag of 10 s (in the instrument). The pipe is not in the book, whose
 * exchanger has no pure dead time: START `near` has the thermowell at the nozzle, as there. Holds for w from 4 to 24 kg/s.
 * @see Smith, Corripio, Principles and Practice of Automatic Process Control, 2nd ed. 1997, section 6-1.1: exchanger, valve, sensor
 */
import { createOdePlant, type OdeModel, type OdeStart } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'

const TUBES_KG = 360
const PIPE_KG = 120
const CP_KJ_KGK = 3.75
const LATENT_KJ_KG = 2250
const FLOW_KGS = 12
const FLOW_KGS_MIN = 4
const INLET_DEGC = 50
const STEAM_KGS_MAX = 1.6
const LOAD_KGS_MAX = 24
const OUTLET_DEGC = 90
const STEAM_LAG_S = 3

/** Third state: mass of the pipe, kg. */
function startOf(name: string, pipe_kg: number): OdeStart {
  const steam_kgs = (FLOW_KGS * CP_KJ_KGK * (OUTLET_DEGC - INLET_DEGC)) / LATENT_KJ_KG
  return {
    name,
    states: [OUTLET_DEGC, pipe_kg],
    demand_pct: [(steam_kgs / STEAM_KGS_MAX) * 100, (FLOW_KGS / LOAD_KGS_MAX) * 100],
  }
}

const flow_kgs = (u: Float64Array, d: Float64Array): number =>
  Math.max(FLOW_KGS_MIN, (u[1]! / 100) * LOAD_KGS_MAX * (1 + d[3]!))
const steam_kgs = (u: Float64Array, d: Float64Array): number =>
  (u[0]! / 100) * STEAM_KGS_MAX * Math.max(0, 1 + d[1]! + d[2]!)

const measurement = (name: string, description: string, unit: string, noise_std: number) => ({
  name,
  description,
  unit,
  noise_std,
  period_s: 0,
})
const step = (name: string, description: string, size: number) => ({ name, description, kind: 'step' as const, size })

export const HEAT_EXCHANGER: OdeModel = {
  name: 'heat-exchanger',
  states: [
    { name: 'To', unit: 'degC' },
    { name: 'pipe', unit: 'kg' },
  ],
  manipulated: [
    {
      name: 'STEAM',
      description: 'Steam',
      full_scale: STEAM_KGS_MAX,
      unit: 'kg/s',
      lag_s: STEAM_LAG_S,
      trip_pct: 0,
    },
    { name: 'LOAD', description: 'Process stream', full_scale: LOAD_KGS_MAX, unit: 'kg/s', lag_s: 3 },
  ],
  measurements: [
    measurement('T', 'Outlet temperature at the thermowell', 'degC', 0.03),
    measurement('TI', 'Inlet temperature', 'degC', 0.03),
    measurement('W', 'Process stream', 'kg/s', 0.02),
    measurement('WS', 'Steam', 'kg/s', 0.003),
  ],
  disturbances: [
    step('INLET', 'Inlet 5 K colder', -5),
    step('HEADER', 'Steam header loses pressure: a fifth less through the same opening', -0.2),
    { name: 'STEAMP', description: 'Steam pressure wanders', kind: 'random', size: 0.05, tau_s: 60 },
    step('SURGE', 'A quarter more of the process stream', 0.25),
  ],
  limits: [
    {
      name: 'outlet temperature',
      unit: 'degC',
      normal_lo: 85,
      normal_hi: 95,
      trip_lo: Number.NEGATIVE_INFINITY,
      trip_hi: 130,
    },
  ],
  starts: [startOf('base', PIPE_KG), startOf('near', 0)],
  delays: [
    {
      name: 'pipe',
      delay_s: PIPE_KG / FLOW_KGS_MIN,
      now_s: (x, u, d) => x[1]! / flow_kgs(u, d),
      of: (x) => x[0]!,
    },
  ],
  step_s: 0.1,
  derivatives(x, u, d, dx) {
    const w = flow_kgs(u, d)
    const heat_kW = LATENT_KJ_KG * steam_kgs(u, d)
    dx[0] = (w * CP_KJ_KGK * (INLET_DEGC + d[0]! - x[0]!) + heat_kW) / (TUBES_KG * CP_KJ_KGK)
    dx[1] = 0
  },
  outputs(x, u, d, y, w) {
    y[0] = x[1]! > 0 ? w[0]! : x[0]!
    y[1] = INLET_DEGC + d[0]!
    y[2] = flow_kgs(u, d)
    y[3] = steam_kgs(u, d)
  },
  limited(x, _u, _d, into) {
    into[0] = x[0]!
  },
}

export const heatExchanger: PlantFactory = (options) => createOdePlant(HEAT_EXCHANGER, options)
