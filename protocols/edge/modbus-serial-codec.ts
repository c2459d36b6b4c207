import { EventEmitter } from 'node:events'
import type modbusSerial from 'modbus-serial'
import { FUNCTION } from '../core/modbus/function-code.ts'
import type { Reply } from '../core/modbus/reply.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'
import { RTU_CODEC, type RtuCodec } from '../core/modbus/rtu-client.ts'

export type SerialClient = InstanceType<typeof modbusSerial.default>

/** What modbus-serial answers, in all its forms. */
export interface SerialAnswer {
  readonly data?: readonly (boolean | number)[]
  readonly address?: number
  readonly state?: boolean
  readonly value?: number
  readonly length?: number
  readonly andMask?: number
  readonly orMask?: number
}

type Next = (fault: (Error & { modbusCode?: number }) | null, answer: SerialAnswer) => void

/**
 * Asks through modbus-serial. The unit is given with every request: `setID` is state that two callers would share.
 *
 * Function 43 is not among them: its client follows a longer identification by requests of its own, and ends the process
 * when one of those times out.
 */
export function askSerial(client: SerialClient, unit: number, request: ModbusRequest, next: Next): void {
  switch (request.function) {
    case FUNCTION.readCoils:
      client.writeFC1(unit, request.address, request.quantity, next as never)
      break
    case FUNCTION.readDiscrete:
      client.writeFC2(unit, request.address, request.quantity, next as never)
      break
    case FUNCTION.readHolding:
      client.writeFC3(unit, request.address, request.quantity, next as never)
      break
    case FUNCTION.readInput:
      client.writeFC4(unit, request.address, request.quantity, next as never)
      break
    case FUNCTION.writeCoil:
      client.writeFC5(unit, request.address, request.on, next as never)
      break
    case FUNCTION.writeRegister:
      client.writeFC6(unit, request.address, request.value, next as never)
      break
    case FUNCTION.writeCoils:
      client.writeFC15(unit, request.address, Array.from(request.bits, Boolean), next as never)
      break
    case FUNCTION.writeRegisters:
      client.writeFC16(unit, request.address, Array.from(request.registers), next as never)
      break
    case FUNCTION.maskWrite:
      client.writeFC22(unit, request.address, request.and_mask, request.or_mask, next as never)
      break
    case FUNCTION.readWrite: {
      const written = Array.from(request.registers)
      const { address, quantity, write_address } = request
      client.writeFC23(unit, address, quantity, write_address, written.length, written, next as never)
      break
    }
    case FUNCTION.encapsulated:
      throw new RangeError('function 43 does not go through modbus-serial')
  }
}

/**
 * The answer as the rest of the program knows it. modbus-serial compares unit, function and length; byte counts and the
 * echoes of writes are compared here.
 */
export function serialReply(request: ModbusRequest, answer: SerialAnswer): Reply {
  const data = answer.data ?? []
  switch (request.function) {
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete: {
      const expected = 8 * ((request.quantity + 7) >> 3)
      if (data.length !== expected) return mismatch(`${data.length} bits, ${expected} expected`)
      return { kind: 'data', data: Uint8Array.from({ length: request.quantity }, (_, i) => (data[i] === true ? 1 : 0)) }
    }
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
    case FUNCTION.readWrite:
      if (data.length !== request.quantity) return mismatch(`${data.length} registers, ${request.quantity} asked for`)
      return { kind: 'data', data: Uint16Array.from(data as readonly number[]) }
    case FUNCTION.writeCoil:
      return echo(answer.address === request.address && answer.state === request.on)
    case FUNCTION.writeRegister:
      return echo(answer.address === request.address && answer.value === request.value)
    case FUNCTION.writeCoils:
      return echo(answer.address === request.address && answer.length === request.bits.length)
    case FUNCTION.writeRegisters:
      return echo(answer.address === request.address && answer.length === request.registers.length)
    case FUNCTION.maskWrite:
      return echo(
        answer.address === request.address && answer.andMask === request.and_mask && answer.orMask === request.or_mask,
      )
    case FUNCTION.encapsulated:
      return mismatch('function 43 does not go through modbus-serial')
  }
}

const mismatch = (detail: string): Reply => ({ kind: 'mismatch', detail })
const echo = (right: boolean): Reply =>
  right ? { kind: 'data', data: undefined } : mismatch('the echo is of another write')

/** What modbus-serial takes for a port: frames go out by `write` and come in as `data`. */
class FramePort extends EventEmitter {
  readonly isOpen = true
  frame: Uint8Array = new Uint8Array(0)

  open(done: () => void): void {
    done()
  }

  close(done: () => void): void {
    done()
  }

  write(frame: Uint8Array): void {
    this.frame = frame
  }
}

/**
 * modbus-serial for a serial line: it makes the frames and reads the answers. Its own serial port is not used, because it
 * keeps what came between two requests and takes it for the answer to the next, and never answers functions 22 and 23;
 * cutting, deadlines and turns are this project's (rtu-client.ts), the port itself is serialport.
 */
export async function serialCodec(): Promise<RtuCodec> {
  const make = (await import('modbus-serial')).default.default
  const port = new FramePort()
  const client = new make(port)
  client.open()
  let outcome: { readonly fault: (Error & { modbusCode?: number }) | null; readonly answer: SerialAnswer } | undefined
  return {
    encode(into, unit, request) {
      if (request.function === FUNCTION.encapsulated) return RTU_CODEC.encode(into, unit, request)
      askSerial(client, unit, request, (fault, answer) => {
        outcome = { fault, answer }
      })
      into.set(port.frame)
      return port.frame.length
    },
    decode(unit, request, bytes, from, to) {
      if (request.function === FUNCTION.encapsulated) return RTU_CODEC.decode(unit, request, bytes, from, to)
      // What modbus-serial does not keep (which value a coil's echo had) cannot be compared after it.
      const own = RTU_CODEC.decode(unit, request, bytes, from, to)
      if (own.kind === 'mismatch') return own
      outcome = undefined
      // The unit stands before the PDU and the CRC behind it: the reader has compared both.
      port.emit('data', Buffer.from(bytes.subarray(from - 1, to + 2)))
      if (outcome === undefined) return mismatch('modbus-serial takes it for no answer')
      const { fault, answer } = outcome as { fault: (Error & { modbusCode?: number }) | null; answer: SerialAnswer }
      if (fault === null || fault === undefined) return serialReply(request, answer)
      if (fault.modbusCode !== undefined) return { kind: 'exception', exception: fault.modbusCode }
      return mismatch(fault.message)
    },
  }
}
