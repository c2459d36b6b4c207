/** What a test file says, read and checked: every name is found, every time is in ms. */
import type { Place } from '../../controller/core/strategy/fault.ts'
import type { Expression } from './expression.ts'
import type { FaultPlace, FaultWord } from './field.ts'
import type { LinearFieldSpec } from './linear-field.ts'
import type { BlockRef } from './names.ts'
import type { RigFieldSpec } from './rig-field.ts'

export interface TestFile {
  readonly file: string
  readonly scenarios: readonly Scenario[]
}

export interface Scenario {
  readonly name: string
  readonly file: string
  readonly at: Place
  readonly plant: PlantSpec
  /** Time after the cold load before the first step, ms. */
  readonly settle_ms: number
  readonly steps: readonly Step[]
  /** Variables of a property, and how many cases are tried; empty for a scenario that is run once. */
  readonly variables: readonly Variable[]
  readonly runs: number
}

export type PlantSpec = LinearFieldSpec | RigFieldSpec

export interface Variable {
  readonly name: string
  readonly lo: number
  readonly hi: number
  readonly integer: boolean
  /** A choice among these in place of a range; the first is the simplest. */
  readonly choices?: readonly number[]
}

/** Steps of a disturbance: sizes `NAME.1`, `NAME.2`, ... and their times `NAME.1_s`, ... are variables each. */
export interface Profile {
  readonly name: string
  readonly count: number
}
export const sizeOf = (name: string, i: number): string => `${name}.${i + 1}`
export const secondsOf = (name: string, i: number): string => `${name}.${i + 1}_s`

export interface Expectation {
  readonly text: string
  readonly expression: Expression
  readonly at: Place
  /** Must become true within; must be true over, or judged over. Neither: now. */
  readonly within_ms?: number
  readonly during_ms?: number
  /** During: until what `during` names has ended. */
  readonly during?: 'fault' | 'cut' | 'disturbance'
  /** The slowest module it names: what `1scan` is, and how long one waits for a scan. */
  readonly scan_ms: number
}

export type Action =
  | { readonly do: 'nothing' }
  | {
      readonly do: 'set'
      readonly target: number
      readonly path: string
      readonly value: Expression
      /** The word of contracts/frame.ts, where the write must be refused. */
      readonly refused?: string
    }
  | { readonly do: 'drive'; readonly input: number; readonly value: Expression }
  | {
      readonly do: 'fault'
      readonly place: FaultPlace
      readonly word: FaultWord
      readonly value?: Expression
      readonly for_ms?: number
    }
  | { readonly do: 'clear'; readonly place: FaultPlace }
  | {
      readonly do: 'disturb'
      readonly name: string
      readonly value?: Expression
      readonly profile?: Profile
      readonly for_ms?: number
    }
  | { readonly do: 'calm'; readonly name: string }
  | { readonly do: 'cut'; readonly device: number; readonly for_ms?: number }
  | { readonly do: 'mend'; readonly device: number }
  | { readonly do: 'kill'; readonly which: 'primary' | 'standby' }

export type Wait =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'until'; readonly expression: Expression; readonly text: string; readonly within_ms: number }
  | {
      readonly kind: 'steady'
      readonly blocks: readonly BlockRef[]
      readonly band_pct: number
      readonly within_ms: number
    }

export interface Step {
  readonly at: Place
  readonly action: Action
  /** Test time at which it happens; absent: at once. */
  readonly at_ms?: number
  readonly wait?: Wait
  readonly expect?: Expectation
}

export const isProperty = (scenario: Scenario): boolean => scenario.variables.length > 0
