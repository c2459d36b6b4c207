// The short form of `npm run campaign -- fuzz`: malformed frames through everything that reads bytes.
import { expect, test } from 'vitest'
import { serialCodec } from '../../protocols/edge/modbus-serial-codec.ts'
import { fuzzModbus } from '../campaign/fuzz/fuzz.ts'

test('of 100,000 malformed frames none crashes anything, none hangs, and no value is taken that is none', async () => {
  const result = fuzzModbus(100_000, 20_261, await serialCodec())
  const counts = Object.values(result)
  expect(counts.reduce((sum, c) => sum + c.frames, 0)).toBeGreaterThanOrEqual(100_000)
  // The frames are near enough to right ones that every way is gone often.
  for (const { accepted, refused, unanswered } of counts)
    expect(Math.min(accepted, refused, unanswered)).toBeGreaterThan(500)
})
