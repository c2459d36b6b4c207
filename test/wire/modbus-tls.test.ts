// Modbus/TCP Security: both sides with a certificate, against the TLS of OpenSSL's socat before a libmodbus server; and
// what is said when a certificate is not as it should be.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { TlsRecord } from '../../contracts/artifact.ts'
import type { ModbusLink } from '../../protocols/edge/modbus-link.ts'
import { openModbusLink } from '../../protocols/edge/open-modbus-link.ts'
import { ask, read } from './driver-scenarios.ts'
import { type Authority, authority, type Certificate } from './peers/certificates.ts'
import { libmodbusServer, socat } from './peers/peers.ts'
import { until } from './raw.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

let plant: Authority
let stranger: Authority
let own: Certificate
let device: Certificate
beforeAll(() => {
  plant = authority('Plant authority')
  stranger = authority('Another authority')
  own = plant.issue({ name: 'field-io' })
  device = plant.issue({ name: 'device', dns: ['device.plant'], ip: ['127.0.0.1'] })
})

/** The files of our side in a folder, and how they are named in io/. */
function files(cert: Certificate = own, ca: Certificate = plant): { folder: string; tls: TlsRecord } {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-tls-'))
  clean.push(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'ca.pem'), ca.cert)
  writeFileSync(join(folder, 'own.pem'), cert.cert)
  writeFileSync(join(folder, 'own.key'), cert.key)
  return { folder, tls: { ca: 'ca.pem', cert: 'own.pem', key: 'own.key' } }
}

function open(port: number, { folder, tls }: { folder: string; tls: TlsRecord }): ModbusLink {
  const options = { timeout_ms: 1000, retry_ms: 10, retry_ms_max: 50, folder }
  const link = openModbusLink({ id: 'D', protocol: 'modbus-tls', tls }, 'A', `127.0.0.1:${port}`, options)
  clean.push(() => link.close())
  return link
}

test('values are read and written through OpenSSL on the other side, which demands our certificate', async () => {
  const server = await libmodbusServer()
  clean.push(() => server.close())
  const { folder, tls } = files()
  writeFileSync(join(folder, 'device.pem'), device.cert + device.key)
  const gateway = await socat(
    `openssl-listen:0,bind=127.0.0.1,fork,cert=${folder}/device.pem,cafile=${folder}/ca.pem,verify=1,openssl-min-proto-version=TLS1.2`,
    `tcp:127.0.0.1:${server.port}`,
    /listening on AF=2 127\.0\.0\.1:(\d+)/,
  )
  clean.push(() => gateway.close())
  const link = open(Number(gateway.told[1]), { folder, tls })
  await until(() => link.connected, 'the connection')
  expect((await ask(link, 1, { function: 16, address: 10, registers: [7, 65_535] })).fault).toBeUndefined()
  expect([...((await read(link, 1, 9, 4)).data as Uint16Array)]).toEqual([9, 7, 65_535, 12])
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => read(link, 1, 20 + i)))
  expect(all.map((o) => (o.data as Uint16Array)[0])).toEqual(Array.from({ length: 40 }, (_, i) => 20 + i))
  expect(link.counters).toMatchObject({ connects: 1, connection_faults: 0 })
})

/** A device that greets with these settings and then says nothing. */
async function greeter(options: TlsOptions): Promise<number> {
  const server = createServer({ requestCert: true, rejectUnauthorized: true, ca: plant.cert, ...options }, (socket) => {
    socket.on('error', () => {})
    socket.resume()
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  clean.push(() => new Promise((done) => server.close(done)))
  return (server.address() as { port: number }).port
}

/** What the link says when it has failed. */
async function complaint(link: ModbusLink): Promise<string> {
  await until(() => link.last_fault !== undefined, 'the fault')
  return link.last_fault!.message
}

test("the device's certificate: expired, not yet valid, of another authority, for another name", async () => {
  const says = async (options: TlsOptions): Promise<string> => complaint(open(await greeter(options), files()))
  expect(await says(plant.issue({ name: 'd', ip: ['127.0.0.1'], from_days: -9, to_days: -2 }))).toMatch(
    /^IO_TLS: 127\.0\.0\.1:\d+, the device's certificate has expired: renew it on the device$/,
  )
  expect(await says(plant.issue({ name: 'd', ip: ['127.0.0.1'], from_days: 2 }))).toMatch(
    /^IO_TLS: .*the device's certificate is not valid yet: compare the clocks$/,
  )
  expect(await says(stranger.issue({ name: 'd', ip: ['127.0.0.1'] }))).toMatch(
    /^IO_TLS: .*the device's certificate is not trusted: .*ca\.pem did not sign it/,
  )
  expect(await says(plant.issue({ name: 'd', dns: ['pump.plant'] }))).toMatch(
    /^IO_TLS: .*the device's certificate is not for 127\.0\.0\.1: .*set tls\.server_name/,
  )
})

test('a name in the settings is what is compared, also where the device is reached by its address', async () => {
  const port = await greeter(plant.issue({ name: 'd', dns: ['pump.plant'] }))
  const right = files()
  const link = open(port, { ...right, tls: { ...right.tls, server_name: 'pump.plant' } })
  await until(() => link.connected, 'the connection')
  const wrong = open(port, { ...right, tls: { ...right.tls, server_name: 'valve.plant' } })
  expect(await complaint(wrong)).toMatch(/not for valve\.plant/)
})

test('our own files: expired, missing, no certificate, the key of another, not trusted by the device', async () => {
  const port = await greeter(device)
  const says = (wanted: { folder: string; tls: TlsRecord }): Promise<string> => complaint(open(port, wanted))
  expect(await says(files(plant.issue({ name: 'f', from_days: -9, to_days: -2 })))).toMatch(
    /^IO_TLS: .*our certificate own\.pem expired on .*: put a renewed one there$/,
  )
  const missing = files()
  rmSync(join(missing.folder, 'own.key'))
  expect(await says(missing)).toMatch(/^IO_TLS: .*tls\.key own\.key does not exist$/)
  const rubbish = files()
  writeFileSync(join(rubbish.folder, 'ca.pem'), 'not a certificate')
  expect(await says(rubbish)).toMatch(/^IO_TLS: .*tls\.ca ca\.pem holds no certificate in PEM form$/)
  expect(await says(files({ cert: own.cert, key: device.key }))).toMatch(
    /^IO_TLS: .*tls\.key own\.key does not belong to own\.pem$/,
  )
})

test('a device that does not accept our certificate', async () => {
  const refused = async (port: number): Promise<string> => {
    const link = open(port, files(stranger.issue({ name: 'f' })))
    await until(() => /accept/.test(link.last_fault?.message ?? ''), 'the refusal')
    return link.last_fault!.message
  }
  const { folder } = files()
  writeFileSync(join(folder, 'device.pem'), device.cert + device.key)
  const listen = `openssl-listen:0,bind=127.0.0.1,fork,cert=${folder}/device.pem,cafile=${folder}/ca.pem,verify=1`
  const openssl = await socat(listen, 'exec:cat', /listening on AF=2 127\.0\.0\.1:(\d+)/)
  clean.push(() => openssl.close())
  expect(await refused(Number(openssl.told[1]))).toMatch(
    /^IO_TLS: .*the device does not accept our certificate own\.pem: /,
  )
  // Not all say so: some only hang up.
  expect(await refused(await greeter(device))).toMatch(
    /^IO_TLS: .*hung up before it said anything: does it accept our certificate own\.pem\?$/,
  )
})

test('a device that speaks plain Modbus, and one that knows nothing newer than TLS 1.1', async () => {
  const plain = createPlain((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write('HTTP/1.0 400 Bad Request\r\n\r\n'))
  })
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done))
  clean.push(() => new Promise((done) => plain.close(done)))
  expect(await complaint(open((plain.address() as { port: number }).port, files()))).toMatch(
    /^IO_TLS: .*does not speak TLS: is it the port of plain Modbus\?$/,
  )
  const old = await greeter({ ...device, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })
  expect(await complaint(open(old, files()))).toMatch(/^IO_TLS: .*the device has no TLS 1\.2 or newer$/)
})

test('a renewed certificate is taken without a restart, and nothing is left when the link is closed', async () => {
  const port = await greeter(device)
  const { folder, tls } = files(plant.issue({ name: 'f', from_days: -9, to_days: -2 }))
  const handles = (): number => process.getActiveResourcesInfo().length
  const before = handles()
  const link = open(port, { folder, tls })
  expect(await complaint(link)).toMatch(/expired/)
  expect((await read(link, 1)).fault?.code).toBe('IO_NOT_CONNECTED')
  writeFileSync(join(folder, 'own.pem'), own.cert)
  writeFileSync(join(folder, 'own.key'), own.key)
  await until(() => link.connected, 'the connection')
  const lost = read(link, 1)
  link.close()
  expect((await lost).fault?.code).toBe('IO_CLOSED')
  await until(() => handles() <= before, 'the end of everything')
  expect(handles()).toBeLessThanOrEqual(before)
})
