import { connect, type Socket } from 'node:net'
import {
  CLIENT_LIMITS,
  type ClientCounters,
  type ClientLimits,
  ModbusClientCore,
  type Settle,
} from '../core/modbus/client.ts'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { DeviceIdentification, ReplyData } from '../core/modbus/reply.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'
import { type BackOff, backOff, parseEndpoint } from './back-off.ts'

export interface ModbusTcpClientOptions {
  /** Deadline of one request, from its sending, ms. */
  readonly timeout_ms: number
  readonly limits?: Partial<ClientLimits>
  /** First and longest wait before a new attempt to connect. */
  readonly retry_ms?: number
  readonly retry_ms_max?: number
  /** Called when the connection stands (no fault) and when it is lost (with the reason). */
  readonly on_state?: (connected: boolean, fault: ModbusFault | undefined) => void
}

const READ_BUFFER_BYTES = 64 * 1024
const CONNECT_MS_MIN = 1000

/**
 * A connection to one Modbus/TCP device or gateway, kept up for ever.
 *
 * Without a connection a request fails at once: nothing waits for a connection to come, so that no write made before
 * an interruption reaches the plant after it. When the connection ends, everything under way fails at that moment.
 * Bytes that are no answer to what was asked end the connection; a new one is made.
 */
export class ModbusTcpClient {
  readonly endpoint: string
  private readonly host: string
  private readonly port: number
  private readonly options: ModbusTcpClientOptions
  private readonly limits: ClientLimits
  private readonly retry: BackOff
  private readonly read_buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES)
  private socket: Socket | undefined
  private core: ModbusClientCore | undefined
  private connect_timer: NodeJS.Timeout | undefined
  private deadline_timer: NodeJS.Timeout | undefined
  private armed_ms = Number.POSITIVE_INFINITY
  private batch: Buffer | undefined
  private batch_bytes = 0
  private closed = false
  /** Answers before this connection: the first answer on it proves the device and resets the back-off. */
  private answered_before = 0
  readonly counters: ClientCounters & { connects: number; connection_faults: number }
  /** The last reason for being without a connection. */
  last_fault: ModbusFault | undefined

  /** @param endpoint - `host:port`. */
  constructor(endpoint: string, options: ModbusTcpClientOptions) {
    const { host, port } = parseEndpoint(endpoint)
    this.endpoint = endpoint
    this.host = host
    this.port = port
    this.options = options
    this.limits = { ...CLIENT_LIMITS, ...options.limits }
    this.retry = backOff(options.retry_ms ?? 50, options.retry_ms_max ?? 1000)
    this.counters = {
      sent: 0,
      answered: 0,
      exceptions: 0,
      timeouts: 0,
      late: 0,
      unsolicited: 0,
      connects: 0,
      connection_faults: 0,
    }
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
    if (core.wake_ms < this.armed_ms) this.arm(core.wake_ms, now_ms)
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
    const socket = connect({
      host: this.host,
      port: this.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 5000,
      onread: {
        buffer: this.read_buffer,
        callback: (count, buffer) => {
          if (socket === this.socket) this.received(buffer as Uint8Array, count)
          return true
        },
      },
    })
    this.socket = socket
    this.connect_timer = setTimeout(
      () => this.fail(socket, new ModbusFault('IO_CONNECT', { endpoint: this.endpoint, detail: 'no answer' })),
      Math.max(CONNECT_MS_MIN, this.options.timeout_ms),
    )
    socket.once('connect', () => {
      if (socket !== this.socket) return
      clearTimeout(this.connect_timer)
      this.counters.connects++
      this.answered_before = this.counters.answered
      this.batch_bytes = 0
      this.core = new ModbusClientCore(this.endpoint, (bytes, end) => this.send(bytes, end), this.limits, this.counters)
      this.options.on_state?.(true, undefined)
    })
    socket.on('error', (cause) => {
      const code = this.core === undefined ? 'IO_CONNECT' : 'IO_CLOSED'
      this.fail(socket, new ModbusFault(code, { endpoint: this.endpoint, detail: cause.message }, cause))
    })
    // 'end' comes before 'close' when the device says goodbye: the sooner the pending requests fail the better.
    const ended = (): void =>
      this.fail(socket, new ModbusFault('IO_CLOSED', { endpoint: this.endpoint, detail: 'closed by the device' }))
    socket.once('end', ended)
    socket.once('close', ended)
  }

  private fail(socket: Socket, fault: ModbusFault): void {
    if (socket === this.socket) this.lose(fault)
  }

  private lose(fault: ModbusFault): void {
    const { core, socket } = this
    if (socket === undefined) return
    const was_connected = core !== undefined
    this.core = undefined
    this.socket = undefined
    this.last_fault = fault
    clearTimeout(this.connect_timer)
    clearTimeout(this.deadline_timer)
    this.deadline_timer = undefined
    this.armed_ms = Number.POSITIVE_INFINITY
    socket.destroy()
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
      this.socket!.write(copy)
      return
    }
    // Requests made in one turn of the loop leave in one write.
    if (this.batch === undefined || this.batch.length < this.batch_bytes + end) this.startBatch()
    this.batch!.set(bytes.subarray(0, end), this.batch_bytes)
    if (this.batch_bytes === 0) process.nextTick(this.flush)
    this.batch_bytes += end
  }

  private startBatch(): void {
    const { socket, batch } = this
    if (batch !== undefined && this.batch_bytes > 0) {
      socket!.write(batch.subarray(0, this.batch_bytes))
      this.batch_bytes = 0
    }
    this.batch = Buffer.allocUnsafe(16 * 264)
  }

  private readonly flush = (): void => {
    const { socket, batch } = this
    const count = this.batch_bytes
    this.batch_bytes = 0
    if (count === 0 || batch === undefined || socket === undefined || this.core === undefined) return
    socket.write(batch.subarray(0, count))
    // What the socket could not hand over at once it still reads from this memory.
    if (socket.writableLength > 0) this.batch = undefined
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
