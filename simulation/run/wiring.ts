/**
 * Where the strategy's points stand in the rig: by drop and register, or by node, as field-io finds them over the wire, so that a
 * wrong register or scale in the strategy's io files is as wrong here as it is there.
 */
import type { Artifact, InputPoint, OutputPoint } from '../../contracts/artifact.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'

export interface Wiring {
  /** Per `control.inputs`: index in the rig, -1 where there is nothing at that place. */
  readonly inputs: Int32Array
  /** What turns the rig's number into what the strategy's scale makes of the same counts. */
  readonly input_factor: Float64Array
  /** Per `control.outputs`. */
  readonly outputs: Int32Array
  readonly output_factor: Float64Array
}

export function wire(artifact: Artifact, rig: Rig): Wiring {
  const { io, control } = artifact
  const inputs = new Map(io.inputs.map((point) => [point.point, point]))
  const outputs = new Map(io.outputs.map((point) => [point.point, point]))
  const dropOf = (point: InputPoint | OutputPoint): string => io.devices[point.device]!.endpoint.replace(/^plant:/, '')
  const scaleOf = (point: InputPoint | OutputPoint): number =>
    point.quantity === 'mA' ? rig.instruments.counts_per_mA / point.counts_per_unit : 1 / point.counts_per_unit
  const read = control.inputs.map(({ point }) => inputs.get(point)!)
  const written = control.outputs.map(({ point }) => outputs.get(point)!)
  /** A node of the plant's OPC UA server is called after its instrument. */
  const inputOf = (point: InputPoint): number => {
    const tag = /(?:^|;)s=(.*)$/.exec(point.node ?? '')?.[1]
    return tag === undefined ? rig.inputAt(dropOf(point), point.register) : rig.inputs.findIndex((p) => p.tag === tag)
  }
  return {
    inputs: Int32Array.from(read, inputOf),
    input_factor: Float64Array.from(read, scaleOf),
    outputs: Int32Array.from(written, (point) => rig.outputAt(dropOf(point), point.register)),
    output_factor: Float64Array.from(written, scaleOf),
  }
}
