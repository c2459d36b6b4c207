/**
 * Initiating events of a plant's hazard table, as what fails in the field: a control valve that stands where it should not, a
 * disturbance, a contact. Each acts from when it is begun, and for good.
 */
import type { FaultOrder } from '../../plant-sim/core/instruments/faults.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import type { SafetySystem } from './safety-system.ts'

export interface Hazard {
  readonly name: string
  /** Cause that answers first; absent: the event is a demand on nothing. */
  readonly cause?: string
  /** Positions that control valves and drives go to, %. */
  readonly valves?: Readonly<Record<string, number>>
  readonly disturbances?: readonly string[]
  /** Transmitters of the safety system that no longer see the process: a common cause that takes an earlier function out. */
  readonly blind?: readonly string[]
  /** Contacts, true closes. */
  readonly contacts?: Readonly<Record<string, boolean>>
}

const COOLING_BLIND = ['FT-911', 'FT-912', 'FT-913']

const TENNESSEE_EASTMAN: readonly Hazard[] = [
  { name: 'Reactor CW fails shut', cause: 'S3', valves: { 'TV-09': 0 } },
  { name: 'Reactor CW fails shut, flow meters blind', cause: 'S2', valves: { 'TV-09': 0 }, blind: COOLING_BLIND },
  { name: 'A/C feed wide open', cause: 'S1', valves: { 'FV-04': 100 } },
  { name: 'Reactor CW wide open', cause: 'S1', valves: { 'TV-09': 100 } },
  { name: 'D+E feeds lost', cause: 'S3', valves: { 'FV-02': 0, 'FV-03': 0 } },
  { name: 'E feed wide open', cause: 'S3', valves: { 'FV-03': 100 } },
  { name: 'D feed wide open', cause: 'S3', valves: { 'FV-02': 100 } },
  { name: 'Condenser CW fails shut', cause: 'S4', valves: { 'TV-11': 0 } },
  { name: 'Recycle valve wide open', cause: 'S1', valves: { 'FV-05': 100 } },
  { name: 'Sep. liquid valve shut', cause: 'S6', valves: { 'FV-14': 0 } },
  { name: 'Sep. liquid valve open', cause: 'S7', valves: { 'FV-14': 100 } },
  { name: 'Stripper product shut', cause: 'S8', valves: { 'FV-17': 0 } },
  { name: 'Stripper product open', cause: 'S9', valves: { 'FV-17': 100 } },
  { name: 'Purge shut', valves: { 'FV-10': 0 } },
  { name: 'Agitator to 0', valves: { 'SC-50': 0 } },
  { name: 'A loss (IDV 6)', disturbances: ['IDV6'] },
  { name: 'C header (IDV 7)', disturbances: ['IDV7'] },
  { name: 'Steam open', valves: { 'FV-19': 100 } },
  { name: 'Recycle shut', valves: { 'FV-05': 0 } },
  { name: 'Compressor trips', cause: 'S10', contacts: { 'JS-20': false } },
  { name: 'Push-button', cause: 'S11', contacts: { 'HS-1': false } },
]

/** Those of its causes that the process brings about stand among the drives. */
const BOILER: readonly Hazard[] = [{ name: 'Push-button', cause: 'B12', contacts: { 'HS-1': false } }]

const HAZARDS: Readonly<Record<string, readonly Hazard[]>> = {
  boiler: BOILER,
  'tennessee-eastman': TENNESSEE_EASTMAN,
}

/** In the order of the table; empty for a plant that has none. */
export const hazardsOf = (plant: string): readonly Hazard[] => HAZARDS[plant] ?? []

export function beginHazard(hazard: Hazard, rig: Rig, sis: SafetySystem): void {
  for (const [tag, value] of Object.entries(hazard.valves ?? {})) rig.setFault(tag, stuckAt(value))
  for (const tag of hazard.blind ?? []) rig.setFault(tag, { kind: 'frozen' })
  for (const name of hazard.disturbances ?? []) rig.plant.setDisturbance(name, true)
  for (const [tag, closed] of Object.entries(hazard.contacts ?? {})) sis.press(tag, closed)
}

export function endHazard(hazard: Hazard, rig: Rig, sis: SafetySystem): void {
  for (const tag of [...Object.keys(hazard.valves ?? {}), ...(hazard.blind ?? [])]) rig.clearFault(tag)
  for (const name of hazard.disturbances ?? []) rig.plant.setDisturbance(name, false)
  for (const [tag, closed] of Object.entries(hazard.contacts ?? {})) sis.press(tag, !closed)
}

const stuckAt = (value: number): FaultOrder => ({ kind: 'stuck', value })

/**
 * How a cause is brought about alone, by the process: what the hazard table has, with what keeps its later consequences from coming
 * first. Causes that are not here are brought about at their transmitters.
 */
const DRIVES: Readonly<Record<string, Readonly<Record<string, Hazard>>>> = {
  'tennessee-eastman': {
    S1: { cause: 'S1', name: 'A/C feed wide open', valves: { 'FV-04': 100 } },
    S2: { cause: 'S2', name: 'reactor CW fails shut, flow meters blind', valves: { 'TV-09': 0 }, blind: COOLING_BLIND },
    S3: { cause: 'S3', name: 'reactor CW fails shut', valves: { 'TV-09': 0 } },
    S4: {
      cause: 'S4',
      name: 'condenser CW fails shut, liquid outlets at 20 %',
      valves: { 'TV-11': 0, 'FV-14': 20, 'FV-17': 20 },
    },
    S6: { cause: 'S6', name: 'sep. liquid and product valves shut', valves: { 'FV-14': 0, 'FV-17': 0 } },
    S7: { cause: 'S7', name: 'sep. liquid and product valves open', valves: { 'FV-14': 100, 'FV-17': 100 } },
    S8: { cause: 'S8', name: 'stripper product shut', valves: { 'FV-17': 0 } },
    S9: { cause: 'S9', name: 'stripper product open', valves: { 'FV-17': 100 } },
  },
  boiler: {
    B1: { cause: 'B1', name: 'flame blown out', disturbances: ['FLAMEOUT'] },
    B2: { cause: 'B2', name: 'feedwater pump stops', valves: { 'MC-09': 0 } },
    B4: { cause: 'B4', name: 'gas regulator fails open', disturbances: ['GASHIGH'] },
    B6: { cause: 'B6', name: 'forced draught vanes fail shut', valves: { 'HV-24': 0 } },
    B7L: { cause: 'B7L', name: 'induced draught vanes fail open', valves: { 'HV-25': 100 } },
    B7LF: { cause: 'B7LF', name: 'induced draught vanes fail open', valves: { 'HV-25': 100 } },
    B8: { cause: 'B8', name: 'forced draught fan stops', valves: { 'MC-31': 0 } },
  },
}

export const drivesOf = (plant: string): Readonly<Record<string, Hazard>> => DRIVES[plant] ?? {}
