import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readProofRecords } from './proof-records.ts'
import { tennessee } from './testing/tennessee.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-proof-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const DAY_MS = 86_400_000
const record = (change: object = {}): string =>
  JSON.stringify({
    tag: 'XV-2',
    day: 20_000,
    configuration_hash: 'h',
    signed_by: ['Ada', 'Grace'],
    passed: true,
    returned_to_service: true,
    coverage: 1,
    interval_days: 365,
    ...change,
  })
const read = (lines: readonly string[], day: number) => {
  writeFileSync(join(folder, 'proof-tests.jsonl'), `${lines.join('\n')}\n`)
  return readProofRecords(folder, tennessee(), 'h', day * DAY_MS + 5000)
}

test('no file: nothing is proved, nothing is overdue', () => {
  const { proved, overdue } = readProofRecords(folder, tennessee(), 'h', 0)
  expect(proved).toEqual(Array(11).fill(''))
  expect(overdue).toEqual([])
})

test('a valid test shows with its day, until its interval is over: then it blocks starts', () => {
  expect(read([record()], 20_365).proved[1]).toBe('2024-10-04T00:00:00.000Z')
  expect(read([record()], 20_365).overdue).toEqual([])
  expect(read([record()], 20_366).overdue).toEqual(['XV-2'])
})

test('a record of another configuration, with one signer, failed or partial, does not count', () => {
  const changes = [{ configuration_hash: 'x' }, { signed_by: ['Ada', 'Ada'] }, { passed: false }, { coverage: 0.4 }]
  for (const change of changes) expect(read([record(change)], 20_001).proved[1], JSON.stringify(change)).toBe('')
})

test('lines that are no records are named and change nothing', () => {
  const { proved, wrong } = read(['nonsense', record(), '{"tag":3}'], 20_001)
  expect(wrong).toEqual(['proof-tests.jsonl:1', 'proof-tests.jsonl:3'])
  expect(proved[1]).not.toBe('')
})
