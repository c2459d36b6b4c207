import { expect, test } from 'vitest'
import { stream } from './streams.ts'

test('[NUM-1] equal seed and name give equal draws, another name or seed others', () => {
  const draws = (seed: number, name: string) => {
    const s = stream(seed, name)
    return Array.from({ length: 20 }, () => s.uniform())
  }
  expect(draws(7, 'noise')).toEqual(draws(7, 'noise'))
  expect(draws(7, 'noise')).not.toEqual(draws(7, 'walk'))
  expect(draws(7, 'noise')).not.toEqual(draws(8, 'noise'))
  // Seeds beyond 32 bits count with both halves.
  expect(draws(7, 'noise')).not.toEqual(draws(7 + 2 ** 32, 'noise'))
})

test('[NUM-2] a normal deviate is twelve uniforms less six, from the same draws', () => {
  const one = stream(3, 'x')
  const other = stream(3, 'x')
  for (let i = 0; i < 200; i++) {
    let sum = 0
    for (let k = 0; k < 12; k++) sum += other.uniform()
    expect(one.normal12()).toBe(sum - 6)
  }
  expect(one.save()).toEqual(other.save())
})

test('[NUM-3] a saved stream goes on bit for bit', () => {
  const s = stream(11, 'y')
  for (let i = 0; i < 100; i++) s.uniform()
  const saved = s.save()
  const expected = Array.from({ length: 50 }, () => s.normal12())
  const fresh = stream(1, 'z')
  fresh.load(saved)
  expect(Array.from({ length: 50 }, () => fresh.normal12())).toEqual(expected)
})

test('[NUM-4] moments: uniform mean 1/2 and variance 1/12, normal mean 0 and variance 1, over 200,000 draws', () => {
  const s = stream(5, 'moments')
  const moments = (draw: () => number): [number, number] => {
    let sum = 0
    let squares = 0
    const count = 200_000
    for (let i = 0; i < count; i++) {
      const v = draw()
      sum += v
      squares += v * v
    }
    return [sum / count, squares / count - (sum / count) ** 2]
  }
  const [u_mean, u_variance] = moments(s.uniform)
  const [n_mean, n_variance] = moments(s.normal12)
  // Five standard errors of each estimate.
  expect(Math.abs(u_mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 200_000))
  expect(Math.abs(u_variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / 200_000))
  expect(Math.abs(n_mean)).toBeLessThan(5 * Math.sqrt(1 / 200_000))
  expect(Math.abs(n_variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 200_000))
})
