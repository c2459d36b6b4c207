/**
 * All that is wrong with a safety configuration, as an engineer should hear it before signing: what the solver would refuse, and
 * what it would run although it is no good safety function. Rules: docs/reference/safety-proof.md.
 */
import { checkConfig } from '../core/check-config.ts'
import type { SisConfig } from '../core/config.ts'
import type { SilProject } from '../sil/sif.ts'
import { checkDiagnostics } from './check-diagnostics.ts'
import { checkFinalElements } from './check-final-elements.ts'
import { checkOverrides } from './check-overrides.ts'
import { type ControlFacts, checkIndependence, checkPlant, type PlantFacts } from './check-plant.ts'
import { checkRequirements } from './check-requirements.ts'
import { checkSequences } from './check-sequences.ts'
import { checkSetPoints } from './check-set-points.ts'
import { checkSil } from './check-sil.ts'
import { checkTimes } from './check-times.ts'
import type { Finding } from './finding.ts'
import type { Requirements } from './requirements.ts'
import { collectFindings, type Report, ruleOf, ruleOfCode } from './rules.ts'

/** What the configuration may be held against; what is absent is not checked. */
export interface Against {
  readonly sil?: SilProject
  readonly plant?: PlantFacts
  readonly control?: ControlFacts
  readonly requirements?: Requirements
}

/** Errors first, then warnings, then notes; within them by rule. Accepted warnings are notes that say who accepted them. */
export function checkPaper(config: SisConfig, against: Against = {}): readonly Finding[] {
  const { list, report } = collectFindings()
  for (const { code, path, message, severity } of checkConfig(config)) {
    const { id, remedy } = ruleOfCode(code)
    list.push({ rule: id, severity: code === 'SIS_NO_CAUSE' ? 'error' : severity, place: path, cause: message, remedy })
  }
  const parts: ((config: SisConfig, report: Report) => void)[] = [
    checkSetPoints,
    checkTimes,
    checkDiagnostics,
    checkOverrides,
    checkFinalElements,
    checkSequences,
  ]
  for (const check of parts) check(config, report)
  if (against.sil !== undefined) checkSil(config, against.sil, report)
  if (against.plant !== undefined) checkPlant(config, against.plant, report)
  if (against.control !== undefined) checkIndependence(config, against.control, report)
  if (against.requirements === undefined) return sorted(list)
  checkRequirements(config, against.requirements, report)
  return sorted(accept(list, against.requirements, report))
}

/** Findings that somebody accepted in writing become notes; an acceptance that meets nothing is a finding of its own. */
function accept(list: Finding[], { accepted }: Requirements, report: Report): readonly Finding[] {
  const used = new Set<number>()
  const now = list.map((finding): Finding => {
    const i = accepted.findIndex((a) => a.rule === finding.rule && a.place === finding.place)
    if (i < 0 || finding.severity === 'note') return finding
    if (finding.severity === 'error' && ruleOf(finding.rule)?.acceptable !== true) return finding
    used.add(i)
    const { by, reason } = accepted[i]!
    return { ...finding, severity: 'note', cause: `${finding.cause} - accepted by ${by}: ${reason}` }
  })
  const before = list.length
  for (const [i, a] of accepted.entries())
    if (!used.has(i))
      report('SC-31', 'warning', a.place, `${a.by} accepted ${a.rule} here, and there is no such warning`)
  return [...now, ...list.slice(before)]
}

const ORDER = { error: 0, warning: 1, note: 2 } as const
const number = (rule: string): number => Number(rule.slice(3))

const sorted = (list: readonly Finding[]): readonly Finding[] =>
  [...list].sort(
    (a, b) => ORDER[a.severity] - ORDER[b.severity] || number(a.rule) - number(b.rule) || (a.place < b.place ? -1 : 1),
  )
