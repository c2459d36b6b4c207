import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'

/** Chance from a seed: the same seed makes the same frames for ever. */
export class Chance {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  /** 0 to 2^32 - 1. @see mulberry32, public domain */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }

  below(count: number): number {
    return this.next() % count
  }

  byte(): number {
    return this.next() & 255
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

const CODES = [1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43] as const
/** Bytes at which lengths, counts and codes turn over. */
const EDGES = [0, 1, 2, 3, 6, 7, 8, 14, 43, 127, 128, 131, 249, 250, 251, 252, 253, 254, 255]

/** Any request that may be made; small ones are the more likely, as their answers are the more alike. */
export function anyRequest(chance: Chance): ModbusRequest {
  const many = (max: number): number => 1 + chance.below(chance.below(4) === 0 ? max : 4)
  const address = chance.below(chance.below(4) === 0 ? 65_000 : 300)
  const word = (): number => chance.next() & 0xffff
  const code = chance.pick(CODES)
  switch (code) {
    case 1:
    case 2:
      return { function: code, address: chance.below(300), quantity: many(2000) }
    case 3:
    case 4:
      return { function: code, address, quantity: many(125) }
    case 5:
      return { function: 5, address, on: chance.below(2) === 1 }
    case 6:
      return { function: 6, address, value: word() }
    case 15:
      return {
        function: 15,
        address: chance.below(300),
        bits: Array.from({ length: many(1968) }, () => chance.below(2)),
      }
    case 16:
      return { function: 16, address, registers: Array.from({ length: many(123) }, word) }
    case 22:
      return { function: 22, address, and_mask: word(), or_mask: word() }
    case 23: {
      const registers = Array.from({ length: many(121) }, word)
      return { function: 23, address, quantity: many(125), write_address: chance.below(300), registers }
    }
    case 43:
      return { function: 43, category: 1 + chance.below(4), object: chance.byte() }
  }
}

/** Up to three changes of a frame, of the kinds that lines and bad firmware make. One time in eight: none. */
export function mutate(chance: Chance, frame: readonly number[]): number[] {
  let bytes = [...frame]
  for (let changes = chance.below(8) === 0 ? 0 : 1 + chance.below(3); changes > 0; changes--) {
    const at = chance.below(Math.max(1, bytes.length))
    switch (chance.below(9)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8))
        break
      case 1:
        bytes[at] = chance.byte()
        break
      case 2:
        bytes[chance.below(Math.min(12, bytes.length + 1))] = chance.pick(EDGES)
        break
      case 3:
        bytes = bytes.slice(0, at)
        break
      case 4:
        bytes.splice(at, 1 + chance.below(3))
        break
      case 5:
        bytes.splice(at, 0, chance.byte())
        break
      case 6:
        bytes.push(...Array.from({ length: 1 + chance.below(8) }, () => chance.byte()))
        break
      case 7:
        bytes = [...bytes, ...bytes]
        break
      default:
        bytes[at] = ((bytes[at] ?? 0) + (chance.below(2) === 0 ? 1 : 255)) & 255
    }
  }
  // A place beyond the end leaves holes.
  return Array.from(bytes, (b) => b ?? 0)
}

/** The bytes in pieces, as a stream may deliver them. */
export function* pieces(chance: Chance, bytes: readonly number[]): Generator<Uint8Array> {
  const all = Uint8Array.from(bytes)
  const whole = chance.below(2) === 0
  for (let at = 0; at < all.length; ) {
    const end = whole ? all.length : Math.min(all.length, at + 1 + chance.below(chance.below(2) === 0 ? 3 : 40))
    yield all.subarray(at, end)
    at = end
  }
}
