import { expect, test } from 'vitest'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { createEngine } from '../../controller/core/engine.ts'
import { TICK_MS, type WorldPlant } from '../../simulation/world/plant.ts'
import { runWorld } from '../../simulation/world/world.ts'

const SEEDS = 20

/** The bench's strategy, compiled from its files, with the world's device in the place of the bench. */
async function bench(): Promise<WorldPlant> {
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error(JSON.stringify(built.faults))
  const { artifact } = built
  return {
    // The world's tick is 100 ms; blocks count in the ticks they were compiled for.
    artifact: { ...artifact, tick_ms: TICK_MS },
    create: () => createEngine(artifact),
    input_lo: 4,
    input_hi: 20,
    fail_value: 4,
    operators: undefined,
  }
}

test('[EX-1..12] a pair with a compiled strategy stays equal to a third one that nothing happens to', async () => {
  const plant = await bench()
  const failed: string[] = []
  let writes = 0
  let judged = 0
  let epochs = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, counters } = runWorld(seed, { plant, first: true, chaos_ms: 30_000 })
    writes += counters['writes']!
    judged += counters['judged']!
    epochs += counters['epochs']!
    for (const { at_ms, invariant, text } of violations)
      failed.push(`seed ${seed} at ${at_ms} ms: ${invariant}: ${text}`)
  }
  expect(failed).toEqual([])
  // Something was controlled, and something happened to it.
  expect(writes).toBeGreaterThan(SEEDS * 200)
  expect(judged).toBeGreaterThan(SEEDS * 100)
  expect(epochs).toBeGreaterThan(SEEDS)
})
