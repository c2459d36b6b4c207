/**
 * Logical and of up to eight inputs.                                       (function-blocks 2.17)
 *
 * OUT is 0 where an input is; a usable 0 decides alone, so its status is the result's, even where others are Bad. Without
 * one the status is the worst of all.
 * Inputs that are not wired do not count. A Bad result keeps the last value [R5].
 */
import { codeOf, isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { alone, worse } from './discrete.ts'

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
  let decided = -1
  let used = 0
  for (let i = 0; i < 8; i++) {
    const status = s[S.IN1_ST + 2 * i]!
    if (codeOf(status) === STATUS.badNotConnected) continue
    used++
    all = worse(all, status)
    const on = (s[S.IN1 + 2 * i]! !== 0) !== (((invert >> i) & 1) === 1)
    if (isBad(status) || on) continue
    // Of several that decide, the best says how sure it is.
    const mine = alone(status)
    if (decided < 0 || (mine & 0xc0) > (decided & 0xc0)) decided = mine
  }
  if (decided >= 0) {
    s[S.OUT] = 0
    s[S.OUT_ST] = decided
  } else {
    if (!isBad(all)) s[S.OUT] = 1
    s[S.OUT_ST] = used === 0 ? STATUS.badConfigError : all
  }
}

/** Logical and of up to eight inputs. */
export const AND: BlockType = {
  type: 'AND',
  doc: 'Logical and of up to eight inputs. A usable 0 decides alone, whatever the others are.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
