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
  readonly jump?: unknown
  readonly ramp_s?: unknown
}

/**
 * Judges a fault before it is given to a rig. Empty: `rig.setFault` takes it.
 *
 * @param tags - `rig.tags`: which tags there are, and which kinds each can have
 */
export function checkFault(asked: AskedFault, tags: ReadonlyMap<string, readonly FaultKind[]>): Problem[] {
  const { tag, kind, value, jump, ramp_s } = asked
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
  const size = SIZES[kind as FaultKind]
  const given = value !== undefined
  if (size === undefined) {
    if (given) problems.push(problem('value', value, `none: ${kind} has no size`))
  } else if (given ? !isNumberIn(value, size.min, size.max) : !size.optional)
    problems.push(problem('value', value, size.expected))
  if (jump !== undefined && !(kind === 'stiction' && isNumberIn(jump, 0, 100)))
    problems.push(
      problem('jump', jump, kind === 'stiction' ? 'a slip jump of 0 to 100 %' : 'none: only stiction has one'),
    )
  const ramps = size?.ramps === true && (given || kind !== 'stuck') && !(kind === 'slow' && !kinds?.includes('frozen'))
  if (ramp_s !== undefined && !(ramps && isNumberIn(ramp_s, 0, Number.MAX_VALUE)))
    problems.push(problem('ramp_s', ramp_s, ramps ? 'a number of seconds from 0' : `none: ${kind} does not ramp`))
  return problems
}

interface Size {
  readonly expected: string
  readonly min: number
  readonly max: number
  readonly optional: boolean
  readonly ramps: boolean
}

const MOST = Number.MAX_VALUE
const size = (expected: string, min: number, max: number, ramps: boolean, optional = false): Size => {
  return { expected, min, max, ramps, optional }
}

/** What the value of each kind may be; a kind that is not here has none. */
const SIZES: Readonly<Partial<Record<FaultKind, Size>>> = {
  bias: size('an offset in the unit of the tag', -MOST, MOST, true),
  drift: size('units per hour', -MOST, MOST, false),
  stuck: size('where it sticks, in the unit of the tag, or none for where it is', -MOST, MOST, true, true),
  open: size(`a current of 0 to ${MA_FAILURE_LO} mA, or none for 0 mA`, 0, MA_FAILURE_LO, false, true),
  noise: size('a standard deviation from 0, in the unit of the tag', 0, MOST, true),
  spikes: size('a height in the unit of the tag', -MOST, MOST, true),
  saturated: size('where it ends, in the unit of the tag, or none for the end of its range', -MOST, MOST, false, true),
  scaling: size('the span it is ranged for as a multiple of the true one, 0.01 to 100', 0.01, 100, true),
  slow: size('a time constant above 0, s; of a valve a speed above 0, %/s', 1e-6, MOST, true),
  stiction: size('deadband and stickband together, 0 to 100 %', 0, 100, true),
  backlash: size('a play of 0 to 100 %', 0, 100, true),
  leak: size('the flow through the shut seat, 0 to 100 %', 0, 100, true),
  trip: size('the time until it may start again, s, or none for at once', 0, MOST, false, true),
}

const isNumberIn = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && value >= min && value <= max

/** A problem with the value found written as JSON. */
export function problem(place: string, found: unknown, expected: string, suggestion?: string): Problem {
  const text = found === undefined ? 'nothing' : JSON.stringify(found)
  return { place, found: text, expected, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** The nearest of the candidates, where something was written. */
export const suggest = (found: unknown, candidates: Iterable<string>): string | undefined =>
  typeof found === 'string' ? nearest(found, candidates) || undefined : undefined
