/**
 * The configuration of a safety system: plain data, signed as it stands.
 *
 * Objects name each other by tag or id; the order of the lists is the order of the inputs, outputs and bits on the wire.
 * Times are in ms and become whole scans, rounded up. Set points stand twice, in engineering units and in counts, and
 * `checkConfig` compares the two.
 */
export interface SisConfig {
  readonly id: string
  readonly revision: string
  /** Position the key must have: a configuration for a simulated drop never runs on a plant, nor the other way. */
  readonly mode: 'RUN' | 'SIMULATION'
  readonly scan_ms: number
  /** Counts of the input module per mA of the current loop. */
  readonly counts_per_mA: number
  /** Inputs older than this are BAD. */
  readonly stale_ms: number
  /** T_SF: without a sound frame for this long everything trips. */
  readonly link_timeout_ms: number
  /** Of the process that watches the solver. */
  readonly watchdog_ms: number
  /** Of the drop: outputs that are not refreshed for this long drop out. */
  readonly output_watchdog_ms: number
  /** The protected channel to the drop. Absent: there is none, as in a run without I/O. */
  readonly channel?: ChannelRules
  /** Contact of the key switch: closed is PROGRAM, open is `mode`. Absent: the position is that of `mode`. */
  readonly key_switch?: string
  readonly overrides: OverrideRules
  readonly transmitters: readonly TransmitterConfig[]
  readonly contacts: readonly ContactConfig[]
  readonly elements: readonly ElementConfig[]
  readonly causes: readonly CauseConfig[]
  readonly effects: readonly EffectConfig[]
  readonly matrix: readonly CellConfig[]
  readonly sifs: readonly SifConfig[]
  readonly sequences: readonly SequenceConfig[]
}

/** What both ends of the channel know without sending it. T_SF is `link_timeout_ms`, the test mode is `mode`. */
export interface ChannelRules {
  /** 32 hexadecimal digits, drawn once for the installation. */
  readonly base_id: string
  /** 1 to 2^32 - 1, each once in the installation. */
  readonly solver_id: number
  readonly device_id: number
  /** Two errors closer than this lead into the fail-safe state: 6 min to SIL 2, 60 to SIL 3, 600 to SIL 4. */
  readonly error_interval_min: 6 | 60 | 600
}

export interface OverrideRules {
  /** Contact of the bypass key: closed permits bypasses and forces, opening it removes all of them. Absent: none are allowed. */
  readonly permit?: string
  /** Maintenance bypasses at a time in the unit. */
  readonly mos_per_unit_max: number
  readonly mos_ms: number
  /** Reminder, this long before the end. */
  readonly reminder_ms: number
  readonly at_expiry: 'remove' | 'alarm'
  /** Who allowed bypasses to outlive their timer: needed for `alarm`. */
  readonly waiver?: string
  /** A bypass that lives on is alarmed again after each of these. */
  readonly shift_ms: number
  /** Bypasses end this long after the control system's link was lost. */
  readonly link_loss_ms: number
  readonly force_ms: number
}

/** A 4-20 mA transmitter. Its value is read as counts. */
export interface TransmitterConfig {
  readonly tag: string
  readonly service: string
  readonly unit: string
  readonly lo: number
  readonly hi: number
  /** Where the transmitter drives its current when it finds itself faulty. */
  readonly fail: 'low' | 'high'
  /** Dead time and lag of sensor and filter together, for the response time. */
  readonly response_ms: number
  /** No process moves faster, unit/s. */
  readonly rate_max_per_s?: number
  /** A signal calmer than `noise` (standard deviation, EU) over the window, while its peers are not, is stuck. */
  readonly stuck?: { readonly noise: number; readonly window_ms: number }
}

/** A contact: closed is 1 is normal. */
export interface ContactConfig {
  readonly tag: string
  readonly service: string
  readonly response_ms: number
}

/** A final element with one solenoid and two limit switches. De-energised is safe. */
export interface ElementConfig {
  readonly tag: string
  readonly service: string
  /** Where it stands while energised. */
  readonly energised: 'open' | 'closed'
  /** The limit switch of the safe position must make within this time of a trip. */
  readonly confirm_ms: number
  /** Stroke to the safe position, for the response time and for the switches to agree. */
  readonly travel_ms: number
  /** The output drops this long after its effect. */
  readonly delay_ms?: number
  /** Effect that is tripped when this element fails to. */
  readonly secondary?: string
  /** Partial stroke: the solenoid drops out until the normal limit switch opens, for this long at most. */
  readonly partial_stroke_ms?: number
  /** Control valve whose positioner the same output takes the air from. */
  readonly vents?: string
  /** Line monitoring, redundant supply and who accepts it: needed where the element trips by being energised. */
  readonly energise_to_trip?: string
}

export type Limit =
  | { readonly above: number; readonly counts: number }
  | { readonly below: number; readonly counts: number }
  | { readonly contact: 'opens' | 'closes' }

/** 1 to 4 inputs, one set point, one vote. */
export interface CauseConfig {
  readonly id: string
  readonly title: string
  readonly inputs: readonly string[]
  /** Votes that trip. AND is all, OR is one. */
  readonly vote: number | 'AND' | 'OR'
  readonly trip: Limit
  /** Delays clearing only, EU. */
  readonly dead_band?: number
  readonly pre_alarm?: { readonly at: number; readonly counts: number }
  /** Largest spread between the inputs, EU, and for how long. */
  readonly deviation?: { readonly limit: number; readonly ms: number }
  readonly on_bad: 'vote_trip' | 'ignore' | 'use_value'
  /** With `ignore`: after this long with a BAD input it votes to trip. Absent: never, which the SIF must allow. */
  readonly bad_hold_ms?: number
  readonly on_bypass: 'keep' | 'reduce'
  readonly time?: { readonly kind: 'on_delay' | 'off_delay' | 'pulse'; readonly ms: number }
  /** Contact that takes the cause out of service while closed; shown as a bypass. */
  readonly inhibit?: string
  /** The cause counts in these steps only. */
  readonly armed?: { readonly sequence: string; readonly steps: readonly string[] }
  /** The trip needs no acknowledgement of its alarm. */
  readonly auto_acknowledge?: boolean
  /** Maintenance bypass. Absent: none. */
  readonly mos?: { readonly max: number }
  readonly startup?: {
    /** Contact whose closing starts the override; absent: by command. */
    readonly start?: string
    /** Contact whose closing ends it. */
    readonly end?: string
    /** All inputs good and clear for this long: the process has stabilised, the override ends. */
    readonly stable_ms: number
    readonly ms_max: number
  }
  /** Push-button, fire and gas: nothing bypasses it. */
  readonly manual?: boolean
  /** It protects the start-up itself. */
  readonly protects_startup?: boolean
}

export interface EffectConfig {
  readonly id: string
  readonly title: string
  /** 1 to 4 final elements. */
  readonly outputs: readonly string[]
  readonly delay_ms?: number
  /** Contact of the reset button. */
  readonly reset?: string
  readonly reset_permit?: string
  /** `command`: after a reset the outputs wait for a start. */
  readonly start: 'with_reset' | 'command'
  readonly start_permit?: string
  /** Longest override for V and R, ms. Absent: none. */
  readonly override_ms_max?: number
  /** Contact whose state is passed through to the outputs while the effect is normal. */
  readonly follows?: string
  /** The outputs are energised only in steps that release the effect. */
  readonly sequence?: string
}

/** An intersection of the matrix. Cells of one effect and one group act when n of their causes are active. */
export interface CellConfig {
  readonly cause: string
  readonly effect: string
  readonly code: 'N' | 'S' | 'V' | 'R'
  readonly group?: string
  readonly n?: number
  /** This effect only after the cause was active for so long. */
  readonly delay_ms?: number
}

export interface SifConfig {
  readonly id: string
  readonly title: string
  readonly causes: readonly string[]
  readonly effects: readonly string[]
  readonly sil: 0 | 1 | 2 | 3
  /** Process safety time; absent where the hazard has none (a push-button). */
  readonly process_safety_ms?: number
  /** Longest response that the requirement allows. */
  readonly response_ms_max?: number
  /** A vote may be lost to BAD inputs for ever. */
  readonly inhibition_accepted?: string
  readonly requirement: string
}

export type Condition =
  | { readonly contact: string; readonly is: 'closed' | 'open' }
  | { readonly transmitter: string; readonly is: 'above' | 'below'; readonly at: number }
  | { readonly cause: string; readonly is: 'active' | 'clear' }
  | { readonly effect: string; readonly is: 'normal' | 'tripped' }
  | { readonly element: string; readonly is: 'safe' | 'normal' }
  | { readonly command: 'start' | 'stop' }
  | { readonly after_ms: number }

export interface StepConfig {
  readonly id: string
  /** Effects whose outputs may be energised here, among those that belong to the sequence. */
  readonly releases: readonly string[]
  /** Effects that are tripped, stored, on entry. */
  readonly trips?: readonly string[]
  /** In this order; the first whose conditions all hold is taken. */
  readonly go: readonly { readonly to: string; readonly when: readonly Condition[] }[]
  readonly timeout?: { readonly ms: number; readonly to: string }
}

export interface SequenceConfig {
  readonly id: string
  /** Begins with the first step. */
  readonly steps: readonly StepConfig[]
  /** When one of the effects is not normal the sequence stands in this step. */
  readonly on_trip: { readonly effects: readonly string[]; readonly to: string }
}
