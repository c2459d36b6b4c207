/** The safety system's contacts as somebody in the field works them: turned to a side, or pressed for a time. */
import { type Problem, problem, suggest } from './check-fault.ts'
import type { Rig } from './rig.ts'

/** A contact as it was asked for: nothing about it is known to be right. */
export interface AskedContact {
  readonly tag: unknown
  /** `open` or `closed`; absent: pressed, which is the side it does not stand on by itself. */
  readonly state?: unknown
  /** How long it is pressed, s of plant time; absent: 1, or for good where a side was named. */
  readonly for_s?: unknown
}

const PRESS_S = 1
const PRESS_S_MAX = 3600

/** Empty: `workContact` takes it. */
export function checkContact(rig: Rig, { tag, state, for_s }: AskedContact): Problem[] {
  const tags = rig.safety?.equipment.contacts.map((c) => c.tag) ?? []
  const problems: Problem[] = []
  if (tags.length === 0) return [problem('tag', tag, 'nothing: this plant has no safety equipment with contacts')]
  if (!tags.includes(tag as string)) problems.push(problem('tag', tag, `one of ${tags.join(', ')}`, suggest(tag, tags)))
  if (state !== undefined && state !== 'open' && state !== 'closed')
    problems.push(problem('state', state, 'open or closed', suggest(state, ['open', 'closed'])))
  if (for_s !== undefined && !(typeof for_s === 'number' && for_s > 0 && for_s <= PRESS_S_MAX))
    problems.push(problem('for_s', for_s, `a number of seconds above 0, up to ${PRESS_S_MAX}`))
  return problems
}

/** @throws RangeError where `checkContact` has something to say */
export function workContact(rig: Rig, asked: AskedContact): void {
  const { safety } = rig
  if (safety === null || checkContact(rig, asked).length > 0) throw new RangeError(`no contact ${String(asked.tag)}`)
  const i = safety.equipment.contacts.findIndex((c) => c.tag === asked.tag)
  const closed = asked.state === undefined ? safety.equipment.contacts[i]!.normal === 'open' : asked.state === 'closed'
  const for_s = (asked.for_s as number | undefined) ?? (asked.state === undefined ? PRESS_S : undefined)
  safety.setContact(i, closed, for_s === undefined ? undefined : rig.time_ms + for_s * 1000)
}
