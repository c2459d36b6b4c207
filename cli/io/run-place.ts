/** What runs in the data folder, and where the endpoints that a strategy names stand in that run. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Artifact } from '../../contracts/artifact.ts'
import { nearest } from '../../numerics/nearest.ts'
import { type RunFile, readRunFile } from '../supervisor/system.ts'
import { IoCommandFault } from './io-fault.ts'

export interface RunPlace {
  readonly folder: string
  readonly run: RunFile | undefined
  /** A field-io of this run is alive. */
  readonly field_io: number | undefined
}

export function runPlace(data: string): RunPlace {
  const folder = resolve(data)
  const run = readRunFile(folder)
  const pid = run?.programs.find((p) => p.name.startsWith('field-io'))?.pid ?? undefined
  return { folder, run, field_io: pid }
}

/** @throws IoCommandFault where nothing runs. */
export function runningSystem(data: string): RunPlace & { readonly run: RunFile } {
  const place = runPlace(data)
  const { run } = place
  if (run === undefined || run.http === '')
    throw new IoCommandFault(place.folder, 'nothing runs there', 'Start it (npm start), or give its --data folder.', 2)
  return { ...place, run }
}

/** The artifact that the system of this folder was started with. */
export function runningArtifact(place: RunPlace): Artifact {
  const path = join(place.folder, 'artifact.json')
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Artifact
  } catch (cause) {
    throw new IoCommandFault(path, (cause as Error).message, 'It is written by `flyball start`.')
  }
}

/** `plant:RIO-1=127.0.0.1:4502`, as often as there are endpoints. */
export function endpointMap(
  place: RunPlace,
  given: readonly string[],
  artifact: Artifact,
): ReadonlyMap<string, string> {
  const map = new Map(Object.entries(place.run?.endpoints ?? {}))
  const names = artifact.io.devices.flatMap((d) => [d.endpoint, ...(d.endpoint_b === undefined ? [] : [d.endpoint_b])])
  for (const text of given) {
    const at = text.indexOf('=')
    const [name, to] = [text.slice(0, at), text.slice(at + 1)]
    if (at < 1 || to === '')
      throw new IoCommandFault(
        '--endpoint',
        `found '${text}'`,
        'Expected NAME=HOST:PORT, as plant:RIO-1=127.0.0.1:4502.',
      )
    const wanted = names.includes(name) ? name : artifact.io.devices.find((d) => d.id === name)?.endpoint
    if (wanted === undefined) {
      const near = nearest(name, names)
      const remedy = `The strategy has ${[...new Set(names)].join(', ')}${near === '' ? '' : `; did you mean ${near}?`}`
      throw new IoCommandFault('--endpoint', `no endpoint '${name}'`, `${remedy}.`)
    }
    map.set(wanted, to)
  }
  return map
}

/** Whether the running field-io is the master of this strategy's devices, or of one of these addresses. */
export function isMasterOf(place: RunPlace, strategy: string | undefined, addresses: readonly string[]): boolean {
  if (place.field_io === undefined || place.run === undefined) return false
  if (strategy !== undefined && place.run.strategy === strategy) return true
  const its = new Set(Object.values(place.run.endpoints ?? {}).map(plainAddress))
  return addresses.some((a) => its.has(plainAddress(a)))
}

/** `localhost:502` and `127.0.0.1:502` are one device. */
export const plainAddress = (address: string): string => address.replace(/^localhost:/, '127.0.0.1:')
