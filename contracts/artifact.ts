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

/** `sis` is no fieldbus: the one-way snapshot of the safety system (sis-snapshot.ts), inputs only. */
export type Protocol = 'modbus-tcp' | 'modbus-tls' | 'modbus-rtu-tcp' | 'modbus-rtu' | 'opcua' | 'sis'

export interface DeviceRecord {
  /** `RIO-1` */
  readonly id: string
  readonly description: string
  readonly protocol: Protocol
  /**
   * `host:port`, a serial port (`/dev/ttyUSB0`), an `opc.tcp://` URL, or a name that the run's configuration resolves
   * (`plant:RIO-1`). Devices with one endpoint share its connection or bus.
   */
  readonly endpoint: string
  /** The same by network B, or the second of a redundant pair. Both paths are supervised all the time, one is used. */
  readonly endpoint_b?: string
  /** Modbus unit, 0 to 255. */
  readonly unit: number
  /** Where the second of a pair has another one. */
  readonly unit_b?: number
  readonly timeout_ms: number
  /** The profile it was made from, for print. */
  readonly profile?: string
  /** Which Modbus TCP client: our own (absent), or modbus-serial's. */
  readonly driver?: 'modbus-serial'
  /** What the device can take in one request; absent: what the protocol allows. */
  readonly requests?: RequestLimits
  readonly serial?: SerialRecord
  readonly tls?: TlsRecord
  readonly opcua?: OpcuaRecord
  /** Register that holds the device's output watchdog in 0.1 s, and what it must read; absent: none. */
  readonly watchdog?: WatchdogRecord
  /** Who allows, and why, that this device has outputs and no watchdog: they hold for ever when nobody writes them. */
  readonly hold_signed_off?: string
}

export interface RequestLimits {
  readonly read_registers_max?: number
  readonly read_bits_max?: number
  readonly write_registers_max?: number
  /** Unwanted registers that may be read along between two wanted ones; 0: none. */
  readonly gap_max?: number
  /** One parameter a request, none read along: drives. */
  readonly single?: boolean
  /** Pause between an answer and the next request to this unit. */
  readonly pause_ms?: number
  /** Registers are written one by one with function 6 where it knows no function 16. */
  readonly write_single?: boolean
}

export interface SerialRecord {
  readonly baud: number
  readonly parity: 'none' | 'even' | 'odd'
  readonly data_bits: 7 | 8
  readonly stop_bits: 1 | 2
}

/** Paths of PEM files, relative to the strategy's folder or absolute. */
export interface TlsRecord {
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Name in the device's certificate, where it is not the host. */
  readonly server_name?: string
}

export interface OpcuaRecord {
  readonly policy: 'None' | 'Basic256Sha256' | 'Aes128_Sha256_RsaOaep' | 'Aes256_Sha256_RsaPss'
  readonly mode: 'None' | 'Sign' | 'SignAndEncrypt'
  /** Absent: anonymous. The password stands in the environment variable named, never in a file of the strategy. */
  readonly user?: { readonly name: string; readonly password_env: string }
  /** Subscribed (data changes), or read once in its class. */
  readonly access: 'subscribe' | 'read'
  /** Longest silence of a subscribed device before its data flow is taken for dead. */
  readonly silence_ms: number
}

/** The outputs go to their fail values when not written for `time_ms`, and stay there until re-armed. */
export interface WatchdogRecord {
  readonly time_register: number
  readonly time_ms: number
  /** What one count of the time register is worth, ms; absent: 100. */
  readonly count_ms?: number
  /** Input register: 0 armed, 1 tripped; -1: the device does not say. */
  readonly tripped_register: number
  /** Holding register: writing 1 re-arms after a trip; -1: it re-arms with the next write. */
  readonly rearm_register: number
}

export type RegisterType =
  | 'bool'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'bcd16'
  | 'bcd32'

/** Order of the bytes of a multi-register number, A the most significant: ABCD big, CDAB low word first, and so on. */
export type ByteOrder = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA'

/** How a register becomes the device's own quantity: quantity = (raw - offset) / counts_per_unit. */
export interface RegisterCodec {
  readonly table: 'input' | 'holding' | 'coil' | 'discrete'
  readonly register: number
  readonly type: RegisterType
  /** Absent: ABCD. */
  readonly order?: ByteOrder
  /** For a bool in a register: which bit, 0 the least significant. */
  readonly bit?: number
  readonly counts_per_unit: number
  /** Counts; absent: 0. */
  readonly offset?: number
  /** Register (int16, same table) with a power of ten that multiplies the quantity, read with it: SunSpec. */
  readonly exponent_register?: number
  /** Raw values by which the device says that it has no value. */
  readonly sentinels?: readonly number[]
  readonly quantity: 'mA' | 'EU' | '1'
  /** OPC UA node id, or the signal of a safety system (`effect/FEEDS`); table, register and type then stand for nothing. */
  readonly node?: string
}

export interface InputPoint extends RegisterCodec {
  /** `RIO-1/AI/3` */
  readonly point: string
  readonly device: number
  /** The input register beside it that says the sample is not to be trusted (0 = good); -1: none. */
  readonly status_register: number
  /** Read every so many ticks; absent: every tick. Stale after 3.5 of its own periods. */
  readonly every?: number
}

export interface OutputPoint extends RegisterCodec {
  readonly point: string
  readonly device: number
  /** Input register with the read-back in the same scaling; -1: the output's own register is read back. */
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

/** Levels of PV; deviation of PV from its set point; rate of change of PV; a state of a discrete PV. */
export type AlarmKind =
  | 'hihi'
  | 'hi'
  | 'lo'
  | 'lolo'
  | 'bad_pv'
  | 'dev_hi'
  | 'dev_lo'
  | 'rate_up'
  | 'rate_dn'
  | 'discrete'
/** 1 critical, 2 high, 3 medium, 4 low. */
export type AlarmPriority = 1 | 2 | 3 | 4

/** One alarm of a tag: what raises it, and what the operator needs to know about it. */
export interface AlarmRecord {
  readonly kind: AlarmKind
  /** Index into control.blocks of the ALARM block that detects it: its events name it by this bit of the mask. */
  readonly block: number
  readonly bit: number
  /**
   * EU; of a deviation PV - SP, negative for dev_lo; of a rate EU per `per`, negative for rate_dn; of discrete the state, 0 or
   * 1; absent for bad_pv. The limit at load: an engineer may have changed it since.
   */
  readonly limit?: number
  /** EU; of a rate EU per `per`. */
  readonly hysteresis: number
  /** Of a rate alone. */
  readonly per?: 's' | 'min' | 'h'
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
  | 'RCAS_OUT'
  | 'ROUT_OUT'
export type WritableField = 'SP' | 'OUT' | 'MODE' | 'KC' | 'TI' | 'TD' | HostField
/** What a supervisory host writes to a tag that permits RCas or ROut: each write is a refresh. */
export type HostField = 'RCAS_IN' | 'RCAS_IN_ST' | 'ROUT_IN' | 'ROUT_IN_ST'
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
