/** The plant models there are, by name. */
import { MANIPULATED, MEASUREMENTS } from './tennessee-eastman/signals.ts'

interface PlantNames {
  readonly measurements: readonly string[]
  readonly manipulated: readonly string[]
}

const PLANTS: Readonly<Record<string, PlantNames>> = {
  'tennessee-eastman': { measurements: MEASUREMENTS.map((m) => m.name), manipulated: MANIPULATED.map((m) => m.name) },
}

export const plantNames: readonly string[] = Object.keys(PLANTS)

/** Names of a model's signals, in their order. @throws RangeError for a name that is not in `plantNames` */
export function plantNamesOf(plant: string): PlantNames {
  const names = PLANTS[plant]
  if (names === undefined) throw new RangeError(`no plant model ${plant}`)
  return names
}
