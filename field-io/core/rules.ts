/**
 * The rules of the execution model that field-io keeps, each a small pure function.
 *
 * They stand apart from the machinery for two reasons: an assessor reads them in one place, and the seeded world replaces one at
 * a time by its omission and must then find a violation (simulation/world/mutants.ts). Numbers in brackets: docs/architecture.md.
 */
import { compareTicks, type Output, type TickId } from '../../contracts/frame.ts'

/** Ticks. */
export const LIMITS = {
  /** A controller silent for so long is no longer joined; with nobody answering for so long frames stop. */
  unanswered_max: 10,
  /** Further ticks of silence after which a new epoch is begun from the freshest state. */
  hold_max: 60,
  /** A start waits so long for the states of both controllers. */
  gather_max: 6,
  /** A controller has so long to send the state that an epoch shall begin with. */
  fetch_max: 20,
  snapshot_every: 50,
  /** Largest age of the read-back that a write is clamped against. */
  clamp_age_max: 3,
  /** Inputs and read-backs older than this are Bad. */
  age_max: 3.5,
  /** Frames between syncs of the log where no command asks for one. */
  sync_every: 10,
} as const

export interface Rules {
  /** [2] Of two states or chains the fresher one. */
  isFresher(a: TickId, b: TickId): boolean
  /** [3] Judged with the clock of the moment, not by a timer having run out. */
  isLate(now_ms: number, until_ms: number): boolean
  /** [3] The number of the frame of this tick; lost ticks skip numbers. */
  nextNumber(last_n: number, ticks_passed: number): number
  /** [5] Whether an answer belongs to the present join of its controller. */
  belongs(output: Output, join: number): boolean
  /** [5] Whether a controller that has been silent for so many ticks is out. */
  hasLapsed(silent_ticks: number): boolean
  /** [5] Only the answer to the current frame is applied. */
  isCurrent(output: TickId, frame: TickId): boolean
  /** [6] Two answers to one frame are the same. */
  sameDigest(a: number, b: number): boolean
  /** [6] Which controller is kept when digests differ. Fresh: restored in this join, not yet in agreement with the other. */
  kept(preferred: 0 | 1, fresh: readonly [boolean, boolean]): 0 | 1
  /** [6] A dispute ends by agreement on a frame later than the one it began with. */
  endsDispute(at: TickId, since: TickId): boolean
  /** [6] `answers`: digests of all joined controllers for the snapshot's frame, undefined where not yet answered. */
  acceptsSnapshot(digest: number, answers: readonly (number | undefined)[], dispute: boolean): boolean
  /** [6, 8] */
  acknowledges(agreed: boolean, durable: boolean, dispute: boolean): boolean
  /** [8] Whether agreement on a frame takes all joined controllers. */
  needsAll(): boolean
  /** [8] After a hole in the log nothing is recorded any more until a later snapshot is durable. */
  chainBroken(failed: boolean): boolean
  /** [7] One open command per station: whether this number may become the open one. */
  admits(seq: number, open_seq: number | undefined, done_seq: number | undefined): boolean
  /** [4] Whether a read-back may be clamped against: of this connection, read after the last write, of this age in ticks. */
  clampsAgainst(age_ticks: number, same_connection: boolean, after_write: boolean): boolean
  /** [4] Whether the device is re-armed before this write: only after its trip, and with it the fail values, was read. */
  rearms(tripped: boolean): boolean
  /** [4] Largest move from where the device stands. */
  clamp(value: number, readback: number, sent: number | undefined, step_max: number): number
  /** [4] What the frame tells the controllers of an output: the device's word, not ours. */
  readBack(readback: number, sent: number | undefined): number
  /** [4] */
  isStale(age_ticks: number): boolean
  /** [9] Whether the first frame of an epoch waits until the epoch's number is durable. */
  waitsForEpoch(): boolean
  /** [9] A sync covers what was appended before it was issued. */
  covered(mark_issued: number, mark_appended: number): number
  /** [12] */
  holds(unanswered_ticks: number): boolean
  /** [12] */
  beginsEpoch(unanswered_ticks: number): boolean
}

/** The house's own rules. */
export const RULES: Rules = {
  isFresher: (a, b) => compareTicks(a, b) > 0,
  isLate: (now_ms, until_ms) => now_ms > until_ms,
  nextNumber: (last_n, ticks_passed) => last_n + ticks_passed,
  belongs: (output, join) => output.join === join,
  hasLapsed: (silent_ticks) => silent_ticks >= LIMITS.unanswered_max,
  isCurrent: (output, frame) => compareTicks(output, frame) === 0,
  sameDigest: (a, b) => a === b,
  kept: (preferred, fresh) => (fresh[0] === fresh[1] ? preferred : fresh[0] ? 0 : 1),
  endsDispute: (at, since) => compareTicks(at, since) > 0,
  acceptsSnapshot: (digest, answers, dispute) => !dispute && answers.every((answer) => answer === digest),
  acknowledges: (agreed, durable, dispute) => agreed && durable && !dispute,
  needsAll: () => true,
  chainBroken: (failed) => failed,
  admits: (seq, open_seq, done_seq) => open_seq === undefined && (done_seq === undefined || seq > done_seq),
  clampsAgainst: (age_ticks, same_connection, after_write) =>
    same_connection && after_write && age_ticks <= LIMITS.clamp_age_max,
  rearms: (tripped) => tripped,
  clamp: (value, readback, _sent, step_max) => Math.min(Math.max(value, readback - step_max), readback + step_max),
  readBack: (readback) => readback,
  isStale: (age_ticks) => age_ticks > LIMITS.age_max,
  waitsForEpoch: () => true,
  covered: (mark_issued) => mark_issued,
  holds: (unanswered_ticks) => unanswered_ticks >= LIMITS.unanswered_max,
  beginsEpoch: (unanswered_ticks) => unanswered_ticks >= LIMITS.unanswered_max + LIMITS.hold_max,
}
