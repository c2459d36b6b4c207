import { createServer } from 'node:net'
import { type Link, type LinkHandlers, linkOver } from './link.ts'

export interface LinkServerOptions extends LinkHandlers {
  /** 0: any free port. */
  readonly port: number
  readonly host?: string
  /** Links at once; one more is refused. */
  readonly links_max?: number
  readonly unread_bytes_max?: number
  readonly on_open?: (link: Link) => void
}

export interface LinkServer {
  readonly port: number
  close(): Promise<void>
}

/** The outside world does not let a link server open its port. */
export class LinkFault extends Error {
  override readonly name = 'LinkFault'
  readonly code = 'IO_LISTEN'
}

/** Accepts links from other programs. @throws LinkFault where the port cannot be opened. */
export function listenLinks(options: LinkServerOptions): Promise<LinkServer> {
  const links = new Set<Link>()
  const { host = '127.0.0.1', links_max = 16 } = options
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 }, (socket) => {
    if (links.size >= links_max) {
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    const link = linkOver(
      socket,
      {
        on_message: options.on_message,
        on_end: (ended, reason) => {
          links.delete(ended)
          options.on_end(ended, reason)
        },
      },
      options.unread_bytes_max,
    )
    links.add(link)
    options.on_open?.(link)
  })
  return new Promise((resolve, reject) => {
    // Stays for the server's life: without a handler a lack of file descriptors would end the program.
    server.on('error', (cause) => {
      const fault = new LinkFault(`IO_LISTEN: ${host}:${options.port}, ${cause.message}`, { cause })
      if (server.listening) process.stderr.write(`${fault.message}\n`)
      else reject(fault)
    })
    server.listen(options.port, host, () => {
      const address = server.address()
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : options.port,
        close() {
          for (const link of [...links]) link.close('this program ends')
          return new Promise((done) => server.close(() => done()))
        },
      })
    })
  })
}
