/** Values of a second series at the times of the first: the last one at or before each time. null: a gap. */
export function alignTo(
  t_ms: readonly number[],
  of_t_ms: readonly number[],
  values: readonly number[],
): (number | null)[] {
  let k = -1
  return t_ms.map((t) => {
    while (k + 1 < of_t_ms.length && of_t_ms[k + 1]! <= t) k++
    const v = k < 0 ? Number.NaN : values[k]!
    return Number.isNaN(v) ? null : v
  })
}

/** NaN is a gap in a ring, null a gap in a drawing. */
export const gapsToNull = (values: readonly number[]): (number | null)[] =>
  values.map((v) => (Number.isNaN(v) ? null : v))
