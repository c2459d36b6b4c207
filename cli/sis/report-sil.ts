/** The SIL results in the safety report. */
import { escapeHtml } from '../../protocols/core/html.ts'
import type { SifConfig } from '../../safety/core/config.ts'
import { calculatedFor, evaluated, withoutCredit } from '../../safety/proof/check-sil.ts'
import type { SifResult } from '../../safety/sil/evaluate.ts'
import type { ReportInput } from './report-input.ts'
import { type Cell, table, verdict } from './report-parts.ts'
import { small } from './sil-rows.ts'

export const silResults = ({
  config,
  sil,
}: ReportInput): readonly { readonly s: SifConfig; readonly result: SifResult | undefined }[] =>
  config.sifs
    .filter((s) => s.sil > 0)
    .map((s) => {
      const sif = sil === undefined ? undefined : calculatedFor(s, sil)
      return { s, result: sif === undefined ? undefined : evaluated(sif) }
    })

export function sil(input: ReportInput): string {
  if (input.sil === undefined) return '<p>There is no calculation: give one with --sil.</p>'
  const results = silResults(input)
  const claimed = results.map(({ s, result }) =>
    result === undefined
      ? [s.id, String(s.sil), verdict('bad', 'not calculated'), '', '', '', '', '', '', '', '']
      : [
          s.id,
          String(s.sil),
          verdict(result.achieved >= s.sil ? 'good' : 'bad', `SIL ${result.achieved}`),
          bareVerdict(s, result),
          small(result.closedForm),
          result.markov === undefined ? '-' : small(result.markov),
          result.difference === undefined ? '-' : `${(100 * result.difference).toFixed(1)} %`,
          String(result.silByFigure),
          String(result.silByArchitecture),
          String(result.silBySystematic),
          result.reasons.join('; ') || '-',
        ],
  )
  const parts = results.flatMap(({ s, result }) =>
    (result?.subsystems ?? []).map((x, i) => {
      const { subsystem, count } = x.use
      return [
        i === 0 ? s.id : '',
        subsystem.role,
        `${subsystem.id}${count > 1 ? `, ${count} times` : ''}`,
        `${subsystem.architecture.m}oo${subsystem.architecture.n}`,
        `${subsystem.testInterval_h / 8760} y`,
        small(x.closedTotal),
        result === undefined ? '' : `${((100 * x.closedTotal) / result.closedForm).toFixed(0)} %`,
        subsystem.outside === undefined ? '-' : `counts ${subsystem.outside}`,
      ]
    }),
  )
  return `<p>${escapeHtml(input.sil.note)}</p>
${table(['function', 'asked', 'achieved', 'as installed', 'closed form', 'Markov', 'difference', 'by figure', 'by architecture', 'systematic', 'why not'], claimed, [1, 4, 5, 6, 7, 8, 9])}
<h3>Subsystems</h3>
${table(['function', 'role', 'subsystem', 'vote', 'proof test every', 'figure', 'share', 'credit outside the safety system'], parts, [4, 5, 6])}`
}

/** What is achieved without credit for equipment that the configuration does not have. */
function bareVerdict(s: SifConfig, { sif }: SifResult): Cell {
  const bare = withoutCredit(sif)
  if (bare === sif) return 'the same'
  const { achieved } = evaluated(bare)
  return verdict(achieved >= s.sil ? 'good' : 'warn', `SIL ${achieved}`)
}
