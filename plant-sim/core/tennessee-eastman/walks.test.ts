import { expect, test } from 'vitest'
import { stream } from '../../../numerics/streams.ts'
import { passKnots, resetWalks, WALK_STRIDE, WALKS, walkValues } from './walks.ts'

const COUNT = WALKS.length

test('walks at rest stay at their centres, pulses at 0', () => {
  const { s, values, at } = walks(false)
  for (let t = 0; t < 20; t += 0.05) at(t)
  for (let i = 0; i < COUNT; i++) expect(values[i]).toBeCloseTo(WALKS[i]!.centre, 10)
  expect(s.length).toBe(COUNT * WALK_STRIDE)
})

test('a walk is continuous over its knots and stays within its span', () => {
  const { values, at } = walks(true)
  const before = new Float64Array(COUNT)
  const furthest = new Float64Array(COUNT)
  const jump = new Float64Array(COUNT)
  const step_h = 1e-3
  for (let t = 0; t < 40; t += step_h) {
    before.set(values)
    at(t)
    for (const [i, walk] of WALKS.entries()) {
      furthest[i] = Math.max(furthest[i]!, Math.abs(values[i]! - walk.centre))
      if (t > 0) jump[i] = Math.max(jump[i]!, Math.abs(values[i]! - before[i]!))
    }
  }
  for (const [i, walk] of WALKS.entries()) {
    const span = walk.kind === 'pulse' ? 1 : walk.span
    expect(furthest[i]).toBeGreaterThan(span * 0.3)
    expect(furthest[i]).toBeLessThan(span * 1.1)
    // The steepest: a pulse falls from about 1 to 0 in 0.1 h; a spline crosses twice its span in 0.1 h at the most.
    expect(jump[i]).toBeLessThan(span * step_h * 40)
  }
})

test('a disturbance switched on acts from the next knot only', () => {
  const s = new Float64Array(COUNT * WALK_STRIDE)
  resetWalks(s)
  const flags = new Float64Array(29)
  const out = new Float64Array(COUNT)
  const random = stream(1, 'test')
  const pass = (t: number): void => passKnots(s, COUNT, t, flags, () => random.uniform() * 2 - 1)
  pass(0.1)
  flags[8] = 1
  const next = s[1]!
  pass(next - 1e-6)
  walkValues(s, COUNT, next - 1e-6, out)
  expect(out[0]).toBe(0.485)
  pass(next)
  walkValues(s, COUNT, next + 0.3, out)
  expect(out[0]).not.toBe(0.485)
})

test('evaluating more often changes no knot', () => {
  const rare = walks(true)
  const often = walks(true)
  for (let t = 0; t < 10; t += 0.004) often.at(t)
  for (let t = 0; t < 10; t += 0.04) rare.at(t)
  rare.at(10)
  often.at(10)
  expect(rare.s).toEqual(often.s)
})

function walks(active: boolean): { s: Float64Array; values: Float64Array; at(time_h: number): Float64Array } {
  const s = new Float64Array(COUNT * WALK_STRIDE)
  resetWalks(s)
  const flags = new Float64Array(29).fill(active ? 1 : 0)
  const values = new Float64Array(COUNT)
  const streams = WALKS.map((_, i) => stream(7, `walk ${i}`))
  return {
    s,
    values,
    at(time_h) {
      passKnots(s, COUNT, time_h, flags, (walk) => streams[walk]!.uniform() * 2 - 1)
      walkValues(s, COUNT, time_h, values)
      return values
    },
  }
}
