import { MBAP_BYTES, MbapReader, PDU_BYTES_MAX, writeMbap } from './mbap.ts'
import { ModbusFault, type ModbusFaultCode } from './modbus-fault.ts'
import { type ReplyData, readReply } from './reply.ts'
import { addressOf, type ModbusRequest, writeRequest } from './request.ts'

export interface ClientLimits {
  /** Requests under way on the connection at once, 1 to 16. */
  readonly outstanding_max: number
  /** Of them to one unit, so that a dead unit behind a gateway cannot hold all places. */
  readonly outstanding_per_unit_max: number
  /** Requests of one unit that may wait for a place. */
  readonly queue_per_unit_max: number
}

export const CLIENT_LIMITS: ClientLimits = { outstanding_max: 1, outstanding_per_unit_max: 16, queue_per_unit_max: 64 }

/** Timed-out requests whose answer never came before the connection itself is taken for broken. */
const QUARANTINE_MAX = 4096

/** Called once: with the data, or with the fault. */
export type Settle = (fault: ModbusFault | undefined, data: ReplyData) => void

interface Waiting {
  readonly unit: number
  readonly request: ModbusRequest
  readonly timeout_ms: number
  readonly settle: Settle
}

interface Pending extends Waiting {
  readonly transaction: number
  readonly deadline_ms: number
}

export interface ClientCounters {
  sent: number
  answered: number
  exceptions: number
  timeouts: number
  /** Answers to requests that had timed out: dropped. */
  late: number
  /** Answers to nothing that was asked: dropped. */
  unsolicited: number
}

/** The client's side of one connection or line, whatever its frames: what an edge drives with bytes and the time. */
export interface ClientCore {
  /** Why this connection must be given up; undefined while all is well. */
  readonly fault: ModbusFault | undefined
  readonly outstanding: number
  /** When `expire` must be called at the latest, ms; infinite: nothing is under way. May be early, never late. */
  readonly wake_ms: number
  request(unit: number, request: ModbusRequest, timeout_ms: number, now_ms: number, settle: Settle): void
  receive(chunk: Uint8Array, now_ms: number): void
  expire(now_ms: number): void
  close(fault: ModbusFault): void
}

/**
 * The client's side of one connection, without the connection: it lives from connect to close.
 *
 * A reply belongs to a request only if transaction id, unit, function, byte count and echo agree. The id of a request
 * that timed out is not used again until its late answer has come, so that a late answer is recognised and dropped.
 * The caller gives bytes and the time, and sends what `send` is called with.
 */
export class ModbusClientCore implements ClientCore {
  private readonly limits: ClientLimits
  private readonly endpoint: string
  private readonly send: (bytes: Uint8Array, end: number) => void
  private readonly reader: MbapReader
  private readonly pending = new Map<number, Pending>()
  private readonly quarantine = new Set<number>()
  /** Requests that wait, by unit; the units take turns. */
  private readonly queues = new Map<number, Waiting[]>()
  private readonly in_flight = new Map<number, number>()
  /** Until when a unit that needs a pause is left alone. */
  private readonly resting = new Map<number, number>()
  private readonly pause_ms: ((unit: number) => number) | undefined
  private readonly out = new Uint8Array(MBAP_BYTES + PDU_BYTES_MAX + 16)
  private transaction = 0
  private now_ms = 0
  private wake_at_ms = Number.POSITIVE_INFINITY
  private ended: ModbusFault | undefined
  readonly counters: ClientCounters

  /**
   * @param send - gets bytes[0..end), valid during the call only.
   * @param pause_ms - least time between an answer of a unit and the next request to it; absent: none.
   */
  constructor(
    endpoint: string,
    send: (bytes: Uint8Array, end: number) => void,
    limits: ClientLimits = CLIENT_LIMITS,
    counters: ClientCounters = { sent: 0, answered: 0, exceptions: 0, timeouts: 0, late: 0, unsolicited: 0 },
    pause_ms?: (unit: number) => number,
  ) {
    this.endpoint = endpoint
    this.send = send
    this.limits = limits
    this.counters = counters
    this.pause_ms = pause_ms
    this.reader = new MbapReader((transaction, unit, bytes, from, to) => {
      this.take(transaction, unit, bytes, from, to)
    }, 'fault')
  }

  /** Why this connection must be given up; undefined while all is well. */
  get fault(): ModbusFault | undefined {
    return this.ended
  }

  get outstanding(): number {
    return this.pending.size
  }

  /** When `expire` must be called at the latest, ms; infinite: nothing is under way. May be early, never late. */
  get wake_ms(): number {
    return this.wake_at_ms
  }

  /**
   * Sends the request now or as soon as there is a place. `timeout_ms` runs from the sending.
   *
   * @throws RangeError where the request itself is impossible.
   */
  request(unit: number, request: ModbusRequest, timeout_ms: number, now_ms: number, settle: Settle): void {
    this.now_ms = now_ms
    if (this.ended !== undefined) {
      settle(this.ended, undefined)
      return
    }
    const waiting: Waiting = { unit, request, timeout_ms, settle }
    if (this.queues.size === 0 && this.hasPlace(unit)) {
      this.start(waiting)
      return
    }
    // Where it must wait it is judged now, so that an impossible request is thrown at its caller.
    writeRequest(this.out, MBAP_BYTES, request)
    let queue = this.queues.get(unit)
    if (queue === undefined) {
      queue = []
      this.queues.set(unit, queue)
    }
    if (queue.length >= this.limits.queue_per_unit_max) {
      settle(this.faultOf('IO_BUSY', waiting, `${queue.length} requests are waiting`), undefined)
      return
    }
    queue.push(waiting)
    this.fill()
  }

  receive(chunk: Uint8Array, now_ms: number): void {
    if (this.ended !== undefined) return
    this.now_ms = now_ms
    this.reader.push(chunk)
    if (this.ended === undefined && this.reader.fault !== undefined)
      this.close(new ModbusFault('IO_FRAMING', { endpoint: this.endpoint, detail: this.reader.fault }))
  }

  /** Ends requests whose deadline has passed. */
  expire(now_ms: number): void {
    this.now_ms = now_ms
    this.wake_at_ms = Number.POSITIVE_INFINITY
    for (const p of [...this.pending.values()]) {
      if (p.deadline_ms > now_ms) {
        this.wake_at_ms = Math.min(this.wake_at_ms, p.deadline_ms)
        continue
      }
      this.remove(p)
      this.quarantine.add(p.transaction)
      this.counters.timeouts++
      p.settle(this.faultOf('IO_TIMEOUT', p, `no answer in ${p.timeout_ms} ms`), undefined)
    }
    if (this.quarantine.size > QUARANTINE_MAX && this.ended === undefined)
      this.close(
        new ModbusFault('IO_CLOSED', {
          endpoint: this.endpoint,
          detail: `${QUARANTINE_MAX} requests were never answered`,
        }),
      )
    this.fill()
  }

  /** Fails everything under way or waiting, at once. Nothing is carried over to another connection. */
  close(fault: ModbusFault): void {
    if (this.ended !== undefined) return
    this.ended = fault
    const all: Waiting[] = [...this.pending.values()]
    for (const queue of this.queues.values()) all.push(...queue)
    this.pending.clear()
    this.queues.clear()
    this.in_flight.clear()
    for (const w of all) w.settle(fault, undefined)
  }

  private hasPlace(unit: number): boolean {
    return (
      this.pending.size < this.limits.outstanding_max &&
      (this.in_flight.get(unit) ?? 0) < this.limits.outstanding_per_unit_max &&
      (this.pause_ms === undefined || this.rested(unit))
    )
  }

  private rested(unit: number): boolean {
    const until_ms = this.resting.get(unit)
    if (until_ms === undefined) return true
    if (until_ms > this.now_ms) {
      this.wake_at_ms = Math.min(this.wake_at_ms, until_ms)
      return false
    }
    this.resting.delete(unit)
    return true
  }

  private start(w: Waiting): void {
    const { transaction } = this
    const end = writeRequest(this.out, MBAP_BYTES, w.request)
    writeMbap(this.out, 0, transaction, w.unit, end - MBAP_BYTES)
    this.transaction = this.following(transaction)
    const deadline_ms = this.now_ms + w.timeout_ms
    if (deadline_ms < this.wake_at_ms) this.wake_at_ms = deadline_ms
    this.pending.set(transaction, {
      unit: w.unit,
      request: w.request,
      timeout_ms: w.timeout_ms,
      settle: w.settle,
      transaction,
      deadline_ms,
    })
    this.in_flight.set(w.unit, (this.in_flight.get(w.unit) ?? 0) + 1)
    this.counters.sent++
    this.send(this.out, end)
  }

  private following(transaction: number): number {
    let next = (transaction + 1) & 0xffff
    while (this.quarantine.has(next) || this.pending.has(next)) next = (next + 1) & 0xffff
    return next
  }

  /** Gives free places to the units in turn. */
  private fill(): void {
    let turns = this.queues.size
    while (turns > 0 && this.pending.size < this.limits.outstanding_max && this.ended === undefined) {
      turns--
      const [unit, queue] = this.queues.entries().next().value!
      this.queues.delete(unit)
      if (this.hasPlace(unit)) {
        this.start(queue.shift()!)
        turns = this.queues.size + 1
      }
      if (queue.length > 0) this.queues.set(unit, queue)
    }
  }

  private remove(p: Pending): void {
    this.pending.delete(p.transaction)
    const left = this.in_flight.get(p.unit)! - 1
    if (left === 0) this.in_flight.delete(p.unit)
    else this.in_flight.set(p.unit, left)
    const pause_ms = this.pause_ms?.(p.unit) ?? 0
    if (pause_ms > 0) this.resting.set(p.unit, this.now_ms + pause_ms)
  }

  private take(transaction: number, unit: number, bytes: Uint8Array, from: number, to: number): void {
    if (this.ended !== undefined) return
    const p = this.pending.get(transaction)
    if (p === undefined) {
      if (this.quarantine.delete(transaction)) this.counters.late++
      else this.counters.unsolicited++
      return
    }
    if (unit !== p.unit) {
      this.close(this.faultOf('IO_MISMATCH', p, `unit ${unit} answers`))
      return
    }
    const reply = readReply(p.request, bytes, from, to)
    if (reply.kind === 'mismatch') {
      this.close(this.faultOf('IO_MISMATCH', p, reply.detail))
      return
    }
    this.remove(p)
    this.counters.answered++
    if (this.queues.size > 0) this.fill()
    if (reply.kind === 'data') {
      p.settle(undefined, reply.data)
      return
    }
    this.counters.exceptions++
    p.settle(new ModbusFault('IO_EXCEPTION', { ...this.placeOf(p), exception: reply.exception }), undefined)
  }

  private placeOf(w: Waiting) {
    return {
      endpoint: this.endpoint,
      unit: w.unit,
      function: w.request.function,
      register: addressOf(w.request),
    }
  }

  private faultOf(code: ModbusFaultCode, w: Waiting, detail: string): ModbusFault {
    return new ModbusFault(code, { ...this.placeOf(w), detail })
  }
}
