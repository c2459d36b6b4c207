/** The result of `flyball sis sil` for a terminal. */
import type { SifResult } from '../../safety/sil/evaluate.ts'
import { sensitivities, testIntervalReserve } from '../../safety/sil/sensitivity.ts'
import { elementTable, type SilTable, sensitivityTable, small, subsystemTable, verdictRows } from './sil-rows.ts'

export function silText(title: string, results: readonly SifResult[]): string {
  const blocks = results.map((result) => {
    const { sif } = result
    const lines = [
      `${sif.id}  ${sif.name}: SIL ${sif.target} asked, ${sif.demand} demand`,
      '',
      ...tableText(subsystemTable(result)),
      '',
      ...tableText(elementTable(result)),
      '',
      ...verdictRows(result, testIntervalReserve(sif)).map(([name, value]) => `  ${name.padEnd(42)} ${value}`),
      `  ${result.met ? 'MET' : `NOT MET: ${result.reasons.join('; ')}`}`,
    ]
    const moved = sensitivityTable(result, sensitivities(sif))
    return [...lines, ...(moved.rows.length === 0 ? [] : ['', ...tableText(moved)]), ''].join('\n')
  })
  return `${title}\n\n${blocks.join('\n')}\n${silSummary(results)}`
}

/** One line a function: what an engineer reads first, and a log keeps. */
export function silSummary(results: readonly SifResult[]): string {
  const table = tableText({
    head: ['SIF', 'SIL asked', 'achieved', 'by figure', 'by architecture', 'systematic', 'figure', ''],
    rows: results.map((r) => [
      r.sif.id,
      String(r.sif.target),
      String(r.achieved),
      String(r.silByFigure),
      String(r.silByArchitecture),
      String(r.silBySystematic),
      small(r.figure),
      r.met ? 'met' : `NOT MET: ${r.reasons.join('; ')}`,
    ]),
  })
  const met = results.filter((r) => r.met).length
  return `${table.join('\n')}\n${met} of ${results.length} met. Calculated, not certified.\n`
}

export function tableText({ head, rows }: SilTable): readonly string[] {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)))
  return [head, ...rows].map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd())
}
