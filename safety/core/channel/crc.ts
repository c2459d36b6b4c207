/**
 * CRC-32 with the polynomial 0xF4ACFB13, most significant bit first, over bytes, by a table of 256.
 * @see IEC 61784-3-3, the same table; AUTOSAR calls the reflected form CRC-32P4
 */
const POLYNOMIAL = 0xf4acfb13

const TABLE = makeTable()

/** Continues from `crc` over the bytes [from, to). The preset is 1; a result is not yet made non-zero. */
export function crcOver(crc: number, bytes: Uint8Array, from: number, to: number): number {
  let c = crc | 0
  for (let i = from; i < to; i++) c = (c << 8) ^ TABLE[(c >>> 24) ^ bytes[i]!]!
  return c
}

/** The same over registers, each two bytes with the more significant one first. */
export function crcOverRegisters(crc: number, registers: Uint16Array, from: number, to: number): number {
  let c = crc | 0
  for (let i = from; i < to; i++) {
    const word = registers[i]!
    c = (c << 8) ^ TABLE[(c >>> 24) ^ (word >> 8)]!
    c = (c << 8) ^ TABLE[(c >>> 24) ^ (word & 255)]!
  }
  return c
}

/** By the leading byte; signed, as the bit operations give them. */
export function makeTable(): Int32Array {
  const table = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let c = byte << 24
    for (let bit = 0; bit < 8; bit++) c = (c << 1) ^ (c < 0 ? POLYNOMIAL : 0)
    table[byte] = c
  }
  return table
}
