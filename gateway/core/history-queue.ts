/**
 * What waits to be written into the history: changes of values, with everything again every ten minutes so that a
 * value can be found without reading back for days, and a gap mark where scans have stopped.
 *
 * The queue is bounded. When the store does not keep up, the newest rows are dropped, counted, and a gap mark is
 * owed to every value: a trend must not be drawn across what was not recorded.
 */
import type { ValueMessage } from '../../contracts/hmi-wire.ts'
import { STATUS } from '../../contracts/status.ts'
import { snapshotOf, type ValueTable } from './value-table.ts'

/** Every value is written again after this time, ms. */
export const KEYFRAME_MS = 600_000
/** Rows that may wait; at 100 changes a second more than ten minutes. */
export const QUEUE_ROWS_MAX = 65_536
/** Status of a gap mark: no communication, and a value that is no number. */
export const GAP_STATUS = STATUS.badNoComm

/** Rows side by side; `index` is into `published`. */
export interface HistoryRows {
  readonly index: number[]
  readonly t_ms: number[]
  readonly value: number[]
  readonly status: number[]
}

export interface HistoryQueue {
  rows: HistoryRows
  /** Time of the last full set; -Infinity: one is due. */
  keyframe_ms: number
  /** Rows that found no room. */
  dropped: number
  /** A gap mark is owed since this time; undefined: none. */
  owed_since_ms: number | undefined
  readonly published: number
}

const noRows = (): HistoryRows => ({ index: [], t_ms: [], value: [], status: [] })

export const createHistoryQueue = (published: number): HistoryQueue => ({
  rows: noRows(),
  keyframe_ms: -Infinity,
  dropped: 0,
  owed_since_ms: undefined,
  published,
})

/** Takes the changes of a scan; the whole table instead where a full set is due. */
export function enqueueScan(q: HistoryQueue, changes: ValueMessage, table: ValueTable): void {
  const due = changes.t_ms - q.keyframe_ms >= KEYFRAME_MS || changes.t_ms < q.keyframe_ms
  const m = due ? snapshotOf(table) : changes
  if (q.rows.index.length + m.indices.length > QUEUE_ROWS_MAX) {
    q.dropped += m.indices.length
    q.owed_since_ms ??= changes.t_ms
    q.keyframe_ms = -Infinity
    return
  }
  if (due) q.keyframe_ms = changes.t_ms
  if (q.owed_since_ms !== undefined) {
    markGap(q, q.owed_since_ms)
    q.owed_since_ms = undefined
  }
  for (let i = 0; i < m.indices.length; i++) {
    push(q.rows, m.indices[i]!, m.t_ms, m.values[i]!, m.statuses[i]!)
  }
}

/** Scans have stopped after `t_ms`; the next scan is written whole. */
export function enqueueGap(q: HistoryQueue, t_ms: number): void {
  q.keyframe_ms = -Infinity
  if (q.rows.index.length + q.published > QUEUE_ROWS_MAX) q.owed_since_ms ??= t_ms + 1
  else markGap(q, t_ms + 1)
}

/** Everything that waits; the queue is empty afterwards. */
export function takeRows(q: HistoryQueue): HistoryRows {
  const { rows } = q
  q.rows = noRows()
  return rows
}

/** Rows that could not be written stand before those that came meanwhile. */
export function putBack(q: HistoryQueue, rows: HistoryRows): void {
  const later = q.rows
  q.rows = {
    index: rows.index.concat(later.index),
    t_ms: rows.t_ms.concat(later.t_ms),
    value: rows.value.concat(later.value),
    status: rows.status.concat(later.status),
  }
}

function markGap(q: HistoryQueue, t_ms: number): void {
  for (let i = 0; i < q.published; i++) push(q.rows, i, t_ms, Number.NaN, GAP_STATUS)
}

function push(rows: HistoryRows, index: number, t_ms: number, value: number, status: number): void {
  rows.index.push(index)
  rows.t_ms.push(t_ms)
  rows.value.push(value)
  rows.status.push(status)
}
