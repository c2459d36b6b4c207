import { expect, test } from 'vitest'
import { createOdePlant, type OdeModel } from '../ode/ode-plant.ts'
import { CSTR, cstr } from './cstr.ts'

const NOTHING = new Float64Array(0)

const none = new Float64Array(CSTR.disturbances.length)

test('the middle steady state is that of the book: 350 K and 0.5 mol/l with the jacket at 300 K', () => {
  const { clean, demand_pct } = cstr({ noise: 'none' })
  expect(clean[0]).toBe(350)
  expect(clean[2]).toBeCloseTo(0.5, 4)
  expect(clean[1]).toBeCloseTo(300, 2)
  // 5e4 x 50 J/min into water of 4.184 J/(g K) that warms from 280 K to 300 K: 29.9 l/min.
  expect(demand_pct[0]).toBeCloseTo(29.9, 1)
})

/** Reactor alone: its rates with the jacket held, by the model. */
function rates(ca: number, t_K: number, tj_K: number): [number, number] {
  const dx = new Float64Array(3)
  CSTR.derivatives(Float64Array.of(ca, t_K, tj_K), Float64Array.of(30, 50), none, dx, NOTHING, NOTHING)
  return [dx[0]! * 60, dx[1]! * 60]
}

// Roots of the heat balance with CA = 1/(1 + k), found by bisection outside of the model.
test.each([
  ['hot, at a jacket of 300 K', 300, 369.7, 0.2088],
  ['middle', 300, 350, 0.5],
  ['out, at 300 K', 300, 324.47, 0.8773],
  ['the only one at 305 K', 305, 378.06, 0.1352],
  ['the only one at 290 K', 290, 312.65, 0.952],
])('steady states: %s', (_, tj_K, t_K, ca) => {
  const [dca, dt] = rates(ca, t_K, tj_K)
  expect(Math.abs(dca)).toBeLessThan(5e-4)
  expect(Math.abs(dt)).toBeLessThan(0.1)
})

test('with the jacket held the middle is a saddle: eigenvalues of +2.83 and -0.45 a minute by hand', () => {
  // By hand at 350 K: J = [[-2, -0.0357], [209.2, 4.379]], trace 2.379, determinant -1.29.
  const h = 1e-4
  const at = rates(0.5, 350, 300)
  const by = (dca: number, dt: number): [number, number] => {
    const [a, b] = rates(0.5 + dca, 350 + dt, 300)
    return [(a - at[0]) / h, (b - at[1]) / h]
  }
  const [[a, c], [b, d]] = [by(h, 0), by(0, h)]
  const trace = a + d
  const determinant = a * d - b * c
  expect(trace).toBeCloseTo(2.379, 2)
  expect(determinant).toBeCloseTo(-1.29, 1)
  const root = Math.sqrt(trace * trace - 4 * determinant)
  expect((trace + root) / 2).toBeCloseTo(2.83, 1)
  expect((trace - root) / 2).toBeCloseTo(-0.45, 1)
})

test('left alone it runs away after a little heat, and goes out after a little cold', () => {
  const hot = cstr({ noise: 'none' })
  hot.demand_pct[0]! -= 1
  hot.advance(1800)
  expect(hot.trip?.cause).toBe('reactor temperature high')
  // The shutdown of the plant stops the feed and opens the water: the rest burns off and it cools down.
  expect(hot.clean[0]).toBeLessThan(300)
  const cold = cstr({ noise: 'none' })
  cold.demand_pct[0]! += 1
  cold.advance(1800)
  expect(cold.trip).toBeNull()
  expect(cold.clean[0]).toBeLessThan(325)
  expect(cold.clean[2]).toBeGreaterThan(0.85)
})

test('the cold start is stable: it stays within a kelvin though its water changes by 1 %', () => {
  const plant = cstr({ noise: 'none', start: 'cold' })
  plant.advance(3600)
  expect(plant.clean[0]).toBeCloseTo(320, 6)
  plant.demand_pct[0]! *= 1.01
  plant.advance(3600)
  expect(Math.abs(plant.clean[0]! - 320)).toBeLessThan(1)
})

test('halving the step moves a runaway by less than a hundredth of a kelvin', () => {
  const run = (step_s: number): number => {
    const plant = cstr({ noise: 'none' })
    plant.demand_pct[0]! -= 1
    while (plant.time_s < 300) plant.advance(step_s)
    return plant.clean[0]!
  }
  expect(run(0.025)).toBeCloseTo(run(0.05), 2)
})

test('heat closes over 24 h of load changes: within 1e-9 of the heat that the contents hold', () => {
  // Sensible heat of both contents and the heat that is still in A, against what the flows carried: integrated beside the model by the
  // same steps, which keep a linear balance to rounding. Reaction and jacket do not appear: they only move heat about.
  const balance: OdeModel = {
    ...CSTR,
    states: [...CSTR.states, { name: 'carried', unit: 'J' }],
    limits: [],
    limited() {},
    starts: CSTR.starts.map((start) => ({ ...start, states: [...start.states, 0] })),
    derivatives(x, u, d, dx, w) {
      CSTR.derivatives(x, u, d, dx, w, NOTHING)
      const [q, qc] = [(u[1]! / 100) * 200, (u[0]! / 100) * 100]
      const carried =
        q * 239 * (350 + d[0]! - x[1]!) + 5e4 * q * (1 + d[1]! - x[0]!) + qc * 4184 * (280 + d[2]! - x[2]!)
      dx[3] = carried / 60
    },
    outputs(x, _u, _d, y) {
      y[0] = 100 * 239 * x[1]! + 10 * 4184 * x[2]! + 5e4 * 100 * x[0]!
      y[1] = x[3]!
    },
  }
  const plant = createOdePlant(balance, { noise: 'none', start: 'cold' })
  const before_J = plant.clean[0]!
  for (let hour = 0; hour < 24; hour++) {
    plant.demand_pct[1] = 50 + 10 * Math.sin(hour)
    plant.setDisturbance('FEEDT', hour % 5 === 0)
    plant.setDisturbance('COOLT', hour % 3 === 0)
    plant.advance(3600)
  }
  expect(Math.abs(plant.clean[1]!)).toBeGreaterThan(1e5)
  expect(Math.abs(plant.clean[0]! - before_J - plant.clean[1]!) / before_J).toBeLessThan(1e-9)
}, 30_000)
