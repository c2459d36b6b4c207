/** A scan at every tick for years makes no garbage: a pause of the collector is a late output. */
import { expect, test } from 'vitest'
import { allocationOf } from '../bench/scan/allocation.ts'

const SCANS = 200_000

test('[ALLOC-1] a quiet scan of the Tennessee Eastman strategy allocates nothing', () => {
  const { bytes_per_scan, events, collections } = allocationOf('tennessee-eastman', SCANS)
  expect({ events, collections }).toEqual({ events: 0, collections: 0 })
  expect(bytes_per_scan).toBeLessThan(1)
})

test('[ALLOC-2] one small object a scan would be seen', () => {
  const { bytes_per_scan, collections } = allocationOf('tennessee-eastman+object', SCANS)
  expect(collections).toBe(0)
  expect(bytes_per_scan).toBeGreaterThan(16)
})
