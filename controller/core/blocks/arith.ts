/**
 * Arithmetic: flow compensation and the other forms of function-blocks 2.16.
 *
 *   PV = G IN + (1 - G) IN_LO, G from 0 at RANGE_LO to 1 at RANGE_HI of IN: two transmitters of one flow
 *   t_i = (IN_i + BIAS_IN_i) GAIN_IN_i;   OUT = y GAIN + BIAS, with f within [COMP_LO, COMP_HI]
 *   flow_linear  y = PV f, f = t1/t2                 flow_sqrt  y = PV f, f = sqrt(t1/(t2 t3))
 *   flow_approx  y = PV f, f = sqrt(t1 t2 t3^2)      btu        y = PV f, f = t1 - t2
 *   mult_div     y = PV f, f = t1/t2 + t3            average    y = mean of PV and the wired t
 *   sum          y = PV + t1 + t2 + t3               poly4      y = PV + t1^2 + t2^3 + t3^4
 *   htg          y = (PV - t1)/(PV - t2), level in a tank by its pressures
 *
 * Division by zero gives COMP_HI or COMP_LO by the sign of the numerator; the root of a negative number x is -sqrt(-x). An
 * input that is not wired counts as 0, so its bias stands for a constant; in average it does not count. A compensation that
 * is bad keeps its last usable t, Uncertain; a bad measurement that the other range does not cover makes OUT hold, Bad.
 */
import { codeOf, isBad, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { layout } from '../layout.ts'
import { commonLimits, FLAGS, sourceStatus, worseStatus } from './wire-status.ts'

const TYPE = {
  flow_linear: 0,
  flow_sqrt: 1,
  flow_approx: 2,
  btu: 3,
  mult_div: 4,
  average: 5,
  sum: 6,
  poly4: 7,
  htg: 8,
} as const

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The measurement, of the high range where there are two.' },
  { name: 'IN_LO', role: 'wire-in', unit: 'in', doc: 'The measurement of the low range.', optional: true },
  { name: 'IN_1', role: 'wire-in', unit: 'comp_1', doc: 'First compensation.', optional: true },
  { name: 'IN_2', role: 'wire-in', unit: 'comp_2', doc: 'Second compensation.', optional: true },
  { name: 'IN_3', role: 'wire-in', unit: 'comp_3', doc: 'Third compensation.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The result.' },
  { name: 'PV', role: 'wire-out', unit: 'in', doc: 'The measurement of both ranges.' },
  { name: 'ARITH_TYPE', role: 'constant', unit: '1', doc: 'Which form.', names: TYPE },
  { name: 'BIAS_IN', role: 'constant', unit: 'in', doc: 'Added to IN_1, IN_2, IN_3.', count: 3, defaults: [0, 0, 0] },
  { name: 'GAIN_IN', role: 'constant', unit: '1', doc: 'Factors of the three.', count: 3, defaults: [1, 1, 1] },
  { name: 'GAIN', role: 'constant', unit: '1', doc: 'Factor of the result.', default: 1 },
  { name: 'BIAS', role: 'constant', unit: 'out', doc: 'Added to the result.', default: 0 },
  { name: 'COMP_HI', role: 'constant', unit: '1', doc: 'Greatest factor f.', default: 1e6 },
  { name: 'COMP_LO', role: 'constant', unit: '1', doc: 'Least factor f.', default: -1e6 },
  { name: 'RANGE_LO', role: 'constant', unit: 'in', doc: 'Below it IN_LO counts alone.', default: 0 },
  { name: 'RANGE_HI', role: 'constant', unit: 'in', doc: 'Above it IN counts alone.', default: 0 },
  { name: 'T', role: 'state', unit: '1', doc: 'Last usable t1, t2, t3.', count: 3 },
  { name: 'T_SEEN', role: 'state', unit: '1', doc: 'Mask of the t that have been usable.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  // Range extension.
  const hi_st = sourceStatus(s[S.IN_ST]!)
  const lo_st = sourceStatus(s[S.IN_LO_ST]!)
  const lo_open = isOpen(s[S.IN_LO_ST]!)
  const hi = s[S.IN]!
  const lo = s[S.IN_LO]!
  const hi_ok = !isBad(hi_st) && hi - hi === 0
  const lo_ok = !isBad(lo_st) && lo - lo === 0
  const a = k[K.RANGE_LO]!
  const b = k[K.RANGE_HI]!
  let pv = s[S.PV]!
  let status: number = isBad(hi_st) ? hi_st : STATUS.bad
  if (lo_open) {
    if (hi_ok) {
      pv = hi
      status = hi_st
    }
  } else if (hi_ok && lo_ok) {
    const g = hi >= b ? 1 : hi <= a ? 0 : (hi - a) / (b - a)
    pv = g === 1 ? hi : g === 0 ? lo : g * hi + (1 - g) * lo
    status = g === 1 ? hi_st : g === 0 ? lo_st : worseStatus(hi_st, lo_st) | commonLimits(hi_st, lo_st)
  } else if (hi_ok && hi > a) {
    // One alone serves its own side of the overlap.
    pv = hi
    status = hi_st
  } else if (lo_ok && lo < b) {
    pv = lo
    status = lo_st
  }
  if (!isBad(status)) s[S.PV] = pv + 0
  s[S.PV_ST] = status
  if (isBad(status)) {
    s[S.OUT_ST] = status
    return
  }

  // Compensations. Their own limits do not tell which way the result is limited.
  let result = codeOf(status) | (status & FLAGS)
  let count = 1
  let sum = pv
  for (let i = 0; i < 3; i++) {
    const st = s[S.IN_1_ST + 2 * i]!
    const open = isOpen(st)
    const t = ((open ? 0 : s[S.IN_1 + 2 * i]!) + k[K.BIAS_IN + i]!) * k[K.GAIN_IN + i]!
    if (open) s[S.T + i] = t + 0
    else if (!isBad(st) && t - t === 0) {
      s[S.T + i] = t + 0
      s[S.T_SEEN] = s[S.T_SEEN]! | (1 << i)
      result = worseStatus(result, st)
    } else if ((s[S.T_SEEN]! & (1 << i)) !== 0) result = worseStatus(result, STATUS.uncertainLastUsable)
    else result = STATUS.bad
    if (!open) {
      count++
      sum += s[S.T + i]!
    }
  }
  const t1 = s[S.T]!
  const t2 = s[S.T + 1]!
  const t3 = s[S.T + 2]!
  let y = 0
  switch (k[K.ARITH_TYPE]!) {
    case TYPE.flow_linear:
      y = pv * factor(k, quotient(t1, t2))
      break
    case TYPE.flow_sqrt:
      y = pv * factor(k, root(quotient(t1, t2 * t3)))
      break
    case TYPE.flow_approx:
      y = pv * factor(k, root(t1 * t2 * t3 * t3))
      break
    case TYPE.btu:
      y = pv * factor(k, t1 - t2)
      break
    case TYPE.mult_div:
      y = pv * factor(k, quotient(t1, t2) + t3)
      break
    case TYPE.average:
      y = sum / count
      break
    case TYPE.sum:
      y = pv + t1 + t2 + t3
      break
    case TYPE.poly4:
      y = pv + t1 * t1 + t2 * t2 * t2 + t3 * t3 * t3 * t3
      break
    case TYPE.htg:
      y = pv === t2 ? factor(k, quotient(pv - t1, 0)) : (pv - t1) / (pv - t2)
      break
  }
  const out = y * k[K.GAIN]! + k[K.BIAS]!
  if (isBad(result) || !(out - out === 0)) {
    s[S.OUT_ST] = STATUS.bad
    return
  }
  s[S.OUT] = out + 0
  // With no compensation wired the result can go no further where PV cannot; the sign is that of the gain.
  s[S.OUT_ST] = result | (count === 1 && limitOf(status) === LIMIT.constant ? LIMIT.constant : 0)
}

/** Infinite by the sign of the numerator where the divisor is 0; `factor` makes a limit of it. */
const quotient = (a: number, b: number): number =>
  b === 0 ? (a < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : a / b

const root = (x: number): number => (x < 0 ? -Math.sqrt(-x) : Math.sqrt(x))

const factor = (k: Float64Array, f: number): number => Math.min(Math.max(f, k[K.COMP_LO]!), k[K.COMP_HI]!)

/** Arithmetic. */
export const ARITH: BlockType = {
  type: 'ARITH',
  doc: 'Arithmetic: flow compensation (linear, root, approximate), heat flow, multiply and divide, mean, sum, polynomial, hydrostatic level; extension of range.',
  fields: FIELDS,
  kernel,
  check: (s, k) => {
    const faults: string[] = []
    if (k[K.COMP_LO]! > k[K.COMP_HI]!) faults.push('COMP_LO: must not be above COMP_HI')
    if (!isOpen(s[S.IN_LO_ST]!) && !(k[K.RANGE_HI]! > k[K.RANGE_LO]!))
      faults.push('RANGE_HI: must be above RANGE_LO where IN_LO is wired')
    const type = k[K.ARITH_TYPE]!
    const divides = (i: number): boolean =>
      (i === 1 && (type === TYPE.flow_linear || type === TYPE.flow_sqrt || type === TYPE.mult_div)) ||
      (i === 2 && type === TYPE.flow_sqrt)
    for (let i = 1; i < 3; i++) {
      if (divides(i) && isOpen(s[S.IN_1_ST + 2 * i]!) && k[K.BIAS_IN + i]! * k[K.GAIN_IN + i]! === 0)
        faults.push(`BIAS_IN: IN_${i + 1} is not wired, so its bias is what is divided by, and must not be 0`)
    }
    return faults
  },
  on_bad: { IN_1: 'holds', IN_2: 'holds', IN_3: 'holds' },
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}
