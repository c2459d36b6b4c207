/**
 * Planted bugs: each omits one rule of the execution model, and the world must find it. The number is the rule's.
 *
 * Those of field-io replace one function of its rules; the others twist what a program of the world is given or does.
 */
import type { LinkMessage } from '../../contracts/link.ts'
import type { Member } from '../../controller/core/member.ts'
import { RULES, type Rules } from '../../field-io/core/rules.ts'
import type { OperatorOptions } from './operators.ts'
import type { StandInOptions } from './stand-in.ts'

export interface WorldRules {
  readonly rules: Rules
  readonly operators: OperatorOptions
  readonly engine: StandInOptions
  readonly crc: boolean
  /** The device leaves its fail state by any write. */
  readonly leaves_fail_state: boolean
  /** What a controller makes of a message. */
  twist(message: LinkMessage, member: Member): LinkMessage
}

export const NO_MUTANT: WorldRules = {
  rules: RULES,
  operators: { session_durable: true, query_closes: true, open_max: 1 },
  engine: { dedup: true, expiry: true },
  crc: true,
  leaves_fail_state: false,
  twist: (message) => message,
}

export interface Mutant {
  readonly name: string
  /** Of the twelve rules, the one that it omits. */
  readonly rule: number
  readonly world: WorldRules
}

const rule = (number: number, name: string, rules: Partial<Rules>): Mutant => ({
  name,
  rule: number,
  world: { ...NO_MUTANT, rules: { ...RULES, ...rules } },
})

const other = (number: number, name: string, world: Partial<WorldRules>): Mutant => ({
  name,
  rule: number,
  world: { ...NO_MUTANT, ...world },
})

/** Executes any newer frame on whatever state there is. */
function ignoreParent(message: LinkMessage, member: Member): LinkMessage {
  if (message.type !== 'frame') return message
  const { epoch, n } = member.engine.state
  return { type: 'frame', frame: { ...message.frame, prev_epoch: epoch, prev_n: n } }
}

export const MUTANTS: readonly Mutant[] = [
  other(1, 'a frame is executed on another state than its parent', { twist: ignoreParent }),
  rule(2, 'freshest by n alone', { isFresher: (a, b) => a.n > b.n }),
  rule(3, 'lost ticks do not skip numbers', { nextNumber: (last_n) => last_n + 1 }),
  rule(3, 'late outputs are applied', { isLate: () => false }),
  rule(4, 'clamped against what was sent', {
    clamp: (value, readback, sent, step_max) => RULES.clamp(value, sent ?? readback, sent, step_max),
  }),
  rule(4, 'clamped against a read-back from before the last write', { clampsAgainst: (_, same) => same }),
  rule(4, 'the frame says what was sent, not what the device reads back', { readBack: (b, sent) => sent ?? b }),
  rule(4, 'old inputs stay good', { isStale: () => false }),
  rule(4, 're-armed without having read the trip', { rearms: () => true }),
  other(4, 'the device leaves its fail state by itself on a write', { leaves_fail_state: true }),
  rule(5, 'an output of another frame is applied', { isCurrent: () => true }),
  rule(5, 'an output of a former join counts', { belongs: () => true }),
  rule(5, 'joined for ever', { hasLapsed: () => false }),
  rule(6, 'digests are not compared', { sameDigest: () => true }),
  rule(6, 'the preferred one is always right', { kept: (preferred) => preferred }),
  rule(6, 'a dispute is ended by agreement on an old frame', { endsDispute: () => true }),
  rule(6, 'a snapshot is not verified', { acceptsSnapshot: () => true }),
  rule(6, 'a snapshot is accepted during a dispute', {
    acceptsSnapshot: (digest, answers) => RULES.acceptsSnapshot(digest, answers, false),
  }),
  rule(6, 'an acknowledgement during a dispute', { acknowledges: (agreed, durable) => agreed && durable }),
  other(7, 'a command does not expire', { engine: { dedup: true, expiry: false } }),
  {
    name: 'a command is applied again when it comes again',
    rule: 7,
    world: {
      ...NO_MUTANT,
      engine: { dedup: false, expiry: true },
      rules: { ...RULES, admits: (_, open) => open === undefined },
    },
  },
  {
    name: 'two commands open per station',
    rule: 7,
    world: {
      ...NO_MUTANT,
      operators: { ...NO_MUTANT.operators, open_max: 3 },
      rules: { ...RULES, admits: () => true },
    },
  },
  other(7, 'a query does not close the number', { operators: { ...NO_MUTANT.operators, query_closes: false } }),
  other(7, "the gateway's session is not durable", { operators: { ...NO_MUTANT.operators, session_durable: false } }),
  rule(8, 'acknowledged before it is durable', { acknowledges: (agreed, _, dispute) => agreed && !dispute }),
  rule(8, 'acknowledged on one digest', { needsAll: () => false }),
  rule(8, 'acknowledged behind a hole in the log', { chainBroken: () => false }),
  rule(9, 'the epoch is used before it is durable', { waitsForEpoch: () => false }),
  rule(9, 'a sync covers what was appended after it began', { covered: (_, appended) => appended }),
  other(11, 'no CRC', { crc: false }),
  rule(12, 'frames go on without an answer', { holds: () => false }),
  rule(12, 'no new epoch after a standstill', { beginsEpoch: () => false }),
]
