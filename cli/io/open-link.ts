/** Which transport a device's protocol needs. Serial ports and TLS bring their libraries, so they are loaded when asked for. */
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import type { ModbusLink } from '../../protocols/edge/modbus-link.ts'
import type { LinkTarget } from './bench-link.ts'

export async function openLink(
  target: LinkTarget,
  on_state: (connected: boolean, fault: ModbusFault | undefined) => void,
): Promise<ModbusLink> {
  const { address: endpoint, protocol, timeout_ms, requests } = target
  const pause_ms = requests?.pause_ms
  const options = {
    timeout_ms,
    limits: { outstanding_max: 1 },
    on_state,
    ...(pause_ms === undefined ? {} : { pause_ms: () => pause_ms }),
    ...(target.folder === undefined ? {} : { folder: target.folder }),
  }
  if (protocol === 'modbus-tcp' && target.driver === undefined) {
    const { ModbusTcpClient } = await import('../../protocols/edge/modbus-tcp-client.ts')
    return new ModbusTcpClient(endpoint.includes(':') ? endpoint : `${endpoint}:502`, options)
  }
  if (protocol === 'opcua')
    throw new ModbusFault('IO_CONNECT', { endpoint, detail: 'OPC UA has no registers: `flyball opcua read` reads it' })
  if (protocol === 'sis')
    throw new ModbusFault('IO_CONNECT', { endpoint, detail: 'a safety system speaks one way, to field-io alone' })
  const { openModbusLink } = await import('../../protocols/edge/open-modbus-link.ts')
  const { driver, serial, tls } = target
  return openModbusLink(
    {
      id: endpoint,
      protocol,
      ...(driver === undefined ? {} : { driver }),
      ...(serial === undefined ? {} : { serial }),
      ...(tls === undefined ? {} : { tls }),
    },
    'A',
    endpoint,
    options,
  )
}
