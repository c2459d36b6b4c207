/**
 * What every plant model is to the rest: demands in, measurements out, time in seconds, and a snapshot that is exact.
 *
 * Use: write `demand_pct`, call `advance(dt_s)`, read `measured` (or `clean`). The arrays stay the same objects for the
 * life of the plant, so that a reader may keep them; nothing is allocated in `advance`.
 */
export interface Plant {
  /** `tennessee-eastman` */
  readonly name: string
  readonly scheme: PlantScheme
  readonly measurements: readonly MeasurementInfo[]
  readonly manipulated: readonly ManipulatedInfo[]
  readonly disturbances: readonly DisturbanceInfo[]
  readonly limits: readonly LimitInfo[]
  /** Names of the starting states; the first is the default. */
  readonly starts: readonly string[]

  /** Demands of the manipulated variables, %. The caller's to write; the model clamps to 0..100, valves lag behind. */
  readonly demand_pct: Float64Array
  /** Positions of the manipulated variables, %. */
  readonly position_pct: Float64Array
  /** Measurements without noise, in the units of `measurements`; analysers are sample-and-hold here too. */
  readonly clean: Float64Array
  /** Measurements with the plant's noise. Fresh noise on each whole second of plant time, never per call. */
  readonly measured: Float64Array
  /** Values that the limits bound, noise-free, in the units of `limits`. */
  readonly limited: Float64Array
  /** Shutdown equipment of the field: exactly neutral unless written. Indices are the model's own. */
  readonly ext: Float64Array

  /** Plant time since the start, s. */
  readonly time_s: number
  /** The plant's own shutdown: what crossed its limit and when; null while it runs. */
  readonly trip: PlantTrip | null
  /** Operating cost now, $/h. */
  readonly cost_per_h: number

  /** @throws RangeError for a name that is not in `disturbances` */
  setDisturbance(name: string, on: boolean): void
  isDisturbed(name: string): boolean
  /** Time goes on by `dt_s`, a multiple of 1 ms; demands are held over it. */
  advance(dt_s: number): void
  /**
   * From now on chance is that of another seed: noise, and random disturbances from their next draw on (a walk under way goes on to
   * its knot). By seed and plant time: the same at the same time is the same again.
   */
  reseed(seed: number): void
  /** Everything the future depends on. `load` of it into a plant of the same model and scheme continues bit for bit. */
  save(): Float64Array
  /** @throws RangeError if the snapshot is of another model, scheme or version */
  load(snapshot: Float64Array): void
}

/** `converged`: sub-stepped until the step no longer matters. `compat`: the original's steps and generator, draw for draw. */
export type PlantScheme = 'converged' | 'compat'

export interface PlantOptions {
  readonly scheme?: PlantScheme
  /** Seed of noise and random disturbances. */
  readonly seed?: number
  /** `off` keeps every draw but adds none, so that the random disturbances stay those of `on`; `none` draws no noise. */
  readonly noise?: 'on' | 'off' | 'none'
  /** Name of the starting state. */
  readonly start?: string
}

export type PlantFactory = (options?: PlantOptions) => Plant

export interface MeasurementInfo {
  /** `XMEAS7` */
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Standard deviation of the noise. */
  readonly noise_std: number
  /** Period of an analyser, s; 0 for a continuous measurement. A value is posted one period after it was sampled. */
  readonly period_s: number
}

export interface ManipulatedInfo {
  /** `XMV10` */
  readonly name: string
  readonly description: string
  /** What 100 % passes, and its unit; unit `%` where it has no flow of its own. */
  readonly full_scale: number
  readonly unit: string
  /** Time constant of the valve, s. */
  readonly lag_s: number
}

export interface DisturbanceInfo {
  /** `IDV6` */
  readonly name: string
  readonly description: string
  readonly kind: 'step' | 'random' | 'drift' | 'sticking'
}

/** A bound of safe or normal operation; infinite where there is none. */
export interface LimitInfo {
  /** `reactor pressure` */
  readonly name: string
  readonly unit: string
  readonly normal_lo: number
  readonly normal_hi: number
  readonly trip_lo: number
  readonly trip_hi: number
}

export interface PlantTrip {
  /** `reactor pressure high` */
  readonly cause: string
  readonly at_s: number
}
