/**
 * Plant, safety system and control system in one loop, in simulated time: each scan of the safety system is a part of a tick, as the
 * simulator's conductor releases them. Plant to t, safety scan, and at the end of a tick the control system.
 *
 * Same seed, same bits: nothing here reads a clock.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { type ControlSystem, createControlSystem } from './control-system.ts'
import { createSafetySystem, type SafetySystem, type SafetySystemState, type Witness } from './safety-system.ts'

export interface SisLoopOptions {
  readonly config: SisConfig
  /** Made with safety equipment, in steps of the solver's scan. */
  readonly rig: Rig
  /** Strategy of the control system; absent: none, the outputs stand where they are. */
  readonly artifact?: Artifact | undefined
  /** As in `createSafetySystem`. */
  readonly start?: 'normal' | 'tripped'
  readonly witness?: Witness
}

export interface SisLoop {
  readonly rig: Rig
  readonly sis: SafetySystem
  readonly control: ControlSystem | null
  /** Plant time, s. */
  readonly time_s: number
  readonly scan_s: number
  /** Plant and safety system go on by so many scans, the control system with them. */
  advance(scans: number): void
  save(): SisLoopState
  load(saved: SisLoopState): void
}

export interface SisLoopState {
  readonly rig: Float64Array
  readonly sis: SafetySystemState
  readonly control: ReturnType<ControlSystem['save']> | null
  readonly part: number
}

/** @throws RangeError where plant, configuration and strategy do not fit */
export function createSisLoop(options: SisLoopOptions): SisLoop {
  const { config, rig, artifact } = options
  if (rig.safety === null) throw new RangeError(`${rig.plant.name} has no safety equipment`)
  const sis = createSafetySystem(config, rig.safety, options.start, options.witness)
  const control = artifact === undefined ? null : createControlSystem(artifact, rig)
  const { scan_ms } = config
  const parts = control === null ? 1 : control.tick_ms / scan_ms
  if (!Number.isInteger(parts)) throw new RangeError(`a tick of ${control?.tick_ms} ms is no multiple of ${scan_ms} ms`)
  let part = 0
  return {
    rig,
    sis,
    control,
    get time_s() {
      return rig.time_ms / 1000
    },
    scan_s: scan_ms / 1000,
    advance(scans) {
      for (let i = 0; i < scans; i++) {
        rig.advance(scan_ms)
        sis.scan()
        if (++part < parts) continue
        part = 0
        control?.tick()
      }
    },
    save: () => ({ rig: rig.save(), sis: sis.save(), control: control?.save() ?? null, part }),
    load(saved) {
      rig.load(saved.rig)
      sis.load(saved.sis)
      if (control !== null && saved.control !== null) control.load(saved.control)
      part = saved.part
    },
  }
}
