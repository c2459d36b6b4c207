/**
 * A disk: what is appended survives a killed program, but a power cut takes or tears what was not synced. It can be full, and it
 * can be slow.
 */
import type { StoredLog } from '../../field-io/core/events.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { Loop } from './loop.ts'

export interface Disk {
  full: boolean
  /** Longest time a sync takes, ms. */
  sync_ms_max: number
  begin(log: number): void
  /** @returns false when it is not there: full. */
  append(log: number, record: Uint8Array): boolean
  /** Calls back when everything appended before this call is durable; never after a power cut. */
  sync(log: number, done: (ok: boolean) => void): void
  drop(before: number): void
  storeEpoch(epoch: number, done: () => void): void
  powerCut(): void
  readonly epoch: number
  files(): StoredLog[]
  /** Records in all files. */
  readonly records: number
}

interface File {
  readonly records: Uint8Array[]
  synced: number
}

export function createDisk(loop: Loop, chance: Stream): Disk {
  const files = new Map<number, File>()
  let epoch = 0
  let power = 0
  let pending_epoch: number | undefined
  const disk: Disk = {
    full: false,
    sync_ms_max: 12,
    begin: (log) => {
      files.set(log, { records: [], synced: 0 })
    },
    append: (log, record) => {
      if (disk.full) return false
      files.get(log)?.records.push(record)
      return true
    },
    sync: (log, done) => {
      const file = files.get(log)
      const covered = file?.records.length ?? 0
      const mine = power
      loop.after(0.2 + chance.uniform() * disk.sync_ms_max, () => {
        if (mine !== power) return
        if (file !== undefined) file.synced = Math.max(file.synced, covered)
        done(true)
      })
    },
    drop: (before) => {
      for (const log of files.keys()) if (log < before) files.delete(log)
    },
    storeEpoch: (value, done) => {
      const mine = power
      pending_epoch = value
      loop.after(0.2 + chance.uniform() * disk.sync_ms_max, () => {
        if (mine !== power) return
        epoch = value
        pending_epoch = undefined
        done()
      })
    },
    powerCut: () => {
      power++
      // Written but not synced: it may have reached the disk all the same.
      const nothing = chance.uniform() < 0.5
      if (pending_epoch !== undefined && !nothing && chance.uniform() < 0.5) epoch = pending_epoch
      pending_epoch = undefined
      for (const file of files.values()) {
        const kept = nothing ? file.synced : file.synced + chance.below(file.records.length - file.synced + 1)
        const torn = file.records[kept]
        file.records.length = kept
        if (torn !== undefined && chance.uniform() < 0.5) file.records.push(torn.slice(0, chance.below(torn.length)))
        file.synced = file.records.length
      }
    },
    get epoch() {
      return epoch
    },
    files: () =>
      [...files].map(([log, file]) => {
        const bytes = new Uint8Array(file.records.reduce((sum, r) => sum + r.length, 0))
        let at = 0
        for (const record of file.records) {
          bytes.set(record, at)
          at += record.length
        }
        return { log, bytes }
      }),
    get records() {
      let sum = 0
      for (const file of files.values()) sum += file.records.length
      return sum
    },
  }
  return disk
}
