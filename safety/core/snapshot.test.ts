import { expect, test } from 'vitest'
import type { SisConfig } from './config.ts'
import { loadSolver, saveSolver } from './snapshot.ts'
import { createSolver } from './solver.ts'
import { chance } from './testing/chance.ts'
import { healthy } from './testing/healthy.ts'
import { randomPlant } from './testing/random-plant.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

const simulated: SisConfig = { ...everything, mode: 'SIMULATION' }

test('[T11] a restored solver goes on scan for scan as the one that was saved', () => {
  const solver = createSolver(simulated)
  const plant = randomPlant(solver, chance(11))
  const other = createSolver(simulated)
  for (let i = 0; i < 2000; i++) {
    plant.inputs.key = 2
    solver.scan(plant.inputs, plant.next())
  }
  loadSolver(other, JSON.parse(JSON.stringify(saveSolver(solver))))
  for (let i = 0; i < 2000; i++) {
    const now = plant.next()
    solver.scan(plant.inputs, now)
    other.scan(plant.inputs, now)
    if (i % 100 === 0)
      expect([i, ...other.state.view, ...other.outputs]).toEqual([i, ...solver.state.view, ...solver.outputs])
  }
  expect([solver.difference, other.difference]).toEqual([-1, -1])
  expect(Array.from(other.state.all)).toEqual(Array.from(solver.state.all))
})

test('[T11] [R-2.4] no state is loaded in RUN, nor one of another configuration', () => {
  const run = createSolver(everything)
  expect(() => loadSolver(run, saveSolver(run))).toThrow('SIMULATION only')
  const other = createSolver({ ...oneFunction(), mode: 'SIMULATION' })
  expect(() => loadSolver(other, saveSolver(createSolver(simulated)))).toThrow('another configuration')
})

test('[T11] [R-2.4] outputs are tripped after 1,000 starts at random instants', () => {
  const bench = healthy(oneFunction())
  const instants = chance(1000)
  for (let i = 0; i < 1000; i++) {
    bench.run(instants.below(5))
    const again = createSolver(bench.config)
    again.scan(bench.inputs, bench.now + 1)
    expect(again.outputs[0]).toBe(0)
  }
})
