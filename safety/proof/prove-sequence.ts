/**
 * A sequence for one safety function, freed of its conditions: it may at any scan take any way that the original has.
 *
 * Steps that the function cannot tell apart (what they release and trip of its effects, which of its causes they arm) are one step.
 * Conditions and times fall away, so the free sequence does everything that the original can do, and more: what holds for every scan of the
 * free one holds for the original. That the original gets anywhere is not shown by it; the sequence's own tests do that.
 */
import type { CauseConfig, Condition, SequenceConfig, StepConfig } from '../core/config.ts'

export interface FreeSequence {
  readonly sequence: SequenceConfig
  /** Step of the free sequence that stands for a step of the original. */
  readonly stepOf: (id: string) => string
}

/** Two commands tell three ways apart; the ways beyond are reached through another step's. */
const WAYS: readonly (readonly Condition[])[] = [
  [{ command: 'start' }, { command: 'stop' }],
  [{ command: 'start' }],
  [{ command: 'stop' }],
]

/** @throws RangeError where a step has more ways than can be told apart */
export function freeSequence(
  original: SequenceConfig,
  effects: readonly string[],
  causes: readonly CauseConfig[],
): FreeSequence {
  const makes = new Map<string, string>()
  const names = new Map<string, string>()
  const makeOf = (step: StepConfig): string =>
    JSON.stringify([
      step.releases.filter((e) => effects.includes(e)),
      (step.trips ?? []).filter((e) => effects.includes(e)),
      causes.map((c) => c.armed?.sequence === original.id && c.armed.steps.includes(step.id)),
    ])
  for (const step of original.steps) {
    const make = makeOf(step)
    if (!makes.has(make)) makes.set(make, step.id)
    names.set(step.id, makes.get(make)!)
  }
  const stepOf = (id: string): string => names.get(id)!
  const trip = stepOf(original.on_trip.to)
  const steps = [...makes.values()].map((id): StepConfig => {
    const members = original.steps.filter((step) => stepOf(step.id) === id)
    const targets = new Set(
      members.flatMap((step) => [
        ...step.go.map((go) => stepOf(go.to)),
        ...(step.timeout === undefined ? [] : [stepOf(step.timeout.to)]),
        // Effects that are not in the cut may trip at any time.
        trip,
      ]),
    )
    targets.delete(id)
    if (targets.size > WAYS.length) throw new RangeError(`sequence ${original.id}: ${targets.size} ways from ${id}`)
    const [first] = members
    return {
      id,
      releases: first!.releases.filter((e) => effects.includes(e)),
      trips: (first!.trips ?? []).filter((e) => effects.includes(e)),
      go: [...targets].map((to, i) => ({ to, when: WAYS[i]! })),
    }
  })
  const ordered = [stepOf(original.steps[0]!.id), ...steps.map((s) => s.id)]
  return {
    sequence: {
      id: original.id,
      on_trip: { effects: original.on_trip.effects.filter((e) => effects.includes(e)), to: trip },
      steps: [...new Set(ordered)].map((id) => steps.find((s) => s.id === id)!),
    },
    stepOf,
  }
}
