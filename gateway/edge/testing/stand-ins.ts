/** Everything around a gateway, for its tests: controllers, field-io and a page, over real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClientOptions, WebSocket } from 'ws'
import type { Artifact } from '../../../contracts/artifact.ts'
import type { Command, CommandResult, ScanEvent, TagFrame } from '../../../contracts/frame.ts'
import { decodeValues, type ServerText, type ValueMessage } from '../../../contracts/hmi-wire.ts'
import type { IoStatusMessage } from '../../../contracts/link.ts'
import { contentHash } from '../../../protocols/edge/artifact-check.ts'
import type { Link } from '../../../protocols/edge/link.ts'
import { connectLink } from '../../../protocols/edge/link-client.ts'
import { listenLinks } from '../../../protocols/edge/link-server.ts'

/** Waits for something that other programs bring about; the bound only ends a failed test. */
export async function until<T>(what: string, probe: () => T | undefined | false, timeout_ms = 8000): Promise<T> {
  const end = performance.now() + timeout_ms
  for (;;) {
    const found = probe()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`in vain: ${what}`)
    await new Promise((wake) => setTimeout(wake, 5))
  }
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'flyball-gateway-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** An artifact of one loop and what is beside it: enough to see every kind of value. */
export function smallArtifact(
  more: Partial<Artifact> = {},
  keys: readonly string[] = ['LIC-1.PV', 'LIC-1.SP'],
): Artifact {
  const body: Artifact = {
    format: 1,
    hash: '',
    name: 'small',
    title: 'Small',
    tick_ms: 100,
    control: {
      s_count: 0,
      k_count: 0,
      r_count: 0,
      s_init: [],
      k_init: [],
      blocks: [{ id: 'LIC-1.PID1', type: 'PID', s: 0, k: 0, r: 0, r_count: 0 }],
      classes: [],
      inputs: [],
      outputs: [],
      writable: [{ key: 'LIC-1.SP', block: 0, field: 'SP', kind: 'real' }],
      published: keys.map((key, i) => ({ key, s: 2 * i, status: 2 * i + 1 })),
      stations: { s: 0, count: 2 },
    },
    io: { devices: [], inputs: [], outputs: [] },
    tags: [
      {
        tag: 'LIC-1',
        kind: 'controller',
        description: 'Level',
        area: 'Unit',
        eu: '%',
        lo: 0,
        hi: 100,
        decimals: 1,
        scan_ms: 100,
        fields: { PV: 0, SP: 1 },
        writable: { SP: 0 },
        permitted: ['man', 'auto'],
        normal: 'auto',
        limits: {},
      },
    ],
    displays: [],
    ...more,
  }
  return { ...body, hash: contentHash(body) }
}

export function writeArtifact(folder: string, artifact: Artifact): string {
  const path = join(folder, 'artifact.json')
  writeFileSync(path, JSON.stringify(artifact))
  return path
}

export const scan = (
  n: number,
  values: readonly number[],
  more: Partial<TagFrame> & { readonly events?: readonly ScanEvent[] } = {},
): TagFrame => ({
  epoch: 1,
  n,
  controller: 0,
  t_ms: 1_700_000_000_000 + 100 * n,
  values: Float64Array.from(values),
  statuses: Uint16Array.from(values, () => 0x80),
  events: [],
  ...more,
})

export interface StandInController {
  publish(frame: TagFrame): void
  close(): void
}

export async function standInController(port: number, index: 0 | 1, artifact: string): Promise<StandInController> {
  const client = connectLink(`127.0.0.1:${port}`, {
    on_open: (link) =>
      void link.send({ type: 'hello', role: 'controller', index, artifact, state: { epoch: 0, n: 0 } }),
    on_message: () => {},
    on_end: () => {},
  })
  await until('a link to the gateway', () => client.link?.open)
  return {
    publish: (frame) => void client.link?.send({ type: 'tags', tags: { ...frame, controller: index } }),
    close: () => client.close(),
  }
}

export interface StandInFieldIo {
  readonly port: number
  readonly commands: Command[]
  answer(result: CommandResult): void
  status(more?: Partial<IoStatusMessage>): void
  close(): Promise<void>
}

export async function standInFieldIo(): Promise<StandInFieldIo> {
  const commands: Command[] = []
  const links = new Set<Link>()
  const server = await listenLinks({
    port: 0,
    on_open: (link) => void links.add(link),
    on_message: (_, message) => {
      if (message.type === 'command') commands.push(message.command)
    },
    on_end: (link) => void links.delete(link),
  })
  const at = { epoch: 1, n: 1 }
  return {
    port: server.port,
    commands,
    answer(result) {
      for (const link of links) link.send({ type: 'command-result', result, at })
    },
    status(more = {}) {
      const controllers = [0, 1].map(() => ({ connected: true, joined: true, answer_ms: 1 }))
      const rest = {
        preferred: 0 as const,
        controllers,
        devices: [],
        ticks_lost: 0,
        log_durable: true,
        alarms: [],
        pace: null,
      }
      for (const link of links) link.send({ type: 'io-status', at, ...rest, ...more })
    },
    close: () => server.close(),
  }
}

type TextOf<T extends ServerText['type']> = Extract<ServerText, { type: T }>

export interface StandInPage {
  readonly socket: WebSocket
  readonly texts: ServerText[]
  readonly messages: ValueMessage[]
  /** Values by index as the page would show them. */
  readonly picture: number[]
  /** Code and reason, once the socket is closed. */
  readonly closed: { code: number; reason: string } | undefined
  say(text: unknown): void
  last<T extends ServerText['type']>(type: T): TextOf<T> | undefined
  close(): void
}

export async function standInPage(
  port: number,
  station: string | null,
  options: ClientOptions = {},
): Promise<StandInPage> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { origin: `http://127.0.0.1:${port}`, ...options })
  const texts: ServerText[] = []
  const messages: ValueMessage[] = []
  const picture: number[] = []
  let closed: { code: number; reason: string } | undefined
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (!binary) {
      texts.push(JSON.parse(data.toString('utf8')) as ServerText)
      return
    }
    const m = decodeValues(Uint8Array.from(data).buffer)
    messages.push(m)
    m.indices.forEach((at, i) => {
      picture[at] = m.values[i]!
    })
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString('utf8') }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const page: StandInPage = {
    socket,
    texts,
    messages,
    picture,
    get closed() {
      return closed
    },
    say: (text) => socket.send(typeof text === 'string' ? text : JSON.stringify(text)),
    last: (type) => texts.findLast((t): t is TextOf<typeof type> => t.type === type),
    close: () => socket.terminate(),
  }
  if (station !== null) {
    page.say({ type: 'open', station })
    await until('a config', () => page.last('config'))
  }
  return page
}
