import type { TagField, WritableField } from '../../contracts/artifact.ts'

/**
 * What a block type is: a declaration of its fields and a kernel over its slices of the arena.
 *
 * All mutable state of all blocks lies in the state region S, all constants of a load in K, rings in R.
 * A kernel gets views of its own slices, made once at load. It allocates nothing and reads nothing else.
 */
export type Kernel = (s: Float64Array, k: Float64Array, r: Float64Array) => void

/**
 * - wire-in, wire-out: value and status, two Float64s in S, at `NAME` and `NAME_ST`.
 * - back-in, back-out: the same against the data flow (BKCAL): does not order the scan, so its value is one scan old
 *   unless the source happens to run first.
 * - state: mutable in S. tunable: in S, a parameter that may be written while it runs.
 * - constant: from the strategy, in K. derived: computed at load from the constants and dt_s, in K.
 */
export type FieldRole = 'wire-in' | 'wire-out' | 'back-in' | 'back-out' | 'state' | 'tunable' | 'constant' | 'derived'

export interface FieldDecl {
  /** Upper case as an engineer knows it: IN, OUT, SP, GAIN. */
  readonly name: string
  readonly role: FieldRole
  /**
   * Engineering unit; '1' for a plain number; else a word that stands for a unit the strategy decides ('in', 'out', 'EU'):
   * wires of one block with the same word have the same unit.
   */
  readonly unit: string
  /** One sentence for the manual and the editor. */
  readonly doc: string
  /** Start value; a tunable or constant without one must be given in the strategy. */
  readonly default?: number
  /** Names that the strategy may write for numbers: { direct: 0, reverse: 1 }. */
  readonly names?: Readonly<Record<string, number>>
  /** A wire-in that may stay open; its status is then Bad/NotConnected and the block ignores it. */
  readonly optional?: boolean
  /** The strategy gives a list of `names`; the number is the sum of 2^n over it (permitted modes). */
  readonly mask?: boolean
  readonly min?: number
  readonly max?: number
  /**
   * Arrays (a scale [0, 100], CALC programs, a stack): number of Float64s; -1: as many as the strategy gives, for the last
   * field of K only. Not for wires.
   */
  readonly count?: number
  /** Start values of an array, in place of `default`. */
  readonly defaults?: readonly number[]
  /**
   * Every scan touches it: it stands before the fields that are not, so that a scan touches few lines of the cache. For types
   * that come by the thousand.
   */
  readonly hot?: true
  /** A change of this state is an event of this code (events.ts), with old and new value. */
  readonly event?: number
  /** Name of a constant: the event is watched for only where that is not 0 at load. */
  readonly event_if?: string
}

/**
 * What a block does while an input is Bad. passes: its outputs become Bad. holds: its outputs stay as they are and are usable.
 * sheds: it goes on by itself in another mode. ignores: nothing. fault_state: as the parameter FSTATE says.
 */
export type OnBad = 'passes' | 'holds' | 'sheds' | 'ignores' | 'fault_state'

export interface BlockType {
  /** 'PID' */
  readonly type: string
  /** One paragraph for the manual: what it does, the rules it follows. */
  readonly doc: string
  readonly fields: readonly FieldDecl[]
  /** The fields' offsets in S and in K, made by `layout(fields)`. */
  readonly kernel: Kernel
  /** Fills derived constants. Gets K with constants set, and the period of the block's scan class: called by createController. */
  readonly derive?: (k: Float64Array, dt_s: number) => void
  /**
   * Faults of the parameters that no single field shows, in words that begin with the field's name; none: it may run. Gets
   * S and K with what the strategy gives. createController refuses an artifact with any.
   */
  readonly check?: (s: Float64Array, k: Float64Array) => readonly string[]
  /** Sets the first state after a cold load, when constants, tunables and derived values stand: called by createController. */
  readonly start?: (s: Float64Array, k: Float64Array, r: Float64Array) => void
  /**
   * A write from outside (operator, engineer): checks mode, range and right, applies it, answers a REFUSAL code.
   * Absent: nothing can be written.
   */
  readonly write?: (s: Float64Array, k: Float64Array, field: string, value: number) => number
  /** Fields that may be written: what the compiler lets a tag offer. */
  readonly writable?: readonly string[]
  /** By input; one that is not named passes Bad on. The compiler follows it to the final elements. */
  readonly on_bad?: Readonly<Record<string, OnBad>>
  /** Which field of the block an operator sees as PV, OUT, KC of a tag. A wire's status stands beside it. */
  readonly tag_fields?: Readonly<Partial<Record<TagField, string>>>
  /** Which of `writable` an operator's SP, OUT, KC of a tag goes to. */
  readonly tag_writable?: Readonly<Partial<Record<WritableField, string>>>
  /**
   * Executes a run of blocks: `for (let i = 0; i < s.length; i++) kernel(s[i]!, k[i]!, r[i]!)`. A type that comes by the
   * thousand has its own, so that the engine sees one call site with one callee; the others share one loop.
   */
  readonly run?: Run
  /** Float64s this instance needs in the ring region, from its constants. */
  readonly ring_count?: (k: Float64Array, dt_s: number) => number
}

/**
 * Views of the slices of a run of blocks of one type, side by side. False: none of them has changed a state that has an event,
 * so that the engine need not look.
 */
export type Run = (
  s: readonly Float64Array[],
  k: readonly Float64Array[],
  r: readonly Float64Array[],
) => boolean | undefined
