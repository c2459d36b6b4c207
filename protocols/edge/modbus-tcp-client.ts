import {
  CLIENT_LIMITS,
  type ClientCore,
  type ClientLimits,
  ModbusClientCore,
  type Settle,
} from '../core/modbus/client.ts'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { DeviceIdentification, ReplyData } from '../core/modbus/reply.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'
import { type BackOff, backOff } from './back-off.ts'
import { type Dial, dialTcp, type Wire } from './modbus-dial.ts'
import { type LinkCounters, type ModbusLink, type ModbusLinkOptions, noCounters } from './modbus-link.ts'

export type ModbusTcpClientOptions = ModbusLinkOptions

/** Makes the client's side of one connection, from its standing to its end. */
export type MakeCore = (
  endpoint: string,
  send: (bytes: Uint8Array, end: number) => void,
  limits: ClientLimits,
  counters: LinkCounters,
) => ClientCore

export interface StreamKind {
  readonly dial: Dial
  readonly core: MakeCore
}

export const mbapCore =
  (pause_ms?: (unit: number) => number): MakeCore =>
  (endpoint, send, limits, counters) =>
    new ModbusClientCore(endpoint, send, limits, counters, pause_ms)

const CONNECT_MS_MIN = 1000

/**
 * A connection to one Modbus/TCP device or gateway, kept up for ever; over other streams and with other frames too.
 *
 * Without a connection a request fails at once: nothing waits for a connection to come, so that no write made before
 * an interruption reaches the plant after it. When the connection ends, everything under way fails at that moment.
 * Bytes that are no answer to what was asked end the connection; a new one is made.
 */
export class ModbusTcpClient implements ModbusLink {
  readonly endpoint: string
  private readonly kind: StreamKind
  private readonly options: ModbusLinkOptions
  private readonly limits: ClientLimits
  private readonly retry: BackOff
  private wire: Wire | undefined
  private core: ClientCore | undefined
  private connect_timer: NodeJS.Timeout | undefined
  private deadline_timer: NodeJS.Timeout | undefined
  private armed_ms = Number.POSITIVE_INFINITY
  private batch: Buffer | undefined
  private batch_bytes = 0
  private closed = false
  /** Answers before this connection: the first answer on it proves the device and resets the back-off. */
  private answered_before = 0
  readonly counters: LinkCounters = noCounters()
  /** The last reason for being without a connection. */
  last_fault: ModbusFault | undefined

  /** @param endpoint - `host:port`; for another `kind` what names it. */
  constructor(endpoint: string, options: ModbusLinkOptions, kind?: StreamKind) {
    this.endpoint = endpoint
    this.kind = kind ?? { dial: dialTcp(endpoint), core: mbapCore(options.pause_ms) }
    this.options = options
    this.limits = { ...CLIENT_LIMITS, ...options.limits }
    this.retry = backOff(options.retry_ms ?? 50, options.retry_ms_max ?? 1000)
    this.open()
  }

  get connected(): boolean {
    return this.core !== undefined
  }

  /** Sends one request; `settle` is called exactly once. For callers that poll: no promise is made. */
  call(unit: number, request: ModbusRequest, settle: Settle, timeout_ms = this.options.timeout_ms): void {
    const { core } = this
    if (core === undefined) {
      const detail = this.last_fault === undefined ? 'not yet connected' : this.last_fault.message
      settle(new ModbusFault('IO_NOT_CONNECTED', { endpoint: this.endpoint, unit, detail }), undefined)
      return
    }
    const now_ms = performance.now()
    core.request(unit, request, timeout_ms, now_ms, settle)
    // The connection may have been given up over this very request.
    if (core === this.core && core.wake_ms < this.armed_ms) this.arm(core.wake_ms, now_ms)
  }

  request(unit: number, request: ModbusRequest, timeout_ms?: number): Promise<ReplyData> {
    return new Promise((resolve, reject) => {
      this.call(unit, request, (fault, data) => (fault === undefined ? resolve(data) : reject(fault)), timeout_ms)
    })
  }

  readHolding(unit: number, address: number, quantity: number): Promise<Uint16Array> {
    return this.request(unit, { function: 3, address, quantity }) as Promise<Uint16Array>
  }

  readInput(unit: number, address: number, quantity: number): Promise<Uint16Array> {
    return this.request(unit, { function: 4, address, quantity }) as Promise<Uint16Array>
  }

  readCoils(unit: number, address: number, quantity: number): Promise<Uint8Array> {
    return this.request(unit, { function: 1, address, quantity }) as Promise<Uint8Array>
  }

  readDiscrete(unit: number, address: number, quantity: number): Promise<Uint8Array> {
    return this.request(unit, { function: 2, address, quantity }) as Promise<Uint8Array>
  }

  async writeCoil(unit: number, address: number, on: boolean): Promise<void> {
    await this.request(unit, { function: 5, address, on })
  }

  async writeRegister(unit: number, address: number, value: number): Promise<void> {
    await this.request(unit, { function: 6, address, value })
  }

  async writeCoils(unit: number, address: number, bits: ArrayLike<number>): Promise<void> {
    await this.request(unit, { function: 15, address, bits })
  }

  async writeRegisters(unit: number, address: number, registers: ArrayLike<number>): Promise<void> {
    await this.request(unit, { function: 16, address, registers })
  }

  readIdentification(unit: number, category = 1, object = 0): Promise<DeviceIdentification> {
    return this.request(unit, { function: 43, category, object }) as Promise<DeviceIdentification>
  }

  /** Gives the present connection up; a new one is made. For a device that is alive but not right. */
  drop(detail: string): void {
    this.lose(new ModbusFault('IO_CLOSED', { endpoint: this.endpoint, detail }))
  }

  /** Ends for good: everything under way fails, no timer and no socket is left. */
  close(): void {
    this.closed = true
    clearTimeout(this.connect_timer)
    this.lose(new ModbusFault('IO_CLOSED', { endpoint: this.endpoint, detail: 'closed by this program' }))
  }

  private open(): void {
    if (this.closed) return
    const wire: Wire = this.kind.dial({
      up: () => {
        if (wire === this.wire) this.up()
      },
      data: (bytes, count) => {
        if (wire === this.wire) this.received(bytes, count)
      },
      down: (fault) => {
        if (wire === this.wire) this.lose(fault)
      },
    })
    this.wire = wire
    this.connect_timer = setTimeout(
      () => this.lose(new ModbusFault('IO_CONNECT', { endpoint: this.endpoint, detail: 'no answer' })),
      Math.max(CONNECT_MS_MIN, this.options.timeout_ms),
    )
  }

  private up(): void {
    clearTimeout(this.connect_timer)
    this.counters.connects++
    this.answered_before = this.counters.answered
    this.batch_bytes = 0
    const send = (bytes: Uint8Array, end: number): void => this.send(bytes, end)
    this.core = this.kind.core(this.endpoint, send, this.limits, this.counters)
    this.options.on_state?.(true, undefined)
  }

  private lose(fault: ModbusFault): void {
    const { core, wire } = this
    if (wire === undefined) return
    const was_connected = core !== undefined
    this.core = undefined
    this.wire = undefined
    this.last_fault = fault
    clearTimeout(this.connect_timer)
    clearTimeout(this.deadline_timer)
    this.deadline_timer = undefined
    this.armed_ms = Number.POSITIVE_INFINITY
    wire.destroy()
    if (was_connected) this.counters.connection_faults++
    if (was_connected && this.counters.answered > this.answered_before) this.retry.reset()
    if (!this.closed) this.connect_timer = setTimeout(() => this.open(), this.retry.next())
    // State first, so that whoever is called now sees a client without a connection.
    core?.close(fault)
    if (was_connected) this.options.on_state?.(false, fault)
  }

  private received(buffer: Uint8Array, count: number): void {
    const { core } = this
    if (core === undefined) return
    const now_ms = performance.now()
    core.receive(buffer.subarray(0, count), now_ms)
    if (core !== this.core) return
    if (core.fault !== undefined) this.lose(core.fault)
    else if (core.wake_ms < this.armed_ms) this.arm(core.wake_ms, now_ms)
  }

  private send(bytes: Uint8Array, end: number): void {
    const core = this.core!
    if (core.outstanding <= 1 && this.batch_bytes === 0) {
      const copy = Buffer.allocUnsafe(end)
      copy.set(end === bytes.length ? bytes : bytes.subarray(0, end))
      this.wire!.write(copy)
      return
    }
    // Requests made in one turn of the loop leave in one write.
    if (this.batch === undefined || this.batch.length < this.batch_bytes + end) this.startBatch()
    this.batch!.set(bytes.subarray(0, end), this.batch_bytes)
    if (this.batch_bytes === 0) process.nextTick(this.flush)
    this.batch_bytes += end
  }

  private startBatch(): void {
    const { wire, batch } = this
    if (batch !== undefined && this.batch_bytes > 0) {
      wire!.write(batch.subarray(0, this.batch_bytes))
      this.batch_bytes = 0
    }
    this.batch = Buffer.allocUnsafe(16 * 264)
  }

  private readonly flush = (): void => {
    const { wire, batch } = this
    const count = this.batch_bytes
    this.batch_bytes = 0
    if (count === 0 || batch === undefined || wire === undefined || this.core === undefined) return
    wire.write(batch.subarray(0, count))
    // What the socket could not hand over at once it still reads from this memory.
    if (wire.writableLength > 0) this.batch = undefined
  }

  private arm(deadline_ms: number, now_ms: number): void {
    clearTimeout(this.deadline_timer)
    this.armed_ms = deadline_ms
    this.deadline_timer = setTimeout(this.deadline, Math.max(0, Math.ceil(deadline_ms - now_ms)))
  }

  /** One timer serves all requests: it looks whose time has come and is set again for the next. */
  private readonly deadline = (): void => {
    const { core } = this
    this.armed_ms = Number.POSITIVE_INFINITY
    this.deadline_timer = undefined
    if (core === undefined) return
    const now_ms = performance.now()
    core.expire(now_ms)
    if (core !== this.core) return
    if (core.fault !== undefined) {
      this.lose(core.fault)
      return
    }
    if (core.wake_ms < this.armed_ms) this.arm(core.wake_ms, now_ms)
  }
}
