import { expect, test } from 'vitest'
import type { Plant } from '../../plant-sim/core/plant.ts'
import { createTally } from './tally.ts'

/** Just what a tally reads. */
function standIn(): Plant & { cost_per_h: number; time_s: number } {
  return {
    limits: [{ name: 'level', unit: '%', normal_lo: 30, normal_hi: 100, trip_lo: 2, trip_hi: 120 }],
    limited: Float64Array.of(50),
    position_pct: Float64Array.of(40),
    cost_per_h: 100,
    time_s: 0,
  } as unknown as Plant & { cost_per_h: number; time_s: number }
}

test('[RUN-4] cost is the time integral of the cost per hour', () => {
  const plant = standIn()
  const tally = createTally(plant)
  tally.add(1800)
  plant.cost_per_h = 300
  tally.add(1800)
  expect(tally.cost()).toEqual({ mean_per_h: 200, total: 200, last_per_h: 300 })
})

test('[RUN-4] margins keep the nearest approach on either side, and the time outside the normal bounds', () => {
  const plant = standIn()
  const tally = createTally(plant)
  for (const [at_s, level] of [
    [1, 60],
    [2, 110],
    [3, 20],
    [4, 50],
  ] as const) {
    plant.time_s = at_s
    plant.limited[0] = level
    tally.add(1)
  }
  expect(tally.margins()).toMatchObject([
    { side: 'high', worst: 110, worst_at_s: 2, margin: 10, outside_normal_s: 1 },
    { side: 'low', worst: 20, worst_at_s: 3, margin: 18, outside_normal_s: 1 },
  ])
})

test('[RUN-4] travel sums movements; a reversal is a turn of more than 0.1 %', () => {
  const plant = standIn()
  const tally = createTally(plant)
  for (const position of [41, 43, 42.95, 43.2, 40, 45]) {
    plant.position_pct[0] = position
    tally.add(1)
  }
  const [valve] = tally.valves([{ tag: 'FV-01', manipulated: 0 }])
  expect(valve!.travel_pct).toBeCloseTo(1 + 2 + 0.05 + 0.25 + 3.2 + 5, 12)
  expect(valve).toMatchObject({ reversals: 2, position_pct_min: 40, position_pct_max: 45 })
})
