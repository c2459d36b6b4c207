/** Logical not, with the status of its input; while that is Bad, OUT keeps its last value [R5].  (function-blocks 2.17) */
import { isBad } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { alone } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'What is turned round.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 where IN is 0.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const status = s[S.IN_ST]!
  if (!isBad(status)) s[S.OUT] = s[S.IN]! === 0 ? 1 : 0
  s[S.OUT_ST] = alone(status)
}

/** Logical not. */
export const NOT: BlockType = {
  type: 'NOT',
  doc: 'Logical not: OUT is 1 where IN is 0.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
