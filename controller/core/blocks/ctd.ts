/**
 * Down counter: each rise of CD takes 1 from CV; OUT is on at 0 and below.            (IEC 61131-3 CTD; function-blocks 2.17)
 *
 * LD goes before CD and sets CV to PRESET. After a cold load the first usable CD is no rise.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { COUNT_MAX } from './ctu.ts'
import { held, worse } from './discrete.ts'

const FIELDS = [
  { name: 'CD', role: 'wire-in', unit: '1', doc: 'Its rise counts; while Bad, what it last said.' },
  { name: 'LD', role: 'wire-in', unit: '1', doc: 'Sets CV to PRESET, before CD.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while CV <= 0; IEC calls it Q.' },
  { name: 'CV', role: 'wire-out', unit: '1', doc: 'Count.' },
  { name: 'PRESET', role: 'tunable', unit: '1', doc: 'What LD loads; IEC calls it PV.', min: -999_999_999 },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable CD; -1: none yet.', default: -1 },
  { name: 'LAST_LD', role: 'state', unit: '1', doc: 'Last usable LD.' },
] as const satisfies BlockType['fields']

const { S } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const was = s[S.LAST]!
  s[S.LAST] = held(s[S.CD]!, s[S.CD_ST]!, was)
  s[S.LAST_LD] = held(s[S.LD]!, s[S.LD_ST]!, s[S.LAST_LD]!)
  if (s[S.LAST_LD]! === 1) s[S.CV] = s[S.PRESET]!
  else if (was === 0 && s[S.LAST]! === 1 && s[S.CV]! > -COUNT_MAX) s[S.CV]! -= 1
  s[S.OUT] = s[S.CV]! <= 0 ? 1 : 0
  s[S.OUT_ST] = worse(worse(STATUS.good, s[S.CD_ST]!), s[S.LD_ST]!)
  s[S.CV_ST] = s[S.OUT_ST]!
}

/** Down counter. */
export const CTD: BlockType = {
  type: 'CTD',
  doc: 'Down counter: each rise of CD takes 1 from CV, LD sets it to PRESET; OUT is on at 0 and below.',
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
