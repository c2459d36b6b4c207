/** What the world runs: an artifact with one device, and what computes. */
import type { Engine } from '../../controller/core/member.ts'
import type { FieldIoArtifact } from '../../field-io/core/events.ts'
import type { Stream } from '../../numerics/streams.ts'

export const TICK_MS = 100
export const WATCHDOG_MS = 1500

export interface WorldPlant {
  /** One device; a tick takes TICK_MS. */
  readonly artifact: FieldIoArtifact
  /** A cold engine. */
  create(): Engine
  /** Range in which the inputs wander, and where the outputs go when the device trips; the device's own quantity. */
  readonly input_lo: number
  readonly input_hi: number
  readonly fail_value: number
  /** Operators give commands that add up; only the small engine can tell the sums. */
  readonly operators: Operable | undefined
}

export interface Operable {
  /** Per station the sum of what was applied, and the last number. */
  totals(engine: Engine): number[]
  last_seq(engine: Engine): number[]
  /** Turns a bit of the engine's memory. */
  hit(engine: Engine, chance: Stream): void
}
