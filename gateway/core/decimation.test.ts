import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STATUS } from '../../contracts/status.ts'
import { pointsOf, type Sample, type Span, seriesOf, sumBuckets } from './decimation.ts'

const at = (t_ms: number, value: number, status: number = STATUS.good): Sample => ({ t_ms, value, status })
const series = (before: Sample | undefined, samples: Sample[], span: Span) =>
  seriesOf('T', before, sumBuckets(samples, span), span)

test('a value holds between its changes; the mean is weighted by time', () => {
  const span = { from_ms: 0, to_ms: 40, points: 4, known_ms: 40 }
  const s = series(at(-5, 10), [at(5, 20), at(12, 40), at(17, 20)], span)
  expect(s.t_ms).toEqual([5, 15, 25, 35])
  expect(s.min).toEqual([10, 20, 20, 20])
  expect(s.max).toEqual([20, 40, 20, 20])
  expect(s.mean).toEqual([15, 30, 20, 20])
})

test('nothing before the first value and nothing after the last known scan', () => {
  const span = { from_ms: 0, to_ms: 40, points: 4, known_ms: 25 }
  expect(series(undefined, [at(12, 3)], span).mean).toEqual([null, 3, 3, null])
})

test('[HMI-gap] Bad and no-number are gaps, never bridged', () => {
  const span = { from_ms: 0, to_ms: 60, points: 6, known_ms: 60 }
  const s = series(at(-1, 1), [at(10, 5, STATUS.badSensorFailure), at(25, 2), at(40, NaN)], span)
  expect(s.mean).toEqual([1, null, 2, 2, null, null])
})

test('no bucket is shorter than a scan', () => {
  expect([pointsOf(0, 60_000, 600, 1000), pointsOf(0, 3_600_000, 600, 1000), pointsOf(0, 10, 600, 1000)]).toEqual([
    60, 600, 1,
  ])
})

test('buckets agree with a reading of the value at every millisecond', () => {
  const sample = fc.record({
    t_ms: fc.integer({ min: -20, max: 130 }),
    value: fc.constantFrom(-3, 0, 1, 2, 7, NaN),
    status: fc.constantFrom(STATUS.good, STATUS.good, STATUS.uncertain, STATUS.badNoComm),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(sample, { selector: (s) => s.t_ms, maxLength: 25 }),
      fc.constantFrom(1, 2, 4, 5, 10),
      fc.integer({ min: 0, max: 110 }),
      (list, points, known) => {
        const all = list.filter((s) => s.t_ms < known).sort((a, b) => a.t_ms - b.t_ms)
        const span = { from_ms: 0, to_ms: 100, points, known_ms: known }
        const s = series(
          all.findLast((x) => x.t_ms < 0),
          all.filter((x) => x.t_ms >= 0),
          span,
        )
        const width = 100 / points
        for (let b = 0; b < points; b++) {
          const seen: number[] = []
          for (let t = b * width; t < (b + 1) * width && t < known; t++) {
            const x = all.findLast((y) => y.t_ms <= t)
            if (x !== undefined && (x.status & 0xc0) !== 0 && !Number.isNaN(x.value)) seen.push(x.value)
          }
          const mean = seen.length === 0 ? null : seen.reduce((a, v) => a + v, 0) / seen.length
          expect(s.min[b]).toBe(seen.length === 0 ? null : Math.min(...seen))
          expect(s.max[b]).toBe(seen.length === 0 ? null : Math.max(...seen))
          if (mean === null) expect(s.mean[b]).toBeNull()
          else expect(s.mean[b]).toBeCloseTo(mean, 9)
        }
      },
    ),
    { numRuns: 400 },
  )
})
