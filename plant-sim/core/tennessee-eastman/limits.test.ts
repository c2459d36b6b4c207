import { expect, test } from 'vitest'
import { EXT, W, Y } from './layout.ts'
import { LIMITS, limitCrossed, TRIP_CAUSES } from './limits.ts'
import { createModel, evaluate, startModel } from './model.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'

const FT3 = 35.3145

test.each([
  ['reactor pressure high', W.P_reactor, 760 * (1 + 3000 / 101.325), 1],
  ['reactor level high', W.V_reactor, 24 * FT3, 1],
  ['reactor level low', W.V_reactor, 2 * FT3, -1],
  ['reactor temperature high', W.T_reactor, 175, 1],
  ['separator level high', W.V_separator, 12 * FT3, 1],
  ['separator level low', W.V_separator, 1 * FT3, -1],
  ['stripper level high', W.V_sump, 8 * FT3, 1],
  ['stripper level low', W.V_sump, 1 * FT3, -1],
])('[TEP-6] %s is judged at its limit', (cause, at, limit, sign) => {
  const m = createModel()
  startModel(m, 'base', 1)
  m.accepted.set(m.demand)
  expect(evaluate(m)).toBe(0)
  m.w[at] = limit * (1 - sign * 1e-9)
  expect(limitCrossed(m.w)).toBe(0)
  m.w[at] = limit * (1 + sign * 1e-9)
  expect(TRIP_CAUSES[limitCrossed(m.w)]).toBe(cause)
})

// Open loop from base, valves driven away: which limit falls first follows from what no longer leaves or enters a vessel.
test.each([
  ['XMV7 open', { 6: 100 }, 'separator level low'],
  ['XMV8 shut', { 7: 0 }, 'stripper level high'],
  ['XMV8 open', { 7: 100 }, 'stripper level low'],
  ['XMV10 shut', { 9: 0 }, 'reactor pressure high'],
  ['XMV4 open', { 3: 100 }, 'reactor pressure high'],
])('%s stops the plant, and it stands still', (_, valves, cause) => {
  for (const scheme of ['compat', 'converged'] as const) {
    const plant = tennesseeEastman({ scheme, noise: 'none' })
    for (const [valve, pct] of Object.entries(valves)) plant.demand_pct[Number(valve)] = pct
    while (plant.trip === null && plant.time_s < 7200) plant.advance(1)
    expect(plant.trip?.cause).toBe(cause)
    const at_s = plant.trip!.at_s
    expect(plant.time_s - at_s).toBeLessThanOrEqual(1)
    plant.advance(1)
    const still = plant.clean.slice(0, 22)
    plant.advance(60)
    // Temperatures are found anew from energies that stand still: equal to their rounding.
    for (const [i, value] of still.entries()) {
      expect(Math.abs(plant.clean[i]! - value)).toBeLessThanOrEqual(1e-11 * Math.abs(value))
    }
    expect(plant.trip).toEqual({ cause, at_s })
  }
})

test('after a shutdown, an emptied separator stops flowing and nothing turns negative', () => {
  const plant = tennesseeEastman({ noise: 'none' })
  plant.ext[EXT.runOn] = 1
  // Product drawn too, or the stripper would overfill, which ends it.
  plant.demand_pct[6] = 100
  plant.demand_pct[7] = 100
  plant.advance(1800)
  expect(plant.trip).toBe(null)
  expect(plant.limited[3]).toBeGreaterThan(0)
  expect(plant.limited[3]).toBeLessThan(1)
  expect(plant.clean.every((value) => Number.isFinite(value))).toBe(true)
  expect(plant.position_pct[6]).toBeGreaterThan(99)
})

test('the values that limits bound are those of the measurements', () => {
  const plant = tennesseeEastman()
  expect(LIMITS.map(({ name }) => name)).toHaveLength(plant.limited.length)
  expect(plant.limited[0]).toBe(plant.clean[6])
  expect(plant.limited[2]).toBe(plant.clean[8])
  // Levels of the base case, 75 %, 50 %, 50 %, by the published scales of ft3.
  expect(plant.limited[1]! * FT3).toBeCloseTo(84.6 + 0.75 * 666.7, 4)
  expect(plant.limited[3]! * FT3).toBeCloseTo(27.5 + 0.5 * 290, 4)
  expect(plant.limited[4]! * FT3).toBeCloseTo(78.25 + 0.5 * 156.5, 4)
  expect(Y.count).toBe(50)
})
