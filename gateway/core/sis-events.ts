/** A record of the safety system's sequence of events, in words. Meaning of the numbers: EVENT of safety/core/codes.ts. */
import type { SisOutline, SisSoeEntry } from '../../contracts/hmi-sis.ts'
import { isTripped, SIS_COMMAND, SIS_EFFECT_ALARM, SIS_EVENT } from '../../contracts/sis-codes.ts'
import type { SisSoeRecord } from '../../contracts/sis-snapshot.ts'
import {
  bitWords,
  CAUSE_ALARM_WORDS,
  CHANNEL_ALARM_WORDS,
  COMMAND_WORDS,
  EFFECT_ALARM_WORDS,
  ELEMENT_ALARM_WORDS,
  FAULT_WORDS,
  LATCH_WORDS,
  OTHER_REASON_WORDS,
  REFUSED_WORDS,
  type SisWords,
  SYSTEM_ALARM_WORDS,
  wordOf,
} from './sis-words.ts'

export type SisEventText = Pick<SisSoeEntry, 'kind' | 'tag' | 'text'>

/** Travels of a final element: 1 a demand, 2 a partial stroke, 3 spurious. */
const TRAVELS: SisWords = [
  [1, 'on demand'],
  [2, 'of a partial stroke'],
  [3, 'without demand'],
]

/** Requests to a cause; the others are to effects, final elements and sequences. */
const TO_CAUSE: readonly number[] = [
  SIS_COMMAND.mosOn,
  SIS_COMMAND.mosOff,
  SIS_COMMAND.startupOverride,
  SIS_COMMAND.acknowledge,
]

/** @param outline - null where the names are not those of what runs: then objects keep their numbers */
export function sisEventText(outline: SisOutline | null, r: SisSoeRecord): SisEventText {
  const names = namesOf(outline)
  const changes = (words: SisWords): string =>
    [...bitWords(words, r.a), ...bitWords(words, r.b).map((word) => `${word}: gone`)].join(', ')
  switch (r.kind) {
    case SIS_EVENT.channelAlarm:
      return { kind: 'alarm', tag: names.channel(r.at), text: changes(CHANNEL_ALARM_WORDS) }
    case SIS_EVENT.causeAlarm:
      return { kind: 'alarm', tag: names.cause(r.at), text: changes(CAUSE_ALARM_WORDS) }
    case SIS_EVENT.effectAlarm:
      return { kind: 'alarm', tag: names.effect(r.at), text: changes(EFFECT_ALARM_WORDS) }
    case SIS_EVENT.elementAlarm:
      return { kind: 'element', tag: names.element(r.at), text: changes(ELEMENT_ALARM_WORDS) }
    case SIS_EVENT.systemAlarm:
      return { kind: 'system', tag: '', text: changes(SYSTEM_ALARM_WORDS) }
    case SIS_EVENT.latch:
      return {
        kind: isTripped(r.b) && !isTripped(r.a) ? 'trip' : 'latch',
        tag: names.effect(r.at),
        text: `${LATCH_WORDS[r.a] ?? r.a} -> ${LATCH_WORDS[r.b] ?? r.b}`,
      }
    case SIS_EVENT.firstOut:
      return { kind: 'trip', tag: names.effect(r.at), text: `first out: ${firstOutText(outline, r.a, r.b)}` }
    case SIS_EVENT.cause:
      return {
        kind: r.a !== 0 ? 'trip' : 'alarm',
        tag: names.cause(r.at),
        text: r.a !== 0 ? 'cause active' : 'cause clear',
      }
    case SIS_EVENT.mos: {
      const { cause, input } = names.slot(r.at)
      return { kind: 'bypass', tag: input, text: `maintenance bypass in ${cause} ${r.a !== 0 ? 'on' : 'off'}` }
    }
    case SIS_EVENT.shift: {
      const { cause, input } = names.slot(r.at)
      return { kind: 'bypass', tag: input, text: `maintenance bypass in ${cause} goes on into the next shift` }
    }
    case SIS_EVENT.startupOverride:
      return { kind: 'bypass', tag: names.cause(r.at), text: `start-up override ${onOff(r.a)}` }
    case SIS_EVENT.effectOverride:
      return { kind: 'bypass', tag: names.effect(r.at), text: `override ${onOff(r.a)}` }
    case SIS_EVENT.forceTrip:
      return { kind: 'bypass', tag: names.effect(r.at), text: `force to trip ${onOff(r.a)}` }
    case SIS_EVENT.forceNormal:
      return { kind: 'bypass', tag: names.effect(r.at), text: `force to normal ${onOff(r.a)}` }
    case SIS_EVENT.step: {
      const q = outline?.sequences[r.at]
      const step = (i: number): string => q?.steps[i] ?? String(i)
      return { kind: 'system', tag: q?.id ?? `sequence ${r.at}`, text: `step ${step(r.a)} -> ${step(r.b)}` }
    }
    case SIS_EVENT.travel: {
      const time = r.a < 0 ? 'no travel' : `travel ${seconds(r.a * (outline?.scan_ms ?? 100))} s`
      return { kind: 'element', tag: names.element(r.at), text: `${time} ${wordOf(TRAVELS, r.b)}` }
    }
    case SIS_EVENT.refused:
      return {
        kind: 'request',
        tag: names.target(r.at, r.a),
        text: `${wordOf(COMMAND_WORDS, r.at)} refused: ${wordOf(REFUSED_WORDS, r.b)}`,
      }
    case SIS_EVENT.accepted:
      return { kind: 'request', tag: names.target(r.at, r.a), text: `${wordOf(COMMAND_WORDS, r.at)} accepted` }
    case SIS_EVENT.authority:
      return { kind: 'request', tag: '', text: `${wordOf(COMMAND_WORDS, r.at)}: by person ${r.a}, reason ${r.b}` }
    case SIS_EVENT.fault:
      return {
        kind: 'fault',
        tag: '',
        text:
          (r.a === 0 ? 'no fault any more' : bitWords(FAULT_WORDS, r.a).join(', ')) +
          (r.b >= 0 ? `, evaluators differ first at word ${r.b}` : ''),
      }
    default:
      return { kind: 'system', tag: '', text: `event ${r.kind} at ${r.at} (${r.a}, ${r.b})` }
  }
}

/** The causes that were active when an effect left NORMAL, and what else can take it out of it. */
export function firstOutText(outline: SisOutline | null, causes: number, other: number): string {
  const said: string[] = []
  for (let i = 0; i < 32; i++) {
    if (((causes >>> i) & 1) === 0) continue
    const cause = outline?.causes[i]
    said.push(cause === undefined ? `cause ${i + 1}` : `${cause.id} ${cause.title}`)
  }
  said.push(...bitWords(OTHER_REASON_WORDS, other))
  return said.length === 0 ? 'not known' : said.join(', ')
}

/** What an operator finds in the journal; the rest stands in the list of the safety display. */
export const isJournalled = (r: SisSoeRecord): boolean =>
  r.kind !== SIS_EVENT.authority &&
  !(r.kind === SIS_EVENT.effectAlarm && ((r.a | r.b) & ~SIS_EFFECT_ALARM.tripped) === 0)

const onOff = (a: number): string => (a !== 0 ? 'on' : 'off')
const seconds = (ms: number): string => (ms / 1000).toFixed(1)

function namesOf(outline: SisOutline | null) {
  const cause = (i: number): string => outline?.causes[i]?.id ?? `cause ${i + 1}`
  const effect = (i: number): string => outline?.effects[i]?.id ?? `effect ${i + 1}`
  const element = (i: number): string => outline?.elements[i]?.tag ?? `element ${i + 1}`
  return {
    cause,
    effect,
    element,
    /** Transmitters, then contacts. */
    channel: (i: number): string => {
      const transmitters = outline?.transmitters.length ?? 0
      return outline?.transmitters[i]?.tag ?? outline?.contacts[i - transmitters]?.tag ?? `channel ${i + 1}`
    },
    /** Input of a cause: 16 * cause + input. */
    slot: (at: number): { cause: string; input: string } => {
      const c = Math.floor(at / 16)
      const input = outline?.causes[c]?.inputs[at % 16] ?? `input ${(at % 16) + 1}`
      return { cause: cause(c), input }
    },
    target: (kind: number, i: number): string => {
      if (kind === SIS_COMMAND.partialStroke) return element(i)
      if (kind === SIS_COMMAND.sequenceStart || kind === SIS_COMMAND.sequenceStop)
        return outline?.sequences[i]?.id ?? `sequence ${i + 1}`
      return TO_CAUSE.includes(kind) ? cause(i) : effect(i)
    },
  }
}
