import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlantOptions } from '../plant.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'

const SCHEMES = ['compat', 'converged'] as const

test('says what it is', () => {
  const plant = tennesseeEastman()
  expect(plant.scheme).toBe('converged')
  expect(plant.measurements).toHaveLength(41)
  expect(plant.manipulated).toHaveLength(12)
  expect(plant.measurements[6]).toMatchObject({ name: 'XMEAS7', unit: 'kPa gauge', noise_std: 0.3, period_s: 0 })
  expect(plant.measurements[40]).toMatchObject({ name: 'XMEAS41', description: 'product, component H', period_s: 900 })
  expect(plant.disturbances.map(({ name }) => name)).toContain('IDV28')
  expect(tennesseeEastman({ scheme: 'compat' }).disturbances).toHaveLength(21)
  expect(plant.starts).toEqual(['base', 'mode1', 'mode2', 'mode3', 'mode4', 'mode5', 'mode6'])
})

// Downs and Vogel give 170.6 $/h for the base case; Ricker the costs of his modes.
test.each([
  ['base', 170.6],
  ['mode1', 114.3],
  ['mode2', 183.8],
  ['mode3', 43.4],
  ['mode4', 242.2],
  ['mode5', 197.6],
  ['mode6', 48.5],
])('[TEP-7] %s costs %d $/h and stands still', (start, cost) => {
  const plant = tennesseeEastman({ start, noise: 'none' })
  expect(Math.abs(plant.cost_per_h - cost)).toBeLessThan(0.06)
  const before = plant.clean.slice(0, 22)
  plant.advance(60)
  for (const [i, value] of before.entries()) {
    expect(Math.abs(plant.clean[i]! - value)).toBeLessThan(1e-3 * Math.abs(value) + 1e-6)
  }
})

test.each(SCHEMES)('[TEP-8] a snapshot at any moment goes on bit for bit (%s)', (scheme) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom('IDV1', 'IDV8', 'IDV13', 'IDV14', 'IDV17', 'IDV20'),
      (first_s, then_s, seed, upset) => {
        const options: PlantOptions = { scheme, seed }
        const plant = tennesseeEastman(options)
        plant.setDisturbance(upset, true)
        plant.demand_pct[9] = 42
        plant.advance(first_s + 0.4)
        const snapshot = plant.save()
        const kept = snapshot.slice()
        plant.advance(then_s)
        const other = tennesseeEastman(options)
        other.advance(17)
        other.load(snapshot)
        other.advance(then_s)
        expect(snapshot).toEqual(kept)
        expect(other.save()).toEqual(plant.save())
        expect(other.measured).toEqual(plant.measured)
        expect(other.trip).toEqual(plant.trip)
        expect(other.time_s).toBe(plant.time_s)
        expect(other.isDisturbed(upset)).toBe(true)
      },
    ),
    { numRuns: 8 },
  )
})

test.each(SCHEMES)('a snapshot at the very start does not begin anew (%s)', (scheme) => {
  const plant = tennesseeEastman({ scheme, seed: 9 })
  const begin = plant.save()
  plant.advance(1000)
  const end = plant.save()
  plant.load(begin)
  plant.advance(1000)
  expect(plant.save()).toEqual(end)
})

test.each(SCHEMES)('equal seeds give equal runs, other seeds other noise (%s)', (scheme) => {
  const run = (seed: number): Float64Array => {
    const plant = tennesseeEastman({ scheme, seed })
    plant.advance(500)
    return plant.measured.slice()
  }
  expect(run(1)).toEqual(run(1))
  expect(run(1)).not.toEqual(run(2))
})

test('refuses what it does not know', () => {
  const plant = tennesseeEastman()
  expect(() => plant.setDisturbance('IDV29', true)).toThrow(/unknown disturbance IDV29/)
  expect(() => tennesseeEastman({ scheme: 'compat' }).setDisturbance('IDV21', true)).toThrow(/unknown disturbance/)
  expect(() => tennesseeEastman({ start: 'mode7' })).toThrow(/unknown starting state mode7/)
  expect(() => tennesseeEastman({ seed: 0.5 })).toThrow(/seed/)
  expect(() => plant.load(tennesseeEastman({ scheme: 'compat' }).save())).toThrow(/another plant/)
  expect(() => plant.advance(-1)).toThrow(/time step/)
})

// Analysers: sampled at t, posted one period later, held in between.
test.each(SCHEMES)('an analyser posts what it sampled one period ago (%s)', (scheme) => {
  const plant = tennesseeEastman({ scheme, noise: 'none' })
  const first = plant.clean[22]!
  plant.demand_pct[2] = 60
  plant.advance(300)
  expect(plant.clean[22]).toBe(first)
  plant.advance(100)
  // The value posted at 360 s is the sample of the start.
  expect(plant.clean[22]).toBe(first)
  plant.advance(400)
  expect(plant.clean[22]).not.toBe(first)
  const held = plant.clean[22]!
  plant.advance(200)
  expect(plant.clean[22]).toBe(held)
})

test('compat saves up time to whole seconds', () => {
  const whole = tennesseeEastman({ scheme: 'compat' })
  const pieces = tennesseeEastman({ scheme: 'compat' })
  whole.advance(30)
  for (let i = 0; i < 305; i++) pieces.advance(0.1)
  expect(pieces.measured).toEqual(whole.measured)
  expect(pieces.time_s).toBeCloseTo(30.5, 9)
})
