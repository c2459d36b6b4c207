import { escapeHtml } from '../../protocols/core/html.ts'
import type { ScoreSheet } from '../core/scenario/score.ts'

const STYLE = `body{font:15px/1.45 "Inter Variable","Segoe UI",system-ui,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;color:#1B1F23;background:#F1F2F3;max-width:900px;margin:24px auto;padding:0 24px}
h1{font-size:22px}h2{font-size:16px;margin-top:24px}.score{font-size:40px;font-weight:650}
table{border-collapse:collapse;background:#fff;width:100%}td,th{border:1px solid #C6CACE;padding:4px 10px;text-align:left}td:last-child,th:last-child{text-align:right}
@media print{body{background:#fff;margin:0}}`

/** The score sheet as one HTML file: no script, no other file, printable. */
export function renderScore(sheet: ScoreSheet): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Score: ${escapeHtml(sheet.scenario)}</title><style>${STYLE}</style></head><body>
${scoreParts(sheet)}
</body></html>
`
}

/** Its heading and tables, for a page that has more. */
export function scoreParts(sheet: ScoreSheet): string {
  const lines = sheet.lines.map(
    (l) =>
      `<tr><td>${l.kind}</td><td>${escapeHtml(l.what)}</td><td>${escapeHtml(l.result)}</td><td>${l.points === 0 ? '0' : `-${l.points.toFixed(1)}`}</td></tr>`,
  )
  const actions = sheet.actions.map(
    (a) => `<tr><td>${minutes(a.at_s)}</td><td>${escapeHtml(a.key)}</td><td>${a.value}</td></tr>`,
  )
  return `<h1>${escapeHtml(sheet.scenario)}</h1>
<p><span class="score">${sheet.score.toFixed(1)}</span> of ${sheet.from} points. Plant ${escapeHtml(sheet.plant)}, begun at ${minutes(sheet.started_s)} of plant time,
${minutes(sheet.ran_s)} long, ${sheet.ended ? 'ended' : 'still under way'}.</p>
<table><thead><tr><th>Judged</th><th>What</th><th>Result</th><th>Points</th></tr></thead><tbody>${lines.join('\n')}</tbody></table>
<h2>What the operators did</h2>
<table><thead><tr><th>At</th><th>What</th><th>Value</th></tr></thead><tbody>${actions.join('\n')}</tbody></table>`
}

const minutes = (s: number): string => `${(s / 60).toFixed(1)} min`
