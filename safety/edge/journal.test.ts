import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from './journal.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const lines = (name = 'journal.jsonl'): { a: number }[] =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { a: number })

test('what was added is on the disk in its order, also behind what an earlier run left', async () => {
  writeFileSync(join(folder, 'journal.jsonl'), '{"a":-1}\n')
  const journal = openJournal(folder)
  for (let a = 0; a < 2000; a++) journal.add({ a })
  await journal.flushed()
  expect(lines().map((l) => l.a)).toEqual(Array.from({ length: 2001 }, (_, i) => i - 1))
  expect(journal.failed).toBe('')
  await journal.close()
})

test('[SIS-2.4] a disk that is full is a fault for good', async () => {
  symlinkSync('/dev/full', join(folder, 'journal.jsonl'))
  const journal = openJournal(folder)
  journal.add({ a: 1 })
  await journal.flushed()
  expect(journal.failed).toMatch(/^SIS_STORAGE: .*ENOSPC/)
})

test('[SIS-2.4] a journal that cannot be opened is a fault, not an exception', () => {
  mkdirSync(join(folder, 'journal.jsonl'))
  const journal = openJournal(folder)
  journal.add({ a: 1 })
  expect(journal.failed).toMatch(/^SIS_STORAGE: .*EISDIR/)
})

test('files are kept up to a size, four of them and the one that is written', async () => {
  const journal = openJournal(folder, { bytes_max: 200 })
  for (let a = 0; a < 100; a++) {
    journal.add({ a })
    await journal.flushed()
  }
  await journal.close()
  const kept = [4, 3, 2, 1].flatMap((i) => lines(`journal.jsonl.${i}`)).concat(lines())
  expect(kept.at(-1)!.a).toBe(99)
  const numbers = kept.map((l) => l.a)
  expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i))
  expect(existsSync(join(folder, 'journal.jsonl.5'))).toBe(false)
})
