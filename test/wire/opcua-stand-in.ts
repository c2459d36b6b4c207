/** OPC UA servers that a test can restart, silence and make refuse, and a device on them that remembers what it handed over. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  setLogLevel,
  type UAVariable,
  VariableIds,
  Variant,
  VariantArrayType,
  type VariantLike,
} from 'node-opcua'
import type { DeviceRecord, InputPoint, IoSection, OpcuaRecord, OutputPoint } from '../../contracts/artifact.ts'
import type { DeviceReadEvent } from '../../field-io/core/events.ts'
import { type OpcuaDevice, openOpcuaDevice, pkiDir } from '../../field-io/edge/opcua-device.ts'
import { findCertificates, listCertificates, moveCertificate } from '../../field-io/edge/opcua-trust-store.ts'

export const NAMESPACE = 'urn:flyball:test'
export const USER = { name: 'reader', password_env: 'FLYBALL_TEST_OPCUA_PASSWORD' }
setLogLevel(0)
process.env[USER.password_env] = 'four words are better'
// The thread has the environment of its start.
process.env['FLYBALL_TEST_OPCUA_WRONG'] = 'guess'

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export async function until(what: string, within_ms: number, look: () => boolean): Promise<number> {
  const began_ms = performance.now()
  while (!look()) {
    if (performance.now() - began_ms > within_ms) throw new Error(`not within ${within_ms} ms: ${what}`)
    await pause(10)
  }
  return performance.now() - began_ms
}

export function folder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'flyball-opcua-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface StandInOptions {
  readonly pki: string
  readonly port?: number
  /** Certificate that was valid for this year only. */
  readonly expired_year?: number
  readonly none?: boolean
}

export interface StandIn {
  readonly port: number
  readonly server: OPCUAServer
  set(tag: string, value: VariantLike, code?: number): void
  get(tag: string): unknown
  setLevel(level: number): void
  /** Subscriptions go on with keep-alives, and never see a change again. */
  silence(): void
  /** Items that the server would report a change of. */
  reporting(): number
  /** Every connection is broken, without a word; the server itself goes on. */
  cut(): void
  /** As a power cut: sockets end, sessions are forgotten. */
  stop(): Promise<void>
}

export const VARIABLES: Readonly<Record<string, { type: DataType; value: unknown; writable?: true }>> = {
  level: { type: DataType.Double, value: 1.5 },
  flow: { type: DataType.Float, value: 0.25 },
  count: { type: DataType.UInt32, value: 4_000_000_000 },
  total: { type: DataType.Int64, value: [0xffffffff, 0xfffffffe] },
  running: { type: DataType.Boolean, value: true },
  name: { type: DataType.String, value: 'pump' },
  setpoint: { type: DataType.Int16, value: 40, writable: true },
  locked: { type: DataType.Double, value: 3 },
}

export async function standIn(options: StandInOptions): Promise<StandIn> {
  const manager = new OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  })
  await manager.initialize()
  let certificateFile: string | undefined
  if (options.expired_year !== undefined) {
    certificateFile = join(options.pki, 'own/certs/expired.pem')
    await manager.createSelfSignedCertificate({
      applicationUri: 'urn:test:server',
      dns: ['localhost'],
      subject: '/CN=Old server',
      startDate: new Date(Date.UTC(options.expired_year, 0, 1)),
      validity: 365,
      outputFile: certificateFile,
    })
  }
  const server = new OPCUAServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    resourcePath: '/test',
    securityPolicies: [
      ...(options.none === true ? [SecurityPolicy.None] : []),
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    securityModes: [...(options.none === true ? [MessageSecurityMode.None] : []), MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: options.none === true,
    userManager: {
      isValidUser: (name: string, password: string) =>
        name === USER.name && password === process.env[USER.password_env],
    },
    serverCertificateManager: manager,
    userCertificateManager: manager,
    ...(certificateFile === undefined ? {} : { certificateFile }),
    serverCapabilities: { maxSessions: 6 },
    isAuditing: false,
  })
  await server.initialize()
  const space = server.engine.addressSpace!
  const own = space.registerNamespace(NAMESPACE)
  const variables = new Map<string, UAVariable>()
  for (const [tag, { type, value, writable }] of Object.entries(VARIABLES)) {
    const access = writable === true ? 'CurrentRead | CurrentWrite' : 'CurrentRead'
    variables.set(
      tag,
      own.addVariable({
        organizedBy: space.rootFolder.objects,
        browseName: tag,
        nodeId: `s=${tag}`,
        dataType: type,
        accessLevel: access,
        userAccessLevel: access,
        minimumSamplingInterval: 20,
        value: { dataType: type, arrayType: VariantArrayType.Scalar, value },
      }),
    )
  }
  let level = 255
  const level_variable = space.findNode(`i=${VariableIds.Server_ServiceLevel}`) as UAVariable
  level_variable.bindVariable({ get: () => new Variant({ dataType: DataType.Byte, value: level }) }, true)
  await server.start()
  return {
    port: server.endpoints[0]!.port,
    server,
    set(tag, value, code = 0) {
      const status = Object.values(StatusCodes).find((s) => (s as { value: number }).value === code)
      variables.get(tag)!.setValueFromSource(value, status as typeof StatusCodes.Good)
    },
    get: (tag) => variables.get(tag)!.readValue().value.value,
    setLevel(to) {
      level = to
    },
    silence() {
      for (const item of itemsOf(server)) {
        item.setMonitoringMode(DISABLED)
        // A sample may be under way.
        item.recordValue = () => {}
      }
    },
    reporting: () => itemsOf(server).filter((item) => item.monitoringMode !== DISABLED).length,
    cut() {
      for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels()
    },
    stop: () => server.shutdown(0),
  }
}

const DISABLED = 0
interface ServerItem {
  readonly monitoringMode: number
  setMonitoringMode(mode: number): void
  recordValue: () => void
}
interface ServerSide {
  readonly publishEngine: {
    readonly subscriptions: readonly {
      readonly monitoredItems: ReadonlyMap<number, ServerItem>
    }[]
  }
}
const sessionsOf = (server: OPCUAServer): Record<string, ServerSide> =>
  (server.engine as unknown as { _sessions: Record<string, ServerSide> })._sessions

const itemsOf = (server: OPCUAServer): ServerItem[] =>
  Object.values(sessionsOf(server)).flatMap(({ publishEngine }) =>
    publishEngine.subscriptions.flatMap((s) => [...s.monitoredItems.values()]),
  )

export interface Watched {
  readonly device: OpcuaDevice
  readonly pki: string
  readonly data_dir: string
  readonly reads: (Omit<DeviceReadEvent, 'type' | 'now_ms'> & { at_ms: number })[]
  readonly done: { connection: number; ok: boolean }[]
  readonly downs: number[]
  last(): Omit<DeviceReadEvent, 'type' | 'now_ms'>
  /** Polls and waits for the end, as under granted time. */
  pollNow(tick?: number): Promise<void>
  /** Polls as the wall clock does, until stopped. */
  startPolling(every_ms: number): () => void
  trustAll(): number
  close(): void
}

export interface WatchedOptions {
  readonly ports: readonly number[]
  /** Instead of stand-ins at `ports`. */
  readonly urls?: readonly string[]
  readonly inputs: readonly { readonly node: string; readonly every?: number }[]
  readonly outputs?: readonly { readonly node: string; readonly min: number; readonly max: number }[]
  readonly record?: Partial<OpcuaRecord>
  readonly data_dir: string
  readonly tick_ms?: number
}

export const node = (tag: string): string => `nsu=${NAMESPACE};s=${tag}`

export function watch(options: WatchedOptions): Watched {
  const codec = { table: 'input', register: 0, type: 'float64', counts_per_unit: 1, quantity: 'EU' } as const
  const record: DeviceRecord = {
    id: 'UA-1',
    description: 'stand-in',
    protocol: 'opcua',
    endpoint: '',
    unit: 0,
    timeout_ms: 1000,
    opcua: {
      policy: 'Basic256Sha256',
      mode: 'SignAndEncrypt',
      user: USER,
      access: 'subscribe',
      silence_ms: 2000,
      ...options.record,
    },
  }
  const io: IoSection = {
    devices: [record],
    inputs: options.inputs.map(
      (p, i): InputPoint => ({
        point: `UA-1/AI/${i}`,
        device: 0,
        status_register: -1,
        ...codec,
        node: p.node,
        ...(p.every === undefined ? {} : { every: p.every }),
      }),
    ),
    outputs: (options.outputs ?? []).map(
      (p, i): OutputPoint => ({
        point: `UA-1/AO/${i}`,
        device: 0,
        readback_register: -1,
        step_max: 1e9,
        ...codec,
        ...p,
      }),
    ),
  }
  const reads: Watched['reads'] = []
  const done: Watched['done'] = []
  const downs: number[] = []
  const device = openOpcuaDevice(
    io,
    0,
    options.urls ?? options.ports.map((port) => `opc.tcp://127.0.0.1:${port}/test`),
    {
      on_read: (read) => reads.push({ ...read, at_ms: performance.now() }),
      on_done: (connection, ok) => done.push({ connection, ok }),
      on_down: (connection) => downs.push(connection),
    },
    { data_dir: options.data_dir, tick_ms: options.tick_ms ?? 200 },
  )
  const pki = pkiDir(options.data_dir)
  return {
    device,
    pki,
    data_dir: options.data_dir,
    reads,
    done,
    downs,
    last: () => reads.at(-1)!,
    pollNow: (tick) => new Promise((end) => device.poll(end, tick)),
    startPolling(every_ms) {
      const timer = setInterval(() => device.poll(), every_ms)
      return () => clearInterval(timer)
    },
    trustAll() {
      const rejected = listCertificates(pki).filter((c) => c.place === 'rejected')
      for (const c of rejected)
        for (const found of findCertificates(pki, 'rejected', c.thumbprint)) moveCertificate(pki, found, 'trusted')
      return rejected.length
    },
    close: () => device.close(),
  }
}
