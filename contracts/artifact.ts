/**
 * The artifact: what `flyball build` makes of a strategy and what every program loads, each its own section.
 * One fact stands in one section. Plain JSON; `hash` covers everything else.
 */

export interface Artifact {
  readonly format: 1
  /** SHA-256, hex, of the canonical JSON of all other fields. */
  readonly hash: string
  readonly name: string
  readonly title: string
  /** Period of a frame: the greatest common divisor of the scan classes, ms. */
  readonly tick_ms: number
  readonly control: ControlSection
  readonly io: IoSection
  readonly tags: readonly TagRecord[]
  readonly displays: readonly DisplayRecord[]
}

// ---------------------------------------------------------------- control: the controllers

export interface ControlSection {
  /** Sizes of the three regions of the arena, Float64s. */
  readonly s_count: number
  readonly k_count: number
  readonly r_count: number
  /** Initial image of the state region: [offset, value] of all that is not 0. */
  readonly s_init: readonly (readonly [number, number])[]
  readonly k_init: readonly number[]
  readonly blocks: readonly BlockRecord[]
  /** Compiled order: what a scan does, class by class. */
  readonly classes: readonly ScanClass[]
  readonly inputs: readonly ImageInput[]
  readonly outputs: readonly ImageOutput[]
  readonly writable: readonly WritableRecord[]
  readonly published: readonly PublishedRecord[]
  /** Offset of the command memory: per station (last seq, last outcome, last refusal). */
  readonly stations: { readonly s: number; readonly count: number }
}

export interface BlockRecord {
  /** `FIC-01.PID1` */
  readonly id: string
  /** What stays when the block or its module is renamed; absent where it is `id`. An online load maps state by it. */
  readonly stable?: string
  readonly type: string
  /** Offsets of the block's slices in the regions. */
  readonly s: number
  readonly k: number
  readonly r: number
  readonly r_count: number
}

export interface ScanClass {
  /** Period and phase in ticks. */
  readonly every: number
  readonly phase: number
  readonly steps: readonly ScanStep[]
}

/** Copy wires, then run a run of blocks of one type (indices into blocks). */
export interface ScanStep {
  /**
   * Flat [source offset, destination offset, source offset, ...] in the state region. Each pair copies one wire: value and
   * status, two Float64s. A step with no blocks only copies: the last of a class, for outputs of the image.
   */
  readonly copies: readonly number[]
  readonly type: string
  readonly blocks: readonly number[]
}

/** An input of the frame: the latch writes value, status and age to s, s+1, s+2. */
export interface ImageInput {
  readonly point: string
  readonly s: number
}

/** An output of the frame: value at s, status at s+1; the read-back is latched to s+2 (value), s+3 (status). */
export interface ImageOutput {
  readonly point: string
  readonly s: number
}

export type WritableKind = 'real' | 'mode' | 'bool'

export interface WritableRecord {
  /** `FIC-01.SP` */
  readonly key: string
  readonly block: number
  /** Field name of the block: 'SP', 'OUT', 'MODE', 'GAIN'. */
  readonly field: string
  readonly kind: WritableKind
}

export interface PublishedRecord {
  /** `FIC-01.PV` */
  readonly key: string
  readonly s: number
  /** Offset of the status; -1 where the value has none (a mode, a tuning constant). */
  readonly status: number
}

// ---------------------------------------------------------------- io: field-io

export interface IoSection {
  readonly devices: readonly DeviceRecord[]
  readonly inputs: readonly InputPoint[]
  readonly outputs: readonly OutputPoint[]
}

export interface DeviceRecord {
  /** `RIO-1` */
  readonly id: string
  readonly description: string
  readonly protocol: 'modbus-tcp'
  /** `host:port`, or a name that the run's configuration resolves (`plant:RIO-1`). */
  readonly endpoint: string
  readonly unit: number
  readonly timeout_ms: number
  /** Register that holds the device's output watchdog in 0.1 s, and what it must read; absent: no outputs here. */
  readonly watchdog?: WatchdogRecord
}

/** The outputs go to their fail values when not written for `time_ms`, and stay there until re-armed. */
export interface WatchdogRecord {
  readonly time_register: number
  readonly time_ms: number
  /** Input register: 0 armed, 1 tripped. */
  readonly tripped_register: number
  /** Holding register: writing 1 re-arms after a trip. */
  readonly rearm_register: number
}

export type RegisterType = 'uint16' | 'int16' | 'float32'

/** How a register becomes the device's own quantity: quantity = (raw - offset) / counts_per_unit. */
export interface RegisterCodec {
  readonly table: 'input' | 'holding'
  readonly register: number
  readonly type: RegisterType
  readonly counts_per_unit: number
  readonly quantity: 'mA' | 'EU' | '1'
}

export interface InputPoint extends RegisterCodec {
  /** `RIO-1/AI/3` */
  readonly point: string
  readonly device: number
  /** The input register beside it that says the sample is not to be trusted (0 = good); -1: none. */
  readonly status_register: number
}

export interface OutputPoint extends RegisterCodec {
  readonly point: string
  readonly device: number
  /** Input register with the read-back in the same scaling. */
  readonly readback_register: number
  /** Largest move a tick, in the device's own quantity, enforced against the read-back. */
  readonly step_max: number
  readonly min: number
  readonly max: number
}

// ---------------------------------------------------------------- tags and displays: gateway and hmi

export type TagKind = 'controller' | 'indicator' | 'valve' | 'calculation'

/** What a tag is to an operator. Numbers in `fields` index control.published, in `writable` control.writable. */
export interface TagRecord {
  readonly tag: string
  readonly kind: TagKind
  readonly description: string
  readonly area: string
  readonly eu: string
  readonly lo: number
  readonly hi: number
  readonly decimals: number
  readonly scan_ms: number
  readonly fields: Readonly<Partial<Record<TagField, number>>>
  readonly writable: Readonly<Partial<Record<WritableField, number>>>
  /** Modes an operator may choose, as names; empty for an indicator. */
  readonly permitted: readonly string[]
  readonly normal: string
  readonly out?: { readonly eu: string; readonly lo: number; readonly hi: number; readonly decimals: number }
  readonly limits: Readonly<Partial<Record<LimitName, number>>>
  /** Alarms with their reasons, the highest limit first; absent where the strategy declares none. */
  readonly alarms?: readonly AlarmRecord[]
  /** Desired operating band, EU. */
  readonly desired?: readonly [number, number]
  /** Where the value comes from: `RIO-1/AI/3`; absent for a calculation. */
  readonly point?: string
  /** Tag of the controller that writes this one's set point in cascade. */
  readonly master?: string
}

export type AlarmKind = 'hihi' | 'hi' | 'lo' | 'lolo' | 'bad_pv'
/** 1 critical, 2 high, 3 medium, 4 low. */
export type AlarmPriority = 1 | 2 | 3 | 4

/** One alarm of a tag: what raises it, and what the operator needs to know about it. */
export interface AlarmRecord {
  readonly kind: AlarmKind
  /** Index into control.blocks of the ALARM block that detects it: its events name it by this bit of the mask. */
  readonly block: number
  readonly bit: number
  /** EU; absent for bad_pv. The limit at load: an engineer may have changed it since. */
  readonly limit?: number
  /** EU. */
  readonly hysteresis: number
  readonly on_delay_s: number
  readonly off_delay_s: number
  readonly priority: AlarmPriority
  /** Empty where nobody wrote it down; the compiler allows that for the two lower priorities only. */
  readonly cause: string
  readonly consequence: string
  readonly action: string
  readonly respond_within_s?: number
}

export type TagField =
  | 'PV'
  | 'SP'
  | 'OUT'
  | 'MODE_TARGET'
  | 'MODE_ACTUAL'
  | 'READBACK'
  | 'KC'
  | 'TI'
  | 'TD'
  | 'TRACKING'
export type WritableField = 'SP' | 'OUT' | 'MODE' | 'KC' | 'TI' | 'TD'
export type LimitName = 'trip_hi' | 'hihi' | 'hi' | 'lo' | 'lolo' | 'trip_lo'

/** Which tags a display shows and where: the browser draws the kind it knows. */
export interface DisplayRecord {
  readonly id: string
  readonly title: string
  readonly kind: 'overview'
  readonly columns: readonly { readonly title: string; readonly indicators: readonly string[] }[]
  readonly trends: readonly { readonly tag: string; readonly span_min: number }[]
  /** Tags whose distance to a trip is watched. */
  readonly margins: readonly string[]
  /** Tags in the economics strip. */
  readonly economics: readonly string[]
}
