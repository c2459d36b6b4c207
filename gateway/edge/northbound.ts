import { readFileSync } from 'node:fs'
import { listenModbus, type ModbusTcpServer } from '../../protocols/edge/modbus-tcp-server.ts'
import { type NorthboundView, northboundModel, parseNorthbound } from '../core/northbound.ts'
import { GatewayFault } from './gateway-fault.ts'

export interface NorthboundConfig {
  /** The map: `northbound.csv` of the strategy, written by `flyball northbound`. */
  readonly path: string
  /** Address it listens on: Modbus has no users, so another one than 127.0.0.1 is for a network of its own. */
  readonly host?: string
  /** 0: any free port. */
  readonly port: number
}

const CLIENTS_MAX = 8

/**
 * Serves the map to third parties.
 * @throws GatewayFault GW_NORTHBOUND where the map cannot be read; ModbusFault IO_LISTEN where the port cannot be opened
 */
export async function serveNorthbound(config: NorthboundConfig, view: () => NorthboundView): Promise<ModbusTcpServer> {
  let text: string
  try {
    text = readFileSync(config.path, 'utf8')
  } catch (cause) {
    throw new GatewayFault('GW_NORTHBOUND', (cause as Error).message, 'Write it with `flyball northbound`.', cause)
  }
  const { entries, faults } = parseNorthbound(text)
  if (faults.length > 0)
    throw new GatewayFault(
      'GW_NORTHBOUND',
      `${config.path}: ${faults.join('; ')}`,
      'Mend these lines, or take the file from the repository.',
    )
  const { host = '127.0.0.1', port } = config
  return await listenModbus(northboundModel(entries, view), { host, port, clients_max: CLIENTS_MAX })
}
