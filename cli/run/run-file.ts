/**
 * A run as a JSON file, for a comparison later: everything that the report shows.
 */
import { readFileSync } from 'node:fs'
import type { ScoreSheet } from '../../plant-sim/core/scenario/score.ts'
import type { RunRecord } from '../../simulation/run/record.ts'

export interface StoredRun {
  /** How tables and plots call it. */
  readonly name: string
  readonly run: RunRecord
  readonly score: ScoreSheet | null
}

const FORMAT = 'flyball-run-1'

/** JSON knows no NaN: a gap in a trend is null. */
export function renderRunFile({ name, run, score }: StoredRun): string {
  const numbers = (values: Float64Array): (number | null)[] => Array.from(values, (v) => (Number.isNaN(v) ? null : v))
  return JSON.stringify({
    format: FORMAT,
    name,
    score,
    run: { ...run, t_s: Array.from(run.t_s), values: run.values.map(numbers) },
  })
}

/** @throws Error where the file is not there or is no run */
export function readRunFile(path: string): StoredRun {
  let found: { format?: unknown; name: string; score: ScoreSheet | null; run: RunRecord }
  try {
    found = JSON.parse(readFileSync(path, 'utf8')) as typeof found
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}, expected a run that flyball run --out FILE.json wrote`)
  }
  if (found.format !== FORMAT)
    throw new Error(`${path}: found format ${JSON.stringify(found.format) ?? 'none'}, expected ${FORMAT}`)
  const { run } = found
  return {
    name: found.name,
    score: found.score,
    run: {
      ...run,
      t_s: Float64Array.from(run.t_s),
      values: run.values.map((values) =>
        Float64Array.from(values as unknown as ArrayLike<number | null>, (v) => v ?? Number.NaN),
      ),
      margins: run.margins.map((m) => ({ ...m, normal: m.normal ?? Number.POSITIVE_INFINITY })),
    },
  }
}
