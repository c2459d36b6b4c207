/**
 * A type of device, described once: how it is reached, what it can take, what stands in its registers. A strategy makes
 * instances of it by address; the emulator of plant-sim answers from the same description.
 * @see docs/reference/device-profiles.md, field-io/profiles
 */
import type {
  Protocol,
  RegisterCodec,
  RequestLimits,
  SerialRecord,
  WatchdogRecord,
} from '../../../contracts/artifact.ts'

export interface DeviceProfile {
  /** As its file is called: `eastron_sdm630`. */
  readonly name: string
  readonly title: string
  /** Where the figures come from and under which licence they stand there. */
  readonly source: string
  /** What it speaks itself; behind a gateway any Modbus will do. */
  readonly protocols: readonly Protocol[]
  readonly serial?: SerialRecord
  /** As it leaves the factory. */
  readonly unit?: number
  readonly timeout_ms: number
  readonly requests: RequestLimits
  /** What a register that is not described reads: 0, or exception 02. */
  readonly holes: 'zero' | 'refuse'
  /** Parts of a number can neither be read nor written. */
  readonly whole_points: boolean
  /** What function 43/14 answers, by object id: 0 vendor, 1 product code, 2 revision. Empty: it does not know the function. */
  readonly identification: readonly { readonly id: number; readonly text: string }[]
  /** Its time is a proposal: a strategy may give another. */
  readonly watchdog?: WatchdogRecord
  readonly points: readonly ProfilePoint[]
  readonly strings: readonly ProfileString[]
}

/** read: an input. write: an output. read-write: a parameter, an input where a strategy does not ask for more. */
export type Access = 'read' | 'write' | 'read-write'

export interface ProfilePoint extends Omit<RegisterCodec, 'node'> {
  /** `l1_voltage`, `AI/3` */
  readonly name: string
  readonly description: string
  /** Of the quantity, as people write it: V, kWh, '' for none. */
  readonly unit: string
  readonly access: Access
  /** Where the quantity normally is; for what is written, what may be written. */
  readonly range?: readonly [number, number]
  /** Only rises: energy, hours, pulses. */
  readonly counter: boolean
  /** Meaning of single values. */
  readonly values: readonly { readonly value: number; readonly text: string }[]
  /** Input register with the status of the sample, 0 good; -1: none. */
  readonly status_register: number
  /** Input register where an output is read back; -1: its own. */
  readonly readback_register: number
  /** Where the output goes when the watchdog trips. Absent: it holds, or nobody says. */
  readonly fail?: number
}

/** A text of the device, for identification; no point of a strategy. */
export interface ProfileString {
  readonly name: string
  readonly description: string
  readonly table: 'input' | 'holding'
  readonly register: number
  readonly registers: number
  /** 2: high byte first. 1: in the low byte. */
  readonly chars_per_register: 1 | 2
}

/** Something wrong in a profile: where, by keys and indices from the top, and what. */
export interface ProfileProblem {
  readonly code: ProfileCode
  readonly path: readonly (string | number)[]
  /** The key itself is meant, not its value. */
  readonly key?: true
  readonly found: string
  readonly expected: string
  readonly suggestion: string
}

export type ProfileCode =
  | 'CFG_MISSING_FIELD'
  | 'CFG_UNKNOWN_FIELD'
  | 'CFG_UNKNOWN_WORD'
  | 'CFG_WRONG_TYPE'
  | 'CFG_WRONG_VERSION'
  | 'CFG_OUT_OF_RANGE'
  | 'CFG_INCONSISTENT'
  | 'CFG_POINT_TYPE'
  | 'CFG_REQUEST_LIMIT'
  | 'CFG_REGISTER_OVERLAP'

/** Profiles by name, from wherever they are kept. */
export interface ProfileLibrary {
  readonly names: readonly string[]
  /** Undefined where there is none of this name, or where it has faults of its own, which have been reported. */
  readonly get: (name: string) => DeviceProfile | undefined
}

/** Counts a unit from units a count. 1e-5 is meant as 100000, not as what 1/x makes of it: 15 digits are what a Float64 keeps. */
export const countsPerUnit = (scale: number): number => Number((1 / scale).toPrecision(15))
