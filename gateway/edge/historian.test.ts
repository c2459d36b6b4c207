import { afterEach, expect, test } from 'vitest'
import type { HistoryRows } from '../core/history-queue.ts'
import { createValueTable, takeScan } from '../core/value-table.ts'
import { type Historian, openHistorian } from './historian.ts'
import type { HistoryStore } from './history-store.ts'
import { scan } from './testing/stand-ins.ts'

const open: Historian[] = []
afterEach(async () => {
  for (const historian of open.splice(0)) await historian.close()
})

/** A store in memory whose disk can be full. */
function fakeStore(): {
  full: boolean
  readonly written: HistoryRows[]
  readonly openStore: () => Promise<HistoryStore>
} {
  const fake = {
    full: false,
    written: [] as HistoryRows[],
    openStore: async (): Promise<HistoryStore> => {
      if (fake.full) throw new Error('IO Error: no space left on device')
      return {
        newest_ms: 0,
        async write(_keys, rows) {
          if (fake.full) throw new Error('IO Error: no space left on device')
          fake.written.push(rows)
        },
        read: async () => new Map(),
        forget: async () => {},
        close() {},
      }
    },
  }
  return fake
}

const ask = { keys: ['a'], from_ms: 0, to_ms: 1000, points: 10 }

test('a full disk is a trouble in words; recording goes on by itself when there is room, and nothing is lost', async () => {
  const fake = fakeStore()
  const { openStore } = fake
  const historian = await openHistorian({
    path: '',
    keys: ['a'],
    tick_ms: 100,
    retention_h: 24,
    retry_ms: 0,
    openStore,
  })
  open.push(historian)
  const table = createValueTable([{ status: 0 }])
  const record = (n: number): void => historian.record(takeScan(table, scan(n, [n]))!, table)
  record(1)
  await historian.query(ask)
  expect(historian.trouble).toBeNull()
  fake.full = true
  record(2)
  await expect(historian.query(ask)).rejects.toMatchObject({ code: 'GW_HISTORY' })
  expect(historian.trouble).toMatch(/no space left/)
  record(3)
  fake.full = false
  record(4)
  await historian.query(ask)
  expect(historian.trouble).toBeNull()
  expect(fake.written.flatMap((rows) => rows.value)).toEqual([1, 2, 3, 4])
})

test('a store that does not open at the start keeps nothing else from starting', async () => {
  const fake = fakeStore()
  fake.full = true
  const historian = await openHistorian({
    path: '',
    keys: ['a'],
    tick_ms: 100,
    retention_h: 24,
    openStore: fake.openStore,
  })
  open.push(historian)
  expect(historian.trouble).toMatch(/no space left/)
})

test("faster than life: as many records a second as at the plant's own pace, and none of the last values is lost", async () => {
  const fake = fakeStore()
  const { openStore } = fake
  const historian = await openHistorian({ path: '', keys: ['a', 'b'], tick_ms: 1000, retention_h: 24, openStore })
  open.push(historian)
  const table = createValueTable([{ status: 0 }, { status: 0 }])
  // 100 scans 10 ms apart; b changes once, in a scan that is not recorded itself.
  for (let n = 0; n <= 100; n++) {
    const frame = scan(n, [n, n < 3 ? 0 : 7], { t_ms: 1_700_000_000_000 + 10 * n })
    historian.record(takeScan(table, frame)!, table)
  }
  await historian.query({ keys: ['a'], from_ms: 0, to_ms: 1000, points: 10 })
  const rows = fake.written.flatMap((r) => r.index.map((key, i) => [key, r.t_ms[i]! - 1_700_000_000_000, r.value[i]]))
  expect(rows).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [0, 500, 50],
    [1, 500, 7],
    [0, 1000, 100],
  ])
})
