/**
 * Flip-flop, set dominant: OUT = S1 or (not R and OUT).                                (IEC 61131-3 SR; function-blocks 2.17)
 *
 * A Good S1 that is on makes a Good result, whatever R is; otherwise the status is the worse of both.
 */
import { isGood, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { alone, held, worse } from './discrete.ts'

const FIELDS = [
  { name: 'S1', role: 'wire-in', unit: '1', doc: 'Sets; goes before R. While Bad, what it last said.' },
  { name: 'R', role: 'wire-in', unit: '1', doc: 'Resets. While Bad, what it last said.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'IEC calls it Q1.' },
  { name: 'LAST_S1', role: 'state', unit: '1', doc: 'Last usable S1.' },
  { name: 'LAST_R', role: 'state', unit: '1', doc: 'Last usable R.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const set = held(s[S.S1]!, s[S.S1_ST]!, s[S.LAST_S1]!)
  const reset = held(s[S.R]!, s[S.R_ST]!, s[S.LAST_R]!)
  s[S.LAST_S1] = set
  s[S.LAST_R] = reset
  if (set === 1) s[S.OUT] = 1
  else if (reset === 1) s[S.OUT] = 0
  s[S.OUT_ST] =
    set === 1 && isGood(s[S.S1_ST]!) ? alone(s[S.S1_ST]!) : worse(worse(STATUS.good, s[S.S1_ST]!), s[S.R_ST]!)
}

/** Flip-flop, set dominant. */
export const SR: BlockType = {
  type: 'SR',
  doc: 'Flip-flop, set dominant: S1 puts OUT on, R off; S1 goes before R.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
