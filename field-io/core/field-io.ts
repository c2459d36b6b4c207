/**
 * The home field-io of a controller pair as one machine without I/O: sequencer, fence and recorder.
 *
 *     const state = createFieldIo(config)
 *     for (const effect of onEvent(state, event)) perform(effect)
 *
 * How an edge runs it (events and effects in full: events.ts):
 *
 * 1. First event: `start`, with the stored epoch and the bytes of every log file. Then connect devices and listen.
 * 2. Links. Each decoded message goes in as `controller` / `gateway` / `conductor` (all but grants); a closed controller link as
 *    `controller-down`. A controller's first message must be its hello; a new link of the same index replaces the old one,
 *    without a controller-down for it. Messages out: `send-controller`, `send-gateway`, dropped where there is no link.
 * 3. Ticks. wall: a grid of the monotonic clock, `tick` = its index, late ones skipped, never bunched. granted: on grant(k)
 *    read every device, then `tick` with tick = k; on the effect `done` answer done(k). `tick` must rise strictly.
 * 4. Devices. Per device one connection, one request outstanding. After connecting, and then at least once in each of its
 *    periods, read inputs, read-backs and the trip register, and deliver `device-read`. On `write`: after the outstanding request, look at
 *    the clock, write or drop, deliver `device-done`; read again before the next write. `rearm` likewise. On a time-out,
 *    `device-done` with ok false (if a write was asked for), close, `device-down`, reconnect with connection + 1.
 * 5. Disk. `log-begin` / `log-append` / `log-sync` / `log-drop`, `store-epoch`; a full disk is `log-failed` with the mark of
 *    the first record that is not there. Everything in the order of the effects; syncs may overlap later appends.
 * 6. Timers: `deadline`.
 *
 * The core never waits: between two events nothing happens.
 * @see docs/architecture.md, "The execution model"
 */
import { apply, awaitDone, onDeviceDone } from './apply.ts'
import { askSnapshot, onSnapshot, settleCheckpoint } from './checkpoint.ts'
import { answerCommands, onCommand } from './commands.ts'
import { answerOrders, onOrder, onRestoreAsked, onSnapshotAsked, passSnapshot, settleRestore } from './conducted.ts'
import { countWaiting, gather, onBase, onEpochStored, onStart, settleEpoch } from './epoch.ts'
import type { FieldIoConfig, FieldIoEffect, FieldIoEvent } from './events.ts'
import { expireForces, onForce, onForcesGiven, onUnforce } from './force.ts'
import { onDeviceDown, onDeviceRead } from './image.ts'
import { sendStatus } from './io-status.ts'
import { flushLog, onLogDurable, onLogFailed } from './log.ts'
import { countSilence, onControllerDown, onHello, onOutput, onReplayRequest } from './membership.ts'
import { countTick, sequence } from './sequencer.ts'
import { createState, type FieldIoState, note } from './state.ts'

export type { FieldIoConfig, FieldIoEffect, FieldIoEvent } from './events.ts'
export type { FieldIoState } from './state.ts'

export function createFieldIo(config: FieldIoConfig): FieldIoState {
  return createState(config)
}

/** Takes one event, changes `state` in place, and says what is to be done, in order. */
export function onEvent(state: FieldIoState, event: FieldIoEvent): FieldIoEffect[] {
  state.effects = []
  state.now_ms = event.now_ms
  take(state, event)
  settle(state)
  return state.effects
}

function take(state: FieldIoState, event: FieldIoEvent): void {
  switch (event.type) {
    case 'start':
      onStart(state, event)
      break
    case 'tick':
      onTick(state, event.tick, event.t_ms)
      break
    case 'controller':
      onController(state, event)
      break
    case 'controller-down':
      onControllerDown(state, event.index)
      break
    case 'gateway':
      if (event.message.type === 'command') onCommand(state, event.message.command)
      else if (event.message.type === 'force') onForce(state, event.message)
      else if (event.message.type === 'unforce') onUnforce(state, event.message)
      break
    case 'conductor': {
      if (event.message.type === 'snapshot-request') {
        onSnapshotAsked(state)
        break
      }
      if (event.message.type === 'restore') {
        onRestoreAsked(state, event.message)
        break
      }
      if (event.message.type === 'command') {
        onOrder(state, event.message.command)
        break
      }
      if (event.message.type === 'forces') {
        onForcesGiven(state, event.message)
        break
      }
      const { paused, factor, achieved } = event.message
      state.status.pace = { paused, factor, achieved }
      // A paused plant has no ticks: its pace is what says that field-io lives.
      sendStatus(state)
      break
    }
    case 'device-read':
      onDeviceRead(state, event)
      break
    case 'device-done':
      onDeviceDone(state, event.device, event.connection, event.ok)
      break
    case 'device-down':
      onDeviceDown(state, event.device, event.connection)
      break
    case 'device-note':
      note(state, event.text)
      break
    case 'log-durable':
      onLogDurable(state, event.mark)
      break
    case 'log-failed':
      onLogFailed(state, event.mark)
      break
    case 'epoch-stored':
      onEpochStored(state, event.epoch)
      break
    case 'deadline':
      break
  }
}

function onTick(state: FieldIoState, tick: number, t_ms: number): void {
  countTick(state, tick, t_ms)
  expireForces(state)
  if (state.phase === 'running') {
    countSilence(state)
    if (state.rules.beginsEpoch(state.unanswered)) gather(state)
    else {
      sequence(state)
      askSnapshot(state)
    }
  } else {
    countWaiting(state)
    awaitDone(state, state.tick_ms)
  }
  sendStatus(state)
}

function onController(state: FieldIoState, event: Extract<FieldIoEvent, { readonly type: 'controller' }>): void {
  const { index, message } = event
  if (message.type === 'hello') onHello(state, index, message)
  else if (message.type === 'output') onOutput(state, index, message.output)
  else if (message.type === 'replay-request') onReplayRequest(state, index, message.from)
  else if (message.type === 'snapshot') {
    onBase(state, index, message)
    onSnapshot(state, index, message)
    passSnapshot(state, index, message)
  }
}

/** What any event may have made possible. */
function settle(state: FieldIoState): void {
  if (state.phase === 'idle') return
  settleEpoch(state)
  settleRestore(state)
  settleCheckpoint(state)
  apply(state)
  answerCommands(state)
  answerOrders(state)
  flushLog(state)
}
