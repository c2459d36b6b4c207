import { expect, test } from 'vitest'
import { createSolver } from '../core/solver.ts'
import { createRunningHash } from './running-hash.ts'
import { tennessee } from './testing/tennessee.ts'

test('[SIS-I11] a change of any word of any constant table of either evaluator changes the hash', () => {
  const solver = createSolver(tennessee())
  const hash = createRunningHash(solver)
  const tables: Record<string, unknown> = { ...solver.tables, constants: solver.second.constants }
  const views = Object.values(tables)
    .flat()
    .filter((v): v is Int32Array => ArrayBuffer.isView(v))
  let words = 0
  let bit = 0
  for (const view of views)
    for (let i = 0; i < view.length; i++) {
      const before = view[i]!
      words++
      // A power of two is exact in a Float64 too, where flipping a bit of the number is not.
      view[i] = view instanceof Float64Array ? before + 2 ** (bit++ % 8) : before ^ (1 << (bit++ % 8))
      if (hash.compute() === hash.expected) throw new Error(`word ${i} of a table of ${view.length} is not in the hash`)
      view[i] = before
    }
  expect(words).toBeGreaterThan(5000)
  expect(hash.compute()).toBe(hash.expected)
})

test('[SIS-I11] plain numbers of the tables count too, and another configuration has another hash', () => {
  const solver = createSolver(tennessee())
  const { expected, compute } = createRunningHash(solver)
  const tables = solver.tables as unknown as Record<string, unknown>
  const names = Object.keys(tables).filter((name) => typeof tables[name] === 'number')
  expect(names.length).toBeGreaterThan(15)
  for (const name of names) {
    const before = tables[name] as number
    tables[name] = before + 1
    expect(compute(), name).not.toBe(expected)
    tables[name] = before
  }
  expect(createRunningHash(createSolver(tennessee({ stale_ms: 600 }))).expected).not.toBe(expected)
})

test('[SIS-T13] the hash allocates nothing', () => {
  const { compute } = createRunningHash(createSolver(tennessee()))
  for (let i = 0; i < 3000; i++) compute()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 2000; i++) compute()
  // What the measurement itself makes is a few kB; one number a round on the heap would be 24 kB and more.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000)
})
