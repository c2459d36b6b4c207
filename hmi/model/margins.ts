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
  /** Minutes to the trip at the slope; Infinity when it does not clearly approach, or not within MINUTES_MAX. */
  readonly minutes: number
  /** Share of the way from the normal operating point to the trip that is used up, 0..1. */
  readonly used: number
}

export const SLOPE_WINDOW_MS = 5 * 60_000
/** A time beyond this is no reason to act. */
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
  const { slope_per_min: slope, clear } = driftOf(t_ms, pvs)
  const home =
    sp !== undefined && Number.isFinite(sp) ? sp : tag.desired ? (tag.desired[0] + tag.desired[1]) / 2 : undefined
  const candidates: Margin[] = []
  for (const side of ['high', 'low'] as const) {
    const trip = side === 'high' ? tag.limits.trip_hi : tag.limits.trip_lo
    if (trip === undefined) continue
    const sign = side === 'high' ? 1 : -1
    const distance = sign * (trip - pv)
    const approach = sign * slope
    const minutes = distance <= 0 ? 0 : clear && approach > 0 ? distance / approach : Number.POSITIVE_INFINITY
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

/** Least-squares line through a window: slope per minute, and whether it stands out of the scatter. */
export interface Drift {
  readonly slope_per_min: number
  /**
   * The change over the window is at least 2.5 times the scatter about the line, over 2 min and 20 samples or more:
   * a time to the trip from less would be noise divided by noise.
   */
  readonly clear: boolean
}

export function driftOf(t_ms: readonly number[], values: readonly number[]): Drift {
  let n = 0
  let st = 0
  let sv = 0
  let last = 0
  const t0 = t_ms[0] ?? 0
  for (let k = 0; k < t_ms.length; k++) {
    if (Number.isNaN(values[k]!)) continue
    n++
    last = (t_ms[k]! - t0) / 60_000
    st += last
    sv += values[k]!
  }
  if (n < 10) return { slope_per_min: Number.NaN, clear: false }
  let stt = 0
  let stv = 0
  let svv = 0
  for (let k = 0; k < t_ms.length; k++) {
    if (Number.isNaN(values[k]!)) continue
    const dt = (t_ms[k]! - t0) / 60_000 - st / n
    const dv = values[k]! - sv / n
    stt += dt * dt
    stv += dt * dv
    svv += dv * dv
  }
  if (!(stt > 0)) return { slope_per_min: Number.NaN, clear: false }
  const slope_per_min = stv / stt
  const scatter = Math.sqrt(Math.max(0, svv - slope_per_min * stv) / n)
  return { slope_per_min, clear: n >= 20 && last >= 2 && Math.abs(slope_per_min) * last >= 2.5 * scatter }
}
