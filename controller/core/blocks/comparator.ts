/**
 * Comparator: how IN stands to REF, and to the range from REF to REF_HI.
 *
 *   GT on above REF, off at or below REF - HYS;   LT on below REF, off at or above REF + HYS
 *   IN_RANGE on within [REF, REF_HI], off beyond it by more than HYS;   EQ where |IN - REF| <= TOL, NEQ else
 *
 * Where REF or REF_HI is not wired the number of the same name with _VAL counts. The status of the five is the worst of the
 * inputs used [R3]; while it is bad they hold.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { layout } from '../layout.ts'
import { worseStatus } from './wire-status.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The signal.' },
  { name: 'REF', role: 'wire-in', unit: 'in', doc: 'What it is compared with.', optional: true },
  { name: 'REF_HI', role: 'wire-in', unit: 'in', doc: 'Upper end of the range.', optional: true },
  { name: 'GT', role: 'wire-out', unit: '1', doc: '1 while above REF.' },
  { name: 'LT', role: 'wire-out', unit: '1', doc: '1 while below REF.' },
  { name: 'EQ', role: 'wire-out', unit: '1', doc: '1 while at REF, give or take TOL.' },
  { name: 'NEQ', role: 'wire-out', unit: '1', doc: '1 while not at REF.' },
  { name: 'IN_RANGE', role: 'wire-out', unit: '1', doc: '1 while within [REF, REF_HI].' },
  { name: 'REF_VAL', role: 'tunable', unit: 'in', doc: 'REF where none is wired.', default: 0 },
  { name: 'REF_HI_VAL', role: 'tunable', unit: 'in', doc: 'REF_HI where none is wired.', default: 0 },
  { name: 'HYS', role: 'constant', unit: 'in', doc: 'Way back before GT, LT, IN_RANGE go off.', default: 0, min: 0 },
  { name: 'TOL', role: 'constant', unit: 'in', doc: 'Difference that still counts as equal.', default: 0, min: 0 },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let status = worseStatus(s[S.IN_ST]!, STATUS.good)
  const ref_open = isOpen(s[S.REF_ST]!)
  const hi_open = isOpen(s[S.REF_HI_ST]!)
  if (!ref_open) status = worseStatus(status, s[S.REF_ST]!)
  if (!hi_open) status = worseStatus(status, s[S.REF_HI_ST]!)
  const x = s[S.IN]!
  const ref = ref_open ? s[S.REF_VAL]! : s[S.REF]!
  const hi = hi_open ? s[S.REF_HI_VAL]! : s[S.REF_HI]!
  // [R5] A comparison with what is no number would say "not above" as if it knew.
  if (!isBad(status) && !(x - x === 0 && ref - ref === 0 && hi - hi === 0)) status = STATUS.bad
  if (!isBad(status)) {
    const hys = k[K.HYS]!
    s[S.GT] = (s[S.GT]! !== 0 ? x > ref - hys : x > ref) ? 1 : 0
    s[S.LT] = (s[S.LT]! !== 0 ? x < ref + hys : x < ref) ? 1 : 0
    s[S.EQ] = Math.abs(x - ref) <= k[K.TOL]! ? 1 : 0
    s[S.NEQ] = 1 - s[S.EQ]!
    const beyond = Math.max(ref - x, x - hi)
    s[S.IN_RANGE] = (s[S.IN_RANGE]! !== 0 ? beyond <= hys : beyond <= 0) ? 1 : 0
  }
  s[S.GT_ST] = status
  s[S.LT_ST] = status
  s[S.EQ_ST] = status
  s[S.NEQ_ST] = status
  s[S.IN_RANGE_ST] = status
}

/** Comparator. */
export const COMPARATOR: BlockType = {
  type: 'COMPARATOR',
  doc: 'Comparator: above, below, equal, in range, with hysteresis and status.',
  fields: FIELDS,
  kernel,
  writable: ['REF_VAL', 'REF_HI_VAL'],
  write: (s, _k, field, value) => {
    if (field === 'REF_VAL') s[S.REF_VAL] = value
    else if (field === 'REF_HI_VAL') s[S.REF_HI_VAL] = value
    else return REFUSAL.unknownTarget
    return REFUSAL.none
  },
  tag_fields: { PV: 'IN', SP: 'REF_VAL' },
  tag_writable: { SP: 'REF_VAL' },
}
