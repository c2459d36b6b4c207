import { expect, test } from 'vitest'
import { startClock } from './clock.ts'
import { deadlines } from './deadlines.ts'

test('ticks rise on the grid, and periods that were slept through are skipped, not made up for', async () => {
  const tick_ms = 5
  const zero_ms = performance.now() - 10 * tick_ms
  const seen: number[] = []
  let slept_from = 0
  await new Promise<void>((done) => {
    const clock = startClock(tick_ms, 10, (tick) => {
      seen.push(tick)
      // Not a microsecond before its time: zero_ms was read before the clock read its own.
      expect(performance.now() - zero_ms).toBeGreaterThan(tick * tick_ms - 0.25)
      if (seen.length === 3) {
        slept_from = tick
        const end = performance.now() + 10 * tick_ms
        while (performance.now() < end);
      }
      if (seen.length === 6) {
        clock.stop()
        done()
      }
    })
  })
  expect(seen[0]).toBe(10)
  for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThan(seen[i - 1]!)
  // Ten periods were slept through: the next tick is a later one, once.
  expect(seen[3]).toBeGreaterThanOrEqual(slept_from + 10)
})

test('deadlines fire at or after their time, in one call where they have passed together', async () => {
  const fired: number[] = []
  const start_ms = performance.now()
  await new Promise<void>((done) => {
    const d = deadlines(() => {
      fired.push(performance.now() - start_ms)
      if (performance.now() - start_ms >= 30) done()
    })
    d.add(start_ms + 30)
    d.add(start_ms + 10)
    d.add(start_ms + 10)
  })
  expect(fired.length).toBeLessThanOrEqual(2)
  expect(fired[0]).toBeGreaterThanOrEqual(10)
  expect(fired.at(-1)).toBeGreaterThanOrEqual(30)
})
