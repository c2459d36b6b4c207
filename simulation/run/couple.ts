/** A controller at a rig in one loop: what it reads is latched, what it puts out is written. */
import type { Artifact } from '../../contracts/artifact.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import type { Controller } from '../../controller/core/controller.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import { wire } from './wiring.ts'

export interface Coupling {
  /** As in a frame, only what changed is latched: a number and its status are one decision. */
  latch(): void
  /** Outputs with a good status go to the drops. */
  write(): void
  /** After a load: everything counts as changed. */
  forget(): void
}

export function couple(artifact: Artifact, rig: Rig, controller: Controller): Coupling {
  const { inputs, outputs, input_factor, output_factor } = wire(artifact, rig)
  const input_last = new Float64Array(inputs.length).fill(Number.NaN)
  const input_status_last = new Int32Array(inputs.length).fill(-1)
  const output_last = new Float64Array(outputs.length).fill(Number.NaN)
  for (let i = 0; i < inputs.length; i++) if (inputs[i]! < 0) controller.latchInput(i, 0, STATUS.badNoComm)
  for (let i = 0; i < outputs.length; i++) if (outputs[i]! < 0) controller.latchReadback(i, 0, STATUS.badNoComm)

  return {
    latch() {
      const { input_values, input_status, output_values } = rig
      for (let i = 0; i < inputs.length; i++) {
        const from = inputs[i]!
        if (from < 0) continue
        const value = input_values[from]!
        const status = input_status[from]!
        if (value === input_last[i] && status === input_status_last[i]) continue
        input_last[i] = value
        input_status_last[i] = status
        controller.latchInput(i, value * input_factor[i]!, status === 0 ? STATUS.good : STATUS.badSensorFailure)
      }
      for (let i = 0; i < outputs.length; i++) {
        const from = outputs[i]!
        if (from < 0 || output_values[from] === output_last[i]) continue
        output_last[i] = output_values[from]!
        controller.latchReadback(i, output_last[i]! * output_factor[i]!, STATUS.good)
      }
    },
    write() {
      for (let i = 0; i < outputs.length; i++) {
        const to = outputs[i]!
        if (to >= 0 && !isBad(controller.statuses[i]!)) rig.setOutput(to, controller.values[i]! / output_factor[i]!)
      }
    },
    forget() {
      input_last.fill(Number.NaN)
      input_status_last.fill(-1)
      output_last.fill(Number.NaN)
    },
  }
}
