/** A scan's event in an operator's words. Codes and the meaning of `a` and `b`: controller/core/events.ts. */
import type { BlockRecord, WritableRecord } from '../../contracts/artifact.ts'
import type { ScanEvent } from '../../contracts/frame.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'

export interface EventText {
  readonly tag: string
  readonly text: string
}

const mode = (value: number): string => (MODE_NAMES[value] ?? String(value)).toUpperCase()
const number = (value: number): string => String(Number(value.toPrecision(6)))

/** Bits of the mask of active alarms: controller/core/blocks/alarm.ts. */
const ALARMS: readonly string[] = ['HIHI', 'HI', 'LO', 'LOLO', 'Bad measurement']

function alarms(before: number, after: number): string {
  const words = ALARMS.flatMap((name, bit) => {
    const was = (before >> bit) & 1
    const is = (after >> bit) & 1
    return was === is ? [] : [`${name} ${is === 1 ? 'active' : 'gone'}`]
  })
  return words.length > 0 ? words.join(', ') : `Alarms ${number(before)} -> ${number(after)}`
}

type Say = (event: ScanEvent, writable: readonly WritableRecord[]) => string

const written: Say = (e, writable) => `${writable[e.a]?.field ?? 'Value'} set to ${number(e.b)}`

const TEXTS: Readonly<Record<number, Say>> = {
  1: (e) => `Target mode ${mode(e.a)} -> ${mode(e.b)}`,
  2: (e) => `Actual mode ${mode(e.a)} -> ${mode(e.b)}`,
  3: (e) => alarms(e.a, e.b),
  4: (e) => (e.b === 1 ? 'Measurement is bad' : 'Measurement is usable again'),
  5: (e) => `Fault state ${number(e.a)} -> ${number(e.b)}`,
  6: (e) => (e.b === 0 ? 'Output follows again' : 'Output does not follow what is written'),
  7: (e) => `Selected input ${number(e.a)} -> ${number(e.b)}`,
  16: written,
  17: written,
  18: written,
}

/** An unknown code is shown with its numbers, so that nothing that happened is silent. */
export function eventText(
  blocks: readonly BlockRecord[],
  writable: readonly WritableRecord[],
  event: ScanEvent,
): EventText {
  // `FIC-01.PID1` is a block of the module FIC-01, which is the operator's tag.
  const tag = blocks[event.block]?.id.split('.')[0] ?? ''
  const say = TEXTS[event.code]
  return { tag, text: say?.(event, writable) ?? `Event ${event.code} (${event.a}, ${event.b})` }
}
