/**
 * What of the safety system is an alarm for the operators, the worst first. One line for all effects with one first-out and in one
 * state: a trip is one event, not seven.
 */
import type { SisAlarmLine, SisOutline, SisStatus } from '../../contracts/hmi-sis.ts'
import {
  isTripped,
  SIS_CAUSE_ALARM,
  SIS_CHANNEL_ALARM,
  SIS_EFFECT_ALARM,
  SIS_ELEMENT_ALARM,
  SIS_LATCH,
  SIS_SYSTEM_ALARM,
} from '../../contracts/sis-codes.ts'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import { firstOutText } from './sis-events.ts'
import { bitWords, CHANNEL_ALARM_WORDS, FAULT_WORDS, LATCH_WORDS } from './sis-words.ts'

export interface SisAlarmView {
  readonly state: SisStatus['state']
  readonly age_ms: number
  readonly config: SisStatus['config']
  readonly config_note: string
  readonly write: SisStatus['write']
  /** null: nothing has a name. */
  readonly outline: SisOutline | null
  readonly snapshot: SisSnapshot | null
}

export function sisAlarms(v: SisAlarmView): SisAlarmLine[] {
  const lines: SisAlarmLine[] = []
  const say = (rank: SisAlarmLine['rank'], text: string): void => void lines.push({ rank, text })
  const { snapshot: s } = v
  if (v.state === 'waiting') say(2, 'SIS snapshot lost: nothing has been heard of the safety system yet')
  if (v.state === 'lost') say(2, `SIS snapshot lost for ${Math.floor(v.age_ms / 1000)} s: it is not known what stands`)
  if (v.config === 'other' || v.config === 'unreadable') say(2, `SIS: ${v.config_note}`)
  if (v.write.state === 'down') say(4, `SIS: no line for requests: ${v.write.why}`)
  // What was heard last is not what is: an old trip is not called a present one.
  if (s === null || v.state !== 'live') return lines
  ofSystem(s, say)
  ofEffects(s, v.outline, say)
  if (v.outline !== null) {
    ofElements(s, v.outline, say)
    ofCauses(s, v.outline, say)
    ofChannels(s, v.outline, say)
  }
  return lines.sort((a, b) => a.rank - b.rank)
}

type Say = (rank: SisAlarmLine['rank'], text: string) => void

function ofSystem(s: SisSnapshot, say: Say): void {
  if (s.faults === -1) say(1, 'SIS: the solver does not run, its outputs are let go')
  else if (s.faults !== 0) say(1, `SIS fault: ${bitWords(FAULT_WORDS, s.faults).join(', ')}`)
  if (s.difference >= 0) say(1, `SIS SECURITY: the two evaluators differ, first at word ${s.difference}`)
  if (s.faults !== -1 && s.running_hash !== s.running_hash_expected)
    say(1, 'SIS SECURITY: what runs is not what was loaded')
  if (s.channel.state === 'failsafe') say(1, 'SIS: the protected link to the I/O device is in its fail-safe state')
  if (s.key === 'PROGRAM') say(3, 'SIS: the key stands at PROGRAM')
  if (s.key === 'SIMULATION') say(4, 'SIS: SIMULATION, it follows the time of a simulated plant and protects none')
  if ((s.system_alarms & SIS_SYSTEM_ALARM.startBlocked) !== 0) say(3, 'SIS: start blocked, a proof test is overdue')
  if ((s.system_alarms & SIS_SYSTEM_ALARM.overrun) !== 0) say(3, 'SIS: scans were missed')
  if ((s.system_alarms & SIS_SYSTEM_ALARM.dcsLink) !== 0) say(4, 'SIS: it does not hear this control system')
}

function ofEffects(s: SisSnapshot, outline: SisOutline | null, say: Say): void {
  const groups = new Map<string, string[]>()
  s.effects.forEach((e, i) => {
    const id = outline?.effects[i]?.id ?? `effect ${i + 1}`
    if ((e.alarms & SIS_EFFECT_ALARM.override) !== 0) say(2, `SIS: ${id} is overridden`)
    if ((e.alarms & SIS_EFFECT_ALARM.forcedNormal) !== 0) say(1, `SIS: ${id} is forced to normal`)
    if (!isTripped(e.state)) return
    const state = e.state === SIS_LATCH.tripped ? 'TRIP' : (LATCH_WORDS[e.state] ?? `state ${e.state}`)
    const head = `SIS ${state}, first out ${firstOutText(outline, e.first_out, e.other_reason)}`
    const group = groups.get(head)
    if (group === undefined) groups.set(head, [id])
    else group.push(id)
  })
  for (const [head, ids] of groups) say(1, `${head}: ${ids.join(', ')}`)
}

function ofElements(s: SisSnapshot, outline: SisOutline, say: Say): void {
  s.elements.forEach((e, i) => {
    const { tag, service } = outline.elements[i]!
    if ((e.alarms & SIS_ELEMENT_ALARM.failedToTrip) !== 0) say(1, `SIS: ${tag} FAILED TO TRIP (${service})`)
    if ((e.alarms & SIS_ELEMENT_ALARM.spurious) !== 0) say(2, `SIS: ${tag} left its position while energised`)
    if ((e.alarms & SIS_ELEMENT_ALARM.feedback) !== 0) say(3, `SIS: limit switches of ${tag} disagree`)
    if ((e.alarms & SIS_ELEMENT_ALARM.strokeFailed) !== 0) say(3, `SIS: partial stroke of ${tag} failed`)
  })
}

function ofCauses(s: SisSnapshot, outline: SisOutline, say: Say): void {
  s.causes.forEach((c, i) => {
    const { id, title } = outline.causes[i]!
    const has = (bit: number): boolean => (c.alarms & bit) !== 0
    if (has(SIS_CAUSE_ALARM.inhibited)) say(1, `SIS: ${id} ${title} is INHIBITED, it cannot trip`)
    if (has(SIS_CAUSE_ALARM.wouldTrip)) say(1, `SIS: ${id} ${title} would trip without its override`)
    else if (has(SIS_CAUSE_ALARM.bypassedInputTripped)) say(2, `SIS: ${id}: a bypassed input votes to trip`)
    if (has(SIS_CAUSE_ALARM.preAlarm) && !c.active) say(2, `SIS: ${id} ${title}: pre-alarm`)
    if (has(SIS_CAUSE_ALARM.mosExpired)) say(2, `SIS: a bypass of ${id} has outlived its time`)
    else if (has(SIS_CAUSE_ALARM.mosReminder)) say(3, `SIS: a bypass of ${id} ends soon`)
    else if (has(SIS_CAUSE_ALARM.mos)) say(3, `SIS: an input of ${id} is bypassed`)
    if (has(SIS_CAUSE_ALARM.startupOverride)) say(3, `SIS: ${id} has a start-up override`)
    if (has(SIS_CAUSE_ALARM.inhibitTag)) say(2, `SIS: ${id} is out of service by its contact`)
  })
}

const BAD = SIS_CHANNEL_ALARM.line | SIS_CHANNEL_ALARM.range | SIS_CHANNEL_ALARM.stale

function ofChannels(s: SisSnapshot, outline: SisOutline, say: Say): void {
  const stale = s.transmitters.filter((c) => (c.alarms & SIS_CHANNEL_ALARM.stale) !== 0)
  // All at once is the link, and one line.
  if (stale.length === s.transmitters.length && stale.length > 1) {
    say(1, 'SIS: no inputs come from the I/O device')
    return
  }
  const names = [...outline.transmitters, ...outline.contacts]
  for (const [i, { alarms }] of [...s.transmitters, ...s.contacts].entries()) {
    if (alarms === 0) continue
    say((alarms & BAD) !== 0 ? 2 : 3, `SIS: ${names[i]!.tag} ${bitWords(CHANNEL_ALARM_WORDS, alarms).join(', ')}`)
  }
}
