import { expect, test } from 'vitest'
import type { ScanEvent, TagFrame } from '../../contracts/frame.ts'
import { createSelection, EVENT_KEYS_MAX, offerScan } from './scan-selection.ts'

const event = (ordinal: number): ScanEvent => ({ ordinal, code: 1, block: 0, a: 0, b: 0 })
const frame = (epoch: number, n: number, controller: 0 | 1, ordinals: number[] = []): TagFrame => ({
  epoch,
  n,
  controller,
  t_ms: 0,
  values: new Float64Array(0),
  statuses: new Uint16Array(0),
  events: ordinals.map(event),
})

test('newest is by (epoch, n), not by n and not by arrival', () => {
  const s = createSelection()
  const newest = [frame(1, 900, 0), frame(1, 899, 1), frame(2, 5, 1), frame(1, 901, 0), frame(2, 5, 0), frame(2, 6, 0)]
  expect(newest.map((f) => offerScan(s, f).newest)).toEqual([true, false, true, false, false, true])
})

test('both controllers make an event; it is taken once, from whichever copy comes', () => {
  const s = createSelection()
  expect(offerScan(s, frame(1, 10, 0, [0, 1])).events).toHaveLength(2)
  expect(offerScan(s, frame(1, 10, 1, [0, 1])).events).toHaveLength(0)
  // A's scan 11 was lost: B's copy comes after A's scan 12.
  expect(offerScan(s, frame(1, 12, 0)).newest).toBe(true)
  const late = offerScan(s, frame(1, 11, 1, [0]))
  expect([late.newest, late.events.length]).toEqual([false, 1])
})

test('n used again in the next epoch is another event', () => {
  const s = createSelection()
  offerScan(s, frame(1, 10, 0, [0]))
  expect(offerScan(s, frame(2, 10, 0, [0])).events).toHaveLength(1)
})

test('the memory is bounded, and what has left it counts as seen', () => {
  const s = createSelection()
  for (let n = 1; n <= EVENT_KEYS_MAX + 50; n++) offerScan(s, frame(1, n, 0, [0]))
  expect(s.keys.size).toBe(EVENT_KEYS_MAX)
  expect(offerScan(s, frame(1, 20, 1, [0])).events).toHaveLength(0)
  expect(offerScan(s, frame(1, EVENT_KEYS_MAX, 1, [0])).events).toHaveLength(0)
})
