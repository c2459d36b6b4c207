import { nearest } from '../../numerics/nearest.ts'
import { FAULT_KINDS, type FaultKind } from './instruments/faults.ts'
import { MA_FAILURE_LO } from './instruments/signal.ts'

/** What is wrong with something that somebody asked for. */
export interface Problem {
  /** `tag`, `value` */
  readonly place: string
  readonly found: string
  readonly expected: string
  readonly suggestion?: string
}

/** A fault as it was asked for: nothing about it is known to be right. */
export interface AskedFault {
  readonly tag: unknown
  readonly kind: unknown
  readonly value?: unknown
  readonly ramp_s?: unknown
}

/**
 * Judges a fault before it is given to a rig. Empty: `rig.setFault` takes it.
 *
 * @param tags - `rig.tags`: which tags there are, and which kinds each can have
 */
export function checkFault(asked: AskedFault, tags: ReadonlyMap<string, readonly FaultKind[]>): Problem[] {
  const { tag, kind, value, ramp_s } = asked
  const problems: Problem[] = []
  const kinds = typeof tag === 'string' ? tags.get(tag) : undefined
  if (kinds === undefined)
    problems.push(problem('tag', tag, 'the tag of an instrument or valve', suggest(tag, tags.keys())))
  const possible = kinds ?? FAULT_KINDS
  if (!possible.includes(kind as FaultKind)) {
    const of_tag = kinds === undefined ? '' : ` for ${tag as string}`
    problems.push(problem('kind', kind, `one of ${possible.join(', ')}${of_tag}`, suggest(kind, possible)))
    return problems
  }
  const given = value !== undefined
  const number = typeof value === 'number' && Number.isFinite(value)
  if ((kind === 'bias' || kind === 'drift') && !number)
    problems.push(problem('value', value, kind === 'bias' ? 'an offset in the unit of the tag' : 'units per hour'))
  else if (kind === 'open' && given && !(number && value >= 0 && value <= MA_FAILURE_LO))
    problems.push(problem('value', value, `a current of 0 to ${MA_FAILURE_LO} mA, or none for 0 mA`))
  else if (kind === 'stuck' && given && !number)
    problems.push(problem('value', value, 'where it sticks, in the unit of the tag, or none for where it is'))
  else if ((kind === 'failed' || kind === 'air') && given)
    problems.push(problem('value', value, `none: ${kind} has no size`))
  const ramps = kind === 'bias' || (kind === 'stuck' && given)
  if (ramp_s !== undefined && !(ramps && typeof ramp_s === 'number' && ramp_s >= 0 && Number.isFinite(ramp_s)))
    problems.push(
      problem('ramp_s', ramp_s, ramps ? 'a number of seconds from 0' : 'none: only a bias or a way to a value ramps'),
    )
  return problems
}

/** A problem with the value found written as JSON. */
export function problem(place: string, found: unknown, expected: string, suggestion?: string): Problem {
  const text = found === undefined ? 'nothing' : JSON.stringify(found)
  return { place, found: text, expected, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** The nearest of the candidates, where something was written. */
export const suggest = (found: unknown, candidates: Iterable<string>): string | undefined =>
  typeof found === 'string' ? nearest(found, candidates) || undefined : undefined
