/**
 * A trend from changes of a value: buckets of equal width with the least, the greatest and the time-weighted mean.
 *
 * A value holds from its change to the next one; while it is Bad there is a gap. A bucket that is a gap throughout is
 * null; one that is a gap in part has the figures of its good part, and the gap shows in the buckets beside it.
 */
import type { HistorySeries } from '../../contracts/hmi-wire.ts'
import { isBad } from '../../contracts/status.ts'

/** One change: the value holds from t_ms on. */
export interface Sample {
  readonly t_ms: number
  readonly value: number
  readonly status: number
}

/** Changes inside one bucket, as the store sums them up. Figures are of the good time only. */
export interface BucketSum {
  readonly bucket: number
  /** Time of the bucket's first change. */
  readonly first_ms: number
  /** Null where no change in the bucket was good. */
  readonly min: number | null
  readonly max: number | null
  /** Sum of value x time it held inside the bucket, and that time, ms. */
  readonly area: number
  readonly good_ms: number
  /** What holds at the end of the bucket. */
  readonly last_value: number
  readonly last_status: number
}

export interface Span {
  readonly from_ms: number
  readonly to_ms: number
  readonly points: number
  /** Nothing is known after this time: what holds is not drawn on into the future. */
  readonly known_ms: number
}

const isGap = (s: Pick<Sample, 'value' | 'status'>): boolean => isBad(s.status) || !Number.isFinite(s.value)

/** As many points as are asked for, but no bucket shorter than a scan: below that the trend is the changes themselves. */
export const pointsOf = (from_ms: number, to_ms: number, points: number, tick_ms: number): number =>
  Math.max(1, Math.min(points, Math.ceil((to_ms - from_ms) / tick_ms)))

/** Width of a bucket, ms. */
export const bucketWidth_ms = (s: Span): number => (s.to_ms - s.from_ms) / s.points

/** Sums up changes: what the store does in its own language, and the reference for it. `samples` rise in time. */
export function sumBuckets(samples: readonly Sample[], span: Span): BucketSum[] {
  const width_ms = bucketWidth_ms(span)
  const sums: BucketSum[] = []
  for (const [i, s] of samples.entries()) {
    if (s.t_ms < span.from_ms || s.t_ms >= span.to_ms) continue
    const bucket = Math.min(span.points - 1, Math.floor((s.t_ms - span.from_ms) / width_ms))
    const end_ms = Math.min(span.from_ms + (bucket + 1) * width_ms, span.known_ms)
    const next_ms = samples[i + 1]?.t_ms ?? Infinity
    const held_ms = isGap(s) ? 0 : Math.max(0, Math.min(next_ms, end_ms) - s.t_ms)
    const value = isGap(s) ? null : s.value
    const sum = sums.at(-1)
    if (sum?.bucket !== bucket) {
      const area = value === null ? 0 : value * held_ms
      const last = { last_value: s.value, last_status: s.status }
      sums.push({ bucket, first_ms: s.t_ms, min: value, max: value, area, good_ms: held_ms, ...last })
      continue
    }
    sums[sums.length - 1] = {
      ...sum,
      min: least(sum.min, value),
      max: greatest(sum.max, value),
      area: sum.area + (value === null ? 0 : value * held_ms),
      good_ms: sum.good_ms + held_ms,
      last_value: s.value,
      last_status: s.status,
    }
  }
  return sums
}

/**
 * The series from its buckets' sums and the value that held before the span. Buckets without a change hold the last
 * value; what lies after `known_ms` is null.
 */
export function seriesOf(
  key: string,
  before: Sample | undefined,
  sums: readonly BucketSum[],
  span: Span,
): HistorySeries {
  const width_ms = bucketWidth_ms(span)
  const t_ms: number[] = []
  const min: (number | null)[] = []
  const max: (number | null)[] = []
  const mean: (number | null)[] = []
  let held = before === undefined || isGap(before) ? null : before.value
  let next = 0
  for (let bucket = 0; bucket < span.points; bucket++) {
    const start_ms = span.from_ms + bucket * width_ms
    t_ms.push(start_ms + width_ms / 2)
    const sum = sums[next]?.bucket === bucket ? sums[next++] : undefined
    if (start_ms >= span.known_ms && sum === undefined) {
      min.push(null)
      max.push(null)
      mean.push(null)
      continue
    }
    const until_ms = Math.min(sum?.first_ms ?? start_ms + width_ms, span.known_ms)
    const held_ms = held === null ? 0 : Math.max(0, until_ms - start_ms)
    // A value that ended at the very start of the bucket was not there in it.
    const carried = held_ms > 0 ? held : null
    const low = least(carried, sum?.min ?? null)
    const good_ms = held_ms + (sum?.good_ms ?? 0)
    min.push(low)
    max.push(greatest(carried, sum?.max ?? null))
    mean.push(good_ms > 0 ? ((held ?? 0) * held_ms + (sum?.area ?? 0)) / good_ms : low)
    if (sum !== undefined) held = isGap({ value: sum.last_value, status: sum.last_status }) ? null : sum.last_value
  }
  return { key, t_ms, min, max, mean }
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b))
const greatest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)
