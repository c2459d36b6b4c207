/** The plant models there are, by name. */
import type { Plant, PlantFactory, PlantScheme } from './plant.ts'
import { MANIPULATED, MEASUREMENTS } from './tennessee-eastman/signals.ts'
import { tennesseeEastman } from './tennessee-eastman/tennessee-eastman.ts'

interface PlantModel {
  readonly create: PlantFactory
  readonly measurements: readonly string[]
  readonly manipulated: readonly string[]
}

const PLANTS: Readonly<Record<string, PlantModel>> = {
  'tennessee-eastman': {
    create: tennesseeEastman,
    measurements: MEASUREMENTS.map((m) => m.name),
    manipulated: MANIPULATED.map((m) => m.name),
  },
}

export const plantNames: readonly string[] = Object.keys(PLANTS)

/** Names of a model's signals, in their order. @throws RangeError for a name that is not in `plantNames` */
export const plantNamesOf = (plant: string): Pick<PlantModel, 'measurements' | 'manipulated'> => modelOf(plant)

export interface FieldPlantOptions {
  readonly scheme: PlantScheme
  readonly seed: number
  /** Absent: the model's default start. */
  readonly start?: string | undefined
}

/**
 * A plant as a rig needs it: its instruments draw the noise, except in the compat scheme, where the model's own draws are
 * part of its one generator.
 * @throws RangeError for an unknown name, start or seed
 */
export function createFieldPlant(name: string, options: FieldPlantOptions): Plant {
  const { scheme, seed, start } = options
  const noise = scheme === 'compat' ? 'on' : 'none'
  return modelOf(name).create({ scheme, seed, noise, ...(start === undefined ? {} : { start }) })
}

function modelOf(plant: string): PlantModel {
  const model = PLANTS[plant]
  if (model === undefined) throw new RangeError(`no plant model ${plant}`)
  return model
}
