import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '../../contracts/frame.ts'
import { encodeLogEntry, readLog, type Snapshot, tipOf } from './log-records.ts'

const frame = (n: number, prev_n: number): Frame => ({
  epoch: 3,
  n,
  prev_epoch: 3,
  prev_n,
  t_ms: 0,
  preferred: 0,
  inputs: [{ input: 0, value: n, status: 0x80, age_ticks: 0 }],
  readbacks: [],
  commands: [],
})
const snapshot = (n: number): Snapshot => ({ epoch: 3, n, digest: n, artifact: 'a', state: Uint8Array.of(1, 2, n) })

/** Base at 10, frames 11, 12, 14 (13 was lost), a snapshot of 12. */
const RECORDS = [
  encodeLogEntry({ kind: 'base', epoch: 3, snapshot: snapshot(10) }),
  encodeLogEntry({ kind: 'frame', frame: frame(11, 10) }),
  encodeLogEntry({ kind: 'frame', frame: frame(12, 11) }),
  encodeLogEntry({ kind: 'snapshot', snapshot: snapshot(12) }),
  encodeLogEntry({ kind: 'frame', frame: frame(14, 12) }),
]
const join = (records: readonly Uint8Array[]): Uint8Array => Uint8Array.from(records.flatMap((r) => [...r]))

test('a log is read back as it was written', () => {
  const log = readLog(join(RECORDS))!
  expect(log.epoch).toBe(3)
  expect(log.base).toEqual(snapshot(10))
  expect(log.snapshots).toEqual([snapshot(12)])
  expect(log.frames).toEqual([frame(11, 10), frame(12, 11), frame(14, 12)])
  expect(log.truncated_at).toBe(join(RECORDS).length)
  expect(tipOf(log)).toEqual({ epoch: 3, n: 14 })
})

test('[EX-9] a tail torn anywhere costs the torn record and what follows, nothing before it', () => {
  const whole = join(RECORDS)
  const ends = RECORDS.map((_, i) => join(RECORDS.slice(0, i + 1)).length)
  for (let length = 0; length < whole.length; length++) {
    const log = readLog(whole.subarray(0, length))
    const complete = ends.filter((end) => end <= length)
    expect(log?.truncated_at).toBe(complete.at(-1))
    expect(log === undefined ? undefined : log.frames.length).toBe(
      complete.length === 0 ? undefined : [0, 1, 2, 2, 3][complete.length - 1],
    )
  }
})

test('[EX-9] damage anywhere is noticed: what is read is the beginning of what was written', () => {
  const whole = join(RECORDS)
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const damaged = whole.slice()
      damaged[at]! ^= mask
      const log = readLog(damaged)
      expect((log?.truncated_at ?? 0) <= at).toBe(true)
      expect([frame(11, 10), frame(12, 11), frame(14, 12)]).toEqual(expect.arrayContaining([...(log?.frames ?? [])]))
    }),
  )
})

test('[EX-1] a frame that does not step from the one before ends the chain', () => {
  const log = readLog(join([...RECORDS.slice(0, 2), encodeLogEntry({ kind: 'frame', frame: frame(14, 12) })]))!
  expect(tipOf(log)).toEqual({ epoch: 3, n: 11 })
})

test('a file without a whole base is none', () => {
  expect(readLog(new Uint8Array(0))).toBeUndefined()
  expect(readLog(RECORDS[1]!)).toBeUndefined()
})
