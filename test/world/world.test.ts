import { describe, expect, test } from 'vitest'
import { MUTANTS } from '../../simulation/world/mutants.ts'
import { runWorld } from '../../simulation/world/world.ts'

// A pair, its field-io, a device and operators under seeded faults: a minute of chaos, half a minute to heal, per seed.
// A failure prints its seeds; `npm run campaign -- world` runs more of them.
const SEEDS = 150
const MUTANT_SEEDS = 100

test('[EX-1..12] 150 seeds of faults break no rule of the execution model', () => {
  const failed: string[] = []
  let commands = 0
  let judged = 0
  let flips = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, counters } = runWorld(seed, { first: true })
    commands += counters['applied']!
    judged += counters['judged']!
    flips += counters['flips']!
    for (const { at_ms, invariant, text } of violations)
      failed.push(`seed ${seed} at ${at_ms} ms: ${invariant}: ${text}`)
  }
  expect(failed).toEqual([])
  // A world in which nothing happens would keep every rule.
  expect(commands).toBeGreaterThan(10_000)
  expect(judged).toBeGreaterThan(30_000)
  expect(flips).toBeGreaterThan(50)
})

test('the same seed gives the same world', () => {
  expect(runWorld(7)).toEqual(runWorld(7))
  expect(runWorld(8).digest).not.toBe(runWorld(7).digest)
})

describe('each planted bug is found', () => {
  test.for(MUTANTS)('[EX-$rule] $name', (mutant) => {
    let found = 0
    for (let seed = 1; seed <= MUTANT_SEEDS && found === 0; seed++) {
      if (runWorld(seed, { mutant, first: true }).violations.length > 0) found = seed
    }
    expect(found, `not found in ${MUTANT_SEEDS} seeds`).toBeGreaterThan(0)
  })
})
