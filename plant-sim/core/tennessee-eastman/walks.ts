/**
 * Random walks: piecewise cubics whose ends are drawn, which feed the random disturbances.
 *
 * The value at t is a + H (b + H (c + H d)) with H = t - last, hours. A flag acts only from the next knot on.
 * @see Downs, Vogel 1993 (walks 1..12); Bathelt, Ricker, Jelali, Revision of the Tennessee Eastman process model, 2015 (13..20)
 */
export interface WalkInfo {
  /** Number of the disturbance that drives it. */
  readonly idv: number
  readonly kind: 'spline' | 'pulse'
  readonly span_h: number
  readonly shortest_h: number
  readonly span: number
  readonly centre: number
}

export const WALKS: readonly WalkInfo[] = [
  spline(8, 0.2, 0.5, 0.03, 0.485),
  spline(8, 0.7, 1, 0.003, 0.005),
  spline(9, 0.25, 0.5, 10, 45),
  spline(10, 0.7, 1, 10, 45),
  spline(11, 0.15, 0.25, 10, 35),
  spline(12, 0.15, 0.25, 10, 40),
  spline(13, 1, 2, 0.25, 1),
  spline(13, 1, 2, 0.25, 1),
  spline(16, 0.4, 0.5, 0.25, 0),
  pulse(17, 1.5, 2),
  pulse(18, 2, 3),
  pulse(20, 1.5, 2),
  spline(21, 0.15, 0.25, 10, 45),
  spline(22, 0.25, 0.5, 10, 45),
  spline(23, 0.15, 0.25, 5, 100),
  spline(24, 0.25, 0.5, 20, 400),
  spline(25, 0.25, 0.5, 20, 400),
  spline(26, 0.7, 1, 75, 1500),
  spline(27, 0.1, 0.2, 50, 1000),
  spline(28, 0.1, 0.2, 60, 1200),
]

/** Of one walk: last, next, a, b, c, d. */
export const WALK_STRIDE = 6
const FIRST_KNOT_H = 0.1

export function resetWalks(s: Float64Array): void {
  for (let i = 0; i < WALKS.length; i++) {
    s.fill(0, i * WALK_STRIDE, (i + 1) * WALK_STRIDE)
    s[i * WALK_STRIDE + 1] = FIRST_KNOT_H
    s[i * WALK_STRIDE + 2] = WALKS[i]!.centre
  }
}

/** First walk whose knot time has reached, or -1. Kept apart from `passKnots` because nearly every call ends here. */
export function dueWalk(s: Float64Array, count: number, time_h: number): number {
  for (let i = 0, o = 1; i < count; i++, o += WALK_STRIDE) if (time_h >= s[o]!) return i
  return -1
}

/**
 * Passes the knots that time has reached, in the order of the walks: the order decides who gets which draw where
 * all share one generator.
 *
 * @param flags - disturbances by number, 1-based: 0 or 1
 * @param draw - uniform in [-1, 1) for a walk
 */
export function passKnots(
  s: Float64Array,
  count: number,
  time_h: number,
  flags: Float64Array,
  draw: (walk: number) => number,
): void {
  for (let i = 0; i < count; i++) {
    if (time_h >= s[i * WALK_STRIDE + 1]!) passKnot(s, i, flags, draw)
  }
}

function passKnot(s: Float64Array, i: number, flags: Float64Array, draw: (walk: number) => number): void {
  const walk = WALKS[i]!
  const o = i * WALK_STRIDE
  const H = s[o + 1]! - s[o]!
  const value = s[o + 2]! + H * (s[o + 3]! + H * (s[o + 4]! + H * s[o + 5]!))
  const slope = s[o + 3]! + H * (2 * s[o + 4]! + 3 * H * s[o + 5]!)
  const flag = flags[walk.idv]!
  const last = s[o + 1]!
  s[o] = last
  if (walk.kind === 'spline') {
    const h = walk.span_h * draw(i) + walk.shortest_h
    const end = walk.span * draw(i) * flag + walk.centre
    // The end slope is drawn too, but its span is 0 for every walk.
    draw(i)
    s[o + 2] = value
    s[o + 3] = slope
    s[o + 4] = (3 * (end - value) - h * 2 * slope) / (h * h)
    s[o + 5] = (2 * (value - end) + h * slope) / (h * h * h)
    s[o + 1] = last + h
    return
  }
  if (value > 0.1) {
    s[o + 2] = value
    s[o + 3] = slope
    s[o + 4] = -(3 * value + 0.2 * slope) / 0.01
    s[o + 5] = (2 * value + 0.1 * slope) / 0.001
    s[o + 1] = last + 0.1
    return
  }
  const h = walk.span_h * draw(i) + walk.shortest_h
  s[o + 2] = 0
  s[o + 3] = 0
  s[o + 4] = flag / (h * h)
  s[o + 5] = 0
  s[o + 1] = last + h
}

/** Whether one of the first `count` walks is anything but a constant. */
export function anyMoves(s: Float64Array, count: number): boolean {
  for (let i = 0, o = 3; i < count; i++, o += WALK_STRIDE) {
    if (s[o] !== 0 || s[o + 1] !== 0 || s[o + 2] !== 0) return true
  }
  return false
}

/** Values of the first `count` walks at a time, into `out`. */
export function walkValues(s: Float64Array, count: number, time_h: number, out: Float64Array): void {
  for (let i = 0, o = 0; i < count; i++, o += WALK_STRIDE) {
    const H = time_h - s[o]!
    out[i] = s[o + 2]! + H * (s[o + 3]! + H * (s[o + 4]! + H * s[o + 5]!))
  }
}

function spline(idv: number, span_h: number, shortest_h: number, span: number, centre: number): WalkInfo {
  return { idv, kind: 'spline', span_h, shortest_h, span, centre }
}

function pulse(idv: number, span_h: number, shortest_h: number): WalkInfo {
  return { idv, kind: 'pulse', span_h, shortest_h, span: 0, centre: 0 }
}
