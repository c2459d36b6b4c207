/**
 * The instructor's interface over HTTP: his page, GET /api/state and other views, and a POST of JSON for each thing to do.
 *
 * 200 { ok: true, state }; 400 { ok: false, problems }, with everything that is wrong; 401 without the token; 403 for a page of
 * another origin.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Problem } from '../core/check-fault.ts'
import { problem, suggest } from '../core/check-fault.ts'
import type { Handler } from './instructor-requests.ts'
import type { InstructorState } from './instructor-state.ts'
import { admission, cookieOf, TOKEN_HEADER } from './instructor-token.ts'

export interface InstructorServerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly state: () => InstructorState
  readonly requests: Readonly<Record<string, Handler>>
  /** What else can be read, by path: JSON of the object, or undefined where there is nothing now. */
  readonly views?: Readonly<Record<string, () => object | undefined>>
  /** What a request must show; absent: none is asked for, as where nothing of the run is kept on disk. */
  readonly token?: string
  /** Files by path. */
  readonly pages?: Readonly<Record<string, () => PageFile | undefined>>
}

export interface PageFile {
  readonly type: string
  readonly text: string
}

export interface InstructorServer {
  readonly port: number
  close(): Promise<void>
}

/** The instructor's port cannot be opened. */
export class InstructorListenFault extends Error {
  override readonly name = 'InstructorListenFault'
  readonly code = 'IO_LISTEN'
}

const WHERE = 'the token of the data folder: open the link of npm start, or of flyball instructor state'
const DOOR: PageFile = {
  type: 'text/html; charset=utf-8',
  text: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Instructor's station</title><body><h1>Instructor's station</h1><p>It opens by the link that <code>npm start</code> printed; <code>npx flyball instructor state</code> prints it again.</p></body></html>`,
}

/** Another page than this server's. */
const alien = (request: IncomingMessage): boolean => {
  const { origin, host } = request.headers
  return origin !== undefined && origin !== `http://${host}`
}

const BODY_BYTES_MAX = 64 * 1024

type Answer =
  | { readonly code: number; readonly body: object }
  | { readonly code: 200 | 401; readonly page: PageFile }
  | { readonly code: 303; readonly to: string; readonly cookie: string }
const refuse = (code: number, ...problems: readonly Problem[]): Answer => ({ code, body: { ok: false, problems } })

/** @throws InstructorListenFault where the port cannot be opened. */
export function listenInstructor(options: InstructorServerOptions): Promise<InstructorServer> {
  const { requests, host, views = {}, pages = {} } = options
  const paths = [
    '/api/state',
    ...Object.keys(views),
    ...Object.keys(pages),
    ...Object.keys(requests).map((name) => `/api/${name}`),
  ]

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const foreign = foreignOrigin(request, host)
    if (foreign !== undefined) return refuse(403, foreign)
    const path = (request.url ?? '/').split('?', 1)[0]!
    const { method } = request
    if (options.token !== undefined) {
      const port = request.socket.localPort ?? 0
      const by = admission(request, options.token, port)
      if (by === undefined)
        return path in pages ? { code: 401, page: DOOR } : refuse(401, problem('token', 'none that is right', WHERE))
      // A browser sends its cookie to whatever page of this machine asks: only this station's own page may act by it.
      if (by === 'cookie' && alien(request)) return refuse(403, problem('origin', request.headers.origin, 'this page'))
      if (by === 'link') {
        // The word does not stay in the address, where it would be seen, copied and kept.
        if (method === 'GET' && path in pages) return { code: 303, to: path, cookie: cookieOf(options.token, port) }
        return refuse(401, problem('token', 'in the address', `in the header ${TOKEN_HEADER}`))
      }
    }
    if (path === '/api/state') {
      if (method !== 'GET') return refuse(405, problem('method', method, 'GET'))
      return { code: 200, body: options.state() }
    }
    const page = pages[path]
    const view = views[path]
    if (page !== undefined || view !== undefined) {
      if (method !== 'GET') return refuse(405, problem('method', method, 'GET'))
      const file = page?.()
      if (file !== undefined) return { code: 200, page: file }
      const body = view?.()
      return body === undefined ? refuse(404, problem(path, undefined, 'a scenario that has run')) : { code: 200, body }
    }
    const handler = path.startsWith('/api/') ? requests[path.slice('/api/'.length)] : undefined
    if (handler === undefined) return refuse(404, problem('path', path, paths.join(', '), suggest(path, paths)))
    if (method !== 'POST') return refuse(405, problem('method', method, 'POST'))
    // A form of another page can post text, but not JSON, without being asked first.
    const type = request.headers['content-type'] ?? ''
    if (type.split(';', 1)[0]!.trim() !== 'application/json')
      return refuse(400, problem('content-type', type, 'application/json'))
    const text = await bodyOf(request)
    if (text === undefined) return refuse(413, problem('body', 'more', `at most ${BODY_BYTES_MAX} bytes`))
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return refuse(400, problem('body', text.slice(0, 80), 'a JSON object'))
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      return refuse(400, problem('body', body, 'a JSON object'))
    const problems = await handler(body as Record<string, unknown>, whoOf(request))
    return problems.length > 0 ? refuse(400, ...problems) : { code: 200, body: { ok: true, state: options.state() } }
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (a) => send(response, a),
      // A request that broke off has nobody to answer to; a fault of ours must not look like one of the caller's.
      (cause: unknown) => {
        if (!request.complete) request.destroy()
        else {
          send(response, { code: 500, body: { ok: false, problems: [] } })
          process.stderr.write(`plant-sim: instructor request failed: ${String(cause)}\n`)
        }
      },
    )
  })
  server.requestTimeout = 10_000
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new InstructorListenFault(`IO_LISTEN: ${host}:${options.port}, ${cause.message}`, { cause })),
    )
    server.listen(options.port, host, () => {
      const address = server.address()
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : options.port,
        close() {
          server.closeAllConnections()
          return new Promise((done) => server.close(() => done()))
        },
      })
    })
  })
}

function send(response: ServerResponse, answer: Answer): void {
  const page = 'page' in answer ? answer.page : undefined
  response.writeHead(answer.code, {
    ...('to' in answer ? { location: answer.to, 'set-cookie': answer.cookie } : {}),
    'content-type': page?.type ?? 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Nothing of this page comes from elsewhere, and no other page may show it in a frame.
    'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  })
  response.end(page?.text ?? JSON.stringify('body' in answer ? answer.body : {}))
}

/** Who says so: a name for the journal, not a right. */
function whoOf(request: IncomingMessage): string {
  const asked = request.headers['x-instructor']
  const name = typeof asked === 'string' ? asked.replace(/[^\p{L}\p{N} ._-]/gu, '').slice(0, 40) : ''
  return name === '' ? 'instructor' : name
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A browser's page from elsewhere must not drive the plant: neither by its origin nor by a name that points here. */
function foreignOrigin(request: IncomingMessage, host: string): Problem | undefined {
  const local = ['127.0.0.1', 'localhost', '[::1]', host]
  const name = (authority: string): string => authority.replace(/:\d+$/, '')
  const asked = request.headers.host ?? ''
  if (!local.includes(name(asked))) return problem('host', asked, local.join(', '))
  const { origin } = request.headers
  if (origin !== undefined && !local.includes(name(origin.replace(/^https?:\/\//, ''))))
    return problem('origin', origin, 'a page of this machine')
  return undefined
}
