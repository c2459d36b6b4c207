import { readingOf } from '../core/instruments/signal.ts'
import type { Rig, RigFault } from '../core/rig.ts'
import type { Conducting } from './conduct.ts'
import type { FieldNetworks, NetworkMode, NetworkName } from './field-networks.ts'
import { type SafetyState, safetyState } from './safety-state.ts'

/** What the instructor sees: the answer to GET /api/state. */
export interface InstructorState {
  readonly plant: string
  readonly scheme: string
  readonly start: string
  readonly seed: number
  /** Plant time since the start, s; tick the plant stands at. */
  readonly time_s: number
  readonly tick: number
  readonly tick_ms: number
  readonly paused: boolean
  /** Asked for, and achieved over the last second; 0 as fast as it goes. */
  readonly factor: number
  readonly achieved: number
  readonly field_io: { readonly connected: boolean; readonly timeouts: number }
  /** The plant's own shutdown. */
  readonly trip: { readonly cause: string; readonly at_s: number } | null
  readonly cost_per_h: number
  readonly disturbances: readonly {
    readonly name: string
    readonly description: string
    readonly kind: string
    readonly on: boolean
  }[]
  readonly faults: readonly RigFault[]
  /** By tag: the faults it can have. */
  readonly possible_faults: Readonly<Record<string, readonly string[]>>
  readonly measurements: readonly MeasurementState[]
  readonly valves: readonly ValveState[]
  readonly drops: readonly {
    readonly id: string
    readonly description: string
    readonly tripped: boolean
    /** The state of its cables. */
    readonly networks: Readonly<Record<NetworkName, NetworkMode>>
  }[]
  /** The safety system's equipment; null for a plant that has none. */
  readonly safety: SafetyState | null
}

export interface MeasurementState {
  readonly tag: string
  readonly description: string
  readonly unit: string
  /** What the plant stands at. */
  readonly true_value: number
  /** What leaves the instrument, in the same unit; null where the signal reports a failure. */
  readonly transmitted: number | null
}

export interface ValveState {
  readonly tag: string
  readonly description: string
  readonly output_pct: number
  readonly position_pct: number
  readonly fail: string
}

export interface RunOrigin {
  readonly start: string
  readonly seed: number
}

export function instructorState(
  rig: Rig,
  conducting: Conducting,
  networks: FieldNetworks,
  origin: RunOrigin,
): InstructorState {
  const { plant, instruments } = rig
  const safety = safetyState(rig, conducting)
  const cables = (id: string) => ({ A: networks.modeOf(id, 'A'), B: networks.modeOf(id, 'B') })
  const { paused, factor, achieved } = conducting.pace()
  const { state } = conducting
  const analyser_first = instruments.transmitters.length
  return {
    plant: plant.name,
    scheme: plant.scheme,
    ...origin,
    time_s: rig.time_ms / 1000,
    tick: state.tick,
    tick_ms: state.tick_ms,
    paused,
    factor,
    achieved,
    field_io: { connected: state.linked, timeouts: state.timeouts },
    trip: plant.trip,
    cost_per_h: plant.cost_per_h,
    disturbances: plant.disturbances.map((d) => ({ ...d, on: plant.isDisturbed(d.name) })),
    faults: rig.faults(),
    possible_faults: Object.fromEntries(rig.tags),
    measurements: [
      ...instruments.transmitters.map((t, i) => ({
        tag: t.tag,
        description: t.description,
        unit: t.unit,
        true_value: plant.clean[t.measurement]!,
        transmitted: readingOf(rig.input_values[i]!, t.lo, t.hi),
      })),
      ...instruments.analysers.map((a, i) => ({
        tag: a.tag,
        description: a.description,
        unit: a.unit,
        true_value: plant.clean[a.measurement]!,
        transmitted: rig.input_status[analyser_first + i] === 0 ? rig.input_values[analyser_first + i]! : null,
      })),
    ],
    valves: instruments.valves.map((v, i) => ({
      tag: v.tag,
      description: v.description,
      output_pct: ((rig.output_values[i]! - 4) / 16) * 100,
      position_pct: plant.position_pct[v.manipulated]!,
      fail: v.fail,
    })),
    drops: [
      ...instruments.drops.map((d, i) => ({
        id: d.id,
        description: d.description,
        tripped: rig.drops.isTripped(i),
        networks: cables(d.id),
      })),
      ...(safety === null
        ? []
        : [
            {
              id: safety.drop,
              description: 'safety system',
              tripped: safety.guard === 'tripped',
              networks: cables(safety.drop),
            },
          ]),
    ],
    safety,
  }
}
