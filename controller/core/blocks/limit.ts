/**
 * Clamp: OUT = IN within [LO, HI]; at a limit the status says so, and the limits of the input pass through. [R3]
 */
import { codeOf, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The signal.' },
  { name: 'OUT', role: 'wire-out', unit: 'in', doc: 'The clamped signal.' },
  { name: 'LO', role: 'constant', unit: 'in', doc: 'Least value.' },
  { name: 'HI', role: 'constant', unit: 'in', doc: 'Greatest value.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const status = s[S.IN_ST]!
  if (isBad(status)) {
    s[S.OUT_ST] = codeOf(status) === STATUS.badNotConnected ? STATUS.bad : status
    return
  }
  const x = s[S.IN]!
  if (x >= k[K.HI]!) {
    s[S.OUT] = k[K.HI]! + 0
    s[S.OUT_ST] = (status & ~LIMIT.constant) | LIMIT.high
  } else if (x <= k[K.LO]!) {
    s[S.OUT] = k[K.LO]! + 0
    s[S.OUT_ST] = (status & ~LIMIT.constant) | LIMIT.low
  } else {
    s[S.OUT] = x + 0
    s[S.OUT_ST] = status
  }
}

/** Clamp of a signal. */
export const CLAMP: BlockType = {
  type: 'LIMIT',
  doc: 'Clamp of a signal between two limits.',
  fields: FIELDS,
  kernel,
  check: (_s, k) => (k[K.LO]! > k[K.HI]! ? ['LO: must not be above HI'] : []),
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}
