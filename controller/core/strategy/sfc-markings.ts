/**
 * What a chart can come to, whatever its conditions say: walks through all combinations of active steps.
 *
 * Two slips are found here that no single line shows: a transition whose steps are never active together, which nothing
 * can fire, and a step that is entered while it is active, because a branch beside it was left open.
 */

export interface Net {
  readonly initial: readonly number[]
  readonly transitions: readonly { readonly from: readonly number[]; readonly to: readonly number[] }[]
}

export interface Markings {
  /** Transitions that can never fire. */
  readonly dead: readonly number[]
  /** Steps that can be entered while active, each with the transition that does it. */
  readonly entered: ReadonlyMap<number, number>
}

/** More combinations than a chart that somebody understands has: nothing is said about such a one. */
const MARKINGS_MAX = 5000

export function markingsOf({ initial, transitions }: Net): Markings | undefined {
  const keyOf = (steps: readonly number[]): string => steps.join(' ')
  const first = [...initial].sort((a, b) => a - b)
  const seen = new Set([keyOf(first)])
  const fired = new Set<number>()
  const entered = new Map<number, number>()
  const waiting = [first]
  for (let marking = waiting.pop(); marking !== undefined; marking = waiting.pop()) {
    const active = new Set(marking)
    for (const [t, { from, to }] of transitions.entries()) {
      if (!from.every((step) => active.has(step))) continue
      fired.add(t)
      const left = new Set(active)
      for (const step of from) left.delete(step)
      for (const step of to) if (left.has(step) && !entered.has(step)) entered.set(step, t)
      const next = [...new Set([...left, ...to])].sort((a, b) => a - b)
      const key = keyOf(next)
      if (seen.has(key)) continue
      if (seen.size >= MARKINGS_MAX) return undefined
      seen.add(key)
      waiting.push(next)
    }
  }
  return { dead: [...transitions.keys()].filter((t) => !fired.has(t)), entered }
}
