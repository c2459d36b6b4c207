// A device that fails for ever, in every way a link can meet, must cost nothing but time: neither memory nor handles.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { DeviceRecord } from '../../contracts/artifact.ts'
import type { ModbusLink } from '../../protocols/edge/modbus-link.ts'
import { openModbusLink } from '../../protocols/edge/open-modbus-link.ts'
import { read } from './driver-scenarios.ts'
import { authority } from './peers/certificates.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

const folder = mkdtempSync(join(tmpdir(), 'flyball-leak-'))
const plant = authority('Plant authority')
const own = plant.issue({ name: 'field-io' })
writeFileSync(join(folder, 'ca.pem'), plant.cert)
writeFileSync(join(folder, 'own.pem'), own.cert)
writeFileSync(join(folder, 'own.key'), own.key)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Device = Pick<DeviceRecord, 'protocol' | 'driver' | 'tls' | 'serial'>
const KINDS: readonly (readonly [string, Device])[] = [
  ['modbus-tcp', { protocol: 'modbus-tcp' }],
  ['modbus-tcp by modbus-serial', { protocol: 'modbus-tcp', driver: 'modbus-serial' }],
  ['modbus-tls', { protocol: 'modbus-tls', tls: { ca: 'ca.pem', cert: 'own.pem', key: 'own.key' } }],
  ['modbus-rtu-tcp', { protocol: 'modbus-rtu-tcp' }],
  ['modbus-rtu', { protocol: 'modbus-rtu' }],
]

/** Whatever it is asked it fails: with a reset, a farewell and rubbish in turn. */
async function failing(): Promise<number> {
  let asked = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      asked++
      if (asked % 3 === 0) socket.resetAndDestroy()
      else if (asked % 3 === 1) socket.end()
      else socket.write(Buffer.alloc(16, 0xff))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  clean.push(() => new Promise((done) => server.close(done)))
  return (server.address() as { port: number }).port
}

/** After so many the code is compiled and its tables are grown. */
const FEW = 700
const MANY = 800
/** A kilobyte kept for each failure would be 800. */
const GROWTH_KB_MAX = 400

test.each(KINDS)('%s: after hundreds of failures memory and handles are as before', async (_name, device) => {
  const port = await failing()
  let losses = 0
  const endpoint = device.protocol === 'modbus-rtu' ? join(folder, 'no-port') : `127.0.0.1:${port}`
  const link: ModbusLink = openModbusLink({ id: 'D', ...device }, 'A', endpoint, {
    timeout_ms: 50,
    retry_ms: 0.1,
    retry_ms_max: 0.2,
    folder,
    on_state: (connected) => {
      if (!connected) losses++
    },
  })
  clean.push(() => link.close())
  let attempts = 0
  let last = link.last_fault
  const cycle = async (): Promise<void> => {
    const from = attempts
    while (attempts < from + 1) {
      await read(link, 1)
      // A fault is made for every attempt that fails: a new one is a new attempt.
      if (link.last_fault !== last) {
        last = link.last_fault
        attempts++
      } else await new Promise((done) => setImmediate(done))
    }
  }
  const look = async (): Promise<{ heap: number; handles: number }> => {
    await new Promise((done) => setTimeout(done, 20))
    collect()
    return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length }
  }
  for (let i = 0; i < FEW; i++) await cycle()
  const before = await look()
  for (let i = 0; i < MANY; i++) await cycle()
  const after = await look()
  expect((after.heap - before.heap) / 1000).toBeLessThan(GROWTH_KB_MAX)
  // A connection that is just being made has a few.
  expect(after.handles - before.handles).toBeLessThan(10)
  expect(attempts).toBe(FEW + MANY)
  if (device.protocol === 'modbus-tcp') expect(losses).toBeGreaterThan(0)
})
