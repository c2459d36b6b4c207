/**
 * One connection of the secure-write line, as a machine: a line in, answers out.
 *
 * request -> echo (the solver's own words and a nonce) -> confirm within 30 s -> executed once, in the next scan ->
 * result. Each line carries an HMAC by the key of the link, and the numbers of requests rise. A nonce is worth one
 * confirmation on this connection; whatever is wrong is refused with a code, told to the journal, and after some such
 * lines the connection ends.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SisConfig } from '../core/config.ts'
import { type Outcome, type Request, type RequestDesk, type RequestWords, readRequest } from './requests.ts'

export interface WriteHost {
  readonly config: SisConfig
  readonly key: Uint8Array
  readonly desk: Pick<RequestDesk, 'submit'>
  now_ms(): number
  /** Never the same twice. */
  nonce(): string
  /** A line with a right HMAC came: the control system is there. */
  heard(): void
  note(entry: Readonly<Record<string, unknown>>): void
}

export interface WriteSession {
  /** One line without its end. False: the connection is to be closed. */
  take(line: string): boolean
}

export const ECHO_MS = 30_000
export const LINE_BYTES_MAX = 4096
const TEXT_MAX = 200
const BAD_LINES_MAX = 8

/** HMAC-SHA-256, hex, over the JSON text of a line without its `mac`. */
export function macOf(line: object, key: Uint8Array): string {
  const { mac: _, ...rest } = line as Record<string, unknown>
  return createHmac('sha256', key).update(JSON.stringify(rest)).digest('hex')
}

export function createWriteSession(host: WriteHost, answer: (message: object) => void): WriteSession {
  let last_id = -1
  let bad = 0
  let open: { id: number; nonce: string; request: Request; words: RequestWords; expires_ms: number } | undefined

  const refuse = (id: number, code: string, reason: string): boolean => {
    host.note({ event: 'write-refused', code, reason, id })
    answer({ type: 'result', id, outcome: code === 'SIS_WRITE_EXPIRED' ? 'expired' : 'refused', code, reason })
    return true
  }
  /** A line that no honest client sends. */
  const reject = (id: number, code: string, reason: string): boolean => {
    refuse(id, code, reason)
    return ++bad < BAD_LINES_MAX
  }

  const onRequest = (id: number, m: Record<string, unknown>): boolean => {
    const words = wordsOf(m)
    if (words === undefined)
      return reject(id, 'SIS_WRITE_MALFORMED', 'a request without its fields, or one that is too long')
    const request = readRequest(host.config, words)
    if ('code' in request) return refuse(id, request.code, request.reason)
    // A request that was not confirmed is replaced by the next one: there is one echo on the screen.
    open = { id, nonce: host.nonce(), request, words, expires_ms: host.now_ms() + ECHO_MS }
    host.note({ event: 'write-request', id, ...words, meaning: request.meaning })
    answer({
      type: 'echo',
      id,
      nonce: open.nonce,
      meaning: request.meaning,
      expires_ms: ECHO_MS,
      second_person: request.second_person,
    })
    return true
  }

  const onConfirm = (id: number, m: Record<string, unknown>): boolean => {
    const { nonce, second } = m
    if (typeof nonce !== 'string' || typeof second !== 'string' || second.length > TEXT_MAX)
      return reject(id, 'SIS_WRITE_MALFORMED', 'a confirmation without its fields')
    const echo = open
    if (echo === undefined) return reject(id, 'SIS_WRITE_ORDER', 'nothing waits for a confirmation')
    // Right or wrong, the nonce is used up: it cannot be tried again.
    open = undefined
    if (echo.id !== id || !same(echo.nonce, nonce))
      return reject(id, 'SIS_WRITE_NONCE', 'not the nonce of the request that waits; ask again')
    if (host.now_ms() > echo.expires_ms)
      return refuse(id, 'SIS_WRITE_EXPIRED', 'confirmed after more than 30 s; ask again')
    if (echo.request.second_person && (second.trim() === '' || nameOf(second) === nameOf(echo.words.who)))
      return refuse(id, 'SIS_WRITE_SECOND', 'a second person must confirm, another than the one who asked')
    const done = (outcome: Outcome): void => {
      host.note({ event: 'write-result', id, ...outcome })
      answer({ type: 'result', id, ...outcome })
    }
    if (!host.desk.submit({ request: echo.request, words: echo.words, second, expires_ms: echo.expires_ms, done }))
      return refuse(id, 'SIS_WRITE_BUSY', 'too many requests wait for the next scan')
    return true
  }

  return {
    take(line) {
      if (Buffer.byteLength(line) > LINE_BYTES_MAX)
        return reject(0, 'SIS_WRITE_OVERSIZE', `a line of more than ${LINE_BYTES_MAX} bytes`)
      let m: Record<string, unknown>
      try {
        m = JSON.parse(line) as Record<string, unknown>
      } catch {
        return reject(0, 'SIS_WRITE_MALFORMED', 'no JSON')
      }
      if (typeof m !== 'object' || m === null || Array.isArray(m)) return reject(0, 'SIS_WRITE_MALFORMED', 'no object')
      const { id, mac, type } = m
      if (!(typeof id === 'number' && Number.isSafeInteger(id) && id >= 0))
        return reject(0, 'SIS_WRITE_MALFORMED', 'no number of the request')
      if (typeof mac !== 'string' || !same(mac, macOf(m, host.key)))
        return reject(id, 'SIS_WRITE_MAC', 'not signed with the key of this link')
      if (type === 'request') {
        if (id <= last_id) return reject(id, 'SIS_WRITE_REPLAY', `request ${id} after ${last_id}`)
        last_id = id
        host.heard()
        return onRequest(id, m)
      }
      host.heard()
      if (type === 'confirm') return onConfirm(id, m)
      if (type === 'alive') return true
      return reject(id, 'SIS_WRITE_MALFORMED', `no type '${String(type).slice(0, 40)}'`)
    },
  }
}

const FIELDS = ['command', 'target', 'channel', 'who', 'reason', 'work_order', 'compensation'] as const

function wordsOf(m: Record<string, unknown>): RequestWords | undefined {
  const words: Record<string, string> = {}
  for (const field of FIELDS) {
    const value = m[field]
    if (typeof value !== 'string' || value.length > TEXT_MAX) return undefined
    words[field] = value
  }
  return words as unknown as RequestWords
}

const nameOf = (person: string): string => person.trim().toLowerCase().replaceAll(/\s+/g, ' ')

/** Takes as long for a wrong text as for the right one. */
function same(a: string, b: string): boolean {
  const x = Buffer.from(a)
  const y = Buffer.from(b)
  return x.length === y.length && timingSafeEqual(x, y)
}
