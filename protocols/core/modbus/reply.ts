import { EXCEPTION_FLAG, FUNCTION, MEI_DEVICE_IDENTIFICATION } from './function-code.ts'
import type { ModbusRequest } from './request.ts'

export interface IdentificationObject {
  readonly id: number
  readonly text: string
}

/** What a device says it is. `more`: further objects follow from `next`. */
export interface DeviceIdentification {
  readonly conformity: number
  readonly more: boolean
  readonly next: number
  readonly objects: readonly IdentificationObject[]
}

/** Bits (0 or 1 each) of functions 1 and 2, registers of 3, 4 and 23; nothing for a write. */
export type ReplyData = Uint8Array | Uint16Array | DeviceIdentification | undefined

export type Reply =
  | { readonly kind: 'data'; readonly data: ReplyData }
  | { readonly kind: 'exception'; readonly exception: number }
  | { readonly kind: 'mismatch'; readonly detail: string }

const DONE: Reply = { kind: 'data', data: undefined }
const mismatch = (detail: string): Reply => ({ kind: 'mismatch', detail })

/**
 * Reads the PDU bytes[from..to) as the answer to `request`.
 *
 * Everything that the request determines is compared (function, byte count, echoed address, quantity and value), so
 * that an answer to something else is never taken for this one.
 */
export function readReply(request: ModbusRequest, bytes: Uint8Array, from: number, to: number): Reply {
  const length = to - from
  const code = bytes[from]!
  if (code === (request.function | EXCEPTION_FLAG)) {
    if (length !== 2) return mismatch(`exception of ${length} bytes`)
    return { kind: 'exception', exception: bytes[from + 1]! }
  }
  if (code !== request.function) return mismatch(`function ${code} answers function ${request.function}`)
  switch (request.function) {
    case FUNCTION.readHolding:
    case FUNCTION.readInput:
    case FUNCTION.readWrite: {
      const count = 2 * request.quantity
      if (length !== 2 + count || bytes[from + 1] !== count) return mismatch(byteCount(bytes[from + 1], length, count))
      const registers = new Uint16Array(request.quantity)
      let at = from + 2
      for (let i = 0; i < registers.length; i++, at += 2) registers[i] = (bytes[at]! << 8) | bytes[at + 1]!
      return { kind: 'data', data: registers }
    }
    case FUNCTION.readCoils:
    case FUNCTION.readDiscrete: {
      const count = (request.quantity + 7) >> 3
      if (length !== 2 + count || bytes[from + 1] !== count) return mismatch(byteCount(bytes[from + 1], length, count))
      const bits = new Uint8Array(request.quantity)
      for (let i = 0; i < bits.length; i++) bits[i] = (bytes[from + 2 + (i >> 3)]! >> (i & 7)) & 1
      return { kind: 'data', data: bits }
    }
    case FUNCTION.writeCoil:
      return echo(bytes, from, length, 5, request.address, request.on ? 0xff00 : 0)
    case FUNCTION.writeRegister:
      return echo(bytes, from, length, 5, request.address, request.value)
    case FUNCTION.writeCoils:
      return echo(bytes, from, length, 5, request.address, request.bits.length)
    case FUNCTION.writeRegisters:
      return echo(bytes, from, length, 5, request.address, request.registers.length)
    case FUNCTION.maskWrite: {
      const first = echo(bytes, from, length, 7, request.address, request.and_mask)
      if (first.kind !== 'data') return first
      return get16(bytes, from + 5) === request.or_mask ? DONE : mismatch('echo of another mask')
    }
    case FUNCTION.encapsulated:
      return readIdentification(request.category, bytes, from, to)
  }
}

function echo(
  bytes: Uint8Array,
  from: number,
  length: number,
  expected: number,
  address: number,
  value: number,
): Reply {
  if (length !== expected) return mismatch(`answer of ${length} bytes, ${expected} expected`)
  if (get16(bytes, from + 1) !== address) return mismatch(`echo of address ${get16(bytes, from + 1)}`)
  if (get16(bytes, from + 3) !== value) return mismatch(`echo of value or quantity ${get16(bytes, from + 3)}`)
  return DONE
}

function readIdentification(category: number, bytes: Uint8Array, from: number, to: number): Reply {
  if (to - from < 7 || bytes[from + 1] !== MEI_DEVICE_IDENTIFICATION || bytes[from + 2] !== category)
    return mismatch('not the device identification asked for')
  const count = bytes[from + 6]!
  const objects: IdentificationObject[] = []
  let at = from + 7
  for (let i = 0; i < count; i++) {
    const end = at + 2 + (bytes[at + 1] ?? 0)
    if (at + 2 > to || end > to) return mismatch('identification object cut off')
    let text = ''
    for (let c = at + 2; c < end; c++) text += String.fromCharCode(bytes[c]!)
    objects.push({ id: bytes[at]!, text })
    at = end
  }
  if (at !== to) return mismatch('bytes after the last identification object')
  const data = { conformity: bytes[from + 3]!, more: bytes[from + 4] === 0xff, next: bytes[from + 5]!, objects }
  return { kind: 'data', data }
}

const byteCount = (said: number | undefined, length: number, expected: number): string =>
  `byte count ${said} in an answer of ${length} bytes, ${expected} asked for`

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!
