import { createServer, type Socket } from 'node:net'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import type { ModbusModel } from '../core/modbus/model.ts'
import { ModbusServerCore, ModbusServerSession } from '../core/modbus/server.ts'
import { readInPlace } from './read-in-place.ts'

export interface ModbusTcpServerOptions {
  /** 0: any free port; read it from `port` afterwards. */
  readonly port: number
  readonly host?: string
  /** Units that answer; absent: any. */
  readonly units?: readonly number[]
  /** Connections at once; one more is closed as soon as it is accepted. */
  readonly clients_max?: number
  /** A connection on which nothing came for so long is closed: its peer may have vanished without a word. */
  readonly idle_ms?: number
  /** Answers not yet taken by a client, bytes; one that asks but does not read is cut off there. Absent: 1 MB. */
  readonly unread_bytes_max?: number
  /** While true, what comes is thrown away, neither done nor answered: the cable of a simulated plant that is cut. */
  readonly mute?: () => boolean
}

export interface ModbusTcpServer {
  readonly port: number
  /** Connections open now. */
  readonly clients: number
  readonly counters: {
    readonly requests: number
    readonly exceptions: number
    readonly refused: number
    readonly broken: number
  }
  /** Resets every connection, as a device does that restarts; new ones are accepted. */
  dropClients(): void
  close(): Promise<void>
}

const UNREAD_BYTES_MAX = 1024 * 1024
const READ_BUFFER_BYTES = 64 * 1024

/** Looks for idle connections in the time after which one is closed; it is closed within one look more. */
const SWEEPS = 4

/**
 * Serves `model` over Modbus/TCP.
 *
 * Requests are answered in order, all that a segment completes in one write. Half-closed connections are closed.
 * @throws ModbusFault IO_LISTEN where the port cannot be opened.
 */
export function listenModbus(model: ModbusModel, options: ModbusTcpServerOptions): Promise<ModbusTcpServer> {
  const core = new ModbusServerCore(model, options.units === undefined ? {} : { units: options.units })
  const { host = '127.0.0.1', clients_max = 32, idle_ms = 60_000, unread_bytes_max = UNREAD_BYTES_MAX } = options
  /** The sweep at which something last came on each connection: cheaper than a timer set again for each request. */
  const sockets = new Map<Socket, number>()
  let sweep = 0
  const counters = { refused: 0, broken: 0 }
  /** One for all connections: what is read is used up, or copied, before the next read. */
  const read_buffer = new Uint8Array(READ_BUFFER_BYTES)

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }, (socket) => {
    // A client's reset is ordinary; 'close' follows and does the work.
    socket.on('error', () => {})
    if (sockets.size >= clients_max) {
      counters.refused++
      socket.destroy()
      return
    }
    sockets.set(socket, sweep)
    socket.on('close', () => sockets.delete(socket))
    const session = new ModbusServerSession(core)
    readInPlace(socket, read_buffer, (chunk) => {
      sockets.set(socket, sweep)
      if (options.mute?.() === true) return
      const answers = session.receive(chunk)
      if (answers.length > 0) {
        socket.write(answers)
        // What the system did not take at once the socket still reads from this memory.
        if (socket.writableLength > 0) session.release()
      }
      if (session.fault !== undefined || socket.writableLength > unread_bytes_max) {
        counters.broken++
        socket.destroy()
      }
    })
  })

  const sweeper = setInterval(() => {
    sweep++
    for (const [socket, last] of sockets) if (sweep - last > SWEEPS) socket.destroy()
  }, idle_ms / SWEEPS)
  sweeper.unref()
  server.on('close', () => clearInterval(sweeper))

  return new Promise((resolve, reject) => {
    const endpoint = `${host}:${options.port}`
    // Stays for the server's life: without a handler a lack of file descriptors would end the program.
    server.on('error', (cause) => {
      const fault = new ModbusFault('IO_LISTEN', { endpoint, detail: listenRemedy(cause) }, cause)
      if (server.listening) process.stderr.write(`${fault.message}\n`)
      else {
        clearInterval(sweeper)
        reject(fault)
      }
    })
    server.listen(options.port, host, () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : options.port
      resolve({
        port,
        get clients() {
          return sockets.size
        },
        get counters() {
          return { ...core.counters, ...counters }
        },
        dropClients() {
          for (const socket of sockets.keys()) socket.resetAndDestroy()
        },
        close() {
          for (const socket of sockets.keys()) socket.destroy()
          return new Promise((done) => server.close(() => done()))
        },
      })
    })
  })
}

/** Why a port cannot be opened, and what to do. */
export function listenRemedy(cause: Error & { code?: string }): string {
  if (cause.code === 'EADDRINUSE') return 'the port is in use: end the program that holds it or choose another port'
  if (cause.code === 'EACCES') return 'no right to open this port: choose one above 1023'
  return cause.message
}
