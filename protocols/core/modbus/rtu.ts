/**
 * The RTU frame: u8 unit, the PDU, u16 CRC with the low byte first. Nothing in it says how long it is: on the line a
 * silence of 3.5 characters ends it. A reader that waited for silences would depend on the scheduler's mood, so both
 * readers here cut by what the function code determines, and silence only brings them back into step.
 *
 * @see MODBUS over Serial Line, Specification and Implementation Guide V1.02, 2.5
 */
import { EXCEPTION_FLAG, FUNCTION, MEI_DEVICE_IDENTIFICATION } from './function-code.ts'
import { type ModbusRequest, requestBytes } from './request.ts'
import type { ModbusServerCore } from './server.ts'

export const RTU_BYTES_MAX = 256
const CRC_BYTES = 2
/** Unit, function with its flag, exception code, CRC. */
const EXCEPTION_BYTES = 5

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  return crc
})

/** CRC-16 of bytes[from..to): polynomial 0x8005 reflected, start 0xFFFF. Over a frame with its own CRC it is 0. */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) crc = (crc >> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!
  return crc
}

/** Puts the CRC of into[from..end) behind it and answers where the frame ends: `from` holds the unit, then the PDU. */
export function endRtu(into: Uint8Array, from: number, end: number): number {
  const crc = crc16(into, from, end)
  into[end] = crc & 0xff
  into[end + 1] = crc >> 8
  return end + CRC_BYTES
}

/** Silence that separates frames, ms: 3.5 characters of 11 bits, above 19200 baud the fixed 1.75 ms. */
export const silence_ms = (baud: number): number => (baud > 19_200 ? 1.75 : (3.5 * 11 * 1000) / baud)

/** Characters a request and its answer take on the line together, at most. */
export function exchangeBytes(request: ModbusRequest): number {
  return 1 + requestBytes(request) + CRC_BYTES + answerBytesMax(request)
}

function answerBytesMax(request: ModbusRequest): number {
  switch (request.function) {
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
    case FUNCTION.readWrite:
      return 5 + 2 * request.quantity
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete:
      return 5 + ((request.quantity + 7) >> 3)
    case FUNCTION.maskWrite:
      return 10
    case FUNCTION.encapsulated:
      return RTU_BYTES_MAX
    default:
      return 8
  }
}

/** Gets one frame with a good CRC; the PDU is bytes[from..to). The bytes are only valid during the call. */
export type RtuSink = (unit: number, bytes: Uint8Array, from: number, to: number) => void

export interface RtuFault {
  readonly code: 'IO_FRAMING' | 'IO_MISMATCH'
  readonly detail: string
}

/** More bytes are needed to say how long the frame is. */
const UNKNOWN = 0

/**
 * The master's reader: cuts the bytes of a line into the answers that are awaited.
 *
 * `awaited` says which request a unit owes an answer to; a frame of a unit that owes none, of another function or with
 * another byte count is a fault (IO_MISMATCH), so is a wrong CRC (IO_FRAMING). After a fault nothing is read until `clear`.
 */
export class RtuReplyReader {
  private readonly awaited: (unit: number) => ModbusRequest | undefined
  private readonly sink: RtuSink
  private readonly pending = new Uint8Array(RTU_BYTES_MAX)
  private count = 0
  private wrong: RtuFault | undefined
  private skip = false

  constructor(awaited: (unit: number) => ModbusRequest | undefined, sink: RtuSink) {
    this.awaited = awaited
    this.sink = sink
  }

  get fault(): RtuFault | undefined {
    return this.wrong
  }

  /** Bytes of a frame that is not complete. */
  get partial(): number {
    return this.count
  }

  /** Forgets everything read so far: the line has been silent, or its connection is a new one. */
  clear(): void {
    this.count = 0
    this.wrong = undefined
  }

  /** What is left of the chunk being read is not wanted. */
  discard(): void {
    this.skip = true
  }

  /** Answers how many bytes of the chunk were read: fewer where there was a fault or a `discard`. */
  push(chunk: Uint8Array): number {
    this.skip = false
    let i = 0
    while (i < chunk.length && this.wrong === undefined && !this.skip) {
      this.pending[this.count++] = chunk[i++]!
      if (this.count >= 2) this.look()
    }
    return i
  }

  private look(): void {
    const { pending, count } = this
    const unit = pending[0]!
    const request = this.awaited(unit)
    if (request === undefined) {
      this.wrong = { code: 'IO_MISMATCH', detail: `unit ${unit} answers, which was not asked` }
      return
    }
    const length = answerBytes(request, pending, count)
    if (typeof length === 'string') {
      this.wrong = { code: 'IO_MISMATCH', detail: length }
      return
    }
    if (length === UNKNOWN || count < length) return
    if (crc16(pending, 0, length) !== 0) {
      this.wrong = { code: 'IO_FRAMING', detail: 'the checksum of the answer is wrong' }
      return
    }
    this.count = 0
    this.sink(unit, pending, 1, length - CRC_BYTES)
  }
}

/** Length of the frame that begins with these bytes as an answer to `request`; 0: not yet known; text: it is none. */
function answerBytes(request: ModbusRequest, b: Uint8Array, count: number): number | string {
  const code = b[1]!
  if (code === (request.function | EXCEPTION_FLAG)) return EXCEPTION_BYTES
  if (code !== request.function) return `function ${code} answers function ${request.function}`
  switch (request.function) {
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
    case FUNCTION.readWrite:
      return counted(b, count, 2 * request.quantity)
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete:
      return counted(b, count, (request.quantity + 7) >> 3)
    case FUNCTION.maskWrite:
      return 10
    case FUNCTION.encapsulated:
      return identificationBytes(b, count)
    default:
      return 8
  }
}

function counted(b: Uint8Array, count: number, expected: number): number | string {
  if (count >= 3 && b[2] !== expected) return `byte count ${b[2]}, ${expected} asked for`
  return 3 + expected + CRC_BYTES
}

function identificationBytes(b: Uint8Array, count: number): number | string {
  if (count < 8) return UNKNOWN
  let at = 8
  for (let i = 0; i < b[7]!; i++) {
    if (at + 2 > count) return UNKNOWN
    at += 2 + b[at + 1]!
    if (at + CRC_BYTES > RTU_BYTES_MAX) return 'identification longer than a frame'
  }
  return at + CRC_BYTES
}

/**
 * The slave's reader: cuts the bytes of a line into requests.
 *
 * After bytes that are no request (a wrong CRC, or the answers of other slaves on the line) it is deaf until the caller
 * has seen the line silent and says so. A function whose length is not known here is a frame if the silence ends it with
 * a good CRC, so that the exception for it can be sent.
 */
export class RtuRequestReader {
  private readonly sink: RtuSink
  private readonly pending = new Uint8Array(RTU_BYTES_MAX)
  private count = 0
  private deaf = false
  /** Frames dropped for their CRC or because they were longer than a frame can be. */
  readonly counters = { dropped: 0 }

  constructor(sink: RtuSink) {
    this.sink = sink
  }

  /** Bytes read since the last frame: while there are some, the caller owes a `silence`. */
  get partial(): number {
    return this.deaf ? 1 : this.count
  }

  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && !this.deaf; i++) {
      if (this.count === RTU_BYTES_MAX) {
        this.drop()
        return
      }
      this.pending[this.count++] = chunk[i]!
      const length = queryBytes(this.pending, this.count)
      if (length === UNKNOWN || this.count < length) continue
      if (length <= RTU_BYTES_MAX && crc16(this.pending, 0, length) === 0) this.take(length)
      else this.drop()
    }
  }

  /** The line has been silent for 3.5 characters. */
  silence(): void {
    const { count, deaf } = this
    this.deaf = false
    if (!deaf && count >= 4 && queryBytes(this.pending, count) === UNKNOWN && crc16(this.pending, 0, count) === 0) {
      this.take(count)
      return
    }
    if (!deaf && count > 0) this.counters.dropped++
    this.count = 0
  }

  private take(length: number): void {
    this.count = 0
    this.sink(this.pending[0]!, this.pending, 1, length - CRC_BYTES)
  }

  private drop(): void {
    this.counters.dropped++
    this.count = 0
    this.deaf = true
  }
}

/** Length of the request frame that begins with these bytes; 0: not yet known, or known to nobody. */
function queryBytes(b: Uint8Array, count: number): number {
  if (count < 2) return UNKNOWN
  switch (b[1]) {
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete:
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
    case FUNCTION.writeCoil:
    case FUNCTION.writeRegister:
      return 8
    case FUNCTION.writeCoils:
    case FUNCTION.writeRegisters:
      return count < 7 ? UNKNOWN : 9 + b[6]!
    case FUNCTION.maskWrite:
      return 10
    case FUNCTION.readWrite:
      return count < 11 ? UNKNOWN : 13 + b[10]!
    case FUNCTION.encapsulated:
      return count >= 3 && b[2] === MEI_DEVICE_IDENTIFICATION ? 7 : UNKNOWN
    default:
      return UNKNOWN
  }
}

/**
 * A server on a line: bytes in, answers out. The core should be made with `line: 'serial'`, so that foreign units are met
 * with silence and unit 0 is a broadcast. The caller calls `silence` once nothing came for 3.5 characters while
 * `partial` is not 0 (over TCP: some milliseconds).
 */
export class RtuServerSession {
  private readonly reader: RtuRequestReader
  private readonly out = new Uint8Array(RTU_BYTES_MAX)
  private readonly send: (frame: Uint8Array) => void

  /** @param send - gets one answer; valid during the call only. */
  constructor(core: ModbusServerCore, send: (frame: Uint8Array) => void) {
    this.send = send
    this.reader = new RtuRequestReader((unit, bytes, from, to) => {
      const end = core.answer(unit, bytes, from, to, this.out, 1)
      if (end === 1) return
      this.out[0] = unit
      this.send(this.out.subarray(0, endRtu(this.out, 0, end)))
    })
  }

  get partial(): number {
    return this.reader.partial
  }

  get dropped(): number {
    return this.reader.counters.dropped
  }

  receive(chunk: Uint8Array): void {
    this.reader.push(chunk)
  }

  silence(): void {
    this.reader.silence()
  }
}
