/**
 * Messages between the programs of one system. On a wire each is one record of protocols/core/record.ts
 * (length, CRC, payload); the payload's first byte is the type. Codecs: link-codec.ts.
 *
 *   controller -> field-io    hello, output, replay-request, snapshot
 *   field-io -> controller    welcome, frame, restore, leave, snapshot-request
 *   controller -> gateway     hello, tags
 *   gateway -> field-io       hello, command, force, unforce
 *   field-io -> gateway       command-result, io-status, force-result, forces
 *   conductor -> field-io     grant, pace, snapshot-request, restore, device-memory and forces (those of a return, in place of all that
 *                             stand), command
 *   field-io -> conductor     hello, done, snapshot and before it device-memory and forces, welcome (after a restore), forces (after forces),
 *                             command (one that was carried out), command-result (of the conductor's own command)
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
  | ForceMessage
  | UnforceMessage
  | ForceResultMessage
  | ForcesMessage
  | DeviceMemoryMessage
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
  /** Reads of a class that were due before the one before had ended; absent: none. */
  readonly late?: number
  /** Changes from one path to the other since the start; absent: none. */
  readonly switches?: number
  /** Network A, then B; absent where the device's protocol does not say. */
  readonly paths?: readonly PathState[]
}

/** In use; good and waiting; failed and tried again; or not heard yet. */
export type PathWord = 'active' | 'standby' | 'failed' | 'connecting'

/** closed: asked as planned. open: not asked before its wait has ended. half-open: one probe is under way. */
export type BreakerWord = 'closed' | 'open' | 'half-open'

/** One way to a device. Counts since the start of field-io. */
export interface PathState {
  readonly endpoint: string
  readonly state: PathWord
  readonly breaker: BreakerWord
  /** Time from request to answer over the last requests, ms; 0 before the first. */
  readonly rtt_p50_ms: number
  readonly rtt_p99_ms: number
  readonly requests: number
  readonly timeouts: number
  readonly reconnects: number
  /** Modbus exception codes with their counts, rising. */
  readonly exceptions: readonly { readonly code: number; readonly count: number }[]
  /** Since the last good answer, ms; -1: none yet. */
  readonly good_age_ms: number
}

/**
 * Put this value in the place of a point's own, for so long. An input's is replaced in the frame, so that both controllers see
 * the same; an output's behind the controllers' decision, and it is clamped by range and step as theirs would be.
 */
export interface ForceMessage {
  readonly type: 'force'
  /** The gateway's own number of the order; comes back in the answer. */
  readonly id: number
  /** `RIO-1/AI/3` */
  readonly point: string
  /** In the device's own quantity. */
  readonly value: number
  /** ms of ticks, more than 0, at most FORCE_MS_MAX. A force that nobody takes away ends by itself. */
  readonly for_ms: number
  readonly who: string
  readonly reason: string
}

/** A force lives a day at most. */
export const FORCE_MS_MAX = 86_400_000

/** The point's own value counts again. */
export interface UnforceMessage {
  readonly type: 'unforce'
  readonly id: number
  readonly point: string
}

/** Why an order about a force was refused; 0 where it was not. */
export const FORCE_REFUSAL = {
  none: 0,
  /** No point of the running strategy has this name. */
  unknownPoint: 1,
  notFinite: 2,
  /** Outside the range of the output, or neither 0 nor 1 for a bool. */
  outOfRange: 3,
  /** Not more than 0, or more than FORCE_MS_MAX. */
  duration: 4,
  /** There is no force to take away. */
  notForced: 5,
} as const

/** The answer to one force or unforce. */
export interface ForceResultMessage {
  readonly type: 'force-result'
  readonly id: number
  readonly refusal: number
}

/** All forces that stand, after each change and with each status. A restart of field-io ends them all. */
export interface ForcesMessage {
  readonly type: 'forces'
  readonly at: TickId
  readonly forces: readonly ForceState[]
}

export interface ForceState {
  readonly point: string
  /** In the device's own quantity. */
  readonly value: number
  readonly who: string
  readonly reason: string
  /** Wall time of its begin, ms since 1970. */
  readonly since_ms: number
  /** ms of ticks. */
  readonly left_ms: number
}

/**
 * What field-io's devices hold of points that are read less often than at every tick, and whose turn is when: with the controllers'
 * state to the conductor, and back with a return. JSON as bytes, one entry a device, null where it holds nothing.
 */
export interface DeviceMemoryMessage {
  readonly type: 'device-memory'
  readonly memory: Uint8Array
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
