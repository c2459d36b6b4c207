import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { stream } from '../../numerics/streams.ts'
import { type Sample, type Span, seriesOf, sumBuckets } from '../core/decimation.ts'
import { GAP_STATUS, type HistoryRows } from '../core/history-queue.ts'
import { type HistoryStore, openHistoryStore } from './history-store.ts'
import { temporaryFolder } from './testing/stand-ins.ts'

const folders: { remove(): void }[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})
const newPath = (): string => {
  const folder = temporaryFolder()
  folders.push(folder)
  return join(folder.path, 'history.duckdb')
}
const T0 = 1_700_000_000_000

const rowsOf = (list: readonly (readonly [number, number, number, number])[]): HistoryRows => ({
  index: list.map((r) => r[0]),
  t_ms: list.map((r) => r[1]),
  value: list.map((r) => r[2]),
  status: list.map((r) => r[3]),
})
const readSeries = async (store: HistoryStore, key: string, span: Span) => {
  const found = (await store.read([key], span)).get(key)
  return seriesOf(key, found?.before, found?.sums ?? [], span)
}

test('the store sums up buckets as the reference does', async () => {
  const draw = stream(7, 'history').uniform
  const samples: Sample[] = []
  for (let t = T0 - 5000; t < T0 + 60_000; t += 200 + Math.floor(draw() * 3000)) {
    const status = draw() < 0.15 ? 0 : draw() < 0.2 ? 0x40 : 0x80
    samples.push({ t_ms: t, value: draw() < 0.1 ? NaN : Math.round(draw() * 1e6) / 1e3, status })
  }
  const store = await openHistoryStore(newPath())
  await store.write(['a', 'b'], rowsOf(samples.map((s) => [1, s.t_ms, s.value, s.status] as const)))
  for (const points of [1, 7, 30]) {
    const span = { from_ms: T0, to_ms: T0 + 55_000, points, known_ms: T0 + 50_000 }
    const before = samples.findLast((s) => s.t_ms < T0)
    const reference = seriesOf(
      'b',
      before,
      sumBuckets(
        samples.filter((s) => s.t_ms >= T0),
        span,
      ),
      span,
    )
    const read = await readSeries(store, 'b', span)
    expect(read.min).toEqual(reference.min)
    expect(read.max).toEqual(reference.max)
    read.mean.forEach((m, i) => {
      if (reference.mean[i] === null) expect(m).toBeNull()
      else expect(m).toBeCloseTo(reference.mean[i]!, 6)
    })
  }
  store.close()
})

test('a run that ended is closed with a gap, and history goes on by name when indices have changed', async () => {
  const path = newPath()
  const first = await openHistoryStore(path)
  await first.write(
    ['LIC-1.PV', 'LIC-1.SP'],
    rowsOf([
      [0, T0, 11, 0x80],
      [1, T0, 22, 0x80],
    ]),
  )
  first.close()
  const second = await openHistoryStore(path)
  expect(second.newest_ms).toBe(T0)
  await second.write(
    ['NEW.PV', 'LIC-1.PV'],
    rowsOf([
      [0, T0 + 3000, 99, 0x80],
      [1, T0 + 3000, 12, 0x80],
    ]),
  )
  const span = { from_ms: T0, to_ms: T0 + 4000, points: 4, known_ms: T0 + 4000 }
  expect((await readSeries(second, 'LIC-1.PV', span)).max).toEqual([11, null, null, 12])
  expect((await readSeries(second, 'LIC-1.SP', span)).max).toEqual([22, null, null, null])
  expect((await readSeries(second, 'NEW.PV', span)).max).toEqual([null, null, null, 99])
  expect((await readSeries(second, 'NEVER.PV', span)).max).toEqual([null, null, null, null])
  second.close()
})

test('what is older than the retention is gone, the rest is not', async () => {
  const store = await openHistoryStore(newPath())
  await store.write(
    ['a'],
    rowsOf([
      [0, T0, 1, 0x80],
      [0, T0 + 10_000, 2, 0x80],
    ]),
  )
  await store.forget(T0 + 5000)
  const span = { from_ms: T0, to_ms: T0 + 20_000, points: 2, known_ms: T0 + 20_000 }
  expect((await readSeries(store, 'a', span)).min).toEqual([null, 2])
  store.close()
})

test('a gap mark reads as a gap', async () => {
  const store = await openHistoryStore(newPath())
  await store.write(
    ['a'],
    rowsOf([
      [0, T0, 1, 0x80],
      [0, T0 + 1001, NaN, GAP_STATUS],
      [0, T0 + 3000, 2, 0x80],
    ]),
  )
  const span = { from_ms: T0, to_ms: T0 + 4000, points: 4, known_ms: T0 + 4000 }
  expect((await readSeries(store, 'a', span)).mean).toEqual([1, 1, null, 2])
  store.close()
})
