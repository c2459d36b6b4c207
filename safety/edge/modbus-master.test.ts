import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createModbusMaster, type ModbusMaster } from './modbus-master.ts'

/** A device that answers as the test says: given the request, bytes or nothing. */
let answer: (request: Buffer, socket: Socket) => void
let server: Server
let master: ModbusMaster
let states: string[]
const sockets = new Set<Socket>()

beforeEach(async () => {
  states = []
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (request) => answer(request as Buffer, socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  master = createModbusMaster({
    places: [{ host: '127.0.0.1', port }],
    unit: 1,
    write_at: 1000,
    read_at: 1100,
    registers: 3,
    timeout_ms: 60,
    on_state: (connected, code) => void states.push(connected ? 'up' : code),
  })
  await connected()
})
afterEach(async () => {
  master.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => server.close(done))
})
const connected = async (): Promise<void> => {
  while (!master.connected) await new Promise((done) => setTimeout(done, 5))
}
const into = new Uint16Array(3)
const exchange = (): Promise<boolean> =>
  new Promise((done) => {
    expect(master.exchange(Uint16Array.of(0x0102, 0x0304, 0xfffe), into, done)).toBe(true)
  })
/** The right answer to a request, by the Modbus text: header, function, bytes, 10, 20, 30. */
const right = (request: Buffer): Buffer =>
  Buffer.from([request[0]!, request[1]!, 0, 0, 0, 9, 1, 23, 6, 0, 10, 0, 20, 0, 30])

test('the request is function 23, byte for byte, and its answer fills the registers', async () => {
  let seen: Buffer = Buffer.alloc(0)
  answer = (request, socket) => {
    seen = request
    socket.write(right(request))
  }
  expect(await exchange()).toBe(true)
  expect([...seen.subarray(2)]).toEqual([
    0,
    0,
    0,
    17,
    1,
    23,
    1100 >> 8,
    1100 & 255,
    0,
    3,
    1000 >> 8,
    1000 & 255,
    0,
    3,
    6,
    1,
    2,
    3,
    4,
    0xff,
    0xfe,
  ])
  expect([...into]).toEqual([10, 20, 30])
})

test('an answer that comes byte by byte is the same answer', async () => {
  answer = (request, socket) => {
    socket.setNoDelay(true)
    for (const byte of right(request)) socket.write(Buffer.of(byte))
  }
  expect(await exchange()).toBe(true)
  expect([...into]).toEqual([10, 20, 30])
})

test('one transaction at a time', async () => {
  answer = (request, socket) => void setTimeout(() => socket.write(right(request)), 20)
  const first = exchange()
  expect(master.exchange(new Uint16Array(3), into, () => {})).toBe(false)
  expect(await first).toBe(true)
})

const put = (b: Buffer, at: number, ...bytes: number[]): Buffer => {
  b.set(bytes, at)
  return b
}

test.each<[string, (b: Buffer) => Buffer]>([
  ['another transaction', (b) => put(b, 0, b[0]!, b[1]! ^ 1)],
  ['another protocol', (b) => put(b, 2, 0, 1)],
  ['another length', (b) => put(b, 4, 0, 11)],
  ['another unit', (b) => put(b, 6, 2)],
  ['another function', (b) => put(b, 7, 3)],
  ['another byte count', (b) => put(b, 8, 4)],
  ['one byte more', (b) => Buffer.concat([b, Buffer.of(0)])],
  ['a second answer behind it', (b) => Buffer.concat([b, b])],
])('[SIS-2.10] an answer with %s drops the connection, and the next one works', async (what, change) => {
  answer = (request, socket) => void socket.write(change(right(request)))
  const ok = await exchange()
  // What stands behind a whole answer cannot make that answer wrong; the stream is done with all the same.
  expect(ok).toBe(/more|second/.test(what))
  while (states.length < 2) await new Promise((done) => setTimeout(done, 5))
  expect(states[1]).toBe('SIS_DEVICE_FRAME')
  answer = (request, socket) => void socket.write(right(request))
  await connected()
  expect(await exchange()).toBe(true)
})

test('an exception ends the transaction and keeps the connection', async () => {
  answer = (request, socket) => void socket.write(Buffer.from([request[0]!, request[1]!, 0, 0, 0, 3, 1, 0x97, 2]))
  expect(await exchange()).toBe(false)
  expect(states).toEqual(['up'])
  answer = (request, socket) => void socket.write(right(request))
  expect(await exchange()).toBe(true)
})

test('silence ends the connection after its time; the answer that comes later is nobody’s', async () => {
  answer = (request, socket) => void setTimeout(() => socket.write(right(request)), 90)
  into.fill(7)
  expect(await exchange()).toBe(false)
  await new Promise((done) => setTimeout(done, 80))
  expect([...into]).toEqual([7, 7, 7])
  expect(states[1]).toBe('SIS_DEVICE_TIMEOUT')
})

test('a device that closes, resets or talks unasked is an event, never an exception', async () => {
  answer = (_, socket) => void socket.resetAndDestroy()
  expect(await exchange()).toBe(false)
  await connected()
  answer = (_, socket) => void socket.end()
  expect(await exchange()).toBe(false)
  await connected()
  const [socket] = [...sockets].slice(-1)
  const gone = once(socket!, 'close')
  socket!.write('GET / HTTP/1.0\r\n\r\n')
  await gone
  expect(states.filter((s) => s !== 'up')).toEqual(['SIS_DEVICE_LOST', 'SIS_DEVICE_LOST', 'SIS_DEVICE_FRAME'])
})

test('where one way to the device falls silent the other is taken', async () => {
  const silent = createServer((socket) => void sockets.add(socket))
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  answer = (request, socket) => void socket.write(right(request))
  const ports = [silent, server].map((s) => (s.address() as { port: number }).port)
  const two = createModbusMaster({
    places: ports.map((port) => ({ host: '127.0.0.1', port })),
    unit: 1,
    write_at: 1000,
    read_at: 1100,
    registers: 3,
    timeout_ms: 60,
  })
  const outcomes: boolean[] = []
  while (outcomes.at(-1) !== true) {
    await new Promise((done) => setTimeout(done, 5))
    if (two.connected && !two.busy) two.exchange(new Uint16Array(3), into, (ok) => void outcomes.push(ok))
  }
  expect(outcomes).toEqual([false, true])
  two.close()
  await new Promise((done) => {
    silent.close(done)
    for (const socket of sockets) socket.destroy()
  })
})
