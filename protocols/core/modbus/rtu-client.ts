import { type BusTiming, ModbusBusCore } from './bus-core.ts'
import type { ClientCore, ClientCounters, ClientLimits, Settle } from './client.ts'
import type { ModbusFault } from './modbus-fault.ts'
import { type Reply, readReply } from './reply.ts'
import { type ModbusRequest, writeRequest } from './request.ts'
import { endRtu, RTU_BYTES_MAX, RtuReplyReader } from './rtu.ts'

/** How requests become frames and frames become answers, where it is not this project's own codec that does it. */
export interface RtuCodec {
  /** Writes the whole frame with its CRC at 0 and answers where it ends. */
  encode(into: Uint8Array, unit: number, request: ModbusRequest): number
  /** Reads the PDU bytes[from..to) as the answer to `request`. */
  decode(unit: number, request: ModbusRequest, bytes: Uint8Array, from: number, to: number): Reply
}

export const RTU_CODEC: RtuCodec = {
  encode(into, unit, request) {
    into[0] = unit
    return endRtu(into, 0, writeRequest(into, 1, request))
  },
  decode: (_unit, request, bytes, from, to) => readReply(request, bytes, from, to),
}

export interface RtuOptions extends BusTiming {
  /** On a line a frame gone wrong is ordinary: the request fails. On a connection it means that it must be given up. */
  readonly on_fault: 'fail' | 'close'
  readonly codec: RtuCodec
}

/**
 * The client's side of an RTU line: `ModbusBusCore` with frames.
 *
 * RTU frames carry no id. What tells a late answer from the answer to a later request is that a unit which timed out is
 * left alone until it answered, or for as long again as its time-out: what comes from it in between is counted and
 * dropped. So a time-out must be longer than half of the longest time the device can take to answer.
 */
export class RtuClientCore implements ClientCore {
  private readonly bus: ModbusBusCore
  private readonly reader: RtuReplyReader
  private readonly on_fault: 'fail' | 'close'
  private readonly out = new Uint8Array(RTU_BYTES_MAX)
  private now_ms = 0

  /** @param send - gets bytes[0..end), valid during the call only. */
  constructor(
    endpoint: string,
    send: (bytes: Uint8Array, end: number) => void,
    limits: ClientLimits,
    counters: ClientCounters,
    options: RtuOptions,
  ) {
    const { codec } = options
    this.on_fault = options.on_fault
    this.bus = new ModbusBusCore(
      endpoint,
      (unit, request) => {
        // On a line what is left of a torn answer would spoil the next one; a connection loses nothing on its way.
        if (this.on_fault === 'fail') this.reader.clear()
        send(this.out, codec.encode(this.out, unit, request))
      },
      limits,
      options,
      counters,
    )
    this.reader = new RtuReplyReader(
      (unit) => this.bus.awaited(unit),
      (unit, bytes, from, to) => {
        if (this.bus.asked !== unit) {
          this.bus.take(unit, LATE, this.now_ms)
          return
        }
        // What stands behind the answer was sent before the next request, so it cannot be the answer to that.
        this.reader.discard()
        const reply = codec.decode(unit, this.bus.awaited(unit)!, bytes, from, to)
        if (reply.kind === 'mismatch') this.refuse('IO_MISMATCH', reply.detail)
        else this.bus.take(unit, reply, this.now_ms)
      },
    )
  }

  get fault(): ModbusFault | undefined {
    return this.bus.fault
  }

  get outstanding(): number {
    return this.bus.outstanding
  }

  get wake_ms(): number {
    return this.bus.wake_ms
  }

  request(unit: number, request: ModbusRequest, timeout_ms: number, now_ms: number, settle: Settle): void {
    this.now_ms = now_ms
    this.bus.request(unit, request, timeout_ms, now_ms, settle)
  }

  receive(chunk: Uint8Array, now_ms: number): void {
    this.now_ms = now_ms
    if (!this.bus.listening || this.bus.fault !== undefined) {
      this.noise(now_ms)
      return
    }
    const read = this.reader.push(chunk)
    const { fault } = this.reader
    if (this.bus.fault !== undefined) return
    if (fault !== undefined) this.refuse(fault.code, fault.detail)
    else if (read < chunk.length) this.noise(now_ms)
  }

  expire(now_ms: number): void {
    this.now_ms = now_ms
    const { partial } = this.reader
    const late = this.bus.outstanding > 0 && this.bus.wake_ms <= now_ms
    if (late && partial > 0) {
      // The rest of it may still come, and would be read as the head of another frame.
      if (this.on_fault === 'close') {
        this.bus.counters.timeouts++
        this.bus.close(this.bus.faultHere('IO_FRAMING', `only ${partial} bytes of an answer came in time`))
        return
      }
      this.reader.clear()
      this.bus.quiet(now_ms)
    }
    this.bus.expire(now_ms, partial)
  }

  close(fault: ModbusFault): void {
    this.bus.close(fault)
  }

  private noise(now_ms: number): void {
    this.bus.counters.unsolicited++
    this.bus.quiet(now_ms)
  }

  private refuse(code: 'IO_FRAMING' | 'IO_MISMATCH', detail: string): void {
    if (this.on_fault === 'close') {
      this.bus.close(this.bus.faultHere(code, detail))
      return
    }
    this.reader.clear()
    this.bus.refuse(code, detail, this.now_ms)
  }
}

/** What a late answer says is of no interest. */
const LATE: Exclude<Reply, { kind: 'mismatch' }> = { kind: 'data', data: undefined }
