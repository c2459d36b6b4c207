/** What is installed, and what the control system uses: facts for `flyball sis check --plant`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { safetyEquipmentOf } from '../../plant-sim/core/safety-equipment.ts'
import type { ControlFacts, PlantFacts } from '../../safety/proof/check-plant.ts'
import { readInstruments } from '../plant-files.ts'

/** @returns undefined where the plant has no equipment of a safety system */
export function plantFacts(plant: string): PlantFacts | undefined {
  const equipment = safetyEquipmentOf(plant)
  if (equipment === undefined) return undefined
  const { drop, counts_per_mA, watchdog_s, transmitters, contacts, valves } = equipment
  return { drop, counts_per_mA, watchdog_s, transmitters, contacts, valves }
}

/** Of the strategy of the same name; undefined where there is none. */
export function controlFacts(plant: string, drop: string): ControlFacts | undefined {
  const folder = join('strategies', plant)
  if (!existsSync(join(folder, 'plant/instruments.yaml'))) return undefined
  const read = readInstruments(folder)
  if (!('ok' in read)) return undefined
  const { transmitters, analysers, valves } = read.ok
  return {
    instruments: [...transmitters, ...analysers].map(({ tag }) => tag),
    valves: valves.map(({ tag }) => tag),
    devices: devicesOf(join(folder, 'io')),
    drop,
  }
}

/** The strategy's own check reads these files with all its rules; here the places they reach are enough. */
function devicesOf(folder: string): { readonly id: string; readonly endpoint: string }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const file = parse(readFileSync(join(folder, name), 'utf8')) as { devices?: Record<string, unknown>[] } | null
      return (file?.devices ?? []).flatMap((d) =>
        ['endpoint', 'endpoint_b'].flatMap((key) =>
          typeof d[key] === 'string' ? [{ id: String(d['id']), endpoint: d[key] }] : [],
        ),
      )
    })
}
