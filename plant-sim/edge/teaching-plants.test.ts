// The plants to learn on as plant-sim runs them: their files are read, every start is taken, drops and instructor answer.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { Running } from '../../protocols/edge/program.ts'
import { createFieldPlant, plantNames, plantNamesOf } from '../core/plants.ts'
import { instructorClient } from './instructor-client.ts'
import { parseInstruments } from './parse-instruments.ts'
import { startPlantSim } from './program.ts'

const PLANTS = ['quadruple-tank', 'two-tank', 'cstr', 'wood-berry', 'heat-exchanger']
const pathOf = (plant: string): string =>
  fileURLToPath(new URL(`../../strategies/${plant}/plant/instruments.yaml`, import.meta.url))

let running: Running | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

test.each(PLANTS)(
  '%s has instruments for every measurement and valve, in the units and with the noise of the model',
  (plant) => {
    expect(plantNames).toContain(plant)
    const { ok } = parseInstruments(readFileSync(pathOf(plant), 'utf8'), 'instruments.yaml')
    const model = createFieldPlant(plant, { scheme: 'converged', seed: 1 })
    expect(ok!.plant).toBe(plant)
    for (const [i, { name, unit, noise_std }] of model.measurements.entries()) {
      const found = ok!.transmitters.filter((t) => t.measurement === i)
      expect(found.length, name).toBeGreaterThan(0)
      for (const t of found) expect(t).toMatchObject({ unit, noise_std })
    }
    expect(ok!.valves.map((v) => v.manipulated).sort()).toEqual(model.manipulated.map((_, i) => i))
  },
)

test.each(PLANTS.flatMap((plant) => plantNamesOf(plant).starts.map((start) => [plant, start] as const)))(
  '%s runs from %s',
  async (plant, start) => {
    running = await startPlantSim({ plant, start, instruments_path: pathOf(plant), paused: true })
    const state = await instructorClient(`http://127.0.0.1:${running.ports['instructor']}`).state()
    expect(state).toMatchObject({ plant, start, trip: null, paused: true })
    const { measurements } = createFieldPlant(plant, { scheme: 'converged', seed: 1, start })
    expect(new Set(state.measurements.map((m) => m.tag)).size).toBeGreaterThanOrEqual(measurements.length)
    expect(running.ports['RIO-1']).toBeGreaterThan(0)
  },
)

test('a start that the plant has not is refused with those it has', async () => {
  const refused = startPlantSim({ plant: 'two-tank', start: 'mode1', instruments_path: pathOf('two-tank') })
  await expect(refused).rejects.toThrow('unknown start mode1: one of noninteracting, interacting')
})
