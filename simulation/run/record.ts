/**
 * What a run leaves behind: sampled trends, what happened, and the figures an engineer judges it by.
 */

/** One sampled quantity: a published value of the strategy, or something only the plant knows (cost, a valve's position). */
export interface RunColumn {
  /** `PIC-07.PV`, `FV-10`, `cost` */
  readonly key: string
  readonly label: string
  readonly unit: string
  readonly decimals: number
  readonly lo: number
  readonly hi: number
  /** Lines a trend shows: name and value. */
  readonly limits: readonly { readonly name: string; readonly value: number }[]
  /** What the overview shows: the first thing to look at. */
  readonly main: boolean
}

export interface RunEvent {
  readonly at_s: number
  readonly kind: 'disturbance' | 'fault' | 'command' | 'trip' | 'mode' | 'alarm' | 'note'
  readonly text: string
}

/** How near a bounded quantity came to where the plant shuts itself down. */
export interface Margin {
  readonly name: string
  readonly unit: string
  readonly side: 'high' | 'low'
  readonly normal: number
  readonly trip: number
  /** The value nearest to the trip, and when. */
  readonly worst: number
  readonly worst_at_s: number
  /** trip - worst, or worst - trip: negative after a trip. */
  readonly margin: number
  /** Time spent outside the normal bound, s. */
  readonly outside_normal_s: number
}

export interface ValveTravel {
  readonly tag: string
  /** Sum of all movements, %. */
  readonly travel_pct: number
  readonly reversals: number
  readonly position_pct_min: number
  readonly position_pct_max: number
}

export interface RunRecord {
  readonly strategy: string
  readonly artifact: string
  readonly plant: string
  readonly scheme: string
  readonly start: string
  readonly seed: number
  /** What was asked for; a run ends before that on a shutdown of the plant. */
  readonly hours: number
  readonly ran_s: number
  readonly scans: number
  readonly sample_s: number
  readonly columns: readonly RunColumn[]
  /** One entry per sample. */
  readonly t_s: Float64Array
  /** Per column, per sample; NaN while its status is Bad. */
  readonly values: readonly Float64Array[]
  readonly events: readonly RunEvent[]
  readonly trip: { readonly cause: string; readonly at_s: number } | null
  readonly cost: { readonly mean_per_h: number; readonly total: number; readonly last_per_h: number }
  readonly margins: readonly Margin[]
  readonly valves: readonly ValveTravel[]
}
