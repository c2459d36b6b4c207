/**
 * Many short runs of both evaluators from scan 0 on, each with its own configuration and seed: what happens in the first scans,
 * while numbers of scans are still small, and in settings that no hand would write.
 */
import { firstDifference } from '../compare.ts'
import type { SisConfig } from '../config.ts'
import { evaluate } from '../evaluator.ts'
import { createSecondEvaluator } from '../second/evaluator.ts'
import { createSoe } from '../soe.ts'
import { createState } from '../state.ts'
import { createTables } from '../tables.ts'
import { edgePlant } from './edge-plant.ts'

/** What was different and where, or nothing. */
export function compareFromScanZero(config: SisConfig, seed: number, scans: number): string | undefined {
  const tables = createTables(config)
  const state = createState(tables)
  const second = createSecondEvaluator(config)
  const soe = createSoe(16)
  const plant = edgePlant(config, seed)
  for (let i = 0; i < scans; i++) {
    // A piece begins at scan 0, and its first gaps are those of the plant.
    const now = plant.next() - 1
    evaluate(tables, state, plant.inputs, now, 0, soe)
    second.evaluate(plant.inputs, now, 0)
    const at = firstDifference(state.view, second.view)
    if (at >= 0) return `seed ${seed}, scan ${now}, word ${at}: ${state.view[at]} and ${second.view[at]}`
  }
  return undefined
}
