/**
 * What is published of a solver, one way: a JSON object a datagram. The shape is that of the read schema, which
 * test/wire compares.
 */
import { CHANNEL_ALARM, LATCH, OTHER_REASON, STATUS, SYSTEM_ALARM } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import type { SisInputs } from '../core/inputs.ts'
import type { Soe } from '../core/soe.ts'
import type { Solver } from '../core/solver.ts'
import { OWN } from '../core/state.ts'
import { SLOTS } from '../core/tables.ts'

/** Newest records of events that every datagram repeats. */
const SOE_SENT = 64

export interface Frame {
  readonly config_hash: string
  readonly run_id: string
  readonly seq: number
  readonly signed_by: readonly string[]
  readonly at: string
}

export interface Around {
  readonly scan: number
  /** Taken off the numbers of scans in the records. */
  readonly offset: number
  readonly running_hash: number
  readonly running_hash_expected: number
  readonly channel: {
    readonly state: 'starting' | 'sound' | 'failsafe'
    readonly errors: number
    readonly late: number
  }
  readonly executive: {
    readonly last_ms: number
    readonly worst_ms: number
    readonly overruns: number
    readonly restarts: number
  }
  /** ISO 8601 of the last proof test, by final element; "" none. */
  readonly proved: readonly string[]
}

const KEYS = ['RUN', 'PROGRAM', 'SIMULATION'] as const
const bit = (word: number, i: number): boolean => ((word >>> i) & 1) === 1

export function snapshotOf(solver: Solver, inputs: SisInputs, frame: Frame, around: Around): object {
  const { config, tables: t, state: s, diagnostics, elements, alarms, soe } = solver
  const now = s.own[OWN.last]!
  const left = (since: number, total: number): number => (since < 0 ? -1 : Math.max(0, total - (now - since)))
  const first = Math.max(0, soe.count - SOE_SENT)
  return {
    ...head(config, frame),
    running_hash: around.running_hash,
    running_hash_expected: around.running_hash_expected,
    scan: around.scan,
    key: KEYS[inputs.key] ?? 'PROGRAM',
    faults: solver.faults,
    difference: solver.difference,
    transmitters: config.transmitters.map((_, i) => ({
      raw: inputs.counts[i]!,
      status: s.status[i]!,
      alarms: diagnostics.alarms[i]!,
    })),
    contacts: config.contacts.map((_, i) => ({
      raw: inputs.contacts[i]!,
      status: s.status[t.transmitters + i]!,
      alarms: diagnostics.alarms[t.transmitters + i]!,
    })),
    causes: config.causes.map((cause, c) => ({
      active: bit(s.own[OWN.active]!, c),
      vote: s.result[c]!,
      votes: cause.inputs.map((_, k) => s.vote[c * SLOTS + k] === 1),
      bypass_left: cause.inputs.map((_, k) => left(s.mosSince[c * SLOTS + k]!, t.mosTime)),
      startup_left: left(s.startupSince[c]!, t.startupMax[c]!),
      alarms: alarms.causes[c]!,
    })),
    effects: config.effects.map((_, e) => ({
      state: s.latch[e]!,
      first_out: s.firstOut[e]!,
      other_reason: s.otherReason[e]!,
      override_left: left(s.overrideSince[e]!, t.overrideMax[e]!),
      alarms: alarms.effects[e]!,
    })),
    elements: config.elements.map((_, i) => ({
      energised: elements.outputs[i] === 1,
      open: inputs.open[i] === 1,
      closed: inputs.closed[i] === 1,
      alarms: elements.alarms[i]!,
      travel: elements.travel[i]!,
      proved: around.proved[i] ?? '',
    })),
    sequences: config.sequences.map((_, q) => ({ step: s.step[q]! - t.firstStep[q]! })),
    system_alarms: alarms.system[0]!,
    dcs_link: inputs.dcs_link === 1,
    start_blocked: inputs.start_blocked !== 0,
    channel: { ...around.channel, test_mode: config.mode === 'SIMULATION' },
    executive: around.executive,
    soe_count: soe.count,
    soe: Array.from({ length: soe.count - first }, (_, i) => recordOf(soe, first + i, around.offset)),
  }
}

/** Record i of the ring, which must still be in it. */
export function recordOf(soe: Soe, i: number, offset: number) {
  const at = (i % soe.capacity) * soe.width
  const r = soe.records
  return { i, scan: r[at]! - offset, kind: r[at + 1]!, at: r[at + 2]!, a: r[at + 3]!, b: r[at + 4]! }
}

/** What the watchdog says while no solver runs: nothing is known, and everything counts as tripped. */
export function snapshotOfNobody(config: SisConfig, frame: Frame, restarts: number): Record<string, unknown> {
  const unknown = { raw: -1, status: STATUS.bad, alarms: CHANNEL_ALARM.stale }
  return {
    ...head(config, frame),
    running_hash: 0,
    running_hash_expected: 0,
    scan: 0,
    key: config.mode,
    faults: -1,
    difference: -1,
    transmitters: config.transmitters.map(() => unknown),
    contacts: config.contacts.map(() => unknown),
    causes: config.causes.map(({ inputs }) => ({
      active: false,
      vote: 0,
      votes: inputs.map(() => false),
      bypass_left: inputs.map(() => -1),
      startup_left: -1,
      alarms: 0,
    })),
    effects: config.effects.map(() => ({
      state: LATCH.tripped,
      first_out: 0,
      other_reason: OTHER_REASON.fault,
      override_left: -1,
      alarms: 0,
    })),
    elements: config.elements.map(() => ({
      energised: false,
      open: false,
      closed: false,
      alarms: 0,
      travel: -1,
      proved: '',
    })),
    sequences: config.sequences.map(() => ({ step: 0 })),
    system_alarms: SYSTEM_ALARM.fault | (config.mode === 'RUN' ? 0 : SYSTEM_ALARM.keyNotRun),
    dcs_link: false,
    start_blocked: false,
    channel: { state: 'starting', errors: 0, late: 0, test_mode: config.mode === 'SIMULATION' },
    executive: { last_ms: 0, worst_ms: 0, overruns: 0, restarts },
    soe_count: 0,
    soe: [],
  }
}

const head = ({ id, scan_ms }: SisConfig, { config_hash, run_id, seq, signed_by, at }: Frame) => ({
  type: 'sis-snapshot',
  version: 1,
  id,
  config_hash,
  run_id,
  seq,
  scan_ms,
  at,
  signed_by,
})
