/**
 * Up and down counter.                                                               (IEC 61131-3 CTUD; function-blocks 2.17)
 *
 * R goes before LD, LD before counting; rises of CU and CD in one scan cancel. After a cold load the first usable inputs
 * are no rises.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { COUNT_MAX } from './ctu.ts'
import { held, worse } from './discrete.ts'

const FIELDS = [
  { name: 'CU', role: 'wire-in', unit: '1', doc: 'Its rise adds 1; while Bad, what it last said.', optional: true },
  { name: 'CD', role: 'wire-in', unit: '1', doc: 'Its rise takes 1; while Bad, what it last said.', optional: true },
  { name: 'R', role: 'wire-in', unit: '1', doc: 'Sets CV to 0, before all others.', optional: true },
  { name: 'LD', role: 'wire-in', unit: '1', doc: 'Sets CV to PRESET, before counting.', optional: true },
  { name: 'QU', role: 'wire-out', unit: '1', doc: '1 while CV >= PRESET.' },
  { name: 'QD', role: 'wire-out', unit: '1', doc: '1 while CV <= 0.' },
  { name: 'CV', role: 'wire-out', unit: '1', doc: 'Count.' },
  { name: 'PRESET', role: 'tunable', unit: '1', doc: 'What LD loads; IEC calls it PV.', min: -999_999_999 },
  { name: 'LAST_CU', role: 'state', unit: '1', doc: 'Last usable CU; -1: none yet.', default: -1 },
  { name: 'LAST_CD', role: 'state', unit: '1', doc: 'Last usable CD; -1: none yet.', default: -1 },
  { name: 'LAST_R', role: 'state', unit: '1', doc: 'Last usable R.' },
  { name: 'LAST_LD', role: 'state', unit: '1', doc: 'Last usable LD.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const up = held(s[S.CU]!, s[S.CU_ST]!, s[S.LAST_CU]!)
  const down = held(s[S.CD]!, s[S.CD_ST]!, s[S.LAST_CD]!)
  const rises = (up === 1 && s[S.LAST_CU]! === 0 ? 1 : 0) - (down === 1 && s[S.LAST_CD]! === 0 ? 1 : 0)
  s[S.LAST_CU] = up
  s[S.LAST_CD] = down
  s[S.LAST_R] = held(s[S.R]!, s[S.R_ST]!, s[S.LAST_R]!)
  s[S.LAST_LD] = held(s[S.LD]!, s[S.LD_ST]!, s[S.LAST_LD]!)
  if (s[S.LAST_R]! === 1) s[S.CV] = 0
  else if (s[S.LAST_LD]! === 1) s[S.CV] = s[S.PRESET]!
  else s[S.CV] = Math.min(Math.max(s[S.CV]! + rises, -COUNT_MAX), COUNT_MAX)
  s[S.QU] = s[S.CV]! >= s[S.PRESET]! ? 1 : 0
  s[S.QD] = s[S.CV]! <= 0 ? 1 : 0
  const counted = worse(worse(STATUS.good, s[S.CU_ST]!), s[S.CD_ST]!)
  s[S.CV_ST] = worse(worse(counted, s[S.R_ST]!), s[S.LD_ST]!)
  s[S.QU_ST] = s[S.CV_ST]!
  s[S.QD_ST] = s[S.CV_ST]!
}

/** Up and down counter. */
export const CTUD: BlockType = {
  type: 'CTUD',
  doc: 'Up and down counter: CU adds, CD takes, R sets to 0, LD to PRESET; QU from PRESET on, QD at 0 and below.',
  fields: FIELDS,
  kernel,
  writable: ['PRESET'],
  write: (s, _k, field, value) => {
    if (field !== 'PRESET') return REFUSAL.unknownTarget
    if (Math.abs(value) > COUNT_MAX || value !== Math.floor(value)) return REFUSAL.outOfRange
    s[S.PRESET] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'CV' },
}
