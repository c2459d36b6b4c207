// Expected values are closed forms of one tank of 60 s that everything passes through.
import { expect, test } from 'vitest'
import { createOdePlant, type OdeModel } from './ode-plant.ts'

const TAU_S = 60
/** y' = (in - y) / tau; `arrived` is the position a dead time ago, `slow` with a dead time that falls as the second valve opens. */
const MODEL: OdeModel = {
  name: 'test',
  states: [{ name: 'y', unit: '1', min: 0, max: 1000 }],
  manipulated: [
    { name: 'U', description: 'late', full_scale: 100, unit: '%', lag_s: 0, delay_s: 7, trip_pct: 0 },
    { name: 'V', description: 'sets a dead time', full_scale: 100, unit: '%', lag_s: 5 },
  ],
  measurements: ['Y', 'D', 'ARRIVED', 'SLOW', 'LATE'].map((name) => ({
    name,
    description: '',
    unit: '1',
    noise_std: name === 'Y' ? 0.5 : 0,
    period_s: 0,
  })),
  disturbances: [
    { name: 'STEP', description: '', kind: 'step', size: 3 },
    { name: 'DRIFT', description: '', kind: 'drift', size: 36 },
    { name: 'RANDOM', description: '', kind: 'random', size: 2, tau_s: 20 },
  ],
  limits: [{ name: 'y', unit: '1', normal_lo: 0, normal_hi: 80, trip_lo: Number.NEGATIVE_INFINITY, trip_hi: 95 }],
  starts: [
    { name: 'low', states: [10], demand_pct: [10, 50] },
    { name: 'high', states: [50], demand_pct: [50, 50] },
  ],
  delays: [
    { name: 'arrived', delay_s: 20, of: (_, u) => u[1]! },
    { name: 'slow', delay_s: 40, now_s: (_, u) => 40 - 0.4 * u[1]!, of: (x) => x[0]! },
  ],
  step_s: 0.5,
  derivatives(x, u, d, dx) {
    dx[0] = (u[0]! + d[0]! + d[1]! + d[2]! - x[0]!) / TAU_S
  },
  outputs(x, u, d, y, w) {
    y[0] = x[0]!
    y[1] = d[0]! + d[1]! + d[2]!
    y[2] = w[0]!
    y[3] = w[1]!
    y[4] = u[0]!
  },
  limited(x, _u, _d, into) {
    into[0] = x[0]!
  },
}
const plantOf = (start = 'low', noise: 'on' | 'none' = 'none', seed = 1) =>
  createOdePlant(MODEL, { start, noise, seed })

test('a step through a dead time and a lag is the closed form', () => {
  const plant = plantOf()
  plant.demand_pct[0] = 30
  plant.advance(6)
  expect(plant.clean[0]).toBeCloseTo(10, 12)
  plant.advance(61)
  // The step that begins at the end of the dead time is the first to see the new position.
  expect(plant.clean[0]).toBeCloseTo(10 + 20 * (1 - Math.exp(-60 / TAU_S)), 6)
})

test.each([0.1, 0.25, 1, 60])('a dead time is as long with steps of %f s', (step_s) => {
  const plant = plantOf()
  plant.demand_pct[0] = 30
  plant.demand_pct[1] = 80
  while (plant.time_s < 60 - 1e-9) plant.advance(step_s)
  expect(plant.clean[0]).toBeCloseTo(10 + 20 * (1 - Math.exp(-53 / TAU_S)), 2)
  // A lag of 5 s, 20 s ago.
  expect(plant.clean[2]).toBeCloseTo(80 - 30 * Math.exp(-(60 - 20) / 5), 1)
})

test('a dead time that changes reads as far back as it is now', () => {
  const plant = plantOf()
  plant.demand_pct[1] = 75
  plant.demand_pct[0] = 30
  plant.advance(100)
  // 40 - 0.4 x 75 = 10 s ago.
  const y = (t_s: number): number => 10 + 20 * (1 - Math.exp(-(t_s - 7) / TAU_S))
  expect(Math.abs(plant.clean[3]! - y(90))).toBeLessThan(0.15)
})

test('a step is there at once, a drift grows by the hour from where it was switched on, and both go', () => {
  const plant = plantOf()
  plant.advance(100)
  plant.setDisturbance('DRIFT', true)
  plant.advance(50)
  expect(plant.clean[1]).toBeCloseTo((36 * 50) / 3600, 12)
  plant.setDisturbance('STEP', true)
  plant.advance(50)
  expect(plant.clean[1]).toBeCloseTo(3 + (36 * 100) / 3600, 12)
  plant.setDisturbance('DRIFT', false)
  plant.setDisturbance('STEP', false)
  plant.advance(1)
  expect(plant.clean[1]).toBe(0)
})

test('a random disturbance has the deviation and the correlation time it is declared with', () => {
  const plant = plantOf('high')
  plant.setDisturbance('RANDOM', true)
  plant.advance(100)
  const d = Array.from({ length: 20_000 }, () => {
    plant.advance(1)
    return plant.clean[1]!
  })
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = mean(d.map((value) => value * value))
  expect(Math.abs(mean(d))).toBeLessThan(0.4)
  expect(Math.sqrt(variance)).toBeGreaterThan(1.8)
  expect(Math.sqrt(variance)).toBeLessThan(2.2)
  const later = mean(d.slice(0, -20).map((value, i) => value * d[i + 20]!)) / variance
  expect(Math.abs(later - Math.exp(-1))).toBeLessThan(0.08)
})

test('noise is fresh on whole seconds, and only on them', () => {
  const plant = plantOf('low', 'on')
  plant.advance(1)
  const at = plant.measured[0]! - plant.clean[0]!
  plant.advance(0.9)
  expect(plant.measured[0]! - plant.clean[0]!).toBeCloseTo(at, 12)
  plant.advance(0.1)
  expect(plant.measured[0]! - plant.clean[0]!).not.toBeCloseTo(at, 6)
})

test('the shutdown puts what has a place of its own there, says when, and stays', () => {
  const plant = plantOf('high')
  plant.demand_pct[0] = 100
  plant.advance(600)
  // 50 to 95 of 100: tau ln 10 after the dead time.
  expect(plant.trip?.cause).toBe('y high')
  expect(Math.abs(plant.trip!.at_s - (7 + TAU_S * Math.log(10)))).toBeLessThan(1.1)
  plant.demand_pct[0] = 100
  plant.advance(600)
  expect(plant.demand_pct[0]).toBe(0)
  expect(plant.clean[0]).toBeLessThan(1)
})

test('a snapshot within a dead time goes on bit for bit, at 20 times', () => {
  for (let i = 1; i <= 20; i++) {
    const plant = plantOf('low', 'on', 3)
    plant.setDisturbance('RANDOM', true)
    plant.setDisturbance('DRIFT', true)
    plant.demand_pct[0] = 40
    plant.demand_pct[1] = 90
    plant.advance(i * 3.1)
    const other = plantOf('high', 'on', 8)
    other.load(plant.save())
    for (const each of [plant, other]) {
      each.demand_pct[0] = 20
      each.advance(77.7)
    }
    expect([...other.measured]).toEqual([...plant.measured])
    expect([...other.save()]).toEqual([...plant.save()])
  }
})

test('what is asked for and is not there is refused by name', () => {
  expect(() => plantOf('middle')).toThrow('unknown start middle: one of low, high')
  expect(() => plantOf().setDisturbance('RAIN', true)).toThrow('unknown disturbance RAIN: one of STEP, DRIFT, RANDOM')
})
