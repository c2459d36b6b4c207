/**
 * Speed of `flyball run` as its users have it: a process of its own, plant, instruments with noise, strategy at 1 s scans,
 * trends. The figure is the command's own, without its start.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import type { BenchRow } from '../row.ts'

const FLYBALL = resolve(import.meta.dirname, '../../../cli/flyball.mjs')
const ROUNDS = 3
const HOURS = 96
const BARS = { compat: 100_000, converged: 20_000 } as const

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

export async function benchRun(): Promise<BenchRow[]> {
  const speeds: Record<keyof typeof BARS, number[]> = { compat: [], converged: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const scheme of ['compat', 'converged'] as const) {
      const run = spawnSync(
        process.execPath,
        [FLYBALL, 'run', 'tennessee-eastman', '--hours', String(HOURS), '--scheme', scheme, '--json'],
        { encoding: 'utf8' },
      )
      if (run.status !== 0) throw new Error(`flyball run ended with ${run.status}: ${run.stderr}`)
      speeds[scheme].push((JSON.parse(run.stdout) as { times_real_time: number }).times_real_time)
    }
  }
  return (['compat', 'converged'] as const).map((scheme) => {
    const value = median(speeds[scheme])
    return {
      name: `flyball run, ${scheme}: plant, noise, strategy, trends`,
      value,
      unit: 'x real time',
      bar: BARS[scheme],
      ok: value >= BARS[scheme],
    }
  })
}
