import { SAFETY_REGISTER } from '../core/instruments/safety-field.ts'
import { readingOf } from '../core/instruments/signal.ts'
import type { Rig } from '../core/rig.ts'
import type { Conducting } from './conduct.ts'

/** What the instructor sees of the safety system's device and of the solver that works it. */
export interface SafetyState {
  readonly drop: string
  /** unwritten: nobody has written the solenoids since power-up. tripped: not refreshed in time, all are de-energised. */
  readonly guard: 'unwritten' | 'watching' | 'tripped'
  readonly transmitters: readonly {
    readonly tag: string
    readonly description: string
    readonly unit: string
    readonly counts: number
    readonly true_value: number
    /** In the same unit; null where the signal reports a failure. */
    readonly transmitted: number | null
  }[]
  readonly contacts: readonly ContactState[]
  readonly elements: readonly {
    readonly tag: string
    readonly description: string
    readonly energised: boolean
    /** 0 shut to 1 open, and what its limit switches say. */
    readonly opening: number
    readonly open: boolean
    readonly closed: boolean
  }[]
  readonly machines: readonly { readonly tag: string; readonly description: string; readonly speed: number }[]
  /** Limits crossed since the start, in the order of time. */
  readonly events: readonly { readonly at_s: number; readonly kind: string; readonly cause: string }[]
  /** Who paces its scans by the plant's time; null: nobody. */
  readonly solver: {
    readonly id: string
    readonly config_hash: string
    readonly scan_ms: number
    /** It let a scan pass unanswered and has not spoken since. */
    readonly silent: boolean
  } | null
  readonly scan_timeouts: number
}

export interface ContactState {
  readonly tag: string
  readonly description: string
  readonly closed: boolean
  readonly normal: 'closed' | 'open'
}

/** Null for a plant without safety equipment. */
export function safetyState({ safety, plant }: Rig, { sis, state }: Conducting): SafetyState | null {
  if (safety === null) return null
  const { equipment } = safety
  const sensed = new Float64Array(equipment.sensed)
  equipment.sense(plant, sensed)
  const bit = (bits: number, i: number): boolean => ((bits >> i) & 1) === 1
  const solenoids = safety.readInput(SAFETY_REGISTER.readback)
  const { open, closed } = safety.valves.switches
  const solver = sis?.solver
  return {
    drop: equipment.drop,
    guard: safety.isTripped() ? 'tripped' : safety.isUntouched() ? 'unwritten' : 'watching',
    transmitters: equipment.transmitters.map((t) => {
      const counts = safety.readInput(t.register)
      return {
        tag: t.tag,
        description: t.description,
        unit: t.unit,
        counts,
        true_value: sensed[t.measurement]!,
        transmitted: readingOf(counts / equipment.counts_per_mA, t.lo, t.hi),
      }
    }),
    contacts: equipment.contacts.map((c, i) => ({ ...c, closed: bit(safety.live_contacts, i) })),
    elements: equipment.valves.map(({ tag, description }, i) => ({
      tag,
      description,
      energised: bit(solenoids, i),
      opening: safety.valves.opening[i]!,
      open: bit(open, i),
      closed: bit(closed, i),
    })),
    machines: (equipment.machines ?? []).map(({ tag, description }, i) => ({
      tag,
      description,
      speed: safety.machines.speed[i]!,
    })),
    events: safety.events(),
    solver:
      solver === undefined
        ? null
        : { id: solver.id, config_hash: solver.config_hash, scan_ms: solver.scan_ms, silent: state.silent },
    scan_timeouts: state.scan_timeouts,
  }
}
