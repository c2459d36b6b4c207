// What only our client has: its counters, its back-off, its server. What every driver is asked is in modbus-drivers.test.ts.
import modbusSerial from 'modbus-serial'
import { afterEach, expect, test } from 'vitest'
import type { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { ModbusTcpClient, type ModbusTcpClientOptions } from '../../protocols/edge/modbus-tcp-client.ts'
import { listenModbus } from '../../protocols/edge/modbus-tcp-server.ts'
import { libmodbusProgram, libmodbusServer, output } from './peers/peers.ts'
import { type Asked, bytesOf, frame, type RawDevice, rawDevice, registersPdu, until } from './raw.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

async function device(on_request: (asked: Asked) => void): Promise<RawDevice> {
  const d = await rawDevice(on_request)
  clean.push(() => d.close())
  return d
}

async function client(port: number, options: Partial<ModbusTcpClientOptions> = {}): Promise<ModbusTcpClient> {
  const c = new ModbusTcpClient(`127.0.0.1:${port}`, { timeout_ms: 5000, retry_ms: 5, retry_ms_max: 20, ...options })
  clean.push(() => c.close())
  await until(() => c.connected, 'the connection')
  return c
}

const faultOf = (promise: Promise<unknown>): Promise<ModbusFault> =>
  promise.then(
    () => {
      throw new Error('an answer where there can be none')
    },
    (fault: ModbusFault) => fault,
  )

test('fault 1: a stale reply of a timed-out request is never the value of another request [torture 5]', async () => {
  let late: Asked | undefined
  let count = 0
  const d = await device((asked) => {
    if (late === undefined) {
      late = asked
      return
    }
    count++
    // Just before its own answer comes the old one, when the transaction counter of 8 bits would have wrapped.
    if (count % 256 === 0) late.reply(registersPdu(3, [11_111]))
    asked.reply(registersPdu(3, [222]))
  })
  const c = await client(d.port)
  expect((await faultOf(c.request(1, { function: 3, address: 0, quantity: 1 }, 30))).code).toBe('IO_TIMEOUT')
  for (let i = 0; i < 520; i++) expect([...(await c.readHolding(1, 0, 1))]).toEqual([222])
  expect(c.counters.late).toBe(1)
  expect(c.counters.unsolicited).toBe(1)
})

test('fault 1, the other end of it: with one transaction id for everything a reply still must fit', async () => {
  // The device answers the first request late, under the id of the second: only unit, function and length can tell.
  const asked: Asked[] = []
  const d = await device((a) => {
    asked.push(a)
    if (asked.length === 2) a.socket.write(bytesOf(frame(a.transaction, 1, registersPdu(3, [11_111]))))
  })
  const c = await client(d.port)
  await faultOf(c.request(1, { function: 3, address: 0, quantity: 1 }, 20))
  expect((await faultOf(c.readHolding(1, 0, 2))).code).toBe('IO_MISMATCH')
})

test('fault 6: our server answers a C client at more than five times the rate of the modbus-serial server', async () => {
  const program = await libmodbusProgram('client')
  const ours = await listenModbus(memoryModel({ holding: new Uint16Array(200) }), { port: 0 })
  clean.push(() => ours.close())
  const theirs = new modbusSerial.ServerTCP(
    { getHoldingRegister: (address: number) => address },
    { host: '127.0.0.1', port: 0, unitID: 1 },
  )
  await new Promise((done) => theirs.on('initialized', done))
  clean.push(() => new Promise<void>((done) => theirs.close(() => done())))
  const { port } = (theirs as unknown as { _server: { address(): { port: number } } })._server.address()
  // Their rate is bounded by a timer per request, so this is no close race however busy the machine is.
  const their_rate = Number(await output(program, ['bench', String(port), '0.5']))
  const our_rate = Number(await output(program, ['bench', String(ours.port), '0.5']))
  expect(our_rate).toBeGreaterThan(5 * their_rate)
})

test('a reset every 25 requests: every request settles, every value is right, it always comes back [torture 1]', async () => {
  let asked = 0
  const d = await device((a) => {
    if (++asked % 25 === 0) a.socket.resetAndDestroy()
    else a.reply(registersPdu(3, [a.pdu.readUInt16BE(1)]))
  })
  const c = await client(d.port)
  let good = 0
  let bad = 0
  for (let i = 0; good < 1000; i++) {
    try {
      const value = await c.readHolding(1, i % 1000, 1)
      expect(value[0]).toBe(i % 1000)
      good++
    } catch (fault) {
      expect(['IO_CLOSED', 'IO_NOT_CONNECTED']).toContain((fault as ModbusFault).code)
      bad++
      await until(() => c.connected, 'the next connection')
    }
  }
  expect(bad).toBeGreaterThanOrEqual(40)
  expect(c.counters.connects).toBeGreaterThanOrEqual(40)
})

test('a device that is absent at the start fails requests at once and is found when it comes [torture 2, 3]', async () => {
  const reserved = await rawDevice(() => {})
  const { port } = reserved
  await reserved.close()
  const c = new ModbusTcpClient(`127.0.0.1:${port}`, { timeout_ms: 600_000, retry_ms: 5, retry_ms_max: 20 })
  clean.push(() => c.close())
  for (let i = 0; i < 50; i++) {
    expect((await faultOf(c.readHolding(1, 0, 1))).code).toBe('IO_NOT_CONNECTED')
    await new Promise((done) => setTimeout(done, 5))
  }
  const d = await rawDevice((asked) => asked.reply(registersPdu(3, [9])), port)
  clean.push(() => d.close())
  await until(() => c.connected, 'the connection')
  expect([...(await c.readHolding(1, 0, 1))]).toEqual([9])
})

test('the client keeps no timer and no socket when it is closed', async () => {
  const peer = await libmodbusServer()
  clean.push(() => peer.close())
  const handles = (): number =>
    process.getActiveResourcesInfo().filter((r) => r === 'Timeout' || r === 'TCPSocketWrap').length
  const before = handles()
  const clients = await Promise.all([1, 2, 3].map(() => client(peer.port)))
  const [first] = clients
  await first!.readHolding(1, 0, 1)
  expect(handles()).toBeGreaterThan(before)
  for (const c of clients) c.close()
  await until(() => handles() <= before, 'the end of timers and sockets')
  expect(handles()).toBeLessThanOrEqual(before)
})
