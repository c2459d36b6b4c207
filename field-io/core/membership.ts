/**
 * Who is joined: joins and their numbers, replay and restore, digests compared, disputes.
 *
 * A controller is joined once it has answered one of the last frames with the digest of the other joined one; silence for ten
 * ticks or a closed link ends that, and nothing it said under the old join number counts any more.
 */
import { compareTicks, type Output, type TickId } from '../../contracts/frame.ts'
import type { HelloMessage } from '../../contracts/link.ts'
import { answerOf, type Entry, entriesAfter, findEntry } from './chain.ts'
import { LIMITS } from './rules.ts'
import { type FieldIoState, note, other } from './state.ts'

const NAMES = ['A', 'B'] as const

export function onHello(state: FieldIoState, index: 0 | 1, hello: HelloMessage): void {
  const member = state.members[index]
  leaveJoin(state, index)
  member.connected = true
  member.foreign = hello.artifact !== state.config.artifact.hash
  member.state = { epoch: hello.state.epoch, n: hello.state.n }
  const cold = hello.state.epoch === 0
  // Taken out, and has not heard of it: it may not come back with the state that differed.
  member.known = !member.foreign && (cold || !isLeaver(state, index))
  member.fresh = cold
  if (member.foreign) note(state, `controller ${NAMES[index]} has loaded another strategy and stays out`)
  else if (!member.known) sendLeave(state, index)
  else if (state.phase === 'running') welcome(state, index)
}

export function onControllerDown(state: FieldIoState, index: 0 | 1): void {
  leaveJoin(state, index)
  state.members[index].connected = false
  state.members[index].known = false
}

/** Tells a controller its join. */
export function welcome(state: FieldIoState, index: 0 | 1): void {
  const { join } = state.members[index]
  state.members[index].welcomed_tick = state.tick ?? 0
  const message = { type: 'welcome', join, epoch: state.epoch } as const
  state.effects.push({ type: 'send-controller', index, message })
}

export function onReplayRequest(state: FieldIoState, index: 0 | 1, from: TickId): void {
  const member = state.members[index]
  if (!member.known || state.phase !== 'running' || member.served_tick === state.tick) return
  member.served_tick = state.tick ?? -1
  let entries = entriesAfter(state.chain, from)
  if (entries === undefined || isLeaver(state, index)) {
    const snapshot = state.chain.snapshots.at(-1)!
    member.fresh = true
    const message = { type: 'restore', join: member.join, ...snapshot } as const
    state.effects.push({ type: 'send-controller', index, message })
    entries = entriesAfter(state.chain, snapshot) ?? []
  } else if (state.conducted.restoring && entries.length === 0) {
    // Set back twice with no tick between: it stands there since the first time, and has not said so by an output.
    member.fresh = true
  }
  for (const { frame } of entries) {
    state.effects.push({ type: 'send-controller', index, message: { type: 'frame', frame } })
  }
}

/** Once a tick: silence, and a dispute whose other side has gone. */
export function countSilence(state: FieldIoState): void {
  state.unanswered++
  for (const index of [0, 1] as const) {
    const member = state.members[index]
    member.silent++
    if (member.joined && state.rules.hasLapsed(member.silent)) {
      note(state, `controller ${NAMES[index]} does not answer`)
      leaveJoin(state, index)
    }
  }
  const { dispute } = state
  if (dispute === undefined) return
  dispute.open_ticks++
  // Nobody to compare with: the kept one proves itself by replay, a gap of a tick or two instead of a doubt for hours.
  if (dispute.open_ticks > DISPUTE_TICKS_MAX) {
    takeOut(state, other(dispute.leaver), state.current?.entry.frame ?? dispute.since)
  }
}

const DISPUTE_TICKS_MAX = 50

export function onOutput(state: FieldIoState, index: 0 | 1, output: Output): void {
  const member = state.members[index]
  if (output.controller !== index || state.phase !== 'running') return
  if (!member.known) {
    if (isLeaver(state, index) && member.welcomed_tick !== state.tick) sendLeave(state, index)
    return
  }
  if (!state.rules.belongs(output, member.join)) {
    // It goes on under its old number: tell it the new one, once a tick.
    if (member.connected && member.welcomed_tick !== state.tick) welcome(state, index)
    return
  }
  const found = findEntry(state.chain, output)
  if (found === undefined || found.entry.answers[index]?.join === member.join) {
    // Repeated frames get repeated answers: they show that it is there.
    if (found !== undefined && found.ago < LIMITS.unanswered_max) hear(state, index)
    return
  }
  const { entry, ago } = found
  entry.answers[index] = answerOf(output)
  if (compareTicks(output, member.state) > 0) member.state = { epoch: output.epoch, n: output.n }
  const { current } = state
  if (current !== undefined && state.rules.isCurrent(output, current.entry.frame)) {
    current.outputs[index] = output
    member.answer_ms = state.now_ms - current.at_ms
  }
  if (ago >= LIMITS.unanswered_max) return
  hear(state, index)
  judge(state, index, entry)
}

/** Compares with the other one's answer to the same frame, and draws the consequences for both. */
function judge(state: FieldIoState, index: 0 | 1, entry: Entry): void {
  const member = state.members[index]
  const peer = state.members[other(index)]
  const own = entry.answers[index]!
  const theirs = entry.answers[other(index)]
  if (theirs === undefined || !peer.known || theirs.join !== peer.join) {
    // Alone it is joined by answering; beside another only in agreement with that one.
    if (member.joined || peer.joined || (isLeaver(state, index) && !member.fresh)) return
    state.dispute = undefined
    join(state, index, entry.frame)
  } else if (state.rules.sameDigest(own.digest, theirs.digest)) {
    if (state.dispute !== undefined && !state.rules.endsDispute(entry.frame, state.dispute.since)) return
    state.dispute = undefined
    member.fresh = false
    peer.fresh = false
    for (const i of [0, 1] as const) if (!state.members[i].joined) join(state, i, entry.frame)
  } else {
    const kept = state.rules.kept(state.preferred, [state.members[0].fresh, state.members[1].fresh])
    note(state, `the digests of the controllers differ: ${NAMES[other(kept)]} is taken out and replays`)
    if (!state.members[kept].joined) join(state, kept, entry.frame)
    takeOut(state, other(kept), entry.frame)
  }
}

function join(state: FieldIoState, index: 0 | 1, at: TickId): void {
  const member = state.members[index]
  member.joined = true
  member.joined_at = { epoch: at.epoch, n: at.n }
  if (!state.members[state.preferred].joined) state.preferred = index
}

/** One leaves, drops its state and comes back by replay; until both agree the dispute is open. */
function takeOut(state: FieldIoState, leaver: 0 | 1, at: TickId): void {
  state.dispute = { since: { epoch: at.epoch, n: at.n }, leaver, open_ticks: 0 }
  leaveJoin(state, leaver)
  state.members[leaver].known = false
  sendLeave(state, leaver)
}

function sendLeave(state: FieldIoState, index: 0 | 1): void {
  state.members[index].welcomed_tick = state.tick ?? 0
  const message = { type: 'leave', reason: 'digest' } as const
  state.effects.push({ type: 'send-controller', index, message })
}

/** The old number's answers are void from here on. */
function leaveJoin(state: FieldIoState, index: 0 | 1): void {
  const member = state.members[index]
  member.join++
  member.joined = false
  member.fresh = false
  member.silent = 0
  if (state.preferred === index && state.members[other(index)].joined) state.preferred = other(index)
}

function hear(state: FieldIoState, index: 0 | 1): void {
  state.members[index].silent = 0
  state.unanswered = 0
}

const isLeaver = (state: FieldIoState, index: 0 | 1): boolean => state.dispute?.leaver === index
