/**
 * The shutdown equipment of the Tennessee Eastman plant: what the safety system measures, and what it can move.
 *
 * An extension of the published model, which has none of it and is not meant for a shutdown. Everything enters through
 * `plant.ext`, which is exactly neutral while all valves are in their normal position. From the first trip on a level may
 * run low without the model standing still, and vessels that run empty stop flowing; a limit that damages still ends it.
 *
 * Block valves in the feeds, the liquid outlets and the steam scale their stream by their opening. The blow-down takes
 * separator vapour to the flare by the purge's own law, m = k sqrt(P - 760 mmHg), and stands outside XMEAS10. The independent cooling
 * takes Q = UA (T - 35 degC) from the reactor through its own bundle, as far as that is covered. The condenser's water has a bypass
 * that brings all of it, and a block valve before both. The recycle compressor can trip: it moves and works by its speed. All is held over
 * a macro-step.
 */
import type { BlockValveRecord } from '../instruments/block-valve.ts'
import type { TransmitterRecord } from '../instruments/records.ts'
import type { SafetyEquipment } from '../instruments/safety-field.ts'
import type { Plant } from '../plant.ts'
import { EXT } from './layout.ts'

/** Flow coefficient of the blow-down, lb/h per root mmHg: that of the purge valve fully open. */
const BLOWDOWN = 15.1169
/** Of the independent cooling, MMBTU/(h degC): at 120 degC it takes the heat that the base case makes, 22 MMBTU/h. */
const COOLING_UA = 0.25
const COOLING_WATER_DEGC = 35
const FT3_PER_M3 = 35.3145
/** Where the measured values stand among the plant's, and the water flow among the valve positions. */
const MEASURED = { pressure: 6, temperature: 8, reactor: 7, separator: 11, stripper: 14 } as const
const REACTOR_WATER = 9
const CONDENSER_WATER = 10

/** Order of the solenoids: bit i of the register. */
const VALVES = [
  valve('XV-1', 'A feed', 'open', 'FV-01'),
  valve('XV-2', 'D feed', 'open', 'FV-02'),
  valve('XV-3', 'E feed', 'open', 'FV-03'),
  valve('XV-4', 'A and C feed', 'open', 'FV-04'),
  valve('BDV-9', 'blow-down of the separator to flare', 'closed', 'FV-10'),
  valve('XV-10', 'separator underflow', 'open', 'FV-14'),
  valve('XV-11', 'stripper underflow, product', 'open'),
  valve('XV-19', 'stripper steam', 'open'),
  valve('CWR-1', 'independent reactor cooling', 'closed'),
  valve('CWC-1', 'bypass of the condenser cooling water valve', 'closed'),
  valve('CWC-2', 'condenser cooling water', 'open'),
] as const

/** Bit of each valve in the register of the solenoids. */
export const SOLENOID = {
  feedA: 1 << 0,
  feedD: 1 << 1,
  feedE: 1 << 2,
  feedAC: 1 << 3,
  blowdown: 1 << 4,
  separatorLiquid: 1 << 5,
  product: 1 << 6,
  steam: 1 << 7,
  reactorCooling: 1 << 8,
  condenserOpen: 1 << 9,
  condenserShut: 1 << 10,
} as const

/** Contact of JS-20. */
const COMPRESSOR_RUNS = 2
const ALL_CONTACTS = 0xffff

/** Measured quantities in the order of `sense`; three transmitters each. */
export const SENSED = ['pressure', 'temperature', 'reactorWater', 'reactor', 'separator', 'stripper'] as const

const TRANSMITTERS: readonly TransmitterRecord[] = [
  ...three('PT', [701, 702, 703], 'reactor pressure', 0, 'kPa g', 0, 3200, 0.3, 21),
  ...three('TT', [901, 902, 903], 'reactor temperature', 1, 'degC', 0, 200, 0.01, 21),
  ...three('FT', [911, 912, 913], 'reactor cooling water flow', 2, '%', 0, 100, 0.5, 3.6),
  ...three('LT', [801, 802, 803], 'reactor level', 3, '%', -5, 120, 0.5, 21),
  ...three('LT', [121, 122, 123], 'separator level', 4, '%', 0, 140, 1, 21),
  ...three('LT', [151, 152, 153], 'stripper level', 5, '%', -30, 135, 1, 21),
].map((t, register) => ({ ...t, register }))

export const TENNESSEE_EASTMAN_SHUTDOWN: SafetyEquipment = {
  drop: 'SIS-1',
  counts_per_mA: 3000,
  watchdog_s: 2,
  transmitters: TRANSMITTERS,
  valves: VALVES,
  contacts: [
    { tag: 'HS-1', description: 'emergency shutdown push-button, control room', normal: 'closed' },
    { tag: 'HS-2', description: 'emergency shutdown push-button, field', normal: 'closed' },
    { tag: 'JS-20', description: 'recycle compressor runs', normal: 'closed', plant: 'and' },
    { tag: 'HS-90', description: 'bypass permit key', normal: 'open' },
    { tag: 'HS-91', description: 'reset push-button', normal: 'open' },
    { tag: 'KS-90', description: 'key switch of the safety system, closed for PROGRAM', normal: 'open' },
  ],
  // The facts of safety/config/tennessee-eastman.json, as they are set in the device.
  channel: {
    base_id: '6d1f0c5ea2b94e7788d350a417c9fe32',
    solver_id: 0x51500001,
    device_id: 0x51500101,
    test_mode: true,
    t_sf_ms: 1000,
    error_interval_min: 60,
    scan_ms: 100,
    start: 'running',
  },
  machines: [{ tag: 'K-20', description: 'recycle compressor', run_down_s: 5, run_up_s: 30 }],
  sensed: SENSED.length,

  sense(plant, into) {
    into[0] = plant.clean[MEASURED.pressure]!
    into[1] = plant.clean[MEASURED.temperature]!
    into[2] = plant.position_pct[REACTOR_WATER]!
    into[3] = plant.clean[MEASURED.reactor]!
    into[4] = plant.clean[MEASURED.separator]!
    into[5] = plant.clean[MEASURED.stripper]!
  },

  contactsOf: (plant) => (plant.ext[EXT.compressor] === 1 ? ALL_CONTACTS : ALL_CONTACTS & ~(1 << COMPRESSOR_RUNS)),

  apply(plant, opening, tripped, speed) {
    const { ext } = plant
    ext[EXT.compressor] = speed[0]!
    ext[EXT.feedA] = opening[0]!
    ext[EXT.feedD] = opening[1]!
    ext[EXT.feedE] = opening[2]!
    ext[EXT.feedAC] = opening[3]!
    ext[EXT.blowdown] = opening[4]! * BLOWDOWN
    ext[EXT.separatorLiquid] = opening[5]!
    ext[EXT.product] = opening[6]!
    ext[EXT.steam] = opening[7]!
    ext[EXT.reactorHeat] = opening[8]! > 0 ? -opening[8]! * independentCooling(plant) : 0
    driveCondenser(plant, opening[9]!, opening[10]!)
    if (tripped) ext[EXT.runOn] = 1
  },
}

/** What the independent cooling can take now, MMBTU/h: by the temperature, and by how far the bundle is covered. */
function independentCooling(plant: Plant): number {
  const over_degC = plant.limited[2]! - COOLING_WATER_DEGC
  const covered = 0.025 * ((plant.limited[1]! * FT3_PER_M3) / 7.8) - 0.25
  return over_degC > 0 ? COOLING_UA * over_degC * Math.min(1, Math.max(0, covered)) : 0
}

function driveCondenser(plant: Plant, bypass: number, block: number): void {
  const { ext } = plant
  const driven = bypass > 0 || block < 1
  const valve_pct = plant.position_pct[CONDENSER_WATER]!
  ext[EXT.condenserWaterDriven] = driven ? 1 : 0
  ext[EXT.condenserWater_pct] = driven ? (valve_pct + bypass * (100 - valve_pct)) * block : 0
}

function valve(tag: string, description: string, energised: 'open' | 'closed', vents?: string): BlockValveRecord {
  return { tag, description, energised, open_s: 4, close_s: 4, ...(vents === undefined ? {} : { vents }) }
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
