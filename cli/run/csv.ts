import type { RunRecord } from '../../simulation/run/record.ts'

/** Samples as CSV: time in hours, then one column per key; empty while the status was Bad. Numbers round-trip. */
export function renderCsv(run: RunRecord): string {
  const lines = [['t_h', ...run.columns.map((c) => c.key)].join(',')]
  for (let i = 0; i < run.t_s.length; i++) {
    const row = [String(run.t_s[i]! / 3600)]
    for (const values of run.values) row.push(Number.isNaN(values[i]!) ? '' : String(values[i]!))
    lines.push(row.join(','))
  }
  return `${lines.join('\n')}\n`
}
