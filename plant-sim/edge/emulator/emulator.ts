/**
 * An emulated device on a wire: Modbus TCP, TLS, RTU over TCP, or RTU on a serial port or pseudo-terminal.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { SerialRecord } from '../../../contracts/artifact.ts'
import { stream } from '../../../numerics/streams.ts'
import { ModbusFault } from '../../../protocols/core/modbus/modbus-fault.ts'
import type { ModbusModel } from '../../../protocols/core/modbus/model.ts'
import { ModbusServerCore } from '../../../protocols/core/modbus/server.ts'
import { listenRemedy } from '../../../protocols/edge/modbus-tcp-server.ts'
import { createEmulatedDevice, type EmulatedDevice, type EmulatedProfile } from '../../core/emulator/emulated-device.ts'
import type { Framing, WireFault } from '../../core/emulator/wire-faults.ts'
import { openPty } from './pty.ts'
import { openSerial } from './serial.ts'
import { serveStream, type Trouble } from './serve-stream.ts'

export type EmulatorWire =
  | { readonly kind: 'tcp' | 'rtu-tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'tls'
      readonly host: string
      readonly port: number
      /** PEM files; a client must show a certificate of this `ca`. */
      readonly cert: string
      readonly key: string
      readonly ca: string
    }
  | { readonly kind: 'serial'; readonly path: string; readonly settings: SerialRecord }
  /** A pseudo-terminal of our own; the master opens `path` of the answer. Needs Debian's socat. */
  | { readonly kind: 'pty'; readonly link?: string }

export interface EmulatorOptions {
  readonly profile: EmulatedProfile
  readonly units: readonly number[]
  readonly wire: EmulatorWire
  readonly seed: number
  readonly faults?: readonly WireFault[]
}

export interface Emulator {
  readonly devices: ReadonlyMap<number, EmulatedDevice>
  /** `127.0.0.1:1502`, or the path of the serial port that a master opens. */
  readonly endpoint: string
  readonly port: number
  /** Takes effect with the next answer. */
  setFaults(faults: readonly WireFault[]): void
  close(): Promise<void>
}

/** How often values move, ms. */
const ADVANCE_MS = 200

/** @throws ModbusFault IO_LISTEN, or an Error that says what the serial line or the certificate lacks. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { profile, units, wire, seed } = options
  const devices = new Map(units.map((u) => [u, createEmulatedDevice(profile, seed, `${profile.name}.${u}`)]))
  const serial = wire.kind === 'serial' || wire.kind === 'pty' || wire.kind === 'rtu-tcp'
  const core = new ModbusServerCore(modelOf(devices), { units, line: serial ? 'serial' : 'tcp' })
  const framing: Framing = serial ? 'rtu' : 'tcp'
  const trouble: { faults: readonly WireFault[] } & Omit<Trouble, 'faults'> = {
    faults: options.faults ?? [],
    chance: stream(seed, `${profile.name}.wire`),
  }
  const has = (kind: WireFault['kind']): WireFault | undefined => trouble.faults.find((f) => f.kind === kind)
  const from_ms = performance.now()
  const life = setInterval(() => {
    for (const device of devices.values()) device.advance((performance.now() - from_ms) / 1000)
  }, ADVANCE_MS)

  const sockets = new Set<Socket>()
  let reset_timer: NodeJS.Timeout | undefined
  const planReset = (): void => {
    clearInterval(reset_timer)
    const reset = has('reset')
    if (reset === undefined) return
    reset_timer = setInterval(() => {
      if (trouble.chance.uniform() < reset.chance) for (const socket of sockets) socket.resetAndDestroy()
    }, reset.size)
  }
  planReset()

  const opened = await open(wire, {
    on_stream: (duplex) => serveStream(duplex, framing, core, trouble),
    on_socket(socket) {
      const refuse = has('refuse')
      if (refuse !== undefined && trouble.chance.uniform() < refuse.chance) {
        socket.resetAndDestroy()
        return false
      }
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
      return true
    },
  }).catch((cause: unknown) => {
    clearInterval(life)
    clearInterval(reset_timer)
    throw cause
  })
  return {
    devices,
    endpoint: opened.endpoint,
    port: opened.port,
    setFaults(faults) {
      trouble.faults = faults
      planReset()
      if (has('refuse') !== undefined) for (const socket of sockets) socket.resetAndDestroy()
    },
    async close() {
      clearInterval(life)
      clearInterval(reset_timer)
      for (const socket of sockets) socket.destroy()
      await opened.close()
    },
  }
}

function modelOf(devices: ReadonlyMap<number, EmulatedDevice>): ModbusModel {
  const first = devices.values().next().value!
  const of = (unit: number): EmulatedDevice['model'] => (devices.get(unit) ?? first).model
  const { identification } = first.profile
  return {
    has: (table) => first.model.has(table),
    admits: (unit, ...rest) => of(unit).admits(unit, ...rest),
    readBits: (unit, ...rest) => of(unit).readBits(unit, ...rest),
    readRegisters: (unit, ...rest) => of(unit).readRegisters(unit, ...rest),
    writeBits: (unit, ...rest) => of(unit).writeBits(unit, ...rest),
    writeRegisters: (unit, ...rest) => of(unit).writeRegisters(unit, ...rest),
    ...(identification.length === 0 ? {} : { identification: () => identification }),
  }
}

interface Sinks {
  readonly on_stream: (duplex: Duplex) => void
  /** False: the connection was turned away. */
  readonly on_socket: (socket: Socket) => boolean
}

interface Opened {
  readonly endpoint: string
  readonly port: number
  close(): Promise<void>
}

async function open(wire: EmulatorWire, sinks: Sinks): Promise<Opened> {
  switch (wire.kind) {
    case 'tcp':
    case 'rtu-tcp': {
      const server = createServer({ noDelay: true }, (socket) => {
        if (sinks.on_socket(socket)) sinks.on_stream(socket)
      })
      return await listen(server, wire.host, wire.port)
    }
    case 'tls': {
      const pem = (path: string): Buffer => readFileSync(path)
      const server = createTlsServer(
        {
          cert: pem(wire.cert),
          key: pem(wire.key),
          ca: pem(wire.ca),
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: 'TLSv1.2',
        },
        sinks.on_stream,
      )
      server.on('connection', sinks.on_socket)
      server.on('tlsClientError', (cause) =>
        process.stderr.write(`device: a client was turned away: ${cause.message}\n`),
      )
      return await listen(server, wire.host, wire.port)
    }
    case 'serial': {
      const port = await openSerial(wire.path, wire.settings)
      sinks.on_stream(port.duplex)
      return { endpoint: wire.path, port: 0, close: port.close }
    }
    case 'pty': {
      const pty = await openPty(wire.link)
      const port = await openSerial(pty.ours, { baud: 115_200, parity: 'none', data_bits: 8, stop_bits: 1 })
      sinks.on_stream(port.duplex)
      return {
        endpoint: pty.theirs,
        port: 0,
        async close() {
          await port.close()
          await pty.close()
        },
      }
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<Opened> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause) => {
      const fault = new ModbusFault('IO_LISTEN', { endpoint: `${host}:${port}`, detail: listenRemedy(cause) }, cause)
      if (server.listening) process.stderr.write(`${fault.message}\n`)
      else reject(fault)
    })
    server.listen(port, host, () => {
      const address = server.address()
      const bound = address !== null && typeof address === 'object' ? address.port : port
      resolve({
        endpoint: `${host}:${bound}`,
        port: bound,
        close: () => new Promise((done) => server.close(() => done())),
      })
    })
  })
}
