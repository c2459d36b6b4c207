/**
 * The Modbus/TCP frame: u16 transaction, u16 protocol (0), u16 length, u8 unit, then the PDU. Big endian.
 * `length` counts the unit and the PDU: 2 to 254. @see MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3
 */
export const MBAP_BYTES = 7
export const PDU_BYTES_MAX = 253
const LENGTH_MIN = 2
const LENGTH_MAX = PDU_BYTES_MAX + 1
/** Bytes before those that `length` counts. */
const PREFIX_BYTES = 6

/** Gets one frame; the PDU is bytes[from..to). The bytes are only valid during the call. */
export type FrameSink = (transaction: number, unit: number, bytes: Uint8Array, from: number, to: number) => void

/** `ignore`: a frame of another protocol is skipped (a server's duty). `fault`: it ends the connection (a client's). */
export type ForeignProtocol = 'ignore' | 'fault'

/**
 * Cuts a stream into frames. TCP has no message boundaries, so a frame may come in pieces or with others.
 *
 * After a fault nothing more is read: where the length is wrong there is no way back into step, and a parser that
 * waited for 60 kB would be deaf for minutes while the connection looks alive.
 */
export class MbapReader {
  private readonly sink: FrameSink
  private readonly foreign: ForeignProtocol
  private pending: Uint8Array | undefined
  /** What was wrong, in words; undefined while all is well. */
  fault: string | undefined

  constructor(sink: FrameSink, foreign: ForeignProtocol) {
    this.sink = sink
    this.foreign = foreign
  }

  push(chunk: Uint8Array): void {
    if (this.fault !== undefined) return
    let bytes = chunk
    if (this.pending !== undefined) {
      // At most one incomplete frame is pending, so this copies little however the stream was cut.
      bytes = new Uint8Array(this.pending.length + chunk.length)
      bytes.set(this.pending)
      bytes.set(chunk, this.pending.length)
      this.pending = undefined
    }
    const end = bytes.length
    let at = 0
    while (end - at >= PREFIX_BYTES) {
      const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
      if (length < LENGTH_MIN || length > LENGTH_MAX) {
        this.fault = `length ${length} in the header, 2 to 254 is possible`
        return
      }
      const protocol = (bytes[at + 2]! << 8) | bytes[at + 3]!
      if (protocol !== 0 && this.foreign === 'fault') {
        this.fault = `protocol ${protocol} in the header, 0 is Modbus`
        return
      }
      const to = at + PREFIX_BYTES + length
      if (to > end) break
      if (protocol === 0) {
        this.sink((bytes[at]! << 8) | bytes[at + 1]!, bytes[at + 6]!, bytes, at + MBAP_BYTES, to)
        // The sink may have found the frame's content unacceptable.
        if (this.fault !== undefined) return
      }
      at = to
    }
    if (at === end) return
    // A copy also where the chunk is of a kind whose slice() is a view: the socket reads into the same memory again.
    this.pending = new Uint8Array(end - at)
    this.pending.set(bytes.subarray(at))
  }
}

/** Writes the header at `at`; `pdu_bytes` follow it. */
export function writeMbap(into: Uint8Array, at: number, transaction: number, unit: number, pdu_bytes: number): void {
  into[at] = transaction >> 8
  into[at + 1] = transaction & 0xff
  into[at + 2] = 0
  into[at + 3] = 0
  into[at + 4] = (pdu_bytes + 1) >> 8
  into[at + 5] = (pdu_bytes + 1) & 0xff
  into[at + 6] = unit
}
