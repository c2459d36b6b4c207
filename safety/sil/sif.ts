/** A safety function as an engineer states it, with names resolved: what `evaluateSif` computes and the file reader makes. */
import type { Sil } from './bands.ts'
import type { Architecture } from './subsystem.ts'

export interface SilProject {
  readonly title: string
  readonly note: string
  readonly sifs: readonly Sif[]
}

export interface Sif {
  readonly id: string
  readonly name: string
  /** low: PFDavg counts; high: PFH, for more than one demand a year or continuous. */
  readonly demand: 'low' | 'high'
  readonly target: Exclude<Sil, 0>
  /** Risk reduction asked for, 1; absent where the SIL alone is. */
  readonly rrf_min?: number
  readonly route: '1H' | '2H'
  /** Why these final elements suffice, in words for the reader; empty: nothing was said. */
  readonly essential: string
  readonly subsystems: readonly SubsystemUse[]
  /** Demands a year that the risk analysis assumes; absent: it says nothing. */
  readonly demands_per_y?: number
}

export interface SubsystemUse {
  readonly subsystem: Subsystem
  /** So many alike, all of which must act. */
  readonly count: number
}

export interface Subsystem {
  readonly id: string
  readonly role: 'sensor' | 'logic' | 'final'
  readonly architecture: Architecture
  /** Elements of one channel; each failing dangerously fails the channel. */
  readonly elements: readonly Element[]
  readonly beta: number
  readonly beta_D: number
  readonly testInterval_h: number
  /** Absent: no partial stroke is credited. */
  readonly partialStroke_h?: number
  readonly mission_h: number
  readonly mttr_h: number
  readonly mrt_h: number
  readonly switchOver: number
  /** Hours a year with one channel bypassed, and whether the vote keeps M or comes down with the channel. */
  readonly bypass_h_per_y: number
  readonly bypassVote: 'keep' | 'reduce'
  /** Why the channels are independent enough to raise the systematic capability by one; empty: they are not. */
  readonly diversity: string
  /** Transmitters, contacts or final elements of the safety configuration that are its channels; absent: not said. */
  readonly tags?: readonly string[]
  /** Channels that the safety configuration does not have, and why they count; absent: there are none. */
  readonly outside?: string
}

export interface Element {
  readonly id: string
  readonly type: 'A' | 'B'
  readonly lambda_DU_per_h: number
  readonly lambda_DD_per_h: number
  readonly lambda_SU_per_h: number
  readonly lambda_SD_per_h: number
  /** Systematic capability, 1 to 4. */
  readonly capability: Exclude<Sil, 0>
  /** Share of undetected dangerous failures that the proof test finds, and the part of it that a partial stroke finds. */
  readonly coverage: number
  readonly partialStrokeCoverage: number
  /** Where the rates are from. */
  readonly source: string
}
