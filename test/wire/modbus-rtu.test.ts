// RTU on its wires: serial ports (socat ptys) and RTU over TCP, against libmodbus, pymodbus and mbpoll.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { afterEach, expect, test } from 'vitest'
import type { DeviceRecord } from '../../contracts/artifact.ts'
import type { Settle } from '../../protocols/core/modbus/client.ts'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { endRtu, RtuServerSession } from '../../protocols/core/modbus/rtu.ts'
import { ModbusServerCore } from '../../protocols/core/modbus/server.ts'
import type { ModbusLink, ModbusLinkOptions } from '../../protocols/edge/modbus-link.ts'
import { openModbusLink } from '../../protocols/edge/open-modbus-link.ts'
import { ask, read } from './driver-scenarios.ts'
import {
  LIBMODBUS_TOUR,
  libmodbusProgram,
  libmodbusServer,
  mbpoll,
  output,
  pymodbusServer,
  pymodbusTour,
  socat,
} from './peers/peers.ts'
import { until } from './raw.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

const SERIAL = { baud: 19_200, parity: 'none', data_bits: 8, stop_bits: 1 } as const

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'flyball-rtu-'))
  clean.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

interface Cable {
  readonly a: string
  readonly b: string
  /** Pulls it out: both ports are gone. */
  unplug(): Promise<void>
}

/** Two serial ports with a cable between them. */
async function cable(at = folder()): Promise<Cable> {
  const [a, b] = [join(at, 'a'), join(at, 'b')]
  const wire = await socat(`pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`, /starting data transfer loop/)
  clean.push(() => wire.close())
  return { a, b, unplug: () => wire.close() }
}

function open(
  protocol: DeviceRecord['protocol'],
  endpoint: string,
  options: Partial<ModbusLinkOptions> = {},
): ModbusLink {
  const device = { id: 'D', protocol, ...(protocol === 'modbus-rtu' ? { serial: SERIAL } : {}) }
  const link = openModbusLink(device, 'A', endpoint, { timeout_ms: 1000, retry_ms: 10, retry_ms_max: 50, ...options })
  clean.push(() => link.close())
  return link
}

const tables = () => ({
  holding: Uint16Array.from({ length: 1000 }, (_, i) => i),
  input: Uint16Array.from({ length: 1000 }, (_, i) => i),
  coil: Uint8Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
  discrete: Uint8Array.from({ length: 1000 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
})

/** Our slave on a serial port. */
async function slave(path: string, units: readonly number[], memory = tables()): Promise<void> {
  const core = new ModbusServerCore(memoryModel(memory), { line: 'serial', units })
  const port = new SerialPort({ path, baudRate: SERIAL.baud })
  port.on('error', () => {})
  const session = new RtuServerSession(core, (frame) => void port.write(Buffer.from(frame)))
  let silence: NodeJS.Timeout | undefined
  port.on('data', (bytes: Buffer) => {
    clearTimeout(silence)
    session.receive(bytes)
    if (session.partial > 0) silence = setTimeout(() => session.silence(), 20)
  })
  await new Promise((done) => port.once('open', done))
  clean.push(() => {
    clearTimeout(silence)
    return new Promise<void>((done) => (port.isOpen ? port.close(() => done()) : done()))
  })
}

/** One request of each kind, and what is in the tables of the peer then. */
async function tour(link: ModbusLink, mask_write = true): Promise<void> {
  const registers = async (address: number, quantity: number): Promise<number[]> =>
    Array.from((await read(link, 1, address, quantity)).data as Uint16Array)
  const done = async (request: Parameters<typeof ask>[2]): Promise<unknown> => (await ask(link, 1, request)).fault
  expect(await registers(875, 125)).toEqual(Array.from({ length: 125 }, (_, i) => 875 + i))
  expect(await done({ function: 16, address: 10, registers: [7, 65_535, 9] })).toBeUndefined()
  expect(await done({ function: 6, address: 13, value: 1234 })).toBeUndefined()
  expect(await registers(9, 5)).toEqual([9, 7, 65_535, 9, 1234])
  if (mask_write) {
    expect(await done({ function: 22, address: 13, and_mask: 0xf2, or_mask: 0x25 })).toBeUndefined()
    // (0x04D2 AND 0x00F2) OR (0x0025 AND NOT 0x00F2) = 0x00D7
    expect(await registers(13, 1)).toEqual([215])
  }
  const bits = async (code: 1 | 2, address: number, quantity: number): Promise<number[]> =>
    Array.from((await ask(link, 1, { function: code, address, quantity })).data as Uint8Array)
  expect(await done({ function: 15, address: 1, bits: [1, 1, 0] })).toBeUndefined()
  expect(await done({ function: 5, address: 8, on: true })).toBeUndefined()
  expect(await bits(1, 0, 10)).toEqual([1, 1, 1, 0, 0, 0, 1, 0, 1, 1])
  expect(await bits(2, 4, 3)).toEqual([0, 1, 0])
  const both = await ask(link, 1, { function: 23, address: 20, quantity: 3, write_address: 21, registers: [5] })
  expect([...(both.data as Uint16Array)]).toEqual([20, 5, 22])
  expect((await read(link, 1, 999, 2)).fault?.place.exception).toBe(2)
  expect(link.counters).toMatchObject({ timeouts: 0, late: 0, unsolicited: 0, connects: 1 })
}

test('our serial master finds in the libmodbus slave what is there', async () => {
  const { a, b } = await cable()
  const peer = await libmodbusServer(b)
  clean.push(() => peer.close())
  const link = open('modbus-rtu', a)
  await until(() => link.connected, 'the port')
  await tour(link)
})

test('our serial master through a gateway, and RTU over TCP, against pymodbus', async () => {
  const peer = await pymodbusServer('rtu')
  clean.push(() => peer.close())
  const direct = open('modbus-rtu-tcp', `127.0.0.1:${peer.port}`)
  await until(() => direct.connected, 'the connection')
  // Its server has an error of its own in function 22 and does not answer it.
  await tour(direct, false)
  const identification = await ask(direct, 1, { function: 43, category: 1, object: 0 })
  expect(identification.data).toMatchObject({
    objects: [
      { id: 0, text: 'pymodbus' },
      { id: 1, text: 'PM' },
      { id: 2, text: '3' },
    ],
  })
  const path = join(folder(), 'port')
  const gateway = await socat(
    `pty,raw,echo=0,link=${path}`,
    `tcp:127.0.0.1:${peer.port}`,
    /starting data transfer loop/,
  )
  clean.push(() => gateway.close())
  const serial = open('modbus-rtu', path)
  await until(() => serial.connected, 'the port')
  expect(Array.from((await read(serial, 1, 9, 5)).data as Uint16Array)).toEqual([9, 7, 65_535, 9, 1234])
})

test('the libmodbus serial master and mbpoll find in our slave what libmodbus finds in its own', async () => {
  const { a, b } = await cable()
  await slave(b, [1])
  expect(await output(await libmodbusProgram('client'), ['tour', a])).toBe(LIBMODBUS_TOUR)
  const common = ['-m', 'rtu', '-b', '19200', '-P', 'none', '-0', '-1', '-q', '-o', '0.5']
  expect(await mbpoll([...common, '-a', '1', '-t', '4', '-r', '499', '-c', '2', a])).toMatch(
    /\[499\]:\s+499\s+\[500\]:\s+500/,
  )
  // Another unit is met with silence.
  expect(await mbpoll([...common, '-a', '2', '-t', '4', '-r', '499', a])).toMatch(/timed out/)
})

/** A slave behind RTU over TCP whose answers the test makes. */
async function rtuDevice(
  on_frame: (unit: number, pdu: Buffer, write: (...frames: Uint8Array[]) => void) => void,
): Promise<{ port: number; drop(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes: Buffer) => {
      // Our master sends one request at a time, in one write.
      on_frame(bytes[0]!, bytes.subarray(1, -2), (...frames) => void socket.write(Buffer.concat(frames)))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const drop = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  clean.push(() => {
    drop()
    return new Promise((done) => server.close(done))
  })
  return { port: (server.address() as { port: number }).port, drop }
}

/** The answer of `unit` to a read of one register. */
function value(unit: number, register: number): Uint8Array {
  const frame = new Uint8Array(7)
  frame.set([unit, 3, 2, register >> 8, register & 255])
  endRtu(frame, 0, 5)
  return frame
}

test('RTU over TCP: an answer after its time-out is never taken for a later one [torture 5]', async () => {
  let first = true
  const d = await rtuDevice((unit, pdu, write) => {
    if (first) {
      first = false
      setTimeout(() => write(value(unit, 11_111)), 80)
    } else write(value(unit, pdu.readUInt16BE(1)))
  })
  const link = open('modbus-rtu-tcp', `127.0.0.1:${d.port}`)
  await until(() => link.connected, 'the connection')
  expect((await read(link, 1, 5, 1, 50)).fault?.code).toBe('IO_TIMEOUT')
  expect([...((await read(link, 1, 222)).data as Uint16Array)]).toEqual([222])
  expect(link.counters).toMatchObject({ late: 1, connects: 1 })
})

test('RTU over TCP: resets, doubled answers and rubbish never make a wrong value, and it always comes back [torture 1]', async () => {
  let asked = 0
  const d = await rtuDevice((unit, pdu, write) => {
    const right = value(unit, pdu.readUInt16BE(1))
    asked++
    if (asked % 20 === 0) d.drop()
    else if (asked % 20 === 7) write(right, right)
    else if (asked % 20 === 13) write(Uint8Array.of(...right.subarray(0, 6), right[6]! ^ 1))
    else write(right)
  })
  const link = open('modbus-rtu-tcp', `127.0.0.1:${d.port}`)
  let good = 0
  for (let i = 0; good < 150 && i < 5000; i++) {
    await until(() => link.connected, 'the connection')
    const { fault, data } = await read(link, 1, i)
    if (fault !== undefined) expect(['IO_CLOSED', 'IO_NOT_CONNECTED', 'IO_FRAMING']).toContain(fault.code)
    else {
      expect([...(data as Uint16Array)]).toEqual([i])
      good++
    }
  }
  expect(good).toBe(150)
  expect(link.counters.unsolicited).toBeGreaterThan(3)
  expect(link.counters.connects).toBeGreaterThan(10)
})

test('a serial port that is missing or unplugged is named with the remedy, and comes back by itself', async () => {
  const at = folder()
  const link = open('modbus-rtu', join(at, 'a'))
  await until(() => link.last_fault !== undefined, 'the fault')
  expect(link.last_fault?.message).toBe(
    `IO_SERIAL: ${at}/a, the port does not exist: plug the adapter in or correct the name`,
  )
  expect((await read(link, 1)).fault?.code).toBe('IO_NOT_CONNECTED')
  for (let i = 1; i <= 2; i++) {
    const plugged = await cable(at)
    await slave(plugged.b, [1])
    await until(() => link.connected, 'the port')
    expect([...((await read(link, 1, 7)).data as Uint16Array)]).toEqual([7])
    const writing = Promise.all([1, 2].map((v) => ask(link, 99, { function: 6, address: 0, value: v }, 60_000)))
    await plugged.unplug()
    expect((await writing).map((o) => o.fault?.code)).toEqual(['IO_SERIAL', 'IO_SERIAL'])
    expect(link.last_fault?.message).toMatch(/plug the adapter in again/)
    await until(() => !existsSync(join(at, 'a')), 'the end of the port')
  }
  const file = join(at, 'no-port')
  writeFileSync(file, '')
  const wrong = open('modbus-rtu', file)
  await until(() => wrong.last_fault !== undefined, 'the fault')
  expect(wrong.last_fault?.message).toMatch(/IO_SERIAL: .*no-port, the port cannot be set so, or is no serial port/)
})

test('a second program on the port is told that it is in use', async () => {
  const { a } = await cable()
  const first = open('modbus-rtu', a)
  await until(() => first.connected, 'the port')
  const second = open('modbus-rtu', a)
  await until(() => second.last_fault !== undefined, 'the fault')
  expect(second.last_fault?.message).toMatch(/IO_SERIAL: .*the port is used by another program/)
})

test('one of 32 units dead on a serial line: the others share the line evenly and lose under 5 % of it [torture 6]', async () => {
  const { a, b } = await cable()
  const units = Array.from({ length: 32 }, (_, i) => i + 1)
  const DEAD = 17
  await slave(
    b,
    units.filter((u) => u !== DEAD),
  )
  // The living ones may take as long as a busy machine makes them.
  const DEAD_MS = 20
  const link = open('modbus-rtu', a, { timeout_ms: 5000 })
  await until(() => link.connected, 'the port')
  const answers = new Map<number, number>()
  const faults: string[] = []
  let pause_ms = 100
  let waited_ms = 0
  let running = true
  const poll = (unit: number): void => {
    const settle: Settle = (fault) => {
      if (!running) return
      if (unit === DEAD) {
        if (fault?.code !== 'IO_TIMEOUT') faults.push(String(fault))
        waited_ms += DEAD_MS
        // The device's own back-off, as field-io does it.
        setTimeout(() => running && poll(unit), pause_ms)
        pause_ms *= 2
        return
      }
      if (fault !== undefined) faults.push(fault.message)
      answers.set(unit, (answers.get(unit) ?? 0) + 1)
      poll(unit)
    }
    link.call(unit, { function: 3, address: unit, quantity: 1 }, settle, unit === DEAD ? DEAD_MS : undefined)
  }
  const from_ms = performance.now()
  for (const unit of units) poll(unit)
  await new Promise((done) => setTimeout(done, 4000))
  running = false
  const elapsed_ms = performance.now() - from_ms
  expect(faults).toEqual([])
  const counts = [...answers.values()]
  expect(counts.length).toBe(31)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  expect(Math.min(...counts)).toBeGreaterThan(10)
  expect(waited_ms).toBeGreaterThan(0)
  expect(waited_ms / elapsed_ms).toBeLessThan(0.05)
})

test('pymodbus, RTU over TCP, finds in our slave what libmodbus finds in its own', async () => {
  const core = new ModbusServerCore(memoryModel(tables()), { line: 'serial', units: [1] })
  const server = createServer({ noDelay: true }, (socket) => {
    const session = new RtuServerSession(core, (frame) => void socket.write(Buffer.from(frame)))
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => session.receive(bytes))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  clean.push(() => new Promise((done) => server.close(done)))
  const understood = LIBMODBUS_TOUR.replace('mask-write\nread-masked 215\n', '').replace('read-write 7 65535\n', '')
  expect(await pymodbusTour('rtu', (server.address() as { port: number }).port)).toBe(understood)
})

test('links that never came up, and links with requests under way, leave nothing behind when closed', async () => {
  const { a } = await cable()
  const handles = (): number => process.getActiveResourcesInfo().filter((r) => r !== 'PipeWrap').length
  const silent = await rtuDevice(() => {})
  await new Promise((done) => setTimeout(done, 20))
  const before = handles()
  const links = [
    open('modbus-rtu', a),
    open('modbus-rtu', `${a}-none`),
    open('modbus-rtu-tcp', `127.0.0.1:${silent.port}`),
    open('modbus-rtu-tcp', '127.0.0.1:1'),
  ]
  await until(() => links[0]!.connected && links[2]!.connected, 'the links')
  const lost = [0, 1, 2, 3].map((i) => read(links[i]!, 1))
  // Closed in the middle of an attempt, too.
  links.push(open('modbus-rtu', a), open('modbus-rtu-tcp', `127.0.0.1:${silent.port}`))
  for (const link of links) link.close()
  for (const outcome of lost) expect((await outcome).fault).toBeDefined()
  await until(() => handles() <= before, 'the end of everything')
  expect(handles()).toBeLessThanOrEqual(before)
})
