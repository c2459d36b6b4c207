/**
 * How a quantity stands in a device's registers, both ways: type, order of the bytes, counts, offset, power of ten, sentinels.
 *
 * The order is that of the bytes A (most significant) to D in two registers, and goes on for four: ABCD most significant word
 * first, CDAB least significant word first, BADC and DCBA the same with the two bytes of every register exchanged.
 * @see contracts/artifact.ts, RegisterCodec; MODBUS Application Protocol V1.1b3, 4.2; SunSpec Device Information Model, 4.4
 */
import type { ByteOrder, RegisterCodec, RegisterType } from '../../../contracts/artifact.ts'

/**
 * The device's own quantity: (raw - offset) / counts_per_unit, times ten to the exponent.
 *
 * NaN where the device has none: a sentinel, a BCD digit above 9, a float that is NaN or infinite, an exponent beyond +-10.
 * Of a coil or discrete input `registers` holds bits, one an element.
 *
 * @param exponent - content of the exponent register as read, where the codec has one
 */
export function readQuantity(
  codec: RegisterCodec,
  registers: ArrayLike<number>,
  at: number,
  exponent?: number,
): number {
  if (isBit(codec)) return quantityOf(codec, readBit(codec, registers[at]!), 1)
  const raw = readNumber(registers, at, codec.type, codec.order)
  if (!Number.isFinite(raw)) return Number.NaN
  if (codec.exponent_register === undefined) return quantityOf(codec, raw, 1)
  const power = exponent === undefined ? Number.NaN : signed16(exponent, codec.order)
  // Not implemented is 0x8000; whatever else lies beyond ten is no exponent but a register read at the wrong place.
  if (!(power >= -POWER_MAX && power <= POWER_MAX)) return Number.NaN
  const factor = POWERS[Math.abs(power)]!
  return power < 0 ? quantityOf(codec, raw, 1) / factor : quantityOf(codec, raw, factor)
}

/**
 * Puts a quantity into the registers, rounded to the nearest count and held to what the type can carry. A bit of a register
 * leaves the other fifteen as they are in `registers`.
 *
 * @returns false, with nothing written, where there is no such count: the value is no number, the exponent is missing or none,
 * or the count is a sentinel, by which the device would understand something else.
 */
export function writeQuantity(
  codec: RegisterCodec,
  registers: Uint16Array | Uint8Array,
  at: number,
  value: number,
  exponent?: number,
): boolean {
  let raw = value * codec.counts_per_unit
  if (codec.exponent_register !== undefined) {
    const power = exponent === undefined ? Number.NaN : signed16(exponent, codec.order)
    if (!(power >= -POWER_MAX && power <= POWER_MAX)) return false
    const factor = POWERS[Math.abs(power)]!
    raw = power < 0 ? raw * factor : raw / factor
  }
  raw += codec.offset ?? 0
  if (!Number.isFinite(raw)) return false
  if (isBit(codec)) {
    const mask = bitMask(codec)
    const on = raw >= 0.5
    registers[at] = codec.bit === undefined || isBitTable(codec) ? (on ? 1 : 0) : setBit(registers[at]!, mask, on)
    return true
  }
  const counts = countsOf(codec.type, raw)
  if (isSentinel(codec, counts)) return false
  return writeNumber(registers, at, codec.type, counts, codec.order)
}

/** What a strategy, a profile and a command may call types, orders and tables. */
export const REGISTER_TYPES: readonly RegisterType[] = [
  'bool',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
  'bcd16',
  'bcd32',
]
export const BYTE_ORDERS: readonly ByteOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA']
export const TABLES = ['input', 'holding', 'coil', 'discrete'] as const

/** Registers one value takes; of a coil or discrete input, bits. */
export const registersOf = (type: RegisterType): 1 | 2 | 4 => SIZES[type]

/** Whether the value is one bit: a coil, a discrete input, or a bool in a register. */
export const isBit = (codec: Pick<RegisterCodec, 'table' | 'type'>): boolean =>
  codec.type === 'bool' || isBitTable(codec)

export const isBitTable = (codec: Pick<RegisterCodec, 'table'>): boolean =>
  codec.table === 'coil' || codec.table === 'discrete'

/**
 * The bits of the register, as it goes over the wire, that a bool stands in: one of sixteen, or all of them without `bit`.
 * What is outside belongs to others. For function 22: AND mask = ~mask, OR mask = mask to set and 0 to clear.
 */
export function bitMask(codec: Pick<RegisterCodec, 'bit' | 'order'>): number {
  if (codec.bit === undefined) return 0xffff
  return 1 << (isSwapped(codec.order) ? codec.bit ^ 8 : codec.bit)
}

/** Smallest and largest number that a type can carry, as Float64. */
export const rangeOf = (type: RegisterType): readonly [number, number] => RANGES[type]

/**
 * The number as it stands in the registers; NaN for a BCD digit above 9. Floats come as they are, NaN and infinities too. Integers
 * of 64 bits are exact to 2^53, beyond it the nearest Float64.
 */
export function readNumber(
  registers: ArrayLike<number>,
  at: number,
  type: RegisterType,
  order: ByteOrder = 'ABCD',
): number {
  const size = SIZES[type]
  gather(registers, at, size, order)
  switch (type) {
    case 'bool':
      return scratch.getUint16(0) === 0 ? 0 : 1
    case 'uint16':
      return scratch.getUint16(0)
    case 'int16':
      return scratch.getInt16(0)
    case 'uint32':
      return scratch.getUint32(0)
    case 'int32':
      return scratch.getInt32(0)
    // Both halves are exact, so that the sum is rounded once, to the nearest.
    case 'uint64':
      return scratch.getUint32(0) * TWO_32 + scratch.getUint32(4)
    case 'int64':
      return scratch.getInt32(0) * TWO_32 + scratch.getUint32(4)
    case 'float32':
      return scratch.getFloat32(0)
    case 'float64':
      return scratch.getFloat64(0)
    case 'bcd16':
    case 'bcd32':
      return readBcd(size * 4)
  }
}

/**
 * Writes a number, rounded to the nearest count (half a count up) and held to what the type can carry.
 * @returns false, with nothing written, where it is no number
 */
export function writeNumber(
  registers: Uint16Array | Uint8Array,
  at: number,
  type: RegisterType,
  value: number,
  order: ByteOrder = 'ABCD',
): boolean {
  if (Number.isNaN(value)) return false
  const counts = countsOf(type, value)
  const size = SIZES[type]
  switch (type) {
    case 'bool':
    case 'uint16':
    case 'int16':
      scratch.setInt16(0, counts)
      break
    case 'uint32':
    case 'int32':
      scratch.setInt32(0, counts)
      break
    case 'uint64':
    case 'int64':
      write64(counts, RANGES[type][1])
      break
    case 'float32':
      scratch.setFloat32(0, counts)
      break
    case 'float64':
      scratch.setFloat64(0, counts)
      break
    case 'bcd16':
    case 'bcd32':
      writeBcd(counts, size * 4)
      break
  }
  scatter(registers, at, size, order)
  return true
}

const SIZES: Readonly<Record<RegisterType, 1 | 2 | 4>> = {
  bool: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  int64: 4,
  float32: 2,
  float64: 4,
  bcd16: 1,
  bcd32: 2,
}
const TWO_31 = 2_147_483_648
const TWO_32 = 4_294_967_296
const FLOAT32_MAX = 3.4028234663852886e38
const RANGES: Readonly<Record<RegisterType, readonly [number, number]>> = {
  bool: [0, 1],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  // One below is no Float64: these stand for 2^64 - 1 and 2^63 - 1.
  uint64: [0, TWO_32 * TWO_32],
  int64: [-TWO_32 * TWO_31, TWO_32 * TWO_31],
  float32: [-FLOAT32_MAX, FLOAT32_MAX],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
  bcd16: [0, 9999],
  bcd32: [0, 99_999_999],
}
const POWER_MAX = 10
/** Powers of ten up to 10^22 are exact: a quantity is rounded once. */
const POWERS: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

/** One value, most significant byte first. */
const scratch = new DataView(new ArrayBuffer(8))

const isSwapped = (order: ByteOrder | undefined): boolean => order === 'BADC' || order === 'DCBA'
const isLowFirst = (order: ByteOrder): boolean => order === 'CDAB' || order === 'DCBA'
const swap = (register: number): number => ((register & 0xff) << 8) | (register >> 8)

function signed16(register: number, order: ByteOrder | undefined): number {
  const own = isSwapped(order) ? swap(register) : register
  return own > 32_767 ? own - 65_536 : own
}

function gather(registers: ArrayLike<number>, at: number, size: number, order: ByteOrder): void {
  const swapped = isSwapped(order)
  const low_first = isLowFirst(order)
  for (let i = 0; i < size; i++) {
    const register = registers[low_first ? at + size - 1 - i : at + i]!
    scratch.setUint16(i * 2, swapped ? swap(register) : register)
  }
}

function scatter(registers: Uint16Array | Uint8Array, at: number, size: number, order: ByteOrder): void {
  const swapped = isSwapped(order)
  const low_first = isLowFirst(order)
  for (let i = 0; i < size; i++) {
    const register = scratch.getUint16(i * 2)
    registers[low_first ? at + size - 1 - i : at + i] = swapped ? swap(register) : register
  }
}

function quantityOf(codec: RegisterCodec, raw: number, factor: number): number {
  if (isSentinel(codec, raw)) return Number.NaN
  // + 0: a zero of an inverted scale has no sign.
  return ((raw - (codec.offset ?? 0)) * factor) / codec.counts_per_unit + 0
}

function isSentinel({ sentinels, type }: RegisterCodec, raw: number): boolean {
  if (sentinels === undefined) return false
  for (const sentinel of sentinels) if ((type === 'float32' ? Math.fround(sentinel) : sentinel) === raw) return true
  return false
}

function readBit(codec: RegisterCodec, register: number): number {
  if (isBitTable(codec)) return register === 0 ? 0 : 1
  return (register & bitMask(codec)) === 0 ? 0 : 1
}

const setBit = (register: number, mask: number, on: boolean): number => (on ? register | mask : register & ~mask)

/** What the type makes of a number: for integers the nearest count. */
function countsOf(type: RegisterType, value: number): number {
  const [min, max] = RANGES[type]
  const held = Math.max(min, Math.min(max, value))
  if (type === 'float64') return held
  if (type === 'float32') return Math.fround(held)
  // floor(x + 0.5) would round 2^53 - 1 up: the sum is no Float64.
  const below = Math.floor(held)
  return held - below >= 0.5 ? below + 1 : below
}

function write64(counts: number, end: number): void {
  const full = counts >= end
  // Exact: the quotient is a shift of the exponent, and what is left has fewer bits than the whole.
  const high = Math.floor(counts / TWO_32)
  scratch.setUint32(0, full ? (end > 1e19 ? 0xffff_ffff : 0x7fff_ffff) : high)
  scratch.setUint32(4, full ? 0xffff_ffff : counts - high * TWO_32)
}

function readBcd(digits: number): number {
  let value = 0
  for (let i = 0; i < digits; i++) {
    const byte = scratch.getUint8(i >> 1)
    const digit = i % 2 === 0 ? byte >> 4 : byte & 15
    if (digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function writeBcd(counts: number, digits: number): void {
  let left = counts
  for (let i = digits / 2 - 1; i >= 0; i--) {
    const pair = left % 100
    scratch.setUint8(i, ((pair - (pair % 10)) / 10) * 16 + (pair % 10))
    left = (left - pair) / 100
  }
}
