import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type FrameLog, openFrameLog } from './frame-log.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'frame-log-'))
  folders.push(path)
  return path
}
const record = (n: number): Uint8Array => new Uint8Array(10).fill(n)

/** A log, and a promise of each mark that becomes durable or fails. */
function opened(path: string) {
  const seen: string[] = []
  let told: (() => void) | undefined
  const log: FrameLog = openFrameLog(path, {
    on_durable: (mark) => {
      seen.push(`durable ${mark}`)
      told?.()
    },
    on_failed: (mark) => {
      seen.push(`failed ${mark}`)
      told?.()
    },
  })
  const told_once = (): Promise<void> =>
    new Promise((done) => {
      told = done
    })
  return { log, seen, told_once }
}

test('what was appended before a sync is in the file when the sync is done, in order', async () => {
  const path = folder()
  const { log, seen, told_once } = opened(path)
  log.begin(1)
  for (let n = 1; n <= 5; n++) log.append(1, n, record(n))
  const durable = told_once()
  log.sync(1, 5)
  await durable
  expect(seen).toEqual(['durable 5'])
  expect([...readFileSync(join(path, 'frames-00000001.log'))]).toEqual([1, 2, 3, 4, 5].flatMap((n) => [...record(n)]))
  await log.close()
})

test('syncs asked for during one are grouped, and each is answered by one that covers it', async () => {
  const { log, seen, told_once } = opened(folder())
  log.begin(1)
  const first = told_once()
  for (let n = 1; n <= 50; n++) {
    log.append(1, n, record(n))
    log.sync(1, n)
  }
  await first
  await log.close()
  expect(seen.at(-1)).toBe('durable 50')
  expect(seen.length).toBeLessThan(50)
})

test('logs come back at the next start, with the epoch; a new one does not touch them; dropped ones are gone', async () => {
  const path = folder()
  const first = opened(path)
  first.log.begin(3)
  first.log.append(3, 1, record(7))
  first.log.storeEpoch(12)
  await first.log.close()
  const second = opened(path)
  expect(second.log.stored_epoch).toBe(12)
  expect(second.log.stored).toEqual([{ log: 3, bytes: record(7) }])
  second.log.begin(4)
  second.log.append(4, 2, record(8))
  await second.log.close()
  const third = opened(path)
  expect(third.log.stored.map((s) => s.log)).toEqual([3, 4])
  third.log.drop(4)
  await third.log.close()
  while (readdirSync(path).includes('frames-00000003.log')) await new Promise((done) => setTimeout(done, 1))
  expect(readdirSync(path).sort()).toEqual(['epoch', 'frames-00000004.log'])
})

test('a log that cannot be written fails once, with its first record, and takes nothing more [torture 8]', async () => {
  const path = folder()
  const { log, seen, told_once } = opened(path)
  log.begin(1)
  // The folder vanishes: opening the file fails as it does on a broken disk.
  rmSync(path, { recursive: true })
  const failed = told_once()
  log.append(1, 41, record(1))
  log.append(1, 42, record(2))
  log.sync(1, 42)
  await failed
  log.append(1, 43, record(3))
  log.sync(1, 43)
  await log.close()
  expect(seen).toEqual(['failed 41'])
})

test('a full disk is told with the first record that is not there [torture 8]', async () => {
  const path = folder()
  const { log, seen, told_once } = opened(path)
  // Writing to /dev/full gives ENOSPC, as a full disk does.
  symlinkSync('/dev/full', join(path, 'frames-00000001.log'))
  log.begin(1)
  const failed = told_once()
  log.append(1, 41, record(1))
  await failed
  log.append(1, 42, record(2))
  log.sync(1, 42)
  await log.close()
  expect(seen).toEqual(['failed 41'])
})

test('an epoch file that holds no number is refused, not taken for a first start', () => {
  const path = folder()
  writeFileSync(join(path, 'epoch'), 'x\n')
  expect(() => opened(path)).toThrow(/does not hold an epoch/)
})
