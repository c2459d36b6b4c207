/** Steps that cannot be reached, and steps that cannot be left. */
import type { Condition, SequenceConfig, SisConfig, StepConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

export function checkSequences(config: SisConfig, report: Report): void {
  for (const sequence of config.sequences) {
    const reached = reachable(sequence)
    for (const step of sequence.steps) {
      const path = `sequences/${sequence.id}/${step.id}`
      if (!reached.has(step.id)) report('SC-22', 'error', path, 'no move, time limit or trip leads here')
      if (step.go.length === 0 && step.timeout === undefined && sequence.on_trip.to === step.id)
        report('SC-23', 'error', path, 'the step after a trip has no exit: the plant never starts again')
      else if (step.go.length === 0 && step.timeout === undefined)
        report('SC-23', 'error', path, 'no move and no time limit: only a trip ends it')
      else if (step.timeout === undefined && !mayRest(step) && step.releases.length > 0)
        report('SC-23', 'warning', path, 'releases outputs, waits for the process and has no time limit')
      for (const [i, go] of step.go.entries())
        if (go.when.length === 0 && i < step.go.length - 1)
          report(
            'SC-22',
            'warning',
            `${path}/go/${i}`,
            `always taken: the ${step.go.length - 1 - i} moves after it never are`,
          )
    }
  }
}

function reachable(sequence: SequenceConfig): ReadonlySet<string> {
  const steps = new Map(sequence.steps.map((step) => [step.id, step]))
  const open = [sequence.steps[0]?.id, sequence.on_trip.to]
  const seen = new Set<string>()
  for (let id = open.pop(); open.length > 0 || id !== undefined; id = open.pop()) {
    const step = id === undefined ? undefined : steps.get(id)
    if (step === undefined || seen.has(step.id)) continue
    seen.add(step.id)
    const always = step.go.findIndex((go) => go.when.length === 0)
    const moves = always < 0 ? step.go : step.go.slice(0, always + 1)
    open.push(...moves.map((go) => go.to))
    if (step.timeout !== undefined) open.push(step.timeout.to)
  }
  return seen
}

/** A step that a person ends, by command or by a hand switch (ISA-5.1: H), or that time ends, may last: OFF, RUN. */
const mayRest = (step: StepConfig): boolean => step.go.some((go) => go.when.some(endsRest))

const endsRest = (x: Condition): boolean =>
  'command' in x || 'after_ms' in x || ('contact' in x && x.contact.startsWith('H'))
