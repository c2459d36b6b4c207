import { expect, test } from 'vitest'
import { isDue, phaseOf } from './periods.ts'

// A hundred in ten bins by chance: ten each, standard deviation 3. Four of them is 22; a burst would be a hundred in one.
test.each([
  ['D', 10],
  ['RIO-', 10],
  ['PLC.line-2.unit-', 20],
])('a hundred devices %s... on one class spread over its %i ticks', (prefix, every) => {
  const bins = new Array<number>(every).fill(0)
  for (let i = 0; i < 100; i++) bins[phaseOf(`${prefix}${i}`, every)]!++
  const mean = 100 / every
  expect(Math.max(...bins)).toBeLessThanOrEqual(mean + 4 * Math.sqrt(mean))
})

test('a phase is the device’s own: the same at every start, whatever others there are', () => {
  expect(phaseOf('RIO-1', 1)).toBe(0)
  for (const id of ['RIO-1', 'RIO-2', '']) {
    const phase = phaseOf(id, 7)
    expect(phaseOf(id, 7)).toBe(phase)
    expect(phase).toBeGreaterThanOrEqual(0)
    expect(phase).toBeLessThan(7)
  }
})

test('a class is due once in its period; what fell on a lost tick is due at the next one', () => {
  const due = (every: number, phase: number, ticks: number[]): number[] =>
    ticks.filter((tick, i) => i > 0 && isDue(ticks[i - 1]!, tick, every, phase))
  expect(due(5, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])).toEqual([3, 8, 13])
  expect(due(5, 2, [1, 2, 4, 5, 6, 7, 14, 15, 16, 17, 18])).toEqual([4, 14, 18])
  expect(due(1, 0, [1, 2, 3])).toEqual([2, 3])
})
