/** Steps, transitions and actions by number, as the Float64s that the kernel runs. @see blocks/sfc/program.ts */
import {
  ACTION,
  ASSOCIATION,
  HEAD,
  QUALIFIER,
  type Qualifier,
  STEP,
  TRANSITION,
  VERSION,
} from '../blocks/sfc/program.ts'
import type { Place } from './fault.ts'

export interface Step {
  readonly name: string
  readonly chart: number
  readonly at: Place
  initial: boolean
  final: boolean
}
export interface Transition {
  readonly chart: number
  readonly at: Place
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly code: readonly number[]
}
export interface Association {
  readonly step: number
  readonly action: number
  readonly qualifier: Qualifier
  readonly time_s: number
  readonly confirm: readonly number[]
  readonly within_s: number
}
export interface Action {
  readonly name: string
  /** Where its output is named. */
  readonly at: Place
  readonly out: number
  readonly code: readonly number[] | undefined
}

/** A program for a sequence whose names have all been found; `checkSequence` judges it. */
export function encode(
  steps: readonly Step[],
  transitions: readonly Transition[],
  associations: readonly Association[],
  actions: readonly Action[],
): number[] {
  const steps_at = HEAD.size
  const transitions_at = steps_at + steps.length * STEP.size
  const associations_at = transitions_at + transitions.length * TRANSITION.size
  const actions_at = associations_at + associations.length * ASSOCIATION.size
  const rest_at = actions_at + actions.length * ACTION.size
  const rest: number[] = []
  const put = (list: readonly number[]): number => {
    const at = rest_at + rest.length
    rest.push(...list)
    return at
  }
  const records = [
    ...steps.flatMap((s) => [s.chart, s.initial ? 1 : 0, s.final ? 1 : 0]),
    ...transitions.flatMap((t) => [
      t.chart,
      put(t.from),
      t.from.length,
      put(t.to),
      t.to.length,
      put(t.code),
      t.code.length / 2,
    ]),
    ...associations.flatMap((a) => [
      a.step,
      a.action,
      QUALIFIER[a.qualifier],
      a.time_s,
      put(a.confirm),
      a.confirm.length / 2,
      a.within_s,
    ]),
    ...actions.flatMap((a) => [a.out, a.code === undefined ? 0 : 1, put(a.code ?? []), (a.code ?? []).length / 2]),
  ]
  const counts = [steps.length, transitions.length, associations.length, actions.length]
  return [VERSION, ...counts, steps_at, transitions_at, associations_at, actions_at, ...records, ...rest]
}
