/**
 * The initiating events of the Tennessee Eastman plant's hazard table in the project's own model, each with and without the
 * action of a safety system, under the published regulatory loops.
 *
 * The safety system here is only what the proposed cause-and-effect matrix says: a trip point, two of three, a delay, a set
 * of solenoids, all of them latched. The product's own is a program of its own.
 */
import { createFaultBank } from '../../plant-sim/core/instruments/faults.ts'
import { createSafetyField, type SafetyEvent } from '../../plant-sim/core/instruments/safety-field.ts'
import { quantityOf } from '../../plant-sim/core/instruments/signal.ts'
import type { Plant } from '../../plant-sim/core/plant.ts'
import { SENSED, SOLENOID, TENNESSEE_EASTMAN_SHUTDOWN } from '../../plant-sim/core/tennessee-eastman/shutdown.ts'
import { tennesseeEastman } from '../../plant-sim/core/tennessee-eastman/tennessee-eastman.ts'
import { BRAATZ_XMV, braatz } from './braatz.ts'

/** What is watched: the bounded values in their own units, as `plant.limited` has them. */
export const WATCHED = { P: 0, reactor: 1, T: 2, separator: 3, stripper: 4 } as const
export type Watched = keyof typeof WATCHED

export interface Hazard {
  readonly name: string
  readonly event: (plant: Plant) => void
}

const hold = (index: number, pct: number) => (plant: Plant) => {
  plant.demand_pct[index] = pct
}

/** Rows of the table, in its order; each acts from the first second on and for good. */
export const HAZARDS = {
  'Reactor CW fails shut': hold(9, 0),
  'A/C feed wide open': hold(3, 100),
  'Reactor CW wide open': hold(9, 100),
  'D+E feeds lost': (plant) => {
    plant.demand_pct[0] = 0
    plant.demand_pct[1] = 0
  },
  'E feed wide open': hold(1, 100),
  'D feed wide open': hold(0, 100),
  'Condenser CW fails shut': hold(10, 0),
  'Recycle valve wide open': hold(4, 100),
  'Sep. liquid valve shut': hold(6, 0),
  'Sep. liquid valve open': hold(6, 100),
  'Stripper product shut': hold(7, 0),
  'Stripper product open': hold(7, 100),
  'Purge shut': hold(5, 0),
  'Agitator to 0': hold(11, 0),
  'A loss (IDV 6)': (plant) => plant.setDisturbance('IDV6', true),
  'C header (IDV 7)': (plant) => plant.setDisturbance('IDV7', true),
  'Steam open': hold(8, 100),
  'Recycle shut': hold(4, 0),
} as const satisfies Readonly<Record<string, (plant: Plant) => void>>
export type HazardName = keyof typeof HAZARDS

/** A safety function as it is tried here. */
export interface SafetyFunction {
  readonly name: string
  /** Index into SENSED, and the trip point in the unit of its transmitters; `below` trips on low. */
  readonly input: (typeof SENSED)[number]
  readonly at: number
  readonly below?: boolean
  /** The signal must stand beyond the trip point for so long, s. */
  readonly hold_s?: number
  /** Solenoids that drop out. */
  readonly drops: number
}

const {
  feedA,
  feedD,
  feedE,
  feedAC,
  blowdown,
  separatorLiquid,
  product,
  steam,
  reactorCooling,
  condenserOpen,
  condenserShut,
} = SOLENOID
const FEEDS = feedA | feedD | feedE | feedAC

/** Level of a volume, % of the transmitter's scale. */
const pct = (m3: number, zero_ft3: number, span_ft3: number): number => ((m3 * 35.3145 - zero_ft3) / span_ft3) * 100
export const reactorPct = (m3: number): number => pct(m3, 84.6, 666.7)
export const separatorPct = (m3: number): number => pct(m3, 27.5, 290)
export const stripperPct = (m3: number): number => pct(m3, 78.25, 156.5)

/** The matrix of the proposal, S1 to S9; S10 and S11 have no analog cause. */
export const MATRIX: readonly SafetyFunction[] = [
  { name: 'S1', input: 'pressure', at: 2895, drops: FEEDS | blowdown | steam | reactorCooling | condenserOpen },
  { name: 'S2', input: 'temperature', at: 140, drops: FEEDS | blowdown | steam | reactorCooling | condenserOpen },
  {
    name: 'S3',
    input: 'reactorWater',
    at: 20,
    below: true,
    hold_s: 5,
    drops: FEEDS | blowdown | steam | reactorCooling | condenserOpen,
  },
  {
    name: 'S4',
    input: 'reactor',
    at: reactorPct(21.3),
    drops: FEEDS | blowdown | separatorLiquid | product | steam | reactorCooling,
  },
  { name: 'S5', input: 'reactor', at: 5, below: true, drops: FEEDS | steam },
  {
    name: 'S6',
    input: 'separator',
    at: separatorPct(9),
    drops: FEEDS | blowdown | steam | reactorCooling | condenserShut,
  },
  { name: 'S7', input: 'separator', at: separatorPct(2), below: true, drops: separatorLiquid },
  { name: 'S8', input: 'stripper', at: stripperPct(6.6), drops: FEEDS | blowdown | separatorLiquid | steam },
  { name: 'S9', input: 'stripper', at: stripperPct(2.5), below: true, drops: product },
]

export interface TryOptions {
  readonly functions?: readonly SafetyFunction[]
  /** From the vote to the dropped solenoid, s. The valves then take their travel. */
  readonly delay_s?: number
  readonly for_s: number
  /** Macro-step, ms, and divisor of the sub-steps. */
  readonly step_ms?: number
  readonly refine?: number
  /** Keep no independent cooling: CWR does not open. */
  readonly withoutCooling?: boolean
  /** Thresholds to date: when a watched value first goes beyond one. */
  readonly crossings?: readonly Crossing[]
}

export interface Crossing {
  readonly of: Watched
  readonly beyond: number
  readonly below?: boolean
}

export interface Tried {
  /** First limit crossed. */
  readonly first: SafetyEvent | null
  readonly events: readonly SafetyEvent[]
  /** Largest and smallest of each watched value, and when, s. */
  readonly most: Readonly<Record<Watched, number>>
  readonly least: Readonly<Record<Watched, number>>
  /** In the order of `crossings`; NaN: never. */
  readonly crossed_s: readonly number[]
  /** Functions that tripped, and when their solenoids dropped, s. */
  readonly trips: readonly { readonly name: string; readonly at_s: number }[]
  readonly end_s: number
}

/** One event from the base case, with the safety functions given. */
export function tryHazard(hazard: HazardName | null, options: TryOptions): Tried {
  const { functions = [], delay_s = 0, for_s, step_ms = 100, refine = 1, crossings = [] } = options
  const plant = tennesseeEastman({ noise: 'none' }, refine)
  const equipment = TENNESSEE_EASTMAN_SHUTDOWN
  const bank = createFaultBank(equipment.transmitters.length + equipment.valves.length)
  const field = createSafetyField(equipment, plant, bank, 0, 1, false)
  const loops = braatz()
  const demand = Float64Array.from(BRAATZ_XMV)
  const act: (plant: Plant) => void = hazard === null ? () => {} : HAZARDS[hazard]

  const names = Object.keys(WATCHED) as Watched[]
  const most = Object.fromEntries(names.map((n) => [n, Number.NEGATIVE_INFINITY])) as Record<Watched, number>
  const least = Object.fromEntries(names.map((n) => [n, Number.POSITIVE_INFINITY])) as Record<Watched, number>
  const crossed_s = crossings.map(() => Number.NaN)
  const before = crossings.map(({ of }) => plant.limited[WATCHED[of]]!)
  const since_s = functions.map(() => Number.NaN)
  const trips: { name: string; at_s: number }[] = []
  let solenoids = 2 ** equipment.valves.length - 1

  let time_ms = 0
  while (time_ms < for_s * 1000) {
    if (time_ms % 1000 === 0) {
      loops.control(time_ms / 1000 + 1, plant.measured, demand)
      for (let k = 0; k < 11; k++) demand[k] = Math.min(100, Math.max(0, demand[k]!))
      plant.demand_pct.set(demand)
      act(plant)
    }
    for (const [n, f] of functions.entries()) {
      if (!votes(field.readInput, f)) {
        if (!trips.some((t) => t.name === f.name)) since_s[n] = Number.NaN
        continue
      }
      if (Number.isNaN(since_s[n]!)) since_s[n] = time_ms / 1000
    }
    for (const [n, f] of functions.entries()) {
      const due_s = since_s[n]! + (f.hold_s ?? 0) + delay_s
      if (!(time_ms / 1000 >= due_s - 1e-9) || trips.some((t) => t.name === f.name)) continue
      trips.push({ name: f.name, at_s: time_ms / 1000 })
      solenoids &= ~(options.withoutCooling === true ? f.drops & ~reactorCooling : f.drops)
    }
    field.writeSolenoids(solenoids)
    field.act(plant, step_ms / 1000, time_ms / 1000)
    plant.advance(step_ms / 1000)
    time_ms += step_ms
    field.watch(plant, step_ms, time_ms, false)
    for (const name of names) {
      const value = plant.limited[WATCHED[name]]!
      most[name] = Math.max(most[name], value)
      least[name] = Math.min(least[name], value)
    }
    for (const [n, c] of crossings.entries()) {
      const value = plant.limited[WATCHED[c.of]]!
      const sign = c.below === true ? -1 : 1
      if (Number.isNaN(crossed_s[n]!) && sign * value > sign * c.beyond) {
        const share = (c.beyond - before[n]!) / (value - before[n]!)
        crossed_s[n] = (time_ms - step_ms + share * step_ms) / 1000
      }
      before[n] = value
    }
    if (plant.trip !== null && trips.length === 0) break
  }
  const events = field.events()
  return { first: events[0] ?? null, events, most, least, crossed_s, trips, end_s: time_ms / 1000 }
}

/** Two of three transmitters, as a receiver decodes their counts. */
function votes(read: (register: number) => number, f: SafetyFunction): boolean {
  const at = SENSED.indexOf(f.input) * 3
  let count = 0
  for (let i = at; i < at + 3; i++) {
    const { lo, hi } = TENNESSEE_EASTMAN_SHUTDOWN.transmitters[i]!
    const value = quantityOf(read(i) / TENNESSEE_EASTMAN_SHUTDOWN.counts_per_mA, lo, hi)
    if (f.below === true ? value < f.at : value > f.at) count++
  }
  return count >= 2
}
