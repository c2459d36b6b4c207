// What the comparison of the two evaluators alone would see of a mutant in the first: one stream of inputs, both judge it.
import { expect, test } from 'vitest'
import { createSolver } from '../../safety/core/solver.ts'
import { chance } from '../../safety/core/testing/chance.ts'
import { randomPlant } from '../../safety/core/testing/random-plant.ts'
import { everything, oneFunction } from '../../safety/core/testing/small-configs.ts'

const streams = [
  { config: everything, scans: 30_000 },
  { config: oneFunction({ on_bad: 'vote_trip', dead_band: 1 }), scans: 10_000 },
  { config: oneFunction({ on_bad: 'ignore', on_bypass: 'reduce', mos: { max: 2 } }), scans: 10_000 },
]

test.each(streams.map((s, i) => ({ ...s, i })))(
  '[T6] both evaluators judge stream $i alike',
  ({ config, scans, i }) => {
    const solver = createSolver(config, 64)
    const plant = randomPlant(solver, chance(77 + i))
    for (let n = 0; n < scans && solver.difference < 0; n++) solver.scan(plant.inputs, plant.next())
    expect([solver.difference, solver.faults & 48]).toEqual([-1, 0])
  },
)
