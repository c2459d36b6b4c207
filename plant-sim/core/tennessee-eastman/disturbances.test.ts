import { expect, test } from 'vitest'
import type { Plant } from '../plant.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'

const HOUR = 3600

/** The plant after an hour with a disturbance on from the start, and without it. */
function hour(name: string | null, scheme: 'compat' | 'converged' = 'converged'): Plant {
  const plant = tennesseeEastman({ scheme, noise: 'off', seed: 4242 })
  if (name !== null) plant.setDisturbance(name, true)
  plant.advance(HOUR)
  return plant
}

const STICKING = new Set(['IDV14', 'IDV15', 'IDV19', 'BRAATZ21'])
const calm = hour(null)
const moving = calm.disturbances.filter(({ name }) => !STICKING.has(name)).map(({ name }) => name)

test('[TEP-9] without a disturbance nothing but the plant itself moves', () => {
  expect(hour(null).clean).toEqual(calm.clean)
})

test.each(moving)('[TEP-9] %s moves the plant', (name) => {
  const plant = hour(name)
  const moved = plant.clean.some((value, i) => Math.abs(value - calm.clean[i]!) > 1e-6 * Math.abs(calm.clean[i]!))
  expect(moved).toBe(true)
  expect(plant.clean.every((value) => Number.isFinite(value))).toBe(true)
})

test('the steps are the published ones', () => {
  const after = (name: string, seconds: number): Plant => {
    const plant = tennesseeEastman({ noise: 'none' })
    plant.setDisturbance(name, true)
    plant.advance(seconds)
    return plant
  }
  const base = tennesseeEastman({ noise: 'none' })
  expect(after('IDV6', 1).clean[0]).toBe(0)
  expect(after('IDV7', 1).clean[3]! / base.clean[3]!).toBeCloseTo(0.8, 9)
  // Cooling water 5 degC warmer: both outlets go up, each with its own disturbance.
  expect(after('IDV4', 300).clean[20]! - base.clean[20]!).toBeGreaterThan(0.5)
  expect(after('IDV5', 300).clean[21]! - base.clean[21]!).toBeGreaterThan(0.5)
  // More B in the feed accumulates in the purge.
  expect(after('IDV2', HOUR).clean[29]! - base.clean[29]!).toBeGreaterThan(0.2)
})

// A sticking valve ignores a change of no more than 2 % and takes a larger one.
test.each([
  ['IDV14', [10]],
  ['IDV15', [11]],
  ['IDV19', [5, 7, 8, 9]],
])('[TEP-9] %s makes its valves stick', (name, valves) => {
  for (const valve of [...Array(12).keys()].map((i) => i + 1)) {
    for (const scheme of ['compat', 'converged'] as const) {
      const plant = tennesseeEastman({ scheme, noise: 'none' })
      plant.advance(2)
      const before = plant.position_pct[valve - 1]!
      plant.setDisturbance(name, true)
      plant.demand_pct[valve - 1]! -= 1.9
      plant.advance(30)
      const stuck = plant.position_pct[valve - 1] === before
      expect(stuck).toBe((valves as number[]).includes(valve))
      plant.demand_pct[valve - 1]! -= 0.2
      plant.advance(30)
      expect(before - plant.position_pct[valve - 1]!).toBeGreaterThan(0.1)
    }
  }
})

test.each(['compat', 'converged'] as const)('BRAATZ21 holds the A+C valve (%s)', (scheme) => {
  const plant = tennesseeEastman({ scheme, noise: 'none' })
  plant.setDisturbance('BRAATZ21', true)
  plant.demand_pct[3] = 80
  plant.advance(120)
  expect(plant.position_pct[3]).toBeCloseTo(61.302, 4)
  plant.setDisturbance('BRAATZ21', false)
  plant.advance(120)
  expect(plant.position_pct[3]).toBeCloseTo(80, 3)
})
