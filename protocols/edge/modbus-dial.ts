/** How a link gets a stream of bytes: a TCP connection, one with TLS, a serial port. */
import { connect } from 'node:net'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import { parseEndpoint } from './back-off.ts'

/** An open or opening stream. */
export interface Wire {
  write(bytes: Buffer): void
  /** Bytes not yet handed to the system. */
  readonly writableLength: number
  /** Ends it at once; none of its events comes after that. */
  destroy(): void
}

export interface WireEvents {
  /** It stands. */
  up(): void
  /** `bytes[0..count)`, valid during the call only. */
  data(bytes: Uint8Array, count: number): void
  /** It could not be made, or has ended. Called at least once unless destroyed; nothing counts after the first. */
  down(fault: ModbusFault): void
}

export type Dial = (events: WireEvents) => Wire

const READ_BUFFER_BYTES = 64 * 1024
export const KEEP_ALIVE_MS = 5000

/** A plain TCP connection to `host:port`. */
export function dialTcp(endpoint: string): Dial {
  const { host, port } = parseEndpoint(endpoint)
  // One for all connections of this dial: only one is open at a time.
  const read_buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES)
  return (events) => {
    let up = false
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      onread: {
        buffer: read_buffer,
        callback: (count, buffer) => {
          events.data(buffer as Uint8Array, count)
          return true
        },
      },
    })
    socket.once('connect', () => {
      up = true
      events.up()
    })
    socket.on('error', (cause) =>
      events.down(new ModbusFault(up ? 'IO_CLOSED' : 'IO_CONNECT', { endpoint, detail: cause.message }, cause)),
    )
    // 'end' comes before 'close' when the device says goodbye: the sooner the pending requests fail the better.
    const ended = (): void => events.down(new ModbusFault('IO_CLOSED', { endpoint, detail: 'closed by the device' }))
    socket.once('end', ended)
    socket.once('close', ended)
    return {
      write: (bytes) => void socket.write(bytes),
      get writableLength() {
        return socket.writableLength
      },
      // Reset, not closed: what the system has not yet delivered is thrown away with it. A cable plugged in again minutes later
      // would otherwise bring the device a write of that time.
      destroy: () => void (up ? socket.resetAndDestroy() : socket.destroy()),
    }
  }
}
