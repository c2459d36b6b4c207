/**
 * Digest of regions of the arena: four lanes of 32 bits over their words, mixed to one safe integer.
 *
 * Two controllers compare it after every scan, so it must be cheap and must see every single bit; it is no protection
 * against intent. Each lane is xor, rotate, multiply: without the rotation a change of sign in two copies of one value
 * would cancel, because a product carries nothing from the top bit downwards. Multiplication is that of integers
 * modulo 2^32 (Math.imul), exact on every machine. The words are those of little-endian machines, x64 and arm64 alike.
 */
export function digest(regions: readonly Uint32Array[]): number {
  let a = 0x243f6a88
  let b = 0x85a308d3 | 0
  let c = 0x13198a2e
  let d = 0x03707344
  for (let i = 0; i < regions.length; i++) {
    const w = regions[i]!
    const whole = w.length - (w.length % 4)
    for (let j = 0; j < whole; j += 4) {
      a ^= w[j]!
      b ^= w[j + 1]!
      c ^= w[j + 2]!
      d ^= w[j + 3]!
      a = Math.imul((a << 13) | (a >>> 19), 0x9e3779b1)
      b = Math.imul((b << 13) | (b >>> 19), 0x85ebca77)
      c = Math.imul((c << 13) | (c >>> 19), 0xc2b2ae3d)
      d = Math.imul((d << 13) | (d >>> 19), 0x27d4eb2f)
    }
    // A region is whole Float64s, so two words are left at most.
    for (let j = whole; j < w.length; j++) a = Math.imul(((a ^ w[j]!) << 13) | ((a ^ w[j]!) >>> 19), 0x9e3779b1)
  }
  const low = mix(a ^ mix(b) ^ Math.imul(c, 0x165667b1) ^ mix(d ^ 0x5bd1e995))
  const high = mix(Math.imul(a, 0x27d4eb2f) ^ b ^ mix(c) ^ mix(d))
  return (high >>> 11) * 0x100000000 + (low >>> 0)
}

/** Spreads every bit over all (murmur's finaliser). */
function mix(x: number): number {
  let h = x
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
