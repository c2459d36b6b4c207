/**
 * Rate of change alarm: IN rises faster than RATE_UP or falls faster than RATE_DN.                (function-blocks 2.18)
 *
 *   SLOPE += (1 - e^(-dt/FTIME)) ((IN - last IN)/dt - SLOPE): noise of one scan is no rate
 *   on when SLOPE > RATE_UP has held for ON_DELAY, off when it is below RATE_UP - HYS for OFF_DELAY; RATE_DN mirrored
 *
 * While IN is bad alarms, delays and SLOPE stand still, and bad PV is raised; the first good sample after it makes no slope,
 * because what lies between is not known. A limit beyond 1e300 is not set.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { smoothing } from '../math.ts'
import { ALARM_BIT } from './alarm.ts'
import { sourceStatus } from './wire-status.ts'

/** Bits of ACTIVE beside those of alarm.ts. */
export const RATE_BIT = { rate_up: 128, rate_dn: 256 } as const

const UNSET = 1e300

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The measurement.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while a rate alarm is active.' },
  { name: 'SLOPE', role: 'wire-out', unit: 'in/s', doc: 'The filtered rate of change.' },
  { name: 'RATE_UP', role: 'tunable', unit: 'in/s', doc: 'Fastest rise.', default: 2 * UNSET, min: 0 },
  { name: 'RATE_DN', role: 'tunable', unit: 'in/s', doc: 'Fastest fall.', default: 2 * UNSET, min: 0 },
  {
    name: 'ACTIVE',
    role: 'state',
    unit: '1',
    doc: 'Mask of active alarms: 16 bad PV, 128 rise, 256 fall.',
    event: EVENT.alarms,
  },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'How long each limit has asked for a change.', count: 2 },
  { name: 'LAST', role: 'state', unit: 'in', doc: 'IN of the last scan.' },
  { name: 'RUNNING', role: 'state', unit: '1', doc: '1 while LAST is good.' },
  {
    name: 'FTIME',
    role: 'constant',
    unit: 's',
    doc: 'Filter of the slope, time to 63 %; 0: none.',
    default: 0,
    min: 0,
  },
  { name: 'HYS', role: 'constant', unit: 'in/s', doc: 'Hysteresis.', default: 0, min: 0 },
  { name: 'ON_DELAY', role: 'constant', unit: 's', doc: 'Beyond for so long before it.', default: 0, min: 0 },
  { name: 'OFF_DELAY', role: 'constant', unit: 's', doc: 'Back for so long before it clears.', default: 0, min: 0 },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SMOOTHING', role: 'derived', unit: '1', doc: '1 - e^(-dt/FTIME).' },
  { name: 'ON_SCANS', role: 'derived', unit: 'scans', doc: 'ON_DELAY.' },
  { name: 'OFF_SCANS', role: 'derived', unit: 'scans', doc: 'OFF_DELAY.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let active = s[S.ACTIVE]! & ~ALARM_BIT.bad_pv
  const x = s[S.IN]!
  const in_st = sourceStatus(s[S.IN_ST]!)
  if (isBad(in_st) || !(x - x === 0)) {
    s[S.ACTIVE] = active | ALARM_BIT.bad_pv
    s[S.RUNNING] = 0
    s[S.OUT_ST] = STATUS.uncertainLastUsable
    s[S.SLOPE_ST] = isBad(in_st) ? in_st : STATUS.bad
    return
  }
  if (s[S.RUNNING]! !== 0) {
    const slope = s[S.SLOPE]! + k[K.SMOOTHING]! * ((x - s[S.LAST]!) / k[K.DT]! - s[S.SLOPE]!)
    if (slope - slope === 0) s[S.SLOPE] = slope + 0
    for (let i = 0; i < 2; i++) {
      const bit = i === 0 ? RATE_BIT.rate_up : RATE_BIT.rate_dn
      const limit = s[S.RATE_UP + i]!
      const beyond = (i === 0 ? s[S.SLOPE]! : -s[S.SLOPE]!) - limit
      const on = (active & bit) !== 0
      const asks = limit < UNSET ? (on ? beyond < -k[K.HYS]! : beyond > 0) : on
      const scans = asks ? s[S.SCANS + i]! + 1 : 0
      if (scans > (on ? k[K.OFF_SCANS]! : k[K.ON_SCANS]!)) {
        active ^= bit
        s[S.SCANS + i] = 0
      } else s[S.SCANS + i] = scans
    }
  }
  s[S.LAST] = x
  s[S.RUNNING] = 1
  s[S.ACTIVE] = active
  s[S.OUT] = active === 0 ? 0 : 1
  s[S.OUT_ST] = STATUS.good
  s[S.SLOPE_ST] = in_st & ~3
}

/** Rate of change alarm. */
export const ALARM_RATE: BlockType = {
  type: 'ALARM_RATE',
  doc: 'Rate of change alarm on the filtered slope of a measurement, with hysteresis and delays.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT] = dt_s
    k[K.SMOOTHING] = smoothing(dt_s, k[K.FTIME]!)
    k[K.ON_SCANS] = Math.floor(k[K.ON_DELAY]! / dt_s)
    k[K.OFF_SCANS] = Math.floor(k[K.OFF_DELAY]! / dt_s)
  },
  writable: ['RATE_UP', 'RATE_DN'],
  write: (s, _k, field, value) => {
    if (field !== 'RATE_UP' && field !== 'RATE_DN') return REFUSAL.unknownTarget
    if (value < 0) return REFUSAL.outOfRange
    s[field === 'RATE_UP' ? S.RATE_UP : S.RATE_DN] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'SLOPE' },
}
