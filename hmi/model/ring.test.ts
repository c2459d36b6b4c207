import { expect, test } from 'vitest'
import { createRing } from './ring.ts'

test('a bucket holds the mean of its samples', () => {
  const ring = createRing(1000, 10)
  for (const [t, v] of [
    [0, 1],
    [400, 2],
    [900, 6],
    [1000, 10],
  ] as const)
    ring.push(t, v)
  expect(ring.read(0)).toEqual({ t_ms: [900, 1000], values: [3, 10] })
})

test('memory is bounded: the oldest points go', () => {
  const ring = createRing(1, 5)
  for (let t = 0; t < 100; t++) ring.push(t, t)
  expect(ring.size()).toBe(5)
  expect(ring.read(0).values).toEqual([95, 96, 97, 98, 99])
})

test('a gap stays one NaN between the points', () => {
  const ring = createRing(1, 10)
  for (const [t, v] of [
    [0, 1],
    [1, Number.NaN],
    [2, Number.NaN],
    [3, 4],
  ] as const)
    ring.push(t, v)
  expect(ring.read(0).values).toEqual([1, Number.NaN, 4])
})

test('history goes before the live part and never over it', () => {
  const ring = createRing(1, 6)
  ring.push(10, 100)
  ring.push(11, 110)
  ring.prepend([7, 8, 9, 10, 11], [7, null, 9, -1, -1])
  expect(ring.read(0)).toEqual({ t_ms: [7, 8, 9, 10, 11], values: [7, Number.NaN, 9, 100, 110] })
  ring.push(12, 120)
  ring.push(13, 130)
  expect(ring.read(0).t_ms).toEqual([8, 9, 10, 11, 12, 13])
})

test('more history than there is room for keeps its newest part', () => {
  const ring = createRing(1, 3)
  ring.push(10, 1)
  ring.prepend([5, 6, 7, 8, 9], [5, 6, 7, 8, 9])
  expect(ring.read(0).values).toEqual([8, 9, 1])
})
