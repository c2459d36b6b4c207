/**
 * Signal characterizer: OUT by a curve of up to 21 points with straight lines between; beyond its ends the end value, and
 * the limit says so.                                                                             (function-blocks 2.13)
 *
 * Two signals share the curve: IN_1 to OUT_1 and IN_2 to OUT_2; with SWAP_2 the second goes through the inverse.
 *
 * In a cascade the first is a link between master and slave, without modes of its own: the status of IN_1, the answer to a
 * request included, goes to OUT_1, and what the slave says on BKCAL_IN_1 goes through the inverse to BKCAL_OUT_1. While
 * IN_1 is the number this block gave as the start value, OUT_1 is exactly the slave's number it was made from: there and
 * back through two straight lines would move the final element by a rounding, or, where the slave stands beyond the curve,
 * by the distance to it.
 *
 * X must rise strictly; Y must be strictly monotone where it is inverted. [R3] a falling curve turns limits round.
 */
import { codeOf, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { layout } from '../layout.ts'
import { sourceStatus, throughSlope } from './wire-status.ts'

export const CURVE_POINTS_MAX = 21

const FIELDS = [
  { name: 'IN_1', role: 'wire-in', unit: 'in', doc: 'The signal, or the master of a cascade.' },
  { name: 'IN_2', role: 'wire-in', unit: 'in_2', doc: 'A second signal.', optional: true },
  { name: 'BKCAL_IN_1', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT_1', role: 'wire-out', unit: 'out', doc: 'IN_1 through the curve.' },
  { name: 'OUT_2', role: 'wire-out', unit: 'out_2', doc: 'IN_2 through the curve, or through its inverse.' },
  { name: 'BKCAL_OUT_1', role: 'back-out', unit: 'in', doc: 'BKCAL_IN_1 through the inverse.' },
  {
    name: 'SWAP_2',
    role: 'constant',
    unit: '1',
    doc: 'The second signal goes from Y to X.',
    default: 0,
    names: { no: 0, yes: 1 },
  },
  { name: 'BACK_X', role: 'state', unit: 'in', doc: 'The start value last given to the master.' },
  { name: 'BACK_Y', role: 'state', unit: 'out', doc: "The slave's number it was made from." },
  { name: 'BACK_SET', role: 'state', unit: '1', doc: '1 once there is one.' },
  { name: 'CURVE', role: 'constant', unit: '1', doc: 'x1, y1, x2, y2, ... with x rising.', count: -1 },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const last = k.length - 2
  const slope = k[last + 1]! - k[K.CURVE + 1]!

  // Backwards first, so that a start value is known to this very scan.
  const back = s[S.BKCAL_IN_1_ST]!
  if (isOpen(back)) s[S.BKCAL_OUT_1_ST] = STATUS.notInvited | LIMIT.constant
  else {
    const y = s[S.BKCAL_IN_1]!
    const x = inverse(k, y)
    if (!isBad(back) && x - x === 0) {
      s[S.BACK_X] = x + 0
      s[S.BACK_Y] = y + 0
      s[S.BACK_SET] = 1
      s[S.BKCAL_OUT_1] = x + 0
      s[S.BKCAL_OUT_1_ST] = throughSlope(back, slope)
    } else s[S.BKCAL_OUT_1_ST] = isBad(back) ? back : STATUS.bad
  }

  const in_1 = s[S.IN_1]!
  const st_1 = s[S.IN_1_ST]!
  if (isBad(st_1)) s[S.OUT_1_ST] = isOpen(st_1) ? STATUS.bad : st_1
  else {
    const pinned = !isOpen(back) && s[S.BACK_SET]! !== 0 && in_1 === s[S.BACK_X]!
    const y = pinned ? s[S.BACK_Y]! : curve(k, in_1)
    if (y - y === 0) {
      s[S.OUT_1] = y + 0
      // Without a slave it takes part in no handshake; with one it passes the master's word on.
      const from = isOpen(back) ? sourceStatus(st_1) : st_1
      s[S.OUT_1_ST] = atEnd(throughSlope(from, slope), in_1, k[K.CURVE]!, k[last]!, slope)
    } else s[S.OUT_1_ST] = STATUS.bad
  }

  const in_2 = s[S.IN_2]!
  const st_2 = sourceStatus(s[S.IN_2_ST]!)
  if (isBad(st_2)) s[S.OUT_2_ST] = st_2
  else {
    const swap = k[K.SWAP_2]! !== 0
    const y = swap ? inverse(k, in_2) : curve(k, in_2)
    if (y - y === 0) {
      s[S.OUT_2] = y + 0
      const from = swap ? Math.min(k[K.CURVE + 1]!, k[last + 1]!) : k[K.CURVE]!
      const to = swap ? Math.max(k[K.CURVE + 1]!, k[last + 1]!) : k[last]!
      s[S.OUT_2_ST] = atEnd(throughSlope(st_2, slope), in_2, from, to, slope)
    } else s[S.OUT_2_ST] = STATUS.bad
  }
}

/** The status of the result, with the limit of an end of the curve where the input is at or beyond it. */
function atEnd(status: number, x: number, from: number, to: number, slope: number): number {
  // The answer to a request carries no limit: nothing is pushed yet.
  if (codeOf(status) === STATUS.initAck || (x > from && x < to)) return status
  const high = x >= to === slope >= 0
  return (status & ~LIMIT.constant) | (high ? LIMIT.high : LIMIT.low)
}

function curve(k: Float64Array, x: number): number {
  const last = k.length - 2
  if (!(x - x === 0)) return x
  if (x <= k[K.CURVE]!) return k[K.CURVE + 1]!
  if (x >= k[last]!) return k[last + 1]!
  let i = K.CURVE + 2
  while (k[i]! < x) i += 2
  const x1 = k[i - 2]!
  const y1 = k[i - 1]!
  return y1 + ((x - x1) / (k[i]! - x1)) * (k[i + 1]! - y1)
}

function inverse(k: Float64Array, y: number): number {
  const last = k.length - 2
  if (!(y - y === 0)) return y
  // Turned so that the curve rises.
  const sign = k[last + 1]! >= k[K.CURVE + 1]! ? 1 : -1
  if (sign * y <= sign * k[K.CURVE + 1]!) return k[K.CURVE]!
  if (sign * y >= sign * k[last + 1]!) return k[last]!
  let i = K.CURVE + 2
  while (i < last && sign * k[i + 1]! < sign * y) i += 2
  const x1 = k[i - 2]!
  const y1 = k[i - 1]!
  return x1 + ((y - y1) / (k[i + 1]! - y1)) * (k[i]! - x1)
}

/** Signal characterizer. */
export const CHARACTERIZER: BlockType = {
  type: 'CHARACTERIZER',
  doc: 'Signal characterizer: a curve of up to 21 points for two signals, the second on request inverted; in a cascade it passes the handshake on.',
  fields: FIELDS,
  kernel,
  check: (s, k) => {
    const points = k.subarray(K.CURVE)
    const count = points.length / 2
    if (points.length % 2 !== 0 || count < 2 || count > CURVE_POINTS_MAX) {
      return [`CURVE: 2 to ${CURVE_POINTS_MAX} points as pairs x, y`]
    }
    const faults: string[] = []
    let rising = true
    let up = true
    let down = true
    for (let i = 2; i < points.length; i += 2) {
      if (!(points[i]! > points[i - 2]!)) rising = false
      if (!(points[i + 1]! > points[i - 1]!)) up = false
      if (!(points[i + 1]! < points[i - 1]!)) down = false
    }
    if (!rising) faults.push('CURVE: x must rise from point to point')
    const inverted = k[K.SWAP_2]! !== 0 || !isOpen(s[S.BKCAL_IN_1_ST]!)
    if (inverted && !up && !down) faults.push('CURVE: y must only rise or only fall, because the curve is inverted')
    return faults
  },
  tag_fields: { PV: 'OUT_1', OUT: 'OUT_1' },
}
