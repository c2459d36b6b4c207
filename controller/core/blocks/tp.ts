/**
 * Pulse timer: a rise of IN puts OUT on for PT, whatever IN does meanwhile.            (IEC 61131-3 TP; function-blocks 2.17)
 *
 *   IN   __|~~~~~~~~|__|~|_|~|_____      a rise while OUT is on is lost; ET stands at PT until IN is off
 *   OUT  __|~~~|_______|~~~|_______
 *
 * After a cold load the first usable IN is no rise.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { elapsedS, held, periodMs, worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'Its rise starts the pulse; while Bad, what it last said.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'The pulse; IEC calls it Q.' },
  { name: 'ET', role: 'wire-out', unit: 's', doc: 'Elapsed time, at most PT.' },
  { name: 'PT', role: 'tunable', unit: 's', doc: 'Length of the pulse; 0: none.', min: 0 },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable IN; -1: none yet.', default: -1 },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'Since the pulse began.' },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const was = s[S.LAST]!
  const on = held(s[S.IN]!, s[S.IN_ST]!, was)
  const pt = s[S.PT]!
  s[S.LAST] = on
  if (s[S.OUT]! === 1) {
    s[S.SCANS]! += 1
    const et = elapsedS(s[S.SCANS]!, k[K.DT_MS]!)
    if (et >= pt) s[S.OUT] = 0
    s[S.ET] = Math.min(et, pt)
  } else if (was === 0 && on === 1) {
    s[S.SCANS] = 0
    s[S.ET] = 0
    s[S.OUT] = pt > 0 ? 1 : 0
  }
  if (s[S.OUT]! === 0 && on !== 1) s[S.ET] = 0
  s[S.OUT_ST] = worse(STATUS.good, s[S.IN_ST]!)
  s[S.ET_ST] = s[S.OUT_ST]!
}

/** Pulse timer. */
export const TP: BlockType = {
  type: 'TP',
  doc: 'Pulse timer: a rise of IN puts OUT on for PT, whatever IN does meanwhile. Time is counted in scans.',
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
