import { expect, test } from 'vitest'
import type { BlockRecord, WritableRecord } from '../../contracts/artifact.ts'
import { MODE } from '../../contracts/mode.ts'
import { eventText } from './event-text.ts'

const blocks: BlockRecord[] = ['FIC-01.PID1', 'LIC-08.ALM'].map((id) => ({
  id,
  type: '',
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

test('what is not known is shown with its numbers, never swallowed', () => {
  expect(text(99, 1, 2, 7)).toEqual({ tag: '', text: 'Event 99 (1, 2)' })
  expect(text(16, 50, 3).text).toBe('Value set to 3')
})
