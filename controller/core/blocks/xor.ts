/**
 * Exclusive or of up to eight inputs: OUT is 1 where an odd number of them is.                       (function-blocks 2.17)
 *
 * No input decides alone, so the status is the worst of all. Inputs that are not wired do not count. A Bad result keeps
 * the last value [R5].
 */
import { codeOf, isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN1', role: 'wire-in', unit: '1', doc: 'First input.', optional: true },
  { name: 'IN2', role: 'wire-in', unit: '1', doc: 'Second input.', optional: true },
  { name: 'IN3', role: 'wire-in', unit: '1', doc: 'Third input.', optional: true },
  { name: 'IN4', role: 'wire-in', unit: '1', doc: 'Fourth input.', optional: true },
  { name: 'IN5', role: 'wire-in', unit: '1', doc: 'Fifth input.', optional: true },
  { name: 'IN6', role: 'wire-in', unit: '1', doc: 'Sixth input.', optional: true },
  { name: 'IN7', role: 'wire-in', unit: '1', doc: 'Seventh input.', optional: true },
  { name: 'IN8', role: 'wire-in', unit: '1', doc: 'Eighth input.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'The result.' },
  {
    name: 'INVERT',
    role: 'constant',
    unit: '1',
    doc: 'Inputs that count the other way round.',
    default: 0,
    names: { in1: 0, in2: 1, in3: 2, in4: 3, in5: 4, in6: 5, in7: 6, in8: 7 },
    mask: true,
  },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const invert = k[K.INVERT]!
  let all: number = STATUS.good
  let odd = 0
  let used = 0
  for (let i = 0; i < 8; i++) {
    const status = s[S.IN1_ST + 2 * i]!
    if (codeOf(status) === STATUS.badNotConnected) continue
    used++
    all = worse(all, status)
    odd ^= (s[S.IN1 + 2 * i]! !== 0 ? 1 : 0) ^ ((invert >> i) & 1)
  }
  if (!isBad(all) && used > 0) s[S.OUT] = odd
  s[S.OUT_ST] = used === 0 ? STATUS.badConfigError : all
}

/** Exclusive or. */
export const XOR: BlockType = {
  type: 'XOR',
  doc: 'Exclusive or of up to eight inputs: OUT is 1 where an odd number of them is.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
