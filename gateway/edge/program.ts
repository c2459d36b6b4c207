/**
 * The gateway as a program: its own link server, to which both controllers publish their scans, a link to field-io for
 * commands and its state, and the web server for the operators.
 */
import type { HelloMessage, LinkMessage } from '../../contracts/link.ts'
import type { Link } from '../../protocols/edge/link.ts'
import { connectLink } from '../../protocols/edge/link-client.ts'
import { listenLinks } from '../../protocols/edge/link-server.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { readArtifact } from './artifact-file.ts'
import { composeGateway } from './compose.ts'
import type { Gateway } from './gateway.ts'
import { GatewayFault } from './gateway-fault.ts'
import { type NorthboundConfig, serveNorthbound } from './northbound.ts'
import type { SisLinkConfig } from './sis-config.ts'

export interface GatewayConfig {
  /** What `flyball build` wrote; read again when a controller says that it runs another one. */
  readonly artifact_path: string
  /** Public key that must have signed the artifact; absent: signatures are not asked for. */
  readonly trust_path?: string
  /** Address of the web server; the own machine only until there are users and roles. */
  readonly host?: string
  readonly http_port?: number
  /** Where controllers publish; 0: any free port. */
  readonly link_port?: number
  /** `host:port` of field-io. */
  readonly field_io: string
  readonly data_dir: string
  readonly hmi_dir: string
  readonly retention_h?: number
  /** A Modbus map of the tags for third parties; absent: none. */
  readonly northbound?: NorthboundConfig
  /** The safety system beside this run; absent: there is none. */
  readonly sis?: SisLinkConfig
}

/** Ports answered: `http`, `link`. */
export async function startGateway(config: GatewayConfig): Promise<Running> {
  const artifact = readArtifact(config.artifact_path, config.trust_path)
  const web = { host: config.host ?? '127.0.0.1', http_port: config.http_port ?? 8080 }
  const composed = await composeGateway(
    { ...config, ...web },
    artifact,
    (command) => {
      fieldIo.link?.send({ type: 'command', command })
    },
    undefined,
    (message) => {
      if (fieldIo.link === undefined) return false
      fieldIo.link.send(message)
      return true
    },
  )
  const { gateway } = composed

  const publishers = new Map<Link, 0 | 1>()
  const server = await listenLinks({
    port: config.link_port ?? 0,
    on_message(link, message) {
      if (message.type === 'hello' && message.role === 'controller') {
        const index = message.index === 1 ? 1 : 0
        publishers.set(link, index)
        followArtifact(gateway, config, message.artifact)
        gateway.controllerUp(index, message.artifact)
      } else if (message.type === 'tags' && publishers.has(link)) {
        gateway.scan(message.tags)
      } else {
        link.close(`unexpected ${message.type}`)
      }
    },
    on_end(link) {
      const index = publishers.get(link)
      publishers.delete(link)
      // A controller that has connected again before its old link was found dead is not lost.
      if (index !== undefined && ![...publishers.values()].includes(index)) gateway.controllerDown(index)
    },
  }).catch(async (cause: unknown) => {
    await composed.close()
    throw cause
  })

  const fieldIo = connectLink(config.field_io, {
    on_open(link) {
      link.send(hello(gateway))
      gateway.ioLink(true)
    },
    on_message: (_, message) => fromFieldIo(gateway, message),
    on_end: () => gateway.ioLink(false),
  })

  // Third parties come after the operators: without their map the screens work on.
  const northbound =
    config.northbound === undefined
      ? undefined
      : await serveNorthbound(config.northbound, () => gateway.northbound()).catch((cause: Error) => {
          gateway.note(`No northbound map: ${cause.message}`)
          process.stderr.write(`gateway: no northbound map: ${cause.message}\n`)
          return undefined
        })

  return {
    ports: {
      http: composed.http_port,
      link: server.port,
      ...(northbound === undefined ? {} : { northbound: northbound.port }),
    },
    async close() {
      await northbound?.close()
      fieldIo.close()
      await server.close()
      await composed.close()
    },
  }
}

function fromFieldIo(gateway: Gateway, message: LinkMessage): void {
  if (message.type === 'command-result') gateway.commandResult(message)
  else if (message.type === 'io-status') gateway.ioStatus(message)
  else if (message.type === 'force-result') gateway.forces.onResult(message)
  else if (message.type === 'forces') gateway.forces.onForces(message)
}

const hello = (gateway: Gateway): HelloMessage => ({
  type: 'hello',
  role: 'gateway',
  index: 0,
  artifact: gateway.artifact.hash,
  state: { epoch: 0, n: 0 },
})

/** The file may have been built anew since this program started; a file that cannot be read changes nothing. */
function followArtifact(gateway: Gateway, { artifact_path, trust_path }: GatewayConfig, hash: string): void {
  if (hash === gateway.artifact.hash) return
  try {
    const artifact = readArtifact(artifact_path, trust_path)
    if (artifact.hash === hash) gateway.changeArtifact(artifact)
  } catch (cause) {
    if (!(cause instanceof GatewayFault)) throw cause
    gateway.note(cause.message)
  }
}
