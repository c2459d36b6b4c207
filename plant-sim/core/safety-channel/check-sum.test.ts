import { expect, test } from 'vitest'
import { checkSum, constantOf, layoutSignature } from './check-sum.ts'

const NOTHING_UNSENT = new DataView(new ArrayBuffer(28))

const mirrored = (value: number, bits: number): number => {
  let out = 0
  for (let i = 0; i < bits; i++) out = out * 2 + (Math.floor(value / 2 ** i) % 2)
  return out
}

/** The check sum of the text alone, with a preset of ones: text at the end of the message, the preset over its first 32 bits. */
function published(text: readonly number[]): number {
  const message = new Uint8Array(70)
  message.set(
    text.map((byte) => mirrored(byte, 8)),
    70 - text.length,
  )
  for (let i = 0; i < 4; i++) message[70 - text.length + i]! ^= 0xff
  const registers = Uint16Array.from({ length: 37 }, (_, i) => (message[2 * i] ?? 0) * 256 + (message[2 * i + 1] ?? 0))
  return mirrored(~checkSum(0, registers) >>> 0, 32)
}

// AUTOSAR SWS_Crc_00057, CRC-32P4. Those shorter than the preset have no place here.
test('[SIS-CRC-1] the published check values, through the mirror', () => {
  expect(published([0x00, 0x00, 0x00, 0x00])).toBe(0x6fb32240)
  expect(published([0x0f, 0xaa, 0x00, 0x55])).toBe(0x20662df8)
  expect(published([0x00, 0xff, 0x55, 0x11])).toBe(0x9bd7996e)
  expect(published([0x33, 0x22, 0x55, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff])).toBe(0xa65a343d)
  expect(published([...'123456789'].map((c) => c.charCodeAt(0)))).toBe(0x1697d06a)
})

// The table of IEC 61784-3-3: entry i is the remainder of the byte i followed by 32 zeros.
test('[SIS-CRC-1] the published table', () => {
  const TABLE = [0xf4acfb13, 0x1df50d35, 0xe959f626, 0x3bea1a6a, 0xcf46e179, 0x261f175f, 0xd2b3ec4c, 0x77d434d4]
  for (const [i, entry] of TABLE.entries()) {
    const registers = new Uint16Array(37)
    registers[34] = i + 1
    expect(checkSum(0, registers)).toBe(entry)
  }
})

test('[SIS-CRC-1] registers 35 and 36 carry the sum and are not in it; 0 reads as 1', () => {
  const registers = new Uint16Array(37)
  registers[35] = 0xffff
  registers[36] = 0xffff
  expect(checkSum(0, registers)).toBe(1)
  expect(checkSum(0xffffffff, registers)).toBe(0xffffffff)
})

test('[SIS-CRC-1] a preset of 1 stands in the last place of the first 32 bits: a message that begins with it has the sum of nothing', () => {
  const one = new DataView(new ArrayBuffer(28))
  one.setUint32(0, 1)
  expect(constantOf(one)).toBe(0)
  expect(constantOf(NOTHING_UNSENT)).not.toBe(0)
})

test('the signature tells layouts apart', () => {
  const all = [
    [18, 6, 11],
    [18, 11, 6],
    [6, 18, 11],
    [17, 6, 11],
    [18, 5, 11],
    [18, 6, 10],
    [0, 0, 0],
  ] as const
  expect(new Set(all.map(([t, c, e]) => layoutSignature(t, c, e))).size).toBe(all.length)
})
