/**
 * Deviation alarm: IN away from its set point by more than DEV_HI up or DEV_LO down.              (function-blocks 2.18)
 *
 *   on when IN - SP > DEV_HI has held for ON_DELAY, off when it is below DEV_HI - HYS for OFF_DELAY; DEV_LO mirrored
 *
 * A step of the set point by more than SP_STEP in one scan is no fault of the loop: for INHIBIT_TIME, or until the deviation
 * is back within both limits, no alarm goes on. While IN or SP is bad the alarms keep their state and delays stand still;
 * that of IN raises bad PV. A limit beyond 1e300 is not set.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { ALARM_BIT } from './alarm.ts'

/** Bits of ACTIVE beside those of alarm.ts. */
export const DEVIATION_BIT = { dev_hi: 32, dev_lo: 64 } as const

const UNSET = 1e300

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The measurement.' },
  { name: 'SP', role: 'wire-in', unit: 'in', doc: 'Where it should be.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while a deviation alarm is active.' },
  { name: 'DEV_HI', role: 'tunable', unit: 'in', doc: 'Largest deviation upwards.', default: 2 * UNSET, min: 0 },
  { name: 'DEV_LO', role: 'tunable', unit: 'in', doc: 'Largest deviation downwards.', default: 2 * UNSET, min: 0 },
  {
    name: 'ACTIVE',
    role: 'state',
    unit: '1',
    doc: 'Mask of active alarms: 16 bad PV, 32 high, 64 low.',
    event: EVENT.alarms,
  },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'How long each limit has asked for a change.', count: 2 },
  { name: 'INHIBIT', role: 'state', unit: 'scans', doc: 'How long no alarm goes on.' },
  { name: 'SP_WAS', role: 'state', unit: 'in', doc: 'SP of the last scan.' },
  { name: 'SEEN', role: 'state', unit: '1', doc: '1 once there was a set point.' },
  { name: 'SCALE', role: 'constant', unit: 'in', doc: 'Range of IN.', count: 2, defaults: [0, 100] },
  { name: 'HYS_PCT', role: 'constant', unit: '%', doc: 'Hysteresis, % of the span.', default: 0.5, min: 0, max: 50 },
  { name: 'ON_DELAY', role: 'constant', unit: 's', doc: 'Beyond for so long before it.', default: 0, min: 0 },
  { name: 'OFF_DELAY', role: 'constant', unit: 's', doc: 'Back for so long before it clears.', default: 0, min: 0 },
  { name: 'INHIBIT_TIME', role: 'constant', unit: 's', doc: 'No alarm after a step of SP.', default: 0, min: 0 },
  { name: 'SP_STEP', role: 'constant', unit: 'in', doc: 'Change of SP in a scan that is a step.', default: 0, min: 0 },
  { name: 'HYS', role: 'derived', unit: 'in', doc: 'Hysteresis.' },
  { name: 'ON_SCANS', role: 'derived', unit: 'scans', doc: 'ON_DELAY.' },
  { name: 'OFF_SCANS', role: 'derived', unit: 'scans', doc: 'OFF_DELAY.' },
  { name: 'INHIBIT_SCANS', role: 'derived', unit: 'scans', doc: 'INHIBIT_TIME.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let active = s[S.ACTIVE]! & ~ALARM_BIT.bad_pv
  const x = s[S.IN]!
  const sp = s[S.SP]!
  const in_bad = isBad(s[S.IN_ST]!) || !(x - x === 0)
  if (in_bad || isBad(s[S.SP_ST]!) || !(sp - sp === 0)) {
    s[S.ACTIVE] = in_bad ? active | ALARM_BIT.bad_pv : active
    s[S.OUT_ST] = STATUS.uncertainLastUsable
    return
  }
  if (s[S.SEEN]! !== 0 && Math.abs(sp - s[S.SP_WAS]!) > k[K.SP_STEP]!) s[S.INHIBIT] = k[K.INHIBIT_SCANS]!
  else s[S.INHIBIT] = Math.max(s[S.INHIBIT]! - 1, 0)
  s[S.SP_WAS] = sp
  s[S.SEEN] = 1
  if (x - sp <= s[S.DEV_HI]! && sp - x <= s[S.DEV_LO]!) s[S.INHIBIT] = 0
  for (let i = 0; i < 2; i++) {
    const bit = i === 0 ? DEVIATION_BIT.dev_hi : DEVIATION_BIT.dev_lo
    const limit = s[S.DEV_HI + i]!
    const beyond = (i === 0 ? x - sp : sp - x) - limit
    const on = (active & bit) !== 0
    const asks = limit < UNSET ? (on ? beyond < -k[K.HYS]! : beyond > 0 && s[S.INHIBIT]! === 0) : on
    const scans = asks ? s[S.SCANS + i]! + 1 : 0
    if (scans > (on ? k[K.OFF_SCANS]! : k[K.ON_SCANS]!)) {
      active ^= bit
      s[S.SCANS + i] = 0
    } else s[S.SCANS + i] = scans
  }
  s[S.ACTIVE] = active
  s[S.OUT] = active === 0 ? 0 : 1
  s[S.OUT_ST] = STATUS.good
}

/** Deviation alarm. */
export const ALARM_DEVIATION: BlockType = {
  type: 'ALARM_DEVIATION',
  doc: 'Deviation alarm of a loop, with hysteresis and delays, silent after a step of the set point.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.HYS] = (k[K.HYS_PCT]! * (k[K.SCALE + 1]! - k[K.SCALE]!)) / 100
    k[K.ON_SCANS] = Math.floor(k[K.ON_DELAY]! / dt_s)
    k[K.OFF_SCANS] = Math.floor(k[K.OFF_DELAY]! / dt_s)
    k[K.INHIBIT_SCANS] = Math.floor(k[K.INHIBIT_TIME]! / dt_s)
  },
  writable: ['DEV_HI', 'DEV_LO'],
  write: (s, _k, field, value) => {
    if (field !== 'DEV_HI' && field !== 'DEV_LO') return REFUSAL.unknownTarget
    if (value < 0) return REFUSAL.outOfRange
    s[field === 'DEV_HI' ? S.DEV_HI : S.DEV_LO] = value
    return REFUSAL.none
  },
  on_bad: { IN: 'holds', SP: 'holds' },
  tag_fields: { PV: 'IN', SP: 'SP' },
}
