/**
 * Up counter: each rise of CU adds 1 to CV; OUT is on from PRESET on.                 (IEC 61131-3 CTU; function-blocks 2.17)
 *
 * R goes before CU. After a cold load the first usable CU is no rise. CV ends at COUNT_MAX.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { held, worse } from './discrete.ts'

/** Where a counter stands still, up and, negative, down. */
export const COUNT_MAX = 999_999_999

const FIELDS = [
  { name: 'CU', role: 'wire-in', unit: '1', doc: 'Its rise counts; while Bad, what it last said.' },
  { name: 'R', role: 'wire-in', unit: '1', doc: 'Sets CV to 0, before CU.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while CV >= PRESET; IEC calls it Q.' },
  { name: 'CV', role: 'wire-out', unit: '1', doc: 'Count.' },
  {
    name: 'PRESET',
    role: 'tunable',
    unit: '1',
    doc: 'Count at which OUT goes on; IEC calls it PV.',
    min: -999_999_999,
  },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable CU; -1: none yet.', default: -1 },
  { name: 'LAST_R', role: 'state', unit: '1', doc: 'Last usable R.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const was = s[S.LAST]!
  s[S.LAST] = held(s[S.CU]!, s[S.CU_ST]!, was)
  s[S.LAST_R] = held(s[S.R]!, s[S.R_ST]!, s[S.LAST_R]!)
  if (s[S.LAST_R]! === 1) s[S.CV] = 0
  else if (was === 0 && s[S.LAST]! === 1 && s[S.CV]! < COUNT_MAX) s[S.CV]! += 1
  s[S.OUT] = s[S.CV]! >= s[S.PRESET]! ? 1 : 0
  s[S.OUT_ST] = worse(worse(STATUS.good, s[S.CU_ST]!), s[S.R_ST]!)
  s[S.CV_ST] = s[S.OUT_ST]!
}

/** Up counter. */
export const CTU: BlockType = {
  type: 'CTU',
  doc: 'Up counter: each rise of CU adds 1 to CV, R sets it to 0; OUT is on from PRESET on.',
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
