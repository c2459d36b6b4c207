/** A generator of its own for the tests: xorshift, 32 bits. Never zero, repeatable by its seed. */
export interface Chance {
  /** 0 to n - 1. */
  below(n: number): number
}

export function chance(seed: number): Chance {
  let x = seed | 0 || 1
  return {
    below(n) {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      return (x >>> 0) % n
    },
  }
}
