import { expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { FORCE_REFUSAL, type ForceState } from '../../contracts/link.ts'
import { forceAlarms, forceNews, forceRefusal, orderText, pointName } from './force-text.ts'

const codec = { table: 'input', register: 0, type: 'uint16', counts_per_unit: 1, device: 0 } as const
const input = { ...codec, status_register: -1 }
const output = { ...codec, readback_register: -1, step_max: 1, min: 4, max: 20 }
const tag = (name: string, point?: string) =>
  ({ tag: name, eu: 'kW', ...(point === undefined ? {} : { point }) }) as unknown as Artifact['tags'][number]
const artifact: Pick<Artifact, 'io' | 'tags' | 'control'> = {
  io: {
    devices: [],
    inputs: [
      { ...input, point: 'D/AI/1', quantity: 'mA' },
      { ...input, point: 'D/W', quantity: 'EU' },
    ],
    outputs: [{ ...output, point: 'D/AO/1', quantity: 'mA' }],
  },
  tags: [tag('LIC-1', 'D/AI/1'), tag('JI-1', 'D/W'), tag('FIC-1')],
  control: {
    blocks: [
      { id: 'LIC-1.AI1', type: 'AI', s: 10, k: 0, r: 0, r_count: 0 },
      { id: 'FIC-1.AO1', type: 'AO', s: 20, k: 0, r: 0, r_count: 0 },
      { id: 'XIC-1.PID1', type: 'PID', s: 40, k: 0, r: 0, r_count: 0 },
    ],
    classes: [{ every: 1, phase: 0, steps: [{ copies: [2, 10, 24, 5], type: '', blocks: [] }] }],
    inputs: [{ point: 'D/AI/1', s: 2 }],
    outputs: [{ point: 'D/AO/1', s: 5 }],
  } as unknown as Artifact['control'],
}
const name = (point: string) => pointName(artifact, point)
const force: ForceState = { point: 'D/AO/1', value: 12, who: 'kim', reason: 'stroke', since_ms: 1, left_ms: 60_000 }
const list = (epoch: number, ...forces: ForceState[]) => ({ type: 'forces', at: { epoch, n: 1 }, forces }) as const

test('an input has the tag that names it, an output the tag of the block that writes it, and no unit that may be wrong', () => {
  expect(name('D/AI/1')).toEqual({ tag: 'LIC-1', unit: 'mA' })
  expect(name('D/AO/1')).toEqual({ tag: 'FIC-1', unit: 'mA' })
  expect(name('D/W')).toEqual({ tag: 'JI-1', unit: '' })
  expect(name('D/AI/9')).toEqual({ tag: '', unit: '' })
})

test('orders and alarms in words', () => {
  expect(orderText({ point: 'D/W', value: 3, for_ms: 5_400_000 }, '')).toBe('Force of D/W to 3 for 90 min')
  expect(orderText({ point: 'D/W', value: 3, for_ms: 9_000_000 }, '')).toBe('Force of D/W to 3 for 2 h 30 min')
  expect(forceAlarms(list(1, force), name)).toEqual(['D/AO/1 (FIC-1) is forced to 12 mA by kim: stroke'])
  expect(forceAlarms(null, name)).toEqual([])
  expect(forceRefusal(FORCE_REFUSAL.outOfRange)).toMatch(/outside the range/)
})

test('what went without an order has expired, or went with a restart where its time was not over', () => {
  const news = (relinked: boolean, elapsed_ms: number, epoch = 1) =>
    forceNews(list(1, force), list(epoch), new Set(), { relinked, elapsed_ms }, name).map((n) => n.text)
  expect(news(false, 60_000)).toEqual(['Force of D/AO/1 to 12 mA has expired'])
  expect(news(true, 5000)).toEqual(['Force of D/AO/1 to 12 mA has ended with a restart of field I/O'])
  expect(news(false, 5000, 2)).toEqual(['Force of D/AO/1 to 12 mA has ended with a restart of field I/O'])
  expect(news(true, 61_000)).toEqual(['Force of D/AO/1 to 12 mA has expired'])
  const since = { relinked: false, elapsed_ms: 1000 }
  expect(forceNews(list(1, force), list(1), new Set(['D/AO/1']), since, name)).toEqual([])
  expect(forceNews(list(1, force), list(1, force), new Set(), since, name)).toEqual([])
  expect(forceNews(null, list(1, force), new Set(), since, name).map((n) => n.text)).toEqual([
    'Force of D/AO/1 to 12 mA stands, 60 s left, by kim: stroke',
  ])
})
