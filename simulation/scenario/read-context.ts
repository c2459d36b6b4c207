/** What the readers of a test file know of the strategy, its plant and the scenario they are in. */

import type { FaultPlace, FaultWord } from './field.ts'
import type { BlockRef, Names } from './names.ts'
import type { PlantSpec } from './scenario.ts'

/** What is known of the plant that a strategy has the instruments of. */
export interface PlantNames {
  readonly plant: string
  readonly starts: readonly string[]
  /** Instruments by tag with the faults they can have; the tag behind a point. */
  readonly instruments: ReadonlyMap<string, readonly FaultWord[]>
  readonly tagAt: (place: FaultPlace) => string | undefined
  readonly disturbances: readonly string[]
}

export interface TestContext {
  readonly names: Names
  readonly field?: PlantNames | undefined
}

export interface StepContext extends TestContext {
  readonly plant: PlantSpec | undefined
  readonly variables: ReadonlySet<string>
  readonly twin: boolean
  /** Variables that are steps of a disturbance: how many. */
  readonly profiles: ReadonlyMap<string, number>
  /** The loop of a test without steps of its own. */
  readonly loop?: BlockRef | undefined
}

/** What a later step may refer back to. */
export interface Before {
  /** Spans that `during` can name: those that end by themselves. */
  readonly ended: Set<string>
  loop: BlockRef | undefined
}
