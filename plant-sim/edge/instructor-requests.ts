/**
 * What the instructor may ask for, judged before it is done: every request answers all that is wrong with it at once.
 */
import { checkFault, type Problem, problem, suggest } from '../core/check-fault.ts'
import type { FaultKind } from '../core/instruments/faults.ts'
import { checkContact, workContact } from '../core/panel.ts'
import type { Rig } from '../core/rig.ts'
import type { Conducting } from './conduct.ts'
import { type FieldNetworks, NETWORK_MODES, type NetworkMode, type NetworkName } from './field-networks.ts'
import type { Station } from './instructor-station.ts'

export interface DisturbanceRequest {
  readonly name: string
  readonly on: boolean
}

export interface FaultRequest {
  readonly tag: string
  readonly kind: FaultKind
  /** bias: offset; drift: per hour; stuck: value it goes to; open: mA. In the unit of the tag, % for a valve. */
  readonly value?: number
  /** stiction: slip jump, %. */
  readonly jump?: number
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

export interface ScenarioLoadRequest {
  readonly text: string
  /** How the file is called in its faults. */
  readonly file?: string
}

/** One of id, name and minutes. */
export interface RestoreRequest {
  readonly id?: number
  readonly name?: string
  /** To the last snapshot at least so many minutes of plant time ago. */
  readonly minutes?: number
  /** Noise of another seed from there on. */
  readonly seed?: number
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

/** Turns a contact of the safety system to a side, where it stays. */
export interface ContactRequest {
  readonly tag: string
  readonly state: 'open' | 'closed'
}

/** Turns it to the side where it does not stand by itself, for so long; absent: a second of plant time. */
export interface PressRequest {
  readonly tag: string
  readonly for_s?: number
}

export const FACTOR_MIN = 0.1
export const FACTOR_MAX = 100

type Body = Readonly<Record<string, unknown>>
/** Does what was asked by `who`, or answers what is wrong with it. */
export type Handler = (body: Body, who: string) => readonly Problem[] | Promise<readonly Problem[]>

/** By path, below /api/. */
export function instructorRequests(
  rig: Rig,
  conducting: Conducting,
  networks: FieldNetworks,
  station?: Station,
): Readonly<Record<string, Handler>> {
  const { plant } = rig
  const names = plant.disturbances.map((d) => d.name)
  const plain: Readonly<Record<string, Handler>> = {
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
      const { tag, kind, value, jump, ramp_s, after_s = 0, for_s } = body
      const problems = [
        ...only(body, 'tag', 'kind', 'value', 'jump', 'ramp_s', 'after_s', 'for_s'),
        ...checkFault({ tag, kind, value, jump, ramp_s }, rig.tags),
      ]
      if (!isSeconds(after_s)) problems.push(problem('after_s', after_s, 'a number of seconds from 0'))
      if (for_s !== undefined && !(isSeconds(for_s) && for_s > 0))
        problems.push(problem('for_s', for_s, 'a number of seconds above 0, or none for ever'))
      if (problems.length > 0) return problems
      const start_s = rig.time_ms / 1000 + (after_s as number)
      rig.setFault(tag as string, {
        kind: kind as FaultKind,
        value: value as number | undefined,
        jump: jump as number | undefined,
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
      const drops = rig.safety === null ? rig.drops.ids : [...rig.drops.ids, rig.safety.equipment.drop]
      if (network !== 'A' && network !== 'B') problems.push(problem('network', network, 'A or B'))
      if (drop !== undefined && !drops.includes(drop as string))
        problems.push(problem('drop', drop, `one of ${drops.join(', ')}, or none for all`, suggest(drop, drops)))
      if (!NETWORK_MODES.includes(mode as NetworkMode))
        problems.push(problem('mode', mode, NETWORK_MODES.join(', '), suggest(mode, NETWORK_MODES)))
      if (problems.length === 0) networks.set(network as NetworkName, drop as string | undefined, mode as NetworkMode)
      return problems
    },
    contact: (body) => {
      const { tag, state } = body
      const problems = [...only(body, 'tag', 'state'), ...checkContact(rig, { tag, state })]
      if (state === undefined) problems.push(problem('state', state, 'open or closed'))
      if (problems.length === 0) workContact(rig, { tag, state })
      return problems
    },
    press: (body) => {
      const { tag, for_s } = body
      const problems = [...only(body, 'tag', 'for_s'), ...checkContact(rig, { tag, for_s })]
      if (problems.length === 0) workContact(rig, { tag, for_s })
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
  if (station === undefined) return plain
  const journalled = Object.entries(plain).map(([path, handler]): [string, Handler] => [
    path,
    async (body, who) => {
      const problems = await handler(body, who)
      if (problems.length === 0) station.note(who, words(path, body))
      return problems
    },
  ])
  return { ...Object.fromEntries(journalled), ...stationRequests(station) }
}

/** Scenario, snapshots and the way back: the station writes its own journal lines. */
function stationRequests(station: Station): Readonly<Record<string, Handler>> {
  const judged =
    (keys: readonly string[], act: Handler): Handler =>
    (body, who) => {
      const problems = only(body, ...keys)
      return problems.length > 0 ? problems : act(body, who)
    }
  return {
    'scenario/load': judged(['text', 'file'], ({ text, file = 'scenario' }, who) =>
      typeof text === 'string' && typeof file === 'string'
        ? station.load(text, file, who)
        : [problem('text', text, 'the text of a scenario file, and its name as file')],
    ),
    'scenario/start': judged([], (_, who) => station.startScenario(who)),
    'scenario/stop': judged([], (_, who) => station.stopScenario(who)),
    'scenario/mark': judged(['index'], ({ index }, who) => station.mark(index, who)),
    snapshot: judged(['name'], ({ name }, who) => station.snapshot(name, who)),
    restore: judged(['id', 'name', 'minutes', 'seed'], (body, who) => station.restore(body, who)),
    repeat: judged(['seed'], ({ seed }, who) => station.repeat(seed, who)),
    note: judged(['text'], ({ text }, who) => {
      if (typeof text !== 'string' || text === '') return [problem('text', text, 'a line for the journal')]
      station.note(who, text)
      return []
    }),
  }
}

/** `fault PT-07 bias 30 ramp_s 60`. */
const words = (path: string, body: Body): string =>
  [path, ...Object.entries(body).map(([key, v]) => (typeof v === 'string' ? v : `${key} ${JSON.stringify(v)}`))].join(
    ' ',
  )

const isSeconds = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

/** A key that means nothing is a mistake that would otherwise pass unseen. */
function only(body: Body, ...keys: string[]): Problem[] {
  return Object.keys(body)
    .filter((key) => !keys.includes(key))
    .map((key) => problem(key, body[key], `only ${keys.join(', ')}`, suggest(key, keys)))
}
