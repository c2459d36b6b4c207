/**
 * Discrete alarm: IN stands in its alarm state.                                                   (function-blocks 2.18)
 *
 *   on when IN has been in ALARM_STATE for ON_DELAY, off when it has been out of it for OFF_DELAY; any other number than 0
 *   is 1. While IN is bad the alarm keeps its state and the delays stand still, and bad PV is raised.
 */
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { ALARM_BIT } from './alarm.ts'

/** Bit of ACTIVE beside those of alarm.ts. */
export const DISCRETE_BIT = 512

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'The state.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: '1 while the alarm is active.' },
  {
    name: 'ACTIVE',
    role: 'state',
    unit: '1',
    doc: 'Mask of active alarms: 16 bad PV, 512 discrete.',
    event: EVENT.alarms,
  },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'How long a change has been asked for.' },
  {
    name: 'ALARM_STATE',
    role: 'constant',
    unit: '1',
    doc: 'The state that is an alarm.',
    default: 1,
    names: { off: 0, on: 1 },
  },
  { name: 'ON_DELAY', role: 'constant', unit: 's', doc: 'In it for so long before the alarm.', default: 0, min: 0 },
  {
    name: 'OFF_DELAY',
    role: 'constant',
    unit: 's',
    doc: 'Out of it for so long before it clears.',
    default: 0,
    min: 0,
  },
  { name: 'ON_SCANS', role: 'derived', unit: 'scans', doc: 'ON_DELAY.' },
  { name: 'OFF_SCANS', role: 'derived', unit: 'scans', doc: 'OFF_DELAY.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let active = s[S.ACTIVE]! & ~ALARM_BIT.bad_pv
  const x = s[S.IN]!
  if (isBad(s[S.IN_ST]!) || !(x - x === 0)) {
    s[S.ACTIVE] = active | ALARM_BIT.bad_pv
    s[S.OUT_ST] = STATUS.uncertainLastUsable
    return
  }
  const on = (active & DISCRETE_BIT) !== 0
  const alarm = (x !== 0 ? 1 : 0) === k[K.ALARM_STATE]!
  const scans = alarm === on ? 0 : s[S.SCANS]! + 1
  if (scans > (on ? k[K.OFF_SCANS]! : k[K.ON_SCANS]!)) {
    active ^= DISCRETE_BIT
    s[S.SCANS] = 0
  } else s[S.SCANS] = scans
  s[S.ACTIVE] = active
  s[S.OUT] = active === 0 ? 0 : 1
  s[S.OUT_ST] = STATUS.good
}

/** Discrete alarm. */
export const ALARM_DISCRETE: BlockType = {
  type: 'ALARM_DISCRETE',
  doc: 'Discrete alarm: a state that is an alarm, with delays.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.ON_SCANS] = Math.floor(k[K.ON_DELAY]! / dt_s)
    k[K.OFF_SCANS] = Math.floor(k[K.OFF_DELAY]! / dt_s)
  },
  on_bad: { IN: 'holds' },
  tag_fields: { PV: 'IN' },
}
