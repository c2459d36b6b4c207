/** The first section of the safety report: what was examined, and what came of it. */
import { evaluated, withoutCredit } from '../../safety/proof/check-sil.ts'
import type { Finding } from '../../safety/proof/finding.ts'
import { slowestWay } from '../../safety/proof/response.ts'
import { hashOf, leftOut, outcomeOf } from './report-evidence.ts'
import type { ReportInput } from './report-input.ts'
import { type Cell, table, type Verdict, verdict } from './report-parts.ts'
import { silResults } from './report-sil.ts'

/** One line for each kind of evidence: passed, open, or not done. */
export function examined(input: ReportInput): string {
  const { config, findings, traced } = input
  const count = (severity: Finding['severity']): number => findings.filter((f) => f.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const accepted = findings.filter((f) => f.cause.includes(' - accepted by ')).length
  const ways = config.sifs.map((s) => ({ s, way: slowestWay(config, s) }))
  const slow = ways.filter(
    ({ s, way }) => way !== undefined && s.process_safety_ms !== undefined && way.total_ms > s.process_safety_ms / 2,
  )
  const results = silResults(input)
  const met = results.filter(({ result, s }) => result !== undefined && result.achieved >= s.sil)
  /** Met only with equipment from outside the configuration. */
  const leaning = met.flatMap(({ s, result }) =>
    result !== undefined && evaluated(withoutCredit(result.sif)).achieved < s.sil ? [s.id] : [],
  )
  const open = traced.filter((t) => t.files.length === 0 || t.absent.length > 0)
  const rows: (readonly [Cell, Cell, Cell])[] = [
    [
      'Check of the configuration (SC rules)',
      errors > 0
        ? verdict('bad', `${errors} errors`)
        : warnings > 0
          ? verdict('warn', `${warnings} warnings`)
          : verdict('good', 'passed'),
      `${errors} errors, ${warnings} warnings, ${accepted} accepted in writing`,
    ],
    [
      'Response times',
      slow.length > 0
        ? verdict('warn', `${slow.length} beyond half`)
        : verdict('good', 'within half the process safety time'),
      `${ways.filter(({ s }) => s.process_safety_ms !== undefined).length} of ${ways.length} functions have a process safety time`,
    ],
    [
      'SIL verification',
      input.sil === undefined
        ? verdict('none', 'not calculated')
        : met.length < results.length
          ? verdict('bad', `${results.length - met.length} not met`)
          : leaning.length > 0
            ? verdict('warn', `met, ${leaning.length} by credit only`)
            : verdict('good', 'all targets met'),
      input.sil === undefined
        ? ''
        : `${met.length} of ${results.length} met, by the least of figure, architecture and capability${leaning.length === 0 ? '' : `; ${leaning.join(', ')} count equipment that this configuration does not have`}`,
    ],
    [
      'Requirements traced to tests',
      traced.length === 0
        ? verdict('none', 'no requirements file')
        : open.length === 0
          ? verdict('good', 'all')
          : verdict('warn', `${open.length} open`),
      `${traced.length - open.length} of ${traced.length} verified by a test of that name`,
    ],
    ...EVIDENCE.map(([key, name]): readonly [Cell, Cell, Cell] => {
      const given = input.evidence[key] ?? []
      if (given.length === 0) return [name, verdict('none', 'not given'), '']
      const other = given.some((e) => (hashOf(e) ?? input.hash) !== input.hash)
      const failed = given.some((e) => outcomeOf(e) === 'failed')
      const passed = given.every((e) => outcomeOf(e) === 'passed')
      // Several results may cover together what none covers alone.
      const open = given.map((e) => leftOut(e, config)).reduce((a, b) => a.filter((x) => b.includes(x)))
      const kind: Verdict = failed ? 'bad' : other || open.length > 0 ? 'warn' : passed ? 'good' : 'none'
      const text = failed
        ? 'failed'
        : other
          ? 'of another configuration'
          : open.length > 0
            ? `in part: ${open.length} left out`
            : passed
              ? 'passed'
              : 'see there'
      return [name, verdict(kind, text), given.map((e) => e.file).join(', ')]
    }),
  ]
  return table(['examination', 'result', 'what it rests on'], rows)
}

const EVIDENCE = [
  ['proof', 'State-space proof'],
  ['tests', 'Tests of the matrix on the plant model'],
  ['mutation', 'Mutation tests of the logic'],
  ['coverage', 'Coverage of the logic'],
  ['campaign', 'Campaigns'],
] as const
