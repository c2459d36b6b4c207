import { expect, test } from 'vitest'
import type { Plant } from './plant.ts'
import { createFieldPlant } from './plants.ts'

test.each([
  ['tennessee-eastman', 'converged', 'IDV8'],
  ['tennessee-eastman', 'compat', 'IDV8'],
  ['heat-exchanger', 'converged', ''],
  ['two-tank', 'converged', ''],
] as const)(
  '[OTS-17] %s, %s: another seed in the middle draws the random disturbances anew, the same seed the same',
  (name, scheme, asked) => {
    const create = (): Plant => createFieldPlant(name, { scheme, seed: 3 })
    const first = create()
    const disturbance = asked === '' ? first.disturbances.find((d) => d.kind === 'random')?.name : asked
    if (disturbance === undefined) throw new Error(`${name} has no random disturbance`)
    first.setDisturbance(disturbance, true)
    first.advance(5 * 60)
    const kept = first.save()
    const after = (seed: number | undefined): { clean: number[]; all: number[] } => {
      const plant = create()
      plant.load(kept)
      if (seed !== undefined) plant.reseed(seed)
      plant.advance(40 * 60)
      expect(plant.trip).toBeNull()
      return { clean: [...plant.clean], all: [...plant.save()] }
    }
    const other = after(5)
    expect(after(5).all).toEqual(other.all)
    // Values without noise: what differs is the disturbance.
    for (const another of [after(undefined), after(6)]) {
      const apart = another.clean.filter((value, i) => value !== other.clean[i]).length
      expect(apart).toBeGreaterThan(0)
    }
  },
)
