/**
 * Scaler: OUT = IN from one scale to another, linear.
 *
 *   OUT = OUT_0 + (IN - IN_0)/(IN_100 - IN_0) (OUT_100 - OUT_0)
 *
 * With CLAMP the result stays in OUT_SCALE and says at which end it is. Status and limits follow the input, limits turned
 * by a falling line [R3]; while it is bad OUT holds.
 */
import { isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { sourceStatus, throughSlope } from './wire-status.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The signal.' },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The signal in the other scale.' },
  { name: 'IN_SCALE', role: 'constant', unit: 'in', doc: 'IN at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  { name: 'OUT_SCALE', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  {
    name: 'CLAMP',
    role: 'constant',
    unit: '1',
    doc: 'OUT stays in its scale.',
    default: 0,
    names: { no: 0, yes: 1 },
  },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const status = sourceStatus(s[S.IN_ST]!)
  if (isBad(status)) {
    s[S.OUT_ST] = status
    return
  }
  const in_0 = k[K.IN_SCALE]!
  const out_0 = k[K.OUT_SCALE]!
  const out_100 = k[K.OUT_SCALE + 1]!
  const slope = (out_100 - out_0) / (k[K.IN_SCALE + 1]! - in_0)
  const lo = Math.min(out_0, out_100)
  const hi = Math.max(out_0, out_100)
  let out = out_0 + ((s[S.IN]! - in_0) / (k[K.IN_SCALE + 1]! - in_0)) * (out_100 - out_0)
  if (!(out - out === 0)) {
    // [R5]
    s[S.OUT_ST] = STATUS.bad
    return
  }
  let seen = throughSlope(status, slope)
  if (k[K.CLAMP]! !== 0 && out >= hi) {
    out = hi
    seen = (seen & ~LIMIT.constant) | LIMIT.high
  } else if (k[K.CLAMP]! !== 0 && out <= lo) {
    out = lo
    seen = (seen & ~LIMIT.constant) | LIMIT.low
  }
  s[S.OUT] = out + 0
  s[S.OUT_ST] = seen
}

/** Scaler. */
export const SCALER: BlockType = {
  type: 'SCALER',
  doc: 'Scaler: a signal from one scale to another, on request held within it.',
  fields: FIELDS,
  kernel,
  check: (_s, k) => (k[K.IN_SCALE]! === k[K.IN_SCALE + 1]! ? ['IN_SCALE: two different numbers'] : []),
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}
