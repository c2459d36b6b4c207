import type { ModbusModel } from '../../protocols/core/modbus/model.ts'
import { listenModbus, type ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'

/** on: answers. closed: connections are reset and new ones refused. silent: connections stand, nothing is answered. */
export const NETWORK_MODES = ['on', 'closed', 'silent'] as const
export type NetworkMode = (typeof NETWORK_MODES)[number]
export type NetworkName = 'A' | 'B'

export interface FieldNetworks {
  /** `RIO-1` on network A, `RIO-1/B` on network B. */
  readonly ports: Readonly<Record<string, number>>
  modeOf(drop: string, network: NetworkName): NetworkMode
  /** Pulls or plugs the cable of one drop, or of every drop on this network. What stands is cut before this returns. */
  set(network: NetworkName, drop: string | undefined, mode: NetworkMode): void
  close(): Promise<void>
}

export interface FieldNetworksOptions {
  readonly host: string
  /** By the names of `ports`; 0 or absent: any free one. */
  readonly ports: Readonly<Record<string, number>>
  readonly units: readonly number[]
}

interface Plug {
  readonly drop: string
  readonly network: NetworkName
  readonly port: number
  mode: NetworkMode
  server: ModbusTcpServer | undefined
  /** Changes follow each other. */
  last: Promise<void>
}

/**
 * The drops on their two networks: two ports to one device behind them.
 * @throws ModbusFault IO_LISTEN where a port cannot be opened; nothing is left open then.
 */
export async function openFieldNetworks(
  drops: readonly { readonly id: string; readonly model: ModbusModel }[],
  options: FieldNetworksOptions,
): Promise<FieldNetworks> {
  const { host, units } = options
  const plugs: Plug[] = []
  const ports: Record<string, number> = {}
  const models = new Map(drops.map(({ id, model }) => [id, model]))

  const listen = (plug: Pick<Plug, 'drop'> & { readonly mode: NetworkMode }, port: number): Promise<ModbusTcpServer> =>
    listenModbus(models.get(plug.drop)!, { host, port, units, mute: () => plug.mode === 'silent' })
  const close = async (): Promise<void> => {
    for (const plug of plugs.splice(0)) {
      await plug.last
      await plug.server?.close()
    }
  }
  try {
    for (const { id } of drops) {
      for (const network of ['A', 'B'] as const) {
        const name = network === 'A' ? id : `${id}/B`
        const opening = { drop: id, network, mode: 'on' as NetworkMode, last: Promise.resolve() }
        const plug: Plug = Object.assign(opening, { port: 0, server: undefined })
        const server = await listen(plug, options.ports[name] ?? 0)
        plugs.push(Object.assign(plug, { port: server.port, server }))
        ports[name] = server.port
      }
    }
  } catch (cause) {
    await close()
    throw cause
  }

  const change = (plug: Plug, mode: NetworkMode): void => {
    const was = plug.mode
    plug.mode = mode
    if (mode === 'closed') {
      const { server } = plug
      plug.server = undefined
      if (server !== undefined) plug.last = plug.last.then(() => server.close())
      // The sockets go now, the port when the system says so.
      server?.dropClients()
    } else if (was === 'closed') {
      plug.last = plug.last.then(async () => {
        if (plug.mode === 'closed' || plug.server !== undefined) return
        plug.server = await listen(plug, plug.port).catch((cause: Error) => {
          process.stderr.write(`plant-sim: ${plug.drop} on network ${plug.network} stays cut: ${cause.message}\n`)
          plug.mode = 'closed'
          return undefined
        })
      })
    }
  }

  return {
    ports,
    modeOf: (drop, network) => plugs.find((p) => p.drop === drop && p.network === network)?.mode ?? 'closed',
    set(network, drop, mode) {
      for (const plug of plugs)
        if (plug.network === network && (drop === undefined || plug.drop === drop) && plug.mode !== mode)
          change(plug, mode)
    },
    close,
  }
}
