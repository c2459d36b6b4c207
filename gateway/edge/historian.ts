/**
 * History of published values, in DuckDB: every change with its status, by the name of the value, so that a changed
 * artifact goes on with the same history.
 *
 * Nothing here can hold up the picture or a command: rows wait in a bounded queue, commits and queries run on other
 * threads, and a store that cannot be opened or written is an alarm and is tried again. What a power cut can take is
 * the last FLUSH_MS.
 */
import type { HistorySeries, ValueMessage } from '../../contracts/hmi-wire.ts'
import { type Backlog, caughtUp, createBacklog, missed } from '../core/backlog.ts'
import { pointsOf, seriesOf } from '../core/decimation.ts'
import {
  createHistoryQueue,
  enqueueGap,
  enqueueScan,
  type HistoryQueue,
  type HistoryRows,
  putBack,
  takeRows,
} from '../core/history-queue.ts'
import type { ValueTable } from '../core/value-table.ts'
import { GatewayFault } from './gateway-fault.ts'
import { type HistoryStore, openHistoryStore } from './history-store.ts'

export interface HistoryQuery {
  readonly keys: readonly string[]
  readonly from_ms: number
  readonly to_ms: number
  readonly points: number
}

export interface Historian {
  /** Why nothing is recorded, in words; null: it is. */
  readonly trouble: string | null
  /** Takes the changes of a scan; never waits, never throws. */
  record(changes: ValueMessage, table: ValueTable): void
  /** Scans have stopped after this time: the trend must not be drawn on. */
  gap(t_ms: number): void
  /** Another artifact: indices have another meaning from now on. */
  changeKeys(keys: readonly string[], tick_ms: number): void
  /** @throws GatewayFault GW_HISTORY where there is none, GW_BUSY where too many ask */
  query(query: HistoryQuery): Promise<HistorySeries[]>
  close(): Promise<void>
}

export interface HistorianOptions {
  readonly path: string
  /** Names of the published values, in their order. */
  readonly keys: readonly string[]
  readonly tick_ms: number
  readonly retention_h: number
  /** Between a failure and the next attempt, ms. */
  readonly retry_ms?: number
  /** For tests: a store that fails. */
  readonly openStore?: (path: string) => Promise<HistoryStore>
}

const FLUSH_MS = 1000
/** After a failure the store is closed and opened again at this distance, ms. */
const RETRY_MS = 10_000
const RETENTION_EVERY_MS = 3_600_000
/** Queries that may wait for the store. */
const QUERIES_MAX = 16

export async function openHistorian(options: HistorianOptions): Promise<Historian> {
  const { path, retention_h, retry_ms = RETRY_MS, openStore = openHistoryStore } = options
  let { keys, tick_ms } = options
  let queue: HistoryQueue = createHistoryQueue(keys.length)
  /** Rows of former artifacts that are not written yet. */
  const former: { readonly keys: readonly string[]; readonly rows: HistoryRows }[] = []
  /** What a plant that runs faster than life has changed since the last recorded scan. */
  let unrecorded: Backlog = createBacklog(keys.length)
  let recorded_ms = -Infinity
  let store: HistoryStore | undefined
  let trouble: string | null = null
  let known_ms = 0
  let retained_ms = -Infinity
  let retry_at_ms = 0
  let queries = 0
  let closed = false
  /** Work on the store stands in one line, so that no write overtakes another. */
  let line: Promise<void> = Promise.resolve()

  const fail = (cause: unknown): void => {
    trouble = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.slice(0, 200)
    retry_at_ms = performance.now() + retry_ms
    store?.close()
    store = undefined
  }

  const writeQueue = async (to: HistoryStore): Promise<void> => {
    const from = queue
    const rows = takeRows(from)
    if (rows.index.length === 0) return
    try {
      await to.write(keys, rows)
    } catch (cause) {
      // Rows that were written all the same stand there twice, which changes no figure of a trend.
      putBack(from, rows)
      throw cause
    }
  }

  const flush = async (): Promise<void> => {
    try {
      if (store === undefined) {
        if (performance.now() < retry_at_ms) return
        store = await openStore(path)
        known_ms = Math.max(known_ms, store.newest_ms)
      }
      while (former.length > 0) {
        await store.write(former[0]!.keys, former[0]!.rows)
        former.shift()
      }
      await writeQueue(store)
      if (known_ms - retained_ms > RETENTION_EVERY_MS) {
        await store.forget(known_ms - retention_h * 3_600_000)
        retained_ms = known_ms
      }
      trouble = null
    } catch (cause) {
      fail(cause)
    }
  }

  const inLine = (work: () => Promise<void>): Promise<void> => {
    line = line.then(work)
    return line
  }

  let waiting = false
  const timer = setInterval(() => {
    // A store that is slower than the pulse gets one turn at a time.
    if (waiting) return
    waiting = true
    void inLine(flush).then(() => {
      waiting = false
    })
  }, FLUSH_MS)
  await inLine(flush)

  return {
    get trouble() {
      return trouble
    },
    record(changes, table) {
      known_ms = changes.t_ms
      missed(unrecorded, changes)
      // At the plant's own pace every scan; faster than life as many a second as then.
      const since_ms = changes.t_ms - recorded_ms
      if (since_ms >= 0 && since_ms < tick_ms / 2) return
      recorded_ms = changes.t_ms
      enqueueScan(queue, caughtUp(unrecorded, table), table)
    },
    gap: (t_ms) => enqueueGap(queue, t_ms),
    changeKeys(next, next_tick_ms) {
      if (former.length < 4) former.push({ keys, rows: takeRows(queue) })
      keys = next
      tick_ms = next_tick_ms
      queue = createHistoryQueue(next.length)
      unrecorded = createBacklog(next.length)
      recorded_ms = -Infinity
    },
    async query({ keys: names, from_ms, to_ms, points }) {
      if (queries >= QUERIES_MAX)
        throw new GatewayFault('GW_BUSY', 'too many trends are asked for', 'Ask again in a few seconds.')
      queries++
      try {
        await inLine(flush)
        if (store === undefined) throw noHistory(trouble)
        const span = { from_ms, to_ms, points: pointsOf(from_ms, to_ms, points, tick_ms), known_ms }
        const found = await store.read(names, span)
        return names.map((key) => {
          const of = found.get(key)
          return seriesOf(key, of?.before, of?.sums ?? [], span)
        })
      } catch (cause) {
        throw cause instanceof GatewayFault ? cause : noHistory(cause instanceof Error ? cause.message : String(cause))
      } finally {
        queries--
      }
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      await inLine(flush)
      store?.close()
      store = undefined
    },
  }
}

const noHistory = (why: string | null): GatewayFault =>
  new GatewayFault(
    'GW_HISTORY',
    `there is no history: ${why ?? 'not open'}`,
    'Live values and commands go on; free the disk or see the data folder.',
  )
