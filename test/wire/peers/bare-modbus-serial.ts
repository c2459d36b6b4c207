import modbusSerial from 'modbus-serial'
import { ModbusFault } from '../../../protocols/core/modbus/modbus-fault.ts'
import type { ReplyData } from '../../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'
import { noCounters } from '../../../protocols/edge/modbus-link.ts'
import type { OpenLink } from '../driver-scenarios.ts'

type Client = InstanceType<typeof modbusSerial.default>

/**
 * modbus-serial's TCP client used as its manual shows it, with a loop around it that connects again: what the link in
 * protocols/edge adds to it is the difference between the two.
 */
export const openBare: OpenLink = (endpoint, options) => {
  const [host, port] = endpoint.split(':') as [string, string]
  let client: Client | undefined
  let ended = false
  let again: NodeJS.Timeout | undefined
  const open = (): void => {
    if (ended) return
    const next = new modbusSerial.default()
    next.on('error', () => {})
    const retry = (): void => {
      if (!ended && client === next) again = setTimeout(open, options.retry_ms ?? 20)
    }
    client = next
    next.connectTCP(host, { port: Number(port) }).catch(retry)
    next.on('close', retry)
  }
  open()
  return {
    endpoint,
    get connected() {
      return client?.isOpen === true
    },
    counters: noCounters(),
    last_fault: undefined,
    call(unit, request, settle, timeout_ms = options.timeout_ms) {
      const { isOpen } = client!
      client!.setID(unit)
      client!.setTimeout(timeout_ms)
      asPromise(client!, request).then(
        (data) => settle(undefined, data),
        (cause: Error & { modbusCode?: number; errno?: string }) => {
          const code = cause.modbusCode !== undefined ? 'IO_EXCEPTION' : isOpen ? 'IO_TIMEOUT' : 'IO_NOT_CONNECTED'
          const place = cause.modbusCode === undefined ? {} : { exception: cause.modbusCode }
          settle(new ModbusFault(code, { endpoint, unit, detail: cause.message, ...place }, cause), undefined)
        },
      )
    },
    drop: () => client?.close(() => {}),
    close() {
      ended = true
      clearTimeout(again)
      client?.destroy(() => {})
    },
  }
}

async function asPromise(client: Client, request: ModbusRequest): Promise<ReplyData> {
  switch (request.function) {
    case 3:
      return Uint16Array.from((await client.readHoldingRegisters(request.address, request.quantity)).data)
    case 6:
      await client.writeRegister(request.address, request.value)
      return undefined
    case 43: {
      const { data, conformityLevel } = await client.readDeviceIdentification(request.category, request.object)
      const objects = Object.entries(data).map(([id, text]) => ({ id: Number(id), text }))
      return { conformity: conformityLevel, more: false, next: 0, objects }
    }
    default:
      throw new Error(`function ${request.function} is not asked for here`)
  }
}
