/** A bounded series for a trend: buckets of equal width in time, the oldest overwritten. NaN marks a gap. */
export interface Ring {
  /** Times must not go back; samples in one bucket are merged into its mean. NaN opens a gap. */
  push(t_ms: number, value: number): void
  /** Puts older data before what is there, from a history reply; what overlaps the live part is left out. */
  prepend(t_ms: readonly number[], values: readonly (number | null)[]): void
  /** Points newer than `from_ms`, oldest first. */
  read(from_ms: number): { readonly t_ms: number[]; readonly values: number[] }
  readonly first_ms: () => number
  readonly last_ms: () => number
  readonly size: () => number
  clear(): void
}

/**
 * @param bucket_ms width of a bucket: samples closer than this share one point
 * @param capacity number of points, bounds memory for good
 */
export function createRing(bucket_ms: number, capacity: number): Ring {
  const times = new Float64Array(capacity)
  const values = new Float64Array(capacity)
  let start = 0
  let size = 0
  /** Sum and count of the bucket that is being filled. */
  let sum = 0
  let count = 0

  const at = (k: number) => (start + k) % capacity
  const add = (t_ms: number, value: number) => {
    if (size === capacity) start = (start + 1) % capacity
    else size++
    times[at(size - 1)] = t_ms
    values[at(size - 1)] = value
  }
  const lastTime = () => (size === 0 ? Number.NEGATIVE_INFINITY : times[at(size - 1)]!)

  const push = (t_ms: number, value: number) => {
    const gap = Number.isNaN(value)
    if (t_ms < lastTime()) return
    const last = size === 0 ? Number.NaN : values[at(size - 1)]!
    if (
      size > 0 &&
      !gap &&
      !Number.isNaN(last) &&
      Math.floor(t_ms / bucket_ms) === Math.floor(lastTime() / bucket_ms)
    ) {
      sum += value
      count++
      times[at(size - 1)] = t_ms
      values[at(size - 1)] = sum / count
      return
    }
    if (gap && size > 0 && Number.isNaN(last)) return
    sum = gap ? 0 : value
    count = gap ? 0 : 1
    add(t_ms, value)
  }

  const read = (from_ms: number) => {
    const t_ms: number[] = []
    const out: number[] = []
    for (let k = 0; k < size; k++) {
      const t = times[at(k)]!
      if (t < from_ms) continue
      t_ms.push(t)
      out.push(values[at(k)]!)
    }
    return { t_ms, values: out }
  }

  const prepend = (t: readonly number[], v: readonly (number | null)[]) => {
    const own = read(Number.NEGATIVE_INFINITY)
    const firstOwn = own.t_ms[0] ?? Number.POSITIVE_INFINITY
    const older: [number, number][] = []
    for (let k = 0; k < t.length; k++) if (t[k]! < firstOwn) older.push([t[k]!, v[k] ?? Number.NaN])
    const room = Math.max(0, capacity - own.t_ms.length)
    const merged = [
      ...older.slice(Math.max(0, older.length - room)),
      ...own.t_ms.map((x, k) => [x, own.values[k]!] as const),
    ]
    start = 0
    size = 0
    for (const [time, value] of merged) add(time, value)
  }

  return {
    push,
    prepend,
    read,
    first_ms: () => (size === 0 ? Number.POSITIVE_INFINITY : times[start]!),
    last_ms: lastTime,
    size: () => size,
    clear: () => {
      start = 0
      size = 0
      sum = 0
      count = 0
    },
  }
}
