import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Artifact, TagField } from '../../contracts/artifact.ts'
import {
  type BrowserText,
  encodeValues,
  type HistoryReply,
  type JournalEntry,
  type OperatorCommand,
  type ServerText,
  type SystemText,
} from '../../contracts/hmi-wire.ts'
import { MODE } from '../../contracts/mode.ts'
import { STATUS } from '../../contracts/status.ts'

/**
 * A gateway that does what a test tells it: serves the pages, sends values and system texts, keeps silent, refuses.
 * Values stand still unless set, so that a screen can be compared with what was sent.
 */
export interface FakeSource {
  readonly url: string
  /** Connected, but nothing is sent any more. */
  silent: boolean
  /** The gateway lives, the scans do not. */
  dataStopped: boolean
  /** What happens to a command. */
  answer: 'apply' | 'refuse' | 'mute'
  alarms: string[]
  readonly commands: OperatorCommand[]
  set(tag: string, field: TagField, value: number, status?: number): void
  /** Breaks every connection, as a pulled cable would after its time-out. */
  cut(): void
  /** New connections are closed at once. */
  refuseConnections: boolean
  readonly opened: () => number
  close(): Promise<void>
}

const SCAN_MS = 250
const SYSTEM_MS = 1000
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}
/** As strict as the gateway's own: what needs more than this does not work there either. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'"

export async function startFakeSource(
  artifact: Artifact,
  start: ReadonlyMap<string, number>,
  pages_dir: string,
): Promise<FakeSource> {
  const { published } = artifact.control
  const values = new Float64Array(published.length)
  const statuses = new Uint16Array(published.length).fill(STATUS.good)
  for (const [i, p] of published.entries()) values[i] = start.get(p.key) ?? 0
  const sockets = new Set<WebSocket>()
  const journal: JournalEntry[] = []
  const dirty = new Set<number>()
  let n = 1
  let opened = 0
  let lastScan_ms = Date.now()

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    response.setHeader('content-security-policy', POLICY)
    if (url.pathname === '/api/history') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(history(url.searchParams)))
      return
    }
    const file = normalize(url.pathname === '/' ? '/index.html' : url.pathname)
    readFile(join(pages_dir, file)).then(
      (bytes) => response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  const wss = new WebSocketServer({ server, path: '/ws' })

  const source: FakeSource = {
    url: '',
    silent: false,
    dataStopped: false,
    answer: 'apply',
    alarms: [],
    commands: [],
    refuseConnections: false,
    set: (tag, field, value, status = STATUS.good) => {
      const i = artifact.tags.find((t) => t.tag === tag)?.fields[field]
      if (i === undefined) throw new Error(`no ${tag}.${field}`)
      values[i] = value
      statuses[i] = status
      dirty.add(i)
    },
    cut: () => {
      for (const socket of sockets) socket.terminate()
    },
    opened: () => opened,
    close: async () => {
      clearInterval(scans)
      clearInterval(system)
      for (const socket of sockets) socket.terminate()
      wss.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }

  const say = (socket: WebSocket, text: ServerText) => {
    if (!source.silent && socket.readyState === socket.OPEN) socket.send(JSON.stringify(text))
  }
  const valueMessage = (indices: readonly number[], snapshot: boolean) =>
    encodeValues({
      snapshot,
      epoch: 1,
      n,
      t_ms: lastScan_ms,
      indices: Uint16Array.from(indices),
      values: Float64Array.from(indices, (i) => values[i]!),
      statuses: Uint16Array.from(indices, (i) => statuses[i]!),
    })
  const systemText = (): SystemText => ({
    type: 'system',
    server_ms: Date.now(),
    live: !source.dataStopped,
    age_ms: Date.now() - lastScan_ms,
    epoch: 1,
    n,
    preferred: 0,
    controllers: [
      { name: 'A', state: 'active' },
      { name: 'B', state: 'standby' },
    ],
    devices: ['RIO-1', 'RIO-2', 'RIO-3', 'RIO-4'].map((id) => ({ id, state: 'good' as const })),
    alarms: source.alarms,
    pace: null,
  })

  const scan = () => {
    if (source.dataStopped) return
    n++
    lastScan_ms = Date.now()
    const bytes = valueMessage([...dirty], false)
    dirty.clear()
    if (source.silent) return
    for (const socket of sockets) if (socket.readyState === socket.OPEN) socket.send(bytes)
  }

  const apply = (c: OperatorCommand) => {
    const tag = artifact.tags.find((t) => t.tag === c.tag)!
    if (c.field === 'MODE') {
      source.set(c.tag, 'MODE_TARGET', c.value)
      source.set(c.tag, 'MODE_ACTUAL', c.value)
    } else source.set(c.tag, c.field as TagField, c.value)
    return tag
  }

  const command = (socket: WebSocket, c: OperatorCommand) => {
    source.commands.push(c)
    say(socket, { type: 'command-state', id: c.id, state: 'sent', reason: '' })
    if (source.answer === 'mute') return
    setTimeout(() => {
      if (source.answer === 'refuse') {
        say(socket, { type: 'command-state', id: c.id, state: 'refused', reason: 'the value has changed meanwhile' })
        return
      }
      apply(c)
      scan()
      say(socket, { type: 'command-state', id: c.id, state: 'applied', reason: '' })
      journal.push({
        id: journal.length + 1,
        t_ms: Date.now(),
        kind: 'command',
        station: 'station-1',
        tag: c.tag,
        text: `${c.field} ${c.value}`,
      })
      say(socket, { type: 'journal', entries: journal.slice(-1) })
    }, 150)
  }

  wss.on('connection', (socket) => {
    opened++
    if (source.refuseConnections) return socket.terminate()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data: Buffer) => {
      const text = JSON.parse(data.toString('utf8')) as BrowserText
      if (text.type === 'command') command(socket, text)
      if (text.type === 'ping') say(socket, { type: 'pong', t: text.t })
      if (text.type !== 'open' || source.silent) return
      say(socket, {
        type: 'config',
        artifact: artifact.hash,
        title: artifact.title,
        tick_ms: artifact.tick_ms,
        tags: artifact.tags,
        displays: artifact.displays,
        published: published.length,
        server_ms: Date.now(),
      })
      socket.send(valueMessage([...published.keys()], true))
      say(socket, systemText())
      say(socket, { type: 'journal', entries: journal })
    })
    return undefined
  })

  const history = (query: URLSearchParams): HistoryReply => {
    const from_ms = Number(query.get('from'))
    const to_ms = Number(query.get('to'))
    const points = Math.min(240, Number(query.get('points') ?? 240))
    const t_ms = Array.from({ length: points }, (_, k) => from_ms + ((to_ms - from_ms) * k) / points)
    return {
      from_ms,
      to_ms,
      series: (query.get('tags') ?? '').split(',').map((key) => {
        const i = published.findIndex((p) => p.key === key)
        const tag = artifact.tags.find((t) => key.startsWith(`${t.tag}.`))
        const wave = key.endsWith('.PV') && tag !== undefined ? 0.004 * (tag.hi - tag.lo) : 0
        const mean = t_ms.map((t) => (values[i] ?? 0) + wave * Math.sin(t / 180_000 + i))
        return { key, t_ms, min: mean, max: mean, mean }
      }),
    }
  }

  const scans = setInterval(scan, SCAN_MS)
  const system = setInterval(() => {
    for (const socket of sockets) say(socket, systemText())
  }, SYSTEM_MS)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return Object.assign(source, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
}

/** Start values in the normal state: each controller in its normal mode at its set point. */
export function normalState(artifact: Artifact, base: Readonly<Record<string, number>>): Map<string, number> {
  const start = new Map<string, number>()
  for (const t of artifact.tags) {
    const middle = t.desired === undefined ? (t.lo + t.hi) / 2 : (t.desired[0] + t.desired[1]) / 2
    const pv = base[t.tag] ?? middle
    const mode = MODE[(t.normal === '' ? 'man' : t.normal) as keyof typeof MODE]
    const fields: Partial<Record<TagField, number>> = {
      PV: pv,
      SP: pv,
      OUT: 48,
      READBACK: 48,
      MODE_TARGET: mode,
      MODE_ACTUAL: mode,
      KC: 1.2,
      TI: 60,
      TD: 0,
      TRACKING: 0,
    }
    for (const [field, value] of Object.entries(fields)) start.set(`${t.tag}.${field}`, value)
  }
  return start
}
