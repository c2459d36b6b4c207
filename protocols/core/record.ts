/**
 * Records: how a message stands in a stream of bytes, on a socket and in the frame log alike.
 *
 * Layout, little endian: u32 payload length, u32 CRC-32 of the payload, payload.
 * A wrong CRC or an impossible length means that nothing after it can be trusted: the reader stops there.
 */
import { crc32 } from '../../numerics/crc32.ts'

export const RECORD_HEADER_BYTES = 8
/** Larger than any snapshot of a controller; anything above is damage. */
export const RECORD_PAYLOAD_BYTES_MAX = 256 * 1024 * 1024

/** Header and payload in one array. */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(RECORD_HEADER_BYTES + payload.length)
  const view = new DataView(record.buffer)
  view.setUint32(0, payload.length, true)
  view.setUint32(4, crc32(payload), true)
  record.set(payload, RECORD_HEADER_BYTES)
  return record
}

export type RecordFault = 'length' | 'crc'

/** Cuts a stream of chunks into payloads. After a fault it yields nothing more. */
export class RecordReader {
  private pending = new Uint8Array(0)
  fault: RecordFault | undefined

  /** Bytes that belong to a record not yet complete. */
  get pending_bytes(): number {
    return this.pending.length
  }

  /** The payloads that `chunk` completes, in order. Each is a copy of its own. */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.fault !== undefined) return []
    let bytes = chunk
    if (this.pending.length > 0) {
      bytes = new Uint8Array(this.pending.length + chunk.length)
      bytes.set(this.pending)
      bytes.set(chunk, this.pending.length)
    }
    const payloads: Uint8Array[] = []
    let at = 0
    while (bytes.length - at >= RECORD_HEADER_BYTES) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at)
      const length = view.getUint32(0, true)
      if (length > RECORD_PAYLOAD_BYTES_MAX) {
        this.fault = 'length'
        break
      }
      if (bytes.length - at < RECORD_HEADER_BYTES + length) break
      const from = at + RECORD_HEADER_BYTES
      if (crc32(bytes, from, from + length) !== view.getUint32(4, true)) {
        this.fault = 'crc'
        break
      }
      payloads.push(copy(bytes, from, from + length))
      at = from + length
    }
    this.pending = this.fault === undefined ? copy(bytes, at, bytes.length) : new Uint8Array(0)
    return payloads
  }
}

/** A copy whatever the chunk is: `slice` of a socket's Buffer would be a view of memory that is used again. */
const copy = (bytes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.prototype.slice.call(bytes, from, to) as Uint8Array<ArrayBuffer>
