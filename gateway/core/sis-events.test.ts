import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SIS_CONFIG_PATH } from '../../test/hmi/sis-stand-in.ts'
import { sisEventText } from './sis-events.ts'
import { readSisOutline } from './sis-outline.ts'

const reading = readSisOutline(readFileSync(SIS_CONFIG_PATH, 'utf8'), '')
const outline = reading.ok ? reading.outline : null
const say = (kind: number, at: number, a: number, b: number): string => {
  const e = sisEventText(outline, { i: 0, scan: 0, kind, at, a, b })
  return `${e.kind}: ${e.tag} ${e.text}`.replace(':  ', ': ')
}

// The meaning of a record's numbers is that of EVENT in safety/core/codes.ts.
test.each([
  [1, 0, 1, 0, 'alarm: PT-701 line fault'],
  [1, 18, 0, 1, 'alarm: HS-1 line fault: gone'],
  [2, 0, 64 | 4, 0, 'alarm: S1 vote degraded, maintenance bypass'],
  [4, 4, 1, 0, 'element: BDV-9 FAILED TO TRIP'],
  [5, 0, 1, 0, 'system: key not in RUN'],
  [10, 0, 0, 2, 'trip: FEEDS normal -> TRIPPED'],
  [10, 0, 4, 0, 'latch: FEEDS tripped, ready to reset -> normal'],
  [11, 1, 1 + 2, 0, 'trip: BLOWDOWN first out: S1 Reactor pressure high high, S2 Reactor temperature high high'],
  [11, 1, 0, 1, 'trip: BLOWDOWN first out: fault of the safety system'],
  [12, 10, 1, 0, 'trip: S11 cause active'],
  [12, 10, 0, 0, 'alarm: S11 cause clear'],
  [13, 16 + 2, 1, 0, 'bypass: TT-903 maintenance bypass in S2 on'],
  [15, 0, 0, 0, 'bypass: FEEDS override off'],
  [19, 0, 38, 1, 'element: XV-1 travel 3.8 s on demand'],
  [19, 0, -1, 3, 'element: XV-1 no travel without demand'],
  [20, 3, 0, 3, 'request: S1 maintenance bypass refused: the permit key is open'],
  [20, 1, 0, 9, 'request: FEEDS reset refused: a cause is active'],
  [21, 11, 5, 0, 'request: XV-10 partial stroke accepted'],
  [21, 12, 3, 0, 'request: S4 acknowledge accepted'],
  [22, 0, 16, 7, 'fault: the two evaluators differ, evaluators differ first at word 7'],
  [22, 0, 0, -1, 'fault: no fault any more'],
  [99, 1, 2, 3, 'system: event 99 at 1 (2, 3)'],
])('[SIS-WORDS-1] record %i at %i (%i, %i)', (kind, at, a, b, words) => {
  expect(say(kind, at, a, b)).toBe(words)
})

test('[SIS-WORDS-2] a bit without a word keeps its number, an object without a name too', () => {
  expect(say(1, 0, 4096, 0)).toBe('alarm: PT-701 bits 4096')
  expect(sisEventText(null, { i: 0, scan: 0, kind: 10, at: 2, a: 0, b: 2 }).tag).toBe('effect 3')
})
