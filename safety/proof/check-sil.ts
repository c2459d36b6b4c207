/** The targets against what the calculation says is achieved, and whether that calculation is of this equipment. */
import type { SifConfig, SisConfig } from '../core/config.ts'
import { votesOf } from '../core/tables.ts'
import { evaluateSif, type SifResult } from '../sil/evaluate.ts'
import type { Sif, SilProject, SubsystemUse } from '../sil/sif.ts'
import { architectureText } from '../sil/subsystem.ts'
import type { Report } from './rules.ts'

/** The function of a calculation that goes with one of the configuration: `S1` with `SIF-S1`, or the same id. */
export const calculatedFor = (sif: SifConfig, project: SilProject): Sif | undefined =>
  project.sifs.find(({ id }) => id === sif.id || `SIF-${id}` === sif.id)

const known = new WeakMap<Sif, SifResult>()

/** The result of a function, computed once: check, specification and report all ask for it, and the Markov model takes its time. */
export function evaluated(sif: Sif): SifResult {
  const result = known.get(sif) ?? evaluateSif(sif)
  known.set(sif, result)
  return result
}

const installed = new WeakMap<Sif, Sif>()

/** The same function with the channels that the configuration has, and without those that count from outside. */
export function withoutCredit(sif: Sif): Sif {
  const known_one = installed.get(sif)
  if (known_one !== undefined) return known_one
  const subsystems = sif.subsystems.map((use): SubsystemUse => {
    const { subsystem, count } = use
    if (subsystem.outside === undefined || subsystem.tags === undefined) return use
    const n = Math.max(1, Math.floor(subsystem.tags.length / count))
    if (n >= subsystem.architecture.n) return use
    const architecture = { m: Math.min(subsystem.architecture.m, n), n, diagnosed: false }
    return { count, subsystem: { ...subsystem, architecture } }
  })
  const same = subsystems.every((use, i) => use === sif.subsystems[i])
  const one = same ? sif : { ...sif, subsystems }
  installed.set(sif, one)
  return one
}

export function checkSil(config: SisConfig, project: SilProject, report: Report): void {
  for (const s of config.sifs) {
    if (s.sil === 0) continue
    const path = `sifs/${s.id}`
    const sif = calculatedFor(s, project)
    if (sif === undefined) {
      report('SC-25', 'error', path, `SIL ${s.sil}, and '${project.title}' does not calculate it`)
      continue
    }
    if (sif.target !== s.sil)
      report('SC-25', 'error', `${path}/sil`, `SIL ${s.sil}, the calculation is made for SIL ${sif.target}`)
    const { achieved, reasons } = evaluated(sif)
    if (achieved < s.sil)
      report(
        'SC-25',
        'error',
        `${path}/sil`,
        `SIL ${s.sil} asked, ${achieved} achieved: ${reasons.join('; ') || 'the least of figure, architecture and capability'}`,
      )
    const bare = evaluated(withoutCredit(sif)).achieved
    for (const use of sif.subsystems) checkSubsystem(config, s, use, path, bare, report)
  }
  for (const sif of project.sifs)
    if (!config.sifs.some((s) => calculatedFor(s, project) === sif))
      report('SC-25', 'warning', 'sifs', `${sif.id} is calculated, and the configuration has no such function`)
}

/** @param bare - SIL achieved without credit for what the configuration does not have */
function checkSubsystem(
  config: SisConfig,
  s: SifConfig,
  use: SubsystemUse,
  path: string,
  bare: number,
  report: Report,
): void {
  const { subsystem, count } = use
  const { architecture } = subsystem
  const vote = architectureText(architecture)
  if (subsystem.role === 'sensor') {
    const causes = config.causes.filter((c) => s.causes.includes(c.id))
    for (const c of causes) {
      const ours = `${votesOf(c)}oo${c.inputs.length}`
      // Fewer channels to spare than there are: the figure is on the safe side, as where each contact watches a machine of its own.
      const cautious = architecture.n - architecture.m < c.inputs.length - votesOf(c)
      if (causes.length === 1 && ours !== vote)
        report(
          'SC-26',
          cautious ? 'note' : 'error',
          `causes/${c.id}/vote`,
          `${ours}, ${s.id} is calculated with ${vote} (${subsystem.id})${cautious ? ', which has less to spare' : ''}`,
        )
      if (c.mos !== undefined && c.on_bypass !== subsystem.bypassVote && subsystem.bypass_h_per_y > 0 && votesOf(c) > 1)
        report(
          'SC-26',
          'warning',
          `causes/${c.id}/on_bypass`,
          `${c.on_bypass}, ${s.id} is calculated with ${subsystem.bypassVote} (${subsystem.id})`,
        )
      if (c.mos === undefined && subsystem.bypass_h_per_y > 0)
        report(
          'SC-26',
          'note',
          `causes/${c.id}`,
          `no bypass, ${s.id} is calculated with ${subsystem.bypass_h_per_y} h of bypass a year`,
        )
      if (
        subsystem.tags !== undefined &&
        [...subsystem.tags].sort().join() !== [...c.inputs].sort().join() &&
        causes.length === 1
      )
        report(
          'SC-26',
          'error',
          `causes/${c.id}/inputs`,
          `${c.inputs.join(' ')}, ${s.id} is calculated for ${subsystem.tags.join(' ')}`,
        )
    }
    return
  }
  if (subsystem.role !== 'final') return
  if (subsystem.tags === undefined) {
    report('SC-26', 'note', path, `${subsystem.id} of the calculation does not say which final elements it is`)
    return
  }
  const driven = config.effects
    .filter((e) => s.effects.includes(e.id))
    .flatMap((e) => e.outputs)
    .flatMap((tag) => [tag, config.elements.find((e) => e.tag === tag)?.vents ?? tag])
  for (const tag of subsystem.tags)
    if (!driven.includes(tag))
      report('SC-26', 'error', path, `is calculated with ${tag} (${subsystem.id}), which it does not move`)
  const counted = count * architecture.n
  if (subsystem.tags.length < counted && (subsystem.outside ?? '') === '')
    report(
      'SC-26',
      'error',
      path,
      `is calculated with ${counted} valves (${count} times ${vote}, ${subsystem.id}), the configuration moves ${subsystem.tags.join(' ')}`,
    )
  else if (subsystem.tags.length < counted)
    report(
      'SC-26',
      'warning',
      path,
      `takes credit for ${counted - subsystem.tags.length} elements that this configuration does not move (${subsystem.id}): ${subsystem.outside}; without all such credit SIL ${bare} is achieved, ${s.sil} asked`,
    )
}
