/**
 * State file of a solver, for the simulator: a restored run goes on where it was.
 *
 * Never on a plant: what starts in RUN starts tripped, and nothing may be written into it. A solver whose evaluators have differed,
 * or that has met an exception, has no state worth keeping.
 */
import { FAULT } from './codes.ts'
import type { Solver } from './solver.ts'

/** The memory, part by part. The record of events is no part of it: it goes to the journal as it is made. */
export type SolverSnapshot = readonly (readonly number[])[]

type Part = Int32Array | Uint8Array | Float64Array

/** All that is remembered, in its own arrays: what is saved, and what a fault of the memory can change. */
export function memoryOf(solver: Solver): Part[] {
  const { state, second, elements, diagnostics, alarms } = solver
  return [
    state.all,
    second.words,
    second.clock,
    ...[elements, diagnostics, alarms].flatMap((group) => Object.values(group) as Part[]),
  ]
}

export const saveSolver = (solver: Solver): SolverSnapshot => memoryOf(solver).map((part) => Array.from(part))

/** @throws RangeError where the state may not be loaded, or is that of another configuration */
export function loadSolver(solver: Solver, snapshot: SolverSnapshot): void {
  if (solver.config.mode !== 'SIMULATION') throw new RangeError('a state is loaded in SIMULATION only')
  if ((solver.faults & (FAULT.disagreement | FAULT.exception)) !== 0) throw new RangeError('this solver stands')
  const parts = memoryOf(solver)
  if (parts.length !== snapshot.length || parts.some((part, i) => part.length !== snapshot[i]!.length))
    throw new RangeError('the state of another configuration')
  for (const [i, part] of parts.entries()) part.set(snapshot[i]!)
}
