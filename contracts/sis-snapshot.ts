/**
 * What the safety system publishes, one way: the read schema of its snapshot datagrams.
 *
 * The safety programs import nothing of this house; they write what stands here, and test/wire holds both to it. One JSON object a
 * datagram, UTF-8, below 60,000 bytes, every `period_ms` of wall time and at once after a change. Who reads may lose
 * datagrams: everything in here is state, and `soe` repeats the newest records so that a lost one shows as a gap in `soe_count`.
 * Lists are in the order of the configuration, whose file the reader has; `config_hash` says whether it is the one that runs.
 */
export interface SisSnapshot {
  readonly type: 'sis-snapshot'
  readonly version: 1
  /** `id` of the configuration: `tennessee-eastman`. */
  readonly id: string
  /** SHA-256 of the configuration file as bytes, lower-case hex. */
  readonly config_hash: string
  /** Over what runs, recomputed each scan; differs from `running_hash_expected` only with a fault standing. */
  readonly running_hash: number
  readonly running_hash_expected: number
  /** Differs after each start of the solver. */
  readonly run_id: string
  /** Rises with each datagram of a run. */
  readonly seq: number
  readonly scan: number
  readonly scan_ms: number
  /** Wall time of the sender, ISO 8601: to be shown, never to be counted on. */
  readonly at: string
  readonly key: 'RUN' | 'PROGRAM' | 'SIMULATION'
  /** Bits of FAULT in safety/core/codes.ts; -1 when the solver does not run and its watchdog speaks for it. */
  readonly faults: number
  /** First word in which the evaluators differed, -1 none. */
  readonly difference: number
  readonly signed_by: readonly string[]
  readonly transmitters: readonly SisChannel[]
  readonly contacts: readonly SisChannel[]
  readonly causes: readonly SisCause[]
  readonly effects: readonly SisEffect[]
  readonly elements: readonly SisElement[]
  readonly sequences: readonly { readonly step: number }[]
  /** Bits of SYSTEM_ALARM. */
  readonly system_alarms: number
  readonly dcs_link: boolean
  readonly start_blocked: boolean
  /** State of the protected link to the I/O device. */
  readonly channel: {
    readonly state: 'starting' | 'sound' | 'failsafe'
    readonly errors: number
    readonly late: number
    readonly test_mode: boolean
  }
  /** Executive: durations of the scan, ms, over the last minute; scans that came late since the start. */
  readonly executive: {
    readonly last_ms: number
    readonly worst_ms: number
    readonly overruns: number
    readonly restarts: number
  }
  /** Records made since the start of the run, and the newest of them, oldest first. */
  readonly soe_count: number
  readonly soe: readonly SisSoeRecord[]
}

export interface SisChannel {
  /** Counts of a transmitter, 0 or 1 of a contact; -1 unknown. */
  readonly raw: number
  /** 0 good, 1 uncertain, 2 bad. */
  readonly status: number
  /** Bits of CHANNEL_ALARM. */
  readonly alarms: number
}

export interface SisCause {
  readonly active: boolean
  /** 0 clear, 1 trip, 2 inhibited. */
  readonly vote: number
  /** Per input: votes to trip; scans a bypass still lasts, -1 none. */
  readonly votes: readonly boolean[]
  readonly bypass_left: readonly number[]
  /** Scans a start-up override still lasts at most, -1 none. */
  readonly startup_left: number
  /** Bits of CAUSE_ALARM. */
  readonly alarms: number
}

export interface SisEffect {
  /** LATCH of safety/core/codes.ts, 0 normal .. 5 waiting for the start permit. */
  readonly state: number
  /** Bits of the causes that were active when it left NORMAL, and of OTHER_REASON. */
  readonly first_out: number
  readonly other_reason: number
  readonly override_left: number
  readonly alarms: number
}

export interface SisElement {
  readonly energised: boolean
  readonly open: boolean
  readonly closed: boolean
  readonly alarms: number
  /** Newest travel, scans; -1 none yet. */
  readonly travel: number
  /** ISO 8601 of the last proof test, "" none. */
  readonly proved: string
}

/** EVENT of safety/core/codes.ts. */
export interface SisSoeRecord {
  readonly i: number
  readonly scan: number
  readonly kind: number
  readonly at: number
  readonly a: number
  readonly b: number
}
