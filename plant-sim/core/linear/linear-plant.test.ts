import { expect, test } from 'vitest'
import { createLinearPlant } from './linear-plant.ts'
import { WOOD_BERRY } from './wood-berry.ts'

const column = (noise_std = 0, seed = 1) =>
  createLinearPlant(
    {
      inputs: [
        { name: 'reflux', at: 1.95 },
        { name: 'steam', at: 1.71 },
      ],
      outputs: [
        { name: 'top', at: 96.25, noise_std },
        { name: 'bottom', at: 0.5 },
      ],
      paths: WOOD_BERRY,
    },
    500,
    seed,
  )

test('[LIN-6] the Wood-Berry column at rest stays, and its gains have the published relative gain of 2.0094', () => {
  const still = column()
  for (let i = 0; i < 100; i++) still.step()
  expect([...still.clean]).toEqual([96.25, 0.5])

  const gain = (input: number): number[] => {
    const plant = column()
    plant.inputs[input] = plant.inputs[input]! + 0.1
    for (let i = 0; i < 40_000; i++) plant.step()
    return [(plant.clean[0]! - 96.25) / 0.1, (plant.clean[1]! - 0.5) / 0.1]
  }
  const [[k11, k21], [k12, k22]] = [gain(0), gain(1)] as [[number, number], [number, number]]
  expect(k11).toBeCloseTo(12.8, 5)
  expect((k11 * k22) / (k11 * k22 - k12 * k21)).toBeCloseTo(2.0094, 4)
})

test('[LIN-7] a load acts as the same change of the input does', () => {
  const [a, b] = [column(), column()]
  a.inputs[0] = 2
  b.loads[0] = 2 - 1.95
  for (let i = 0; i < 1000; i++) {
    a.step()
    b.step()
  }
  expect(b.clean[0]).toBeCloseTo(a.clean[0]!, 12)
  expect(b.clean[1]).toBeCloseTo(a.clean[1]!, 12)
})

test('[LIN-8] noise has its deviation, is drawn once a plant second, and is that of its seed', () => {
  const plant = column(0.2, 7)
  const again = column(0.2, 7)
  const draws: number[] = []
  for (let i = 0; i < 8000; i++) {
    plant.step()
    again.step()
    expect(again.measured[0]).toBe(plant.measured[0])
    if (plant.time_ms % 1000 === 500 && i > 1) expect(plant.measured[0]! - plant.clean[0]!).toBe(draws.at(-1))
    else draws.push(plant.measured[0]! - plant.clean[0]!)
  }
  const square = draws.reduce((sum, x) => sum + x * x, 0) / draws.length
  // 4000 draws: the deviation of the estimate is 1.1 %.
  expect(Math.sqrt(square) / 0.2).toBeGreaterThan(0.95)
  expect(Math.sqrt(square) / 0.2).toBeLessThan(1.05)
})

test('[LIN-9] a path between signals that are not there is refused', () => {
  const signals = { inputs: [{ name: 'u', at: 0 }], outputs: [{ name: 'y', at: 0 }] }
  const paths = [{ from: 'u', to: 'x', spec: { model: 'gain', k: 1 } as const }]
  expect(() => createLinearPlant({ ...signals, paths }, 1000, 1)).toThrow('no signal x')
})
