/**
 * What an instructor has and an operator has not: a word made at the first start in a data folder and kept there for its owner alone.
 *
 * It goes with each request in the header `x-instructor-token`, or in a cookie that the page is given when it is opened by the link
 * that has it. Compared in constant time: the time of an answer says nothing of how much of it was right.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'

export const TOKEN_HEADER = 'x-instructor-token'
const FILE = 'instructor-token'

/** @param data_dir - folder of plant-sim: `plant-sim` in the data folder of the system */
export function makeInstructorToken(data_dir: string): string {
  const known = readInstructorToken(data_dir)
  if (known !== undefined) return known
  const made = randomBytes(24).toString('base64url')
  mkdirSync(data_dir, { recursive: true })
  writeFileSync(join(data_dir, FILE), `${made}\n`, { mode: 0o600 })
  return made
}

/** Undefined where there is none, or where it is another user's. */
export function readInstructorToken(data_dir: string): string | undefined {
  try {
    return readFileSync(join(data_dir, FILE), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** The link that opens the page: `http://127.0.0.1:8090/?token=...`. @param data_dir - of the whole system */
export function instructorLink(base: string, data_dir: string): string {
  const token = readInstructorToken(join(data_dir, 'plant-sim'))
  return token === undefined ? base : `${base}/?token=${token}`
}

/** How this request shows that it may; undefined: not at all. `cookie`: a browser's, which sends it by itself. */
export function admission(
  request: IncomingMessage,
  token: string,
  port: number,
): 'link' | 'header' | 'cookie' | undefined {
  const header = request.headers[TOKEN_HEADER]
  if (typeof header === 'string') return same(header, token) ? 'header' : undefined
  const asked = new URL(request.url ?? '/', 'http://here').searchParams.get('token')
  if (asked !== null && same(asked, token)) return 'link'
  const name = cookieName(port)
  const cookies = (request.headers.cookie ?? '').split(';').map((c) => c.trim())
  const given = cookies.find((c) => c.startsWith(`${name}=`))?.slice(name.length + 1)
  return given !== undefined && same(given, token) ? 'cookie' : undefined
}

/** Not for scripts, and for no page of another site. A browser keeps cookies by host, not by port: the port is in the name. */
export const cookieOf = (token: string, port: number): string =>
  `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`

const cookieName = (port: number): string => `flyball-instructor-${port}`
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
