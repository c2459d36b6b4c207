import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ByteOrder, RegisterCodec, RegisterType } from '../../../contracts/artifact.ts'
import { bitMask, readNumber, readQuantity, registersOf, writeNumber, writeQuantity } from './registers.ts'

const ORDERS: readonly ByteOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA']
const TYPES: readonly RegisterType[] = [
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

const codec = (more: Partial<RegisterCodec>): RegisterCodec => ({
  table: 'input',
  register: 0,
  type: 'uint16',
  counts_per_unit: 1,
  quantity: 'EU',
  ...more,
})

/** Registers of bytes given most significant first, by the letters of the order: A the most significant byte. */
function registersFrom(bytes: readonly number[], order: ByteOrder): number[] {
  const words: number[][] = []
  for (let i = 0; i < bytes.length; i += 2) words.push([bytes[i]!, bytes[i + 1]!])
  if (order === 'CDAB' || order === 'DCBA') words.reverse()
  return words.map(([a, b]) => (order === 'BADC' || order === 'DCBA' ? b! * 256 + a! : a! * 256 + b!))
}

function bytesOf(size: number, write: (view: DataView) => void): number[] {
  const view = new DataView(new ArrayBuffer(size))
  write(view)
  return Array.from(new Uint8Array(view.buffer))
}

test('[FIO-CODEC] 123456789 in the four orders, bytes by hand', () => {
  // 123456789 = 0x075BCD15
  const cases: readonly [ByteOrder, number, number][] = [
    ['ABCD', 0x075b, 0xcd15],
    ['CDAB', 0xcd15, 0x075b],
    ['BADC', 0x5b07, 0x15cd],
    ['DCBA', 0x15cd, 0x5b07],
  ]
  for (const [order, first, second] of cases) {
    expect(readNumber([first, second], 0, 'uint32', order), order).toBe(123_456_789)
    const written = new Uint16Array(2)
    writeNumber(written, 0, 'uint32', 123_456_789, order)
    expect([...written], order).toEqual([first, second])
  }
})

test('[FIO-CODEC] one register has two orders: 0x1234 and its bytes exchanged', () => {
  expect(readNumber([0x1234], 0, 'uint16', 'ABCD')).toBe(0x1234)
  expect(readNumber([0x1234], 0, 'uint16', 'CDAB')).toBe(0x1234)
  expect(readNumber([0x1234], 0, 'uint16', 'BADC')).toBe(0x3412)
  expect(readNumber([0x1234], 0, 'uint16', 'DCBA')).toBe(0x3412)
  expect(readNumber([0x00ff], 0, 'int16', 'DCBA')).toBe(-256)
})

test('[FIO-CODEC] every type in every order against DataView, at an offset in the answer', () => {
  const cases: readonly [RegisterType, number[], number][] = [
    ['uint16', bytesOf(2, (v) => v.setUint16(0, 54_321)), 54_321],
    ['int16', bytesOf(2, (v) => v.setInt16(0, -12_345)), -12_345],
    ['uint32', bytesOf(4, (v) => v.setUint32(0, 4_000_000_001)), 4_000_000_001],
    ['int32', bytesOf(4, (v) => v.setInt32(0, -2_000_000_003)), -2_000_000_003],
    ['uint64', bytesOf(8, (v) => v.setBigUint64(0, 9_007_199_254_740_991n)), 9_007_199_254_740_991],
    ['int64', bytesOf(8, (v) => v.setBigInt64(0, -9_007_199_254_740_991n)), -9_007_199_254_740_991],
    ['float32', bytesOf(4, (v) => v.setFloat32(0, -1.5e-7)), Math.fround(-1.5e-7)],
    ['float64', bytesOf(8, (v) => v.setFloat64(0, Math.PI)), Math.PI],
    ['bcd16', [0x98, 0x07], 9807],
    ['bcd32', [0x12, 0x34, 0x56, 0x78], 12_345_678],
  ]
  for (const [type, bytes, value] of cases) {
    for (const order of ORDERS) {
      const registers = registersFrom(bytes, order)
      expect(registers.length).toBe(registersOf(type))
      expect(readNumber([7, ...registers, 9], 1, type, order), `${type} ${order}`).toBe(value)
      const written = new Uint16Array(registers.length + 2)
      expect(writeNumber(written, 1, type, value, order)).toBe(true)
      expect([...written], `${type} ${order}`).toEqual([0, ...registers, 0])
    }
  }
})

test('[FIO-CODEC] 64 bits beyond 2^53 are the nearest Float64, as BigInt rounds', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...ORDERS), (big, order) => {
      const bytes = bytesOf(8, (v) => v.setBigUint64(0, big))
      expect(readNumber(registersFrom(bytes, order), 0, 'uint64', order)).toBe(Number(big))
      expect(readNumber(registersFrom(bytes, order), 0, 'int64', order)).toBe(Number(BigInt.asIntN(64, big)))
    }),
  )
})

test('[FIO-CODEC] what a 64-bit counter cannot carry is held to its ends', () => {
  const written = (type: RegisterType, value: number): number[] => {
    const registers = new Uint16Array(4)
    writeNumber(registers, 0, type, value)
    return [...registers]
  }
  expect(written('uint64', 1e30)).toEqual([0xffff, 0xffff, 0xffff, 0xffff])
  expect(written('uint64', -1)).toEqual([0, 0, 0, 0])
  expect(written('int64', 1e30)).toEqual([0x7fff, 0xffff, 0xffff, 0xffff])
  expect(written('int64', -1e30)).toEqual([0x8000, 0, 0, 0])
  expect(written('int64', -1)).toEqual([0xffff, 0xffff, 0xffff, 0xffff])
  expect(written('uint64', 2 ** 53 - 1)).toEqual([0x001f, 0xffff, 0xffff, 0xffff])
})

test('[FIO-CODEC] every number that a type can carry comes back', () => {
  const numbers = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.integer({ min: 0, max: 65_535 }))
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), fc.constantFrom(...ORDERS), numbers, (type, order, value) => {
      const registers = new Uint16Array(registersOf(type))
      expect(writeNumber(registers, 0, type, value, order)).toBe(true)
      const once = readNumber(registers, 0, type, order)
      expect(Number.isFinite(once)).toBe(true)
      const again = new Uint16Array(registersOf(type))
      writeNumber(again, 0, type, once, order)
      expect(readNumber(again, 0, type, order)).toBe(once)
    }),
  )
})

test('[FIO-CODEC] counts are the nearest, half a count up, held to the range', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
      const registers = new Uint16Array(1)
      writeNumber(registers, 0, 'int16', value)
      const counts = readNumber(registers, 0, 'int16')
      const held = Math.max(-32_768, Math.min(32_767, value))
      expect(Math.abs(counts - held)).toBeLessThanOrEqual(0.5)
    }),
  )
})

test('[FIO-CODEC] a BCD register with a digit above 9 is no number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (bits) => {
      const text = bits.toString(16).padStart(8, '0')
      const expected = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN
      const registers = [Math.floor(bits / 65_536), bits % 65_536]
      expect(readQuantity(codec({ type: 'bcd32' }), registers, 0)).toBe(expected)
    }),
  )
  expect(readQuantity(codec({ type: 'bcd16' }), [0x9a00], 0)).toBeNaN()
})

test('[FIO-CODEC] no number is never written: not as 0, not as a half', () => {
  for (const type of TYPES) {
    const registers = new Uint16Array(4).fill(0xabcd)
    expect(writeNumber(registers, 0, type, Number.NaN)).toBe(false)
    expect(writeQuantity(codec({ type }), registers, 0, Number.NaN)).toBe(false)
    expect(writeQuantity(codec({ type }), registers, 0, Number.POSITIVE_INFINITY)).toBe(false)
    expect([...registers]).toEqual([0xabcd, 0xabcd, 0xabcd, 0xabcd])
  }
})

test('[FIO-CODEC] quantity = (raw - offset) / counts_per_unit', () => {
  // A transmitter card: 4 mA at 6400 counts, 20 mA at 32000: 1600 counts a mA, no offset.
  expect(readQuantity(codec({ counts_per_unit: 1600 }), [19_200], 0)).toBe(12)
  // A temperature in 0.1 K: 2931 is 293.1 K; in degC with an offset of 2731 counts it is 20.0.
  expect(readQuantity(codec({ counts_per_unit: 10, offset: 2731 }), [2931], 0)).toBe(20)
  // An inverted contact.
  const inverted = codec({ table: 'discrete', type: 'bool', counts_per_unit: -1, offset: 1 })
  expect(readQuantity(inverted, [0], 0)).toBe(1)
  expect(readQuantity(inverted, [1], 0)).toBe(0)
  const registers = new Uint16Array(1)
  expect(writeQuantity(codec({ counts_per_unit: 10, offset: 2731 }), registers, 0, 20)).toBe(true)
  expect(registers[0]).toBe(2931)
})

test('[FIO-CODEC] a float that is NaN or infinite is no quantity', () => {
  // 0x7FC00000 quiet NaN, 0x7F800000 infinity, 0xFF800000 minus infinity
  for (const high of [0x7fc0, 0x7f80, 0xff80]) {
    expect(readQuantity(codec({ type: 'float32' }), [high, 0], 0)).toBeNaN()
  }
  expect(readQuantity(codec({ type: 'float64' }), [0x7ff0, 0, 0, 0], 0)).toBeNaN()
})

test('[FIO-CODEC] a sentinel is no quantity, and is never written', () => {
  const int16 = codec({ type: 'int16', sentinels: [-32_768, 32_767] })
  expect(readQuantity(int16, [0x8000], 0)).toBeNaN()
  expect(readQuantity(int16, [0x7fff], 0)).toBeNaN()
  expect(readQuantity(int16, [0x7ffe], 0)).toBe(32_766)
  const registers = new Uint16Array([5])
  expect(writeQuantity(int16, registers, 0, 40_000)).toBe(false)
  expect(registers[0]).toBe(5)
  // -9999.9 is no float32; the device sends the nearest: 0xC61C3F9A.
  expect(readQuantity(codec({ type: 'float32', sentinels: [-9999.9] }), [0xc61c, 0x3f9a], 0)).toBeNaN()
  expect(readQuantity(codec({ type: 'uint32', sentinels: [0xffff_ffff] }), [0xffff, 0xffff], 0)).toBeNaN()
})

test('[FIO-CODEC] a SunSpec scale factor multiplies: 2305 with -1 is 230.5, 12 with 3 is 12000', () => {
  const scaled = codec({ exponent_register: 9 })
  expect(readQuantity(scaled, [2305], 0, 0xffff)).toBe(230.5)
  expect(readQuantity(scaled, [12], 0, 3)).toBe(12_000)
  expect(readQuantity(scaled, [2305], 0, 0x8000)).toBeNaN()
  expect(readQuantity(scaled, [2305], 0, 11)).toBeNaN()
  expect(readQuantity(scaled, [2305], 0, 0xfff5)).toBeNaN()
  expect(readQuantity(scaled, [2305], 0)).toBeNaN()
  const registers = new Uint16Array(1)
  expect(writeQuantity(scaled, registers, 0, 230.5, 0xffff)).toBe(true)
  expect(registers[0]).toBe(2305)
  expect(writeQuantity(scaled, registers, 0, 12_000, 3)).toBe(true)
  expect(registers[0]).toBe(12)
  expect(writeQuantity(scaled, registers, 0, 5, 0x8000)).toBe(false)
  expect(writeQuantity(scaled, registers, 0, 5)).toBe(false)
  // A device that exchanges the bytes does it to the exponent too: -1 is 0xFFFF, 1 is 0x0100.
  expect(readQuantity(codec({ exponent_register: 9, order: 'BADC' }), [0x0500], 0, 0x0100)).toBe(50)
})

test('[FIO-CODEC] a bit of a register is read alone and written without its neighbours', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 15 }),
      fc.boolean(),
      fc.constantFrom(...ORDERS),
      (register, bit, on, order) => {
        const one = codec({ type: 'bool', table: 'holding', bit, order })
        // Second way: through the text of the bits, after the exchange of bytes.
        const bytes = [register >> 8, register & 255]
        const own = order === 'BADC' || order === 'DCBA' ? [bytes[1]!, bytes[0]!] : bytes
        const text = own.map((b) => b.toString(2).padStart(8, '0')).join('')
        expect(readQuantity(one, [register], 0)).toBe(Number(text[15 - bit]))
        const registers = new Uint16Array([register])
        expect(writeQuantity(one, registers, 0, on ? 1 : 0)).toBe(true)
        expect(readQuantity(one, registers, 0)).toBe(on ? 1 : 0)
        const others = 0xffff - bitMask(one)
        expect(registers[0]! & others).toBe(register & others)
        // Function 22 with the same mask: (current AND and_mask) OR (or_mask AND NOT and_mask).
        const and = 0xffff - bitMask(one)
        const or = on ? bitMask(one) : 0
        expect((register & and) | (or & ~and)).toBe(registers[0])
      },
    ),
  )
})

test('[FIO-CODEC] coils are bits: any register that is not 0 is on where no bit is named', () => {
  expect(readQuantity(codec({ type: 'bool', table: 'coil' }), [0, 1], 1)).toBe(1)
  expect(readQuantity(codec({ type: 'bool', table: 'holding' }), [0x0400], 0)).toBe(1)
  const coil = new Uint8Array(2)
  expect(writeQuantity(codec({ type: 'bool', table: 'coil' }), coil, 1, 1)).toBe(true)
  expect([...coil]).toEqual([0, 1])
})

test('[FIO-CODEC] any registers at all give a finite number or NaN, never a throw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 5, maxLength: 5 }),
      fc.constantFrom(...TYPES),
      fc.constantFrom(...ORDERS),
      (registers, type, order) => {
        const value = readQuantity(codec({ type, order, exponent_register: 4 }), registers, 0, registers[4]!)
        expect(Number.isNaN(value) || Number.isFinite(value)).toBe(true)
      },
    ),
  )
})
