// The server's rules, one test each, over a bare socket. Expected bytes are written out from the application protocol.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { ModbusServerCore } from '../../protocols/core/modbus/server.ts'
import { listenModbus, type ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'
import { READS_IN_PLACE } from '../../protocols/edge/read-in-place.ts'
import { bytesOf, frame, hexOf, rawClient, until } from './raw.ts'

const holding = new Uint16Array(65_536)
const coil = new Uint8Array(65_536)
let server: ModbusTcpServer
let port: number

beforeAll(async () => {
  const input = Uint16Array.from({ length: 300 }, (_, i) => i)
  server = await listenModbus(memoryModel({ holding, coil, input }), { port: 0 })
  port = server.port
})
afterAll(() => server.close())

/** Sends one request and answers the reply's PDU. */
async function ask(pdu: string, unit = 1): Promise<string> {
  const client = await rawClient(port)
  client.send(frame(0x1234, unit, pdu))
  const head = await client.received(9)
  const reply = await client.received(6 + Number.parseInt(head.slice(8, 12), 16))
  client.close()
  expect(reply.slice(0, 8)).toBe('12340000')
  expect(reply.slice(12, 14)).toBe(unit.toString(16).padStart(2, '0'))
  return reply.slice(14)
}
const zeros = (count: number): string => '00'.repeat(count)

test('transaction and unit are echoed', async () => {
  expect(await ask('0400050001', 0xf7)).toBe('04020005')
})

test('a frame of another protocol is ignored, and the connection goes on', async () => {
  const client = await rawClient(port)
  client.send(`0001000700060104000500 01${frame(2, 1, '0400070001')}`)
  expect(await client.received(11)).toBe('0002000000050104020007')
  client.close()
})

test('two requests in one segment get two answers in order', async () => {
  const client = await rawClient(port)
  client.send(frame(1, 1, '0400050001') + frame(2, 1, '0400060001'))
  expect(await client.received(22)).toBe(frame(1, 1, '04020005') + frame(2, 1, '04020006'))
  client.close()
})

test('one request split over segments, byte by byte, gets its answer', async () => {
  const client = await rawClient(port)
  for (const byte of frame(9, 1, '0400050002').match(/../g)!) {
    client.send(byte)
    await new Promise((done) => setTimeout(done, 1))
  }
  expect(await client.received(13)).toBe(frame(9, 1, '040400050006'))
  client.close()
})

test('a hundred requests without waiting get a hundred answers in order', async () => {
  const client = await rawClient(port)
  let sent = ''
  let expected = ''
  for (let i = 0; i < 100; i++) {
    sent += frame(i, 1, `0400${i.toString(16).padStart(2, '0')}0001`)
    expected += frame(i, 1, `040200${i.toString(16).padStart(2, '0')}`)
  }
  client.send(sent)
  expect(await client.received(1100)).toBe(expected)
  client.close()
})

test.each([
  // function before quantity before address
  ['an unknown function', '07', '8701'],
  ['an unknown function, however long', `63${zeros(20)}`, 'e301'],
  ['a table the device does not have, even with an impossible quantity', '0200000000', '8201'],
  ['quantity 0', '0300000000', '8303'],
  ['an impossible quantity at an impossible address', '03ffff007e', '8303'],
  ['126 registers', '030000007e', '8303'],
  ['2001 coils', '01000007d1', '8103'],
  ['address + quantity beyond 65536', '03ffff0002', '8302'],
  ['input registers that are not there', '04012b0002', '8402'],
  ['a coil value that is neither on nor off', '0500000001', '8503'],
  ['a coil value 0xff01', '050000ff01', '8503'],
  ['1969 coils to write', `0f000007b1f7${zeros(0xf7)}`, '8f03'],
  ['a byte count that is not the coils', '0f0000000a0100', '8f03'],
  ['124 registers to write, as far as a frame holds them', `100000007cf8${zeros(247)}`, '9003'],
  ['a byte count that is not the registers', '10000000020200010002', '9003'],
  ['fewer bytes than counted', '100000000204000100', '9003'],
  ['126 registers to read in 23', '170000007e000000010200ff', '9703'],
  [
    '122 registers to write in 23, as far as a frame holds them',
    `1700000001000000 7af4${zeros(0xf3)}`.replaceAll(' ', ''),
    '9703',
  ],
  ['23 reading beyond the end', '17ffff0002000000010200ff', '9702'],
  ['23 writing beyond the end', '1700000001ffff0002040001 0002'.replaceAll(' ', ''), '9702'],
  ['a read request with a byte too many', '030000000100', '8303'],
])('exception for %s', async (_name, request, reply) => {
  expect(await ask(request)).toBe(reply)
})

test.each([
  ['2000 coils', '01000007d0', 2 + 250],
  ['125 registers', '030000007d', 2 + 250],
  ['125 registers, the last of all', '03ff83007d', 2 + 250],
])('the largest request is served: %s', async (_name, request, length) => {
  expect((await ask(request)).length / 2).toBe(length)
})

test('the largest writes are served: 1968 coils, 123 registers, 121 written and 125 read', async () => {
  expect(await ask(`0f000007b0f6${'ff'.repeat(246)}`)).toBe('0f000007b0')
  expect(coil.subarray(0, 1969).reduce((a, b) => a + b)).toBe(1968)
  expect(await ask(`100000007bf6${'0102'.repeat(123)}`)).toBe('100000007b')
  expect(holding[122]).toBe(0x0102)
  expect(await ask(`170000007d00000079f2${'0304'.repeat(121)}`)).toBe(
    `17fa${'0304'.repeat(121)}${'0102'.repeat(2)}0000 0000`.replaceAll(' ', ''),
  )
})

test('a refused request writes nothing, and the connection stays open', async () => {
  holding[5] = 77
  const client = await rawClient(port)
  client.send(
    frame(1, 1, '1000050001020063 00'.replaceAll(' ', '')) +
      frame(2, 1, '17ffff00020005000102 0063'.replaceAll(' ', '')),
  )
  client.send(frame(3, 1, '0300050001'))
  expect(await client.received(29)).toBe(frame(1, 1, '9003') + frame(2, 1, '9702') + frame(3, 1, '0302004d'))
  client.close()
})

test('function 23 writes before it reads', async () => {
  expect(await ask('17010000010100000102 beef'.replaceAll(' ', ''))).toBe('1702beef')
})

test('a length that no frame can have ends the connection', async () => {
  const client = await rawClient(port)
  client.send('0001000000ff')
  await client.ended
  const other = await rawClient(port)
  other.send('000100000001')
  await other.ended
  expect(await ask('0400050001')).toBe('04020005')
})

test('a client that closes its half gets the connection closed', async () => {
  const client = await rawClient(port, true)
  client.socket.end(bytesOf(frame(1, 1, '0400050001')))
  await client.ended
  await until(() => server.clients === 0, 'the end of the connection')
  expect(server.clients).toBe(0)
})

test('an idle connection is closed, a busy one is not', async () => {
  const own = await listenModbus(memoryModel({ holding }), { port: 0, idle_ms: 300 })
  const idle = await rawClient(own.port)
  const busy = await rawClient(own.port)
  let idle_ended = false
  void idle.ended.then(() => {
    idle_ended = true
  })
  let asked = 0
  while (!idle_ended) {
    busy.send(frame(1, 1, '0300000001'))
    asked += 11
    await busy.received(asked)
    await new Promise((done) => setTimeout(done, 20))
  }
  expect(busy.socket.destroyed).toBe(false)
  busy.close()
  await own.close()
})

test('more clients than allowed are turned away, the others are served', async () => {
  const own = await listenModbus(memoryModel({ holding: Uint16Array.of(42) }), { port: 0, clients_max: 2 })
  const first = await rawClient(own.port)
  const second = await rawClient(own.port)
  const third = await rawClient(own.port)
  await third.ended
  second.send(frame(1, 1, '0300000001'))
  expect(await second.received(11)).toBe(frame(1, 1, '0302002a'))
  first.close()
  second.close()
  await own.close()
})

test('a client that asks and never reads is cut off', async () => {
  const own = await listenModbus(memoryModel({ holding }), { port: 0 })
  const client = await rawClient(own.port)
  client.socket.pause()
  const many = bytesOf(frame(1, 1, '030000007d').repeat(2000))
  await until(() => {
    if (!client.socket.destroyed && client.socket.writableLength === 0) client.socket.write(many)
    return own.counters.broken === 1
  }, 'the cut')
  expect(own.clients).toBe(0)
  client.close()
  await own.close()
})

test('a port in use is a fault in words, and what runs goes on [torture 8]', async () => {
  await expect(listenModbus(memoryModel({ holding }), { port })).rejects.toThrow(/^IO_LISTEN: .*port is in use/)
  expect(await ask('0400050001')).toBe('04020005')
})

test('out of file descriptors: whoever is connected is served, and so is the next when there are some again [torture 8]', async () => {
  const source = join(import.meta.dirname, 'peers/limited-server.ts')
  const child = spawn('/bin/sh', ['-c', 'ulimit -n 60 && exec "$0" "$1"', process.execPath, source])
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const own = Number(String(line))
  const first = await rawClient(own)
  const many = await Promise.all(Array.from({ length: 80 }, () => rawClient(own)))
  await until(() => many.some((c) => c.socket.destroyed), 'a connection turned away')
  first.send(frame(1, 1, '0300000001'))
  expect(await first.received(11)).toBe(frame(1, 1, '0302002a'))
  for (const c of many) c.close()
  let answered = false
  for (let i = 0; i < 100 && !answered; i++) {
    const next = await rawClient(own)
    next.send(frame(2, 1, '0300000001'))
    answered = (await next.received(11)) === frame(2, 1, '0302002a')
    next.close()
  }
  expect(answered).toBe(true)
  first.close()
  child.stdin.end()
  await once(child, 'exit')
})

test('units of a gateway: those it has answer, others get 0x0B', async () => {
  const own = await listenModbus(memoryModel({ holding: Uint16Array.of(42) }), { port: 0, units: [3] })
  const client = await rawClient(own.port)
  client.send(frame(1, 3, '0300000001') + frame(2, 4, '0300000001'))
  expect(await client.received(20)).toBe(frame(1, 3, '0302002a') + frame(2, 4, '830b'))
  client.close()
  await own.close()
})

test('on a serial line a foreign unit is silent, a broadcast is executed and not answered', () => {
  const registers = new Uint16Array(2)
  const core = new ModbusServerCore(memoryModel({ holding: registers }), { units: [3], line: 'serial' })
  const out = new Uint8Array(300)
  const answer = (unit: number, pdu: string): string => {
    const bytes = bytesOf(pdu)
    return hexOf(out.subarray(0, core.answer(unit, bytes, 0, bytes.length, out, 0)))
  }
  expect(answer(4, '0600000001')).toBe('')
  expect(registers[0]).toBe(0)
  expect(answer(0, '0600000001')).toBe('')
  expect(registers[0]).toBe(1)
  expect(answer(3, '0300000001')).toBe('03020001')
})

test('this Node lets an accepted socket read into a buffer of ours: otherwise the server is slower than it is said to be', () => {
  expect(READS_IN_PLACE).toBe(true)
})

test('answers that a slow reader has not taken yet are not overwritten by later ones', async () => {
  const registers = Uint16Array.from({ length: 1000 }, (_, i) => i)
  const own = await listenModbus(memoryModel({ holding: registers }), { port: 0, unread_bytes_max: 1e9 })
  const socket = connect({ port: own.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  // More than the system takes for a client that does not read: the rest waits in the server's memory.
  const ROUNDS = 2000
  for (let round = 0; round < ROUNDS; round++) {
    const requests = Array.from({ length: 40 }, (_, i) => frame(round, 1, `0300${hexOf(Uint8Array.of(i))}007d`))
    socket.write(bytesOf(requests.join('')))
    if (round % 10 === 9) await new Promise((done) => setImmediate(done))
  }
  const answer = 9 + 250
  const total = ROUNDS * 40 * answer
  await until(() => own.counters.requests === ROUNDS * 40, 'the requests')
  const chunks: Buffer[] = []
  let count = 0
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    count += chunk.length
  })
  await until(() => count === total, 'the answers')
  const got = Buffer.concat(chunks)
  let wrong = 0
  for (let i = 0; i < ROUNDS * 40; i++) {
    const at = i * answer
    const [id, first, last] = [got.readUInt16BE(at), got.readUInt16BE(at + 9), got.readUInt16BE(at + answer - 2)]
    if (id !== Math.floor(i / 40) || first !== i % 40 || last !== (i % 40) + 124) wrong++
  }
  expect(wrong).toBe(0)
  socket.destroy()
  await own.close()
})

test('a mute server does nothing and answers nothing, and answers again when it is mute no longer', async () => {
  const registers = Uint16Array.of(5)
  let mute = true
  const own = await listenModbus(memoryModel({ holding: registers }), { port: 0, mute: () => mute })
  const c = await rawClient(own.port)
  c.send(frame(1, 1, '0600000007'))
  await new Promise((done) => setTimeout(done, 50))
  mute = false
  c.send(frame(2, 1, '0300000001'))
  expect(await c.received(11)).toBe(frame(2, 1, '03020005'))
  c.close()
  await own.close()
})
