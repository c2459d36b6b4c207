/**
 * A safety system with everything around it, as processes: the device, watchdog and solver, a reader of the snapshot,
 * a client of the secure-write line. RUN: its own clock, real time.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import type { SisWriteAnswer } from '../../contracts/sis-write.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { addSignature, newSigner } from '../../safety/edge/sign.ts'
import type { DemandPlan, DemandResult } from './sis-demands.ts'
import type { DeviceState, ToDevice } from './sis-device.ts'

const ROOT = join(import.meta.dirname, '../..')
const LAUNCH = join(ROOT, 'cli/launch.mjs')

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Asks until it is so. @throws Error after the time */
export async function until(what: string, ms: number, so: () => boolean | Promise<boolean>): Promise<void> {
  const give_up = performance.now() + ms
  while (!(await so())) {
    if (performance.now() > give_up) throw new Error(`not within ${ms} ms: ${what}`)
    await pause(20)
  }
}

/** The shutdown system of Tennessee Eastman for a plant instead of the simulator. */
export function plantConfig(change: Partial<SisConfig> = {}): SisConfig {
  const config = JSON.parse(readFileSync(join(ROOT, 'safety/config/tennessee-eastman.json'), 'utf8')) as SisConfig
  return { ...config, mode: 'RUN', ...change }
}

/** Sixteen functions of one transmitter and one valve each, non-stored: what measures response times often. */
export function manyFunctions(scan_ms: number): SisConfig {
  const count = 16
  const ids = Array.from({ length: count }, (_, i) => i)
  const { overrides, channel } = plantConfig()
  return {
    id: 'response',
    revision: '1',
    mode: 'RUN',
    scan_ms,
    counts_per_mA: 3000,
    stale_ms: 500,
    link_timeout_ms: 1000,
    watchdog_ms: 1000,
    output_watchdog_ms: 2000,
    channel: channel!,
    overrides: { ...overrides, permit: 'C-1' },
    transmitters: ids.map((i) => ({
      tag: `PT-${i}`,
      service: 'pressure',
      unit: 'bar',
      lo: 0,
      hi: 16,
      fail: 'high',
      response_ms: 0,
    })),
    contacts: ids.slice(0, 6).map((i) => ({ tag: `C-${i}`, service: 'contact', response_ms: 0 })),
    elements: ids.map((i) => ({
      tag: `XV-${i}`,
      service: 'valve',
      energised: 'open',
      confirm_ms: 2000,
      travel_ms: 1000,
    })),
    causes: ids.map((i) => ({
      id: `S${i}`,
      title: 'pressure high',
      inputs: [`PT-${i}`],
      vote: 1,
      trip: { above: 12, counts: 48_000 },
      on_bad: 'vote_trip',
      on_bypass: 'keep',
    })),
    effects: ids.map((i) => ({ id: `E${i}`, title: 'shut', outputs: [`XV-${i}`], start: 'with_reset', reset: 'C-0' })),
    matrix: ids.map((i) => ({ cause: `S${i}`, effect: `E${i}`, code: 'N' })),
    sifs: ids.map((i) => ({
      id: `SIF-${i}`,
      title: 'pressure high',
      causes: [`S${i}`],
      effects: [`E${i}`],
      sil: 1,
      process_safety_ms: 10_000,
      requirement: `R-${i}`,
    })),
    sequences: [],
  }
}

export interface SisRigOptions {
  readonly config?: SisConfig
  /** Roles that sign; both where absent. */
  readonly roles?: readonly string[]
  /** Before the start: the folder of the safety system. */
  readonly prepare?: (folder: string) => void
  readonly device?: boolean
}

export interface SisRig {
  readonly config: SisConfig
  readonly folder: string
  readonly safety: ChildProcess
  powerOn(): Promise<void>
  powerOff(): Promise<void>
  /** Starts it without a supervisor, with a file. */
  alone(): ChildProcess
  readonly solver_pid: number | null
  readonly write_port: number
  /** The newest, and all. */
  readonly last: SisSnapshot | undefined
  readonly datagrams: readonly SisSnapshot[]
  device(message: ToDevice): void
  deviceState(): Promise<DeviceState>
  demands(plan: DemandPlan): Promise<DemandResult>
  contact(tag: string, closed: boolean): void
  /** Everything well, reset by the button, all energised. */
  energise(): Promise<void>
  journal(): Record<string, unknown>[]
  client(): Promise<WriteClient>
  close(): Promise<void>
}

type FromSafety =
  | { readonly type: 'ready'; readonly ports: { readonly write: number } }
  | { readonly type: 'processes'; readonly processes: readonly { readonly pid: number | null }[] }

export const HEALTHY = ['HS-1', 'HS-2', 'JS-20']

/** @throws Error with what it said where it does not start */
export async function startSisRig(options: SisRigOptions = {}): Promise<SisRig> {
  const { config = plantConfig(), roles = ['designer', 'approver'] } = options
  const folder = mkdtempSync(join(tmpdir(), 'flyball-sis-'))
  const data = join(folder, 'safety')
  mkdirSync(data)
  options.prepare?.(data)
  const bytes = Buffer.from(JSON.stringify(config))
  const config_path = join(folder, 'config.json')
  writeFileSync(config_path, bytes)
  const keys = ['designer', 'approver'].map((role) => ({ role, ...newSigner(role, `${role} of the test`) }))
  let signatures = ''
  for (const { role, private_text } of keys)
    if (roles.includes(role)) signatures = addSignature(bytes, signatures, private_text)
  writeFileSync(`${config_path}.sig`, signatures)
  const trusted_keys = keys.map(({ role, public_text }) => {
    const path = join(folder, `${role}.pub`)
    writeFileSync(path, public_text)
    return path
  })
  const key = 'a secret of thirty-two characters, at least'
  writeFileSync(join(folder, 'write.key'), `${key}\n`)

  const device = fork(join(import.meta.dirname, 'sis-device.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const bits = config.contacts.reduce((all, { tag }, i) => all | (HEALTHY.includes(tag) ? 1 << i : 0), 0)
  const middle = healthyCounts(config)
  const asked = once(device, 'message') as Promise<[{ port: number }]>
  const { scan_ms, link_timeout_ms, channel } = config
  device.send({
    type: 'setup',
    setup: {
      facts: { ...channel!, test_mode: false, t_sf_ms: link_timeout_ms, scan_ms, start: 'safe' },
      counts: middle,
      contacts: bits,
      normal_open: config.elements.map((e) => e.energised === 'open'),
    },
  } satisfies ToDevice)
  const [{ port }] = await asked
  const states = new Map<number, (state: DeviceState) => void>()
  let demanded: ((result: DemandResult) => void) | undefined
  let asks = 0
  device.on('message', (message: { type: string; id: number; state: DeviceState; result: DemandResult }) => {
    if (message.type === 'state') {
      states.get(message.id)?.(message.state)
      states.delete(message.id)
    } else if (message.type === 'demands') demanded?.(message.result)
  })

  const udp = createSocket('udp4')
  await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done))
  const datagrams: SisSnapshot[] = []
  udp.on('message', (data) => {
    datagrams.push(JSON.parse(data.toString()) as SisSnapshot)
    if (datagrams.length > 2000) datagrams.splice(0, 1000)
  })

  const given = {
    config_path,
    trusted_keys,
    data_dir: data,
    device: `127.0.0.1:${port}`,
    targets: [{ host: '127.0.0.1', port: udp.address().port }],
    write: { host: '127.0.0.1', port: 0, key_path: join(folder, 'write.key') },
  }
  let safety: ChildProcess | undefined
  let said = ''
  let solver_pid: number | null = null
  let write_port = 0
  /** Starts the programs; answers when they are ready. */
  const powerOn = async (): Promise<void> => {
    const before = safety
    const before_pid = solver_pid
    solver_pid = null
    const mine = fork(LAUNCH, [join(ROOT, 'safety/edge/main.ts')], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    safety = mine
    said = ''
    for (const stream of [mine.stdout!, mine.stderr!])
      stream.on('data', (text: Buffer) => {
        said += text.toString()
      })
    const ready = new Promise<void>((done) => {
      mine.on('message', (message: FromSafety) => {
        if (message.type === 'ready') {
          write_port = message.ports.write
          done()
        } else if (message.type === 'processes') solver_pid = message.processes[0]!.pid
      })
    })
    mine.send({ type: 'configure', config: given })
    const first = await Promise.race([ready, once(mine, 'exit').then(() => 'ended' as const)])
    if (mine !== safety) return
    if (first !== 'ended') return until('the number of the solver', 2000, () => solver_pid !== null)
    safety = before
    solver_pid = before_pid
    throw new Error(said)
  }
  /** Both processes at once, as a power cut does. */
  const powerOff = async (): Promise<void> => {
    const mine = safety
    safety = undefined
    if (mine === undefined || mine.exitCode !== null || mine.signalCode !== null) return
    const ended = once(mine, 'exit')
    mine.kill('SIGKILL')
    if (solver_pid !== null) {
      try {
        process.kill(solver_pid, 'SIGKILL')
      } catch {
        // Gone with its watchdog.
      }
    }
    solver_pid = null
    await ended
    // What was said before says nothing of what comes.
    datagrams.length = 0
  }
  const close = async (): Promise<void> => {
    const mine = safety
    safety = undefined
    if (mine !== undefined && mine.exitCode === null && mine.signalCode === null) {
      const ended = once(mine, 'exit')
      mine.kill('SIGTERM')
      await ended
    }
    const gone = once(device, 'exit')
    device.kill('SIGKILL')
    await gone
    udp.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await powerOn()
  } catch (cause) {
    await close()
    throw cause
  }
  const place = (tag: string): number => config.contacts.findIndex((c) => c.tag === tag)
  const rig: SisRig = {
    config,
    folder: data,
    get safety() {
      return safety!
    },
    powerOn,
    powerOff,
    alone() {
      const file = join(folder, 'run.json')
      writeFileSync(file, JSON.stringify(given))
      const mine = spawn(process.execPath, [LAUNCH, join(ROOT, 'safety/edge/main.ts'), file], { stdio: 'ignore' })
      safety = mine
      return mine
    },
    get solver_pid() {
      return solver_pid
    },
    get write_port() {
      return write_port
    },
    get last() {
      return datagrams.at(-1)
    },
    datagrams,
    device: (message) => void device.send(message),
    deviceState: () =>
      new Promise((done) => {
        const id = ++asks
        states.set(id, done)
        device.send({ type: 'ask', id } satisfies ToDevice)
      }),
    demands: (plan) =>
      new Promise((done) => {
        demanded = done
        device.send({ type: 'demands', plan } satisfies ToDevice)
      }),
    contact: (tag, closed) => void device.send({ type: 'contact', i: place(tag), closed } satisfies ToDevice),
    async energise() {
      const button = config.effects[0]!.reset!
      const all = 2 ** config.elements.length - 1
      // The cause is clear and the channel sound before anybody presses.
      await until(
        'ready to be reset',
        8000,
        () => rig.last?.effects.every((e) => e.state === 4 || e.state === 0) === true,
      )
      rig.contact(button, true)
      await until('everything energised', 5000, async () => (await rig.deviceState()).solenoids === all)
      rig.contact(button, false)
      await pause(3 * scan_ms)
    },
    journal: () =>
      readFileSync(join(data, 'journal.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    client: () => writeClient(write_port, key),
    close,
  }
  return rig
}

/** In the middle of what the causes allow. */
export const healthyCounts = (config: SisConfig): number[] =>
  config.transmitters.map(({ tag }) => {
    const own = config.causes.filter((c) => c.inputs.includes(tag)).map((c) => c.trip)
    const high = Math.min(60_000, ...own.map((t) => ('above' in t ? t.counts : 60_000)))
    const low = Math.max(12_000, ...own.map((t) => ('below' in t ? t.counts : 12_000)))
    return Math.round((high + low) / 2)
  })

export interface WriteClient {
  readonly socket: Socket
  readonly answers: SisWriteAnswer[]
  /** Signs and sends, and gives the line that was sent. */
  send(message: object): string
  raw(text: string): void
  /** Waits for the answer with this type and id. */
  answer(type: string, id: number): Promise<SisWriteAnswer>
  readonly closed: boolean
  close(): void
}

export async function writeClient(port: number, key: string): Promise<WriteClient> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  socket.setEncoding('utf8')
  const answers: SisWriteAnswer[] = []
  let rest = ''
  let closed = false
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  socket.on('data', (text: string) => {
    rest += text
    const lines = rest.split('\n')
    rest = lines.pop()!
    for (const line of lines) answers.push(JSON.parse(line) as SisWriteAnswer)
  })
  const client: WriteClient = {
    socket,
    answers,
    send(message) {
      const mac = createHmac('sha256', key).update(JSON.stringify(message)).digest('hex')
      const line = `${JSON.stringify({ ...message, mac })}\n`
      socket.write(line)
      return line
    },
    raw: (text) => void socket.write(text),
    async answer(type, id) {
      let found: SisWriteAnswer | undefined
      await until(`${type} ${id}`, 5000, () => {
        found = answers.find((a) => a.type === type && 'id' in a && a.id === id)
        return found !== undefined
      })
      return found!
    },
    get closed() {
      return closed
    },
    close: () => socket.destroy(),
  }
  return client
}
