/**
 * Rising edge: OUT is on for the one scan in which IN rises.                      (IEC 61131-3 R_TRIG; function-blocks 2.17)
 *
 * After a cold load the first usable IN is no edge: a start must not look like something that happened in the plant.
 */
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { held, worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'While Bad, what it last said; IEC calls it CLK.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 for one scan; IEC calls it Q.' },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable IN; -1: none yet.', default: -1 },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const was = s[S.LAST]!
  const on = held(s[S.IN]!, s[S.IN_ST]!, was)
  s[S.LAST] = on
  s[S.OUT] = was === 0 && on === 1 ? 1 : 0
  s[S.OUT_ST] = worse(STATUS.good, s[S.IN_ST]!)
}

/** Rising edge. */
export const R_TRIG: BlockType = {
  type: 'R_TRIG',
  doc: 'Rising edge: OUT is on for the one scan in which IN rises.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
