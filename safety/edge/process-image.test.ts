import { expect, test } from 'vitest'
import { createInputs } from '../core/inputs.ts'
import { deviceCount, deviceFlags, readImage, solenoidsAsTheyAre, writeImage } from './process-image.ts'
import { tennessee } from './testing/tennessee.ts'

test('[SIS-2.10] the device’s 64 bytes become inputs, each bit and count at its place', () => {
  const b = new Uint8Array(64)
  // By hand, after the layout: scan 0x01020304, contacts 0b000101, open 0x0403, closed 0x03fc, solenoids 0x07ff,
  // watchdog + paused.
  b.set([1, 2, 3, 4, 0, 0b000101, 0x04, 0x03, 0x03, 0xfc, 0x07, 0xff, 3, 0x02, 0x00, 0x81, 0x00, 0x20], 0)
  for (let i = 0; i < 22; i++) b.set([0x40 + i, i], 20 + 2 * i)
  const inputs = createInputs(tennessee())
  readImage(b, inputs)
  expect(deviceCount(b)).toBe(0x01020304)
  expect(deviceFlags(b)).toBe(3)
  expect(solenoidsAsTheyAre(b)).toBe(0x07ff)
  expect([...inputs.contacts]).toEqual([1, 0, 1, 0, 0, 0])
  expect([...inputs.open]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  expect([...inputs.closed]).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0])
  expect([...inputs.counts]).toEqual(Array.from({ length: 18 }, (_, i) => (0x40 + i) * 256 + i))
  // Transmitters 0, 7 and 17; contact 5.
  expect([...inputs.line].flatMap((bit, i) => (bit === 1 ? [i] : []))).toEqual([0, 7, 17, 18 + 5])
})

test('[SIS-2.10] outputs, watchdog, re-arm and hash stand where the device looks for them', () => {
  const b = new Uint8Array(64)
  writeImage(b, 0x89abcdef, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1), 300, true, 0xfedcba98)
  expect([...b.subarray(0, 14)]).toEqual([0x89, 0xab, 0xcd, 0xef, 0x05, 0x01, 1, 44, 1, 0xfe, 0xdc, 0xba, 0x98, 0])
})
