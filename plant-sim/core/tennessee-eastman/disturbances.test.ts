import { expect, test } from 'vitest'
import { stream } from '../../../numerics/streams.ts'
import type { Plant } from '../plant.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'
import { passKnots, resetWalks, WALK_STRIDE, WALKS, walkValues } from './walks.ts'

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

const WALK_HOURS = 500

/** Values of the walk of a disturbance, a sample each 36 s, without the plant. */
function walkOf(idv: number, on: boolean): number[] {
  const walk = WALKS.findIndex((w) => w.idv === idv)
  const s = new Float64Array(WALKS.length * WALK_STRIDE)
  resetWalks(s)
  const flags = new Float64Array(29)
  flags[idv] = on ? 1 : 0
  const chance = stream(5, `walk of ${idv}`)
  const out = new Float64Array(WALKS.length)
  const values: number[] = []
  for (let i = 0; i < WALK_HOURS * 100; i++) {
    passKnots(s, WALKS.length, i / 100, flags, () => chance.uniform() * 2 - 1)
    walkValues(s, WALKS.length, i / 100, out)
    values.push(out[walk]!)
  }
  return values
}

// Centre, span, and mean time between knots as published for the revised model. Ends are uniform in centre +- span, and a
// cubic with flat ends between independent ones has on average 26/35 of their variance (mean of w^2 + (1 - w)^2, w = 1 - 3 t^2 + 2 t^3).
test.each([
  [21, 45, 10, 0.25],
  [22, 45, 10, 0.5],
  [23, 100, 5, 0.25],
  [24, 400, 20, 0.5],
  [25, 400, 20, 0.5],
  [26, 1500, 75, 1],
  [27, 1000, 50, 0.2],
  [28, 1200, 60, 0.2],
])('[TEP-21] the walk of IDV%d: about %d by up to %d, a knot each %d h', (idv, centre, span, mean_h) => {
  const values = walkOf(idv, true)
  const n = values.length
  const mean = values.reduce((a, x) => a + x, 0) / n
  const std = Math.sqrt(values.reduce((a, x) => a + (x - mean) ** 2, 0) / n)
  expect(values.reduce((a, x) => Math.max(a, Math.abs(x - centre)), 0)).toBeLessThanOrEqual(span * (1 + 1e-9))
  const expected = (span / Math.sqrt(3)) * Math.sqrt(26 / 35)
  // Standard errors by the number of knots, which are what is independent.
  const knots = WALK_HOURS / mean_h
  expect(Math.abs(mean - centre)).toBeLessThan((5 * expected) / Math.sqrt(knots))
  expect(Math.abs(std / expected - 1)).toBeLessThan(5 / Math.sqrt(2 * knots))
  expect(new Set(walkOf(idv, false)).size).toBe(1)
})

// Where each acts, and by how much: a flow feels its pressure in proportion, at once; nothing else of the kind moves.
test.each([
  ['IDV23', 0],
  ['IDV24', 1],
  ['IDV25', 2],
  ['IDV26', 3],
])('[TEP-21] %s moves its own feed by up to 5 %% and no other', (name, measurement) => {
  const plant = tennesseeEastman({ noise: 'none', seed: 99 })
  plant.setDisturbance(name, true)
  const base = plant.clean.slice(0, 4)
  let [lo, hi] = [1, 1]
  for (let t = 0; t < 360 && plant.trip === null; t++) {
    plant.advance(20)
    for (let i = 0; i < 4; i++) {
      const ratio = plant.clean[i]! / base[i]!
      if (i !== measurement) expect(Math.abs(ratio - 1)).toBeLessThan(1e-9)
      else [lo, hi] = [Math.min(lo, ratio), Math.max(hi, ratio)]
    }
  }
  expect(lo).toBeGreaterThanOrEqual(0.95 - 1e-9)
  expect(hi).toBeLessThanOrEqual(1.05 + 1e-9)
  expect(hi - lo).toBeGreaterThan(0.01)
})

// The water's flow by 5 % at most: its outlet follows by no more than a few degrees.
test.each([
  ['IDV27', 20],
  ['IDV28', 21],
])('[TEP-21] %s: the outlet of its cooling water is moved by its water, a little', (name, measurement) => {
  const [with_it, without] = [true, false].map((on) => {
    const plant = tennesseeEastman({ noise: 'none', seed: 4 })
    if (on) plant.setDisturbance(name, true)
    plant.advance(1200)
    return plant.clean.slice()
  })
  const change = with_it![measurement]! - without![measurement]!
  expect(Math.abs(change)).toBeGreaterThan(0.01)
  expect(Math.abs(change)).toBeLessThan(10)
})

// Feed temperatures: the header's energy follows, which shows in the recycle and in the reactor's heat, a little.
test.each(['IDV21', 'IDV22'])('[TEP-21] %s changes no feed flow, and the reactor a little', (name) => {
  const [with_it, without] = [hour(name), calm]
  for (let i = 0; i < 4; i++) expect(with_it.clean[i]).toBe(without.clean[i])
  const moved = Math.abs(with_it.clean[8]! - without.clean[8]!)
  expect(moved).toBeGreaterThan(1e-6)
  expect(moved).toBeLessThan(2)
})

test('[TEP-21] the revised disturbances do not exist in the compat scheme, BRAATZ21 in both', () => {
  const compat = tennesseeEastman({ scheme: 'compat' })
  for (let n = 21; n <= 28; n++) expect(() => compat.setDisturbance(`IDV${n}`, true)).toThrow(RangeError)
  expect(compat.disturbances.map((d) => d.name)).toContain('BRAATZ21')
  expect(calm.disturbances).toHaveLength(29)
})

test('[TEP-21] none of them shifts a walk of the original: each has draws of its own', () => {
  const trace = (also: readonly string[]): Float64Array => {
    const plant = tennesseeEastman({ noise: 'none', seed: 12 })
    for (const name of ['IDV8', ...also]) plant.setDisturbance(name, true)
    plant.advance(1800)
    return plant.clean.slice(0, 4)
  }
  // Composition of stream 4 does not show in its flow; the other feeds stay as they are when one more is disturbed.
  const [alone, more] = [trace([]), trace(['IDV24'])]
  expect([more[0], more[2], more[3]]).toEqual([alone[0], alone[2], alone[3]])
  expect(more[1]).not.toBe(alone[1])
})
