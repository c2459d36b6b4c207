/**
 * The operator's door: HTTP and WebSocket, on the own machine only until there are users and roles.
 *
 * Every request must name this host (against a foreign page whose name was made to resolve to 127.0.0.1), and a
 * WebSocket must come from a page of this host (browsers let any page open one).
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyHelmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import fastifyWebsocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { HistoryReply } from '../../contracts/hmi-wire.ts'
import { BROWSER_TEXT_CHARS_MAX, readBrowserText } from '../core/browser-text.ts'
import { type BrowserSession, createBrowserSession, sendText } from './browser-session.ts'
import type { Gateway } from './gateway.ts'
import { GatewayFault } from './gateway-fault.ts'
import type { Historian } from './historian.ts'
import { registerIoRoutes } from './io-routes.ts'
import type { Journal } from './journal.ts'
import { registerSisRoutes } from './sis-routes.ts'

export interface WebConfig {
  readonly host: string
  readonly http_port: number
  /** Built files of the HMI; where they are missing the page says how to build them. */
  readonly hmi_dir: string
}

/** Browsers at once; one more is refused. */
export const SESSIONS_MAX = 100
/** A socket that does not say `open` within this time is closed, ms. */
const OPEN_WITHIN_MS = 5000
const TAGS_MAX = 16
const POINTS_MAX = 5000

export interface WebServer {
  readonly port: number
  readonly app: FastifyInstance
  close(): Promise<void>
}

export async function startWebServer(
  config: WebConfig,
  gateway: Gateway,
  historian: Historian,
  journal: Journal,
  extra?: (app: FastifyInstance) => void,
): Promise<WebServer> {
  const app = Fastify({
    logger: false,
    bodyLimit: 16_384,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
  })
  app.setErrorHandler((error, _request, reply) => {
    const fault = asFault(error)
    return reply.code(STATUS[fault.code] ?? 500).send(fault.toReply())
  })
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The trend library and React set sizes through style attributes; style sheets come from our own files.
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Plain HTTP on the own machine: a browser that was told to use TLS for `localhost` could not come back.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  })
  await app.register(fastifyWebsocket, {
    options: { maxPayload: BROWSER_TEXT_CHARS_MAX, perMessageDeflate: false, clientTracking: true },
  })
  // After the WebSocket plugin, which then knows the socket of a refused upgrade and ends it.
  app.addHook('onRequest', async (request) => checkHost(request, config.host))
  let sessions = 0
  app.get('/ws', { websocket: true, preValidation: async (request) => checkOrigin(request) }, (socket) => {
    if (sessions >= SESSIONS_MAX) {
      socket.close(1013, 'GW_BUSY: too many pages are open')
      return
    }
    sessions++
    let session: BrowserSession | undefined
    const opening = setTimeout(() => socket.close(1008, 'GW_MESSAGE: no open came'), OPEN_WITHIN_MS)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      sessions--
      clearTimeout(opening)
      if (session !== undefined) gateway.leave(session)
    })
    socket.on('message', (data: Buffer, binary: boolean) => {
      const reading = binary ? { ok: false as const, found: 'bytes' } : readBrowserText(data.toString('utf8'))
      if (!reading.ok) {
        socket.close(1008, `GW_MESSAGE: ${reading.found}`.slice(0, 120))
        return
      }
      const { text } = reading
      if (text.type === 'open' && session === undefined) {
        clearTimeout(opening)
        session = createBrowserSession(text.station, socket, gateway.artifact.control.published.length)
        gateway.join(session)
      } else if (text.type === 'ping' && session !== undefined) {
        sendText(session, { type: 'pong', t: text.t })
      } else if (text.type === 'command' && session !== undefined) {
        gateway.command(session, text)
      } else {
        socket.close(1008, session === undefined ? 'GW_MESSAGE: open must come first' : 'GW_MESSAGE: open came twice')
      }
    })
  })

  app.get('/api/health', { schema: { querystring: NOTHING } }, async () => {
    const { live, age_ms, epoch, n, alarms } = gateway.system()
    return { live, age_ms, epoch, n, sessions, history: historian.trouble ?? 'recording', alarms }
  })
  app.get('/api/config', { schema: { querystring: NOTHING } }, async () => gateway.config())
  app.get<{ Querystring: { tags: string; from: number; to: number; points: number } }>(
    '/api/history',
    { schema: { querystring: HISTORY_QUERY } },
    async ({ query }): Promise<HistoryReply> => {
      const keys = query.tags.split(',').filter((key) => key !== '')
      if (keys.length === 0 || keys.length > TAGS_MAX) {
        throw new GatewayFault(
          'GW_QUERY',
          `tags: ${keys.length} keys`,
          `Ask for 1 to ${TAGS_MAX} keys, as tags=FIC-01.PV,LIC-08.PV.`,
        )
      }
      if (query.to <= query.from)
        throw new GatewayFault('GW_QUERY', 'to is not after from', 'Give both in ms since 1970.')
      const series = await historian.query({ keys, from_ms: query.from, to_ms: query.to, points: query.points })
      return { from_ms: query.from, to_ms: query.to, series }
    },
  )
  app.get<{ Querystring: { limit: number } }>(
    '/api/journal',
    { schema: { querystring: JOURNAL_QUERY } },
    async ({ query }) => ({ entries: journal.latest(query.limit) }),
  )
  registerIoRoutes(app, gateway, checkOrigin)
  registerSisRoutes(app, () => gateway.sis, checkOrigin)
  extra?.(app)
  await servePages(app, config.hmi_dir)
  return listen(app, config)
}

const NOTHING = { type: 'object', additionalProperties: false, properties: {} }
const HISTORY_QUERY = {
  type: 'object',
  additionalProperties: false,
  required: ['tags', 'from', 'to'],
  properties: {
    tags: { type: 'string', maxLength: 1024 },
    from: { type: 'number', minimum: 0, maximum: 8.64e15 },
    to: { type: 'number', minimum: 0, maximum: 8.64e15 },
    points: { type: 'integer', minimum: 1, maximum: POINTS_MAX, default: 600 },
  },
}
const JOURNAL_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: { limit: { type: 'integer', minimum: 1, maximum: 1000, default: 200 } },
}

const STATUS: Readonly<Partial<Record<GatewayFault['code'], number>>> = {
  GW_QUERY: 400,
  GW_MESSAGE: 400,
  GW_ORIGIN: 403,
  GW_HOST: 403,
  GW_NOT_FOUND: 404,
  GW_HISTORY: 503,
  GW_BUSY: 503,
  GW_FORCE: 409,
  GW_NO_IO: 503,
  GW_SIS: 409,
  GW_NO_SIS: 503,
  GW_JOURNAL: 503,
}

async function servePages(app: FastifyInstance, hmi_dir: string): Promise<void> {
  const built = existsSync(join(hmi_dir, 'index.html'))
  if (built) await app.register(fastifyStatic, { root: hmi_dir, wildcard: true, dotfiles: 'deny' })
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const page = request.method === 'GET' && !path.startsWith('/api/') && path !== '/ws' && !/\.\w+$/.test(path)
    // Every address of the operator's pages is one file: the page itself reads the path.
    if (page && built) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    const remedy = page
      ? 'Build the pages with `npm run prepare`.'
      : 'Addresses: /api/health, /api/config, /api/history, /api/journal, /api/io, /api/forces, /api/sis, /ws.'
    const fault = new GatewayFault('GW_NOT_FOUND', page ? 'the HMI is not built' : `there is no ${path}`, remedy)
    return reply.code(404).send(fault.toReply())
  })
}

async function listen(app: FastifyInstance, config: WebConfig): Promise<WebServer> {
  try {
    await app.listen({ host: config.host, port: config.http_port })
  } catch (cause) {
    await app.close()
    const place = `${config.host}:${config.http_port}`
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new GatewayFault(
        'GW_PORT_IN_USE',
        `port ${config.http_port} of ${config.host} is in use by another program`,
        'Set FLYBALL_HTTP_PORT to a free port, or end the other program.',
        cause,
      )
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayFault(
      'GW_ADDRESS',
      `cannot listen on ${place}: ${reason}`,
      'Set FLYBALL_HTTP_PORT and the host to an address of this machine.',
      cause,
    )
  }
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.http_port
  return { port, app, close: () => app.close() }
}

const LOCAL_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

function checkHost(request: FastifyRequest, host: string): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (LOCAL_NAMES.includes(name) || name === host) return
  throw new GatewayFault(
    'GW_HOST',
    'this request is for another host',
    'Open the page as http://127.0.0.1 with its port.',
  )
}

function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  // Programs send none; a browser always does, and cannot be made to send another.
  if (origin === undefined) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new GatewayFault(
    'GW_ORIGIN',
    'this page is not of the gateway',
    "Open the operator's page from the gateway itself.",
  )
}

function asFault(error: unknown): GatewayFault {
  if (error instanceof GatewayFault) return error
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GatewayFault(
      'GW_QUERY',
      message ?? 'the request is not understood',
      'See the parameters in the reference of the gateway.',
    )
  }
  process.stderr.write(`gateway: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return new GatewayFault('GW_INTERNAL', 'the gateway could not answer', 'See its log.')
}
