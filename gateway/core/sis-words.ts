/** The safety system's small integers in an operator's words. A bit without a word keeps its number: nothing is silent. */
import {
  SIS_CAUSE_ALARM,
  SIS_CHANNEL_ALARM,
  SIS_COMMAND,
  SIS_EFFECT_ALARM,
  SIS_ELEMENT_ALARM,
  SIS_FAULT,
  SIS_OTHER_REASON,
  SIS_REFUSED,
  SIS_SYSTEM_ALARM,
} from '../../contracts/sis-codes.ts'

/** Words by bit or by number. */
export type SisWords = readonly (readonly [code: number, word: string])[]

export const LATCH_WORDS: readonly string[] = [
  'normal',
  'trip delayed',
  'TRIPPED',
  'tripped, waits for the reset permit',
  'tripped, ready to reset',
  'reset, waits for start',
]

export const FAULT_WORDS: SisWords = [
  [SIS_FAULT.powerUp, 'started: waits for a reset'],
  [SIS_FAULT.configurationHash, 'what runs differs from what was loaded'],
  [SIS_FAULT.watchdog, 'watchdog'],
  [SIS_FAULT.overrun, 'scans missed'],
  [SIS_FAULT.disagreement, 'the two evaluators differ'],
  [SIS_FAULT.exception, 'exception in the scan'],
  [SIS_FAULT.storage, 'storage'],
  [SIS_FAULT.communication, 'no sound link to the I/O device'],
  [SIS_FAULT.keyPosition, 'key in another position than the configuration'],
  [SIS_FAULT.clock, 'clock'],
]

export const OTHER_REASON_WORDS: SisWords = [
  [SIS_OTHER_REASON.fault, 'fault of the safety system'],
  [SIS_OTHER_REASON.forceTrip, 'forced to trip'],
  [SIS_OTHER_REASON.secondary, 'a final element that failed to trip'],
  [SIS_OTHER_REASON.sequence, 'sequence'],
]

export const CHANNEL_ALARM_WORDS: SisWords = [
  [SIS_CHANNEL_ALARM.line, 'line fault'],
  [SIS_CHANNEL_ALARM.range, 'out of range'],
  [SIS_CHANNEL_ALARM.stale, 'stale'],
  [SIS_CHANNEL_ALARM.saturatedLow, 'saturated low'],
  [SIS_CHANNEL_ALARM.saturatedHigh, 'saturated high'],
  [SIS_CHANNEL_ALARM.rate, 'impossible rate'],
  [SIS_CHANNEL_ALARM.stuck, 'stuck'],
  [SIS_CHANNEL_ALARM.deviation, 'deviation from its peers'],
  [SIS_CHANNEL_ALARM.suspect, 'suspect'],
]

export const CAUSE_ALARM_WORDS: SisWords = [
  [SIS_CAUSE_ALARM.preAlarm, 'pre-alarm'],
  [SIS_CAUSE_ALARM.inhibited, 'INHIBITED: cannot trip'],
  [SIS_CAUSE_ALARM.degraded, 'vote degraded'],
  [SIS_CAUSE_ALARM.startupOverride, 'start-up override'],
  [SIS_CAUSE_ALARM.inhibitTag, 'out of service by its contact'],
  [SIS_CAUSE_ALARM.wouldTrip, 'would trip without its override'],
  [SIS_CAUSE_ALARM.mos, 'maintenance bypass'],
  [SIS_CAUSE_ALARM.mosReminder, 'bypass ends soon'],
  [SIS_CAUSE_ALARM.mosExpired, 'bypass has outlived its time'],
  [SIS_CAUSE_ALARM.bypassedInputTripped, 'a bypassed input votes to trip'],
  [SIS_CAUSE_ALARM.tripped, 'tripped'],
]

export const EFFECT_ALARM_WORDS: SisWords = [
  [SIS_EFFECT_ALARM.tripped, 'tripped'],
  [SIS_EFFECT_ALARM.override, 'overridden'],
  [SIS_EFFECT_ALARM.forcedTrip, 'forced to trip'],
  [SIS_EFFECT_ALARM.forcedNormal, 'forced to normal'],
]

export const ELEMENT_ALARM_WORDS: SisWords = [
  [SIS_ELEMENT_ALARM.failedToTrip, 'FAILED TO TRIP'],
  [SIS_ELEMENT_ALARM.spurious, 'left its position while energised'],
  [SIS_ELEMENT_ALARM.feedback, 'limit switches disagree'],
  [SIS_ELEMENT_ALARM.strokeFailed, 'partial stroke failed'],
]

export const SYSTEM_ALARM_WORDS: SisWords = [
  [SIS_SYSTEM_ALARM.keyNotRun, 'key not in RUN'],
  [SIS_SYSTEM_ALARM.overrun, 'scans missed'],
  [SIS_SYSTEM_ALARM.dcsLink, 'requests of the control system are not heard'],
  [SIS_SYSTEM_ALARM.startBlocked, 'start blocked: a proof test is overdue'],
  [SIS_SYSTEM_ALARM.fault, 'fault'],
]

export const COMMAND_WORDS: SisWords = [
  [SIS_COMMAND.reset, 'reset'],
  [SIS_COMMAND.start, 'start'],
  [SIS_COMMAND.mosOn, 'maintenance bypass'],
  [SIS_COMMAND.mosOff, 'end of a maintenance bypass'],
  [SIS_COMMAND.startupOverride, 'start-up override'],
  [SIS_COMMAND.effectOverride, 'override of an effect'],
  [SIS_COMMAND.forceTrip, 'force to trip'],
  [SIS_COMMAND.forceTripOff, 'end of a force to trip'],
  [SIS_COMMAND.forceNormal, 'force to normal'],
  [SIS_COMMAND.forceNormalOff, 'end of a force to normal'],
  [SIS_COMMAND.partialStroke, 'partial stroke'],
  [SIS_COMMAND.acknowledge, 'acknowledge'],
  [SIS_COMMAND.sequenceStart, 'start of a sequence'],
  [SIS_COMMAND.sequenceStop, 'stop of a sequence'],
]

export const REFUSED_WORDS: SisWords = [
  [SIS_REFUSED.unknown, 'there is no such object'],
  [SIS_REFUSED.notAllowed, 'the configuration does not allow it'],
  [SIS_REFUSED.noPermit, 'the permit key is open'],
  [SIS_REFUSED.noReason, 'a reason or a work order is missing'],
  [SIS_REFUSED.groupLimit, 'no further bypass in this group'],
  [SIS_REFUSED.unitLimit, 'no further bypass in this unit'],
  [SIS_REFUSED.lastVote, 'too few votes would be left'],
  [SIS_REFUSED.running, 'it runs already'],
  [SIS_REFUSED.causeActive, 'a cause is active'],
  [SIS_REFUSED.notHealthy, 'a cause is not healthy'],
  [SIS_REFUSED.state, 'not in this state'],
  [SIS_REFUSED.key, 'position of the key'],
  [SIS_REFUSED.startBlocked, 'start is blocked'],
]

export const wordOf = (words: SisWords, code: number): string =>
  words.find(([known]) => known === code)?.[1] ?? String(code)

/** A word for each bit that is set. */
export function bitWords(words: SisWords, bits: number): string[] {
  let rest = bits
  const said: string[] = []
  for (const [bit, word] of words) {
    if ((rest & bit) === 0) continue
    rest &= ~bit
    said.push(word)
  }
  if (rest !== 0) said.push(`bits ${rest}`)
  return said
}
