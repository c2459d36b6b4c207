/**
 * Modbus/TCP master of the safety system: function 23 to one device, one transaction at a time.
 *
 * An answer is taken only if transaction, protocol, length, unit, function and byte count are exactly those that were
 * asked for; anything else drops the connection, because the stream can no longer be trusted. What fails is a counter
 * and `done(false)`: nothing is thrown from here.
 * @see Modbus Application Protocol 1.1b3, 6.17; Modbus Messaging on TCP/IP 1.0b
 */
import { connect, type Socket } from 'node:net'

export interface ModbusMasterOptions {
  /** Ways to the device; after a connection that failed the next is taken. */
  readonly places: readonly { readonly host: string; readonly port: number }[]
  readonly unit: number
  /** First register written and read, and how many of each. */
  readonly write_at: number
  readonly read_at: number
  readonly registers: number
  /** A transaction that takes longer is given up with its connection. */
  readonly timeout_ms: number
  /** Connected, or why no longer: `SIS_DEVICE_...` and words. */
  readonly on_state?: (connected: boolean, code: string, reason: string) => void
}

export interface MasterCounters {
  exchanges: number
  timeouts: number
  exceptions: number
  /** Answers that were none. */
  frames: number
  connects: number
}

export interface ModbusMaster {
  readonly connected: boolean
  /** A transaction is under way. */
  readonly busy: boolean
  readonly counters: Readonly<MasterCounters>
  /**
   * Writes and reads in one transaction. False: not now, `done` is not called.
   * @param into - filled before `done(true)`
   */
  exchange(write: Uint16Array, into: Uint16Array, done: (ok: boolean) => void): boolean
  close(): void
}

const FUNCTION = 23
const HEADER = 7
const BACK_OFF_MS_MIN = 50
const BACK_OFF_MS_MAX = 1000

export function createModbusMaster(options: ModbusMasterOptions): ModbusMaster {
  const { registers } = options
  const request = Buffer.alloc(HEADER + 10 + 2 * registers)
  const length = HEADER + 2 + 2 * registers
  const answer = Buffer.alloc(length)
  const counters: MasterCounters = { exchanges: 0, timeouts: 0, exceptions: 0, frames: 0, connects: 0 }
  let socket: Socket | undefined
  let connected = false
  let closed = false
  let transaction = 0
  let filled = 0
  let into: Uint16Array | undefined
  let done: ((ok: boolean) => void) | undefined
  let pause_ms = BACK_OFF_MS_MIN
  let again: NodeJS.Timeout | undefined
  let way = 0

  request.writeUInt16BE(request.length - 6, 4)
  request[6] = options.unit
  request[7] = FUNCTION
  request.writeUInt16BE(options.read_at, 8)
  request.writeUInt16BE(registers, 10)
  request.writeUInt16BE(options.write_at, 12)
  request.writeUInt16BE(registers, 14)
  request[16] = 2 * registers

  const finish = (ok: boolean): void => {
    const tell = done
    done = undefined
    into = undefined
    filled = 0
    limit.unref()
    tell?.(ok)
  }
  const drop = (code: string, reason: string): void => {
    const old = socket
    socket = undefined
    old?.removeAllListeners()
    // What still comes from a socket that was given up is nobody's.
    old?.on('error', () => {})
    old?.destroy()
    const was = connected
    connected = false
    way = (way + 1) % options.places.length
    if (was) options.on_state?.(false, code, reason)
    if (!closed) {
      clearTimeout(again)
      again = setTimeout(open, pause_ms)
      pause_ms = Math.min(2 * pause_ms, BACK_OFF_MS_MAX)
    }
    if (done !== undefined) finish(false)
  }
  const limit = setTimeout(() => {
    if (done === undefined) return
    counters.timeouts++
    drop('SIS_DEVICE_TIMEOUT', `no answer within ${options.timeout_ms} ms`)
  }, options.timeout_ms)
  limit.unref()

  const take = (bytes: Buffer): void => {
    for (let from = 0; from < bytes.length; ) {
      if (done === undefined) {
        counters.frames++
        drop('SIS_DEVICE_FRAME', `${bytes.length - from} bytes that nobody asked for`)
        return
      }
      const part = Math.min(length - filled, bytes.length - from)
      bytes.copy(answer, filled, from, from + part)
      filled += part
      from += part
      if (filled < 9) return
      if (answer[7] === (FUNCTION | 0x80) && answer.readUInt16BE(4) === 3) {
        const mine =
          answer.readUInt16BE(0) === transaction && answer.readUInt16BE(2) === 0 && answer[6] === options.unit
        counters.exceptions++
        if (!mine || filled !== 9) {
          drop('SIS_DEVICE_FRAME', 'an exception that does not fit its request')
          return
        }
        finish(false)
        continue
      }
      if (filled < length) continue
      if (
        answer.readUInt16BE(0) !== transaction ||
        answer.readUInt16BE(2) !== 0 ||
        answer.readUInt16BE(4) !== length - 6 ||
        answer[6] !== options.unit ||
        answer[7] !== FUNCTION ||
        answer[8] !== 2 * registers
      ) {
        counters.frames++
        drop('SIS_DEVICE_FRAME', 'an answer that does not fit its request')
        return
      }
      for (let i = 0; i < registers; i++) into![i] = answer.readUInt16BE(9 + 2 * i)
      counters.exchanges++
      pause_ms = BACK_OFF_MS_MIN
      finish(true)
    }
  }
  const open = (): void => {
    if (closed) return
    const mine = connect({ ...options.places[way]!, noDelay: true, keepAlive: true })
    socket = mine
    // A connection that is not made is an answer that does not come.
    mine.setTimeout(Math.max(options.timeout_ms, 1000), () => {
      if (!connected) drop('SIS_DEVICE_CONNECT', 'no connection')
    })
    mine.on('connect', () => {
      mine.setTimeout(0)
      connected = true
      counters.connects++
      options.on_state?.(true, '', '')
    })
    mine.on('data', take)
    mine.on('error', (cause: NodeJS.ErrnoException) => drop('SIS_DEVICE_LOST', cause.code ?? cause.message))
    mine.on('close', () => drop('SIS_DEVICE_LOST', 'the device closed the connection'))
  }
  open()
  return {
    get connected() {
      return connected
    },
    get busy() {
      return done !== undefined
    },
    counters,
    exchange(write, target, tell) {
      if (socket === undefined || !connected || done !== undefined) return false
      transaction = (transaction + 1) & 0xffff
      request.writeUInt16BE(transaction, 0)
      for (let i = 0; i < registers; i++) request.writeUInt16BE(write[i]!, 17 + 2 * i)
      filled = 0
      into = target
      done = tell
      limit.refresh()
      limit.ref()
      socket.write(request)
      return true
    },
    close() {
      closed = true
      clearTimeout(again)
      clearTimeout(limit)
      drop('SIS_DEVICE_LOST', 'closed here')
    },
  }
}
