/** The result of `flyball sis sil` as one page to print: no script, no second file. */

import { escapeHtml } from '../../protocols/core/html.ts'
import type { SifResult } from '../../safety/sil/evaluate.ts'
import { sensitivities, testIntervalReserve } from '../../safety/sil/sensitivity.ts'
import type { SilProject } from '../../safety/sil/sif.ts'
import { architectureText } from '../../safety/sil/subsystem.ts'
import { elementTable, type SilTable, sensitivityTable, small, subsystemTable, verdictRows } from './sil-rows.ts'

/** @param file - what was evaluated, by the name the user gave; `hash` its SHA-256 */
export function silHtml(project: SilProject, results: readonly SifResult[], file: string, hash: string): string {
  const title = escapeHtml(project.title)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>SIL: ${title}</title>
<style>
body { font: 14px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; margin: .6rem 0 1rem; font-size: 12px }
th, td { border: 1px solid #b8b8b8; padding: .2rem .45rem; text-align: left; font-variant-numeric: tabular-nums }
th { background: #f0f0f0 }
section { break-inside: avoid-page; margin-top: 2rem; border-top: 2px solid #1b1b1b }
.wide { overflow-x: auto }
.not { font-weight: 700 } .not::before { content: "\\2717  " } .met::before { content: "\\2713  " }
</style>
<h1>SIL verification: ${title}</h1>
<p>${escapeHtml(project.note)}</p>
<p>Calculated from ${escapeHtml(file)}, SHA-256 <code>${hash}</code>. A calculation after IEC 61508-6 and IEC 61511, not a certificate.</p>
${table({
  head: [
    'SIF',
    'name',
    'demand',
    'SIL asked',
    'achieved',
    'by figure',
    'by architecture',
    'systematic',
    'figure',
    'verdict',
  ],
  rows: results.map((r) => [
    r.sif.id,
    r.sif.name,
    r.sif.demand,
    String(r.sif.target),
    String(r.achieved),
    String(r.silByFigure),
    String(r.silByArchitecture),
    String(r.silBySystematic),
    small(r.figure),
    r.met ? 'met' : `not met: ${r.reasons.join('; ')}`,
  ]),
})}
${results.map(section).join('\n')}
${sources(results)}
</html>
`
}

function section(result: SifResult): string {
  const { sif } = result
  const moved = sensitivityTable(result, sensitivities(sif))
  const verdict = result.met
    ? '<p class="met">Met</p>'
    : `<p class="not">Not met: ${escapeHtml(result.reasons.join('; '))}</p>`
  return `<section>
<h2>${escapeHtml(sif.id)} ${escapeHtml(sif.name)}</h2>
${verdict}
${sif.essential === '' ? '' : `<p>Final elements: ${escapeHtml(sif.essential)}.</p>\n`}${table({ head: ['what', 'value'], rows: verdictRows(result, testIntervalReserve(sif)) })}
<h3>Subsystems</h3>
${table(subsystemTable(result))}
<h3>Elements</h3>
${table(elementTable(result))}
<h3>Assumptions that move the figure</h3>
${moved.rows.length === 0 ? '<p>None of those tried moves it by a tenth.</p>' : table(moved)}
<h3>Times</h3>
${table({
  head: ['subsystem', 'vote', 'MTTR h', 'MRT h', 'mission h', 'bypass h a year', 'independence of the channels'],
  rows: result.subsystems.map(({ use: { subsystem: s } }) => [
    s.id,
    architectureText(s.architecture),
    String(s.mttr_h),
    String(s.mrt_h),
    String(s.mission_h),
    String(s.bypass_h_per_y),
    s.diversity === '' ? 'not claimed' : s.diversity,
  ]),
})}
</section>`
}

function sources(results: readonly SifResult[]): string {
  const elements = new Map(
    results.flatMap((r) =>
      r.subsystems.flatMap((s) => s.elements.map(({ element }) => [element.id, element] as const)),
    ),
  )
  return `<section><h2>Where the failure rates are from</h2>${table({
    head: ['element', 'source'],
    rows: [...elements].map(([id, { source }]) => [id, source]),
  })}</section>`
}

function table({ head, rows }: SilTable): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="wide"><table>${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table></div>`
}
