/**
 * Flip-flop, reset dominant: OUT = not R1 and (S or OUT).                              (IEC 61131-3 RS; function-blocks 2.17)
 *
 * A Good R1 that is on makes a Good result, whatever S is; otherwise the status is the worse of both.
 */
import { isGood, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { alone, held, worse } from './discrete.ts'

const FIELDS = [
  { name: 'S', role: 'wire-in', unit: '1', doc: 'Sets. While Bad, what it last said.' },
  { name: 'R1', role: 'wire-in', unit: '1', doc: 'Resets; goes before S. While Bad, what it last said.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'IEC calls it Q1.' },
  { name: 'LAST_S', role: 'state', unit: '1', doc: 'Last usable S.' },
  { name: 'LAST_R1', role: 'state', unit: '1', doc: 'Last usable R1.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const set = held(s[S.S]!, s[S.S_ST]!, s[S.LAST_S]!)
  const reset = held(s[S.R1]!, s[S.R1_ST]!, s[S.LAST_R1]!)
  s[S.LAST_S] = set
  s[S.LAST_R1] = reset
  if (reset === 1) s[S.OUT] = 0
  else if (set === 1) s[S.OUT] = 1
  s[S.OUT_ST] =
    reset === 1 && isGood(s[S.R1_ST]!) ? alone(s[S.R1_ST]!) : worse(worse(STATUS.good, s[S.S_ST]!), s[S.R1_ST]!)
}

/** Flip-flop, reset dominant. */
export const RS: BlockType = {
  type: 'RS',
  doc: 'Flip-flop, reset dominant: S puts OUT on, R1 off; R1 goes before S.',
  fields: FIELDS,
  kernel,
  tag_fields: { PV: 'OUT' },
}
