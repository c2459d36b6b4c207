import { expect, test } from 'vitest'
import type { BlockRecord, WritableRecord } from '../../contracts/artifact.ts'
import { MODE } from '../../contracts/mode.ts'
import { eventText } from './event-text.ts'

const blocks: BlockRecord[] = [
  ['FIC-01.PID1', 'PID'],
  ['LIC-08.ALM', 'ALARM'],
  ['P-1.DC1', 'MOTOR'],
  ['P-1.IL1', 'CONDITION'],
  ['SQ-1.SEQ1', 'SFC'],
].map(([id, type]) => ({
  id: id!,
  type: type!,
  s: 0,
  k: 0,
  r: 0,
  r_count: 0,
}))
const writable: WritableRecord[] = [{ key: 'FIC-01.SP', block: 0, field: 'SP', kind: 'real' }]
const text = (code: number, a: number, b: number, block = 0) =>
  eventText(blocks, writable, { ordinal: 0, code, block, a, b })

test('an event is told by its tag and in words', () => {
  expect(text(2, MODE.man, MODE.auto)).toEqual({ tag: 'FIC-01', text: 'Actual mode MAN -> AUTO' })
  expect(text(3, 0, 2, 1)).toEqual({ tag: 'LIC-08', text: 'HI active' })
  expect(text(3, 2, 1, 1).text).toBe('HIHI active, HI gone')
  expect(text(4, 0, 1).text).toBe('Measurement is bad')
  expect(text(16, 0, 21.5).text).toBe('SP set to 21.5')
})

test('alarms of deviation, rate and state have words too', () => {
  expect(text(3, 0, 32 + 256, 1).text).toBe('Deviation high active, Rate of fall active')
  expect(text(3, 64 + 128 + 512, 0, 1).text).toBe('Deviation low gone, Rate of rise gone, State alarm gone')
  expect(text(3, 2, 1024, 1).text).toBe('HI gone, 2 -> 1024')
})

test('[2.8] a device is told by what holds it and why it failed', () => {
  expect(text(32, 0, 1 + 16, 2)).toEqual({
    tag: 'P-1',
    text: 'Held passive: shutdown active, Held passive: reset required active',
  })
  expect(text(32, 2 + 4, 8, 2).text).toBe(
    'Held passive: interlock gone, Held passive: confirm lost gone, Held passive: time-out active',
  )
  expect(text(33, 0, 2, 2).text).toBe('First-out: interlock')
  expect(text(33, 2, 0, 2).text).toBe('First-out cleared')
  expect(text(35, 4, 1, 2).text).toBe('Device going to active 1 -> active 1')
  expect([0, 1, 2, 3].map((fail) => text(36, 0, fail, 2).text)).toEqual([
    'Device failure is gone',
    'Device did not get there in time',
    'Device did not leave its state in time',
    'Device lost its confirm',
  ])
  expect(text(37, 0, 1, 2).text).toBe('Device state accepted as commanded, without its confirms')
  expect(text(37, 1, 0, 2).text).toBe('Device state by its confirms again')
})

test('[R9] a host that is lost is told by how', () => {
  expect(text(8, 0, 1).text).toBe('Host is silent: shed')
  expect(text(8, 0, 2).text).toBe('Host says Bad: shed')
  expect(text(8, 1, 0).text).toBe('Host is back, or is no longer asked for')
})

test('[2.9] conditions are told by their numbers', () => {
  expect(text(32, 1, 4 + 32768, 3).text).toBe('Condition 1 gone, Condition 3 active, Condition 16 active')
  expect(text(33, 0, 12, 3).text).toBe('First-out: interlock 12')
  expect(text(34, 0, 2, 3).text).toBe('Condition 2 bypassed')
  expect(text(34, 2, 0, 3).text).toBe('Condition 2 no longer bypassed')
})

test('[2.19] a sequence is told by its states', () => {
  expect(text(38, 1, 2, 4)).toEqual({ tag: 'SQ-1', text: 'Sequence running -> holding' })
  expect(text(38, 0, 9, 4).text).toBe('Sequence idle -> complete')
  expect(text(38, 0, 12, 4).text).toBe('Sequence idle -> 12')
  expect(text(39, 0, 1, 4).text).toBe('Sequence is blocked')
  expect(text(39, 1, 0, 4).text).toBe('Sequence goes on')
})

test('what is not known is shown with its numbers, never swallowed', () => {
  expect(text(99, 1, 2, 7)).toEqual({ tag: '', text: 'Event 99 (1, 2)' })
  expect(text(16, 50, 3).text).toBe('Value set to 3')
})
