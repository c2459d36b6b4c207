/**
 * An OPC UA server over a board: every record a variable below Objects/Plant, with the real time and status of its samples.
 *
 * Node ids: namespace `urn:flyball:plant`, `s=<tag>`. Beside each value: EngineeringUnits and EURange, and `<tag>.Samples`,
 * the counter by which a new sample is told from the old one repeated. `s=PlantTime` is plant time in seconds.
 */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  DataType,
  DataValue,
  MessageSecurityMode,
  makeEUInformation,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  type UAVariable,
  VariableIds,
  Variant,
} from 'node-opcua'
import { type Board, OPCUA_RESOURCE, viewBoard } from './opcua-board.ts'

export interface OpcuaServerOptions {
  readonly board: Board
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Where the server keeps its certificate and whom it trusts. */
  readonly pki_dir: string
  /** Also without any security: for a look with a foreign client on a closed network. */
  readonly none: boolean
  /** Clients with unknown certificates: a simulated plant takes them, if their user and password are right. */
  readonly accept_clients: 'any' | 'trusted'
  /** Absent: anonymous. */
  readonly user?: { readonly name: string; readonly password: string } | undefined
}

export interface RunningOpcuaServer {
  readonly port: number
  readonly url: string
  readonly server: OPCUAServer
  close(): Promise<void>
}

export const PLANT_NAMESPACE = 'urn:flyball:plant'
const SESSIONS_MAX = 20
const CLOCK_SKEW_MS = 30 * 86_400_000
const VALID_DAYS = 3650

/** A port or folder that cannot be used. */
export class OpcuaServerFault extends Error {
  override readonly name = 'OpcuaServerFault'
  readonly code = 'IO_LISTEN'
}

/** @throws OpcuaServerFault */
export async function startOpcuaServer(options: OpcuaServerOptions): Promise<RunningOpcuaServer> {
  const { host, port, pki_dir, user, none } = options
  const store = (folder: string): OPCUACertificateManager =>
    new OPCUACertificateManager({
      rootFolder: join(pki_dir, folder),
      automaticallyAcceptUnknownCertificate: options.accept_clients === 'any',
      disableFileWatchers: options.accept_clients === 'any',
    })
  const own = store('server')
  const applicationUri = `urn:${hostname()}:flyball:plant`
  const certificateFile = join(own.rootDir, 'own/certs/plant.pem')
  await makeCertificate(own, certificateFile, applicationUri, `${host}:${port}`)
  const server = new OPCUAServer({
    host,
    port,
    resourcePath: OPCUA_RESOURCE,
    securityPolicies: [
      ...(none ? [SecurityPolicy.None] : []),
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    securityModes: [...(none ? [MessageSecurityMode.None] : []), MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: user === undefined,
    userManager: { isValidUser: (name: string, password: string) => name === user?.name && password === user.password },
    serverCertificateManager: own,
    certificateFile,
    userCertificateManager: store('users'),
    serverInfo: { applicationUri, applicationName: { text: 'flyball plant' }, productUri: PLANT_NAMESPACE },
    buildInfo: { productName: 'flyball plant', manufacturerName: 'Flyball', softwareVersion: '0.1.0' },
    serverCapabilities: { maxSessions: SESSIONS_MAX },
    maxConnectionsPerEndpoint: SESSIONS_MAX,
    isAuditing: false,
  })
  try {
    await server.initialize()
    addVariables(server, options.board)
    await server.start()
  } catch (cause) {
    await server.shutdown(0).catch(() => {})
    throw new OpcuaServerFault(`OPC UA server at ${host}:${port}: ${(cause as Error).message}`, { cause })
  }
  const bound = server.endpoints[0]!.port
  return {
    port: bound,
    url: `opc.tcp://${host}:${bound}${OPCUA_RESOURCE}`,
    server,
    close: () => server.shutdown(0),
  }
}

/** A certificate in our own name, valid from before now: the client's clock may be behind. */
async function makeCertificate(
  own: OPCUACertificateManager,
  outputFile: string,
  applicationUri: string,
  place: string,
): Promise<void> {
  try {
    await own.initialize()
    if (existsSync(outputFile)) return
    await own.createSelfSignedCertificate({
      applicationUri,
      dns: [hostname(), 'localhost'],
      ip: ['127.0.0.1'],
      subject: '/CN=Flyball plant/O=Flyball',
      startDate: new Date(Date.now() - CLOCK_SKEW_MS),
      validity: VALID_DAYS,
      outputFile,
    })
  } catch (cause) {
    throw new OpcuaServerFault(`OPC UA server at ${place}: its certificate: ${(cause as Error).message}`, { cause })
  }
}

function addVariables(server: OPCUAServer, board: Board): void {
  const space = server.engine.addressSpace!
  const own = space.registerNamespace(PLANT_NAMESPACE)
  const plant = own.addFolder(space.rootFolder.objects, { browseName: 'Plant' })
  const view = viewBoard(board)

  const level = space.findNode(`i=${VariableIds.Server_ServiceLevel}`) as UAVariable
  level.bindVariable({ get: () => new Variant({ dataType: DataType.Byte, value: view.service_level }) }, true)

  const data = (value: Variant, code: number, sampled_ms: number): DataValue => {
    const now = new Date()
    return new DataValue({
      value,
      statusCode: statusCode(code),
      sourceTimestamp: sampled_ms > 0 ? new Date(sampled_ms) : now,
      serverTimestamp: now,
    })
  }
  board.records.forEach((record, i) => {
    const variable = own.addAnalogDataItem({
      organizedBy: plant,
      browseName: record.tag,
      nodeId: `s=${record.tag}`,
      description: record.description,
      dataType: DataType.Double,
      engineeringUnitsRange: { low: record.lo, high: record.hi },
      instrumentRange: { low: record.lo, high: record.hi },
      engineeringUnits: makeEUInformation(record.unit, record.unit, record.unit),
      accessLevel: 'CurrentRead',
      userAccessLevel: 'CurrentRead',
      minimumSamplingInterval: 50,
      value: {
        timestamped_get: () =>
          data(new Variant({ dataType: DataType.Double, value: view.value(i) }), view.code(i), view.sampled_ms(i)),
      },
    })
    own.addVariable({
      componentOf: variable,
      browseName: 'Samples',
      nodeId: `s=${record.tag}.Samples`,
      dataType: DataType.UInt32,
      accessLevel: 'CurrentRead',
      userAccessLevel: 'CurrentRead',
      minimumSamplingInterval: 50,
      value: {
        timestamped_get: () =>
          data(new Variant({ dataType: DataType.UInt32, value: view.samples(i) }), 0, view.sampled_ms(i)),
      },
    })
  })
  own.addVariable({
    organizedBy: plant,
    browseName: 'PlantTime',
    nodeId: 's=PlantTime',
    dataType: DataType.Double,
    accessLevel: 'CurrentRead',
    userAccessLevel: 'CurrentRead',
    minimumSamplingInterval: 50,
    value: { get: () => new Variant({ dataType: DataType.Double, value: view.plant_ms / 1000 }) },
  })
}

function statusCode(code: number): StatusCode {
  if (code === 0) return StatusCodes.Good
  let found = KNOWN.get(code)
  if (found === undefined) {
    found = Object.values(StatusCodes).find((s) => (s as StatusCode).value === code) as StatusCode | undefined
    KNOWN.set(code, found ?? StatusCodes.Bad)
  }
  return found ?? StatusCodes.Bad
}
const KNOWN = new Map<number, StatusCode>()
