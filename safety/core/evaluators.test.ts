import { expect, test } from 'vitest'
import { FAULT, LATCH } from './codes.ts'
import { createSolver } from './solver.ts'
import { chance } from './testing/chance.ts'
import { healthy } from './testing/healthy.ts'
import { randomPlant } from './testing/random-plant.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

// One million scans with the next test. Each solver has a seed of its own. A disagreement stands for ever, so the last scan tells of all.
test('[T6] the two evaluators agree on 250,000 random scans with every feature, and the scans get everywhere', {
  timeout: 120_000,
}, () => {
  const states = new Set<number>()
  const steps = new Set<number>()
  let bypassed = 0
  let overridden = 0
  let forced = 0
  let started = 0
  let energised = 0
  for (let seed = 1; seed <= 5; seed++) {
    const solver = createSolver(everything)
    const plant = randomPlant(solver, chance(seed * 7919))
    const { state, tables } = solver
    for (let i = 0; i < 50_000; i++) {
      solver.scan(plant.inputs, plant.next())
      for (let e = 0; e < tables.effects; e++) states.add(e * 8 + state.latch[e]!)
      if (i % 16 !== 0) continue
      steps.add(state.step[0]!)
      if (state.mosSince.some((s) => s >= 0)) bypassed++
      if (state.overrideSince.some((s) => s >= 0)) overridden++
      if (state.forceSince.some((s) => s >= 0)) forced++
      if (state.startupSince.some((s) => s >= 0)) started++
      if (solver.outputs.some((x) => x === 1)) energised++
    }
    expect({ seed, difference: solver.difference, faults: solver.faults & 48 }).toEqual({
      seed,
      difference: -1,
      faults: 0,
    })
  }
  // 6 states of the effect that has them all; normal, tripped and waiting of every other.
  for (const state of Object.values(LATCH)) expect(states).toContain(8 + state)
  for (let e = 0; e < 6; e++) expect(states).toContain(8 * e)
  expect([...steps].sort()).toEqual([0, 1, 2, 3, 4])
  for (const count of [bypassed, overridden, forced, started, energised]) expect(count).toBeGreaterThan(20)
})

test('[T6] ... and on 750,000 of one function, in each way to treat BAD and bypassed inputs', {
  timeout: 120_000,
}, () => {
  for (const on_bad of ['vote_trip', 'ignore'] as const)
    for (const on_bypass of ['keep', 'reduce'] as const) {
      const solver = createSolver(oneFunction({ on_bad, on_bypass, dead_band: 1 }))
      const plant = randomPlant(solver, chance(on_bad.length * 101 + on_bypass.length))
      let energised = 0
      for (let i = 0; i < 187_500; i++) {
        solver.scan(plant.inputs, plant.next())
        energised += solver.outputs[0]!
      }
      expect(solver.difference).toBe(-1)
      expect(energised).toBeGreaterThan(1000)
    }
})

// Each flips one bit of what one evaluator remembers, as a radiation fault or a wrong write would.
test('[T6] a flipped bit in the memory of one evaluator takes the outputs off in the scan that shows it', () => {
  const solver = healthy(oneFunction())
  expect(solver.outputs[0]).toBe(1)
  solver.run(1)
  solver.state.latch[0] = 8
  solver.run(1)
  expect(solver.outputs[0]).toBe(0)
  expect(solver.faults & FAULT.disagreement).toBe(FAULT.disagreement)
  // Never forgotten: neither a reset nor time brings the outputs back.
  solver.state.latch[0] = LATCH.normal
  solver.reset()
  solver.run(50)
  expect(solver.outputs[0]).toBe(0)
})

test('[T6] [R-2.4] an exception within the scan takes the outputs off, for good', () => {
  const solver = healthy(oneFunction())
  solver.scan({ ...solver.inputs, counts: undefined as unknown as Int32Array }, solver.now + 1)
  expect(solver.outputs[0]).toBe(0)
  solver.run(20)
  solver.reset()
  solver.run(20)
  expect([solver.outputs[0], solver.faults & FAULT.exception]).toEqual([0, FAULT.exception])
})

// The engine compiles and records on the same heap now and then, and collects: a scan that allocates does so in every window.
test('[T13] a scan allocates nothing: of ten windows of 10,000 scans the calmest grows by less than a byte a scan', {
  timeout: 60_000,
}, () => {
  const solver = createSolver(everything, 64)
  const plant = randomPlant(solver, chance(5))
  let now = 0
  for (let i = 0; i < 30_000; i++) {
    now = plant.next()
    solver.scan(plant.inputs, now)
  }
  const grown: number[] = []
  for (let window = 0; window < 10; window++) {
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 10_000; i++) solver.scan(plant.inputs, ++now)
    grown.push(process.memoryUsage().heapUsed - before)
  }
  // Where the heap shrank it was collected: such a window tells nothing.
  expect(Math.min(...grown.filter((bytes) => bytes >= 0)) / 10_000).toBeLessThan(1)
})
