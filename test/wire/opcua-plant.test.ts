/**
 * The plant's analysers through OPC UA, as an engineer's own client sees them and as field-io does: values, times, status, faults.
 */
import { resolve } from 'node:path'
import {
  AttributeIds,
  type ClientSession,
  type DataValue,
  InMemoryCertificateStore,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
} from 'node-opcua'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isWrong, readDevices, readText } from '../../cli/opcua/read-devices.ts'
import type { Artifact } from '../../contracts/artifact.ts'
import { STATUS } from '../../contracts/status.ts'
import { instructorClient } from '../../plant-sim/edge/instructor-client.ts'
import { startPlantSim } from '../../plant-sim/edge/program.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { folder, pause, USER, until, watch } from './opcua-stand-in.ts'

const files = folder()
const NODE = 'nsu=urn:flyball:plant;s='
let plant: Running
let url: string

beforeAll(async () => {
  plant = await startPlantSim({
    plant: 'tennessee-eastman',
    instruments_path: resolve(import.meta.dirname, '../../strategies/tennessee-eastman/plant/instruments.yaml'),
    start: 'mode1',
    factor: 0,
    paused: true,
    tick_ms: 1000,
    done_timeout_ms: 1,
    opcua_port: 0,
    opcua: { pki_dir: `${files.path}/plant`, user: USER, all_measurements: true },
  })
  url = `opc.tcp://127.0.0.1:${plant.ports['opcua']}/flyball/plant`
}, 20_000)

afterAll(async () => {
  await plant?.close()
  files.remove()
})

const instructor = () => instructorClient(`http://127.0.0.1:${plant.ports['instructor']}`)

/** Lets the plant go on to this time and stand there. */
async function runTo(time_s: number): Promise<void> {
  const client = instructor()
  await client.pause({ paused: false })
  for (;;) {
    const { time_s: now_s } = await client.state()
    if (now_s >= time_s) break
    await pause(20)
  }
  await client.pause({ paused: true })
  await pause(100)
}

/** A client of its own, as of a third party: no code of field-io. */
async function session<T>(
  use: (session: ClientSession) => Promise<T>,
  password = process.env[USER.password_env]!,
): Promise<T> {
  const client = OPCUAClient.create({
    connectionStrategy: { maxRetry: 0, initialDelay: 10, maxDelay: 10 },
    endpointMustExist: false,
    securityMode: MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy.Basic256Sha256,
    clientCertificateManager: Object.assign(new InMemoryCertificateStore(), { checkCertificate: async () => GOOD }),
    ...(await ownFiles()),
  })
  try {
    await client.connect(url)
    const open = await client.createSession({ type: UserTokenType.UserName, userName: USER.name, password })
    return await use(open)
  } finally {
    await client.disconnect()
  }
}
const GOOD = (await import('node-opcua')).StatusCodes.Good
async function ownFiles() {
  const { OPCUACertificateManager } = await import('node-opcua')
  const manager = new OPCUACertificateManager({ rootFolder: `${files.path}/third`, disableFileWatchers: true })
  await manager.initialize()
  const certificateFile = `${files.path}/third/own/certs/third.pem`
  await manager.createSelfSignedCertificate({
    applicationUri: 'urn:third:party',
    dns: ['localhost'],
    subject: '/CN=Third',
    startDate: new Date(Date.now() - 60_000),
    validity: 30,
    outputFile: certificateFile,
  })
  return { certificateFile, privateKeyFile: manager.privateKey, applicationUri: 'urn:third:party' }
}

async function values(tags: readonly string[]): Promise<DataValue[]> {
  return session(async (open) => {
    const names = (await open.read({ nodeId: 'i=2255', attributeId: AttributeIds.Value })).value.value as string[]
    const ns = names.indexOf('urn:flyball:plant')
    return open.read(tags.map((tag) => ({ nodeId: `ns=${ns};s=${tag}`, attributeId: AttributeIds.Value })))
  })
}

test('[PLANT-UA-1] an analyser has the value of its Modbus register, the time of its sample and its range', async () => {
  const began_ms = Date.now()
  const [before] = await values(['AT-23'])
  expect(before!.statusCode.value).toBe(0)
  expect(before!.sourceTimestamp!.getTime()).toBeLessThanOrEqual(began_ms)
  await runTo(361)
  const [a, samples, range, slow] = await values(['AT-23', 'AT-23.Samples', 'PlantTime', 'AT-40.Samples'])
  const state = await instructor().state()
  const at23 = state.measurements.find((m) => m.tag === 'AT-23')!
  expect(a!.value.value).toBe(at23.transmitted)
  expect(a!.sourceTimestamp!.getTime()).toBeGreaterThan(before!.sourceTimestamp!.getTime())
  // Reactor feed is sampled every 360 s, the product every 900 s.
  expect([samples!.value.value, slow!.value.value]).toEqual([1, 0])
  expect(range!.value.value).toBeGreaterThanOrEqual(361)
}, 20_000)

test('[PLANT-UA-2] a failed analyser is Bad_SensorFailure, one whose next sample is overdue Uncertain_LastUsableValue', async () => {
  await instructor().fault({ tag: 'AT-24', kind: 'failed' })
  await instructor().fault({ tag: 'AT-25', kind: 'stuck' })
  await instructor().fault({ tag: 'PT-07', kind: 'failed' })
  const { time_s } = await instructor().state()
  await runTo(time_s + 2)
  const soon = await values(['AT-24', 'AT-25', 'PT-07'])
  expect(soon.map((v) => v.statusCode.value)).toEqual([0x808c0000, 0, 0x808c0000])
  await runTo(time_s + 560)
  const [, late] = await values(['AT-24', 'AT-25'])
  expect(late!.statusCode.value).toBe(0x40900000)
  await instructor().clearFault({})
  // Mended just behind a sample, it takes the next one a period later and posts it one period after that.
  await runTo((await instructor().state()).time_s + 2 * 360 + 20)
  const after = await values(['AT-24', 'AT-25', 'PT-07'])
  expect(after.map((v) => v.statusCode.value)).toEqual([0, 0, 0])
}, 20_000)

test('[PLANT-UA-3] nothing can be written, a wrong password gets no session', async () => {
  const written = await session(async (open) => {
    const names = (await open.read({ nodeId: 'i=2255', attributeId: AttributeIds.Value })).value.value as string[]
    return open.write({
      nodeId: `ns=${names.indexOf('urn:flyball:plant')};s=AT-23`,
      attributeId: AttributeIds.Value,
      value: { value: { dataType: 'Double', value: 1 } },
    })
  })
  expect(['BadNotWritable', 'BadUserAccessDenied']).toContain(written.name)
  await expect(session(async () => 0, 'guess')).rejects.toThrow(/BadIdentityTokenRejected|BadUserAccessDenied/)
}, 20_000)

test('[PLANT-UA-4] field-io has the analysers at the tick it asks at, status and source time kept', async () => {
  const tags = ['AT-23', 'AT-41', 'PT-07']
  const watched = watch({
    ports: [],
    urls: [url],
    inputs: tags.map((tag) => ({ node: `${NODE}${tag}` })),
    data_dir: `${files.path}/io`,
  })
  try {
    await until('it comes by', 8000, () => watched.trustAll() > 0)
    await until('in use', 8000, () => watched.device.connected)
    for (let k = 0; k < 3; k++) {
      const { time_s } = await instructor().state()
      await runTo(time_s + 360)
      await watched.pollNow()
      const state = await instructor().state()
      const at23 = state.measurements.find((m) => m.tag === 'AT-23')!
      expect(watched.last().inputs[0]).toBe(at23.transmitted)
    }
    const [source] = watched.device.sources()
    expect(Math.abs(source!.source_ms - Date.now())).toBeLessThan(10_000)
    await instructor().fault({ tag: 'AT-23', kind: 'failed' })
    const { time_s } = await instructor().state()
    await runTo(time_s + 2)
    await watched.pollNow()
    expect(watched.last().statuses[0]).toBe(STATUS.badSensorFailure)
    expect(watched.last().statuses[1]).toBe(STATUS.good)
  } finally {
    watched.close()
    await pause(300)
  }
}, 30_000)

test('[CLI-OPCUA-2] opcua read shows value, status and source time of every point, and names what cannot be read', async () => {
  const device = {
    id: 'UA-1',
    description: '',
    protocol: 'opcua',
    endpoint: 'plant:UA-1',
    unit: 0,
    timeout_ms: 2000,
    opcua: {
      policy: 'Aes256_Sha256_RsaPss',
      mode: 'SignAndEncrypt',
      user: USER,
      access: 'subscribe',
      silence_ms: 9000,
    },
  } as const
  const inputs = ['AT-23', 'AT-99'].map((tag) => ({ point: `UA-1/${tag}`, device: 0, node: `${NODE}${tag}` }))
  const artifact = { io: { devices: [device], inputs, outputs: [] } } as unknown as Artifact
  const endpoints = new Map([['plant:UA-1', url]])
  const stranger = await readDevices(artifact, endpoints, `${files.path}/stranger`)
  expect(isWrong(stranger[0]!)).toBe(true)
  expect(readText(stranger, Date.now())).toContain('IO_OPCUA_UNTRUSTED')
  // The store of [PLANT-UA-4] knows the plant.
  const known = await readDevices(artifact, endpoints, `${files.path}/io/pki`)
  const text = readText(known, Date.now())
  expect(text).toMatch(
    /UA-1\/AT-23 {2}nsu=urn:flyball:plant;s=AT-23 {2}[\d.]+ +(Good|Bad: sensor failure) +\d{4}-.*Z {2}[\d.]+ s old/,
  )
  expect(text).toMatch(/UA-1\/AT-99 .* - +Bad: configuration error/)
  expect(isWrong(known[0]!)).toBe(true)
}, 30_000)
