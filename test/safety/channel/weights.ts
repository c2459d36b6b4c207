/**
 * Which errors of few bits the check sum of the protected channel cannot see, by enumeration.
 *
 * The check sum is linear: an error is unseen exactly if the syndromes of its bits add to zero, whatever the frame. So no frame has to be tried: pairs
 * of bits stand in a table, and triples are looked up in it, which decides all errors of up to five bits.
 */
import { remainder } from '../../../safety/core/channel/testing/long-hand.ts'

/** Bits that are sent, 74 bytes, and those that both know, 28 bytes before them. */
export const SENT_BITS = 592
export const UNSENT_BITS = 224
/** Place of the last bit of the CRC in `syndromes`. */
export const LAST = SENT_BITS + UNSENT_BITS - 1

/** Of each bit of the longest frame, from its first unsent bit to the last of its CRC. */
export function syndromes(): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(SENT_BITS + UNSENT_BITS)
  // A bit of the CRC is its own syndrome; before them each is what the division leaves of it. The preset of `remainder` is taken out again.
  const none = remainder('0'.repeat(196))
  for (let i = 0; i <= LAST; i++) {
    const place = LAST - i
    if (place < 32) all[i] = 2 ** place
    else {
      const one = (1n << BigInt(place - 32)).toString(16).padStart(196, '0')
      all[i] = Number(remainder(one) ^ none)
    }
  }
  return all
}

/** Pairs by the sum of their syndromes. */
export interface Pairs {
  readonly count: number
  /** 1 where some pair has a sum with these low 24 bits: most look-ups end here. */
  readonly sieve: Uint8Array
  /** Open addressing: sum, and the pair as 1024 * i + j + 1; 0 is a free place. */
  readonly sum: Uint32Array
  readonly pair: Uint32Array
  /** A pair with the sum of another, or 0. */
  readonly twice: number
}

const PLACES = 1 << 20

export function pairsOf(all: Uint32Array): Pairs {
  const sieve = new Uint8Array(1 << 24)
  const sum = new Uint32Array(PLACES)
  const pair = new Uint32Array(PLACES)
  let count = 0
  let twice = 0
  for (let i = 0; i < all.length; i++)
    for (let j = i + 1; j < all.length; j++) {
      const s = (all[i]! ^ all[j]!) >>> 0
      let at = placeOf(s)
      while (pair[at] !== 0) {
        if (sum[at] === s) twice = 1024 * i + j + 1
        at = (at + 1) & (PLACES - 1)
      }
      sum[at] = s
      pair[at] = 1024 * i + j + 1
      sieve[s & 0xffffff] = 1
      count++
    }
  return { count, sieve, sum, pair, twice }
}

const placeOf = (s: number): number => Math.imul(s, 0x9e3779b1) >>> 12

/** The pair with this sum as 1024 * i + j + 1; 0: there is none. */
export function pairOf(pairs: Pairs, s: number): number {
  if (pairs.sieve[s & 0xffffff] === 0) return 0
  for (let at = placeOf(s); pairs.pair[at] !== 0; at = (at + 1) & (PLACES - 1))
    if (pairs.sum[at] === s) return pairs.pair[at]!
  return 0
}

/**
 * Triples that together with a pair add to `wanted`, each five different bits; `meet` is told of them.
 * Answers how many triples were looked at.
 */
export function triplesAgainst(
  all: Uint32Array,
  pairs: Pairs,
  wanted: number,
  meet: (i: number, j: number, k: number, pair: number) => void,
): number {
  let count = 0
  for (let i = 0; i < all.length; i++)
    for (let j = i + 1; j < all.length; j++) {
      const two = all[i]! ^ all[j]! ^ wanted
      for (let k = j + 1; k < all.length; k++) {
        const s = (two ^ all[k]!) >>> 0
        count++
        if (pairs.sieve[s & 0xffffff] === 0) continue
        const pair = pairOf(pairs, s)
        if (pair === 0) continue
        const [l, m] = [(pair - 1) >> 10, (pair - 1) & 1023]
        if (l !== i && l !== j && l !== k && m !== i && m !== j && m !== k) meet(i, j, k, pair)
      }
    }
  return count
}
