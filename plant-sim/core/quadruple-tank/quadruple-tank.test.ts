import { expect, test } from 'vitest'
import { QUADRUPLE_TANK, quadrupleTank } from './quadruple-tank.ts'

const NOTHING = new Float64Array(0)

const levels = (start: string, seconds = 0): number[] => {
  const plant = quadrupleTank({ start, noise: 'none' })
  plant.advance(seconds)
  return [...plant.clean].map((mm) => mm / 10)
}

// Johansson 2000, the two operating points: levels of the laboratory's tanks, so to 2 mm.
test.each([
  ['minimum', [12.4, 12.7, 1.8, 1.4]],
  ['nonminimum', [12.6, 13.0, 4.8, 4.9]],
])('at %s the levels are those of the paper, and stay', (start, expected) => {
  const found = levels(start)
  for (const [i, cm] of expected.entries()) expect(Math.abs(found[i]! - cm)).toBeLessThanOrEqual(0.2)
  expect(levels(start, 3600)).toEqual(found.map((cm) => expect.closeTo(cm, 9)))
})

test.each([
  // Time constants of the linearised tanks in the paper: T = A/a sqrt(2h/g).
  ['minimum', [62, 90, 23, 30]],
  ['nonminimum', [63, 91, 39, 56]],
])('at %s the tanks are as slow as the paper says', (start, expected) => {
  const h = levels(start)
  const area = [28, 32, 28, 32]
  const outlet = [0.071, 0.057, 0.071, 0.057]
  h.forEach((cm, i) => {
    const t_s = (area[i]! / outlet[i]!) * Math.sqrt((2 * cm) / 981)
    expect(Math.abs(t_s - expected[i]!)).toBeLessThanOrEqual(1)
  })
  // And the model moves so: tank 3 after a step of pump 2 is at 63 % of its way after T3 (and the pump's lag of 1 s).
  const plant = quadrupleTank({ start, noise: 'none' })
  plant.demand_pct[1]! += 0.1
  const at = (s: number): number => {
    plant.advance(s - plant.time_s)
    return plant.clean[2]!
  }
  const begin = plant.clean[2]!
  const t63 = at(expected[2]! + 1) - begin
  const end = at(2000) - begin
  expect(t63 / end).toBeCloseTo(1 - Math.exp(-1), 1)
})

// lambda = g1 g2 / (g1 + g2 - 1): 0.42/0.3, and 0.1462/-0.23, which the paper rounds to -0.64.
test.each([
  ['minimum', 1.4],
  ['nonminimum', -0.64],
])('the static gain at %s has the relative gain of the paper: %f', (start, lambda) => {
  const gain = (pump: number): number[] => {
    const plant = quadrupleTank({ start, noise: 'none' })
    const before = [...plant.clean]
    plant.demand_pct[pump]! += 0.01
    plant.advance(3600)
    return [plant.clean[0]! - before[0]!, plant.clean[1]! - before[1]!]
  }
  const [g11, g21] = gain(0) as [number, number]
  const [g12, g22] = gain(1) as [number, number]
  expect((g11 * g22) / (g11 * g22 - g12 * g21)).toBeCloseTo(lambda, 2)
})

// The multivariable zeros of the paper, 1/s: where the system matrix of the linearised model loses its rank.
test.each([
  ['minimum', [-0.06, -0.018]],
  ['nonminimum', [-0.057, 0.013]],
])('at %s the zeros are those of the paper: %o', (start, zeros) => {
  const { states, demand_pct } = QUADRUPLE_TANK.starts.find((s) => s.name === start)!
  const slope = (move: (x: Float64Array, u: Float64Array, by: number) => void, by: number): number[] => {
    const rates = [by, -by].map((h) => {
      const [x, u, dx] = [Float64Array.from(states), Float64Array.from(demand_pct), new Float64Array(states.length)]
      move(x, u, h)
      QUADRUPLE_TANK.derivatives(x, u, new Float64Array(4), dx, NOTHING, NOTHING)
      return dx
    })
    return [0, 1, 2, 3].map((i) => (rates[0]![i]! - rates[1]![i]!) / (2 * by))
  }
  const a = [0, 1, 2, 3].map((j) =>
    slope((x, _, h) => {
      x[j] = x[j]! + h
    }, 1e-5),
  )
  const b = [0, 1].map((j) =>
    slope((_, u, h) => {
      u[j] = u[j]! + h
    }, 1e-5),
  )
  /** |sI - A, -B; C, 0| with C the two lower levels. */
  const rosenbrock = (s: number): number =>
    determinant([
      ...[0, 1, 2, 3].map((i) => [
        ...[0, 1, 2, 3].map((j) => (i === j ? s : 0) - a[j]![i]!),
        ...[0, 1].map((j) => -b[j]![i]!),
      ]),
      [1, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0],
    ])
  for (const zero of zeros) {
    const tolerance = 0.001
    expect(Math.sign(rosenbrock(zero - tolerance)), `${zero}`).toBe(-Math.sign(rosenbrock(zero + tolerance)))
  }
})

function determinant(m: number[][]): number {
  if (m.length === 1) return m[0]![0]!
  return m[0]!.reduce(
    (sum, value, j) =>
      value === 0
        ? sum
        : sum + (j % 2 === 0 ? value : -value) * determinant(m.slice(1).map((row) => row.toSpliced(j, 1))),
    0,
  )
}

test('a snapshot goes on bit for bit, and a foreign one is refused', () => {
  const plant = quadrupleTank({ seed: 3 })
  plant.setDisturbance('SUPPLY', true)
  plant.demand_pct[0] = 40
  plant.advance(100.3)
  const snapshot = plant.save()
  plant.advance(50)
  const other = quadrupleTank({ seed: 9 })
  other.load(snapshot)
  other.advance(50)
  expect([...other.measured]).toEqual([...plant.measured])
  expect(other.time_s).toBe(plant.time_s)
  expect(() => other.load(snapshot.slice(1))).toThrow(/another plant/)
})

test('a tank that overflows is the shutdown: both pumps stop, and it is told when and why', () => {
  const plant = quadrupleTank({ noise: 'none' })
  plant.demand_pct.fill(100)
  plant.advance(600)
  expect(plant.trip?.cause).toMatch(/^tank [12] level high$/)
  expect(plant.trip!.at_s).toBeLessThan(120)
  expect(plant.position_pct[0]).toBeCloseTo(0, 6)
  expect(Math.max(...plant.clean)).toBeLessThan(100)
  expect(Math.min(...plant.clean)).toBeGreaterThanOrEqual(0)
})

test('a random disturbance is the same for the same seed, and is drawn whether it is on or not', () => {
  const run = (seed: number, on_s: number): number => {
    const plant = quadrupleTank({ seed, noise: 'none' })
    plant.advance(on_s)
    plant.setDisturbance('SUPPLY', true)
    plant.advance(300)
    return plant.clean[0]!
  }
  expect(run(1, 10)).toBe(run(1, 10))
  expect(run(1, 10)).not.toBe(run(2, 10))
  expect(() => quadrupleTank().setDisturbance('RAIN', true)).toThrow(/unknown disturbance RAIN: one of LEAK1/)
})
