/**
 * `npm run campaign -- sis-demands`: seeded demands on the safety system, each with one random fault, and how many were missed.
 */
import { appendFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { loadSisPlant } from '../../cli/sis/test-plant.ts'
import { createDemands, type Demands, findSites, type Site, type Trial } from '../../simulation/sis/demands.ts'
import { drivesOf, type Hazard, hazardsOf } from '../../simulation/sis/hazards.ts'
import type { SisLoop } from '../../simulation/sis/sis-loop.ts'

export interface DemandTable {
  readonly trials: number
  readonly demands: number
  readonly missed: number
  /** With damage; of these, and of the trials, with a second initiating event. */
  readonly damaged: number
  readonly second: {
    readonly trials: number
    readonly demands: number
    readonly early: number
    readonly damaged: number
  }
  readonly early: number
  readonly differed: number
  readonly worst_s: ReadonlyMap<string, number>
  readonly by: ReadonlyMap<string, { readonly demands: number; readonly missed: number }>
  readonly failures: readonly Trial[]
}

/** By plant; modes 2, 5 and 6 are neighbours of the first's, a boiler on standby has no fire to lose. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  'tennessee-eastman': ['base', 'mode1', 'mode3', 'mode4'],
  boiler: ['half', 'full'],
}
/** Events that take more than an hour to a trip. */
const SLOW: ReadonlySet<string> = new Set(['E feed wide open', 'D feed wide open'])
/** From the settled plant, s. */
const SETTLE_S = 30

/** The hazard table, and what brings each cause about alone. */
const eventsOf = (plant: string): Hazard[] => {
  const table = hazardsOf(plant)
  const more = Object.values(drivesOf(plant)).filter(
    (d) =>
      !table.some(
        (h) =>
          JSON.stringify(h.valves) === JSON.stringify(d.valves) && (h.blind === undefined) === (d.blind === undefined),
      ),
  )
  return [...table, ...more]
}

/** Sites of a plant, from the starts and events that are asked for. */
export async function prepareDemands(
  plant_name: string,
  starts: readonly string[] | undefined,
  keep: (hazard: Hazard) => boolean = () => true,
  after_s?: number,
): Promise<Demands & { readonly sites: readonly Site[] }> {
  const plant = await loadSisPlant(plant_name)
  if ('wrong' in plant) throw new Error(plant.wrong.join('\n'))
  const loops = new Map<string, SisLoop>()
  const sites: Site[] = []
  for (const start of starts ?? plant.starts) {
    const loop = plant.loop({ seed: 1, start })
    loop.advance(SETTLE_S / loop.scan_s)
    loops.set(start, loop)
    sites.push(...findSites(plant.config, loop, start, eventsOf(plant.config.id).filter(keep)))
  }
  return { ...createDemands(plant.config, loops, sites, after_s), sites }
}

/** Adds trials up as they come. */
export function createDemandTable(): { add(trial: Trial): void; table(): DemandTable } {
  const by = new Map<string, { demands: number; missed: number }>()
  const worst = new Map<string, number>()
  const failures: Trial[] = []
  const second = { trials: 0, demands: 0, early: 0, damaged: 0 }
  let [trials, demands, missed, damaged, early, differed] = [0, 0, 0, 0, 0, 0]
  return {
    add(trial) {
      trials++
      const lost = trial.demands.filter((d) => d.missed).length
      demands += trial.demands.length
      missed += lost
      if (trial.damaged !== null) damaged++
      if (trial.second_event) {
        second.trials++
        second.demands += trial.demands.length
        if (trial.early) second.early++
        if (trial.damaged !== null) second.damaged++
      }
      if (trial.early) early++
      if (trial.differed) differed++
      if ((lost > 0 || trial.damaged !== null) && failures.length < 50) failures.push(trial)
      for (const d of trial.demands) if (!d.missed) worst.set(d.cause, Math.max(worst.get(d.cause) ?? 0, d.response_s))
      for (const key of [`fault ${trial.fault_kind}`, `control system ${trial.control}`, `event ${trial.hazard}`]) {
        const row = by.get(key) ?? { demands: 0, missed: 0 }
        by.set(key, { demands: row.demands + trial.demands.length, missed: row.missed + lost })
      }
    },
    table: () => ({
      trials,
      demands,
      missed,
      damaged,
      second: { ...second },
      early,
      differed,
      worst_s: worst,
      by,
      failures,
    }),
  }
}

/** @returns true where nothing was missed and nothing damaged */
export async function demandsCampaign(
  plant: string,
  wanted: number,
  first_seed: number,
  after_s?: number,
  log?: string,
): Promise<boolean> {
  const prepared = await prepareDemands(plant, STARTS[plant], ({ name }) => !SLOW.has(name), after_s)
  // Hours of it run beside other work.
  setPriority(constants.priority.PRIORITY_LOW)
  const sum = createDemandTable()
  process.stdout.write(`${prepared.sites.length} sites, seeds from ${first_seed} on\n`)
  const began_ms = performance.now()
  for (let seed = first_seed; demandsOf(sum.table()) < wanted; seed++) {
    sum.add(prepared.trial(seed))
    if ((seed - first_seed + 1) % 1000 !== 0) continue
    const { trials, second, missed, damaged } = sum.table()
    const line = `${trials} trials, ${demandsOf(sum.table())} + ${second.demands + second.early} demands, ${missed} missed, ${damaged - second.damaged} + ${second.damaged} damaged, ${((performance.now() - began_ms) / 1000).toFixed(0)} s\n`
    process.stdout.write(line)
    if (log !== undefined) appendFileSync(log, `${JSON.stringify(plain(sum.table(), first_seed, seed))}\n`)
  }
  process.stdout.write(renderDemands(sum.table()))
  const { missed, damaged, second } = sum.table()
  return missed === 0 && damaged === second.damaged
}

/** Demands of one initiating event, those that were met early among them. */
export const demandsOf = ({ demands, early, second }: DemandTable): number =>
  demands + early - second.demands - second.early

const plain = (table: DemandTable, first: number, last: number): object => ({
  first,
  last,
  ...table,
  worst_s: Object.fromEntries(table.worst_s),
  by: Object.fromEntries(table.by),
})

export function renderDemands(table: DemandTable): string {
  const { trials, demands, missed, damaged, second, early, differed, worst_s, by, failures } = table
  const lines = [
    `One initiating event: ${trials - second.trials} trials, ${demandsOf(table)} demands (the process beyond the trip in ${demands - second.demands}), ${damaged - second.damaged} with damage.`,
    `The control system a second one: ${second.trials} trials, ${second.demands + second.early} demands, ${second.damaged} with damage.`,
    `${missed} missed. ${early} were met before the process was beyond the trip. The evaluators differed in ${differed}.`,
    '',
    '| cause | slowest answer, s |',
    '|---|---|',
    ...[...worst_s].sort().map(([cause, s]) => `| ${cause} | ${s.toFixed(1)} |`),
    '',
    '| with | demands | missed |',
    '|---|---|---|',
    ...[...by].sort().map(([key, row]) => `| ${key} | ${row.demands} | ${row.missed} |`),
    '',
    ...failures.map((t) => JSON.stringify(t)),
  ]
  return `${lines.join('\n')}\n`
}
