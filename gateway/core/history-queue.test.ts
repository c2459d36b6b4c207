import { expect, test } from 'vitest'
import type { TagFrame } from '../../contracts/frame.ts'
import {
  createHistoryQueue,
  enqueueGap,
  enqueueScan,
  GAP_STATUS,
  KEYFRAME_MS,
  QUEUE_ROWS_MAX,
  takeRows,
} from './history-queue.ts'
import { createValueTable, takeScan } from './value-table.ts'

const frame = (t_ms: number, values: number[]): TagFrame => ({
  epoch: 1,
  n: t_ms,
  controller: 0,
  t_ms,
  values: Float64Array.from(values),
  statuses: Uint16Array.from(values, () => 128),
  events: [],
})

function recorder(count: number) {
  const q = createHistoryQueue(count)
  const table = createValueTable(Array.from({ length: count }, () => ({ status: 0 })))
  return { q, scan: (t_ms: number, values: number[]) => enqueueScan(q, takeScan(table, frame(t_ms, values))!, table) }
}

test('changes only, and everything again every ten minutes', () => {
  const { q, scan } = recorder(3)
  scan(1000, [1, 2, 3])
  scan(2000, [1, 5, 3])
  expect(takeRows(q).index).toEqual([0, 1, 2, 1])
  scan(1000 + KEYFRAME_MS, [1, 6, 3])
  const rows = takeRows(q)
  expect([rows.index, rows.value]).toEqual([
    [0, 1, 2],
    [1, 6, 3],
  ])
})

test('after a stop every value has a gap mark, and the next scan is written whole', () => {
  const { q, scan } = recorder(2)
  scan(1000, [1, 2])
  takeRows(q)
  enqueueGap(q, 1000)
  scan(9000, [1, 2])
  const rows = takeRows(q)
  expect(rows.t_ms).toEqual([1001, 1001, 9000, 9000])
  expect(rows.status).toEqual([GAP_STATUS, GAP_STATUS, 128, 128])
  expect(rows.value.slice(0, 2).every(Number.isNaN)).toBe(true)
})

test('a store that does not keep up: the queue is bounded, and what was dropped is a gap', () => {
  const { q, scan } = recorder(1000)
  const values = (k: number) => Array.from({ length: 1000 }, (_, i) => i + k)
  const fits = Math.floor(QUEUE_ROWS_MAX / 1000)
  for (let k = 1; k <= fits + 5; k++) scan(1000 * k, values(k))
  expect(q.rows.index.length).toBe(fits * 1000)
  expect(q.dropped).toBe(5000)
  takeRows(q)
  scan(1000 * (fits + 6), values(0))
  const rows = takeRows(q)
  expect(rows.index).toHaveLength(2000)
  expect([rows.t_ms[0], rows.status[0]]).toEqual([1000 * (fits + 1), GAP_STATUS])
})
