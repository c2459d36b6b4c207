/**
 * The logic solver: one scan, in the fixed order of the requirements.
 *
 * 1 frame, 2 status, 3 comparators, 4 overrides, 5 votes, 6 delays, 7 matrix, 8 latches, 9 sequences, 10 second evaluator and
 * comparison, 11 outputs and heartbeat, 12 alarms and records. A scan allocates nothing and reads no clock. What it cannot
 * judge trips: a disagreement or an exception takes every output off, for good, until the solver is made anew.
 */
import { type Alarms, createAlarms, raiseAlarms } from './alarms.ts'
import { EVENT, FAULT } from './codes.ts'
import { firstDifference } from './compare.ts'
import type { SisConfig } from './config.ts'
import { createDiagnostics, type Diagnostics, diagnose } from './diagnostics.ts'
import { evaluate } from './evaluator.ts'
import { createFinalElements, type FinalElements, watchElements } from './final-elements.ts'
import type { SisInputs } from './inputs.ts'
import { createSecondEvaluator, type SecondEvaluator } from './second/evaluator.ts'
import { createSoe, note, type Soe } from './soe.ts'
import { createState, OWN, type State } from './state.ts'
import { createTables, type Tables } from './tables.ts'

export interface Solver {
  readonly config: SisConfig
  readonly tables: Tables
  readonly state: State
  readonly second: SecondEvaluator
  readonly diagnostics: Diagnostics
  readonly elements: FinalElements
  readonly alarms: Alarms
  readonly soe: Soe
  /** Solenoids, in the order of the configuration's elements: 1 energised. */
  readonly outputs: Uint8Array
  /** One more after each scan that was carried through. */
  heartbeat: number
  /** Faults of the last scan, bits of `FAULT`. */
  faults: number
  /** First word in which the evaluators differed, -1 none. */
  difference: number
  /**
   * @param now_scan - number of the scan, rising; numbers that are left out are scans that were missed
   */
  scan(inputs: SisInputs, now_scan: number): void
}

/** @param config - one that `checkConfig` has found without fault */
export function createSolver(config: SisConfig, soe_capacity = 4096): Solver {
  const tables = createTables(config)
  const state = createState(tables)
  const second = createSecondEvaluator(config)
  const diagnostics = createDiagnostics(tables)
  const elements = createFinalElements(tables)
  const alarms = createAlarms(tables)
  const soe = createSoe(soe_capacity)
  /** Disagreement and exception: never forgotten. */
  let standing = 0

  const solver: Solver = {
    config,
    tables,
    state,
    second,
    diagnostics,
    elements,
    alarms,
    soe,
    outputs: elements.outputs,
    heartbeat: 0,
    faults: FAULT.powerUp,
    difference: -1,
    scan(inputs, now_scan) {
      const before = solver.faults
      try {
        if (!Number.isInteger(now_scan) || now_scan < 0) throw new RangeError('a scan has a number')
        const step = state.own[OWN.started] === 1 ? now_scan - state.own[OWN.last]! : 1
        evaluate(tables, state, inputs, now_scan, standing, soe)
        second.evaluate(inputs, now_scan, standing)
        const difference = firstDifference(state.view, second.view)
        if (difference >= 0 && solver.difference < 0) {
          solver.difference = difference
          standing |= FAULT.disagreement
        }
        // Energised only where both say so, and never after they have differed.
        const allowed = standing === 0 ? state.own[OWN.out]! & second.view[1]! : 0
        solver.faults = state.own[OWN.faults]! | standing
        watchElements(tables, state, elements, inputs, now_scan, allowed, soe)
        diagnose(tables, state, diagnostics, inputs, now_scan, soe)
        raiseAlarms(tables, state, alarms, inputs, now_scan, step, solver.faults, soe)
        solver.heartbeat = (solver.heartbeat + 1) & 0x7fffffff
      } catch {
        standing |= FAULT.exception
        solver.faults = standing
        elements.outputs.fill(0)
      }
      if (solver.faults !== before) note(soe, state.own[OWN.last]!, EVENT.fault, 0, solver.faults, solver.difference)
    },
  }
  return solver
}
