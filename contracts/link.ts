/**
 * Messages between the programs of one system. On a wire each is one record of protocols/core/record.ts
 * (length, CRC, payload); the payload's first byte is the type. Codecs: link-codec.ts.
 *
 *   controller -> field-io    hello, output, replay-request, snapshot
 *   field-io -> controller    welcome, frame, restore, leave, snapshot-request
 *   controller -> gateway     hello, tags
 *   gateway -> field-io       hello, command
 *   field-io -> gateway       command-result, io-status
 *   conductor -> field-io     grant, pace
 *   field-io -> conductor     hello, done
 */
import type { Command, CommandResult, Frame, Output, TagFrame, TickId } from './frame.ts'

export type LinkMessage =
  | HelloMessage
  | WelcomeMessage
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'output'; readonly output: Output }
  | { readonly type: 'tags'; readonly tags: TagFrame }
  | ReplayRequestMessage
  | SnapshotRequestMessage
  | SnapshotMessage
  | RestoreMessage
  | LeaveMessage
  | { readonly type: 'command'; readonly command: Command }
  | CommandResultMessage
  | IoStatusMessage
  | GrantMessage
  | DoneMessage
  | PaceMessage

/** Says who speaks; first message on every link. */
export interface HelloMessage {
  readonly type: 'hello'
  readonly role: 'controller' | 'gateway' | 'field-io'
  /** 0 = A, 1 = B for a controller; 0 otherwise. */
  readonly index: number
  readonly artifact: string
  /** The controller's own state; epoch 0: none. */
  readonly state: TickId
}

/** field-io's answer to a controller: the join it now has, and what to do to get to the present. */
export interface WelcomeMessage {
  readonly type: 'welcome'
  readonly join: number
  readonly epoch: number
}

/** A controller cannot execute a frame on its state: it asks for the frames after `from`, or a snapshot and frames. */
export interface ReplayRequestMessage {
  readonly type: 'replay-request'
  readonly from: TickId
}

/** field-io asks for the state as it stands: every 50 ticks from the standby, and for the base of a new epoch. */
export interface SnapshotRequestMessage {
  readonly type: 'snapshot-request'
}

/** The whole mutable state at one tick. `state` is the arena's S and R regions as bytes. */
export interface SnapshotMessage extends TickId {
  readonly type: 'snapshot'
  readonly digest: number
  readonly artifact: string
  readonly state: Uint8Array
}

/** Take this state; an empty one stands for the cold start of the artifact, at (0, 0). */
export interface RestoreMessage extends TickId {
  readonly type: 'restore'
  readonly join: number
  readonly digest: number
  readonly artifact: string
  readonly state: Uint8Array
}

/** field-io has taken this controller out: its digest differed. It must ask for a restore. */
export interface LeaveMessage {
  readonly type: 'leave'
  readonly reason: 'digest'
}

/** The answer to a command, once: after it is durable and all joined controllers agree, or when field-io refuses it. */
export interface CommandResultMessage {
  readonly type: 'command-result'
  readonly result: CommandResult
  readonly at: TickId
}

/** What the operator's system page shows of field-io, once a second at most. */
export interface IoStatusMessage {
  readonly type: 'io-status'
  readonly at: TickId
  readonly preferred: 0 | 1
  readonly controllers: readonly ControllerState[]
  readonly devices: readonly DeviceState[]
  /** Frames that were skipped because a tick came late, since the start. */
  readonly ticks_lost: number
  readonly log_durable: boolean
  /** Alarms in words, empty when all is well. */
  readonly alarms: readonly string[]
  /** What the conductor last said; null with real devices, where time is the wall's. */
  readonly pace: { readonly paused: boolean; readonly factor: number; readonly achieved: number } | null
}

export interface ControllerState {
  readonly connected: boolean
  readonly joined: boolean
  /** Time from frame to answer, ms, latest. */
  readonly answer_ms: number
}

export interface DeviceState {
  readonly id: string
  readonly connected: boolean
  readonly tripped: boolean
  readonly rtt_ms: number
  readonly timeouts: number
  readonly reconnects: number
}

/** The conductor releases tick n: the plant stands at t(n), field-io may poll and make frame n. */
export interface GrantMessage {
  readonly type: 'grant'
  readonly tick: number
}

/** Frame and outputs of the granted tick are done. */
export interface DoneMessage {
  readonly type: 'done'
  readonly tick: number
}

/** The conductor's state, sent on a change and twice a second, so that silence is not taken for a pause. */
export interface PaceMessage {
  readonly type: 'pace'
  readonly paused: boolean
  /** Asked for, and achieved over the last second. 0: as fast as it goes. */
  readonly factor: number
  readonly achieved: number
}
