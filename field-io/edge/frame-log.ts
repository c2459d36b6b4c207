import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredLog } from '../core/events.ts'

const NAME = /^frames-(\d{8})\.log$/
const nameOf = (log: number): string => `frames-${String(log).padStart(8, '0')}.log`
const EPOCH_FILE = 'epoch'

export interface FrameLogHandlers {
  readonly on_durable: (mark: number) => void
  /** The record `mark` and all after it in its log are not on disk. */
  readonly on_failed: (mark: number, cause: Error) => void
}

/** What field-io keeps on disk: the logs of frames and snapshots, and its last epoch. */
export interface FrameLog {
  /** As found at the start. */
  readonly stored_epoch: number
  readonly stored: readonly StoredLog[]
  begin(log: number): void
  append(log: number, mark: number, record: Uint8Array): void
  /** Makes everything appended so far durable, then calls on_durable(mark). */
  sync(log: number, mark: number): void
  drop(before: number): void
  /** Durably, before it returns: an epoch is rare, and nothing may happen in it before it is on disk. */
  storeEpoch(epoch: number): void
  /** Writes out what is pending. */
  close(): Promise<void>
}

interface OpenLog {
  readonly log: number
  readonly path: string
  handle: FileHandle | undefined
  /** Length of the file up to the last whole record. */
  length: number
  pending: { readonly mark: number; readonly record: Uint8Array }[]
  /** Highest mark for which a sync is wanted. */
  sync_mark: number | undefined
  /** The first record that may not survive a power cut. */
  unsynced_mark: number | undefined
  failed: boolean
  working: Promise<void> | undefined
}

/**
 * Opens the folder, makes it where it is missing.
 *
 * Records are gathered while a write is under way and leave in one; syncs are grouped the same way. On a fault (disk
 * full, I/O error) the file is cut back to its last whole record and takes nothing more: control goes on without it.
 */
export function openFrameLog(folder: string, handlers: FrameLogHandlers): FrameLog {
  mkdirSync(folder, { recursive: true })
  const numbers = readdirSync(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((n) => n !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
  const stored = numbers.map((log) => ({ log, bytes: new Uint8Array(readFileSync(join(folder, nameOf(log)))) }))
  const known = new Set(numbers)
  const logs = new Map<number, OpenLog>()
  let current: OpenLog | undefined

  const fail = (l: OpenLog, mark: number, cause: unknown): void => {
    if (l.failed) return
    l.failed = true
    l.pending = []
    handlers.on_failed(mark, cause instanceof Error ? cause : new Error(String(cause)))
  }

  const write = async (l: OpenLog): Promise<void> => {
    if (l.handle === undefined) {
      const fresh = l.length === 0 ? constants.O_CREAT | constants.O_TRUNC : 0
      l.handle = await open(l.path, constants.O_WRONLY | fresh, 0o600)
      if (l.length === 0) syncFolder(folder)
    }
    const batch = l.pending
    l.pending = []
    const sync_mark = l.sync_mark
    l.sync_mark = undefined
    if (batch.length > 0) {
      l.unsynced_mark ??= batch[0]!.mark
      try {
        let count = 0
        for (const b of batch) count += b.record.length
        await writeAll(
          l.handle,
          batch.map((b) => b.record),
          count,
          l.length,
        )
        l.length += count
      } catch (cause) {
        // Half a record at the end would hide whatever came after it.
        await l.handle.truncate(l.length).catch(() => {})
        fail(l, batch[0]!.mark, cause)
        return
      }
    }
    if (sync_mark === undefined) return
    try {
      await l.handle.datasync()
      l.unsynced_mark = undefined
      handlers.on_durable(sync_mark)
    } catch (cause) {
      // After a failed sync the pages may be gone although they read well: nothing since the last good one counts.
      fail(l, l.unsynced_mark ?? sync_mark, cause)
    }
  }

  const work = (l: OpenLog): void => {
    if (l.working !== undefined) return
    const run = async (): Promise<void> => {
      while (!l.failed && (l.pending.length > 0 || l.sync_mark !== undefined)) {
        const first = l.pending[0]?.mark ?? l.sync_mark ?? 0
        await write(l).catch((cause: unknown) => fail(l, first, cause))
      }
    }
    l.working = run().finally(() => {
      l.working = undefined
      // What came between the last look and now.
      if (!l.failed && (l.pending.length > 0 || l.sync_mark !== undefined)) work(l)
    })
  }

  return {
    stored_epoch: readEpoch(folder),
    stored,
    begin(log) {
      const former = current
      current = {
        log,
        path: join(folder, nameOf(log)),
        handle: undefined,
        length: 0,
        pending: [],
        sync_mark: undefined,
        unsynced_mark: undefined,
        failed: false,
        working: undefined,
      }
      logs.set(log, current)
      known.add(log)
      if (former !== undefined) void finish(former)
    },
    append(log, mark, record) {
      const l = logs.get(log)
      if (l === undefined || l.failed) return
      l.pending.push({ mark, record })
      work(l)
    },
    sync(log, mark) {
      const l = logs.get(log)
      if (l === undefined || l.failed) return
      l.sync_mark = Math.max(mark, l.sync_mark ?? mark)
      work(l)
    },
    drop(before) {
      for (const log of [...known]) {
        if (log >= before) continue
        known.delete(log)
        logs.delete(log)
        // A file that cannot be removed costs space, nothing else; the next start drops it again.
        unlink(join(folder, nameOf(log))).catch(() => {})
      }
    },
    storeEpoch: (epoch) => writeEpoch(folder, epoch),
    async close() {
      for (const l of logs.values()) await finish(l)
    },
  }
}

async function finish(l: OpenLog): Promise<void> {
  while (l.working !== undefined) await l.working
  const { handle } = l
  l.handle = undefined
  await handle?.close().catch(() => {})
}

async function writeAll(handle: FileHandle, records: Uint8Array[], count: number, position: number): Promise<void> {
  const { bytesWritten } = await handle.writev(records, position)
  if (bytesWritten !== count)
    throw new Error(`only ${bytesWritten} of ${count} bytes could be written: is the disk full?`)
}

function readEpoch(folder: string): number {
  let text: string
  try {
    text = readFileSync(join(folder, EPOCH_FILE), 'utf8')
  } catch (cause) {
    // Only where there is none yet: one that cannot be read may stand above any other.
    if ((cause as { code?: string }).code === 'ENOENT') return 0
    throw cause
  }
  const epoch = Number(text.trim())
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new Error(
      `${join(folder, EPOCH_FILE)} does not hold an epoch: restore it, or start with an empty data folder`,
    )
  return epoch
}

function writeEpoch(folder: string, epoch: number): void {
  const fresh = join(folder, `${EPOCH_FILE}.new`)
  const fd = openSync(fresh, 'w', 0o600)
  try {
    writeSync(fd, `${epoch}\n`)
    fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(fresh, join(folder, EPOCH_FILE))
  syncFolder(folder)
}

/** A new name is durable only when its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
