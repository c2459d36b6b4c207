/** How the contacts of a healthy, running plant stand: what trips by opening is closed, what is pressed or turned is not. */
import type { SisConfig } from '../../safety/core/config.ts'

/** By tag, true closed. Buttons, keys and inhibits stand open; permits and what an effect follows stand closed. */
export function contactsAtRest(config: SisConfig): Map<string, boolean> {
  const rest = new Map(config.contacts.map((c) => [c.tag, false]))
  for (const effect of config.effects)
    for (const tag of [effect.reset_permit, effect.start_permit, effect.follows])
      if (tag !== undefined) rest.set(tag, true)
  for (const cause of config.causes)
    if ('contact' in cause.trip) for (const tag of cause.inputs) rest.set(tag, cause.trip.contact === 'opens')
  return rest
}
