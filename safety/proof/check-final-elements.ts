/** Final elements: energise to trip, and elements that pull one thing both ways. */
import type { ElementConfig, SisConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

export function checkFinalElements(config: SisConfig, report: Report): void {
  for (const e of config.elements)
    if (e.energise_to_trip !== undefined) {
      const path = `elements/${e.tag}/energise_to_trip`
      // The acceptance is a text of what replaces the fail-safe direction; two words are no argument.
      if (e.energise_to_trip.trim().split(/\s+/).length < 4)
        report(
          'SC-16',
          'error',
          path,
          `'${e.energise_to_trip}' does not say what monitors line and supply, and who accepts it`,
        )
      else report('SC-16', 'note', path, `energised to trip, accepted: ${e.energise_to_trip}`)
    }
  for (const [a, b] of pairs(config.elements)) {
    if (stem(a.tag) !== stem(b.tag) || a.energised === b.energised) continue
    const place = `elements/${a.tag}+${b.tag}`
    const both = config.causes.filter((c) => acts(config, c.id, a.tag) && acts(config, c.id, b.tag))
    if (both.length > 0)
      report('SC-21', 'error', place, `${both.map((c) => c.id).join(', ')} opens one and shuts the other at once`)
    const one = config.causes.filter((c) => acts(config, c.id, a.tag) !== acts(config, c.id, b.tag))
    const [opens, shuts] = [a, b].map((e) => one.filter((c) => acts(config, c.id, e.tag)).map((c) => c.id))
    if (opens!.length > 0 && shuts!.length > 0)
      report(
        'SC-21',
        'warning',
        place,
        `${opens!.join(', ')} trips ${a.tag} (${a.service}), ${shuts!.join(', ')} trips ${b.tag} (${b.service}): together they pull both ways`,
      )
  }
}

const acts = (config: SisConfig, cause: string, tag: string): boolean =>
  config.effects.some(
    (e) => e.outputs.includes(tag) && config.matrix.some((x) => x.cause === cause && x.effect === e.id),
  )

/** What the tags of one piece of plant have in common: `CWC-1` and `CWC-2`, `XV-201A` and `XV-201B`. */
function stem(tag: string): string {
  const suffixed = /^(.*\d)[A-Z]$/.exec(tag)?.[1]
  if (suffixed !== undefined) return suffixed
  const letters = tag.split('-')[0]!
  // XV and the like are kinds of valves, not one piece of plant.
  return /^(XV|SSV|SDV|ESV|UV|HV|ZV|BDV|SV)$/.test(letters) ? tag : letters
}

const pairs = (list: readonly ElementConfig[]): (readonly [ElementConfig, ElementConfig])[] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const))
