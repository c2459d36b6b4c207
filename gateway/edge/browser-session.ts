/**
 * One browser's socket. It gets each message as bytes that were encoded once for all; when it takes them too slowly,
 * values are not queued: what it missed is noted, and sent once, as it stands, when the socket is free again.
 */
import type { WebSocket } from 'ws'
import { encodeValues, type ServerText, type ValueMessage } from '../../contracts/hmi-wire.ts'
import { type Backlog, caughtUp, createBacklog, missed } from '../core/backlog.ts'
import type { ValueTable } from '../core/value-table.ts'

/** Bytes that may wait in a socket before values are held back: one second of a large plant at the target rate. */
export const BUFFERED_BYTES_MAX = 200_000
/**
 * A ping unanswered for this long means that what was sent before it still waits somewhere, and the system's own
 * socket buffers hold minutes of a small plant's values: they must not be filled, ms.
 */
export const UNANSWERED_MS = 500
/** A browser that takes nothing for this long is cut off; it connects again with a snapshot, ms. */
export const STUCK_MS = 10_000

export interface BrowserSession {
  readonly station: string
  readonly socket: WebSocket
  readonly backlog: Backlog
  /** When the oldest unanswered ping was sent; undefined: all are answered. */
  pinged_ms: number | undefined
  /** Messages of values that were not sent as such. */
  dropped: number
}

export function createBrowserSession(station: string, socket: WebSocket, published: number): BrowserSession {
  const session: BrowserSession = {
    station,
    socket,
    backlog: createBacklog(published),
    pinged_ms: undefined,
    dropped: 0,
  }
  socket.on('pong', () => {
    session.pinged_ms = undefined
  })
  return session
}

/** Sends a scan's changes, or notes them where the browser is behind. `bytes` is the encoded `message`. */
export function sendValues(
  s: BrowserSession,
  message: ValueMessage,
  bytes: Uint8Array,
  table: ValueTable,
  now_ms: number,
): void {
  if (isBehind(s, now_ms)) {
    missed(s.backlog, message)
    s.dropped++
    return
  }
  if (s.backlog.count === 0) {
    s.socket.send(bytes)
    return
  }
  missed(s.backlog, message)
  s.socket.send(encodeValues(caughtUp(s.backlog, table)))
}

/** Sends what was missed once there is room, also when no further scan comes; asks whether all before has arrived. */
export function attend(s: BrowserSession, table: ValueTable, now_ms: number): void {
  if (s.socket.readyState !== s.socket.OPEN) return
  if (s.pinged_ms === undefined) {
    s.pinged_ms = now_ms
    s.socket.ping()
  } else if (now_ms - s.pinged_ms > STUCK_MS) {
    s.socket.terminate()
    return
  }
  if (s.backlog.count > 0 && !isBehind(s, now_ms)) s.socket.send(encodeValues(caughtUp(s.backlog, table)))
}

/** A text that must arrive: texts are few and small, and a browser that is stuck is cut off. */
export function sendText(s: BrowserSession, text: ServerText | string): void {
  s.socket.send(typeof text === 'string' ? text : JSON.stringify(text))
}

/** The heartbeat is left out for a browser that is behind: its own rule then says NO CONNECTION, which is true. */
export function sendHeartbeat(s: BrowserSession, text: string, now_ms: number): void {
  if (!isBehind(s, now_ms)) s.socket.send(text)
}

function isBehind(s: BrowserSession, now_ms: number): boolean {
  if (s.socket.bufferedAmount > BUFFERED_BYTES_MAX) return true
  return s.pinged_ms !== undefined && now_ms - s.pinged_ms > UNANSWERED_MS
}
