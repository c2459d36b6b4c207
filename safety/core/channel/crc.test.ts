import { expect, test } from 'vitest'
import { crcOver, crcOverRegisters, makeTable } from './crc.ts'

/** First entries of the table that IEC 61784-3-3 and OPC 10000-15 print. */
const PUBLISHED = [
  0x00000000, 0xf4acfb13, 0x1df50d35, 0xe959f626, 0x3bea1a6a, 0xcf46e179, 0x261f175f, 0xd2b3ec4c, 0x77d434d4,
  0x8378cfc7, 0x6a2139e1, 0x9e8dc2f2, 0x4c3e2ebe, 0xb892d5ad, 0x51cb238b, 0xa567d898, 0xefa869a8, 0x1b0492bb,
  0xf25d649d, 0x06f19f8e,
]

/** Check values of AUTOSAR SWS_Crc_00057, CRC-32P4: the same polynomial with bits reflected, preset and result inverted. */
const AUTOSAR: readonly (readonly [data: string, crc: number])[] = [
  ['00000000', 0x6fb32240],
  ['f20183', 0x4f721a25],
  ['0faa0055', 0x20662df8],
  ['00ff5511', 0x9bd7996e],
  ['332255aabbccddeeff', 0xa65a343d],
  ['926b55', 0xee688a78],
  ['ffffffff', 0xffffffff],
  ['313233343536373839', 0x1697d06a],
]

const reflected = (value: number, bits: number): number =>
  Number.parseInt(value.toString(2).padStart(bits, '0').split('').reverse().join(''), 2)

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g)!, (b) => Number.parseInt(b, 16))

test('[SIS-CRC-1] the table is the published one', () => {
  expect([...makeTable().slice(0, PUBLISHED.length)].map((x) => x >>> 0)).toEqual(PUBLISHED)
  expect(new Set(makeTable()).size).toBe(256)
  for (const [byte, entry] of PUBLISHED.entries()) expect(crcOver(0, Uint8Array.of(byte), 0, 1) >>> 0).toBe(entry)
})

test('[SIS-CRC-1] the published check values, through the mirror', () => {
  for (const [data, crc] of AUTOSAR) {
    const mirrored = bytesOf(data).map((b) => reflected(b, 8))
    const raw = crcOver(0xffffffff, mirrored, 0, mirrored.length) >>> 0
    expect((reflected(raw, 32) ^ 0xffffffff) >>> 0, data).toBe(crc)
  }
})

test('registers are bytes, the more significant one first', () => {
  const bytes = bytesOf('0102a5fffe00')
  const registers = Uint16Array.of(0x0102, 0xa5ff, 0xfe00)
  expect(crcOverRegisters(1, registers, 0, 3)).toBe(crcOver(1, bytes, 0, 6))
  expect(crcOverRegisters(1, registers, 1, 2)).toBe(crcOver(1, bytes, 2, 4))
})
