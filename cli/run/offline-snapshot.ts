/**
 * Snapshots in a run in one loop: taken at a time, and gone on from. The files are those of the instructor's station.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Artifact } from '../../contracts/artifact.ts'
import type { Controller } from '../../controller/core/controller.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import {
  decodeSnapshot,
  encodeSnapshot,
  type RunSnapshot,
  refusals,
} from '../../plant-sim/edge/instructor-snapshots.ts'

export interface SnapshotOrigin {
  readonly build: string
  readonly start: string
  readonly seed: number
}

export function writeSnapshot(
  path: string,
  name: string,
  artifact: Artifact,
  { rig, controller }: { readonly rig: Rig; readonly controller: Controller },
  origin: SnapshotOrigin,
): void {
  const began_ms = performance.now()
  const { epoch, n } = controller.state
  const snapshot: RunSnapshot = {
    id: 0,
    name,
    ...origin,
    plant: rig.plant.name,
    scheme: rig.plant.scheme,
    strategy: artifact.hash,
    time_s: rig.time_ms / 1000,
    course: 1,
    at: new Date().toISOString(),
    rig: rig.save(),
    controllers: {
      type: 'snapshot',
      epoch,
      n,
      digest: controller.digest(),
      artifact: artifact.hash,
      state: controller.save(),
    },
    cables: [],
    scenario: undefined,
    took_ms: performance.now() - began_ms,
  }
  writeFileSync(path, encodeSnapshot(snapshot))
}

/** The snapshot of this file, with the rig standing there, or why it cannot be gone on from. */
export function readSnapshot(
  path: string,
  artifact: Artifact,
  rig: Rig,
  build: string,
): RunSnapshot | { readonly wrong: string[] } {
  let snapshot: RunSnapshot
  try {
    snapshot = decodeSnapshot(readFileSync(path, 'utf8'))
  } catch (cause) {
    return { wrong: [`--from: ${path}: ${(cause as Error).message}`] }
  }
  const here = { build, plant: rig.plant.name, scheme: rig.plant.scheme, strategy: artifact.hash }
  const wrong = refusals(snapshot, here).map(
    ({ what, found, expected }) => `--from: ${path}: snapshot of another ${what}: found ${found}, expected ${expected}`,
  )
  if (snapshot.controllers === undefined)
    wrong.push(`--from: ${path}: found the plant alone, expected its controllers too`)
  if (wrong.length > 0) return { wrong }
  try {
    rig.load(snapshot.rig)
  } catch (cause) {
    if (cause instanceof RangeError) return { wrong: [`--from: ${path}: ${cause.message}`] }
    throw cause
  }
  return snapshot
}
