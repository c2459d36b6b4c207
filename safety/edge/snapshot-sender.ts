/** Sends datagrams and hears nothing: the socket is bound to no port that anybody knows, and has no reader. */
import { createSocket } from 'node:dgram'

export interface Target {
  readonly host: string
  readonly port: number
}

export interface SnapshotSender {
  /** Too long for a datagram, and therefore not sent. */
  readonly dropped: number
  send(text: string): void
  close(): void
}

const BYTES_MAX = 60_000

export function openSnapshotSender(targets: readonly Target[]): SnapshotSender {
  const socket = createSocket('udp4')
  let dropped = 0
  let closed = false
  // Nobody listening is the reader's matter: what is said here is said again in half a second.
  socket.on('error', () => {})
  socket.unref()
  return {
    get dropped() {
      return dropped
    },
    send(text) {
      if (closed) return
      const bytes = Buffer.from(text)
      if (bytes.length > BYTES_MAX) {
        dropped++
        return
      }
      for (const { host, port } of targets) socket.send(bytes, port, host, () => {})
    },
    close() {
      closed = true
      socket.close()
    },
  }
}
