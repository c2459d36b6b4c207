// The cooling-loss cases decide whether a time scheme may be believed: at 1 s Euler trips them at less than half the time.
import { expect, test } from 'vitest'
import { converged } from './converged.ts'
import { Y } from './layout.ts'
import { CLOCK, createModel, startModel } from './model.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'

// Times by the original equations, integrated to convergence: 416.4 s through the valve's lag, 411.3 s at once.
test.each([
  ['through the valve', false, 416.4],
  ['at once', true, 411.3],
])('[TEP-3] reactor cooling lost %s trips when it should, and the step does not matter', (_, atOnce, want_s) => {
  const have_s = coolingLoss_s(atOnce, 1)
  expect(Math.abs(have_s - want_s)).toBeLessThan(0.1)
  for (const refine of [2, 4]) expect(Math.abs(coolingLoss_s(atOnce, refine) / have_s - 1)).toBeLessThan(5e-4)
})

// Euler at 1 s: 194.0 and 193.0 s, as the original gives with that step.
test.each([
  ['through the valve', false, 194],
  ['at once', true, 193],
])('[TEP-4] compat reproduces the original even where its step is too long: cooling lost %s', (_, atOnce, want_s) => {
  const plant = tennesseeEastman({ scheme: 'compat', noise: 'none' })
  plant.demand_pct[9] = 0
  if (atOnce) plant.position_pct[9] = 0
  while (plant.trip === null && plant.time_s < 600) plant.advance(1)
  expect(plant.trip?.cause).toBe('reactor pressure high')
  // The published time is that of the step's end, this one of its beginning.
  expect(Math.abs(plant.trip!.at_s - want_s)).toBeLessThanOrEqual(1)
})

test('pieces of 100 ms give what pieces of 1 s give', () => {
  const coarse = tennesseeEastman({ noise: 'on' })
  const fine = tennesseeEastman({ noise: 'on' })
  for (const plant of [coarse, fine]) {
    plant.demand_pct[5] = 45
    plant.setDisturbance('IDV8', true)
  }
  for (let s = 0; s < 900; s++) {
    coarse.advance(1)
    for (let i = 0; i < 10; i++) fine.advance(0.1)
  }
  // Within a second the noise stays and the value moves under it.
  const held = fine.measured[6]! - fine.clean[6]!
  const before = fine.clean[6]!
  fine.advance(0.5)
  expect(fine.clean[6]).not.toBe(before)
  expect(fine.measured[6]! - fine.clean[6]!).toBeCloseTo(held, 9)
  fine.advance(0.5)
  coarse.advance(1)
  for (let i = 0; i < 41; i++) {
    const noise = coarse.measured[i]! - coarse.clean[i]!
    // Noise belongs to the second, not to the piece: the same draw, up to the rounding of the sum.
    expect(Math.abs(fine.measured[i]! - fine.clean[i]! - noise)).toBeLessThan(1e-9 * Math.abs(coarse.clean[i]!) + 1e-9)
    expect(Math.abs(fine.clean[i]! / coarse.clean[i]! - 1)).toBeLessThan(1e-6)
  }
})

test('a long piece is its seconds, bit for bit', () => {
  const one = tennesseeEastman({ seed: 5 })
  const ten = tennesseeEastman({ seed: 5 })
  for (let s = 0; s < 400; s++) one.advance(1)
  for (let s = 0; s < 40; s++) ten.advance(10)
  expect(ten.save()).toEqual(one.save())
})

test('noise does not touch the plant, nor the random disturbances', () => {
  const noisy = tennesseeEastman({ noise: 'on', seed: 3 })
  const silent = tennesseeEastman({ noise: 'none', seed: 3 })
  for (const plant of [noisy, silent]) plant.setDisturbance('IDV11', true)
  noisy.advance(3600)
  silent.advance(3600)
  expect(noisy.clean).toEqual(silent.clean)
  expect(silent.measured).toEqual(silent.clean)
  expect(noisy.measured).not.toEqual(noisy.clean)
})

// An hour of second-by-second noise about values that hardly move in a second: its spread is the published one.
test('transmitter noise has the published spread', () => {
  const plant = tennesseeEastman({ seed: 11 })
  const square = new Float64Array(22)
  const seconds = 4_000
  for (let s = 0; s < seconds; s++) {
    plant.advance(1)
    for (let i = 0; i < 22; i++) square[i]! += (plant.measured[i]! - plant.clean[i]!) ** 2
  }
  for (let i = 0; i < 22; i++) {
    const std = Math.sqrt(square[i]! / seconds)
    // Four standard errors of a standard deviation from 4,000 samples are 4.5 %.
    expect(Math.abs(std / plant.measurements[i]!.noise_std - 1)).toBeLessThan(0.045)
  }
})

/** Seconds until the plant stops itself, all else at base. */
function coolingLoss_s(atOnce: boolean, refine: number): number {
  const m = createModel()
  startModel(m, 'base', 1)
  const scheme = converged(m, 1, false, refine)
  scheme.start()
  m.demand[9] = 0
  if (atOnce) m.y[Y.valve + 9] = 0
  while (m.clock[CLOCK.trip] === 0 && m.clock[CLOCK.time_ms]! < 600_000) scheme.advance(1000)
  return m.clock[CLOCK.trip_ms]! / 1000
}
