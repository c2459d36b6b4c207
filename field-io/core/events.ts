/**
 * What enters and leaves the core of field-io: plain data, so that the same core runs on sockets and in the world.
 *
 * `now_ms` is one monotonic clock, read when the event is delivered, not when its cause came to pass: lateness is judged by it.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { Command } from '../../contracts/frame.ts'
import type {
  ForcesMessage,
  LinkMessage,
  PaceMessage,
  RestoreMessage,
  SnapshotRequestMessage,
} from '../../contracts/link.ts'
import type { Rules } from './rules.ts'

export interface FieldIoConfig {
  /** The sections field-io needs of the artifact; a whole Artifact fits. */
  readonly artifact: FieldIoArtifact
  /**
   * wall: ticks come from the edge's clock, an answer is late one period after its tick.
   * granted: ticks come from the conductor, who waits for `done`; ages count ticks, an answer may take `answer_wait_ms`.
   */
  readonly time: 'wall' | 'granted'
  /** Granted time only: how long an answer may take before the tick is given up. */
  readonly answer_wait_ms?: number
  /** Frames after which an accepted snapshot opens a new log; the older ones may then be dropped or archived. */
  readonly log_frames_max?: number
  /** Other rules than the house's own: only the world gives them, to plant bugs. */
  readonly rules?: Rules
}

export type FieldIoArtifact = Pick<Artifact, 'hash' | 'tick_ms' | 'io'> & {
  readonly control: Pick<Artifact['control'], 'inputs' | 'outputs' | 'stations'>
}

export type FieldIoEvent =
  /** First of all, once: what stands on disk. `epoch` is the number last stored by store-epoch, 0 if there is none. */
  | { readonly type: 'start'; readonly now_ms: number; readonly epoch: number; readonly logs: readonly StoredLog[] }
  /** `tick` rises by one a period and jumps over lost ones; `t_ms` is wall time, for print only. */
  | { readonly type: 'tick'; readonly now_ms: number; readonly tick: number; readonly t_ms: number }
  /** A timer asked for by `deadline` has run out: now_ms >= its at_ms, never before. Extra ones do no harm. */
  | { readonly type: 'deadline'; readonly now_ms: number }
  | { readonly type: 'controller'; readonly now_ms: number; readonly index: 0 | 1; readonly message: LinkMessage }
  | { readonly type: 'controller-down'; readonly now_ms: number; readonly index: 0 | 1 }
  | { readonly type: 'gateway'; readonly now_ms: number; readonly message: LinkMessage }
  | {
      readonly type: 'conductor'
      readonly now_ms: number
      readonly message: ConductorMessage
    }
  | DeviceReadEvent
  | DeviceDoneEvent
  | { readonly type: 'device-down'; readonly now_ms: number; readonly device: number; readonly connection: number }
  /** Something about a device that the operator and the journal shall know: a switch to its other path. */
  | { readonly type: 'device-note'; readonly now_ms: number; readonly text: string }
  /** Everything appended before the sync of `mark` was issued, up to and including `mark`, is on disk: never behind a hole. */
  | { readonly type: 'log-durable'; readonly now_ms: number; readonly mark: number }
  /** The record `mark` and all after it in its log are not on disk (full, or an error). */
  | { readonly type: 'log-failed'; readonly now_ms: number; readonly mark: number }
  | { readonly type: 'epoch-stored'; readonly now_ms: number; readonly epoch: number }

/** What the conductor of a simulated plant says beside its grants. */
export type ConductorMessage =
  | PaceMessage
  | SnapshotRequestMessage
  | RestoreMessage
  | ForcesMessage
  | { readonly type: 'command'; readonly command: Command }

/** A log file as found at the start: its number and its bytes, torn tail and all. */
export interface StoredLog {
  readonly log: number
  readonly bytes: Uint8Array
}

/**
 * One complete read of a device. Value arrays follow `artifact.io.inputs` / `.outputs`, those of this device only, in order,
 * in the device's own quantity. A read must follow each write on the same connection, one request outstanding.
 */
export interface DeviceReadEvent {
  readonly type: 'device-read'
  readonly now_ms: number
  readonly device: number
  /** Rises with every new connection to this device; the first is 1. */
  readonly connection: number
  readonly inputs: Float64Array
  readonly statuses: Uint16Array
  /** Ticks before this event at which each input was sampled; absent: all at this event. Read-backs are always fresh. */
  readonly input_ages?: Float64Array
  /** What the outputs stand at, and its status. */
  readonly readbacks: Float64Array
  readonly readback_statuses: Uint16Array
  /** The device's watchdog has run out: outputs at their fail values until re-armed. False without a watchdog. */
  readonly tripped: boolean
}

/** The write or the re-arming asked for has ended: executed, or given up (late, time-out, connection lost). */
export interface DeviceDoneEvent {
  readonly type: 'device-done'
  readonly now_ms: number
  readonly device: number
  readonly connection: number
  readonly ok: boolean
}

export type FieldIoEffect =
  | { readonly type: 'send-controller'; readonly index: 0 | 1; readonly message: LinkMessage }
  | { readonly type: 'send-gateway'; readonly message: LinkMessage }
  | { readonly type: 'send-conductor'; readonly message: LinkMessage }
  /** A deadline event is wanted at this time, on the clock of now_ms. A later one does not cancel an earlier one. */
  | { readonly type: 'deadline'; readonly at_ms: number }
  | DeviceWrite
  /** Re-arm after a trip that was read on this connection. Answered by device-done. */
  | { readonly type: 'rearm'; readonly device: number; readonly connection: number }
  /** Appends go to this new file from now on. Older ones stay until log-drop. */
  | { readonly type: 'log-begin'; readonly log: number }
  /** `record` is complete: length, CRC, payload. */
  | { readonly type: 'log-append'; readonly log: number; readonly mark: number; readonly record: Uint8Array }
  /** fdatasync, then log-durable with the same mark. */
  | { readonly type: 'log-sync'; readonly log: number; readonly mark: number }
  /** Files numbered below `before` are no longer needed for a restart; the edge archives or deletes them. */
  | { readonly type: 'log-drop'; readonly before: number }
  /** Durably, replacing the former one, then epoch-stored. */
  | { readonly type: 'store-epoch'; readonly epoch: number }
  /** Frame and outputs of this tick are done: the conductor may grant the next. Without a conductor: nothing to do. */
  | { readonly type: 'done'; readonly tick: number }

/**
 * Write these outputs to one device in one request. The edge reads the clock when it really writes and drops the write
 * if that is after `until_ms` or if the connection is another one by then. Answered by device-done in any case.
 */
export interface DeviceWrite {
  readonly type: 'write'
  readonly device: number
  readonly connection: number
  readonly epoch: number
  readonly n: number
  readonly until_ms: number
  /** Indices into `artifact.io.outputs`; those not named keep their value. */
  readonly outputs: readonly number[]
  /** In the device's own quantity, clamped. */
  readonly values: Float64Array
}
