/**
 * What the conductor of a simulated plant asks for beside the ticks: the controllers' state of the present tick, and a return
 * to one of before.
 *
 * A plant that is set back moves every measurement under the controllers, so their state goes back with it. That is an epoch
 * like any other: it begins from the state given in place of the freshest one, is numbered durably, opens a log, and what was
 * under way with the old one has expired. With real devices there is no conductor, and none of this.
 */
import { compareTicks } from '../../contracts/frame.ts'
import type { RestoreMessage, SnapshotMessage } from '../../contracts/link.ts'
import { coldSnapshot, findEntry, tipOfChain } from './chain.ts'
import { restartFrom } from './epoch.ts'
import type { FieldIoState } from './state.ts'

/** Asks a joined controller for its state; without one, or in a dispute, there is none to be had, and that is the answer. */
export function onSnapshotAsked(state: FieldIoState): void {
  const { members, preferred, conducted } = state
  if (state.phase !== 'running' || state.dispute !== undefined || !members[preferred].joined) {
    sayNone(state)
    return
  }
  conducted.asked = preferred
  state.effects.push({ type: 'send-controller', index: preferred, message: { type: 'snapshot-request' } })
}

/** Passes it on where it is the state after the newest frame, with the digest that was answered for that. */
export function passSnapshot(state: FieldIoState, index: 0 | 1, message: SnapshotMessage): void {
  const { conducted, chain } = state
  if (conducted.asked !== index || compareTicks(message, tipOfChain(chain)) !== 0) return
  conducted.asked = undefined
  const answer = findEntry(chain, message)?.entry.answers[index]
  if (answer?.digest === message.digest) state.effects.push({ type: 'send-conductor', message })
  else sayNone(state)
}

/** An empty state: the conductor need not wait for one, and the plant is not held up. */
function sayNone(state: FieldIoState): void {
  const message = { type: 'snapshot', ...coldSnapshot(state.config.artifact.hash) } as const
  state.effects.push({ type: 'send-conductor', message })
}

/** Goes on from this state. Another strategy's is dropped: the conductor has judged that before. */
export function onRestoreAsked(state: FieldIoState, message: RestoreMessage): void {
  const { epoch, n, digest, artifact, state: bytes } = message
  if (artifact !== state.config.artifact.hash || state.phase === 'idle') return
  state.conducted.asked = undefined
  state.conducted.restoring = true
  for (const member of state.members) {
    // One that stands there already has nothing to be given.
    member.fresh = member.known && compareTicks(member.state, message) === 0
    // It asks again at the tick at which it may have asked before, and that one it must be given.
    member.served_tick = -1
  }
  restartFrom(state, { snapshots: [{ epoch, n, digest, artifact, state: bytes }], entries: [] })
}

/** Answers when every controller that is there has been given the state: the first tick then finds both in time. */
export function settleRestore(state: FieldIoState): void {
  const { conducted, members } = state
  if (!conducted.restoring || state.phase !== 'running' || members.some((m) => m.known && !m.fresh)) return
  conducted.restoring = false
  state.effects.push({ type: 'send-conductor', message: { type: 'welcome', join: 0, epoch: state.epoch } })
}
