/**
 * A plant with its safety system and its strategy, ready to run in one process: what the tests and campaigns of a safety system start
 * from. Files are read once; each call of `loop` makes a plant of its own.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Artifact } from '../../contracts/artifact.ts'
import type { Instruments } from '../../plant-sim/core/instruments/records.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig, type Rig } from '../../plant-sim/core/rig.ts'
import { safetyEquipmentOf } from '../../plant-sim/core/safety-equipment.ts'
import { checkConfig } from '../../safety/core/check-config.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { fileFaultText } from '../../safety/proof/read-config.ts'
import type { Witness } from '../../simulation/sis/safety-system.ts'
import { createSisLoop, type SisLoop } from '../../simulation/sis/sis-loop.ts'
import { readInstruments, readStart } from '../plant-files.ts'
import { withStart } from '../starts.ts'
import { buildStrategy } from '../strategy-files.ts'
import { loadConfig } from './load-config.ts'

const CONFIGS = resolve(import.meta.dirname, '../../safety/config')

export interface SisPlant {
  readonly config: SisConfig
  /** SHA-256 of the configuration's bytes. */
  readonly hash: string
  readonly starts: readonly string[]
  rig(options: { readonly seed: number; readonly start?: string }): Rig
  loop(options: LoopOptions): SisLoop
}

export interface LoopOptions {
  readonly seed: number
  /** Absent: the plant's first. */
  readonly start?: string
  readonly witness?: Witness
  /** False: no control system, the outputs stay where the start has them. */
  readonly control?: boolean
  readonly power_up?: boolean
}

/**
 * @param nameOrFile - a plant with a configuration under safety/config, or a configuration; its id names the plant
 * @param change - makes another configuration of it, for a trial: whatever comes of it is not checked
 */
export async function loadSisPlant(
  nameOrFile: string,
  change: (config: SisConfig) => SisConfig = (config) => config,
): Promise<SisPlant | { readonly wrong: readonly string[] }> {
  const named = join(CONFIGS, `${nameOrFile}.json`)
  const loaded = loadConfig(!existsSync(nameOrFile) && existsSync(named) ? named : nameOrFile)
  if ('faults' in loaded) return { wrong: loaded.faults.map(fileFaultText) }
  const { hash } = loaded
  const wrong = checkConfig(loaded.config)
    .filter((f) => f.severity === 'error')
    .map((f) => `${f.code}: ${f.path}: ${f.message}`)
  if (wrong.length > 0) return { wrong }
  const config = change(loaded.config)
  const equipment = safetyEquipmentOf(config.id)
  if (equipment === undefined) return { wrong: [`${nameOrFile}: plant '${config.id}' has no safety equipment`] }
  const built = await buildStrategy(config.id)
  if ('faults' in built)
    return { wrong: [`the strategy has ${built.faults.length} faults: flyball check ${config.id}`] }
  const read = readInstruments(built.folder)
  if (!('ok' in read)) return { wrong: read.wrong }
  const instruments: Instruments = read.ok
  const first = createFieldPlant(config.id, { scheme: 'converged', seed: 1 }).starts
  const artifacts = new Map<string, Artifact>()
  for (const start of first) {
    const values = readStart(built.folder, start, built.artifact)
    if (!('ok' in values)) return { wrong: values.wrong }
    artifacts.set(start, withStart(built.artifact, values.ok))
  }
  const rig: SisPlant['rig'] = ({ seed, start }) =>
    createRig(createFieldPlant(config.id, { scheme: 'converged', seed, start: start ?? first[0]! }), instruments, {
      seed,
      step_ms: config.scan_ms,
      safety: equipment,
    })
  return {
    config,
    hash,
    starts: first,
    rig,
    loop: (options) =>
      createSisLoop({
        config,
        rig: rig(options),
        artifact: options.control === false ? undefined : artifacts.get(options.start ?? first[0]!),
        start: options.power_up === true ? 'tripped' : 'normal',
        ...(options.witness === undefined ? {} : { witness: options.witness }),
      }),
  }
}
