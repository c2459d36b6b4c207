/**
 * The report of a run as one HTML file: no script, no other file, printable.
 */

import { escapeHtml } from '../../protocols/core/html.ts'
import type { RunColumn, RunRecord } from '../../simulation/run/record.ts'
import { renderChart } from './chart.ts'

export const REPORT_STYLE = `
body{font:14px/1.45 system-ui,sans-serif;color:#1b1f23;background:#f1f2f3;max-width:1500px;margin:24px auto;padding:0 24px}
h1{font-size:22px}h2{font-size:17px;margin-top:28px}
table{border-collapse:collapse;background:#fff}td,th{border:1px solid #c6cace;padding:4px 10px;text-align:right;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left}.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(560px,1fr));gap:12px}
svg{background:#fff;border:1px solid #c6cace;width:100%}.t{font:600 13px system-ui}.u,.a{font:11px system-ui;fill:#42484e}
.f{fill:#e6e8ea}.g{stroke:#fff}.l{stroke:#1b1f23;stroke-dasharray:6 4}.m{stroke:#42484e;stroke-dasharray:2 3}
.verdict{padding:10px 14px;background:#fff;border-left:6px solid #1b1f23}@media print{body{background:#fff}}
`

/** A plant whose model has no prices costs nothing all the time: there is nothing to be shown. */
export const hasPrices = (run: Pick<RunRecord, 'cost'>): boolean => run.cost.total !== 0

const hours = (s: number): string => `${(s / 3600).toFixed(3)} h`

/** @param score - HTML of the score sheet, where the run had a scenario */
export function renderReport(run: RunRecord, score = ''): string {
  const verdict =
    run.trip === null
      ? `Ran ${hours(run.ran_s)} without a shutdown of the plant.`
      : `The plant shut down after ${hours(run.trip.at_s)}: ${run.trip.cause}.`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(run.strategy)}: run report</title><style>${REPORT_STYLE}</style></head><body>
<h1>${escapeHtml(run.strategy)}</h1>
<p class="verdict"><b>${escapeHtml(verdict)}</b>${hasPrices(run) ? ` Mean cost ${run.cost.mean_per_h.toFixed(1)} $/h, total ${run.cost.total.toFixed(0)} $.` : ''}</p>
<p>Plant ${escapeHtml(run.plant)} (${escapeHtml(run.scheme)}), start ${escapeHtml(run.start)}, seed ${run.seed}, ${run.hours} h asked,
${run.scans} scans; strategy ${escapeHtml(run.artifact.slice(0, 12))}.</p>
${score}
<h2>Main variables</h2><div class="charts">
${charts(run, (c) => c.main)}
</div>
<h2>Margins to shutdown</h2>
${table(
  ['', 'unit', 'normal limit', 'shutdown', 'nearest', 'at', 'margin', 'outside normal'],
  run.margins.map((m) => [
    `${m.name}, ${m.side}`,
    m.unit,
    Number.isFinite(m.normal) ? m.normal.toFixed(1) : '-',
    m.trip.toFixed(1),
    m.worst.toFixed(2),
    hours(m.worst_at_s),
    m.margin.toFixed(2),
    m.outside_normal_s === 0 ? '-' : hours(m.outside_normal_s),
  ]),
)}
<h2>Valves</h2>
${table(
  ['', 'travel, %', 'travel, %/h', 'reversals', 'lowest, %', 'highest, %'],
  run.valves.map((v) => [
    v.tag,
    v.travel_pct.toFixed(1),
    (v.travel_pct / (run.ran_s / 3600)).toFixed(1),
    String(v.reversals),
    v.position_pct_min.toFixed(1),
    v.position_pct_max.toFixed(1),
  ]),
)}
<div class="charts">
${charts(run, (c) => !c.key.includes('.') && !c.main)}
</div>
<h2>What happened</h2>
${table(
  ['at', 'what', ''],
  run.events.map((event) => [hours(event.at_s), event.kind, event.text]),
)}
<h2>Everything else</h2><div class="charts">
${charts(run, (c) => c.key.includes('.') && !c.main)}
</div>
</body></html>
`
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><tr>${head.map((h) => `<th>${escapeHtml(h)}</th>`).join('')}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n')}</table>`

const PV = '#0B5FA5'
const SP = '#8A4B00'
const OUT = '#37474F'

/** One chart per tag of those that `wanted` picks: its PV and set point together; what belongs to no tag by itself. */
function charts(run: RunRecord, wanted: (column: RunColumn) => boolean): string {
  const t_h = run.t_s.map((t) => t / 3600)
  const marks = run.events
    .filter((event) => event.kind === 'disturbance' || event.kind === 'fault' || event.kind === 'trip')
    .slice(0, 12)
    .map((event) => ({ t_h: event.at_s / 3600, label: event.text.split(' ')[0]! }))
  const column = new Map(run.columns.map((c, i) => [c.key, i]))
  return run.columns
    .flatMap((c, i) => {
      if (c.key.endsWith('.SP') || (c.key === 'cost' && !hasPrices(run)) || !wanted(c)) return []
      const pens = [{ color: c.key.endsWith('.PV') ? PV : OUT, values: run.values[i]! }]
      const sp = c.key.endsWith('.PV') ? column.get(c.key.replace(/\.PV$/, '.SP')) : undefined
      if (sp !== undefined) pens.unshift({ color: SP, values: run.values[sp]! })
      const limits = c.limits.map(({ name, value }) => ({ label: name, value }))
      return renderChart({ title: c.label, unit: c.unit, decimals: c.decimals, t_h, pens, limits, marks })
    })
    .join('\n')
}
