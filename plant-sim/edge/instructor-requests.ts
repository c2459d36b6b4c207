/**
 * What the instructor may ask for, judged before it is done: every request answers all that is wrong with it at once.
 */
import { checkFault, type Problem, problem, suggest } from '../core/check-fault.ts'
import type { FaultKind } from '../core/instruments/faults.ts'
import type { Rig } from '../core/rig.ts'
import type { Conducting } from './conduct.ts'
import { type FieldNetworks, NETWORK_MODES, type NetworkMode, type NetworkName } from './field-networks.ts'

export interface DisturbanceRequest {
  readonly name: string
  readonly on: boolean
}

export interface FaultRequest {
  readonly tag: string
  readonly kind: FaultKind
  /** bias: offset; drift: per hour; stuck: value it goes to; open: mA. In the unit of the tag, % for a valve. */
  readonly value?: number
  readonly ramp_s?: number
  /** Plant time from now until it sets in, and how long it lasts, s; absent: at once, for ever. */
  readonly after_s?: number
  readonly for_s?: number
}

export interface ClearRequest {
  /** Absent: every fault of every tag. */
  readonly tag?: string
  /** Absent: every kind. */
  readonly kind?: FaultKind
}

export interface SpeedRequest {
  /** 0.1 to 100; 0: as fast as it goes. */
  readonly factor: number
}

export interface PauseRequest {
  readonly paused: boolean
}

export interface NetworkRequest {
  readonly network: NetworkName
  /** Absent: every drop on this network. */
  readonly drop?: string
  /** closed: connections are reset and refused. silent: they stand, and nothing is answered. */
  readonly mode: NetworkMode
}

export const FACTOR_MIN = 0.1
export const FACTOR_MAX = 100

type Body = Readonly<Record<string, unknown>>
/** Does what was asked, or answers what is wrong with it. */
export type Handler = (body: Body) => readonly Problem[]

/** By path, below /api/. */
export function instructorRequests(
  rig: Rig,
  conducting: Conducting,
  networks: FieldNetworks,
): Readonly<Record<string, Handler>> {
  const { plant } = rig
  const names = plant.disturbances.map((d) => d.name)
  return {
    disturbance: (body) => {
      const { name, on } = body
      const problems = only(body, 'name', 'on')
      if (!names.includes(name as string))
        problems.push(problem('name', name, `one of ${names[0]} to ${names.at(-1)}`, suggest(name, names)))
      if (typeof on !== 'boolean') problems.push(problem('on', on, 'true or false'))
      if (problems.length === 0) plant.setDisturbance(name as string, on as boolean)
      return problems
    },
    fault: (body) => {
      const { tag, kind, value, ramp_s, after_s = 0, for_s } = body
      const problems = [
        ...only(body, 'tag', 'kind', 'value', 'ramp_s', 'after_s', 'for_s'),
        ...checkFault({ tag, kind, value, ramp_s }, rig.tags),
      ]
      if (!isSeconds(after_s)) problems.push(problem('after_s', after_s, 'a number of seconds from 0'))
      if (for_s !== undefined && !(isSeconds(for_s) && for_s > 0))
        problems.push(problem('for_s', for_s, 'a number of seconds above 0, or none for ever'))
      if (problems.length > 0) return problems
      const start_s = rig.time_ms / 1000 + (after_s as number)
      rig.setFault(tag as string, {
        kind: kind as FaultKind,
        value: value as number | undefined,
        ramp_s: ramp_s as number | undefined,
        start_s,
        end_s: for_s === undefined ? undefined : start_s + (for_s as number),
      })
      return []
    },
    'fault/clear': (body) => {
      const { tag, kind } = body
      const problems = only(body, 'tag', 'kind')
      const kinds = tag === undefined ? undefined : rig.tags.get(tag as string)
      if (tag !== undefined && kinds === undefined)
        problems.push(problem('tag', tag, 'the tag of an instrument or valve', suggest(tag, rig.tags.keys())))
      else if (kind !== undefined && tag === undefined)
        problems.push(problem('tag', tag, 'the tag whose fault this is'))
      else if (kind !== undefined && !kinds!.includes(kind as FaultKind))
        problems.push(problem('kind', kind, `one of ${kinds!.join(', ')}`, suggest(kind, kinds!)))
      if (problems.length > 0) return problems
      for (const each of tag === undefined ? rig.tags.keys() : [tag as string])
        rig.clearFault(each, kind as FaultKind | undefined)
      return []
    },
    speed: (body) => {
      const { factor } = body
      const problems = only(body, 'factor')
      if (!(factor === 0 || (typeof factor === 'number' && factor >= FACTOR_MIN && factor <= FACTOR_MAX)))
        problems.push(problem('factor', factor, `${FACTOR_MIN} to ${FACTOR_MAX}, or 0 for as fast as it goes`))
      if (problems.length === 0) conducting.setFactor(factor as number)
      return problems
    },
    network: (body) => {
      const { network, drop, mode } = body
      const problems = only(body, 'network', 'drop', 'mode')
      const drops = rig.drops.ids
      if (network !== 'A' && network !== 'B') problems.push(problem('network', network, 'A or B'))
      if (drop !== undefined && !drops.includes(drop as string))
        problems.push(problem('drop', drop, `one of ${drops.join(', ')}, or none for all`, suggest(drop, drops)))
      if (!NETWORK_MODES.includes(mode as NetworkMode))
        problems.push(problem('mode', mode, NETWORK_MODES.join(', '), suggest(mode, NETWORK_MODES)))
      if (problems.length === 0) networks.set(network as NetworkName, drop as string | undefined, mode as NetworkMode)
      return problems
    },
    pause: (body) => {
      const { paused } = body
      const problems = only(body, 'paused')
      if (typeof paused !== 'boolean') problems.push(problem('paused', paused, 'true or false'))
      if (problems.length === 0) conducting.setPaused(paused as boolean)
      return problems
    },
  }
}

const isSeconds = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

/** A key that means nothing is a mistake that would otherwise pass unseen. */
function only(body: Body, ...keys: string[]): Problem[] {
  return Object.keys(body)
    .filter((key) => !keys.includes(key))
    .map((key) => problem(key, body[key], `only ${keys.join(', ')}`, suggest(key, keys)))
}
