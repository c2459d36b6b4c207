/**
 * The product's strategy against every disturbance: 48 h, converged scheme, several seeds each, as a table for docs.
 */
import { readInstruments, readStart } from '../../cli/plant-files.ts'
import { withStart } from '../../cli/starts.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig } from '../../plant-sim/core/rig.ts'
import type { RunRecord } from '../../simulation/run/record.ts'
import { createRun } from '../../simulation/run/run.ts'

export interface SurvivalRow {
  readonly disturbance: string
  readonly survived: number
  readonly seeds: number
  /** Mean of the runs, $/h. */
  readonly cost_per_h: number
  /** Nearest approach to the pressure limit over all seeds, kPa gauge. */
  readonly pressure_kPag_max: number
  /** Smallest margin to a shutdown of a level, % of its normal band. */
  readonly level_margin_pct: number
  readonly level_margin_where: string
  readonly temperature_degC_max: number
  readonly travel_pct_h: number
  readonly trips: readonly string[]
}

const ONSET_S = 8 * 3600

/** Strategy and plant files, read once: every run of a campaign is of the same strategy. */
async function prepare(start: string) {
  const built = await buildStrategy('tennessee-eastman')
  if ('faults' in built)
    throw new Error(`the strategy has ${built.faults.length} faults: flyball check tennessee-eastman`)
  const instruments = readInstruments(built.folder)
  const values = readStart(built.folder, start, built.artifact)
  if (!('ok' in instruments) || !('ok' in values))
    throw new Error("the plant's files have faults: flyball build says which")
  return { artifact: withStart(built.artifact, values.ok), instruments: instruments.ok, start }
}

export type Prepared = Awaited<ReturnType<typeof prepare>>

/** One run of the strategy with a disturbance from 8 h on; `none`: undisturbed. */
export function disturbedRun(prepared: Prepared, disturbance: string, seed: number, hours: number): RunRecord {
  const { artifact, instruments, start } = prepared
  const plant = createFieldPlant('tennessee-eastman', { scheme: 'converged', seed, start })
  const run = createRun({
    artifact,
    rig: createRig(plant, instruments, { seed, step_ms: 1000 }),
    hours,
    start,
    seed,
    sample_s: 600,
    actions:
      disturbance === 'none'
        ? []
        : [
            {
              at_s: ONSET_S,
              event: { kind: 'disturbance', text: disturbance },
              act: ({ rig }) => rig.plant.setDisturbance(disturbance, true),
            },
          ],
  })
  while (!run.done) run.advance(10_000)
  return run.record()
}

export function survivalRow(disturbance: string, runs: readonly RunRecord[]): SurvivalRow {
  const margins = runs.flatMap((run) => run.margins)
  const worst = (name: string): number =>
    Math.max(...margins.filter((m) => m.name === name && m.side === 'high').map((m) => m.worst))
  const levels = margins
    .filter((m) => m.name.includes('level'))
    .map((m) => {
      const other = margins.find((o) => o.name === m.name && o.side !== m.side)!
      return { where: `${m.name} ${m.side}`, pct: (100 * m.margin) / Math.abs(m.normal - other.normal) }
    })
    .sort((a, b) => a.pct - b.pct)
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
  return {
    disturbance,
    survived: runs.filter((run) => run.trip === null).length,
    seeds: runs.length,
    cost_per_h: mean(runs.map((run) => run.cost.mean_per_h)),
    pressure_kPag_max: worst('reactor pressure'),
    level_margin_pct: levels[0]!.pct,
    level_margin_where: levels[0]!.where,
    temperature_degC_max: worst('reactor temperature'),
    travel_pct_h: mean(runs.map((run) => run.valves.reduce((sum, v) => sum + v.travel_pct, 0) / (run.ran_s / 3600))),
    trips: runs.flatMap((run) =>
      run.trip === null ? [] : [`seed ${run.seed}: ${run.trip.cause} at ${(run.trip.at_s / 3600).toFixed(2)} h`],
    ),
  }
}

export function renderRow(row: SurvivalRow): string {
  return `| ${row.disturbance} | ${row.survived}/${row.seeds} | ${row.cost_per_h.toFixed(1)} | ${row.pressure_kPag_max.toFixed(0)} | ${row.temperature_degC_max.toFixed(2)} | ${row.level_margin_pct.toFixed(0)} % ${row.level_margin_where} | ${row.travel_pct_h.toFixed(0)} |${row.trips.length > 0 ? ` ${row.trips.join('; ')}` : ''}`
}

/** Prints the table; answers the number of runs that ended in a shutdown. */
export async function survivalCampaign(seeds: readonly number[], hours: number): Promise<number> {
  process.stdout.write(
    `${hours} h, converged scheme, start mode 1, disturbance from 8 h on, seeds ${seeds.join(' ')}\n\n`,
  )
  process.stdout.write(
    '| disturbance | survived | cost, $/h | highest pressure, kPa g | highest temperature, degC | smallest level margin | valve travel, %/h |\n',
  )
  process.stdout.write('|---|---|---|---|---|---|---|\n')
  const prepared = await prepare('mode1')
  let trips = 0
  for (const disturbance of ['none', ...Array.from({ length: 20 }, (_, i) => `IDV${i + 1}`)]) {
    const runs: RunRecord[] = []
    for (const seed of seeds) runs.push(disturbedRun(prepared, disturbance, seed, hours))
    const row = survivalRow(disturbance, runs)
    trips += row.seeds - row.survived
    process.stdout.write(`${renderRow(row)}\n`)
  }
  return trips
}
