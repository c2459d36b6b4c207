/**
 * Machines of the plant that the control system does not drive: they run, or they have tripped.
 *
 * A tripped one runs down at constant deceleration; when the trip is over, and after the time that the fault says, it runs up again.
 * Only at full speed it reports that it runs.
 */
import type { FaultBank } from './faults.ts'
import { faultValue, isActive, KIND } from './faults.ts'

export interface MachineRecord {
  /** `K-20` */
  readonly tag: string
  readonly description: string
  /** From full speed to a standstill, and back, s. */
  readonly run_down_s: number
  readonly run_up_s: number
}

export interface Machines {
  /** Speed, 0 to 1, and time that a start has still to wait, s, side by side: with the fault bank the whole state. */
  readonly state: Float64Array
  /** The speeds alone, by machine. */
  readonly speed: Float64Array
  step(dt_s: number, time_s: number): void
  /** After a change of `state` from outside. */
  refresh(): void
}

export function createMachines(records: readonly MachineRecord[], faults: FaultBank, first: number): Machines {
  const state = new Float64Array(records.length * 2)
  const speed = new Float64Array(records.length)
  for (let i = 0; i < records.length; i++) state[i * 2] = 1
  const refresh = (): void => {
    for (let i = 0; i < records.length; i++) speed[i] = state[i * 2]!
  }
  refresh()
  return {
    state,
    speed,
    refresh,
    step(dt_s, time_s) {
      for (let i = 0; i < records.length; i++) {
        const { run_down_s, run_up_s } = records[i]!
        const at = i * 2
        if (faults.armed[first + i]! > 0 && isActive(faults, first + i, KIND.trip, time_s)) {
          state[at] = Math.max(0, state[at]! - dt_s / run_down_s)
          state[at + 1] = faultValue(faults, first + i, KIND.trip, 0)
        } else if (state[at + 1]! > 0) {
          state[at] = Math.max(0, state[at]! - dt_s / run_down_s)
          state[at + 1] = Math.max(0, state[at + 1]! - dt_s)
        } else if (state[at]! < 1) state[at] = Math.min(1, state[at]! + dt_s / run_up_s)
        speed[i] = state[at]!
      }
    },
  }
}
