/**
 * The control system beside a safety system, as it may be: running, dead, hanging, writing nonsense, or turned against the plant.
 *
 * It has the drops of its own only: what it does to the safety system's it does through the process.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { TickId } from '../../contracts/frame.ts'
import { type Controller, createController } from '../../controller/core/controller.ts'
import { type Stream, stream } from '../../numerics/streams.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import { couple } from '../run/couple.ts'

/**
 * dead: writes nothing, the drops' watchdogs take the outputs to their fail positions. frozen: writes what it wrote last. flooding:
 * writes any current to any output, many a scan. malicious: writes `orders`, and holds the rest.
 */
export const CONTROL_STATES = ['running', 'dead', 'frozen', 'flooding', 'malicious'] as const
export type ControlState = (typeof CONTROL_STATES)[number]

export interface ControlSystem {
  readonly tick_ms: number
  readonly controller: Controller
  state: ControlState
  /** Currents a malicious one writes: index of the output in the rig, mA. */
  orders: readonly (readonly [output: number, mA: number])[]
  /** One tick, after the plant's. */
  tick(): void
  /** Chance of a flood from now on. */
  reseed(seed: number): void
  save(): { readonly state: Uint8Array; readonly at: TickId }
  load(saved: { readonly state: Uint8Array; readonly at: TickId }): void
}

/** Writes of a flood, a tick. */
const FLOOD = 200

export function createControlSystem(artifact: Artifact, rig: Rig): ControlSystem {
  const controller = createController(artifact)
  const coupling = couple(artifact, rig, controller)
  let n = 0
  let chance: Stream = stream(1, 'flood')
  controller.state = { epoch: 1, n: 0 }

  const system: ControlSystem = {
    tick_ms: artifact.tick_ms,
    controller,
    state: 'running',
    orders: [],
    tick() {
      n++
      switch (system.state) {
        case 'running':
          coupling.latch()
          controller.scan(n)
          coupling.write()
          return
        case 'dead':
          return
        case 'flooding':
          for (let i = 0; i < FLOOD; i++) rig.setOutput(chance.below(rig.outputs.length), chance.uniform() * 22)
          return
        case 'frozen':
          for (let i = 0; i < rig.outputs.length; i++) rig.setOutput(i, rig.output_values[i]!)
          return
        default:
          for (let i = 0; i < rig.outputs.length; i++) rig.setOutput(i, rig.output_values[i]!)
          for (const [output, mA] of system.orders) rig.setOutput(output, mA)
      }
    },
    reseed(seed) {
      chance = stream(seed, 'flood')
    },
    // A state that stood still is of the tick it stood at; the scans go on from there.
    save: () => ({ state: controller.save(), at: controller.state }),
    load(saved) {
      controller.load(saved.state, saved.at)
      n = saved.at.n
      coupling.forget()
    },
  }
  return system
}
