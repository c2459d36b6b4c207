/**
 * Off-delay timer: OUT goes on with IN, off when IN has been off for PT.              (IEC 61131-3 TOF; function-blocks 2.17)
 *
 *   IN   __|~~~|______|~|_|~~|____      ET runs from the scan in which IN falls, and stands at PT
 *   OUT  __|~~~~~~~|__|~~~~~~~~~~~~|
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { elapsedS, held, periodMs, worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'Its fall starts the delay; while Bad, what it last said.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 with IN and for PT after it; IEC calls it Q.' },
  { name: 'ET', role: 'wire-out', unit: 's', doc: 'Elapsed time, at most PT.' },
  { name: 'PT', role: 'tunable', unit: 's', doc: 'Delay.', min: 0 },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable IN; -1: none yet.', default: -1 },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'Since IN fell.' },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const was = s[S.LAST]!
  const on = held(s[S.IN]!, s[S.IN_ST]!, was)
  const pt = s[S.PT]!
  s[S.LAST] = on
  if (on === 1) {
    s[S.OUT] = 1
    s[S.SCANS] = 0
    s[S.ET] = 0
  } else if (on === 0 && (was === 1 || s[S.SCANS]! > 0 || s[S.OUT]! === 1)) {
    if (was === 1) s[S.SCANS] = 0
    else if (s[S.OUT]! === 1) s[S.SCANS]! += 1
    const et = elapsedS(s[S.SCANS]!, k[K.DT_MS]!)
    if (et >= pt) s[S.OUT] = 0
    s[S.ET] = Math.min(et, pt)
  }
  s[S.OUT_ST] = worse(STATUS.good, s[S.IN_ST]!)
  s[S.ET_ST] = s[S.OUT_ST]!
}

/** Off-delay timer. */
export const TOF: BlockType = {
  type: 'TOF',
  doc: 'Off-delay timer: OUT goes on with IN, off when IN has been off for PT. Time is counted in scans.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT_MS] = periodMs(dt_s)
  },
  writable: ['PT'],
  write: (s, _k, field, value) => {
    if (field !== 'PT') return REFUSAL.unknownTarget
    if (value < 0) return REFUSAL.outOfRange
    s[S.PT] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'ET' },
}
