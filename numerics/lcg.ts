/**
 * The generator of the Tennessee Eastman original: g <- (g * 9228907) mod 2^32 in IEEE doubles.
 *
 * The product exceeds 2^53 and is rounded, so exact integers give another sequence from the first draw on. The
 * remainder by truncation is exact and several times faster than `%`. Not a good generator; kept to reproduce numbers.
 */
export function lcgNext(g: number): number {
  const product = g * 9228907
  return product - Math.trunc(product * 2.3283064365386963e-10) * 4294967296
}

/** Uniform in [0, 1) of the state after a draw. */
export function lcgUniform(g: number): number {
  return g * 2.3283064365386963e-10
}
