/**
 * A plant of plant-sim with its transmitters, valves and drops as the field of a scenario.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import { STATUS } from '../../contracts/status.ts'
import { REARM_REGISTER } from '../../plant-sim/core/drops.ts'
import type { FaultKind } from '../../plant-sim/core/instruments/faults.ts'
import type { Instruments } from '../../plant-sim/core/instruments/records.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig, macroStep, type Rig } from '../../plant-sim/core/rig.ts'
import { safetyEquipmentOf } from '../../plant-sim/core/safety-equipment.ts'
import { wire } from '../run/wiring.ts'
import type { FaultPlace, FaultWord, Field } from './field.ts'

export interface RigFieldSpec {
  readonly kind: 'rig'
  readonly start: string
  readonly seed: number
  readonly noise: boolean
}

/** The rig's word for a fault; those that no instrument has are the device's and stand over the image. */
const KIND_OF: Readonly<Partial<Record<FaultWord, FaultKind>>> = {
  sensor_failure: 'failed',
  open_circuit: 'open',
  stuck: 'stuck',
  bias: 'bias',
  drift: 'drift',
  air: 'air',
}

/** The rig's fault for a word, if its instrument can have it. */
export function rigFault(rig: Rig, tag: string, word: FaultWord): FaultKind | undefined {
  const kind = KIND_OF[word]
  return kind !== undefined && rig.tags.get(tag)?.includes(kind) === true ? kind : undefined
}

export function createFieldRig(spec: RigFieldSpec, instruments: Instruments, tick_ms: number, seed: number): Rig {
  const plant = createFieldPlant(instruments.plant, { scheme: 'converged', seed, start: spec.start })
  // As the running plant and a run in one loop have it.
  const safety = safetyEquipmentOf(instruments.plant)
  const noise = spec.noise ? undefined : 'off'
  return createRig(plant, instruments, { seed, step_ms: macroStep(tick_ms), noise, safety })
}

/** Tag of the instrument behind an input or output of the image; undefined where there is none. */
export function instrumentsOf(rig: Rig, artifact: Artifact): (place: FaultPlace) => string | undefined {
  const { inputs, outputs } = wire(artifact, rig)
  return (place) => {
    if (place.kind === 'instrument') return place.tag
    const at = (place.kind === 'input' ? inputs : outputs)[place.index] ?? -1
    return (place.kind === 'input' ? rig.inputs : rig.outputs)[at]?.tag
  }
}

export function createRigField(rig: Rig, artifact: Artifact): Field {
  const { inputs, outputs, input_factor, output_factor } = wire(artifact, rig)
  const values = new Float64Array(inputs.length)
  const statuses = new Uint16Array(inputs.length).fill(STATUS.badNoComm)
  const readbacks = new Float64Array(outputs.length)
  const readback_statuses = new Uint16Array(outputs.length).fill(STATUS.badNoComm)
  const drop_of = artifact.io.devices.map((d) => rig.drops.ids.indexOf(d.endpoint.replace(/^plant:/, '')))
  const output_drop = Int32Array.from(artifact.control.outputs, ({ point }) => {
    const record = artifact.io.outputs.find((p) => p.point === point)!
    return drop_of[record.device]!
  })
  const kind = (word: FaultWord): FaultKind => KIND_OF[word]!
  const instrument = instrumentsOf(rig, artifact)

  const show = (): void => {
    for (let i = 0; i < inputs.length; i++) {
      const from = inputs[i]!
      if (from < 0) continue
      values[i] = rig.input_values[from]! * input_factor[i]!
      statuses[i] = rig.input_status[from] === 0 ? STATUS.good : STATUS.badSensorFailure
    }
    for (let i = 0; i < outputs.length; i++) {
      const from = outputs[i]!
      if (from < 0) continue
      readbacks[i] = rig.output_values[from]! * output_factor[i]!
      // As field-io says it: a tripped device is in its fault state whatever it is asked for.
      const tripped = output_drop[i]! >= 0 && rig.drops.isTripped(output_drop[i]!)
      readback_statuses[i] = tripped ? STATUS.faultStateActive : STATUS.good
    }
  }
  show()
  return {
    values,
    statuses,
    readbacks,
    readback_statuses,
    advance() {
      rig.advance(artifact.tick_ms)
      show()
    },
    write(output, value) {
      if (outputs[output]! >= 0) rig.setOutput(outputs[output]!, value / output_factor[output]!)
    },
    rearm(device) {
      const drop = drop_of[device]!
      if (drop >= 0 && rig.drops.isTripped(drop)) rig.drops.writeHolding(drop, REARM_REGISTER, 1)
    },
    drive(input, value) {
      values[input] = value
      statuses[input] = STATUS.good
    },
    arm(place, word, value) {
      rig.setFault(instrument(place)!, { kind: kind(word), ...(Number.isNaN(value) ? {} : { value }) })
    },
    disarm(place, word) {
      rig.clearFault(instrument(place)!, word === undefined ? undefined : kind(word))
    },
    disturb(name) {
      rig.plant.setDisturbance(name, true)
    },
    calm(name) {
      rig.plant.setDisturbance(name, false)
    },
  }
}
