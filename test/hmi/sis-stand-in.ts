/**
 * A safety system that says what a test wants: datagrams after its configuration file, and the other end of the line for requests.
 * It decides nothing.
 */
import { createHash, createHmac } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { resolve } from 'node:path'
import type {
  SisCause,
  SisChannel,
  SisEffect,
  SisElement,
  SisSnapshot,
  SisSoeRecord,
} from '../../contracts/sis-snapshot.ts'
import type { SisWriteAnswer, SisWriteRequest } from '../../contracts/sis-write.ts'

export const SIS_CONFIG_PATH = resolve(import.meta.dirname, '../../safety/config/tennessee-eastman.json')

type Loose<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? Loose<U>[] : T[K] }
export type LooseSnapshot = Omit<Loose<SisSnapshot>, 'channel' | 'executive' | 'signed_by'> & {
  channel: { -readonly [K in keyof SisSnapshot['channel']]: SisSnapshot['channel'][K] }
  executive: { -readonly [K in keyof SisSnapshot['executive']]: SisSnapshot['executive'][K] }
  signed_by: string[]
}

/** Where the transmitters of the plant stand in its normal state, EU. */
const NORMAL: Readonly<Record<string, number>> = { PT: 2704, TT: 120.4, FT: 41, 'LT-8': 75, 'LT-12': 50, 'LT-15': 50 }

interface ConfigFile {
  readonly id: string
  readonly scan_ms: number
  readonly counts_per_mA: number
  readonly transmitters: readonly { readonly tag: string; readonly lo: number; readonly hi: number }[]
  readonly contacts: readonly { readonly tag: string }[]
  readonly elements: readonly { readonly tag: string; readonly energised: string }[]
  readonly causes: readonly { readonly id: string; readonly inputs: readonly string[] }[]
  readonly effects: readonly { readonly id: string; readonly outputs: readonly string[] }[]
}

export function sisConfig(path = SIS_CONFIG_PATH): { file: ConfigFile; hash: string } {
  const bytes = readFileSync(path)
  return {
    file: JSON.parse(bytes.toString('utf8')) as ConfigFile,
    hash: createHash('sha256').update(bytes).digest('hex'),
  }
}

export const countsOf = (eu: number, lo: number, hi: number, per_mA: number): number =>
  Math.round((4 + (16 * (eu - lo)) / (hi - lo)) * per_mA)

/** Everything normal, energised, clear. */
export function normalSnapshot(path = SIS_CONFIG_PATH): LooseSnapshot {
  const { file, hash } = sisConfig(path)
  const open = ['HS-90', 'HS-91']
  return {
    type: 'sis-snapshot',
    version: 1,
    id: file.id,
    config_hash: hash,
    running_hash: 0x1234abcd,
    running_hash_expected: 0x1234abcd,
    run_id: 'run-1',
    seq: 1,
    scan: 36_000,
    scan_ms: file.scan_ms,
    at: '2026-01-02T03:04:05.000Z',
    key: 'SIMULATION',
    faults: 0,
    difference: -1,
    signed_by: ['engineer', 'assessor'],
    transmitters: file.transmitters.map(({ tag, lo, hi }, i): SisChannel => {
      const key = Object.keys(NORMAL).find((k) => tag.startsWith(k)) ?? 'PT'
      const eu = NORMAL[key]! + (hi - lo) * 0.0004 * ((i % 3) - 1)
      return { raw: countsOf(eu, lo, hi, file.counts_per_mA), status: 0, alarms: 0 }
    }),
    contacts: file.contacts.map(({ tag }): SisChannel => ({ raw: open.includes(tag) ? 0 : 1, status: 0, alarms: 0 })),
    causes: file.causes.map(
      ({ inputs }): SisCause => ({
        active: false,
        vote: 0,
        votes: inputs.map(() => false),
        bypass_left: inputs.map(() => -1),
        startup_left: -1,
        alarms: 0,
      }),
    ) as LooseSnapshot['causes'],
    effects: file.effects.map(
      (): SisEffect => ({ state: 0, first_out: 0, other_reason: 0, override_left: -1, alarms: 0 }),
    ),
    elements: file.elements.map(
      ({ energised }): SisElement => ({
        energised: true,
        open: energised === 'open',
        closed: energised !== 'open',
        alarms: 0,
        travel: -1,
        proved: '2026-01-01T00:00:00.000Z',
      }),
    ),
    sequences: [],
    system_alarms: 1,
    dcs_link: true,
    start_blocked: false,
    channel: { state: 'sound', errors: 0, late: 0, test_mode: true },
    executive: { last_ms: 1.2, worst_ms: 4.8, overruns: 0, restarts: 0 },
    soe_count: 0,
    soe: [],
  }
}

/** A trip by one cause: its inputs vote, its effects trip with it as first-out, their elements go to their safe side. */
export function trip(s: LooseSnapshot, cause: string, effects: readonly string[]): void {
  const { file } = sisConfig()
  const c = file.causes.findIndex((k) => k.id === cause)
  const now = s.causes[c]!
  Object.assign(now, { active: true, vote: 1, votes: now.votes.map(() => true), alarms: 1024 })
  record(s, 12, c, 1, 0)
  for (const id of effects) {
    const e = file.effects.findIndex((k) => k.id === id)
    Object.assign(s.effects[e]!, { state: 2, first_out: 1 << c, alarms: 1 })
    record(s, 11, e, 1 << c, 0)
    record(s, 10, e, 0, 2)
    for (const tag of file.effects[e]!.outputs) {
      const at = file.elements.findIndex((k) => k.tag === tag)
      const element = s.elements[at]!
      Object.assign(element, { energised: false, open: !element.open, closed: !element.closed, travel: 38 + at })
      record(s, 19, at, 38 + at, 1)
    }
  }
}

/** One more record of the sequence of events, as the solver numbers them. */
export function record(s: LooseSnapshot, kind: number, at: number, a: number, b: number): void {
  const i = s.soe_count++
  ;(s.soe as SisSoeRecord[]).push({ i, scan: s.scan, kind, at, a, b })
}

export interface SisSender {
  /** What is sent, ten times a second, while `on`. */
  snapshot: LooseSnapshot
  on: boolean
  /** At once. */
  send(): void
  raw(bytes: Uint8Array | string): void
  close(): void
}

export function startSisSender(port: number, snapshot = normalSnapshot(), period_ms = 100): SisSender {
  const socket = createSocket('udp4')
  const sender: SisSender = {
    snapshot,
    on: true,
    send() {
      sender.snapshot.seq++
      sender.snapshot.scan++
      sender.raw(JSON.stringify(sender.snapshot))
    },
    raw: (bytes) => socket.send(bytes, port, '127.0.0.1'),
    close() {
      clearInterval(timer)
      socket.close()
    },
  }
  const timer = setInterval(() => {
    if (sender.on) sender.send()
  }, period_ms)
  return sender
}

export interface SisWriteStandIn {
  readonly port: number
  readonly requests: Extract<SisWriteRequest, { type: 'request' }>[]
  readonly confirms: Extract<SisWriteRequest, { type: 'confirm' }>[]
  /** Lines whose code was wrong. */
  forged: number
  alive: number
  /** What happens to a request. */
  answer: 'echo' | 'refuse' | 'mute'
  second_person: boolean
  on_confirm: (c: Extract<SisWriteRequest, { type: 'confirm' }>) => void
  cut(): void
  close(): Promise<void>
}

/** The solver's end of the line, with the code checked as the contract has it. */
export async function startSisWrite(secret: string, port = 0): Promise<SisWriteStandIn> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    say(socket, { type: 'hello', run_id: 'run-1', config_hash: sisConfig().hash })
    let text = ''
    socket.on('data', (data: Buffer) => {
      text += data.toString('utf8')
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) take(socket, line)
    })
  })
  const say = (socket: Socket, answer: SisWriteAnswer): void => void socket.write(`${JSON.stringify(answer)}\n`)
  const take = (socket: Socket, line: string): void => {
    const message = JSON.parse(line) as SisWriteRequest
    const { mac, ...rest } = message
    if (createHmac('sha256', secret).update(JSON.stringify(rest)).digest('hex') !== mac) {
      stand.forged++
      return
    }
    if (message.type === 'alive') stand.alive++
    if (message.type === 'request') {
      stand.requests.push(message)
      if (stand.answer === 'mute') return
      if (stand.answer === 'refuse') {
        const reason = 'the permit key HS-90 is open'
        say(socket, { type: 'result', id: message.id, outcome: 'refused', code: 'SIS_NO_PERMIT', reason })
        return
      }
      const meaning = `${message.command} of ${message.target} ${message.channel} asked by ${message.who}`
      say(socket, {
        type: 'echo',
        id: message.id,
        nonce: `nonce-${message.id}`,
        meaning,
        expires_ms: 30_000,
        second_person: stand.second_person,
      })
    }
    if (message.type === 'confirm') {
      stand.confirms.push(message)
      const ok = message.nonce === `nonce-${message.id}`
      stand.on_confirm(message)
      say(socket, {
        type: 'result',
        id: message.id,
        outcome: ok ? 'executed' : 'refused',
        code: ok ? '' : 'SIS_WRITE_NONCE',
        reason: ok ? 'done in scan 36,010' : 'another nonce',
      })
    }
  }
  const stand: SisWriteStandIn = {
    get port() {
      return (server.address() as AddressInfo).port
    },
    requests: [],
    confirms: [],
    forged: 0,
    alive: 0,
    answer: 'echo',
    second_person: false,
    on_confirm: () => {},
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return stand
}
