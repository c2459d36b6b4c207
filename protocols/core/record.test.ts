import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRecord, RecordReader } from './record.ts'

test('[REC-1] payloads come back in order however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(40)), (payloads, cuts) => {
      const bytes = Uint8Array.from(payloads.flatMap((p) => [...encodeRecord(p)]))
      const reader = new RecordReader()
      const got: Uint8Array[] = []
      let at = 0
      for (const cut of [...cuts, bytes.length]) {
        got.push(...reader.push(bytes.subarray(at, Math.min(at + cut, bytes.length))))
        at = Math.min(at + cut, bytes.length)
      }
      expect(got).toEqual(payloads)
      expect(reader.fault).toBeUndefined()
    }),
  )
})

test('[REC-2] any flipped bit of a payload or its CRC stops the reader before that record', () => {
  const first = encodeRecord(Uint8Array.of(1, 2, 3))
  const second = encodeRecord(Uint8Array.of(4, 5, 6, 7))
  for (let bit = 32; bit < second.length * 8; bit++) {
    const bytes = Uint8Array.of(...first, ...second)
    bytes[first.length + (bit >> 3)]! ^= 1 << (bit & 7)
    const reader = new RecordReader()
    expect(reader.push(bytes)).toEqual([Uint8Array.of(1, 2, 3)])
    expect(reader.fault).toBe('crc')
    expect(reader.push(first)).toEqual([])
  }
})

test('[REC-3] an impossible length is a fault and is not waited for', () => {
  const reader = new RecordReader()
  expect(reader.push(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0))).toEqual([])
  expect(reader.fault).toBe('length')
})
