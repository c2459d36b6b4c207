/**
 * The sequencer: at each tick one frame, numbered, logged, sent to both controllers.
 *
 * Lost ticks skip numbers and are counted. With nobody answering for ten ticks frames stop and the last one is repeated, so that
 * log and memory stay bounded while nobody can take a snapshot; the outputs hold.
 */
import type { Frame } from '../../contracts/frame.ts'
import { awaitDone, deadlineOf } from './apply.ts'
import { addEntry, type Entry, tipOfChain } from './chain.ts'
import { takeCommands } from './commands.ts'
import { takeOrders } from './conducted.ts'
import { latchInputs, latchReadBacks } from './image.ts'
import { appendFrame } from './log.ts'
import type { CurrentFrame, FieldIoState } from './state.ts'

/** Counts the tick: before anything judges ages. */
export function countTick(state: FieldIoState, tick: number, t_ms: number): void {
  if (state.tick !== undefined) {
    if (tick <= state.tick) throw new Error(`tick ${tick} after ${state.tick}`)
    state.ticks_lost += tick - state.tick - 1
  }
  state.tick = tick
  state.t_ms = t_ms
}

/** Makes the frame of this tick, or repeats the last one. */
export function sequence(state: FieldIoState): void {
  if (state.rules.holds(state.unanswered) && state.current !== undefined) {
    repeat(state, state.current)
    return
  }
  const tip = tipOfChain(state.chain)
  const passed = state.current === undefined ? 1 : state.tick! - state.frame_tick
  const orders = takeOrders(state)
  const frame: Frame = {
    epoch: state.epoch,
    n: state.rules.nextNumber(tip.n, passed),
    prev_epoch: tip.epoch,
    prev_n: tip.n,
    t_ms: state.t_ms,
    preferred: state.preferred,
    inputs: latchInputs(state),
    readbacks: latchReadBacks(state),
    commands: [...orders, ...takeCommands(state)],
  }
  state.frame_tick = state.tick!
  const entry = addEntry(state.chain, frame)
  if (orders.length > 0) state.conducted.ordered.push(entry)
  for (const command of frame.commands) {
    const open = state.stations.get(command.station)?.open
    if (open !== undefined && open.seq === command.seq) open.entry = entry
  }
  appendFrame(state, entry)
  state.checkpoint.since++
  expect(state, entry)
  send(state, frame)
}

/**
 * The last frame again, for whoever comes back: its answer sets frames going, but is not applied. What it was computed from is
 * older than a period.
 */
function repeat(state: FieldIoState, current: CurrentFrame): void {
  awaitDone(state, state.tick_ms)
  send(state, current.entry.frame)
}

function expect(state: FieldIoState, entry: Entry): void {
  const at_ms = state.now_ms
  const until_ms = at_ms + state.answer_wait_ms
  state.current = { entry, at_ms, until_ms, outputs: [undefined, undefined], applied: false }
  state.effects.push({ type: 'deadline', at_ms: deadlineOf(state, at_ms) })
  // One that has just been given a state answers too, and joins by that.
  const answers = state.members.some((m) => m.joined || (m.known && m.fresh))
  awaitDone(state, answers ? state.answer_wait_ms : state.tick_ms)
}

function send(state: FieldIoState, frame: Frame): void {
  for (const index of [0, 1] as const) {
    // Also to one that was taken out and does not know it: a frame it has no join for makes it say hello.
    const { foreign, connected } = state.members[index]
    if (connected && !foreign) state.effects.push({ type: 'send-controller', index, message: { type: 'frame', frame } })
  }
}
