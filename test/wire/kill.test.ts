import { expect, test } from 'vitest'
import { killRun } from './kill-run.ts'

test('thirty kills of either controller at random phases: no output missed, both the same bit for bit [I1, I3, I8]', async () => {
  const result = await killRun(30, 20_261_122)
  expect(result).toMatchObject({ kills: 30, missed: 0, different: 0 })
  expect(result.ticks).toBeGreaterThan(30 * 30)
  expect(result.compared).toBeGreaterThan(30 * JOINED)
})

/** Before each kill both had answered at least so many frames together. */
const JOINED = 10
