/**
 * What a controller sees of the world in a scenario: inputs in the device's own quantity, outputs and their read-backs,
 * by the indices of the artifact's image. Behind it stands a rig or a few linear models.
 */
export interface Field {
  /** Per `control.inputs`, in the device's own quantity, with a status word. */
  readonly values: Float64Array
  readonly statuses: Uint16Array
  /** Per `control.outputs`: what the device stands at. */
  readonly readbacks: Float64Array
  readonly readback_statuses: Uint16Array
  /** One tick, outputs held. */
  advance(): void
  /** Writes an output, in the device's own quantity. */
  write(output: number, value: number): void
  /** A device that lost its master is found tripped, and made to listen again. */
  rearm(device: number): void
  /** An input that nothing drives takes this value from now on, Good. */
  drive(input: number, value: number): void
  arm(place: FaultPlace, kind: FaultWord, value: number): void
  /** Removes a kind of fault, or all at this place. */
  disarm(place: FaultPlace, kind?: FaultWord): void
  /** NaN: a disturbance that is only on or off. */
  disturb(name: string, value: number): void
  calm(name: string): void
}

/** Where a fault sits: an input or output of the image, or an instrument of the plant by its tag. */
export type FaultPlace =
  | { readonly kind: 'input' | 'output'; readonly index: number }
  | { readonly kind: 'instrument'; readonly tag: string }

/**
 * sensor_failure: the transmitter reports its own failure. open_circuit: no current. stuck: the value stays, or goes to a
 * given one. bias, drift: an offset, an offset that grows per hour, in the unit of the signal. bad, no_comm: the device
 * answers that the value is bad; does not answer for it. air: a valve without instrument air.
 */
export const FAULT_WORDS = [
  'sensor_failure',
  'open_circuit',
  'stuck',
  'bias',
  'drift',
  'bad',
  'no_comm',
  'air',
] as const
export type FaultWord = (typeof FAULT_WORDS)[number]
