// Our client and server against independent implementations: libmodbus, pymodbus, mbpoll and modbus-serial.
import modbusSerial from 'modbus-serial'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { ModbusTcpClient } from '../../protocols/edge/modbus-tcp-client.ts'
import { listenModbus, type ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'
import {
  LIBMODBUS_TOUR,
  libmodbusProgram,
  libmodbusServer,
  mbpoll,
  output,
  pymodbusServer,
  pymodbusTour,
} from './peers/peers.ts'
import { until } from './raw.ts'

const tables = {
  holding: Uint16Array.from({ length: 1000 }, (_, i) => i),
  input: Uint16Array.from({ length: 1000 }, (_, i) => i),
  coil: Uint8Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
  discrete: Uint8Array.from({ length: 1000 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
}
let server: ModbusTcpServer
beforeAll(async () => {
  server = await listenModbus(memoryModel(tables), { port: 0 })
})
afterAll(() => server.close())

test('the libmodbus client finds in our server what it finds in its own', async () => {
  const client = await libmodbusProgram('client')
  const own = await libmodbusServer()
  // Its own server is asked first: the expected text above is then not only ours.
  expect(await output(client, ['tour', String(own.port)])).toBe(LIBMODBUS_TOUR)
  await own.close()
  expect(await output(client, ['tour', String(server.port)])).toBe(LIBMODBUS_TOUR)
})

test('the pymodbus client finds in our server what libmodbus finds', async () => {
  const own = await listenModbus(
    memoryModel({
      holding: Uint16Array.from({ length: 1000 }, (_, i) => i),
      input: tables.input,
      coil: Uint8Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
      discrete: tables.discrete,
    }),
    { port: 0 },
  )
  expect(await pymodbusTour('socket', own.port)).toBe(LIBMODBUS_TOUR)
  await own.close()
})

test('our client finds in the pymodbus server what is there', async () => {
  const peer = await pymodbusServer('socket')
  const client = new ModbusTcpClient(`127.0.0.1:${peer.port}`, { timeout_ms: 2000 })
  await until(() => client.connected, 'the connection')
  expect([...(await client.readHolding(1, 998, 2))]).toEqual([998, 999])
  expect([...(await client.readCoils(1, 0, 10))]).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0, 1])
  await client.writeRegisters(1, 10, [7, 65_535, 9])
  expect([...(await client.readHolding(1, 9, 5))]).toEqual([9, 7, 65_535, 9, 13])
  expect((await client.readIdentification(1)).objects).toEqual([
    { id: 0, text: 'pymodbus' },
    { id: 1, text: 'PM' },
    { id: 2, text: '3' },
  ])
  await expect(client.readHolding(1, 999, 2)).rejects.toMatchObject({ code: 'IO_EXCEPTION', place: { exception: 2 } })
  client.close()
  await peer.close()
})

test('our client finds in the libmodbus server what is there', async () => {
  const peer = await libmodbusServer()
  const client = new ModbusTcpClient(`127.0.0.1:${peer.port}`, { timeout_ms: 1000 })
  await until(() => client.connected, 'the connection')
  expect([...(await client.readHolding(1, 998, 2))]).toEqual([998, 999])
  expect([...(await client.readInput(1, 3, 2))]).toEqual([3, 4])
  expect([...(await client.readCoils(1, 0, 10))]).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0, 1])
  expect([...(await client.readDiscrete(1, 4, 3))]).toEqual([0, 1, 0])
  await client.writeRegisters(1, 10, [7, 65_535, 9])
  await client.writeRegister(1, 13, 1234)
  await client.request(1, { function: 22, address: 13, and_mask: 0xf2, or_mask: 0x25 })
  expect([...(await client.readHolding(1, 9, 5))]).toEqual([9, 7, 65_535, 9, 215])
  await client.writeCoils(1, 1, [1, 1, 0])
  await client.writeCoil(1, 8, true)
  expect([...(await client.readCoils(1, 0, 10))]).toEqual([1, 1, 1, 0, 0, 0, 1, 0, 1, 1])
  const read = await client.request(1, { function: 23, address: 20, quantity: 3, write_address: 21, registers: [5] })
  expect([...(read as Uint16Array)]).toEqual([20, 5, 22])
  await expect(client.readHolding(1, 999, 2)).rejects.toMatchObject({ code: 'IO_EXCEPTION', place: { exception: 2 } })
  expect(client.connected).toBe(true)
  client.close()
  await peer.close()
})

test('mbpoll reads and writes our server', async () => {
  const common = ['-m', 'tcp', '-p', String(server.port), '-a', '1', '-0', '-1', '-q']
  expect(await mbpoll([...common, '-t', '4', '-r', '500', '127.0.0.1', '4321'])).toMatch(/Written 1 references/)
  expect(tables.holding[500]).toBe(4321)
  expect(await mbpoll([...common, '-t', '4', '-r', '499', '-c', '2', '127.0.0.1'])).toMatch(
    /\[499\]:\s+499\s+\[500\]:\s+4321/,
  )
  expect(await mbpoll([...common, '-t', '3', '-r', '1000', '127.0.0.1'])).toMatch(/Illegal data address/)
})

test('modbus-serial reads and writes our server', async () => {
  const client = new modbusSerial.default()
  await client.connectTCP('127.0.0.1', { port: server.port })
  client.setID(1)
  client.setTimeout(1000)
  expect((await client.readInputRegisters(7, 3)).data).toEqual([7, 8, 9])
  await client.writeRegisters(600, [1, 2, 3])
  expect((await client.readHoldingRegisters(599, 5)).data).toEqual([599, 1, 2, 3, 603])
  await client.writeCoils(700, [true, false, true, true])
  expect([...tables.coil.subarray(700, 704)]).toEqual([1, 0, 1, 1])
  await expect(client.readHoldingRegisters(999, 2)).rejects.toMatchObject({ modbusCode: 2 })
  await new Promise<void>((done) => client.close(() => done()))
})

test('our client reads and writes the modbus-serial server', async () => {
  const registers = new Map<number, number>()
  const peer = new modbusSerial.ServerTCP(
    {
      getHoldingRegister: (address: number) => registers.get(address) ?? address,
      setRegister: (address: number, value: number) => void registers.set(address, value),
    },
    { host: '127.0.0.1', port: 0, unitID: 1 },
  )
  await new Promise((done) => peer.on('initialized', done))
  const { port } = (peer as unknown as { _server: { address(): { port: number } } })._server.address()
  const client = new ModbusTcpClient(`127.0.0.1:${port}`, { timeout_ms: 1000 })
  await until(() => client.connected, 'the connection')
  await client.writeRegisters(1, 4, [11, 12])
  expect([...(await client.readHolding(1, 3, 4))]).toEqual([3, 11, 12, 6])
  client.close()
  await new Promise<void>((done) => peer.close(() => done()))
})
