/** An exchange at every scan for years makes no garbage: a pause of the collector is a late output. */
import { expect, test } from 'vitest'
import { type ChannelEndName, exchangeAllocation } from './exchange-allocation.ts'

test.each<ChannelEndName>(['solver', 'device'])('[T13] an exchange at the %s allocates nothing', (end) => {
  const { bytes_per_scan, collections } = exchangeAllocation(end, 200_000)
  expect(collections).toBe(0)
  expect(bytes_per_scan).toBeLessThan(0.5)
})

test('[T13] one small object a scan would be seen', () => {
  const { bytes_per_scan, collections } = exchangeAllocation('solver+object', 100_000)
  expect(collections).toBe(0)
  expect(bytes_per_scan).toBeGreaterThan(16)
})
