/** A scan's event in an operator's words. Codes and the meaning of `a` and `b`: contracts/events.ts. */
import type { BlockRecord, WritableRecord } from '../../contracts/artifact.ts'
import {
  ALARM_BIT,
  DEVICE_FAILURE,
  DISCRETE_EVENT,
  EVENT,
  HELD_BIT,
  HOST_LOST,
  SEQUENCE_STATE,
} from '../../contracts/events.ts'
import type { ScanEvent } from '../../contracts/frame.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'

export interface EventText {
  readonly tag: string
  readonly text: string
}

const mode = (value: number): string => (MODE_NAMES[value] ?? String(value)).toUpperCase()
const number = (value: number): string => String(Number(value.toPrecision(6)))

/** Words by bit. */
type Words = readonly (readonly [bit: number, word: string])[]

const ALARMS: Words = [
  [ALARM_BIT.hihi, 'HIHI'],
  [ALARM_BIT.hi, 'HI'],
  [ALARM_BIT.lo, 'LO'],
  [ALARM_BIT.lolo, 'LOLO'],
  [ALARM_BIT.bad_pv, 'Bad measurement'],
  [ALARM_BIT.dev_hi, 'Deviation high'],
  [ALARM_BIT.dev_lo, 'Deviation low'],
  [ALARM_BIT.rate_up, 'Rate of rise'],
  [ALARM_BIT.rate_dn, 'Rate of fall'],
  [ALARM_BIT.discrete, 'State alarm'],
]

const HELD: Words = [
  [HELD_BIT.shutdown, 'shutdown'],
  [HELD_BIT.interlock, 'interlock'],
  [HELD_BIT.confirmLost, 'confirm lost'],
  [HELD_BIT.timeout, 'time-out'],
  [HELD_BIT.resetRequired, 'reset required'],
]

/** Conditions have no names here: their numbers, 1 for the lowest bit. */
const CONDITIONS: Words = Array.from({ length: 16 }, (_, i) => [1 << i, `Condition ${i + 1}`] as const)
const HELD_BY: Words = HELD.map(([bit, word]) => [bit, `Held passive: ${word}`] as const)

/** What came and what went; a bit that has no word keeps its number, so that none is silent. */
function changes(words: Words, before: number, after: number, came: string, went: string): string {
  let rest = before ^ after
  const said = words.flatMap(([bit, word]) => {
    if ((rest & bit) === 0) return []
    rest &= ~bit
    return [`${word} ${(after & bit) !== 0 ? came : went}`]
  })
  if (rest !== 0 || said.length === 0) said.push(`${number(before)} -> ${number(after)}`)
  return said.join(', ')
}

const wordOf = (words: Words, value: number): string => words.find(([key]) => key === value)?.[1] ?? number(value)

const FAILURES: Words = [
  [DEVICE_FAILURE.none, 'Device failure is gone'],
  [DEVICE_FAILURE.travel, 'Device did not get there in time'],
  [DEVICE_FAILURE.crack, 'Device did not leave its state in time'],
  [DEVICE_FAILURE.confirmLost, 'Device lost its confirm'],
]
const HOST: Words = [
  [HOST_LOST.none, 'Host is back, or is no longer asked for'],
  [HOST_LOST.silent, 'Host is silent: shed'],
  [HOST_LOST.bad, 'Host says Bad: shed'],
]
const SEQUENCE: Words = Object.entries(SEQUENCE_STATE).map(([name, value]) => [value, name] as const)
/** STATE of a device: confirmed there, on the way there, failed. */
const DEVICE: Words = [
  [0, 'passive'],
  [1, 'active 1'],
  [2, 'active 2'],
  [3, 'going passive'],
  [4, 'going to active 1'],
  [5, 'going to active 2'],
  [6, 'failed'],
]

type Say = (event: ScanEvent, writable: readonly WritableRecord[], type: string) => string

const written: Say = (e, writable) => `${writable[e.a]?.field ?? 'Value'} set to ${number(e.b)}`

const TEXTS: Readonly<Record<number, Say>> = {
  [EVENT.modeTarget]: (e) => `Target mode ${mode(e.a)} -> ${mode(e.b)}`,
  [EVENT.modeActual]: (e) => `Actual mode ${mode(e.a)} -> ${mode(e.b)}`,
  [EVENT.alarms]: (e) => changes(ALARMS, e.a, e.b, 'active', 'gone'),
  [EVENT.badPv]: (e) => (e.b === 1 ? 'Measurement is bad' : 'Measurement is usable again'),
  [EVENT.faultState]: (e) => `Fault state ${number(e.a)} -> ${number(e.b)}`,
  [EVENT.readbackFailed]: (e) => (e.b === 0 ? 'Output follows again' : 'Output does not follow what is written'),
  [EVENT.selection]: (e) => `Selected input ${number(e.a)} -> ${number(e.b)}`,
  [EVENT.hostLost]: (e) => wordOf(HOST, e.b),
  [EVENT.spWritten]: written,
  [EVENT.outWritten]: written,
  [EVENT.parameterWritten]: written,
  // A CONDITION counts its conditions, a device names what holds it.
  [DISCRETE_EVENT.conditions]: (e, _, type) =>
    type === 'CONDITION'
      ? changes(CONDITIONS, e.a, e.b, 'active', 'gone')
      : changes(HELD_BY, e.a, e.b, 'active', 'gone'),
  [DISCRETE_EVENT.firstOut]: (e, _, type) =>
    e.b === 0
      ? 'First-out cleared'
      : `First-out: ${type === 'CONDITION' ? `interlock ${number(e.b)}` : wordOf(HELD, e.b)}`,
  [DISCRETE_EVENT.bypassed]: (e) => changes(CONDITIONS, e.a, e.b, 'bypassed', 'no longer bypassed'),
  [DISCRETE_EVENT.deviceState]: (e) => `Device ${wordOf(DEVICE, e.a)} -> ${wordOf(DEVICE, e.b)}`,
  [DISCRETE_EVENT.deviceFailure]: (e) => wordOf(FAILURES, e.b),
  [DISCRETE_EVENT.accepted]: (e) =>
    e.b === 0 ? 'Device state by its confirms again' : 'Device state accepted as commanded, without its confirms',
  [DISCRETE_EVENT.sequenceState]: (e) => `Sequence ${wordOf(SEQUENCE, e.a)} -> ${wordOf(SEQUENCE, e.b)}`,
  [DISCRETE_EVENT.sequenceBlocked]: (e) => (e.b === 0 ? 'Sequence goes on' : 'Sequence is blocked'),
}

/** An unknown code is shown with its numbers, so that nothing that happened is silent. */
export function eventText(
  blocks: readonly BlockRecord[],
  writable: readonly WritableRecord[],
  event: ScanEvent,
): EventText {
  // `FIC-01.PID1` is a block of the module FIC-01, which is the operator's tag.
  const block = blocks[event.block]
  const tag = block?.id.split('.')[0] ?? ''
  const say = TEXTS[event.code]
  return { tag, text: say?.(event, writable, block?.type ?? '') ?? `Event ${event.code} (${event.a}, ${event.b})` }
}
