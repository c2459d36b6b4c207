/**
 * A scenario: what happens to the plant and when, what the trainee should do about it, and how that is scored.
 *
 * All times are plant time in seconds since the scenario began. Plain data, so that a snapshot of a run carries it along.
 */
import { MODE_NAMES } from '../../../contracts/mode.ts'
import type { FaultKind } from '../instruments/faults.ts'

export interface Scenario {
  readonly name: string
  readonly description: string
  readonly plant: string
  readonly duration_s: number
  readonly events: readonly ScenarioEvent[]
  readonly expectations: readonly Expectation[]
  readonly score: ScoreRules
}

export interface ScenarioEvent {
  readonly at_s: number
  /** When it is over; Infinity: it stays. */
  readonly until_s: number
  readonly what:
    | { readonly type: 'disturbance'; readonly name: string }
    | {
        readonly type: 'fault'
        readonly tag: string
        readonly kind: FaultKind
        readonly value: number | undefined
        /** Second size, of a stiction. */
        readonly jump: number | undefined
        readonly ramp_s: number | undefined
      }
    /** Writes as an operator does, by the same way and with the same refusals: `TIC-09.SP`; a mode by its number. */
    | { readonly type: 'write'; readonly key: string; readonly value: number }
    /** Pulls a cable of one drop, or of all on this network; at its end it is plugged in again. */
    | {
        readonly type: 'cable'
        readonly network: 'A' | 'B'
        readonly drop: string | undefined
        readonly mode: 'on' | 'closed' | 'silent'
      }
    /** Turns a contact of the safety system's panel; at its end it falls back to where it stands by itself. */
    | { readonly type: 'contact'; readonly tag: string; readonly state: 'open' | 'closed' }
    | { readonly type: 'press'; readonly tag: string; readonly for_s: number }
    /** Pauses the plant: time for a talk. */
    | { readonly type: 'pause' }
    | { readonly type: 'speed'; readonly factor: number }
    | { readonly type: 'snapshot'; readonly name: string }
    /** A line for the instructor's journal. */
    | { readonly type: 'say'; readonly text: string }
}

/** What the trainee should do, from a moment on and within a time. */
export interface Expectation {
  readonly name: string
  readonly after_s: number
  readonly within_s: number
  /** Key of what an operator writes: `TIC-09.SP`, `TIC-09.MODE`, `FIC-10.OUT`. "": marked by the instructor's hand only. */
  readonly key: string
  /** Values that count, both included. */
  readonly lo: number
  readonly hi: number
}

export interface ScoreRules {
  readonly from: number
  readonly bands: readonly BandRule[]
  /** Points for each minute that a limited quantity of the plant is outside its normal bounds. */
  readonly outside_normal_per_min: number
  /** Points for each time that one leaves them. */
  readonly alarm: number
  /** Points for a shutdown of the plant. */
  readonly trip: number
  /** Points for an action that came late, and for one that did not come. */
  readonly late: number
  readonly missing: number
}

export interface BandRule {
  readonly tag: string
  readonly lo: number
  readonly hi: number
  readonly per_min: number
}

/** In one line, as the journal and the page show it. */
export function eventText({ what }: ScenarioEvent): string {
  switch (what.type) {
    case 'disturbance':
      return what.name
    case 'fault':
      return `${what.tag} ${what.kind}${what.value === undefined ? '' : ` ${what.value}`}`
    case 'write':
      return `${what.key} = ${what.key.endsWith('.MODE') ? (MODE_NAMES[what.value] ?? what.value) : what.value}`
    case 'cable':
      return `cable ${what.network} ${what.drop ?? 'of all drops'} ${what.mode}`
    case 'contact':
      return `${what.tag} ${what.state}`
    case 'press':
      return `press ${what.tag} ${what.for_s} s`
    case 'pause':
      return 'pause'
    case 'speed':
      return `speed ${what.factor}`
    case 'snapshot':
      return `snapshot ${what.name}`
    case 'say':
      return what.text
  }
}
