/** `npm run oracles -- --only shutdown-protected`: the hazard table with the safety system in service, as tables of docs/plant. */
import { loadSisPlant } from '../../cli/sis/test-plant.ts'
import { hazardsOf } from '../../simulation/sis/hazards.ts'
import { damaged, type Extreme, type ProtectedRow, protectedRow, strategyRow } from './tep-protected.ts'
import { HAZARDS, type HazardName } from './tep-shutdown.ts'

const AFTER_S = 1800
const NEVER_S = 10_800
/** Halving the steps may move a peak by this share of its limit. */
const BAR_STEP = 0.001

/** @returns rows with damage, or whose peaks depend on the step */
export async function protectedReport(print: (text: string) => void): Promise<number> {
  const plant = await loadSisPlant('tennessee-eastman')
  if ('wrong' in plant) throw new Error(plant.wrong.join('\n'))
  const { config } = plant
  let bad = 0
  const table = (title: string, rows: Iterable<ProtectedRow>): void => {
    print(`\n### ${title}\n\n`)
    print(`| Initiating event | Functions, active at s | ${NAMES.join(' | ')} | Logged in 30 min |\n`)
    print(`|---|---|${NAMES.map(() => '---|').join('')}---|\n`)
    for (const row of rows) {
      if (damaged(row)) bad++
      print(`${line(row)}\n`)
    }
  }
  const options = { after_s: AFTER_S, never_s: NEVER_S }
  table('Under the published loops, from the base case', published(config, options))
  for (const start of ['base', 'mode1'])
    table(
      `Under the product's strategy, from ${start}`,
      (function* () {
        for (const hazard of hazardsOf(config.id)) yield strategyRow(plant, start, hazard, options)
      })(),
    )

  // At these states the model takes the whole macro-step of 0.1 s: a twentieth of its bound is 0.05 s.
  print('\nSub-steps of 0.05 s in place of 0.1 s, published loops: largest move of a peak, as a share of its limit\n\n')
  for (const name of ['Reactor CW fails shut', 'A/C feed wide open', 'Recycle valve wide open'] as const) {
    const [full, half] = [1, 20].map((refine) => protectedRow(config, name, { ...options, after_s: 300, refine }))
    const moved = Math.max(...full!.extremes.map((e, i) => Math.abs(e.most - half!.extremes[i]!.most) / e.limit_hi))
    if (!(moved <= BAR_STEP)) bad++
    print(`- ${name}: ${moved.toExponential(0)}\n`)
  }
  return bad
}

function* published(
  config: Parameters<typeof protectedRow>[0],
  options: Parameters<typeof protectedRow>[2],
): Generator<ProtectedRow> {
  for (const name of Object.keys(HAZARDS) as HazardName[]) yield protectedRow(config, name, options)
}

const NAMES = [
  'P, kPa g (3000)',
  'T, degC (175)',
  'reactor, m3 (2, 24)',
  'separator, m3 (1, 12)',
  'stripper, m3 (1, 8)',
]
/** In the order of NAMES. */
const ORDER = ['reactor pressure', 'reactor temperature', 'reactor level', 'separator level', 'stripper level']

function line(row: ProtectedRow): string {
  const trips = row.trips.map((t) => `${t.cause} ${t.at_s.toFixed(0)}`).join(', ') || 'none'
  const cells = ORDER.map((name) => cellOf(row.extremes.find((e) => e.name === name)!))
  const logged = row.events.map((e) => `${e.kind}: ${e.cause}`).join('; ') || 'nothing'
  return `| ${row.hazard} | ${trips} | ${cells.join(' | ')} | ${logged} |`
}

/** Peak, when, and what is left to the limit; levels on both sides. */
function cellOf(e: Extreme): string {
  const digits = e.limit_hi > 1000 ? 0 : e.limit_hi > 100 ? 1 : 2
  const high = `${e.most.toFixed(digits)} at ${e.most_at_s.toFixed(0)} s, ${(e.limit_hi - e.most).toFixed(digits)} left`
  if (!Number.isFinite(e.limit_lo)) return high
  return `${e.least.toFixed(digits)} to ${e.most.toFixed(digits)}, ${(e.least - e.limit_lo).toFixed(digits)} and ${(e.limit_hi - e.most).toFixed(digits)} left`
}
