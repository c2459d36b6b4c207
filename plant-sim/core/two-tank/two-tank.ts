/**
 * Two tanks in series, linear as the textbooks have them: a tank of area A with an outlet of resistance R, q = h / R.
 *
 *   noninteracting: tank 1 falls freely into tank 2     A1 dh1/dt = q - h1 / R1           A2 dh2/dt = h1 / R1 - h2 / R2
 *   interacting: tank 1 stands beside tank 2            A1 dh1/dt = q - (h1 - h2) / R1    A2 dh2/dt = (h1 - h2) / R1 - h2 / R2
 *
 * Both tanks have a time constant A R of 300 s. Apart, the level of tank 2 has it twice; together, 2.618 and 0.382 times of it.
 * Levels in m, flows in m3/h outside and m3/s inside.
 * @see Coughanowr, Process Systems Analysis and Control, 2nd ed. 1991, ch. 7: first-order systems in series
 */
import { createOdePlant, type OdeModel, type OdeStart } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'

const AREA_M2 = 1
/** A level of 1 m gives 12 m3/h. */
const RESISTANCE_S_M2 = 300
const HEIGHT_M = 3
const FEED_M3H = 24
const S_PER_H = 3600
const AT_M3H = 12

/** The third state is 1 where the tanks stand beside each other, and stays. */
const startOf = (name: string, interacting: 0 | 1): OdeStart => {
  const level_m = (AT_M3H / S_PER_H) * RESISTANCE_S_M2
  return {
    name,
    states: [level_m * (1 + interacting), level_m, interacting],
    demand_pct: [(AT_M3H / FEED_M3H) * 100],
  }
}

/** Disturbances: supply, outlet of tank 2, leak of tank 1, draw-off of tank 2, wandering supply. */
const feed_m3s = (u: Float64Array, d: Float64Array): number =>
  ((Math.max(0, u[0]!) / 100) * FEED_M3H * Math.max(0, 1 + d[0]! + d[4]!)) / S_PER_H
const between_m3s = (x: Float64Array): number => (x[0]! - x[2]! * x[1]!) / RESISTANCE_S_M2
const out_m3s = (x: Float64Array, d: Float64Array): number => (x[1]! / RESISTANCE_S_M2) * (1 + d[1]!)

const step = (name: string, description: string, size: number) => ({ name, description, kind: 'step' as const, size })
const measurement = (name: string, description: string, unit: string, noise_std: number) => ({
  name,
  description,
  unit,
  noise_std,
  period_s: 0,
})

export const TWO_TANK: OdeModel = {
  name: 'two-tank',
  states: [
    { name: 'h1', unit: 'm', min: 0, max: HEIGHT_M },
    { name: 'h2', unit: 'm', min: 0, max: HEIGHT_M },
    { name: 'interacting', unit: '1' },
  ],
  manipulated: [
    { name: 'FEED', description: 'Feed to tank 1', full_scale: FEED_M3H, unit: 'm3/h', lag_s: 3, trip_pct: 0 },
  ],
  measurements: [
    measurement('H1', 'Level of tank 1', 'm', 0.002),
    measurement('H2', 'Level of tank 2', 'm', 0.002),
    measurement('Q0', 'Feed to tank 1', 'm3/h', 0.05),
    measurement('Q2', 'Outflow of tank 2', 'm3/h', 0.05),
  ],
  disturbances: [
    step('SUPPLY', 'Pressure of the feed lost: a fifth less through the same opening', -0.2),
    step('OUTLET', 'Outlet of tank 2 half blocked: 40 % less at the same level', -0.4),
    step('LEAK1', 'Tank 1 leaks 2 m3/h', 2 / S_PER_H),
    step('DRAW', 'A consumer draws 3 m3/h from tank 2', 3 / S_PER_H),
    { name: 'SURGE', description: 'Pressure of the feed wanders', kind: 'random', size: 0.05, tau_s: 30 },
  ],
  limits: [1, 2].map((n) => ({
    name: `tank ${n} level`,
    unit: 'm',
    normal_lo: 0.2,
    normal_hi: 2.7,
    trip_lo: Number.NEGATIVE_INFINITY,
    trip_hi: HEIGHT_M - 0.001,
  })),
  starts: [startOf('noninteracting', 0), startOf('interacting', 1)],
  step_s: 0.5,
  derivatives(x, u, d, dx) {
    const between = between_m3s(x)
    dx[0] = (feed_m3s(u, d) - between - (x[0]! > 0 ? d[2]! : 0)) / AREA_M2
    dx[1] = (between - out_m3s(x, d) - (x[1]! > 0 ? d[3]! : 0)) / AREA_M2
    dx[2] = 0
  },
  outputs(x, u, d, y) {
    y[0] = x[0]!
    y[1] = x[1]!
    y[2] = feed_m3s(u, d) * S_PER_H
    y[3] = out_m3s(x, d) * S_PER_H
  },
  limited(x, _u, _d, into) {
    into[0] = x[0]!
    into[1] = x[1]!
  },
}

export const twoTank: PlantFactory = (options) => createOdePlant(TWO_TANK, options)
