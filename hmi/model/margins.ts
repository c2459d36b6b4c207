import type { TagRecord } from '../../contracts/artifact.ts'

/** How far a value is from its trip, and how long at the present rate. */
export interface Margin {
  readonly tag: string
  readonly side: 'high' | 'low'
  readonly trip: number
  /** |trip - PV| while inside, negative beyond it; EU. */
  readonly distance: number
  /** EU per minute, least squares over the slope window. NaN: too few samples. */
  readonly slope_per_min: number
  /** Minutes to the trip at the slope; Infinity when it does not approach. */
  readonly minutes: number
  /** Share of the way from the normal operating point to the trip that is used up, 0..1. */
  readonly used: number
}

export const SLOPE_WINDOW_MS = 5 * 60_000
/** A time beyond this is noise divided by noise: said as "steady". */
export const MINUTES_MAX = 240

/** The nearer trip of a tag. Undefined where the tag has no trip limit or the value is no number. */
export function marginOf(
  tag: TagRecord,
  pv: number,
  sp: number | undefined,
  t_ms: readonly number[],
  pvs: readonly number[],
): Margin | undefined {
  if (!Number.isFinite(pv)) return undefined
  const slope = slopePerMinute(t_ms, pvs)
  const home =
    sp !== undefined && Number.isFinite(sp) ? sp : tag.desired ? (tag.desired[0] + tag.desired[1]) / 2 : undefined
  const candidates: Margin[] = []
  for (const side of ['high', 'low'] as const) {
    const trip = side === 'high' ? tag.limits.trip_hi : tag.limits.trip_lo
    if (trip === undefined) continue
    const sign = side === 'high' ? 1 : -1
    const distance = sign * (trip - pv)
    const approach = sign * slope
    const minutes = distance <= 0 ? 0 : approach > 0 ? distance / approach : Number.POSITIVE_INFINITY
    const way = home === undefined ? tag.hi - tag.lo : Math.abs(trip - home)
    const used = way > 0 ? Math.min(1, Math.max(0, 1 - distance / way)) : 1
    candidates.push({
      tag: tag.tag,
      side,
      trip,
      distance,
      slope_per_min: slope,
      minutes: minutes <= MINUTES_MAX ? minutes : Number.POSITIVE_INFINITY,
      used,
    })
  }
  return candidates.sort(byUrgency)[0]
}

/** Soonest first; those that do not approach by the share of the way used up. */
export function byUrgency(a: Margin, b: Margin): number {
  if (a.minutes !== b.minutes) return a.minutes - b.minutes
  return b.used - a.used
}

/** Least-squares slope, per minute. NaN below 60 s of data, so that the first samples do not cry wolf. */
export function slopePerMinute(t_ms: readonly number[], values: readonly number[]): number {
  let n = 0
  let st = 0
  let sv = 0
  const t0 = t_ms[0] ?? 0
  let last = t0
  for (let k = 0; k < t_ms.length; k++) {
    if (Number.isNaN(values[k]!)) continue
    n++
    st += (t_ms[k]! - t0) / 60_000
    sv += values[k]!
    last = t_ms[k]!
  }
  if (n < 10 || last - t0 < 60_000) return Number.NaN
  const mt = st / n
  const mv = sv / n
  let stt = 0
  let stv = 0
  for (let k = 0; k < t_ms.length; k++) {
    if (Number.isNaN(values[k]!)) continue
    const dt = (t_ms[k]! - t0) / 60_000 - mt
    stt += dt * dt
    stv += dt * (values[k]! - mv)
  }
  return stt > 0 ? stv / stt : Number.NaN
}
