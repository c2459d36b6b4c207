import { expect, test } from 'vitest'
import { LATCH } from '../core/codes.ts'
import { createInputs } from '../core/inputs.ts'
import { loadSolver } from '../core/snapshot.ts'
import { createSolver } from '../core/solver.ts'
import { initialState, PREPARATION_SCANS } from './initial-state.ts'
import { tennessee } from './testing/tennessee.ts'

test('a simulation begins with every effect NORMAL, and the first scan on a healthy plant moves nothing and alarms nothing', () => {
  const config = tennessee()
  const solver = createSolver(config)
  loadSolver(solver, initialState(config, PREPARATION_SCANS)!)
  const inputs = createInputs(config)
  // The base case of the plant in counts, which is not what the preparation assumed.
  inputs.counts.set([...Array(3).fill(52_500), ...Array(3).fill(40_896), ...Array(3).fill(31_700)])
  inputs.counts.set([...Array(3).fill(41_000), ...Array(3).fill(29_000), ...Array(3).fill(35_000)], 9)
  inputs.contacts.set([1, 1, 1, 0, 0, 0])
  for (const [i, e] of config.elements.entries()) {
    inputs.open[i] = e.energised === 'open' ? 1 : 0
    inputs.closed[i] = e.energised === 'open' ? 0 : 1
  }
  for (let n = 1; n <= 100; n++) {
    inputs.frame = 1
    inputs.seq = 1000 + n
    solver.scan(inputs, PREPARATION_SCANS + n)
    expect(solver.faults).toBe(0)
    expect([...solver.outputs]).toEqual(Array(11).fill(1))
  }
  expect([...solver.state.latch]).toEqual(Array(8).fill(LATCH.normal))
  expect([...solver.diagnostics.alarms].every((a) => a === 0)).toBe(true)
})

test('a trip after it is a trip', () => {
  const config = tennessee()
  const solver = createSolver(config)
  loadSolver(solver, initialState(config, PREPARATION_SCANS + 77)!)
  const inputs = createInputs(config)
  inputs.frame = 1
  inputs.seq = 9
  inputs.counts.fill(30_000)
  inputs.counts.set([60_000, 60_000, 52_000])
  inputs.contacts.set([1, 1, 1, 0, 0, 0])
  solver.scan(inputs, PREPARATION_SCANS + 78)
  expect([...solver.outputs.subarray(0, 4)]).toEqual([0, 0, 0, 0])
})
