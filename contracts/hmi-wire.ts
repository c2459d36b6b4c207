/**
 * What passes over the operator's WebSocket.
 *
 * Binary, server to browser: one ValueMessage (below). Text, both ways: JSON of ServerText / BrowserText.
 * The browser's first text is `open`; the server answers `config`, then a binary snapshot, then changes.
 */
import type { DisplayRecord, TagRecord, WritableField } from './artifact.ts'
import type { SisText } from './hmi-sis.ts'
import type { ForceState, IoStatusMessage } from './link.ts'

/** Changed values of one scan. A snapshot holds all published values. */
export interface ValueMessage {
  readonly snapshot: boolean
  readonly epoch: number
  readonly n: number
  /** Time of the scan, ms since 1970, from the frame. */
  readonly t_ms: number
  /** Index into `published`, value and status side by side. */
  readonly indices: Uint16Array
  readonly values: Float64Array
  readonly statuses: Uint16Array
}

const MAGIC = 0xf1
const HEADER_BYTES = 32

/** Layout: u8 magic, u8 snapshot, u16 count, u32 epoch, f64 n, f64 t_ms, 8 spare; then f64 values, u16 indices, u16 statuses. Little endian. */
export function encodeValues(m: ValueMessage): Uint8Array {
  const count = m.indices.length
  const bytes = new Uint8Array(HEADER_BYTES + count * 12)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, MAGIC)
  view.setUint8(1, m.snapshot ? 1 : 0)
  view.setUint16(2, count, true)
  view.setUint32(4, m.epoch, true)
  view.setFloat64(8, m.n, true)
  view.setFloat64(16, m.t_ms, true)
  for (let i = 0; i < count; i++) {
    view.setFloat64(HEADER_BYTES + i * 8, m.values[i]!, true)
    view.setUint16(HEADER_BYTES + count * 8 + i * 2, m.indices[i]!, true)
    view.setUint16(HEADER_BYTES + count * 10 + i * 2, m.statuses[i]!, true)
  }
  return bytes
}

/** @throws RangeError where the bytes are not a ValueMessage: the receiver drops the connection and says so. */
export function decodeValues(buffer: ArrayBuffer): ValueMessage {
  const view = new DataView(buffer)
  if (buffer.byteLength < HEADER_BYTES || view.getUint8(0) !== MAGIC) throw new RangeError('not a value message')
  const count = view.getUint16(2, true)
  if (buffer.byteLength !== HEADER_BYTES + count * 12) throw new RangeError('value message of the wrong length')
  const values = new Float64Array(count)
  const indices = new Uint16Array(count)
  const statuses = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    values[i] = view.getFloat64(HEADER_BYTES + i * 8, true)
    indices[i] = view.getUint16(HEADER_BYTES + count * 8 + i * 2, true)
    statuses[i] = view.getUint16(HEADER_BYTES + count * 10 + i * 2, true)
  }
  return {
    snapshot: view.getUint8(1) === 1,
    epoch: view.getUint32(4, true),
    n: view.getFloat64(8, true),
    t_ms: view.getFloat64(16, true),
    indices,
    values,
    statuses,
  }
}

export type BrowserText =
  | { readonly type: 'open'; readonly station: string }
  | OperatorCommand
  | { readonly type: 'ping'; readonly t: number }

/** One open command per station: the server refuses a second one while one is open. */
export interface OperatorCommand {
  readonly type: 'command'
  /** The browser's own id, unique per page load: comes back in every `command-state`. */
  readonly id: string
  readonly tag: string
  readonly field: WritableField
  readonly value: number
  /** What the operator's screen showed; null: no expectation. */
  readonly expected: number | null
  /** (epoch, n) on the screen when the operator pressed Enter. */
  readonly epoch: number
  readonly n: number
}

export type ServerText =
  | ConfigText
  | CommandStateText
  | SystemText
  | JournalText
  | SisText
  | { readonly type: 'pong'; readonly t: number }

/** Everything a page needs to draw: comes again when another artifact runs. */
export interface ConfigText {
  readonly type: 'config'
  readonly artifact: string
  readonly title: string
  readonly tick_ms: number
  readonly tags: readonly TagRecord[]
  readonly displays: readonly DisplayRecord[]
  /** Number of published values. */
  readonly published: number
  readonly server_ms: number
}

export interface CommandStateText {
  readonly type: 'command-state'
  readonly id: string
  /** `sent`: journalled and on its way. `unknown`: no answer in time; the system goes on asking. */
  readonly state: 'sent' | 'applied' | 'refused' | 'expired' | 'unknown'
  readonly reason: string
}

/** State of the programs and links, once a second: also the heartbeat. A browser without one for 3 s says so. */
export interface SystemText {
  readonly type: 'system'
  readonly server_ms: number
  readonly live: boolean
  /** Age of the newest scan, ms. */
  readonly age_ms: number
  readonly epoch: number
  readonly n: number
  readonly preferred: 0 | 1
  readonly controllers: readonly { readonly name: string; readonly state: 'active' | 'standby' | 'out' | 'lost' }[]
  readonly devices: readonly { readonly id: string; readonly state: 'good' | 'tripped' | 'lost' }[]
  readonly alarms: readonly string[]
  readonly pace: { readonly paused: boolean; readonly factor: number; readonly achieved: number } | null
}

/** One line of the operator journal, newest last. */
export interface JournalText {
  readonly type: 'journal'
  readonly entries: readonly JournalEntry[]
}

export interface JournalEntry {
  readonly id: number
  readonly t_ms: number
  readonly kind: 'command' | 'event' | 'system'
  readonly station: string
  readonly tag: string
  readonly text: string
}

/** HTTP: GET /api/io, the report of field I/O as it came. POST and DELETE /api/forces order about forces. */
export interface IoReply {
  readonly connected: boolean
  /** Since field-io's last report, ms; null: none yet. */
  readonly age_ms: number | null
  readonly status: IoStatusMessage | null
  /** null: field-io has not said. */
  readonly forces: readonly ForceLine[] | null
}

/** A force with what an engineer knows the point by. */
export interface ForceLine extends ForceState {
  readonly tag: string
  readonly unit: string
}

/** HTTP: GET /api/history?tags=FIC-01.PV,LIC-08.PV&from=ms&to=ms&points=600 answers HistoryReply. */
export interface HistoryReply {
  readonly from_ms: number
  readonly to_ms: number
  readonly series: readonly HistorySeries[]
}

/** Buckets of equal width, or the raw samples where there are fewer. A gap is a null: never a line across it. */
export interface HistorySeries {
  readonly key: string
  readonly t_ms: readonly number[]
  readonly min: readonly (number | null)[]
  readonly max: readonly (number | null)[]
  readonly mean: readonly (number | null)[]
}
