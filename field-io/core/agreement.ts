/** What the joined controllers say of one frame, together. */
import { compareTicks } from '../../contracts/frame.ts'
import type { Answer, Entry } from './chain.ts'
import type { FieldIoState } from './state.ts'

/**
 * The answer that all joined controllers gave, or undefined while one is missing or differs.
 *
 * A controller that joined by a later frame need not answer this one: it came to agreement on that later state. But at least one
 * that is joined now must have answered; the word of one that has gone counts for nothing.
 */
export function agreedAnswer(state: FieldIoState, entry: Entry): Answer | undefined {
  let agreed: Answer | undefined
  for (const index of [0, 1] as const) {
    const member = state.members[index]
    if (!member.joined) continue
    const answer = entry.answers[index]
    if (answer === undefined || answer.join !== member.join) {
      if (compareTicks(member.joined_at, entry.frame) > 0 || !state.rules.needsAll()) continue
      return undefined
    }
    if (agreed !== undefined && !state.rules.sameDigest(agreed.digest, answer.digest)) return undefined
    agreed = answer
  }
  return agreed
}
