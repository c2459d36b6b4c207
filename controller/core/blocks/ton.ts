/**
 * On-delay timer: OUT goes on when IN has been on for PT, off with IN.                (IEC 61131-3 TON; function-blocks 2.17)
 *
 *   IN   __|~~~~~~~|__|~~|____      ET runs from the scan in which IN rises, and stands at PT
 *   OUT  ______|~~~|__________
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { elapsedS, held, periodMs, worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'Starts the delay; while Bad, what it last said.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 when IN has been on for PT; IEC calls it Q.' },
  { name: 'ET', role: 'wire-out', unit: 's', doc: 'Elapsed time, at most PT.' },
  { name: 'PT', role: 'tunable', unit: 's', doc: 'Delay.', min: 0 },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable IN; -1: none yet.', default: -1 },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'Since IN rose.' },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const was = s[S.LAST]!
  const on = held(s[S.IN]!, s[S.IN_ST]!, was)
  const pt = s[S.PT]!
  s[S.LAST] = on
  if (on !== 1) {
    s[S.SCANS] = 0
    s[S.OUT] = 0
    s[S.ET] = 0
  } else {
    if (was !== 1) s[S.SCANS] = 0
    else if (s[S.OUT]! === 0) s[S.SCANS]! += 1
    const et = elapsedS(s[S.SCANS]!, k[K.DT_MS]!)
    // Once on it stays with IN, also where PT is made longer meanwhile.
    if (et >= pt) s[S.OUT] = 1
    s[S.ET] = Math.min(et, pt)
  }
  s[S.OUT_ST] = worse(STATUS.good, s[S.IN_ST]!)
  s[S.ET_ST] = s[S.OUT_ST]!
}

/** On-delay timer. */
export const TON: BlockType = {
  type: 'TON',
  doc: 'On-delay timer: OUT goes on when IN has been on for PT, off with IN. Time is counted in scans.',
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
