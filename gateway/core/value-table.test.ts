import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TagFrame } from '../../contracts/frame.ts'
import { decodeValues, encodeValues, type ValueMessage } from '../../contracts/hmi-wire.ts'
import { STATUS } from '../../contracts/status.ts'
import { caughtUp, createBacklog, missed } from './backlog.ts'
import { createValueTable, snapshotOf, takeScan } from './value-table.ts'

const frame = (n: number, values: number[], statuses: number[]): TagFrame => ({
  epoch: 1,
  n,
  controller: 0,
  t_ms: 1000 * n,
  values: Float64Array.from(values),
  statuses: Uint16Array.from(statuses),
  events: [],
})

const withStatus = (count: number) => Array.from({ length: count }, (_, i) => ({ status: i }))

test('a value without a status of its own is good, whatever stands beside it', () => {
  const m = takeScan(createValueTable([{ status: 5 }, { status: -1 }]), frame(1, [1, 4], [0, 0]))!
  expect([...m.statuses]).toEqual([0, STATUS.good])
})

test('unchanged is equal bit for bit in value and status: NaN stays NaN, -0 is not 0', () => {
  const table = createValueTable(withStatus(4))
  const first = takeScan(table, frame(1, [1, NaN, 0, 5], [128, 0, 128, 128]))!
  expect([first.snapshot, [...first.indices]]).toEqual([true, [0, 1, 2, 3]])
  const second = takeScan(table, frame(2, [1, NaN, -0, 5], [128, 0, 128, 68]))!
  expect([second.snapshot, [...second.indices]]).toEqual([false, [2, 3]])
  expect([...second.statuses]).toEqual([128, 68])
})

test('a scan of another artifact is not shown', () => {
  const table = createValueTable(withStatus(2))
  expect(takeScan(table, frame(1, [1, 2, 3], [0, 0, 0]))).toBeUndefined()
  expect(table.filled).toBe(false)
})

test('a browser that misses any messages and catches up has the same picture as one that gets all', () => {
  const value = fc.constantFrom(0, -0, 1, 2, NaN)
  const scan = fc.record({
    values: fc.array(value, { minLength: 6, maxLength: 6 }),
    statuses: fc.array(fc.constantFrom(0, 128), { minLength: 6, maxLength: 6 }),
    slow: fc.boolean(),
  })
  const show = (picture: { v: number; s: number }[], m: ValueMessage): void => {
    const read = decodeValues(encodeValues(m).buffer as ArrayBuffer)
    read.indices.forEach((at, i) => {
      picture[at] = { v: read.values[i]!, s: read.statuses[i]! }
    })
  }
  fc.assert(
    fc.property(fc.array(scan, { minLength: 1, maxLength: 30 }), (scans) => {
      const table = createValueTable(withStatus(6))
      const backlog = createBacklog(6)
      const picture: { v: number; s: number }[] = []
      scans.forEach((s, i) => {
        const m = takeScan(table, frame(i + 1, s.values, s.statuses))!
        missed(backlog, m)
        if (!s.slow) show(picture, caughtUp(backlog, table))
      })
      show(picture, caughtUp(backlog, table))
      const last = scans.at(-1)!
      expect(picture).toEqual(last.values.map((v, i) => ({ v, s: last.statuses[i]! })))
      expect(backlog.count).toBe(0)
      expect(snapshotOf(table).indices).toHaveLength(6)
    }),
  )
})
