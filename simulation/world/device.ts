/**
 * A dumb device: outputs with a watchdog, inputs that wander, one connection at a time (the last one wins).
 *
 * Not written for a while it goes to its fail values and ignores writes until it is re-armed.
 */
import type { TickId } from '../../contracts/frame.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { Loop } from './loop.ts'
import { WATCHDOG_MS, type WorldPlant } from './plant.ts'

export type DeviceRequest =
  | { readonly kind: 'connect' }
  | { readonly kind: 'read' }
  | { readonly kind: 'rearm' }
  | {
      readonly kind: 'write'
      readonly at: TickId
      readonly positions: readonly number[]
      readonly values: Float64Array
    }

export interface DeviceReply {
  readonly inputs: Float64Array
  readonly readbacks: Float64Array
  readonly tripped: boolean
}

export interface DeviceWatcher {
  written(at: TickId, positions: readonly number[], before: Float64Array, after: Float64Array): void
}

export interface SimulatedDevice {
  readonly outputs: Float64Array
  readonly tripped: boolean
  /** @returns undefined where this connection is not the present one. */
  request(connection: number, request: DeviceRequest): DeviceReply | undefined
  /** Power off and on: outputs at their fail values, tripped. */
  reboot(): void
}

export function createDevice(
  loop: Loop,
  chance: Stream,
  plant: WorldPlant,
  watcher: DeviceWatcher,
  options: { readonly leaves_fail_state: boolean },
): SimulatedDevice {
  const { input_lo: lo, input_hi: hi, fail_value } = plant
  const outputs = new Float64Array(plant.artifact.io.outputs.length).fill(fail_value)
  const inputs = new Float64Array(plant.artifact.io.inputs.length).fill((lo + hi) / 2)
  let tripped = true
  let present = 0
  let written_ms = 0
  let moved_ms = 0
  const trip = (): void => {
    tripped = true
    outputs.fill(fail_value)
  }
  const watch = (): void => {
    if (!tripped && loop.now - written_ms > WATCHDOG_MS) trip()
  }
  const wander = (): void => {
    for (; moved_ms + 50 <= loop.now; moved_ms += 50) {
      for (let i = 0; i < inputs.length; i++) {
        inputs[i] = Math.min(hi, Math.max(lo, inputs[i]! + (chance.uniform() - 0.5) * 0.04 * (hi - lo)))
      }
    }
  }
  return {
    outputs,
    get tripped() {
      watch()
      return tripped
    },
    request: (connection, request) => {
      watch()
      wander()
      if (request.kind === 'connect') present = Math.max(present, connection)
      if (connection !== present) return undefined
      if (request.kind === 'rearm') {
        tripped = false
        written_ms = loop.now
      } else if (request.kind === 'write' && (!tripped || options.leaves_fail_state)) {
        const before = outputs.slice()
        tripped = false
        written_ms = loop.now
        request.positions.forEach((position, i) => {
          outputs[position] = request.values[i]!
        })
        watcher.written(request.at, request.positions, before, outputs.slice())
      }
      return { inputs: inputs.slice(), readbacks: outputs.slice(), tripped }
    },
    reboot: trip,
  }
}
