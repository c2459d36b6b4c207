/**
 * CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320): every message between programs and every record on disk carries one.
 * @see ISO/IEC 13239; check value of "123456789" is 0xCBF43926
 */
const TABLE = new Uint32Array(256)
for (let i = 0; i < 256; i++) {
  let c = i
  for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  TABLE[i] = c >>> 0
}

/** CRC-32 of bytes[from, to); `seed` continues an earlier one. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length, seed = 0): number {
  let c = ~seed >>> 0
  for (let i = from; i < to; i++) c = TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return ~c >>> 0
}
