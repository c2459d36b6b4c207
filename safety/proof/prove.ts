/**
 * The proof of a configuration: each safety function's machines explored whole, machines of one make once.
 *
 * Nothing here says that the configuration asks for the right thing; it says that what it asks for is done in every state that the
 * logic can reach.
 */
import type { SisConfig } from '../core/config.ts'
import { cutsOf, type Slice } from './prove-cut.ts'
import { type Exploration, explore, type Limits, type Machine, SOLVER } from './prove-explore.ts'
import { wordsOf } from './prove-trace.ts'

export interface Part {
  readonly sif: string
  readonly slice: Slice
  readonly effects: readonly string[]
  readonly elements: readonly string[]
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** Inputs of one scan before those are left out that a state cannot tell apart. */
  readonly inputs: number
  /** Explored with this function, whose machine differs in names and set points only. */
  readonly as?: string
  readonly complete: boolean
  readonly broken?: { readonly rule: string; readonly text: string; readonly trace: readonly string[] }
}

export interface Proof {
  readonly parts: readonly Part[]
  /** Explored, each make once. */
  readonly states: number
  readonly transitions: number
  readonly verdict: 'proved' | 'violated' | 'not finished'
}

/**
 * @param sifs - ids; all where empty
 * @param told - each part as it is done
 */
export function prove(
  config: SisConfig,
  sifs: readonly string[] = [],
  told: (part: Part) => void = () => undefined,
  machine: Machine = SOLVER,
  limits?: Limits,
): Proof {
  const known = new Map<string, { readonly exploration: Exploration; readonly sif: string }>()
  const parts: Part[] = []
  let states = 0
  let transitions = 0
  for (const sif of config.sifs) {
    if (sifs.length > 0 && !sifs.includes(sif.id)) continue
    for (const cut of cutsOf(config, sif)) {
      if (limits?.slices !== undefined && !limits.slices.includes(cut.slice)) continue
      const before = known.get(cut.make)
      const exploration = before?.exploration ?? explore(cut, machine, limits)
      if (before === undefined) {
        known.set(cut.make, { exploration, sif: sif.id })
        states += exploration.states
        transitions += exploration.transitions
      }
      const { violation } = exploration
      const part: Part = {
        sif: sif.id,
        slice: cut.slice,
        effects: cut.effects,
        elements: cut.elements,
        states: exploration.states,
        transitions: exploration.transitions,
        depth: exploration.depth,
        inputs: exploration.inputs,
        ...(before === undefined ? {} : { as: before.sif }),
        complete: exploration.complete,
        ...(violation === undefined
          ? {}
          : { broken: { rule: violation.rule, text: violation.text, trace: wordsOf(cut, violation, machine) } }),
      }
      parts.push(part)
      told(part)
    }
  }
  const verdict = parts.some((p) => p.broken !== undefined)
    ? 'violated'
    : parts.every((p) => p.complete) && parts.length > 0
      ? 'proved'
      : 'not finished'
  return { parts, states, transitions, verdict }
}
