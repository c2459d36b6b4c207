import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

test('[NUM-5] CRC-32 of the check string, of nothing, and continued', () => {
  expect(crc32(ascii('123456789'))).toBe(0xcbf43926)
  expect(crc32(ascii(''))).toBe(0)
  expect(crc32(ascii('56789'), 0, 5, crc32(ascii('1234')))).toBe(0xcbf43926)
})
