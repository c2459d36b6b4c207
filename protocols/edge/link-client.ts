import { connect, type Socket } from 'node:net'
import { backOff, parseEndpoint } from './back-off.ts'
import { type Link, type LinkHandlers, linkOver } from './link.ts'

export interface LinkClientOptions extends LinkHandlers {
  /** Called with each new connection, before anything comes from it: the place to say hello. */
  readonly on_open: (link: Link) => void
  readonly retry_ms?: number
  readonly retry_ms_max?: number
  readonly unread_bytes_max?: number
}

export interface LinkClient {
  /** The present link; undefined while there is no connection. */
  readonly link: Link | undefined
  close(): void
}

const CONNECT_MS = 2000

/** Keeps a link to `endpoint` up for ever; what is sent while there is none is lost, not kept. */
export function connectLink(endpoint: string, options: LinkClientOptions): LinkClient {
  const address = parseEndpoint(endpoint)
  const retry = backOff(options.retry_ms ?? 50, options.retry_ms_max ?? 1000)
  let link: Link | undefined
  let socket: Socket | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const again = (): void => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(open, retry.next())
  }
  const open = (): void => {
    const fresh = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 })
    socket = fresh
    timer = setTimeout(() => fresh.destroy(), CONNECT_MS)
    const unconnected = (): void => again()
    // An error before the connection stands is followed by 'close'; after it the link handles both.
    fresh.on('error', () => {})
    fresh.once('close', unconnected)
    fresh.once('connect', () => {
      clearTimeout(timer)
      fresh.off('close', unconnected)
      let proven = false
      link = linkOver(
        fresh,
        {
          on_message: (l, message) => {
            if (!proven) retry.reset()
            proven = true
            options.on_message(l, message)
          },
          on_end: (l, reason) => {
            link = undefined
            again()
            options.on_end(l, reason)
          },
        },
        options.unread_bytes_max,
      )
      options.on_open(link)
    })
  }
  open()
  return {
    get link() {
      return link
    },
    close() {
      closed = true
      clearTimeout(timer)
      if (link !== undefined) link.close('this program ends')
      else socket?.destroy()
    },
  }
}
