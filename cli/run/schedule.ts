/**
 * The words in which a run is ordered: `IDV6@8h`, `IDV1@8h..12h`, `PT-07=stuck@2h`, `TT-09=bias:+2@30min..2h`,
 * `FV-10=stiction:5/2~1h@2h` (its second size, and the time over which it grows), `HC-61.SP=20@10h`. Times are plant time
 * since the start.
 */
import { durationOf } from '../../plant-sim/core/scenario/duration.ts'

export interface TimedOrder {
  readonly at_s: number
  /** When it ends; Infinity: with the run. */
  readonly until_s: number
}

export interface DisturbanceOrder extends TimedOrder {
  readonly name: string
}

export interface FaultOrder extends TimedOrder {
  readonly tag: string
  readonly kind: string
  /** Size of a bias (EU), rate of a drift (EU/h); NaN where there is none. */
  readonly value: number
  /** Second size: slip jump of a stiction. */
  readonly jump?: number
  /** Time over which it grows, s; absent: at once. */
  readonly ramp_s?: number
}

export interface SetOrder extends TimedOrder {
  readonly tag: string
  readonly field: string
  /** The number, or the name of a mode. */
  readonly value: string
}

export class OrderFault extends Error {}

/** `8h`, `90min`, `1.5h`, `30s`. @throws OrderFault */
export function parseDuration(text: string): number {
  const seconds = durationOf(text)
  if (!(seconds >= 0)) throw new OrderFault(`found '${text}', expected a time like 30s, 90min or 8h`)
  return seconds
}

function parseWhen(text: string | undefined): TimedOrder {
  if (text === undefined) return { at_s: 0, until_s: Infinity }
  const [from, to, more] = text.split('..')
  if (more !== undefined) throw new OrderFault(`found '${text}', expected one time or from..to`)
  const at_s = parseDuration(from!)
  const until_s = to === undefined ? Infinity : parseDuration(to)
  if (until_s <= at_s) throw new OrderFault(`found '${text}', expected an end after its start`)
  return { at_s, until_s }
}

function split(text: string): { what: string; when: string | undefined } {
  const [what, when, more] = text.split('@')
  if (what === undefined || what === '' || more !== undefined) {
    throw new OrderFault(`found '${text}', expected WHAT@TIME, for example IDV6@8h`)
  }
  return { what, when }
}

/** `IDV6@8h`, `IDV1@8h..12h`, `IDV4` (from the start). @throws OrderFault */
export function parseDisturbance(text: string): DisturbanceOrder {
  const { what, when } = split(text)
  return { name: what.toUpperCase(), ...parseWhen(when) }
}

/** `PT-07=stuck@2h`, `TT-09=bias:+2@30min..2h`, `FV-10=stiction:5/2~10min@1h`. @throws OrderFault */
export function parseFault(text: string): FaultOrder {
  const { what, when } = split(text)
  const match =
    /^([A-Za-z]+-\d+[A-Za-z]?)=([a-z-]+)(?::([-+]?\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?)?(?:~(\d+(?:\.\d+)?[a-z]+))?$/.exec(
      what,
    )
  if (match === null)
    throw new OrderFault(`found '${text}', expected TAG=KIND@TIME, for example PT-07=stuck@2h or TT-09=bias:+2@30min`)
  return {
    tag: match[1]!.toUpperCase(),
    kind: match[2]!,
    value: match[3] === undefined ? Number.NaN : Number(match[3]),
    ...(match[4] === undefined ? {} : { jump: Number(match[4]) }),
    ...(match[5] === undefined ? {} : { ramp_s: parseDuration(match[5]) }),
    ...parseWhen(when),
  }
}

/** `HC-61.SP=20@10h`, `TIC-09.MODE=man@1h`. @throws OrderFault */
export function parseSet(text: string): SetOrder {
  const { what, when } = split(text)
  const match = /^([A-Za-z]+-\d+[A-Za-z]?)\.([A-Z]+)=(\S+)$/.exec(what)
  if (match === null)
    throw new OrderFault(`found '${text}', expected TAG.FIELD=VALUE@TIME, for example HC-61.SP=20@10h`)
  return { tag: match[1]!.toUpperCase(), field: match[2]!, value: match[3]!, ...parseWhen(when) }
}
