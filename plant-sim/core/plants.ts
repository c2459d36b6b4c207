/** The plant models there are, by name. */
import { BOILER } from './boiler/boiler.ts'
import { CSTR } from './cstr/cstr.ts'
import { HEAT_EXCHANGER } from './heat-exchanger/heat-exchanger.ts'
import { createOdePlant, type OdeModel } from './ode/ode-plant.ts'
import type { Plant, PlantFactory, PlantScheme } from './plant.ts'
import { QUADRUPLE_TANK } from './quadruple-tank/quadruple-tank.ts'
import { MANIPULATED, MEASUREMENTS } from './tennessee-eastman/signals.ts'
import { STARTS } from './tennessee-eastman/starts.ts'
import { tennesseeEastman } from './tennessee-eastman/tennessee-eastman.ts'
import { TWO_TANK } from './two-tank/two-tank.ts'
import { WOOD_BERRY_PLANT } from './wood-berry-plant/wood-berry-plant.ts'

interface PlantModel {
  readonly create: PlantFactory
  /** As a sentence calls it: `the Tennessee Eastman plant`. */
  readonly title: string
  /** Names of its starting states; the first is the default. */
  readonly starts: readonly string[]
  readonly measurements: readonly string[]
  readonly manipulated: readonly string[]
}

const PLANTS: Readonly<Record<string, PlantModel>> = {
  'tennessee-eastman': {
    create: tennesseeEastman,
    title: 'the Tennessee Eastman plant',
    starts: Object.keys(STARTS),
    measurements: MEASUREMENTS.map((m) => m.name),
    manipulated: MANIPULATED.map((m) => m.name),
  },
  boiler: odePlant('the boiler', BOILER),
  cstr: odePlant('the stirred tank reactor', CSTR),
  'heat-exchanger': odePlant('the heat exchanger', HEAT_EXCHANGER),
  'quadruple-tank': odePlant('the quadruple tank', QUADRUPLE_TANK),
  'two-tank': odePlant('the two tanks', TWO_TANK),
  'wood-berry': odePlant('the column of Wood and Berry', WOOD_BERRY_PLANT),
}

export const plantNames: readonly string[] = Object.keys(PLANTS)

/** What a model is called, its starts, and its signals in their order. @throws RangeError for a name that is not in `plantNames` */
export const plantNamesOf = (plant: string): Omit<PlantModel, 'create'> => modelOf(plant)

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

function odePlant(title: string, model: OdeModel): PlantModel {
  return {
    create: (options) => createOdePlant(model, options),
    title,
    starts: model.starts.map((s) => s.name),
    measurements: model.measurements.map((m) => m.name),
    manipulated: model.manipulated.map((m) => m.name),
  }
}

function modelOf(plant: string): PlantModel {
  const model = PLANTS[plant]
  if (model === undefined) throw new RangeError(`no plant model ${plant}`)
  return model
}
