/**
 * The safety system's own journal: JSON lines, appended in order, on the disk before the next batch is written.
 * Nothing waits for it.
 *
 * Writing goes on beside the scans. What cannot be written is a fault for good, until the next start: a system that
 * can no longer account for what it does trips (`failed`). Files are kept up to a size, the older ones beside them as
 * `.1` to `.4`.
 */
import { close, existsSync, fdatasync, fstatSync, mkdirSync, openSync, renameSync, rmSync, write } from 'node:fs'
import { join } from 'node:path'

export interface Journal {
  /** Code and words of what stands in the way; '' all is well. */
  readonly failed: string
  /** Lines that are not on the disk yet. */
  readonly waiting: number
  /** At once into the queue; the time is put before it. */
  add(entry: Readonly<Record<string, unknown>>): void
  /** When everything so far is on the disk, or never will be. */
  flushed(): Promise<void>
  close(): Promise<void>
}

export interface JournalOptions {
  readonly bytes_max?: number
  /** A batch that takes longer than this is one that does not come. */
  readonly patience_ms?: number
  readonly now?: () => Date
}

const STORAGE = 'SIS_STORAGE'
const FILE = 'journal.jsonl'
const KEPT = 4
const WAITING_MAX = 20_000

export function openJournal(folder: string, options: JournalOptions = {}): Journal {
  const { bytes_max = 16 * 1024 * 1024, patience_ms = 5000, now = () => new Date() } = options
  const path = join(folder, FILE)
  let failed = ''
  let fd = -1
  let bytes = 0
  let queue: string[] = []
  let flying = 0
  let since = 0
  let waiters: (() => void)[] = []

  const fail = (cause: unknown): void => {
    if (failed === '') failed = `${STORAGE}: ${path}: ${cause instanceof Error ? cause.message : String(cause)}`
    queue = []
    flying = 0
    wake()
  }
  const wake = (): void => {
    const woken = waiters
    waiters = []
    for (const each of woken) each()
  }
  const open = (): void => {
    try {
      mkdirSync(folder, { recursive: true })
      fd = openSync(path, 'a', 0o640)
      const stat = fstatSync(fd)
      bytes = stat.isFile() ? stat.size : 0
    } catch (cause) {
      fail(cause)
    }
  }
  const turn = (): void => {
    const old = fd
    fd = -1
    try {
      rmSync(`${path}.${KEPT}`, { force: true })
      for (let i = KEPT - 1; i >= 1; i--) if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`)
      renameSync(path, `${path}.1`)
      open()
      close(old, () => {})
    } catch (cause) {
      fail(cause)
    }
  }
  const next = (): void => {
    if (failed !== '' || flying > 0) return
    if (queue.length === 0) {
      wake()
      return
    }
    if (bytes > bytes_max) turn()
    if (failed !== '') return
    const data = Buffer.from(queue.join(''))
    flying = queue.length
    queue = []
    since = performance.now()
    put(data, 0)
  }
  const put = (data: Buffer, from: number): void => {
    write(fd, data, from, data.length - from, null, (cause, written) => {
      if (failed !== '') return
      if (cause !== null) fail(cause)
      else if (from + written < data.length) put(data, from + written)
      else
        fdatasync(fd, (sync) => {
          if (failed !== '') return
          if (sync !== null) {
            fail(sync)
            return
          }
          bytes += data.length
          flying = 0
          next()
        })
    })
  }
  const add: Journal['add'] = (entry) => {
    if (failed !== '') return
    if (flying > 0 && performance.now() - since > patience_ms)
      fail(new Error(`not on the disk after ${patience_ms} ms`))
    if (queue.length >= WAITING_MAX) fail(new Error(`${WAITING_MAX} lines wait`))
    queue.push(`${JSON.stringify({ t: now().toISOString(), ...entry })}\n`)
    if (flying === 0) setImmediate(next)
  }
  const flushed = (): Promise<void> =>
    new Promise((resolve) => {
      if (failed !== '' || (queue.length === 0 && flying === 0)) return resolve()
      waiters.push(resolve)
    })
  open()
  return {
    get failed() {
      // Asked in every scan: a disk that hangs says nothing by itself.
      if (failed === '' && flying > 0 && performance.now() - since > patience_ms)
        fail(new Error(`not on the disk after ${patience_ms} ms`))
      return failed
    },
    get waiting() {
      return queue.length + flying
    },
    add,
    flushed,
    async close() {
      await flushed()
      if (fd >= 0) close(fd, () => {})
      fd = -1
      if (failed === '') failed = `${STORAGE}: ${path}: closed`
    },
  }
}
