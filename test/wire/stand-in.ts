/**
 * A plant that is nothing but registers, with a conductor that grants ticks, for tests of field-io and controllers on
 * real sockets. It fits strategies/bench-loop: one drop with three inputs, one output, a watchdog.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { Artifact } from '../../contracts/artifact.ts'
import type { TagFrame } from '../../contracts/frame.ts'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { contentHash } from '../../protocols/edge/artifact-check.ts'
import type { Link } from '../../protocols/edge/link.ts'
import { listenLinks } from '../../protocols/edge/link-server.ts'
import { listenModbus, type ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'

export interface BuiltArtifact {
  readonly artifact: Artifact
  readonly path: string
  /** A folder of this run's own. */
  readonly folder: string
  remove(): void
}

/** The artifact of strategies/bench-loop in a file, with another tick. */
export async function benchArtifact(
  tick_ms: number,
  change: (artifact: Artifact) => Artifact = (artifact) => artifact,
): Promise<BuiltArtifact> {
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error(`strategies/bench-loop does not build: ${JSON.stringify(built.faults[0])}`)
  const other = change({ ...built.artifact, tick_ms })
  const artifact = { ...other, hash: contentHash(other) }
  const folder = mkdtempSync(join(tmpdir(), 'flyball-wire-'))
  const path = join(folder, 'artifact.json')
  writeFileSync(path, JSON.stringify(artifact))
  return { artifact, path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const REGISTER = { ao: 0, readback: 100, watchdog: 100, rearm: 101, tripped: 200 } as const

export interface DropStandIn {
  readonly port: number
  readonly server: ModbusTcpServer
  readonly input: Uint16Array
  readonly holding: Uint16Array
  /** Every value written to the output, in order. */
  readonly writes: number[]
  /** Goes to the fail value, as after a watchdog's time; takes no output until re-armed. */
  trip(): void
  close(): Promise<void>
}

const TRIPPED_COUNTS = 10_000

/** The drop of bench-loop. Its watchdog register starts at another value than the strategy's, as after a repair. */
export async function dropStandIn(port = 0): Promise<DropStandIn> {
  const input = new Uint16Array(256)
  const holding = new Uint16Array(256)
  // 12 mA at 2500 counts per mA.
  input.fill(30_000, 0, 3)
  holding[REGISTER.ao] = 20_000
  input[REGISTER.readback] = 20_000
  holding[REGISTER.watchdog] = 10
  const writes: number[] = []
  const memory = memoryModel({ input, holding })
  const server = await listenModbus(
    {
      ...memory,
      writeRegisters(unit, address, registers, quantity) {
        if (address === REGISTER.ao) {
          if (input[REGISTER.tripped] !== 0) return 4
          writes.push(registers[0]!)
          input[REGISTER.readback] = registers[0]!
        }
        if (address === REGISTER.rearm && registers[0] === 1) {
          input[REGISTER.tripped] = 0
          return 0
        }
        return memory.writeRegisters(unit, address, registers, quantity)
      },
    },
    { port },
  )
  return {
    port: server.port,
    server,
    input,
    holding,
    writes,
    trip() {
      input[REGISTER.tripped] = 1
      input[REGISTER.readback] = TRIPPED_COUNTS
    },
    close: () => server.close(),
  }
}

export interface ConductorStandIn {
  readonly port: number
  /** Grants the next tick and waits for its `done`. */
  step(): Promise<void>
  /** Says that it is there and grants nothing, as a paused plant does. */
  pace(): void
  readonly connected: boolean
  close(): Promise<void>
}

export async function conductorStandIn(port = 0): Promise<ConductorStandIn> {
  let tick = 0
  let link: Link | undefined
  let settle: { readonly done: () => void; readonly lost: (why: Error) => void } | undefined
  const server = await listenLinks({
    port,
    on_message: (from, message) => {
      if (message.type === 'hello') link = from
      if (message.type === 'done' && message.tick === tick) settle?.done()
    },
    on_end: (from) => {
      if (from === link) link = undefined
      settle?.lost(new Error('field-io has gone'))
    },
  })
  return {
    port: server.port,
    get connected() {
      return link !== undefined
    },
    step() {
      tick++
      return new Promise((done, lost) => {
        settle = { done, lost }
        if (link?.send({ type: 'grant', tick }) !== true) lost(new Error('field-io is not connected'))
      })
    },
    pace: () => void link?.send({ type: 'pace', paused: true, factor: 1, achieved: 0 }),
    close: () => server.close(),
  }
}

export interface GatewayStandIn {
  readonly port: number
  /** All tag frames, in the order of their coming. */
  readonly tags: TagFrame[]
  close(): Promise<void>
}

/** Takes the controllers' tags. */
export async function gatewayStandIn(): Promise<GatewayStandIn> {
  const tags: TagFrame[] = []
  const server = await listenLinks({
    port: 0,
    on_message: (_link, message) => {
      if (message.type === 'tags') tags.push(message.tags)
    },
    on_end: () => {},
  })
  return { port: server.port, tags, close: () => server.close() }
}

/** Starts a program as the supervisor does, in a process of its own. */
export async function startChild(main: string, config: object): Promise<Child> {
  const child = fork(main, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const ready = once(child, 'message')
  child.send({ type: 'configure', config })
  const [message] = (await ready) as [{ ports: Record<string, number> }]
  const ended = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return { ports: message.ports, pid: child.pid!, kill, signal: (name) => void child.kill(name) }
}

export interface Child {
  readonly ports: Readonly<Record<string, number>>
  readonly pid: number
  /** Ends it as a power cut does: it gets no chance to do anything. */
  kill(): Promise<void>
  /** SIGSTOP freezes it with its sockets open, SIGCONT lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

const ROOT = join(import.meta.dirname, '../..')
export const FIELD_IO_MAIN = join(ROOT, 'field-io/edge/main.ts')
export const CONTROLLER_MAIN = join(ROOT, 'controller/edge/main.ts')
