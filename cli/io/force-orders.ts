/** `flyball io force`, `unforce`, `forces`: a person's value in the place of a point's own, in the running system. */
import { userInfo } from 'node:os'
import type { Artifact } from '../../contracts/artifact.ts'
import type { IoReply } from '../../contracts/hmi-wire.ts'
import { nearest } from '../../numerics/nearest.ts'
import { OrderFault, parseDuration } from '../run/schedule.ts'
import { withUnit } from './check-text.ts'
import { IoCommandFault } from './io-fault.ts'
import { fromTagUnits, pointScales, toTagUnits } from './point-scale.ts'
import { unitOf } from './read-point.ts'
import { runningArtifact, runningSystem } from './run-place.ts'
import { systemClient } from './system-client.ts'
import { table } from './table.ts'

export interface ForceFlags {
  readonly data: string
  readonly for: string
  readonly reason: string
  readonly eu?: boolean
  readonly who?: string
}

const FORCE_S_MAX = 86_400

/** @returns what was done, in words. @throws IoCommandFault */
export async function force(name: string, text: string, flags: ForceFlags): Promise<string> {
  const for_s = duration(flags.for)
  if (flags.reason.trim().length < 3)
    throw new IoCommandFault('--reason', `found '${flags.reason}'`, 'Say why, for the journal.')
  const given = Number(text)
  if (text.trim() === '' || !Number.isFinite(given))
    throw new IoCommandFault(
      'value',
      `found '${text}'`,
      "Expected a number, in the device's own quantity or with --eu.",
    )
  const place = runningSystem(flags.data)
  const artifact = runningArtifact(place)
  const point = pointOf(artifact, name)
  const scale = pointScales(artifact).get(point)
  if (flags.eu === true && scale === undefined)
    throw new IoCommandFault(
      point,
      'no block of the strategy scales it',
      "Give the device's own quantity without --eu.",
    )
  const value = flags.eu === true && scale !== undefined ? fromTagUnits(scale, given) : given
  const who = flags.who ?? userInfo().username
  await systemClient(place.run.http).force({ point, value, for_s, who, reason: flags.reason.trim() })
  const codec = [...artifact.io.inputs, ...artifact.io.outputs].find((p) => p.point === point)!
  const meaning = scale === undefined ? '' : ` = ${withUnit(toTagUnits(scale, value), scale.eu)} of ${scale.tag}`
  return `${point} is forced to ${withUnit(value, unitOf(codec, scale))}${meaning} for ${flags.for}. A restart of field-io ends it.\n`
}

/** @throws IoCommandFault */
export async function unforce(name: string, flags: { readonly data: string; readonly who?: string }): Promise<string> {
  const place = runningSystem(flags.data)
  const point = pointOf(runningArtifact(place), name)
  await systemClient(place.run.http).unforce(point, flags.who ?? userInfo().username)
  return `${point} has its own value again.\n`
}

/** @throws IoCommandFault */
export async function forces(flags: { readonly data: string }): Promise<IoReply['forces']> {
  const reply = await systemClient(runningSystem(flags.data).run.http).io()
  if (reply.forces === null || !reply.connected)
    throw new IoCommandFault('field I/O', 'has not said what is forced', 'Is it running? See `flyball io stats`.', 1)
  return reply.forces
}

export function forcesText(list: NonNullable<IoReply['forces']>): string {
  if (list.length === 0) return 'nothing is forced\n'
  return table([
    ['point', 'tag', 'value', 'left', 'by', 'reason'],
    ...list.map((f) => [
      f.point,
      f.tag,
      withUnit(f.value, f.unit),
      `${Math.ceil(f.left_ms / 1000)} s`,
      f.who,
      f.reason,
    ]),
  ])
}

/** The point of this name; a tag stands for the point it comes from. */
export function pointOf(artifact: Artifact, name: string): string {
  const points = [...artifact.io.inputs, ...artifact.io.outputs].map((p) => p.point)
  if (points.includes(name)) return name
  const tag = artifact.tags.find((t) => t.tag === name)?.point
  if (tag !== undefined) return tag
  const near = nearest(name, [...points, ...artifact.tags.flatMap((t) => (t.point === undefined ? [] : [t.tag]))])
  const remedy = near === '' ? '`flyball io check` lists the points.' : `Did you mean ${near}?`
  throw new IoCommandFault(name, `no point of ${artifact.name} has this name`, remedy)
}

function duration(text: string): number {
  // `10m` is what one writes; m alone stands for nothing else here.
  const words = /^\d+(\.\d+)?m$/.test(text) ? `${text}in` : text
  try {
    const s = parseDuration(words)
    if (s > 0 && s <= FORCE_S_MAX) return s
  } catch (cause) {
    if (!(cause instanceof OrderFault)) throw cause
  }
  throw new IoCommandFault('--for', `found '${text}'`, 'Expected a time like 10m, 90s or 2h, at most 24h.')
}
