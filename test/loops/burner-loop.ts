/** Boiler, burner management and control system in one loop, as `flyball start boiler` has them in processes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readInstruments, readStart } from '../../cli/plant-files.ts'
import { withStart } from '../../cli/starts.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { Artifact } from '../../contracts/artifact.ts'
import { BOILER_SHUTDOWN } from '../../plant-sim/core/boiler/shutdown.ts'
import { BOILER_MEASUREMENTS } from '../../plant-sim/core/boiler/signals.ts'
import type { Instruments } from '../../plant-sim/core/instruments/records.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig, type Rig } from '../../plant-sim/core/rig.ts'
import { LATCH } from '../../safety/core/codes.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { type ControlSystem, createControlSystem } from '../../simulation/sis/control-system.ts'
import { createSisLoop, type SisLoop, type SisLoopState } from '../../simulation/sis/sis-loop.ts'

export const CONFIG: SisConfig = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../safety/config/boiler.json'), 'utf8'),
)

export interface Burner extends Unprotected {
  readonly loop: SisLoop
  /** Step of the sequence. */
  readonly step: string
  /** Value of a measurement, without noise. */
  see(name: string): number
  /** Causes of the first-out of an effect. */
  firstOut(effect: string): string[]
  tripped(effect: string): boolean
  /** Tags of the elements without current. */
  off(): string[]
  /** Until it is so, s; -1 if it never is. */
  until(is: () => boolean, seconds: number): number
  press(tag: string): void
  turn(tag: string, closed: boolean): void
}

export interface BurnerOptions {
  readonly start: 'half' | 'full' | 'standby'
  readonly seed?: number
  /** Beside those of plant/starts.yaml. */
  readonly values?: Readonly<Record<string, number>>
}

/** Plant and control system alone. The safety system's equipment is there, or not; nobody is at it. */
export interface Unprotected {
  readonly rig: Rig
  readonly control: ControlSystem
  run(seconds: number): void
}

const SCAN_MS = 100

let built: { artifact: Artifact; folder: string; instruments: Instruments } | undefined

async function strategy() {
  if (built !== undefined) return built
  const found = await buildStrategy('boiler')
  if ('faults' in found) throw new Error('the strategy has faults')
  const instruments = readInstruments(found.folder)
  if (!('ok' in instruments)) throw new Error("the plant's files have faults")
  built = { artifact: found.artifact, folder: found.folder, instruments: instruments.ok }
  return built
}

export async function createUnprotected(options: BurnerOptions, equipped = true): Promise<Unprotected> {
  const { rig, artifact } = await fieldAndStrategy(options, equipped)
  const control = createControlSystem(artifact, rig)
  const parts = control.tick_ms / SCAN_MS
  let part = 0
  return {
    rig,
    control,
    run(seconds) {
      for (let i = 0; i < seconds * 10; i++) {
        rig.advance(SCAN_MS)
        if (++part % parts === 0) control.tick()
      }
    },
  }
}

async function fieldAndStrategy(options: BurnerOptions, equipped: boolean): Promise<{ rig: Rig; artifact: Artifact }> {
  const { artifact, folder, instruments } = await strategy()
  const { start, seed = 1 } = options
  const values = readStart(folder, start, artifact)
  if (!('ok' in values)) throw new Error(`start ${start} has faults`)
  const plant = createFieldPlant('boiler', { scheme: 'converged', seed, start })
  return {
    rig: createRig(plant, instruments, { seed, step_ms: SCAN_MS, ...(equipped ? { safety: BOILER_SHUTDOWN } : {}) }),
    artifact: withStart(artifact, new Map([...values.ok, ...Object.entries(options.values ?? {})])),
  }
}

/** Made once for each start, with the purge of its safety system's first state; then set back to it. */
const made = new Map<string, { readonly burner: Burner; readonly begin: SisLoopState }>()

/** Good until the next is made with the same options. */
export async function createBurner(options: BurnerOptions): Promise<Burner> {
  const key = JSON.stringify(options)
  const known = made.get(key)
  if (known !== undefined) {
    known.burner.control.state = 'running'
    known.burner.loop.load(known.begin)
    return known.burner
  }
  const burner = await makeBurner(options)
  made.set(key, { burner, begin: burner.loop.save() })
  return burner
}

async function makeBurner(options: BurnerOptions): Promise<Burner> {
  const { rig, artifact } = await fieldAndStrategy(options, true)
  const { plant } = rig
  const loop = createSisLoop({ config: CONFIG, rig, artifact })
  const field = rig.safety!
  const place = new Map(BOILER_MEASUREMENTS.map((m, i) => [m.name, i]))
  const sequence = CONFIG.sequences[0]!
  const effect = (id: string): number => CONFIG.effects.findIndex((e) => e.id === id)
  const contact = (tag: string): number => field.equipment.contacts.findIndex((c) => c.tag === tag)
  const advance = (): void => loop.advance(1)

  const burner: Burner = {
    loop,
    rig,
    control: loop.control!,
    get step() {
      return sequence.steps[loop.sis.solver.state.step[0]!]!.id
    },
    see: (name) => plant.clean[place.get(name)!]!,
    firstOut(id) {
      const set = loop.sis.solver.state.firstOut[effect(id)]!
      return CONFIG.causes.filter((_, c) => ((set >>> c) & 1) === 1).map((c) => c.id)
    },
    tripped: (id) => loop.sis.solver.state.latch[effect(id)] !== LATCH.normal,
    off: () => CONFIG.elements.filter((_, i) => loop.sis.solver.outputs[i] === 0).map((e) => e.tag),
    run(seconds) {
      for (let i = 0; i < seconds * 10; i++) advance()
    },
    until(is, seconds) {
      const from = rig.time_ms
      for (let i = 0; i < seconds * 10; i++) {
        if (is()) return (rig.time_ms - from) / 1000
        advance()
      }
      return is() ? seconds : -1
    },
    press: (tag) =>
      field.setContact(contact(tag), field.equipment.contacts[contact(tag)]!.normal === 'open', rig.time_ms + 1000),
    turn: (tag, closed) => field.setContact(contact(tag), closed),
  }
  return burner
}
