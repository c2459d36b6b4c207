import { BusQueue } from './bus-queue.ts'
import type { ClientCounters, ClientLimits, Settle } from './client.ts'
import { FUNCTION } from './function-code.ts'
import { ModbusFault, type ModbusFaultCode } from './modbus-fault.ts'
import type { Reply } from './reply.ts'
import { addressOf, type ModbusRequest, writeRequest } from './request.ts'
import { RTU_BYTES_MAX } from './rtu.ts'

export interface BusTiming {
  /** Silence between the end of one exchange and the next request. */
  readonly gap_ms: number
  /** What slaves get to act on a broadcast before the next request: they do not answer it. */
  readonly turnaround_ms: number
  /** Least time between an answer of a unit and the next request to it. */
  readonly pause_ms?: (unit: number) => number
  /** What the line itself takes for a request and its answer, added to the deadline. */
  readonly line_ms?: (request: ModbusRequest) => number
  /**
   * How a late answer is told from the answer to a later request. `rest`: there is nothing in the frames to tell them
   * by, so a unit that timed out is not asked again for as long as the time-out was. `ids`: the frames tell.
   */
  readonly late: 'rest' | 'ids'
  /** Unit 0 is a broadcast. */
  readonly broadcast: boolean
}

interface Waiting {
  readonly unit: number
  readonly request: ModbusRequest
  readonly timeout_ms: number
  readonly settle: Settle
}

const WRITES: readonly number[] = [
  FUNCTION.writeCoil,
  FUNCTION.writeRegister,
  FUNCTION.writeCoils,
  FUNCTION.writeRegisters,
  FUNCTION.maskWrite,
]

/** A line that has sent rubbish must be silent for so long before it is spoken on again. */
const QUIET_MS = 20

/**
 * The master's side of a bus: one request at a time, the units in turn, everything with a deadline.
 *
 * It lives as long as the connection or the open port. The caller puts requests on the line when `send` is called,
 * says what came back, and gives the time.
 */
export class ModbusBusCore {
  private readonly endpoint: string
  private readonly send: (unit: number, request: ModbusRequest) => void
  private readonly timing: BusTiming
  private readonly queue: BusQueue<Waiting>
  private readonly scratch = new Uint8Array(RTU_BYTES_MAX + 16)
  private current: Waiting | undefined
  private deadline_ms = 0
  private now_ms = 0
  private ended: ModbusFault | undefined
  /** What units that timed out still owe. Nothing is asked of them before they answered or rested. */
  private readonly owed = new Map<number, ModbusRequest>()
  readonly counters: ClientCounters

  constructor(
    endpoint: string,
    send: (unit: number, request: ModbusRequest) => void,
    limits: Pick<ClientLimits, 'queue_per_unit_max'>,
    timing: BusTiming,
    counters: ClientCounters,
  ) {
    this.endpoint = endpoint
    this.send = send
    this.timing = timing
    this.queue = new BusQueue(limits.queue_per_unit_max)
    this.counters = counters
  }

  get fault(): ModbusFault | undefined {
    return this.ended
  }

  get outstanding(): number {
    return this.current === undefined ? 0 : 1
  }

  /** The unit whose answer is awaited now. */
  get asked(): number | undefined {
    return this.current?.unit
  }

  get wake_ms(): number {
    return this.current === undefined ? this.queue.ready_ms : this.deadline_ms
  }

  /** Whether any answer is awaited or owed: if not, bytes that come are noise. */
  get listening(): boolean {
    return this.current !== undefined || this.owed.size > 0
  }

  /** The request that an answer of this unit would belong to. */
  awaited(unit: number): ModbusRequest | undefined {
    return this.current?.unit === unit ? this.current.request : this.owed.get(unit)
  }

  /** @throws RangeError where the request itself is impossible: also a broadcast that is no write. */
  request(unit: number, request: ModbusRequest, timeout_ms: number, now_ms: number, settle: Settle): void {
    this.now_ms = now_ms
    if (this.ended !== undefined) {
      settle(this.ended, undefined)
      return
    }
    writeRequest(this.scratch, 0, request)
    if (this.timing.broadcast && unit === 0 && !WRITES.includes(request.function))
      throw new RangeError(`function ${request.function} cannot be sent to unit 0, the broadcast: nobody answers it`)
    const waiting: Waiting = { unit, request, timeout_ms, settle }
    if (!this.queue.push(waiting)) {
      settle(this.faultOf('IO_BUSY', waiting, 'too many requests are waiting'), undefined)
      return
    }
    this.pump()
  }

  /** An answer came, whole and with a good checksum. A mismatch is `refuse`d instead. */
  take(unit: number, reply: Exclude<Reply, { kind: 'mismatch' }>, now_ms: number): void {
    this.now_ms = now_ms
    const { current } = this
    if (current === undefined || current.unit !== unit) {
      if (this.owed.delete(unit)) {
        this.counters.late++
        this.queue.releaseUnit(unit)
        this.holdFor(unit)
        this.pump()
      } else this.counters.unsolicited++
      return
    }
    this.counters.answered++
    if (reply.kind === 'data') this.finish(current, undefined, () => current.settle(undefined, reply.data))
    else {
      this.counters.exceptions++
      const fault = new ModbusFault('IO_EXCEPTION', { ...this.placeOf(current), exception: reply.exception })
      this.finish(current, undefined, () => current.settle(fault, undefined))
    }
  }

  /** What came is no answer to the request under way: it fails, and the line is given time to fall silent. */
  refuse(code: ModbusFaultCode, detail: string, now_ms: number): void {
    this.now_ms = now_ms
    this.quiet(now_ms)
    const { current } = this
    if (current === undefined) return
    const fault = this.faultOf(code, current, detail)
    this.finish(current, undefined, () => current.settle(fault, undefined))
  }

  /** Bytes came that nobody awaits: nothing is sent before they stopped. */
  quiet(now_ms: number): void {
    this.queue.holdBus(now_ms + Math.max(QUIET_MS, this.timing.gap_ms))
  }

  expire(now_ms: number, partial = 0): void {
    this.now_ms = now_ms
    const { current } = this
    if (current !== undefined && this.deadline_ms <= now_ms) {
      if (this.timing.broadcast && current.unit === 0) {
        this.finish(current, undefined, () => current.settle(undefined, undefined))
      } else {
        this.counters.timeouts++
        const rests = this.timing.late === 'rest'
        if (rests) this.owed.set(current.unit, current.request)
        const detail = partial > 0 ? `only ${partial} bytes of an answer` : 'no answer'
        const fault = this.faultOf('IO_TIMEOUT', current, `${detail} in ${current.timeout_ms} ms`)
        this.finish(current, rests ? current.timeout_ms : undefined, () => current.settle(fault, undefined))
      }
    }
    this.pump()
  }

  /** Fails everything under way or waiting, at once. */
  close(fault: ModbusFault): void {
    if (this.ended !== undefined) return
    this.ended = fault
    const all = this.queue.drain()
    if (this.current !== undefined) all.unshift(this.current)
    this.current = undefined
    this.owed.clear()
    for (const w of all) w.settle(fault, undefined)
  }

  faultHere(code: ModbusFaultCode, detail: string): ModbusFault {
    if (this.current !== undefined) return this.faultOf(code, this.current, detail)
    return new ModbusFault(code, { endpoint: this.endpoint, detail })
  }

  /** The exchange is over: the next begins before its outcome is told, so that no caller can hold up the line. */
  private finish(w: Waiting, rest_ms: number | undefined, tell: () => void): void {
    this.current = undefined
    this.queue.holdBus(this.now_ms + this.timing.gap_ms)
    if (rest_ms === undefined) this.holdFor(w.unit)
    else this.queue.holdUnit(w.unit, this.now_ms + rest_ms)
    this.pump()
    tell()
  }

  private holdFor(unit: number): void {
    const pause_ms = this.timing.pause_ms?.(unit) ?? 0
    if (pause_ms > 0) this.queue.holdUnit(unit, this.now_ms + pause_ms)
  }

  private pump(): void {
    if (this.current !== undefined || this.ended !== undefined) return
    const w = this.queue.take(this.now_ms)
    if (w === undefined) return
    const broadcast = this.timing.broadcast && w.unit === 0
    const line_ms = this.timing.line_ms?.(w.request) ?? 0
    this.deadline_ms = this.now_ms + line_ms + (broadcast ? this.timing.turnaround_ms : w.timeout_ms)
    this.owed.delete(w.unit)
    this.current = w
    this.counters.sent++
    this.send(w.unit, w.request)
  }

  private placeOf(w: Waiting) {
    return { endpoint: this.endpoint, unit: w.unit, function: w.request.function, register: addressOf(w.request) }
  }

  private faultOf(code: ModbusFaultCode, w: Waiting, detail: string): ModbusFault {
    return new ModbusFault(code, { ...this.placeOf(w), detail })
  }
}
