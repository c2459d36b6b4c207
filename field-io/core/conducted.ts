/**
 * What the conductor of a simulated plant asks for beside the ticks: the controllers' state of the present tick with the forces that
 * stand, and a return to one of before.
 *
 * A plant that is set back moves every measurement under the controllers, so their state goes back with it. That is an epoch
 * like any other: it begins from the state given in place of the freshest one, is numbered durably, opens a log, and what was
 * under way with the old one has expired. With real devices there is no conductor, and none of this.
 */
import { type Command, compareTicks, OUTCOME, REFUSAL } from '../../contracts/frame.ts'
import type { RestoreMessage, SnapshotMessage } from '../../contracts/link.ts'
import { agreedAnswer } from './agreement.ts'
import { coldSnapshot, findEntry, tipOfChain } from './chain.ts'
import { restartFrom } from './epoch.ts'
import { tellForces } from './force.ts'
import type { FieldIoState } from './state.ts'

/** Lost ticks may skip numbers between an order and its frame. */
const ORDER_TTL_TICKS = 100

/** Asks a joined controller for its state; without one, or in a dispute, there is none to be had, and that is the answer. */
export function onSnapshotAsked(state: FieldIoState): void {
  tellForces(state)
  const { members, preferred, conducted, chain } = state
  const base = chain.snapshots.at(-1)
  if (state.phase === 'running' && chain.entries.length === 0 && base !== undefined && base.state.length > 0) {
    // Just set back, and no tick since: the state that was given is the state.
    state.effects.push({ type: 'send-conductor', message: { type: 'snapshot', ...base } })
    return
  }
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
  state.conducted.orders = []
  state.conducted.ordered = []
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

/**
 * A scenario writes as an operator does: in a frame, to both controllers, with the refusals of the block. It has the last of the
 * stations, which the operators' gateway leaves free, and needs no number that outlives a restart: what it gives counts plant time.
 */
export function onOrder(state: FieldIoState, command: Command): void {
  const station = state.config.artifact.control.stations.count - 1
  // Where a strategy has a single station it is its operator's.
  if (state.phase === 'running' && station >= 1) state.conducted.orders.push({ ...command, station })
  else {
    const result = { station, seq: command.seq, outcome: OUTCOME.refused, refusal: REFUSAL.notRecorded }
    state.effects.push({
      type: 'send-conductor',
      message: { type: 'command-result', result, at: tipOfChain(state.chain) },
    })
  }
}

/** For the frame that is being made: of this epoch, and of now. */
export function takeOrders(state: FieldIoState): Command[] {
  const { epoch } = state
  const { n } = tipOfChain(state.chain)
  return state.conducted.orders.splice(0).map((order) => ({ ...order, epoch, n, ttl_ticks: ORDER_TTL_TICKS }))
}

/** Tells what became of them, once the controllers agree on their frame. */
export function answerOrders(state: FieldIoState): void {
  const { conducted } = state
  if (conducted.ordered.length === 0) return
  const station = state.config.artifact.control.stations.count - 1
  conducted.ordered = conducted.ordered.filter((entry) => {
    const answer = agreedAnswer(state, entry)
    if (answer === undefined) return true
    const { epoch, n } = entry.frame
    for (const result of answer.results)
      if (result.station === station)
        state.effects.push({ type: 'send-conductor', message: { type: 'command-result', result, at: { epoch, n } } })
    return false
  })
}
