/**
 * What is installed in the field of one plant: instruments, valves and the remote I/O drops they are wired to.
 *
 * This is a truth of its own, beside the strategy's belief about it: a range mismatch between the two is a fault that can
 * be simulated. The parser is in plant-sim/edge; the core takes these records as given and asserts only its own indices.
 */
export interface Instruments {
  /** Name of the plant model these hang on: `tennessee-eastman`. */
  readonly plant: string
  /** Resolution of the drops' current modules: counts per mA. */
  readonly counts_per_mA: number
  readonly drops: readonly DropRecord[]
  readonly transmitters: readonly TransmitterRecord[]
  readonly analysers: readonly AnalyserRecord[]
  readonly valves: readonly ValveRecord[]
}

/** A remote I/O station: one Modbus device with the register map of docs/plant. */
export interface DropRecord {
  /** `RIO-1` */
  readonly id: string
  readonly description: string
  /** Output watchdog at power-up, s of plant time; 0: no watchdog. Ignored where the drop has no outputs. */
  readonly watchdog_s: number
}

/** Place of an instrument: the channel, and the Modbus register that follows from it. */
export interface Wiring {
  /** Index into `Instruments.drops`. */
  readonly drop: number
  /** First register in its block: input registers for measurements, holding registers for outputs. */
  readonly register: number
}

/** A two-wire transmitter, 4-20 mA after NAMUR NE 43. */
export interface TransmitterRecord extends Wiring {
  /** `PT-07` */
  readonly tag: string
  readonly description: string
  /** Index into the plant's measurements, from 0. */
  readonly measurement: number
  readonly unit: string
  /** Values at 4 and 20 mA. */
  readonly lo: number
  readonly hi: number
  /** Time constant of the sensor, s; 0 passes the process value. */
  readonly lag_s: number
  /** Standard deviation of the noise, in `unit`. */
  readonly noise_std: number
  /** Current by which it reports its own failure: 3.6 or less, 21 or more. */
  readonly failure_mA: number
}

/** A smart analyser: float32 in two registers, with a status word and a sample counter beside it. */
export interface AnalyserRecord extends Wiring {
  /** `AT-40` */
  readonly tag: string
  readonly description: string
  readonly measurement: number
  readonly unit: string
  readonly lo: number
  readonly hi: number
  readonly noise_std: number
  /** Time between samples, s. */
  readonly period_s: number
}

/** Where a valve goes without air or signal; `hold` stays where it is. */
export type FailPosition = 'closed' | 'open' | 'hold'

/** A control valve with positioner, or a drive: 4-20 mA is 0-100 %. */
export interface ValveRecord extends Wiring {
  /** `TV-09` */
  readonly tag: string
  readonly description: string
  /** Index into the plant's manipulated variables, from 0. */
  readonly manipulated: number
  readonly fail: FailPosition
  /** Why it fails that way: for the register of tags, not for the machine. */
  readonly fail_reason: string
  /** Largest speed under its positioner, %/s; 0: as fast as the model's own valve. */
  readonly travel_pct_s: number
  /** Speed at which the spring drives it when the air is gone, %/s. */
  readonly fail_travel_pct_s: number
  /** Extra first-order lag before the model's own, s; 0: none. */
  readonly lag_s: number
}
