import { FUNCTION, MEI_DEVICE_IDENTIFICATION, QUANTITY_MAX } from './function-code.ts'

/** Addresses are those on the wire, from 0; never a vendor's 40001. */
export type ModbusRequest =
  | { readonly function: 1 | 2 | 3 | 4; readonly address: number; readonly quantity: number }
  | { readonly function: 5; readonly address: number; readonly on: boolean }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 15; readonly address: number; readonly bits: ArrayLike<number> }
  | { readonly function: 16; readonly address: number; readonly registers: ArrayLike<number> }
  | { readonly function: 22; readonly address: number; readonly and_mask: number; readonly or_mask: number }
  | ReadWriteRequest
  | { readonly function: 43; readonly category: number; readonly object: number }

/** Writes first, then reads, in one transaction. */
export interface ReadWriteRequest {
  readonly function: 23
  readonly address: number
  readonly quantity: number
  readonly write_address: number
  readonly registers: ArrayLike<number>
}

/** First address the request is about, for messages. */
export const addressOf = (request: ModbusRequest): number =>
  request.function === FUNCTION.encapsulated ? 0 : request.address

/** Length of the request's PDU, bytes. */
export function requestBytes(request: ModbusRequest): number {
  switch (request.function) {
    case FUNCTION.writeCoils:
      return 6 + ((request.bits.length + 7) >> 3)
    case FUNCTION.writeRegisters:
      return 6 + 2 * request.registers.length
    case FUNCTION.maskWrite:
      return 7
    case FUNCTION.readWrite:
      return 10 + 2 * request.registers.length
    case FUNCTION.encapsulated:
      return 4
    default:
      return 5
  }
}

/**
 * Writes the PDU of a request at `at` and answers where it ends.
 *
 * @throws RangeError where the request could never be right (quantity, address, value): a bug of the caller, not of
 * the device.
 */
export function writeRequest(into: Uint8Array, at: number, request: ModbusRequest): number {
  into[at] = request.function
  switch (request.function) {
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete:
      checkRange(request.address, request.quantity, QUANTITY_MAX.readBits)
      put16(into, at + 1, request.address)
      return put16(into, at + 3, request.quantity)
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
      checkRange(request.address, request.quantity, QUANTITY_MAX.readRegisters)
      put16(into, at + 1, request.address)
      return put16(into, at + 3, request.quantity)
    case FUNCTION.writeCoil:
      checkRange(request.address, 1, 1)
      put16(into, at + 1, request.address)
      return put16(into, at + 3, request.on ? 0xff00 : 0)
    case FUNCTION.writeRegister:
      checkRange(request.address, 1, 1)
      put16(into, at + 1, request.address)
      return put16(into, at + 3, checkRegister(request.value))
    case FUNCTION.writeCoils: {
      const { bits } = request
      checkRange(request.address, bits.length, QUANTITY_MAX.writeBits)
      put16(into, at + 1, request.address)
      put16(into, at + 3, bits.length)
      const count = (bits.length + 7) >> 3
      into[at + 5] = count
      into.fill(0, at + 6, at + 6 + count)
      for (let i = 0; i < bits.length; i++) if (bits[i]) into[at + 6 + (i >> 3)]! |= 1 << (i & 7)
      return at + 6 + count
    }
    case FUNCTION.writeRegisters:
      checkRange(request.address, request.registers.length, QUANTITY_MAX.writeRegisters)
      put16(into, at + 1, request.address)
      put16(into, at + 3, request.registers.length)
      return putRegisters(into, at + 5, request.registers)
    case FUNCTION.maskWrite:
      checkRange(request.address, 1, 1)
      put16(into, at + 1, request.address)
      put16(into, at + 3, checkRegister(request.and_mask))
      return put16(into, at + 5, checkRegister(request.or_mask))
    case FUNCTION.readWrite:
      checkRange(request.address, request.quantity, QUANTITY_MAX.readWriteRead)
      checkRange(request.write_address, request.registers.length, QUANTITY_MAX.readWriteWrite)
      put16(into, at + 1, request.address)
      put16(into, at + 3, request.quantity)
      put16(into, at + 5, request.write_address)
      put16(into, at + 7, request.registers.length)
      return putRegisters(into, at + 9, request.registers)
    case FUNCTION.encapsulated:
      into[at + 1] = MEI_DEVICE_IDENTIFICATION
      into[at + 2] = request.category
      into[at + 3] = request.object
      return at + 4
  }
}

function putRegisters(into: Uint8Array, at: number, registers: ArrayLike<number>): number {
  into[at] = registers.length * 2
  let to = at + 1
  for (let i = 0; i < registers.length; i++) to = put16(into, to, checkRegister(registers[i]!))
  return to
}

function put16(into: Uint8Array, at: number, value: number): number {
  into[at] = value >> 8
  into[at + 1] = value & 0xff
  return at + 2
}

function checkRange(address: number, quantity: number, quantity_max: number): void {
  if (!Number.isInteger(address) || address < 0 || !Number.isInteger(quantity) || quantity < 1)
    throw new RangeError(`address ${address}, quantity ${quantity}: not a range`)
  if (quantity > quantity_max) throw new RangeError(`quantity ${quantity}: at most ${quantity_max} in one request`)
  if (address + quantity > 65_536) throw new RangeError(`address ${address} + quantity ${quantity}: beyond 65535`)
}

function checkRegister(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new RangeError(`${value} is not a register`)
  return value
}
