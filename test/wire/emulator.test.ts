// The emulated device on its wires, read by our client, by mbpoll and over bare sockets; and each of its faults as a master meets it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import type { EmulatedProfile } from '../../plant-sim/core/emulator/emulated-device.ts'
import { parseWireFault, type WireFault } from '../../plant-sim/core/emulator/wire-faults.ts'
import { type Emulator, type EmulatorWire, startEmulator } from '../../plant-sim/edge/emulator/emulator.ts'
import { ModbusTcpClient } from '../../protocols/edge/modbus-tcp-client.ts'
import { mbpoll } from './peers/peers.ts'
import { bytesOf, frame, hexOf, rawClient, until } from './raw.ts'

const METER: EmulatedProfile = {
  name: 'meter',
  title: 'A meter',
  points: [
    {
      name: 'volts',
      unit: 'V',
      table: 'input',
      register: 0,
      type: 'float32',
      counts_per_unit: 1,
      lo: 220,
      hi: 240,
      writable: false,
      counter: false,
    },
    {
      name: 'limit',
      unit: 'V',
      table: 'holding',
      register: 0,
      type: 'uint16',
      counts_per_unit: 10,
      lo: 0,
      hi: 500,
      writable: true,
      counter: false,
    },
  ],
  texts: [],
  identification: [
    { id: 0, text: 'Maker' },
    { id: 1, text: 'M1' },
    { id: 2, text: '1.0' },
  ],
  holes: 'refuse',
}
const LOOPBACK = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const

let closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

async function device(wire: EmulatorWire = LOOPBACK, ...faults: string[]): Promise<Emulator> {
  const emulator = await startEmulator({ profile: METER, units: [1, 2], wire, seed: 1, faults: faults.map(fault) })
  closing.push(() => emulator.close())
  for (const d of emulator.devices.values()) d.set('volts', 230.5)
  return emulator
}
function fault(text: string): WireFault {
  const found = parseWireFault(text)
  if (typeof found === 'string') throw new Error(found)
  return found
}
async function client(emulator: Emulator): Promise<ModbusTcpClient> {
  const c = new ModbusTcpClient(emulator.endpoint, { timeout_ms: 300, retry_ms: 20 })
  closing.push(() => c.close())
  await until(() => c.connected, 'the connection')
  return c
}
/** The code of the fault that a read meets, or the registers. */
const read = (c: ModbusTcpClient, unit = 1): Promise<unknown> =>
  c.readInput(unit, 0, 2).then(
    (registers) => [...registers],
    (cause: { code: string }) => cause.code,
  )
const VOLTS = [0x4366, 0x8000]

test('an emulated device answers: values, its identification, exception 11 for a unit that is not there', async () => {
  const c = await client(await device())
  expect(await read(c)).toEqual(VOLTS)
  expect(await read(c, 2)).toEqual(VOLTS)
  await c.writeRegister(1, 0, 2305)
  expect([...(await c.readHolding(1, 0, 1))]).toEqual([2305])
  expect((await c.readIdentification(1)).objects.map((o) => o.text)).toEqual(['Maker', 'M1', '1.0'])
  await expect(c.readInput(3, 0, 2)).rejects.toMatchObject({ code: 'IO_EXCEPTION', place: { exception: 11 } })
})

test.each([
  ['silence', 'IO_TIMEOUT'],
  ['half-open', 'IO_TIMEOUT'],
  ['exception:1:6', 'IO_EXCEPTION'],
  ['function', 'IO_MISMATCH'],
  ['byte-count', 'IO_MISMATCH'],
  ['short', 'IO_MISMATCH'],
  ['unit', 'IO_MISMATCH'],
  ['transaction', 'IO_TIMEOUT'],
  ['protocol', 'IO_FRAMING'],
  ['length', 'IO_FRAMING'],
  ['late:1:400ms', 'IO_TIMEOUT'],
])('the fault %s is what a master must see as %s, and the value comes back when it ends', async (text, code) => {
  const emulator = await device(LOOPBACK, text)
  const c = await client(emulator)
  expect(await read(c)).toBe(code)
  emulator.setFaults([])
  await until(() => c.connected, 'the connection')
  expect(await read(c)).toEqual(VOLTS)
})

test('torn and duplicated answers are taken once and whole', async () => {
  const c = await client(await device(LOOPBACK, 'torn:1:1ms', 'duplicate'))
  for (let i = 0; i < 5; i++) expect(await read(c)).toEqual(VOLTS)
})

test('reset and refuse: the connection is lost, and stands again without a hand when they end', async () => {
  const emulator = await device(LOOPBACK, 'reset:1:100ms')
  const c = await client(emulator)
  await until(() => c.counters.connection_faults >= 2, 'two resets')
  emulator.setFaults([fault('refuse')])
  await until(() => !c.connected, 'the refusal')
  emulator.setFaults([])
  await until(() => c.connected, 'the connection')
  expect(await read(c)).toEqual(VOLTS)
})

test('RTU over TCP: a request with its CRC, a foreign unit silent, a wrong CRC dropped', async () => {
  const emulator = await device({ ...LOOPBACK, kind: 'rtu-tcp' })
  const raw = await rawClient(emulator.port)
  // 01 04 0000 0002 with CRC CB71 low byte first; the answer's CRC is that of the table in the serial line guide.
  raw.send('03 0400000002 7029')
  raw.send('01 0400000002 71cb')
  const answer = await raw.received(9)
  expect(answer.slice(0, 14)).toBe('01040443668000'.slice(0, 14))
  raw.close()
  expect(crcOf(bytesOf(answer.slice(0, 14)))).toBe(answer.slice(14))
})

test('RTU on a pseudo-terminal is read by mbpoll', async () => {
  const emulator = await device({ kind: 'pty' })
  const text = await mbpoll([
    '-m',
    'rtu',
    '-a',
    '2',
    '-b',
    '115200',
    '-P',
    'none',
    '-t',
    '3:float',
    '-B',
    '-r',
    '1',
    '-c',
    '1',
    '-1',
    emulator.endpoint,
  ])
  expect(text).toContain('230.5')
})

test('Modbus over TLS: a client with a certificate of the authority is served, one without is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-tls-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', at('key.pem'), '-out', at('cert.pem')],
    ],
    { stdio: 'ignore' },
  )
  const emulator = await device({
    ...LOOPBACK,
    kind: 'tls',
    cert: at('cert.pem'),
    key: at('key.pem'),
    ca: at('cert.pem'),
  })
  const ask = (own: object): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectTls({ port: emulator.port, host: '127.0.0.1', ca: readFileSync(at('cert.pem')), ...own })
      socket.on('secureConnect', () => socket.write(bytesOf(frame(1, 1, '0400000002'))))
      socket.on('data', (chunk: Buffer) => {
        resolve(hexOf(chunk))
        socket.destroy()
      })
      socket.on('error', (cause) => resolve(cause.message))
      socket.on('close', () => resolve('closed'))
    })
  expect(await ask({ cert: readFileSync(at('cert.pem')), key: readFileSync(at('key.pem')) })).toBe(
    frame(1, 1, '040443668000'),
  )
  expect(await ask({})).not.toContain('0404')
})

/** Bit by bit, as the serial line guide describes it: not by a table. */
function crcOf(bytes: Uint8Array): string {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return hexOf(Uint8Array.of(crc & 0xff, crc >> 8))
}
