/** A scan at every tick for years makes no garbage: a pause of the collector is a late output. */
import { expect, test } from 'vitest'
import { allocationOf } from '../bench/scan/allocation.ts'

const SCANS = 200_000

// RATIO and BIAS_GAIN hand law and slope from function to function as numbers, which stand on the heap with 16 bytes each
// where the compiler does not inline the call: 11 in this strategy, 0 once they go through memory. Twice that, because it is
// the compiler that decides.
const STATIONS_BYTES_MAX = 2 * 11 * 16

test('[ALLOC-1] a quiet scan of the Tennessee Eastman strategy without its stations allocates nothing', () => {
  const { bytes_per_scan, events, collections } = allocationOf('tennessee-eastman-RATIO-BIAS_GAIN', SCANS)
  expect({ events, collections }).toEqual({ events: 0, collections: 0 })
  expect(bytes_per_scan).toBeLessThan(1)
})

test('[ALLOC-2] with its stations no more than their numbers', () => {
  const { bytes_per_scan, events, collections } = allocationOf('tennessee-eastman', SCANS)
  expect({ events, collections }).toEqual({ events: 0, collections: 0 })
  expect(bytes_per_scan).toBeLessThan(STATIONS_BYTES_MAX)
})

test('[ALLOC-3] one small object a scan would be seen', () => {
  const { bytes_per_scan, collections } = allocationOf('tennessee-eastman-RATIO-BIAS_GAIN+object', SCANS)
  expect(collections).toBe(0)
  expect(bytes_per_scan).toBeGreaterThan(16)
})
