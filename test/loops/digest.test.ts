/** The short form of `npm run campaign -- digest`. */
import { expect, test } from 'vitest'
import { digestRows } from '../campaign/digest.ts'

test('[DIG-1] 20,000 scans in closed loop have one digest, however they are cut and whoever executes them', async () => {
  const [rows, other] = [await digestRows(1, 20_000), await digestRows(2, 500)]
  expect(rows).toHaveLength(4)
  expect(new Set(rows.map(({ value }) => value)).size).toBe(1)
  // It is of the seed and of every scan, not a constant.
  expect(new Set(other.map(({ value }) => value)).size).toBe(1)
  expect(other[0]!.value).not.toBe((await digestRows(1, 500))[0]!.value)
})
