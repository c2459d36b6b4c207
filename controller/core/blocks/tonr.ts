/**
 * Retentive timer: adds up the time that IN is on; OUT goes on at PT and stays, until R.              (function-blocks 2.17)
 *
 *   ET grows by the time between two scans in which IN is on in both.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { elapsedS, held, periodMs, worse } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'Time runs while it is on; while Bad, what it last said.' },
  { name: 'R', role: 'wire-in', unit: '1', doc: 'Sets the time back to 0.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 when PT has been reached.' },
  { name: 'ET', role: 'wire-out', unit: 's', doc: 'Time added up, at most PT.' },
  { name: 'PT', role: 'tunable', unit: 's', doc: 'Time to reach.', min: 0 },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable IN; -1: none yet.', default: -1 },
  { name: 'LAST_R', role: 'state', unit: '1', doc: 'Last usable R.' },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'Periods added up.' },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const was = s[S.LAST]!
  const on = held(s[S.IN]!, s[S.IN_ST]!, was)
  const pt = s[S.PT]!
  s[S.LAST] = on
  s[S.LAST_R] = held(s[S.R]!, s[S.R_ST]!, s[S.LAST_R]!)
  if (s[S.LAST_R]! === 1) {
    s[S.SCANS] = 0
    s[S.OUT] = 0
    s[S.ET] = 0
  } else {
    if (on === 1 && was === 1 && s[S.OUT]! === 0) s[S.SCANS]! += 1
    const et = elapsedS(s[S.SCANS]!, k[K.DT_MS]!)
    if (et >= pt && (on === 1 || s[S.SCANS]! > 0)) s[S.OUT] = 1
    s[S.ET] = Math.min(et, pt)
  }
  s[S.OUT_ST] = worse(worse(STATUS.good, s[S.IN_ST]!), s[S.R_ST]!)
  s[S.ET_ST] = s[S.OUT_ST]!
}

/** Retentive timer. */
export const TONR: BlockType = {
  type: 'TONR',
  doc: 'Retentive timer: adds up the time that IN is on; OUT goes on at PT and stays, until R.',
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
