/**
 * The frame log: what stands in its records, and how a file is read back.
 *
 * A file is a base (epoch, the snapshot its frames step from), then frames in order, with the snapshots accepted among them.
 * Each is one record of protocols/core/record.ts; the payload's first byte is its kind. A torn or damaged tail is cut off where
 * it begins: records after it could not be joined to the chain.
 */
import { byteReader, byteWriter } from '../../contracts/bytes.ts'
import { compareTicks, type Frame, type TickId } from '../../contracts/frame.ts'
import { readFrame, readTick, writeFrame, writeTick } from '../../contracts/frame-codec.ts'
import { encodeRecord, RECORD_HEADER_BYTES, RecordReader } from '../../protocols/core/record.ts'

/** A controller's whole state at one tick. Empty state at (0, 0): the cold start of the artifact. */
export interface Snapshot extends TickId {
  readonly digest: number
  readonly artifact: string
  readonly state: Uint8Array
}

export type LogEntry =
  | { readonly kind: 'base'; readonly epoch: number; readonly snapshot: Snapshot }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }

const KIND = { base: 1, frame: 2, snapshot: 3 } as const

/** The complete record, header and CRC included. */
export function encodeLogEntry(entry: LogEntry): Uint8Array {
  const w = byteWriter()
  w.u8(KIND[entry.kind])
  if (entry.kind === 'frame') writeFrame(w, entry.frame)
  else {
    if (entry.kind === 'base') w.u32(entry.epoch)
    writeTick(w, entry.snapshot)
    w.integer(entry.snapshot.digest)
    w.text(entry.snapshot.artifact)
    w.blob(entry.snapshot.state)
  }
  return encodeRecord(w.finish())
}

/** @throws RangeError where the payload is no entry. */
export function decodeLogEntry(payload: Uint8Array): LogEntry {
  const r = byteReader(payload)
  const kind = r.u8()
  let entry: LogEntry
  if (kind === KIND.frame) entry = { kind: 'frame', frame: readFrame(r) }
  else {
    const epoch = kind === KIND.base ? r.u32() : 0
    if (kind !== KIND.base && kind !== KIND.snapshot) throw new RangeError(`log entry of unknown kind ${kind}`)
    const snapshot = { ...readTick(r), digest: r.integer(), artifact: r.text(), state: r.blob() }
    entry = kind === KIND.base ? { kind: 'base', epoch, snapshot } : { kind: 'snapshot', snapshot }
  }
  r.end()
  return entry
}

/** What one file holds, up to the first fault. */
export interface RecoveredLog {
  readonly epoch: number
  readonly base: Snapshot
  /** Snapshots accepted after the base, in order. */
  readonly snapshots: readonly Snapshot[]
  /** An unbroken chain: the first steps from the base, each from the one before. */
  readonly frames: readonly Frame[]
  /** Bytes that are good; the file is longer where its tail is torn. */
  readonly truncated_at: number
}

/** @returns undefined where not even the base is whole: the file never became valid, an older one counts. */
export function readLog(bytes: Uint8Array): RecoveredLog | undefined {
  let base: { epoch: number; snapshot: Snapshot } | undefined
  const snapshots: Snapshot[] = []
  const frames: Frame[] = []
  let tip: TickId = { epoch: 0, n: 0 }
  let truncated_at = 0
  for (const payload of new RecordReader().push(bytes)) {
    const entry = readEntry(payload)
    if (entry === undefined || (entry.kind === 'base') !== (base === undefined)) break
    if (entry.kind === 'base') {
      base = entry
      tip = entry.snapshot
    } else if (entry.kind === 'snapshot') {
      if (compareTicks(entry.snapshot, tip) > 0) break
      snapshots.push(entry.snapshot)
    } else {
      const { frame } = entry
      if (frame.prev_epoch !== tip.epoch || frame.prev_n !== tip.n) break
      frames.push(frame)
      tip = frame
    }
    truncated_at += RECORD_HEADER_BYTES + payload.length
  }
  return base === undefined ? undefined : { epoch: base.epoch, base: base.snapshot, snapshots, frames, truncated_at }
}

/** Where the chain of this log ends. */
export function tipOf(log: Pick<RecoveredLog, 'base' | 'frames'>): TickId {
  const { epoch, n } = log.frames.at(-1) ?? log.base
  return { epoch, n }
}

function readEntry(payload: Uint8Array): LogEntry | undefined {
  try {
    return decodeLogEntry(payload)
  } catch (fault) {
    if (fault instanceof RangeError) return undefined
    throw fault
  }
}
