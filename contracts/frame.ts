/**
 * What passes between field-io (sequencer, fence, recorder) and the controllers.
 *
 * Order is everywhere (epoch, n): n is the tick number, epoch rises with each start of field-io.
 * A frame is the only input a controller has. @see docs/architecture.md, "The execution model"
 */

/** A point in the order of frames. */
export interface TickId {
  readonly epoch: number
  readonly n: number
}

export const compareTicks = (a: TickId, b: TickId): number => a.epoch - b.epoch || a.n - b.n

/** One input that changed since the parent frame. `value` is the device's own quantity (mA, or EU of a smart device). */
export interface InputChange {
  /** Index into `artifact.control.inputs`. */
  readonly input: number
  readonly value: number
  readonly status: number
  /** Age of the value at the latch, whole ticks; 255 and more is 255. */
  readonly age_ticks: number
}

/** What the device says its output stands at: changed since the parent frame. Value in the device's own quantity. */
export interface ReadBack {
  /** Index into `artifact.control.outputs`. */
  readonly output: number
  readonly value: number
  readonly status: number
}

/** `set` writes a value; `void` closes a sequence number that may still be under way, so that it can never apply later. */
export const COMMAND_KIND = { set: 0, void: 1 } as const

/** An operator's command as it stands in a frame. The controllers judge its expiry, its expected value and its right. */
export interface Command {
  readonly station: number
  /** (durable session << 20) + k of that session; rises per station. */
  readonly seq: number
  readonly kind: number
  /** (epoch, n) that the operator's screen showed when the command was given; with another epoch it has expired. */
  readonly epoch: number
  readonly n: number
  readonly ttl_ticks: number
  /** Index into `artifact.control.writable`. */
  readonly target: number
  readonly value: number
  /** The value the operator saw; NaN: no expectation. */
  readonly expected: number
}

export interface Frame extends TickId {
  /** The state this frame steps from: the (epoch, n) of its parent. */
  readonly prev_epoch: number
  readonly prev_n: number
  /** Wall time of the tick, ms since 1970, stamped by field-io: printed and stored, never computed with. */
  readonly t_ms: number
  /** Which controller's Output is applied when both answer. */
  readonly preferred: 0 | 1
  readonly inputs: readonly InputChange[]
  readonly readbacks: readonly ReadBack[]
  readonly commands: readonly Command[]
}

export const OUTCOME = { applied: 1, refused: 2, expired: 3, voided: 4 } as const

/** Why a command was refused; 0 where it was not. */
export const REFUSAL = {
  none: 0,
  /** The value on the operator's screen was no longer the controller's. */
  changed: 1,
  /** The block's actual mode does not take this write (an output in automatic, a set point in cascade). */
  mode: 2,
  /** The mode is not among the permitted ones. */
  notPermitted: 3,
  outOfRange: 4,
  unknownTarget: 5,
  notFinite: 6,
  /** field-io cannot record it (disk full): control goes on, commands are refused. */
  notRecorded: 7,
} as const

export interface CommandResult {
  readonly station: number
  readonly seq: number
  readonly outcome: number
  readonly refusal: number
}

/** Something that happened in a scan, for the journal: keyed (epoch, n, ordinal). Texts are in the artifact. */
export interface ScanEvent {
  readonly ordinal: number
  readonly code: number
  /** Index into `artifact.control.blocks`. */
  readonly block: number
  readonly a: number
  readonly b: number
}

/** A controller's answer to one frame. */
export interface Output extends TickId {
  readonly controller: 0 | 1
  /** The join this answer belongs to: an output of a former join is dropped. */
  readonly join: number
  /** Digest of the whole mutable state after the scan, a safe integer. */
  readonly digest: number
  /** One value per `artifact.control.outputs`, in the device's own quantity. */
  readonly values: Float64Array
  /** Status beside each value; Bad means: do not write, let the device hold and time out. */
  readonly statuses: Uint16Array
  readonly results: readonly CommandResult[]
}

/** What the operator's side sees of a scan: every published value. */
export interface TagFrame extends TickId {
  readonly controller: 0 | 1
  readonly t_ms: number
  /** One per `artifact.control.published`. */
  readonly values: Float64Array
  readonly statuses: Uint16Array
  readonly events: readonly ScanEvent[]
}
