/** The texts against the configuration: each function has one, each text a function. */
import type { SisConfig } from '../core/config.ts'
import { type Requirements, requirementIds } from './requirements.ts'
import type { Report } from './rules.ts'
import { ruleOf } from './rules.ts'

export function checkRequirements(config: SisConfig, requirements: Requirements, report: Report): void {
  if (requirements.config !== config.id)
    report('SC-31', 'error', 'id', `the requirements are those of '${requirements.config}'`)
  const ids = requirementIds(requirements)
  for (const [i, id] of ids.entries())
    if (ids.indexOf(id) !== i) report('SC-31', 'error', 'sifs', `requirement ${id} stands twice`)
  for (const s of config.sifs) {
    const texts = requirements.sifs.find(({ id }) => id === s.id)
    if (texts === undefined)
      report('SC-31', 'error', `sifs/${s.id}`, 'no hazard, demand or safe state in the requirements file')
    else if (!texts.requirements.some(({ id }) => id === s.requirement))
      report('SC-31', 'error', `sifs/${s.id}/requirement`, `${s.requirement} is not among the requirements of ${s.id}`)
  }
  for (const { id } of requirements.sifs)
    if (!config.sifs.some((s) => s.id === id))
      report('SC-31', 'error', 'sifs', `the requirements file has ${id}, the configuration has not`)
  for (const a of requirements.accepted)
    if (ruleOf(a.rule) === undefined) report('SC-31', 'error', a.place, `accepted: there is no rule ${a.rule}`)
}
