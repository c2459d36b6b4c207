/**
 * Alarm detection on one measurement: HIHI, HI, LO, LOLO and bad PV.                         (function-blocks 2.18)
 *
 *   HI goes on when IN > HI has held for ON_DELAY, off when IN < HI - HYS has held for OFF_DELAY; LO mirrored.
 *   HYS = HYS_PCT % of the span of SCALE.
 *
 * While IN is bad the limit alarms keep their state and their delays stand still: a broken wire neither clears nor raises
 * one, it raises bad PV. A limit beyond 1e300 is not set. The mask ACTIVE changes by events; the states of ISA-18.2 are
 * the gateway's.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'

/** Bits of ACTIVE, in the order of the limits in S. */
export const ALARM_BIT = { hihi: 1, hi: 2, lo: 4, lolo: 8, bad_pv: 16 } as const

const UNSET = 1e300

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The measurement.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while any limit alarm is active.' },
  { name: 'HIHI', role: 'tunable', unit: 'in', doc: 'High-high limit.', default: 2 * UNSET },
  { name: 'HI', role: 'tunable', unit: 'in', doc: 'High limit.', default: 2 * UNSET },
  { name: 'LO', role: 'tunable', unit: 'in', doc: 'Low limit.', default: -2 * UNSET },
  { name: 'LOLO', role: 'tunable', unit: 'in', doc: 'Low-low limit.', default: -2 * UNSET },
  {
    name: 'ACTIVE',
    role: 'state',
    unit: '1',
    doc: 'Mask of active alarms: 1 HIHI, 2 HI, 4 LO, 8 LOLO, 16 bad PV.',
    event: EVENT.alarms,
  },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'How long each limit has asked for a change.', count: 4 },
  { name: 'SCALE', role: 'constant', unit: 'in', doc: 'Range of IN.', count: 2, defaults: [0, 100] },
  { name: 'HYS_PCT', role: 'constant', unit: '%', doc: 'Hysteresis, % of the span.', default: 0.5, min: 0, max: 50 },
  {
    name: 'ON_DELAY',
    role: 'constant',
    unit: 's',
    doc: 'Beyond the limit for so long before the alarm.',
    default: 0,
    min: 0,
  },
  { name: 'OFF_DELAY', role: 'constant', unit: 's', doc: 'Back for so long before it clears.', default: 0, min: 0 },
  { name: 'HYS', role: 'derived', unit: 'in', doc: 'Hysteresis.' },
  { name: 'ON_SCANS', role: 'derived', unit: 'scans', doc: 'ON_DELAY.' },
  { name: 'OFF_SCANS', role: 'derived', unit: 'scans', doc: 'OFF_DELAY.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let active = s[S.ACTIVE]!
  if (isBad(s[S.IN_ST]!)) {
    s[S.ACTIVE] = active | ALARM_BIT.bad_pv
    s[S.OUT_ST] = STATUS.uncertainLastUsable
    return
  }
  active &= ~ALARM_BIT.bad_pv
  const x = s[S.IN]!
  for (let i = 0; i < 4; i++) {
    const bit = 1 << i
    const limit = s[S.HIHI + i]!
    // Measured so that beyond is positive on both sides.
    const beyond = i < 2 ? x - limit : limit - x
    const on = (active & bit) !== 0
    const asks = limit > -UNSET && limit < UNSET ? (on ? beyond < -k[K.HYS]! : beyond > 0) : on
    if (!asks) {
      s[S.SCANS + i] = 0
      continue
    }
    const scans = s[S.SCANS + i]! + 1
    if (scans > (on ? k[K.OFF_SCANS]! : k[K.ON_SCANS]!)) {
      active ^= bit
      s[S.SCANS + i] = 0
    } else s[S.SCANS + i] = scans
  }
  s[S.ACTIVE] = active
  s[S.OUT] = active === 0 ? 0 : 1
  s[S.OUT_ST] = STATUS.good
}

/** Alarm detection. */
export const ALARM: BlockType = {
  type: 'ALARM',
  doc: 'Alarm detection: HIHI, HI, LO, LOLO with hysteresis and delays, frozen while the measurement is bad; bad PV.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.HYS] = (k[K.HYS_PCT]! * (k[K.SCALE + 1]! - k[K.SCALE]!)) / 100
    k[K.ON_SCANS] = Math.floor(k[K.ON_DELAY]! / dt_s)
    k[K.OFF_SCANS] = Math.floor(k[K.OFF_DELAY]! / dt_s)
  },
  writable: ['HIHI', 'HI', 'LO', 'LOLO'],
  write: (s, _k, field, value) => {
    const i = ['HIHI', 'HI', 'LO', 'LOLO'].indexOf(field)
    if (i < 0) return REFUSAL.unknownTarget
    s[S.HIHI + i] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'IN' },
}
