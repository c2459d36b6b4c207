/**
 * The second opinion on Modbus frames, for the fuzz campaign: written from the specification alone and sharing no code with
 * protocols/, slow and plain on purpose. It says what a byte stream is worth, exactly.
 */
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'

/** What becomes of a request: `text` is its data in digits, or the exception. */
export type Verdict = { readonly kind: 'data' | 'exception'; readonly text: string } | { readonly kind: 'none' }

const NONE: Verdict = { kind: 'none' }
const word = (high: number, low: number): number => high * 256 + low
const words = (list: readonly number[]): number[] => list.flatMap((w) => [Math.floor(w / 256), w % 256])

/** Whether `pdu` is byte for byte an answer to `request`, and what it says. */
export function judgeAnswer(request: ModbusRequest, pdu: readonly number[]): Verdict {
  const code = request.function
  if (pdu[0] === code + 128) return pdu.length === 2 ? { kind: 'exception', text: String(pdu[1]) } : NONE
  if (pdu[0] !== code) return NONE
  if (code === 1 || code === 2) {
    const bytes = Math.ceil(request.quantity / 8)
    if (pdu.length !== bytes + 2 || pdu[1] !== bytes) return NONE
    const bits: number[] = []
    for (let i = 0; i < request.quantity; i++) bits.push(Math.floor(pdu[2 + Math.floor(i / 8)]! / 2 ** (i % 8)) % 2)
    return { kind: 'data', text: bits.join() }
  }
  if (code === 3 || code === 4 || code === 23) {
    if (pdu.length !== 2 * request.quantity + 2 || pdu[1] !== 2 * request.quantity) return NONE
    const registers: number[] = []
    for (let i = 2; i < pdu.length; i += 2) registers.push(word(pdu[i]!, pdu[i + 1]!))
    return { kind: 'data', text: registers.join() }
  }
  if (code === 43) {
    if (pdu.length < 7 || pdu[1] !== 14 || pdu[2] !== request.category) return NONE
    const texts: string[] = []
    let rest = pdu.slice(7)
    for (let i = 0; i < pdu[6]!; i++) {
      const [id, length, ...tail] = rest
      if (id === undefined || length === undefined || tail.length < length) return NONE
      texts.push(`${id}=${tail.slice(0, length).join('.')}`)
      rest = tail.slice(length)
    }
    return rest.length === 0 ? { kind: 'data', text: texts.join(';') } : NONE
  }
  return pdu.join() === echoOf(request).join() ? { kind: 'data', text: '' } : NONE
}

/** The only right answer to a write. */
function echoOf(request: ModbusRequest): number[] {
  if (request.function === 5) return [5, ...words([request.address]), request.on ? 255 : 0, 0]
  if (request.function === 6) return [6, ...words([request.address, request.value])]
  if (request.function === 15) return [15, ...words([request.address, request.bits.length])]
  if (request.function === 16) return [16, ...words([request.address, request.registers.length])]
  if (request.function === 22) return [22, ...words([request.address, request.and_mask, request.or_mask])]
  return []
}

/** A right answer with values of its own: seed of the mutations. */
export function makeAnswer(request: ModbusRequest, byte: () => number): number[] {
  const code = request.function
  const many = (count: number): number[] => Array.from({ length: count }, byte)
  if (code === 1 || code === 2) {
    const bytes = Math.ceil(request.quantity / 8)
    return [code, bytes, ...many(bytes)]
  }
  if (code === 3 || code === 4 || code === 23) return [code, 2 * request.quantity, ...many(2 * request.quantity)]
  if (code !== 43) return echoOf(request)
  const texts = Array.from({ length: byte() % 4 }, (_, id) => {
    const length = byte() % 20
    return [id, length, ...many(length)]
  })
  return [43, 14, request.category, 1, 0, 0, texts.length, ...texts.flat()]
}

/** A right request, as the master must put it on the wire. */
export function makeRequest(request: ModbusRequest): number[] {
  const code = request.function
  const registers = (list: ArrayLike<number>): number[] => words(Array.from(list))
  if (code === 5) return [5, ...words([request.address]), request.on ? 255 : 0, 0]
  if (code === 6) return [6, ...words([request.address, request.value])]
  if (code === 15) {
    const bytes = Array.from({ length: Math.ceil(request.bits.length / 8) }, () => 0)
    for (let i = 0; i < request.bits.length; i++) bytes[Math.floor(i / 8)]! += (request.bits[i] ? 1 : 0) * 2 ** (i % 8)
    return [15, ...words([request.address, request.bits.length]), bytes.length, ...bytes]
  }
  if (code === 16) {
    const data = registers(request.registers)
    return [16, ...words([request.address, request.registers.length]), data.length, ...data]
  }
  if (code === 22) return [22, ...words([request.address, request.and_mask, request.or_mask])]
  if (code === 23) {
    const data = registers(request.registers)
    const head = words([request.address, request.quantity, request.write_address, request.registers.length])
    return [23, ...head, data.length, ...data]
  }
  if (code === 43) return [43, 14, request.category, request.object]
  return [code, ...words([request.address, request.quantity])]
}

/** CRC-16 of the serial line, bit by bit. */
export function checksum(bytes: readonly number[]): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : crc / 2
  }
  return crc
}

export const sealed = (body: readonly number[]): number[] => {
  const crc = checksum(body)
  return [...body, crc % 256, Math.floor(crc / 256)]
}

export const isSealed = (frame: readonly number[]): boolean => frame.length >= 4 && checksum(frame) === 0

/** A device with tables of 300 from address 0, and what it answers to a request PDU. Empty: nothing. */
export class JudgeDevice {
  readonly coils = new Array<number>(300).fill(0)
  readonly registers = new Array<number>(300).fill(0)

  answer(pdu: readonly number[]): number[] {
    const [code] = pdu as [number]
    const refuse = (exception: number): number[] => [code | 128, exception]
    const at = (i: number): number => word(pdu[i] ?? 0, pdu[i + 1] ?? 0)
    const address = at(1)
    const quantity = at(3)
    const { coils, registers } = this
    const outside = (from: number, count: number): boolean => from + count > 300
    switch (code) {
      case 1:
      case 2: {
        if (pdu.length !== 5 || quantity < 1 || quantity > 2000) return refuse(3)
        if (outside(address, quantity)) return refuse(2)
        const bytes = new Array<number>(Math.ceil(quantity / 8)).fill(0)
        for (let i = 0; i < quantity; i++) bytes[Math.floor(i / 8)]! += coils[address + i]! * 2 ** (i % 8)
        return [code, bytes.length, ...bytes]
      }
      case 3:
      case 4:
        if (pdu.length !== 5 || quantity < 1 || quantity > 125) return refuse(3)
        if (outside(address, quantity)) return refuse(2)
        return [code, 2 * quantity, ...words(registers.slice(address, address + quantity))]
      case 5:
        if (pdu.length !== 5 || (quantity !== 0 && quantity !== 0xff00)) return refuse(3)
        if (outside(address, 1)) return refuse(2)
        coils[address] = quantity === 0 ? 0 : 1
        return [...pdu]
      case 6:
        if (pdu.length !== 5) return refuse(3)
        if (outside(address, 1)) return refuse(2)
        registers[address] = quantity
        return [...pdu]
      case 15: {
        const bytes = Math.ceil(quantity / 8)
        if (quantity < 1 || quantity > 1968 || pdu[5] !== bytes || pdu.length !== 6 + bytes) return refuse(3)
        if (outside(address, quantity)) return refuse(2)
        for (let i = 0; i < quantity; i++)
          coils[address + i] = Math.floor(pdu[6 + Math.floor(i / 8)]! / 2 ** (i % 8)) % 2
        return pdu.slice(0, 5)
      }
      case 16:
        if (quantity < 1 || quantity > 123 || pdu[5] !== 2 * quantity || pdu.length !== 6 + 2 * quantity)
          return refuse(3)
        if (outside(address, quantity)) return refuse(2)
        for (let i = 0; i < quantity; i++) registers[address + i] = at(6 + 2 * i)
        return pdu.slice(0, 5)
      case 22:
        if (pdu.length !== 7) return refuse(3)
        if (outside(address, 1)) return refuse(2)
        registers[address] = (registers[address]! & quantity) | (at(5) & (0xffff - quantity))
        return [...pdu]
      case 23: {
        const to = at(5)
        const count = at(7)
        if (quantity < 1 || quantity > 125 || count < 1 || count > 121) return refuse(3)
        if (pdu[9] !== 2 * count || pdu.length !== 10 + 2 * count) return refuse(3)
        if (outside(address, quantity) || outside(to, count)) return refuse(2)
        for (let i = 0; i < count; i++) registers[to + i] = at(10 + 2 * i)
        return [23, 2 * quantity, ...words(registers.slice(address, address + quantity))]
      }
      default:
        return refuse(1)
    }
  }
}
