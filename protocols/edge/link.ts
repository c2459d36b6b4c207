import type { Socket } from 'node:net'
import type { LinkMessage } from '../../contracts/link.ts'
import { decodeLink, encodeLink } from '../../contracts/link-codec.ts'
import { encodeRecord, RecordReader } from '../core/record.ts'

/** A peer that leaves more than this unread is not working: its connection is dropped rather than memory filled. */
export const UNREAD_BYTES_MAX = 64 * 1024 * 1024

/** Why a link ended, in words; the peer may come back. */
export type LinkEnd = string

/** One connection between two programs. */
export interface Link {
  /** `address:port` of the other end. */
  readonly peer: string
  readonly open: boolean
  /** Sends a message; false where the link is not open or was just dropped because the peer does not read. */
  send(message: LinkMessage): boolean
  /** Sends payload bytes made by `encodeLink` before: the same message for several links is encoded once. */
  sendRecord(record: Uint8Array): boolean
  close(reason: LinkEnd): void
}

export interface LinkHandlers {
  readonly on_message: (link: Link, message: LinkMessage) => void
  /** Called once, after which nothing more comes from this link. */
  readonly on_end: (link: Link, reason: LinkEnd) => void
}

/** A message as it stands on the wire: for `sendRecord`. */
export const linkRecord = (message: LinkMessage): Uint8Array => encodeRecord(encodeLink(message))

/**
 * Speaks records over a connected socket. Bytes that are no record, or a record that is no message, end the link:
 * after damage nothing later can be trusted.
 */
export function linkOver(socket: Socket, handlers: LinkHandlers, unread_bytes_max = UNREAD_BYTES_MAX): Link {
  const reader = new RecordReader()
  let open = true
  let reason: LinkEnd = 'closed by the other side'
  const end = (why: LinkEnd): void => {
    if (!open) return
    open = false
    reason = why
    socket.destroy()
    handlers.on_end(link, reason)
  }
  const link: Link = {
    peer: `${socket.remoteAddress}:${socket.remotePort}`,
    get open() {
      return open
    },
    send: (message) => link.sendRecord(linkRecord(message)),
    sendRecord(record) {
      if (!open) return false
      socket.write(record)
      if (socket.writableLength <= unread_bytes_max) return true
      end(`${socket.writableLength} bytes unread by the other side`)
      return false
    },
    close: end,
  }
  socket.on('data', (chunk: Uint8Array) => {
    // As plain bytes: slice() of a Buffer is a view, and a message must not share memory with the next.
    for (const payload of reader.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length))) {
      if (!open) return
      let message: LinkMessage
      try {
        message = decodeLink(payload)
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause
        end(`not a message: ${cause.message}`)
        return
      }
      handlers.on_message(link, message)
    }
    if (reader.fault !== undefined) end(`damaged record (${reader.fault})`)
  })
  socket.on('error', (cause) => end(cause.message))
  socket.on('end', () => end('closed by the other side'))
  socket.on('close', () => end('closed by the other side'))
  return link
}
