/**
 * Snapshots of the whole run: the plant with its field, the controllers' and the safety solver's state, the forces and the place in
 * a scenario, all of one tick.
 *
 * One a minute of plant time goes into a ring; named ones stay, and are files in the data folder too, so that a later session, or
 * a run in one loop, can go on from them. A snapshot of another build, plant, strategy or safety configuration is refused
 * with the reason.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ForceState, SnapshotMessage } from '../../contracts/link.ts'
import type { Scenario } from '../core/scenario/scenario.ts'
import type { ScenarioRun } from '../core/scenario/scenario-run.ts'
import type { NetworkMode, NetworkName } from './field-networks.ts'

export interface RunSnapshot {
  readonly id: number
  /** "": taken by itself. */
  readonly name: string
  readonly build: string
  readonly plant: string
  readonly scheme: string
  readonly start: string
  readonly seed: number
  /** Hash of the strategy whose controllers' state this is; "": of the plant alone. */
  readonly strategy: string
  /** Plant time, s. */
  readonly time_s: number
  /** Which course of the run this belongs to: each return begins a new one. */
  readonly course: number
  /** Wall time, ISO 8601, and how long it took, ms. */
  readonly at: string
  readonly took_ms: number
  readonly rig: Float64Array
  readonly controllers: SnapshotMessage | undefined
  /** Hash of the safety configuration whose solver's state this is; absent or "": without a safety system. */
  readonly safety?: string
  /** The solver's own text. */
  readonly solver?: string
  readonly cables: readonly { readonly drop: string; readonly network: NetworkName; readonly mode: NetworkMode }[]
  readonly scenario: ScenarioRun | undefined
  /** Forces that stood in field-io; absent: it did not say, or there was none. */
  readonly forces?: readonly ForceState[] | undefined
  /** What field-io's devices held of points that are not read at every tick: base64. */
  readonly devices?: string
  /** How fast the plant was asked to run: what a reader may want to know, and no return changes. */
  readonly pace?: { readonly paused: boolean; readonly factor: number }
}

/** What a list of snapshots shows of one. */
export type SnapshotInfo = Pick<RunSnapshot, 'id' | 'name' | 'time_s' | 'course' | 'at' | 'took_ms'> & {
  readonly scenario: string
  /** Of plant, controllers and safety solver: two that are equal here are equal in every bit. */
  readonly hash: string
}

/** sha256 of the state, its first 16 digits. */
function hashOf({ rig, controllers, solver }: Pick<RunSnapshot, 'rig' | 'controllers' | 'solver'>): string {
  const hash = createHash('sha256').update(bytesOf(rig))
  if (solver !== undefined && solver !== '') hash.update(solver)
  // The first two numbers of a controller's state are its epoch and tick: a place, not a state.
  if (controllers !== undefined) hash.update(controllers.state.subarray(16))
  return hash.digest('hex').slice(0, 16)
}

export interface SnapshotStore {
  add(snapshot: Omit<RunSnapshot, 'id'>): RunSnapshot
  byId(id: number): RunSnapshot | undefined
  byName(name: string): RunSnapshot | undefined
  /** Newest first. */
  list(): SnapshotInfo[]
  /** Waits for the files. */
  close(): Promise<void>
}

/** Two hours of minutes. */
export const RING_MAX = 120
export const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/
const FORMAT = 'flyball-snapshot-1'
const SUFFIX = '.snapshot.json'

/** Version of this program: a state means something only to the program that wrote it. */
export async function buildOfThis(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  return `${name} ${version}`
}

/** @param data_dir - absent: nothing is kept on disk */
export async function openSnapshots(data_dir: string | undefined): Promise<SnapshotStore> {
  const ring: RunSnapshot[] = []
  const named = new Map<string, RunSnapshot>()
  const hashes = new Map<number, string>()
  const folder = data_dir === undefined ? undefined : join(data_dir, 'snapshots')
  let next = 1
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true })
    for (const file of (await readdir(folder)).filter((f) => f.endsWith(SUFFIX)).toSorted()) {
      try {
        const snapshot = { ...decodeSnapshot(await readFile(join(folder, file), 'utf8')), id: next++ }
        named.set(snapshot.name, snapshot)
        hashes.set(snapshot.id, hashOf(snapshot))
      } catch (cause) {
        process.stderr.write(`plant-sim: ${file} is left out: ${(cause as Error).message}\n`)
      }
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  const all = (): RunSnapshot[] => [...ring, ...named.values()]
  return {
    add(given) {
      const snapshot: RunSnapshot = { ...given, id: next++ }
      hashes.set(snapshot.id, hashOf(snapshot))
      if (snapshot.name === '') {
        ring.push(snapshot)
        if (ring.length > RING_MAX) hashes.delete(ring.shift()!.id)
        return snapshot
      }
      named.set(snapshot.name, snapshot)
      if (folder !== undefined) {
        const path = join(folder, `${snapshot.name.replaceAll(' ', '_')}${SUFFIX}`)
        last = last
          .then(() => writeFile(path, encodeSnapshot(snapshot)))
          .catch((cause: Error) => process.stderr.write(`plant-sim: snapshot ${path}: ${cause.message}\n`))
      }
      return snapshot
    },
    byId: (id) => all().find((s) => s.id === id),
    byName: (name) => named.get(name),
    list: () =>
      all()
        .toSorted((a, b) => b.id - a.id)
        .map(({ id, name, time_s, course, at, took_ms, scenario }) => ({
          id,
          name,
          time_s,
          course,
          at,
          took_ms,
          scenario: scenario?.scenario.name ?? '',
          hash: hashes.get(id)!,
        })),
    async close() {
      await last
    },
  }
}

/** What must be the same for a snapshot to be gone on from. */
export type RunIdentity = Pick<RunSnapshot, 'build' | 'plant' | 'scheme' | 'strategy' | 'safety'>

/** Why this snapshot cannot be gone on from here; empty: it can. */
export function refusals(
  snapshot: RunIdentity,
  here: RunIdentity,
): { what: string; found: string; expected: string }[] {
  const all: { what: string; found: string; expected: string }[] = []
  for (const key of ['build', 'plant', 'scheme', 'strategy', 'safety'] as const) {
    const found = snapshot[key] || 'none'
    const expected = here[key] || 'none'
    if (found !== expected) all.push({ what: key === 'safety' ? 'safety configuration' : key, found, expected })
  }
  return all
}

const bytesOf = (array: Float64Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

/** As text: numbers of the state as base64 of their bytes, so that they come back bit for bit. */
export function encodeSnapshot(snapshot: RunSnapshot): string {
  const { rig, controllers, ...rest } = snapshot
  return JSON.stringify({
    format: FORMAT,
    ...rest,
    rig: bytesOf(rig).toString('base64'),
    controllers:
      controllers === undefined ? null : { ...controllers, state: Buffer.from(controllers.state).toString('base64') },
  })
}

/** @throws Error where the text is no snapshot */
export function decodeSnapshot(text: string): RunSnapshot {
  const found = JSON.parse(text) as Record<string, unknown>
  if (found['format'] !== FORMAT) throw new Error(`found format ${String(found['format'])}, expected ${FORMAT}`)
  const { format: _, ...rest } = found as unknown as { format: string } & Omit<RunSnapshot, 'rig' | 'controllers'> & {
      rig: string
      controllers: (Omit<SnapshotMessage, 'state'> & { state: string }) | null
    }
  const bytes = Buffer.from(rest.rig, 'base64')
  const rig = new Float64Array(new Uint8Array(bytes).buffer)
  const { controllers, scenario } = rest
  return {
    ...rest,
    rig,
    scenario:
      scenario === undefined || scenario === null ? undefined : { ...scenario, scenario: endless(scenario.scenario) },
    controllers:
      controllers === null
        ? undefined
        : { ...controllers, state: new Uint8Array(Buffer.from(controllers.state, 'base64')) },
  }
}

/** JSON knows no Infinity. */
const endless = (scenario: Scenario): Scenario => ({
  ...scenario,
  events: scenario.events.map((e) => ({ ...e, until_s: e.until_s ?? Number.POSITIVE_INFINITY })),
})
