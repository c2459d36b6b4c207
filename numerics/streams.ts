/**
 * Named, seeded streams of chance: adding a draw to one never shifts another.
 *
 * Generator: xoshiro128** of Blackman and Vigna, seeded through splitmix32 from the run's seed and the stream's name.
 * The state is four unsigned 32-bit integers, so a snapshot is exact.
 */
export interface Stream {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number
  /** Standard normal deviate: sum of 12 uniforms - 6 (bounded by 6, like the Tennessee Eastman original). */
  normal12(): number
  /** Integer in [0, count). */
  below(count: number): number
  save(): [number, number, number, number]
  load(state: readonly [number, number, number, number]): void
}

/** FNV-1a of the name: turns a stream's name into 32 bits. */
function hashName(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** @param seed - any safe integer; both halves count */
export function stream(seed: number, name: string): Stream {
  let mixed = (hashName(name) ^ (seed >>> 0) ^ Math.imul(Math.floor(seed / 4294967296) >>> 0, 0x9e3779b9)) >>> 0
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0
    let z = mixed
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let a = mix()
  let b = mix()
  let c = mix()
  let d = mix()
  const next = (): number => {
    const m = Math.imul(b, 5)
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result
  }
  const uniform = (): number => next() / 4294967296
  return {
    uniform,
    // The generator's state in locals: twelve draws at once are a plant's noise, drawn 41 times a plant second.
    normal12: () => {
      let w = a
      let x = b
      let y = c
      let z = d
      let sum = 0
      for (let i = 0; i < 12; i++) {
        const m = Math.imul(x, 5)
        sum += Math.imul((m << 7) | (m >>> 25), 9) >>> 0
        const t = x << 9
        y ^= w
        z ^= x
        x ^= y
        w ^= z
        y ^= t
        z = (z << 11) | (z >>> 21)
      }
      a = w
      b = x
      c = y
      d = z
      // Whole numbers below 2^36: the sum is exact, and so is the division.
      return sum / 4294967296 - 6
    },
    below: (count) => Math.floor(uniform() * count),
    save: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    load: (state) => {
      ;[a, b, c, d] = state
    },
  }
}
