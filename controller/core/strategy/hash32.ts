/**
 * FNV-1a over the UTF-16 units of a text: spreads phases; no defence against anybody.
 * @see Fowler, Noll, Vo, The FNV Non-Cryptographic Hash Algorithm (RFC 9923)
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    // x 16777619 = 2^24 + 403 without leaving 32 bits.
    hash = ((hash << 24) + hash * 403) >>> 0
  }
  return hash
}
