import { expect, test } from 'vitest'
import { woodBerry } from './wood-berry-plant.ts'

const STEP_LB_MIN = 0.02
const VALVE_LAG_S = 2

/** What the composition does after a step of its input, as a share of gain x step; t in minutes. */
const share = (t_min: number, tau_min: number, theta_min: number): number =>
  t_min <= theta_min ? 0 : 1 - Math.exp(-(t_min - theta_min) / tau_min)

// The transfer functions as printed in the paper: gain, time constant and dead time in minutes.
test.each([
  ['reflux', 0, 12.8, 16.7, 1],
  ['reflux', 1, 6.6, 10.9, 7],
  ['steam', 0, -18.9, 21, 3],
  ['steam', 1, -19.4, 14.4, 3],
  ['feed', 0, 3.8, 14.9, 8.1],
  ['feed', 1, 4.9, 13.2, 3.4],
])('%s to product %i: %f with %f min after %f min', (from, product, k, tau_min, theta_min) => {
  const plant = woodBerry({ noise: 'none' })
  let step = STEP_LB_MIN
  if (from === 'feed') {
    plant.setDisturbance('FEED_UP', true)
    step = 0.34
  } else plant.demand_pct[from === 'reflux' ? 0 : 1]! += (STEP_LB_MIN / 4) * 100
  // Up for the bottom's sake: a step down by steam would leave 0 %.
  const before = [96.25, 0.5][product]!
  expect(plant.clean[product]).toBeCloseTo(before, 12)
  for (const t_min of [theta_min * 0.95, theta_min + tau_min / 2, theta_min + tau_min, theta_min + 3 * tau_min]) {
    plant.advance(Math.round(t_min * 60) - plant.time_s)
    const expected = before + k * step * share(plant.time_s / 60 - VALVE_LAG_S / 60, tau_min, theta_min)
    expect(Math.abs(plant.clean[product]! - Math.max(0, expected)), `${t_min} min`).toBeLessThan(
      0.003 * Math.abs(k * step),
    )
  }
})

test('the relative gain of top by reflux is 2.01, as every text on the column has it', () => {
  const gain = (input: number): number[] => {
    const plant = woodBerry({ noise: 'none' })
    plant.demand_pct[input]! += input === 0 ? 0.1 : -0.1
    plant.advance(20 * 3600)
    const by = input === 0 ? 0.004 : -0.004
    return [(plant.clean[0]! - 96.25) / by, (plant.clean[1]! - 0.5) / by]
  }
  const [k11, k21] = gain(0) as [number, number]
  const [k12, k22] = gain(1) as [number, number]
  expect((k11 * k22) / (k11 * k22 - k12 * k21)).toBeCloseTo(2.01, 2)
})

test('a dead time is as long whether the plant is advanced by 100 ms or by 1 s, and across a snapshot', () => {
  const run = (step_s: number, until_s: number) => {
    const plant = woodBerry({ noise: 'none' })
    plant.demand_pct[0]! += 1
    while (plant.time_s < until_s - 1e-9) plant.advance(step_s)
    return plant
  }
  expect(run(0.1, 59).clean[0]).toBe(96.25)
  expect(run(1, 59).clean[0]).toBe(96.25)
  expect(run(0.1, 66).clean[0]!).toBeGreaterThan(96.25)
  expect(run(0.1, 600).clean[0]).toBeCloseTo(run(1, 600).clean[0]!, 3)
  const other = woodBerry({ noise: 'none', seed: 5 })
  const plant = run(1, 100)
  other.load(plant.save())
  plant.advance(900)
  other.advance(900)
  expect([...other.clean]).toEqual([...plant.clean])
})
