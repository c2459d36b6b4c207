/** Stage 12: alarms of causes, effects and the module, and their records. No bypass, inhibit or degradation is silent. */
import { CAUSE_ALARM, EVENT, KEY, STATUS, SYSTEM_ALARM, VOTE } from './codes.ts'
import { effectAlarm } from './final-elements.ts'
import type { SisInputs } from './inputs.ts'
import { isClosed } from './overrides.ts'
import { note, noteBits, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'
import { voteOf } from './voter.ts'

export interface Alarms {
  readonly causes: Int32Array
  readonly effects: Int32Array
  readonly system: Int32Array
  /** Bypass, start-up override, force, trip of the last scan: what came and went is recorded. */
  readonly mosWas: Uint8Array
  readonly activeWas: Uint8Array
}

export const createAlarms = (t: Tables): Alarms => ({
  causes: new Int32Array(t.causes),
  effects: new Int32Array(t.effects),
  system: new Int32Array(1),
  mosWas: new Uint8Array(t.slots),
  activeWas: new Uint8Array(t.causes),
})

export function raiseAlarms(
  t: Tables,
  s: State,
  a: Alarms,
  inputs: SisInputs,
  now: number,
  step: number,
  faults: number,
  soe: Soe,
): void {
  for (let c = 0; c < t.causes; c++) {
    const active = (s.own[OWN.active]! >>> c) & 1
    if (active !== a.activeWas[c]) {
      a.activeWas[c] = active
      note(soe, now, EVENT.cause, c, active, 0)
    }
    noteBits(soe, now, EVENT.causeAlarm, a.causes, c, causeAlarm(t, s, a, inputs, now, step, c, soe))
  }
  for (let e = 0; e < t.effects; e++) noteBits(soe, now, EVENT.effectAlarm, a.effects, e, effectAlarm(s, e))
  const system =
    (inputs.key !== KEY.run ? SYSTEM_ALARM.keyNotRun : 0) |
    (step > 1 ? SYSTEM_ALARM.overrun : 0) |
    (inputs.dcs_link !== 1 ? SYSTEM_ALARM.dcsLink : 0) |
    (inputs.start_blocked !== 0 ? SYSTEM_ALARM.startBlocked : 0) |
    (faults !== 0 ? SYSTEM_ALARM.fault : 0)
  noteBits(soe, now, EVENT.systemAlarm, a.system, 0, system)
}

function causeAlarm(
  t: Tables,
  s: State,
  a: Alarms,
  inputs: SisInputs,
  now: number,
  step: number,
  c: number,
  soe: Soe,
): number {
  let alarm = 0
  let degraded = false
  let pre = 0
  let bad = 0
  let bypassed = 0
  for (let k = 0; k < t.n[c]!; k++) {
    const slot = c * SLOTS + k
    const signal = t.slotSignal[slot]!
    const since = s.mosSince[slot]!
    const isBad = s.status[signal] === STATUS.bad
    if (since >= 0) {
      bypassed++
      alarm |= CAUSE_ALARM.mos
      if (now - since >= t.mosTime - t.mosReminder) alarm |= CAUSE_ALARM.mosReminder
      if (now - since >= t.mosTime) alarm |= CAUSE_ALARM.mosExpired
      if (isBad || s.vote[slot] === 1) alarm |= CAUSE_ALARM.bypassedInputTripped
      if (t.shift > 0 && since < now - step && shiftsOf(now - since, t.shift) > shiftsOf(now - step - since, t.shift))
        note(soe, now, EVENT.shift, 16 * c + k, now - since, 0)
    } else if (isBad) {
      bad++
      degraded = true
    } else if (t.preAlarm[c] === 1 && beyond(t.direction[c]!, inputs.counts[signal]!, t.slotPre[slot]!)) pre++
    const is = since >= 0 ? 1 : 0
    if (is !== a.mosWas[slot]) {
      a.mosWas[slot] = is
      note(soe, now, EVENT.mos, 16 * c + k, is, 0)
    }
  }
  if (degraded || bypassed > 0) alarm |= CAUSE_ALARM.degraded
  if (t.preAlarm[c] === 1 && voteOf(t.n[c]!, t.m[c]!, bypassed, bad, pre, t.onBad[c]!, t.onBypass[c]!) === VOTE.trip)
    alarm |= CAUSE_ALARM.preAlarm
  if (s.result[c] === VOTE.inhibited) alarm |= CAUSE_ALARM.inhibited
  if (s.startupSince[c]! >= 0) alarm |= CAUSE_ALARM.startupOverride
  if (isClosed(s, t.inhibit[c]!, false)) alarm |= CAUSE_ALARM.inhibitTag
  if (((s.own[OWN.masked]! >>> c) & 1) === 1 && s.result[c] === VOTE.trip) alarm |= CAUSE_ALARM.wouldTrip
  const active = ((s.own[OWN.active]! >>> c) & 1) === 1
  const acknowledged = t.config.causes[c]!.auto_acknowledge === true || ((s.own[OWN.acknowledged]! >>> c) & 1) === 1
  const stood = (a.causes[c]! & CAUSE_ALARM.tripped) !== 0
  if (active || (stood && !acknowledged)) alarm |= CAUSE_ALARM.tripped
  return alarm
}

const beyond = (direction: number, counts: number, limit: number): boolean =>
  direction === 1 ? counts >= limit : direction === -1 && counts <= limit

const shiftsOf = (scans: number, shift: number): number => Math.floor(scans / shift)
