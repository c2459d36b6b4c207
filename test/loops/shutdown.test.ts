// The hazard table of the plant, whose figures come from the public model; the whole of it: npm run oracles -- --only shutdown.
import { expect, test } from 'vitest'
import { type HazardName, MATRIX, tryHazard } from '../oracles/tep-shutdown.ts'

const ROWS: readonly (readonly [HazardName, string, number])[] = [
  ['Reactor CW fails shut', 'reactor pressure high', 405],
  ['A/C feed wide open', 'reactor pressure high', 431],
  ['Reactor CW wide open', 'reactor pressure high', 363],
  ['D+E feeds lost', 'reactor pressure high', 827],
  ['E feed wide open', 'reactor pressure high', 4120],
  ['D feed wide open', 'reactor pressure high', 4482],
  ['Condenser CW fails shut', 'reactor level high', 2197],
  ['Recycle valve wide open', 'reactor level high', 1739],
  ['Sep. liquid valve shut', 'separator level high', 862],
  ['Sep. liquid valve open', 'separator level low', 321],
  ['Stripper product shut', 'stripper level high', 495],
  ['Stripper product open', 'stripper level low', 443],
]

test.each(ROWS)('[SHUTDOWN-20] %s, nothing done: %s at %d s, within 2 %%', (name, cause, at_s) => {
  const { first } = tryHazard(name, { for_s: 6000, step_ms: 1000 })
  expect(first).toMatchObject({ kind: 'equipment damaged', cause })
  expect(Math.abs(first!.at_s / at_s - 1)).toBeLessThan(0.02)
})

test.each(ROWS)('[SHUTDOWN-21] %s with the proposed matrix, 10 s in all: no damage in 30 min', (name, _, at_s) => {
  const tried = tryHazard(name, { functions: MATRIX, delay_s: 6, for_s: at_s + 1800, step_ms: 500 })
  expect(tried.trips.length).toBeGreaterThan(0)
  expect(tried.events).toEqual([])
  expect(tried.most.P).toBeLessThan(3000)
  expect(tried.most.T).toBeLessThan(175)
})

test.each(['Purge shut', 'Agitator to 0', 'A loss (IDV 6)', 'C header (IDV 7)', 'Steam open', 'Recycle shut'] as const)(
  '[SHUTDOWN-22] %s is no demand on any function in 3 h',
  (name) => {
    const tried = tryHazard(name, { functions: MATRIX, for_s: 10_800, step_ms: 1000 })
    expect(tried.trips).toEqual([])
    expect(tried.first).toBe(null)
  },
)

test('[SHUTDOWN-23] half the sub-step moves the cooling loss by less than 0.5 %', () => {
  const at = (refine: number): number =>
    tryHazard('Reactor CW fails shut', { for_s: 500, refine, crossings: [{ of: 'P', beyond: 2999 }] }).crossed_s[0]!
  expect(Math.abs(at(2) / at(1) - 1)).toBeLessThan(0.005)
})

// Peaks of the public model with trip points and delays of its own; valves of their own are a little faster than its control valves.
test.each([
  [2895, 10, 2904],
  [2895, 60, 2940],
  [2950, 30, 2972],
  [2950, 60, 2993],
])('[SHUTDOWN-24] A/C feed wide open, trip at %d kPa, %d s in all: peak about %d kPa', (at, delay_s, peak_kPa) => {
  const functions = [{ ...MATRIX[0]!, at }]
  const { most } = tryHazard('A/C feed wide open', { functions, delay_s: delay_s - 4, for_s: 1000 })
  expect(Math.abs(most.P - peak_kPa)).toBeLessThan(6)
})
