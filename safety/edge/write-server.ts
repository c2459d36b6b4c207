/**
 * The listener of the secure-write line: few connections, few bytes, and never the solver's time.
 *
 * A connection may send so much a second; then it is not read until the second is over, and the sender's own buffers
 * fill. Who knocks more often than that is not heard at all for a while. A flood costs the scans nothing but that.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { SafetyFault } from './safety-fault.ts'
import { createWriteSession, LINE_BYTES_MAX, type WriteHost } from './secure-write.ts'

export interface WriteServer {
  readonly port: number
  close(): Promise<void>
}

export interface WriteServerOptions {
  readonly host: string
  readonly port: number
  /** The first line of each connection. */
  readonly hello: object
  /** Too many knocked in a second: at most once a second. */
  readonly flooded: (knocks: number) => void
}

const CONNECTIONS_MAX = 4
const LINES_A_SECOND = 20
const BYTES_A_SECOND = 32 * 1024
const KNOCKS_A_SECOND = 10
/** Nobody is heard for so long after too many have knocked. */
const REST_MS = 1000
const UNSENT_MAX = 256 * 1024

/** @throws SafetyFault SIS_WRITE_LISTEN */
export async function listenWrites(options: WriteServerOptions, host: WriteHost): Promise<WriteServer> {
  const sockets = new Set<Socket>()
  let knocks = 0
  let closed = false
  let server: Server
  let rest: NodeJS.Timeout | undefined
  let port = options.port

  const onConnection = (socket: Socket): void => {
    knocks++
    // Even a connection that is refused costs some of a core: too many, and the door is shut.
    if (knocks > KNOCKS_A_SECOND && rest === undefined) {
      server.close()
      options.flooded(knocks)
      rest = setTimeout(() => {
        rest = undefined
        if (!closed) void listen().catch(() => {})
      }, REST_MS)
    }
    if (sockets.size >= CONNECTIONS_MAX || knocks > KNOCKS_A_SECOND) {
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    serve(socket)
  }
  const serve = (socket: Socket): void => {
    sockets.add(socket)
    let text = ''
    let lines = 0
    let bytes = 0
    socket.setNoDelay(true)
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      clearInterval(second)
    })
    const answer = (message: object): void => {
      if (socket.destroyed || !socket.writable) return
      socket.write(`${JSON.stringify(message)}\n`)
      if (socket.writableLength > UNSENT_MAX) socket.destroy()
    }
    const session = createWriteSession(host, answer)
    const work = (): void => {
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        if (lines >= LINES_A_SECOND || socket.destroyed) return
        lines++
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        if (!session.take(line)) {
          socket.end()
          socket.destroySoon()
          return
        }
      }
      if (text.length > LINE_BYTES_MAX) {
        session.take(text)
        socket.destroy()
      }
    }
    const second = setInterval(() => {
      lines = 0
      bytes = 0
      work()
      if (lines < LINES_A_SECOND && socket.isPaused()) socket.resume()
    }, 1000)
    second.unref()
    socket.on('data', (chunk: string) => {
      bytes += chunk.length
      text += chunk
      work()
      if (lines >= LINES_A_SECOND || bytes >= BYTES_A_SECOND) socket.pause()
    })
    answer(options.hello)
  }
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer(onConnection)
      server.on('error', (cause: NodeJS.ErrnoException) =>
        reject(
          new SafetyFault(
            'SIS_WRITE_LISTEN',
            `${options.host}:${port}`,
            cause.message,
            'end what has the port, or give another',
          ),
        ),
      )
      server.listen({ host: options.host, port }, () => {
        const address = server.address()
        if (typeof address === 'object' && address !== null) port = address.port
        resolve()
      })
    })
  const calm = setInterval(() => {
    knocks = 0
  }, 1000)
  calm.unref()
  await listen()
  return {
    get port() {
      return port
    },
    close: () =>
      new Promise((resolve) => {
        closed = true
        clearTimeout(rest)
        clearInterval(calm)
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
