/**
 * The burner's safety equipment: what the safety system of the boiler measures, and what it can move.
 *
 * Everything enters through `plant.ext`, neutral while all valves stand as they do in operation. The shutoff valves stand in series with
 * those that the control system moves, main and pilot, and have bodies, springs and seats of their own; the vent stands beside the
 * other. The ignition transformer sparks while released and asked for. Fan contactors stand in series with the motors' own.
 *
 * Two relays go back to the control system: light-off permitted, no master fuel trip. Two contacts come from it beside buttons: it asks
 * for fire while one of its pilot or main valves is told to open. Scanners see as those of the control system do, in housings of their own.
 */
import type { BlockValveRecord } from '../instruments/block-valve.ts'
import type { TransmitterRecord } from '../instruments/records.ts'
import type { ContactRecord, SafetyEquipment } from '../instruments/safety-field.ts'
import type { Plant } from '../plant.ts'
import { E, U } from './layout.ts'
import { BOILER_MEASUREMENTS } from './signals.ts'

/** Order of the solenoids: bit i of the register. */
const VALVES: readonly BlockValveRecord[] = [
  valve('SSV-1', 'main safety shutoff valve 1', 'open', 2, 0.8),
  valve('SSV-2', 'main safety shutoff valve 2', 'open', 2, 0.8),
  valve('VV-1', 'vent between the main shutoff valves', 'closed', 0.5, 0.5),
  valve('PSV-1', 'pilot safety shutoff valve 1', 'open', 0.5, 0.5),
  valve('PSV-2', 'pilot safety shutoff valve 2', 'open', 0.5, 0.5),
  valve('VV-2', 'vent between the pilot shutoff valves', 'closed', 0.5, 0.5),
  valve('XY-60', 'ignition transformer, released while made', 'open', 0.1, 0.1),
  valve('KY-96', 'relay to the control system: light-off permitted', 'open', 0.1, 0.1),
  valve('KY-97', 'relay to the control system: no master fuel trip', 'open', 0.1, 0.1),
  valve('JX-31', 'contactor of the forced draught fan', 'open', 0.1, 0.1),
  valve('JX-32', 'contactor of the induced draught fan', 'open', 0.1, 0.1),
]

/** Bit of each in the register of the solenoids. */
export const BURNER_SOLENOID = {
  main1: 1 << 0,
  main2: 1 << 1,
  mainVent: 1 << 2,
  pilot1: 1 << 3,
  pilot2: 1 << 4,
  pilotVent: 1 << 5,
  ignition: 1 << 6,
  permit: 1 << 7,
  noTrip: 1 << 8,
  fdFan: 1 << 9,
  idFan: 1 << 10,
} as const

const measured = (name: string): number => BOILER_MEASUREMENTS.findIndex((m) => m.name === name)
const SENSED = ['LDRUM', 'PDRUM', 'PGAS', 'QAIR', 'PFURN'].map(measured)
const SEEN = ['FLAME1', 'FLAME2', 'FLAME3', 'FLAMEP', 'RUNFD', 'RUNID', 'ZSC1', 'ZSC2'].map(measured)

const TRANSMITTERS: readonly TransmitterRecord[] = [
  ...three('LT', [621, 622, 623], 'drum level', 0, 'mm', -800, 800, 2, 3.6),
  ...three('PT', [601, 602, 603], 'drum pressure', 1, 'bara', 0, 120, 0.05, 21),
  ...three('PT', [611, 612, 613], 'gas behind the regulator', 2, 'kPa g', 0, 600, 0.5, 3.6),
  ...three('FT', [641, 642, 643], 'combustion air flow', 3, 'kg/s', 0, 120, 0.3, 3.6),
  ...three('PT', [651, 652, 653], 'furnace pressure', 4, 'Pa g', -4000, 4000, 5, 21),
  ...three('ZT', [24], 'purge air damper', 5, '%', 0, 100, 0.2, 3.6),
].map((t, register) => ({ ...t, register }))

const CONTACTS: readonly ContactRecord[] = [
  { tag: 'BS-41', description: 'scanner 1 sees the main flame', normal: 'closed', plant: 'and' },
  { tag: 'BS-42', description: 'scanner 2 sees the main flame', normal: 'closed', plant: 'and' },
  { tag: 'BS-43', description: 'scanner 3 sees the main flame', normal: 'closed', plant: 'and' },
  { tag: 'BS-44', description: 'pilot scanner sees a flame', normal: 'closed', plant: 'and' },
  { tag: 'JS-31', description: 'forced draught fan runs', normal: 'closed', plant: 'and' },
  { tag: 'JS-32', description: 'induced draught fan runs', normal: 'closed', plant: 'and' },
  { tag: 'PS-95', description: 'control power and instrument air are there', normal: 'closed' },
  { tag: 'ZSC-50', description: 'main fuel valves of the control system closed', normal: 'closed', plant: 'and' },
  { tag: 'BS-40', description: 'no scanner sees a flame', normal: 'closed', plant: 'and' },
  { tag: 'HS-1', description: 'master fuel trip push-button, control room', normal: 'closed' },
  { tag: 'HS-2', description: 'master fuel trip push-button, burner front', normal: 'closed' },
  { tag: 'HS-90', description: 'bypass permit key', normal: 'open' },
  { tag: 'HS-91', description: 'reset push-button', normal: 'open' },
  { tag: 'KS-90', description: 'key switch of the safety system, closed for PROGRAM', normal: 'open' },
  { tag: 'HS-92', description: 'burner start; the control system beside it', normal: 'open', plant: 'or' },
  { tag: 'HS-94', description: 'burner stop; the control system in series', normal: 'closed', plant: 'and' },
]

export const BOILER_SHUTDOWN: SafetyEquipment = {
  drop: 'SIS-1',
  counts_per_mA: 3000,
  watchdog_s: 0.5,
  transmitters: TRANSMITTERS,
  valves: VALVES,
  contacts: CONTACTS,
  // The facts of safety/config/boiler.json, as they are set in the device.
  channel: {
    base_id: 'b01e52c49d7a4f2e8c6103fa5d9e7b48',
    solver_id: 0x51500002,
    device_id: 0x51500102,
    test_mode: true,
    t_sf_ms: 300,
    error_interval_min: 60,
    scan_ms: 100,
    start: 'running',
  },
  // A drum that boils dry and walls that are drawn in are damage, whatever was shut before.
  low_damages: true,
  sensed: SENSED.length + 1,

  sense(plant, into) {
    for (let i = 0; i < SENSED.length; i++) into[i] = plant.clean[SENSED[i]!]!
    into[SENSED.length] = plant.position_pct[U.fd_vane]!
  },

  contactsOf(plant) {
    const at = (i: number): number => plant.clean[SEEN[i]!]!
    const fire = asksForFire(plant) ? 1 : 0
    return (
      (at(0) > 50 ? 1 : 0) |
      (at(1) > 50 ? 2 : 0) |
      (at(2) > 50 ? 4 : 0) |
      (at(3) > 50 ? 8 : 0) |
      (at(4) === 1 ? 16 : 0) |
      (at(5) === 1 ? 32 : 0) |
      (at(6) === 1 && at(7) === 1 ? 128 : 0) |
      (at(0) > 50 || at(1) > 50 || at(2) > 50 || at(3) > 50 ? 0 : 256) |
      (fire << 14) |
      (fire << 15)
    )
  },

  apply(plant, opening) {
    const { ext } = plant
    ext[E.ssv1] = opening[0]!
    ext[E.ssv2] = opening[1]!
    ext[E.vent] = opening[2]!
    ext[E.pilot] = Math.min(opening[3]!, opening[4]!)
    ext[E.igniter] = opening[6]!
    ext[E.permit] = opening[7]!
    ext[E.no_trip] = opening[8]!
    ext[E.fd_fan] = opening[9]!
    ext[E.id_fan] = opening[10]!
  },
}

/** One of the control system's pilot or main valves is told to open. */
const asksForFire = ({ demand_pct }: Plant): boolean => demand_pct[U.pv1]! > 50 || demand_pct[U.ssv1]! > 50

function valve(
  tag: string,
  description: string,
  energised: 'open' | 'closed',
  open_s: number,
  close_s: number,
): BlockValveRecord {
  return { tag, description, energised, open_s, close_s }
}

function three(
  letters: string,
  numbers: readonly number[],
  description: string,
  measurement: number,
  unit: string,
  lo: number,
  hi: number,
  noise_std: number,
  failure_mA: number,
): TransmitterRecord[] {
  return numbers.map((number) => ({
    tag: `${letters}-${number}`,
    description,
    measurement,
    unit,
    lo,
    hi,
    lag_s: 0,
    noise_std,
    failure_mA,
    drop: 0,
    register: 0,
  }))
}
