/**
 * Checkpoints: every 50 frames the standby's state, or that of the one left.
 *
 * A snapshot is accepted only while no dispute is open and only with the digest that every joined controller answered for that
 * frame: a wrong one would be the base of every later restore.
 */
import { compareTicks } from '../../contracts/frame.ts'
import type { SnapshotMessage } from '../../contracts/link.ts'
import { addSnapshot, findEntry } from './chain.ts'
import { appendSnapshot } from './log.ts'
import { LIMITS } from './rules.ts'
import { type FieldIoState, note, other } from './state.ts'

/** Frames after which one that did not come is asked for again. */
const ASK_AGAIN = 10

export function askSnapshot(state: FieldIoState): void {
  const { checkpoint } = state
  if (checkpoint.candidate !== undefined && ++checkpoint.candidate.waited > ASK_AGAIN) checkpoint.candidate = undefined
  if (checkpoint.since < LIMITS.snapshot_every) return
  const standby = other(state.preferred)
  const index = state.members[standby].joined ? standby : state.preferred
  if (!state.members[index].joined) return
  checkpoint.asked = index
  checkpoint.since = LIMITS.snapshot_every - ASK_AGAIN
  state.effects.push({ type: 'send-controller', index, message: { type: 'snapshot-request' } })
}

export function onSnapshot(state: FieldIoState, index: 0 | 1, message: SnapshotMessage): void {
  const { checkpoint } = state
  if (state.phase !== 'running' || checkpoint.asked !== index || !state.members[index].known) return
  checkpoint.asked = undefined
  const { epoch, n, digest, artifact, state: bytes } = message
  if (artifact !== state.config.artifact.hash || compareTicks(message, state.chain.snapshots.at(-1)!) <= 0) return
  checkpoint.candidate = { snapshot: { epoch, n, digest, artifact, state: bytes }, waited: 0 }
}

/** Accepts what has arrived once all joined controllers have answered its frame. */
export function settleCheckpoint(state: FieldIoState): void {
  const { checkpoint } = state
  if (checkpoint.candidate === undefined) return
  const { snapshot } = checkpoint.candidate
  const found = findEntry(state.chain, snapshot)
  if (found === undefined) {
    checkpoint.candidate = undefined
    return
  }
  const { answers } = found.entry
  const digests = ([0, 1] as const)
    .filter((i) => state.members[i].joined && compareTicks(state.members[i].joined_at, snapshot) <= 0)
    .map((i) => (answers[i]?.join === state.members[i].join ? answers[i].digest : undefined))
  if (digests.length === 0 || !state.rules.acceptsSnapshot(snapshot.digest, digests, state.dispute !== undefined)) {
    if (digests.every((digest) => digest !== undefined && digest !== snapshot.digest)) checkpoint.candidate = undefined
    return
  }
  checkpoint.candidate = undefined
  checkpoint.since = 0
  addSnapshot(state.chain, snapshot)
  appendSnapshot(state, snapshot)
  if (state.log.failed) note(state, 'the frame log cannot be written: commands are refused')
}
