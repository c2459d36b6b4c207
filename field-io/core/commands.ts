/**
 * Operator commands: one open per station, ordered into the next frame, answered once and for good.
 *
 * The answer goes out when all joined controllers agree on the frame and the frame is durable in an unbroken chain; a copy of an
 * answered command gets the same answer again. What is refused here is closed here: a delayed copy finds the answer, too, and
 * after a restart it has expired with its epoch.
 */
import {
  COMMAND_KIND,
  type Command,
  type CommandResult,
  type Frame,
  OUTCOME,
  REFUSAL,
  type TickId,
} from '../../contracts/frame.ts'
import { agreedAnswer } from './agreement.ts'
import { tipOfChain } from './chain.ts'
import { isDurable } from './log.ts'
import { LIMITS } from './rules.ts'
import type { FieldIoState, Station } from './state.ts'

export function onCommand(state: FieldIoState, command: Command): void {
  const { artifact } = state.config
  if (state.phase !== 'running' || command.station >= artifact.control.stations.count) return
  const station = stationOf(state, command.station)
  const { open, done } = station
  if (done !== undefined && done.result.seq === command.seq) {
    state.effects.push({ type: 'send-gateway', message: { type: 'command-result', ...done } })
    return
  }
  if (open !== undefined && open.seq === command.seq) {
    // A void follows its command, or a void whose answer was lost, into another frame: the controllers know what became of it.
    const asks = command.kind === COMMAND_KIND.void && open.queued?.command.kind !== COMMAND_KIND.void
    const waits = open.kind === COMMAND_KIND.void && state.tick! - open.tick < LIMITS.unanswered_max
    if (asks && !waits) enqueue(state, station, command)
    return
  }
  if (!state.rules.admits(command.seq, open?.seq, done?.result.seq)) return
  // Only of a command given in this epoch it is certain that no earlier life has put it into a frame.
  if (state.log.failed && command.kind !== COMMAND_KIND.void && command.epoch === state.epoch) {
    const { station: number, seq } = command
    const result = { station: number, seq, outcome: OUTCOME.refused, refusal: REFUSAL.notRecorded }
    answer(state, station, result, tipOfChain(state.chain))
    return
  }
  enqueue(state, station, command)
}

/** The commands of the next frame. What has waited longer than its time to live is dropped: its void will close it. */
export function takeCommands(state: FieldIoState): Command[] {
  const commands: Command[] = []
  for (const station of state.stations.values()) {
    const { open } = station
    if (open?.queued === undefined) continue
    const { command, tick } = open.queued
    if (state.tick! - tick > command.ttl_ticks && command.kind !== COMMAND_KIND.void) {
      station.open = undefined
      continue
    }
    open.queued = undefined
    commands.push(command)
  }
  return commands
}

/** Sends the answers that have become final. */
export function answerCommands(state: FieldIoState): void {
  for (const [number, station] of state.stations) {
    const { open } = station
    if (open?.entry === undefined || open.queued !== undefined) continue
    const agreed = agreedAnswer(state, open.entry)
    const durable = isDurable(state, open.entry)
    if (!state.rules.acknowledges(agreed !== undefined, durable, state.dispute !== undefined)) continue
    const given = agreed ?? open.entry.answers[0] ?? open.entry.answers[1]
    if (given === undefined) continue
    const result = given.results.find((r) => r.station === number && r.seq === open.seq)
    // A controller that says nothing of a number has long closed it; nobody waits for it any more.
    if (result === undefined) station.open = undefined
    else {
      if (result.outcome === OUTCOME.applied) tellConductor(state, open.entry.frame, result)
      answer(state, station, result, open.entry.frame)
    }
  }
}

/** A new epoch: what stands in frames of the old one may be lost with them, and the gateway asks again. */
export function forgetOpen(state: FieldIoState): void {
  for (const station of state.stations.values()) station.open = undefined
}

function answer(state: FieldIoState, station: Station, result: CommandResult, at: TickId): void {
  station.open = undefined
  station.done = { result, at: { epoch: at.epoch, n: at.n } }
  state.effects.push({ type: 'send-gateway', message: { type: 'command-result', ...station.done } })
}

/** Who sees to a simulated plant is told what its operators do. */
function tellConductor(state: FieldIoState, frame: Frame, { station, seq }: CommandResult): void {
  if (state.config.time !== 'granted') return
  const command = frame.commands.find((c) => c.station === station && c.seq === seq)
  if (command !== undefined) state.effects.push({ type: 'send-conductor', message: { type: 'command', command } })
}

function enqueue(state: FieldIoState, station: Station, command: Command): void {
  const tick = state.tick ?? 0
  station.open = { seq: command.seq, kind: command.kind, tick, queued: { command, tick }, entry: undefined }
}

function stationOf(state: FieldIoState, number: number): Station {
  let station = state.stations.get(number)
  if (station === undefined) {
    station = { open: undefined, done: undefined }
    state.stations.set(number, station)
  }
  return station
}
