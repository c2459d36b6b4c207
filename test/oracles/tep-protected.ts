/**
 * The hazard table with the product's safety system in service: how near does each row come to a limit of the equipment?
 *
 * The solver of safety/core with the plant's own configuration, at the registers of its drop, 100 ms a scan, noise on its
 * transmitters. Under the published regulatory loops as in the table, and under the product's strategy.
 */
import type { SisPlant } from '../../cli/sis/test-plant.ts'
import { createFaultBank } from '../../plant-sim/core/instruments/faults.ts'
import { createSafetyField, type SafetyEvent, type SafetyField } from '../../plant-sim/core/instruments/safety-field.ts'
import type { Plant } from '../../plant-sim/core/plant.ts'
import { TENNESSEE_EASTMAN_SHUTDOWN } from '../../plant-sim/core/tennessee-eastman/shutdown.ts'
import { tennesseeEastman } from '../../plant-sim/core/tennessee-eastman/tennessee-eastman.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { beginHazard, type Hazard } from '../../simulation/sis/hazards.ts'
import { createSafetySystem, type SafetySystem } from '../../simulation/sis/safety-system.ts'
import { BRAATZ_XMV, braatz } from './braatz.ts'
import { HAZARDS, type HazardName } from './tep-shutdown.ts'

/** A limited quantity: its extremes, and how much was left to the limits. */
export interface Extreme {
  readonly name: string
  readonly unit: string
  readonly most: number
  readonly most_at_s: number
  readonly least: number
  readonly limit_hi: number
  readonly limit_lo: number
}

export interface ProtectedRow {
  readonly hazard: string
  /** Causes in the order in which they became active, s after the event. */
  readonly trips: readonly { readonly cause: string; readonly at_s: number }[]
  readonly extremes: readonly Extreme[]
  readonly events: readonly SafetyEvent[]
  /** How long it was watched, s. */
  readonly ran_s: number
}

export interface RowOptions {
  /** After the first trip, s. */
  readonly after_s: number
  /** Where nothing trips, s. */
  readonly never_s: number
  /** Divides the sub-steps of the model. */
  readonly refine?: number
  readonly seed?: number
}

const SCAN_MS = 100

/** One row under the published loops, from the base case. */
export function protectedRow(config: SisConfig, hazard: HazardName, options: RowOptions): ProtectedRow {
  const plant = tennesseeEastman({ noise: 'none' }, options.refine ?? 1)
  const equipment = TENNESSEE_EASTMAN_SHUTDOWN
  const bank = createFaultBank(equipment.transmitters.length + equipment.valves.length)
  const field = createSafetyField(equipment, plant, bank, 0, options.seed ?? 1, true)
  const sis = createSafetySystem(config, field)
  const loops = braatz()
  const demand = Float64Array.from(BRAATZ_XMV)
  const act: (plant: Plant) => void = HAZARDS[hazard]
  let time_ms = 0
  const step = (): void => {
    if (time_ms % 1000 === 0) {
      loops.control(time_ms / 1000 + 1, plant.measured, demand)
      for (let k = 0; k < 11; k++) demand[k] = Math.min(100, Math.max(0, demand[k]!))
      plant.demand_pct.set(demand)
      act(plant)
    }
    field.act(plant, SCAN_MS / 1000, time_ms / 1000)
    plant.advance(SCAN_MS / 1000)
    time_ms += SCAN_MS
    field.watch(plant, SCAN_MS, time_ms, time_ms % 1000 === 0)
    sis.scan()
  }
  return watchRow(config, hazard, { plant, field, sis, step, time_s: () => time_ms / 1000 }, options)
}

/** One row under the product's strategy, from a start of the plant, a minute after it. */
export function strategyRow(plant: SisPlant, start: string, hazard: Hazard, options: RowOptions): ProtectedRow {
  const loop = plant.loop({ seed: options.seed ?? 1, start })
  loop.advance(60 / loop.scan_s)
  const zero_s = loop.time_s
  beginHazard(hazard, loop.rig, loop.sis)
  const field = loop.rig.safety!
  const parts = {
    plant: loop.rig.plant,
    field,
    sis: loop.sis,
    step: () => loop.advance(1),
    time_s: () => loop.time_s - zero_s,
  }
  return watchRow(plant.config, hazard.name, parts, options)
}

interface Parts {
  readonly plant: Plant
  readonly field: SafetyField
  readonly sis: SafetySystem
  readonly step: () => void
  readonly time_s: () => number
}

/** Word of the active causes of the solver's first evaluator. */
const ACTIVE = 6

function watchRow(config: SisConfig, hazard: string, parts: Parts, options: RowOptions): ProtectedRow {
  const { plant, field, sis } = parts
  const most = plant.limited.slice()
  const least = plant.limited.slice()
  const most_at_s = new Float64Array(most.length)
  const trips: { cause: string; at_s: number }[] = []
  let end_s = options.never_s
  while (parts.time_s() < end_s && plant.trip === null) {
    parts.step()
    for (let i = 0; i < most.length; i++) {
      const value = plant.limited[i]!
      if (value > most[i]!) {
        most[i] = value
        most_at_s[i] = parts.time_s()
      }
      if (value < least[i]!) least[i] = value
    }
    const active = sis.solver.state.own[ACTIVE]!
    for (const [c, cause] of config.causes.entries()) {
      if (((active >>> c) & 1) === 0 || trips.some((t) => t.cause === cause.id)) continue
      if (trips.length === 0) end_s = parts.time_s() + options.after_s
      trips.push({ cause: cause.id, at_s: parts.time_s() })
    }
  }
  const extremes = plant.limits.map(
    (limit, i): Extreme => ({
      name: limit.name,
      unit: limit.unit,
      most: most[i]!,
      most_at_s: most_at_s[i]!,
      least: least[i]!,
      limit_hi: limit.trip_hi,
      limit_lo: limit.trip_lo,
    }),
  )
  return { hazard, trips, extremes, events: field.events(), ran_s: parts.time_s() }
}

export const damaged = (row: ProtectedRow): boolean => row.events.some((e) => e.kind === 'equipment damaged')
