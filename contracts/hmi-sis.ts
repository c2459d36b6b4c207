/**
 * What the operator's browser sees of the safety system: the read snapshot with the names of its configuration, and requests by
 * secure write. WebSocket: SisText (of ServerText). HTTP: GET /api/sis, GET /api/sis/soe, POST /api/sis/request, POST /api/sis/confirm.
 */
import type { SisSnapshot } from './sis-snapshot.ts'

/** The names of the configuration, in its order: what the numbers of a snapshot stand for. */
export interface SisOutline {
  readonly id: string
  readonly revision: string
  /** SHA-256 of the file that the names were read from. */
  readonly hash: string
  readonly mode: 'RUN' | 'SIMULATION'
  readonly scan_ms: number
  readonly counts_per_mA: number
  /** Contact of the bypass key, "" none. */
  readonly permit: string
  /** Maintenance bypasses at a time in the unit. */
  readonly mos_max: number
  readonly transmitters: readonly SisTransmitterName[]
  readonly contacts: readonly { readonly tag: string; readonly service: string }[]
  readonly elements: readonly SisElementName[]
  readonly causes: readonly SisCauseName[]
  readonly effects: readonly SisEffectName[]
  readonly cells: readonly SisCell[]
  readonly sifs: readonly SisSifName[]
  readonly sequences: readonly { readonly id: string; readonly steps: readonly string[] }[]
}

export interface SisTransmitterName {
  readonly tag: string
  readonly service: string
  readonly unit: string
  readonly lo: number
  readonly hi: number
}

export interface SisElementName {
  readonly tag: string
  readonly service: string
  readonly energised: 'open' | 'closed'
  readonly travel_ms: number
  readonly confirm_ms: number
  readonly partial_stroke: boolean
}

export interface SisCauseName {
  readonly id: string
  readonly title: string
  /** Tags of transmitters or of contacts. */
  readonly inputs: readonly string[]
  readonly vote: number
  /** `above` and `below` at `trip_at`; a contact that opens or closes. */
  readonly trip: 'above' | 'below' | 'opens' | 'closes'
  /** EU; null of a contact. */
  readonly trip_at: number | null
  readonly pre_alarm_at: number | null
  readonly deviation: number | null
  readonly delay_ms: number
  /** Bypasses at a time in this group; 0: none are allowed. */
  readonly mos_max: number
  readonly startup: boolean
  readonly manual: boolean
}

export interface SisEffectName {
  readonly id: string
  readonly title: string
  /** Tags of elements. */
  readonly outputs: readonly string[]
  readonly start: 'with_reset' | 'command'
  readonly override: boolean
}

/** Indices of cause and effect. */
export interface SisCell {
  readonly cause: number
  readonly effect: number
  readonly code: 'N' | 'S' | 'V' | 'R'
  readonly group: string
  readonly n: number
  readonly delay_ms: number
}

export interface SisSifName {
  readonly id: string
  readonly title: string
  readonly causes: readonly string[]
  readonly effects: readonly string[]
  readonly sil: number
  /** null: the hazard has none. */
  readonly process_safety_ms: number | null
  readonly response_ms_max: number | null
}

/** 1 critical, 2 high, 3 medium, 4 diagnostic, as the operator's chips. */
export interface SisAlarmLine {
  readonly rank: 1 | 2 | 3 | 4
  readonly text: string
}

/** A bypass, override or force that stands. Who and why are known where it was asked for through this gateway. */
export interface SisBypass {
  readonly kind: 'mos' | 'startup' | 'effect_override'
  /** Cause or effect. */
  readonly target: string
  /** Input of a maintenance bypass, "" otherwise. */
  readonly channel: string
  /** -1: not known. */
  readonly left_ms: number
  readonly would_trip: boolean
  readonly who: string
  readonly second: string
  readonly reason: string
  readonly work_order: string
  readonly compensation: string
}

export interface SisStatus {
  /** `none`: this run has no safety system; `waiting`: nothing has come yet; `lost`: what is shown is old. */
  readonly state: 'none' | 'waiting' | 'live' | 'lost'
  /** Of the newest datagram; -1: none yet. */
  readonly age_ms: number
  /** Whether the configuration file read here is the one that runs. */
  readonly config: 'same' | 'other' | 'unreadable' | 'unknown'
  readonly config_note: string
  readonly datagrams: { readonly taken: number; readonly malformed: number; readonly missed: number }
  /** Of the line for requests. */
  readonly write: { readonly state: 'none' | 'down' | 'up'; readonly why: string }
  readonly alarms: readonly SisAlarmLine[]
  readonly bypasses: readonly SisBypass[]
  /** Times that each cause became active since `demands_since`, in the order of the outline. */
  readonly demands: readonly number[]
  readonly demands_since: string
  /** Records known here; a page that has fewer asks for the rest. */
  readonly soe_known: number
}

/** With each change at most four times a second, and once a second. */
export interface SisText {
  readonly type: 'sis'
  readonly status: SisStatus
  /** Without its `soe`: that goes by GET /api/sis/soe. */
  readonly snapshot: Omit<SisSnapshot, 'soe'> | null
}

/** GET /api/sis. */
export interface SisReply extends Omit<SisText, 'type'> {
  readonly outline: SisOutline | null
  readonly risk: SisRiskTable | null
}

/** GET /api/sis/soe?after=0&limit=500: records beyond the number `after`, oldest first. */
export interface SisSoeReply {
  readonly entries: readonly SisSoeEntry[]
  readonly newest: number
}

export interface SisSoeEntry {
  /** Rises by one with each entry that this gateway has kept. */
  readonly number: number
  readonly scan: number
  /** Time of the scan in the plant, ms since its start. */
  readonly plant_ms: number
  /** When it was heard of, ms since 1970. */
  readonly heard_ms: number
  readonly kind: 'trip' | 'latch' | 'alarm' | 'bypass' | 'request' | 'element' | 'fault' | 'system' | 'gap'
  readonly tag: string
  readonly text: string
}

/** What `flyball sis live-table` writes: by SIF the average PFD with so many channels bypassed. */
export interface SisRiskTable {
  readonly config_hash: string
  readonly sifs: readonly {
    readonly id: string
    readonly sil_claimed: number
    /** `pfd_avg` by number of bypassed channels, from 0; `null`: no protection is left. */
    readonly by_bypassed: readonly {
      readonly bypassed: number
      readonly pfd_avg: number | null
      readonly sil: number
    }[]
  }[]
}

/** POST /api/sis/request. */
export interface SisRequest {
  readonly command: string
  readonly target: string
  readonly channel: string
  readonly who: string
  readonly reason: string
  readonly work_order: string
  readonly compensation: string
}

export interface SisRequestReply {
  readonly id: number
  /** The solver's own reading of the request, verbatim. */
  readonly meaning: string
  readonly expires_ms: number
  readonly second_person: boolean
}

/** POST /api/sis/confirm with {id, second}. */
export interface SisConfirmReply {
  readonly outcome: 'executed' | 'refused' | 'expired'
  readonly code: string
  readonly reason: string
}
