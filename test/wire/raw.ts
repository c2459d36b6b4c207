/** Bare sockets for the wire tests: a client that sends exactly these bytes, a device that answers exactly those. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** `transaction, unit, PDU` as a frame, hex in and out. */
export const frame = (transaction: number, unit: number, pdu: string): string => {
  const body = bytesOf(pdu)
  const head = Buffer.alloc(7)
  head.writeUInt16BE(transaction, 0)
  head.writeUInt16BE(body.length + 1, 4)
  head.writeUInt8(unit, 6)
  return hexOf(Buffer.concat([head, body]))
}

export interface RawClient {
  readonly socket: Socket
  send(hex: string): void
  /** Everything received so far, hex, once it is at least this many bytes; rejects when it does not come. */
  received(count: number): Promise<string>
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<unknown>
  close(): void
}

export async function rawClient(port: number, half_open = false): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: half_open })
  socket.on('error', () => {})
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
  })
  const ended = new Promise((done) => socket.once('close', done))
  await once(socket, 'connect')
  return {
    socket,
    ended,
    send: (hex) => void socket.write(bytesOf(hex)),
    async received(count) {
      await until(() => bytes.length >= count || socket.destroyed, `${count} bytes`)
      return hexOf(bytes)
    },
    close: () => void socket.destroy(),
  }
}

/** What a scripted device got: one request, and the socket it came on. */
export interface Asked {
  readonly transaction: number
  readonly unit: number
  readonly pdu: Buffer
  readonly socket: Socket
  /** Answers this request with a PDU, hex. */
  reply(pdu: string): void
}

export interface RawDevice {
  readonly port: number
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** A device that does with each request whatever the test says. */
export async function rawDevice(on_request: (asked: Asked) => void, port = 0): Promise<RawDevice> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let pending = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 7) {
        const end = 6 + pending.readUInt16BE(4)
        if (pending.length < end) return
        const [transaction, unit, pdu] = [pending.readUInt16BE(0), pending[6]!, pending.subarray(7, end)]
        pending = pending.subarray(end)
        on_request({
          transaction,
          unit,
          pdu,
          socket,
          reply: (answer) => void socket.write(bytesOf(frame(transaction, unit, answer))),
        })
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

/** Waits until something holds; the wait is bounded, what is judged is never how long it took. */
export async function until(holds: () => boolean, what: string, within_ms = 10_000): Promise<void> {
  const end = performance.now() + within_ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${within_ms} ms`)
    await new Promise((done) => setTimeout(done, 2))
  }
}

/** The FC 3 / 4 answer holding these registers, hex. */
export const registersPdu = (code: number, registers: readonly number[]): string =>
  hexOf(Buffer.from([code, registers.length * 2, ...registers.flatMap((r) => [r >> 8, r & 255])]))
