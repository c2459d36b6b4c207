import type { DeviceRecord, SerialRecord } from '../../contracts/artifact.ts'
import { exchangeBytes, silence_ms } from '../core/modbus/rtu.ts'
import { RTU_CODEC, RtuClientCore, type RtuCodec } from '../core/modbus/rtu-client.ts'
import { dialTcp } from './modbus-dial.ts'
import { dialSerial } from './modbus-dial-serial.ts'
import { dialTls } from './modbus-dial-tls.ts'
import type { ModbusLink, ModbusLinkOptions } from './modbus-link.ts'
import { serialCodec } from './modbus-serial-codec.ts'
import { modbusSerialTcp } from './modbus-serial-tcp.ts'
import { type MakeCore, ModbusTcpClient, mbapCore } from './modbus-tcp-client.ts'

/** What a line has where its device says nothing. */
const SERIAL: SerialRecord = { baud: 19_200, parity: 'even', data_bits: 8, stop_bits: 1 }
const PORT = 502
const TLS_PORT = 802
const TURNAROUND_MS = 100
/** Between two exchanges through a gateway that is a bare tunnel: time for a stray frame to show itself. */
const TUNNEL_GAP_MS = 2

/**
 * The link of one Modbus endpoint, which all its devices share. Of `device` only what belongs to the endpoint is read:
 * protocol, driver, serial, tls. It begins to connect at once and never gives up; nothing is thrown for what the outside
 * world does.
 *
 * @param endpoint - of this path, resolved: `host:port` (the port may be absent: 502, with TLS 802), or a serial port.
 * @throws RangeError where the record is none of Modbus, or the endpoint has no form that could be right.
 */
export function openModbusLink(
  device: Pick<DeviceRecord, 'id' | 'protocol' | 'driver' | 'serial' | 'tls'>,
  path: 'A' | 'B',
  endpoint: string,
  options: ModbusLinkOptions,
): ModbusLink {
  switch (device.protocol) {
    case 'modbus-tcp': {
      const to = withPort(endpoint, PORT)
      if (device.driver === 'modbus-serial') return new ModbusTcpClient(to, options, modbusSerialTcp(to, options))
      return new ModbusTcpClient(to, options)
    }
    case 'modbus-tls': {
      if (device.tls === undefined) throw new RangeError(`${device.id}, network ${path}: modbus-tls needs tls`)
      const to = withPort(endpoint, TLS_PORT)
      const dial = dialTls(to, device.tls, options.folder ?? '.')
      return new ModbusTcpClient(to, options, { dial, core: mbapCore(options.pause_ms) })
    }
    case 'modbus-rtu-tcp': {
      const to = withPort(endpoint, PORT)
      const gap_ms = device.serial === undefined ? TUNNEL_GAP_MS : silence_ms(device.serial.baud)
      const core = rtuCore(options, device.serial, gap_ms, 'close', () => RTU_CODEC)
      return new ModbusTcpClient(to, options, { dial: dialTcp(to), core })
    }
    case 'modbus-rtu': {
      const serial = device.serial ?? SERIAL
      // Loaded before the port is opened, so that it is there when the port stands.
      let codec = RTU_CODEC
      const prepare = async (): Promise<void> => {
        codec = await serialCodec()
      }
      return new ModbusTcpClient(endpoint, options, {
        dial: dialSerial(endpoint, serial, prepare),
        core: rtuCore(options, serial, silence_ms(serial.baud), 'fail', () => codec),
      })
    }
    case 'opcua':
    case 'sis':
      throw new RangeError(`${device.id}, network ${path}: ${device.protocol} is no Modbus`)
  }
}

function rtuCore(
  options: ModbusLinkOptions,
  serial: SerialRecord | undefined,
  gap_ms: number,
  on_fault: 'fail' | 'close',
  codec: () => RtuCodec,
): MakeCore {
  const { turnaround_ms = TURNAROUND_MS, pause_ms } = options
  const character_ms =
    serial === undefined
      ? 0
      : ((1 + serial.data_bits + (serial.parity === 'none' ? 0 : 1) + serial.stop_bits) * 1000) / serial.baud
  return (endpoint, send, limits, counters) =>
    new RtuClientCore(endpoint, send, limits, counters, {
      gap_ms,
      turnaround_ms,
      ...(pause_ms === undefined ? {} : { pause_ms }),
      line_ms: (request) => exchangeBytes(request) * character_ms,
      late: 'rest',
      broadcast: true,
      on_fault,
      codec: codec(),
    })
}

const withPort = (endpoint: string, port: number): string => (endpoint.includes(':') ? endpoint : `${endpoint}:${port}`)
