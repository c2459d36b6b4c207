/**
 * Epochs: with what state a start, or a standstill, goes on.
 *
 * The freshest of the own log and the controllers' states is taken, by (epoch, n): a controller of an older epoch may well have
 * the larger n. The new epoch's number is durable before its first frame, so that no two frames ever bear one number.
 */
import type { TickId } from '../../contracts/frame.ts'
import type { SnapshotMessage } from '../../contracts/link.ts'
import { type Chain, entriesAfter, tipOfChain } from './chain.ts'
import { forgetOpen } from './commands.ts'
import type { FieldIoEvent } from './events.ts'
import { forgetImage } from './image.ts'
import { beginLog } from './log.ts'
import { type RecoveredLog, readLog, tipOf } from './log-records.ts'
import { welcome } from './membership.ts'
import { LIMITS } from './rules.ts'
import { type FieldIoState, note } from './state.ts'

type StartEvent = Extract<FieldIoEvent, { readonly type: 'start' }>

export function onStart(state: FieldIoState, event: StartEvent): void {
  state.recovery.epoch_seen = event.epoch
  let best: RecoveredLog | undefined
  for (const stored of event.logs) {
    state.log.number = Math.max(state.log.number, stored.log)
    const log = readLog(stored.bytes)
    if (log === undefined) continue
    state.recovery.epoch_seen = Math.max(state.recovery.epoch_seen, log.epoch)
    if (log.base.artifact !== state.config.artifact.hash)
      note(state, 'the frame log is of another strategy: cold start')
    else if (best === undefined || state.rules.isFresher(tipOf(log), tipOf(best))) best = log
  }
  if (best !== undefined) state.chain = chainOf(best)
  gather(state)
}

/** Asks everybody anew: at the start, and when nobody has answered for long. */
export function gather(state: FieldIoState): void {
  state.phase = 'gathering'
  state.recovery.waited = 0
  state.recovery.failed.fill(false)
  state.recovery.base = undefined
  state.recovery.source = undefined
}

export function countWaiting(state: FieldIoState): void {
  state.recovery.waited++
}

/** Goes on as far as what is known allows. */
export function settleEpoch(state: FieldIoState): void {
  const { recovery, members } = state
  for (const { state: at } of members) recovery.epoch_seen = Math.max(recovery.epoch_seen, at.epoch)
  if (state.phase === 'fetching') {
    if (members[recovery.source!].known && recovery.waited < LIMITS.fetch_max) return
    recovery.failed[recovery.source!] = true
    decide(state)
  } else if (state.phase === 'gathering') {
    const known = members.filter((m) => m.known).length
    if (known === 2 || (known === 1 && recovery.waited >= LIMITS.gather_max)) decide(state)
  }
}

function decide(state: FieldIoState): void {
  const { recovery, members, rules } = state
  let freshest: TickId = tipOfChain(state.chain)
  recovery.source = undefined
  for (const index of [0, 1] as const) {
    const { known, state: at } = members[index]
    if (!known || recovery.failed[index] || at.epoch === 0 || entriesAfter(state.chain, at) !== undefined) continue
    if (!rules.isFresher(at, freshest)) continue
    freshest = at
    recovery.source = index
  }
  if (recovery.source === undefined) {
    store(state, state.chain)
    return
  }
  state.phase = 'fetching'
  recovery.waited = 0
  const message = { type: 'snapshot-request' } as const
  state.effects.push({ type: 'send-controller', index: recovery.source, message })
}

/** The state of the controller that was asked. */
export function onBase(state: FieldIoState, index: 0 | 1, message: SnapshotMessage): void {
  if (state.phase !== 'fetching' || state.recovery.source !== index) return
  const { epoch, n, digest, artifact, state: bytes } = message
  if (artifact !== state.config.artifact.hash || !state.rules.isFresher(message, tipOfChain(state.chain))) return
  store(state, { snapshots: [{ epoch, n, digest, artifact, state: bytes }], entries: [] })
}

/** A new epoch from this state, whatever is fresher: what the conductor of a simulated plant asks for. */
export function restartFrom(state: FieldIoState, base: Chain): void {
  gather(state)
  store(state, base)
}

function store(state: FieldIoState, base: Chain): void {
  state.phase = 'storing'
  state.recovery.base = base
  state.recovery.epoch_seen++
  state.effects.push({ type: 'store-epoch', epoch: state.recovery.epoch_seen })
  if (!state.rules.waitsForEpoch()) onEpochStored(state, state.recovery.epoch_seen)
}

export function onEpochStored(state: FieldIoState, epoch: number): void {
  const { recovery } = state
  if (state.phase !== 'storing' || epoch !== recovery.epoch_seen) return
  state.phase = 'running'
  // The tick that was waited through has nothing more to come; the next one makes the first frame.
  if (state.undone !== undefined) state.undone = { tick: state.undone.tick, give_up_ms: state.now_ms }
  state.epoch = epoch
  state.chain = recovery.base!
  recovery.base = undefined
  state.current = undefined
  state.unanswered = 0
  state.dispute = undefined
  state.checkpoint.since = state.chain.entries.length
  state.checkpoint.candidate = undefined
  state.checkpoint.asked = undefined
  forgetImage(state)
  forgetOpen(state)
  beginLog(state, epoch, state.chain)
  for (const index of [0, 1] as const) {
    const member = state.members[index]
    // Above every join of an earlier life of field-io, whose answers may still be under way.
    member.join = Math.max(member.join + 1, epoch * JOINS_PER_EPOCH)
    member.joined = false
    member.silent = 0
    if (member.known) welcome(state, index)
  }
}

const JOINS_PER_EPOCH = 4096

function chainOf(log: RecoveredLog): Chain {
  const snapshot = log.snapshots.at(-1) ?? log.base
  const entries = log.frames.map((frame) => ({
    frame,
    mark: undefined,
    answers: [undefined, undefined] as [undefined, undefined],
  }))
  const chain: Chain = { snapshots: [snapshot], entries }
  chain.entries = entriesAfter(chain, snapshot) ?? entries
  return chain
}
