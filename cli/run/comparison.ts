/**
 * Runs beside each other: the figures an engineer judges them by, and the same trends on one scale.
 */

import { escapeHtml } from '../../protocols/core/html.ts'
import type { Margin, RunRecord } from '../../simulation/run/record.ts'
import { type Pen, renderChart } from './chart.ts'
import { hasPrices, REPORT_STYLE, table } from './report.ts'
import type { StoredRun } from './run-file.ts'

export interface Comparison {
  readonly names: readonly string[]
  readonly rows: readonly ComparisonRow[]
}

export interface ComparisonRow {
  readonly what: string
  readonly unit: string
  /** One per run; NaN where a run has no such figure. */
  readonly values: readonly number[]
  readonly decimals: number
}

const COLORS = ['#0B5FA5', '#8A4B00', '#00695C', '#6A1B7A', '#4E5A00', '#8C1D5A']
export const RUNS_MAX = COLORS.length

export function compareRuns(runs: readonly StoredRun[]): Comparison {
  const rows: ComparisonRow[] = []
  const row = (what: string, unit: string, decimals: number, of: (run: StoredRun) => number): void => {
    rows.push({ what, unit, decimals, values: runs.map(of) })
  }
  row('ran', 'h', 3, ({ run }) => run.ran_s / 3600)
  row('shut down at', 'h', 3, ({ run }) => (run.trip === null ? Number.NaN : run.trip.at_s / 3600))
  const priced = runs.some((r) => hasPrices(r.run))
  if (priced) row('mean cost', '$/h', 1, ({ run }) => run.cost.mean_per_h)
  if (priced) row('total cost', '$', 0, ({ run }) => run.cost.total)
  row('valve travel', '%/h', 1, ({ run }) => travel(run) / (run.ran_s / 3600))
  row('reversals of valves', '', 0, ({ run }) => run.valves.reduce((sum, v) => sum + v.reversals, 0))
  row('alarm events', '', 0, ({ run }) => run.events.filter((e) => e.kind === 'alarm').length)
  row('commands of operators', '', 0, ({ run }) => run.events.filter((e) => e.kind === 'command').length)
  if (runs.some((r) => r.score !== null)) row('score', 'points', 1, ({ score }) => score?.score ?? Number.NaN)
  for (const { what, unit } of union(runs, ({ run }) => run.margins.map((m) => ({ what: nameOf(m), unit: m.unit })))) {
    const margin = (r: StoredRun): Margin | undefined => r.run.margins.find((m) => nameOf(m) === what)
    row(`margin to shutdown, ${what}`, unit, 2, (r) => margin(r)?.margin ?? Number.NaN)
    row(`outside normal, ${what}`, 'min', 1, (r) => (margin(r)?.outside_normal_s ?? Number.NaN) / 60)
  }
  for (const { what } of union(runs, ({ run }) => run.valves.map((v) => ({ what: v.tag, unit: '%' }))))
    row(`travel of ${what}`, '%', 1, ({ run }) => run.valves.find((v) => v.tag === what)?.travel_pct ?? Number.NaN)
  return { names: runs.map((r) => r.name), rows }
}

/** As lines for a terminal. */
export function comparisonText({ names, rows }: Comparison): string {
  const cells = [
    ['', ...names, ''],
    ...rows.map((r) => [r.what, ...r.values.map((v) => figure(v, r.decimals)), r.unit]),
  ]
  const widths = cells[0]!.map((_, c) => Math.max(...cells.map((line) => line[c]!.length)))
  return cells
    .map((line) =>
      line
        .map((cell, c) => (c === 0 || c === line.length - 1 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** One HTML file: no script, no other file, printable. */
export function renderComparison(runs: readonly StoredRun[]): string {
  const { names, rows } = compareRuns(runs)
  const first = runs[0]!
  const legend = names
    .map(
      (name, i) =>
        `<li><span style="color:${COLORS[i]}">&#9632;</span> ${escapeHtml(name)}: ${escapeHtml(words(runs[i]!.run))}</li>`,
    )
    .join('\n')
  const head = ['', 'unit', ...names, ...(runs.length === 2 ? ['difference'] : [])]
  const body = rows.map((r) => [
    r.what,
    r.unit,
    ...r.values.map((v) => figure(v, r.decimals)),
    ...(runs.length === 2 ? [figure(r.values[1]! - r.values[0]!, r.decimals)] : []),
  ])
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Comparison of runs</title><style>${REPORT_STYLE}ul{list-style:none;padding:0}</style></head><body>
<h1>Comparison of ${runs.length} runs</h1>
<ul>
${legend}
</ul>
<h2>Figures</h2>
${table(head, body)}
<h2>Main variables</h2><div class="charts">
${plots(runs, first, true)}
</div>
<h2>Everything else</h2><div class="charts">
${plots(runs, first, false)}
</div>
</body></html>
`
}

/** Trends that the first run has, with what the others have of them; times differ by run, so each is put on the first one's. */
function plots(runs: readonly StoredRun[], first: StoredRun, main: boolean): string {
  const longest = runs.reduce((a, b) => (b.run.t_s.length > a.run.t_s.length ? b : a))
  const t_s = longest.run.t_s
  const t_h = t_s.map((t) => t / 3600)
  return first.run.columns
    .filter((c) => c.main === main && !c.key.endsWith('.SP'))
    .filter((c) => c.key !== 'cost' || runs.some((r) => hasPrices(r.run)))
    .map((c) => {
      const pens = runs.flatMap(({ run }, i): Pen[] => {
        const at = run.columns.findIndex((other) => other.key === c.key)
        return at < 0 ? [] : [{ color: COLORS[i]!, values: onTimes(t_s, run, run.values[at]!) }]
      })
      const limits = c.limits.map(({ name, value }) => ({ label: name, value }))
      return renderChart({ title: c.label, unit: c.unit, decimals: c.decimals, t_h, pens, limits, marks: [] })
    })
    .join('\n')
}

/** The last sample at or before each time; NaN behind the end of the run. */
function onTimes(t_s: Float64Array, run: RunRecord, values: Float64Array): Float64Array {
  const end_s = run.t_s.at(-1) ?? 0
  let k = 0
  return t_s.map((t) => {
    while (k + 1 < run.t_s.length && run.t_s[k + 1]! <= t) k++
    return t > end_s ? Number.NaN : values[k]!
  })
}

function union(runs: readonly StoredRun[], of: (run: StoredRun) => { what: string; unit: string }[]) {
  return [...new Map(runs.flatMap(of).map((each) => [each.what, each])).values()]
}

const nameOf = (m: Margin): string => `${m.name} ${m.side}`
const travel = (run: RunRecord): number => run.valves.reduce((sum, v) => sum + v.travel_pct, 0)
const figure = (value: number, decimals: number): string => (Number.isFinite(value) ? value.toFixed(decimals) : '-')
const words = (run: RunRecord): string =>
  `${run.strategy} (${run.artifact.slice(0, 12)}), ${run.plant}, start ${run.start}, seed ${run.seed}, ${(run.ran_s / 3600).toFixed(2)} h${run.trip === null ? '' : `, shut down: ${run.trip.cause}`}`
