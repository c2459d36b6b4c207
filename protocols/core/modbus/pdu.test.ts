import { expect, test } from 'vitest'
import { memoryModel } from './model.ts'
import { readNumber, writeNumber } from './registers.ts'
import { readReply } from './reply.ts'
import { type ModbusRequest, requestBytes, writeRequest } from './request.ts'
import { ModbusServerCore } from './server.ts'

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
const bytes = (text: string): Uint8Array =>
  new Uint8Array((text.replaceAll(' ', '').match(/../g) ?? []).map((b) => Number.parseInt(b, 16)))

function requestOf(request: ModbusRequest): string {
  const into = new Uint8Array(300)
  const end = writeRequest(into, 0, request)
  expect(end).toBe(requestBytes(request))
  return hex(into.subarray(0, end))
}

function bit(count: number, at: number, pattern: string): Uint8Array {
  const table = new Uint8Array(count)
  bytes(pattern).forEach((byte, i) => {
    for (let k = 0; k < 8 && at + 8 * i + k < count; k++) table[at + 8 * i + k] = (byte >> k) & 1
  })
  return table
}

function answer(model: Parameters<typeof memoryModel>[0], request: string): string {
  const b = bytes(request)
  const into = new Uint8Array(300)
  const end = new ModbusServerCore(memoryModel(model)).answer(1, b, 0, b.length, into, 0)
  return hex(into.subarray(0, end))
}

// The examples printed in MODBUS Application Protocol Specification V1.1b3, 6.1 to 6.21: request, reply, tables.
const holding = new Uint16Array(256)
holding.set([0x022b, 0x0000, 0x0064], 0x6b)
holding.set([0x00fe, 0x0acd, 0x0001, 0x0003, 0x000d, 0x00ff], 3)
const EXAMPLES: readonly [ModbusRequest, string, string, Parameters<typeof memoryModel>[0]][] = [
  [{ function: 1, address: 0x13, quantity: 19 }, '0100130013', '0103cd6b05', { coil: bit(0x13 + 19, 0x13, 'cd6b05') }],
  [
    { function: 2, address: 0xc4, quantity: 22 },
    '0200c40016',
    '0203acdb35',
    { discrete: bit(0xc4 + 22, 0xc4, 'acdb35') },
  ],
  [{ function: 3, address: 0x6b, quantity: 3 }, '03006b0003', '0306022b00000064', { holding }],
  [{ function: 4, address: 8, quantity: 1 }, '0400080001', '0402000a', { input: new Uint16Array(9).fill(10) }],
  [{ function: 5, address: 0xac, on: true }, '0500acff00', '0500acff00', { coil: new Uint8Array(256) }],
  [{ function: 6, address: 1, value: 3 }, '0600010003', '0600010003', { holding: new Uint16Array(2) }],
  [
    { function: 15, address: 0x13, bits: [1, 0, 1, 1, 0, 0, 1, 1, 1, 0] },
    '0f0013000a02cd01',
    '0f0013000a',
    { coil: new Uint8Array(64) },
  ],
  [
    { function: 16, address: 1, registers: [0x0a, 0x0102] },
    '100001000204000a0102',
    '1000010002',
    { holding: new Uint16Array(4) },
  ],
  [
    { function: 22, address: 4, and_mask: 0xf2, or_mask: 0x25 },
    '16000400f20025',
    '16000400f20025',
    { holding: new Uint16Array(5) },
  ],
  [
    { function: 23, address: 3, quantity: 6, write_address: 14, registers: [0xff, 0xff, 0xff] },
    '1700030006000e00030600ff00ff00ff',
    '170c00fe0acd00010003000d00ff',
    { holding },
  ],
]

test.each(EXAMPLES.map((e) => [e[0].function, ...e] as const))(
  'function %i: request, server and reply agree with the printed example',
  (_function, request, sent, replied, model) => {
    expect(requestOf(request)).toBe(sent)
    expect(answer(model, sent)).toBe(replied)
    expect(readReply(request, bytes(replied), 0, replied.length / 2).kind).toBe('data')
  },
)

test('mask write is (register AND and_mask) OR (or_mask AND NOT and_mask): 0x12 becomes 0x17', () => {
  const registers = new Uint16Array(5)
  registers[4] = 0x12
  answer({ holding: registers }, '16000400f20025')
  expect(registers[4]).toBe(0x17)
})

test('device identification agrees with the printed example', () => {
  const identification = [
    { id: 0, text: 'Company identification' },
    { id: 1, text: 'Product code XX' },
    { id: 2, text: 'V2.11' },
  ]
  const replied = answer({ identification }, '2b0e0100')
  const text = (t: string): string => t.length.toString(16).padStart(2, '0') + hex(new TextEncoder().encode(t))
  // The example's device cannot be asked for single objects (conformity 01); this one can (81).
  expect(replied).toBe(`2b0e0181000003${identification.map((o) => `0${o.id}${text(o.text)}`).join('')}`)
  const reply = readReply({ function: 43, category: 1, object: 0 }, bytes(replied), 0, replied.length / 2)
  expect(reply).toEqual({ kind: 'data', data: { conformity: 0x81, more: false, next: 0, objects: identification } })
})

test('identification that does not fit into one answer says where to go on', () => {
  const identification = [0, 1, 2, 3].map((id) => ({ id, text: 'x'.repeat(100) }))
  // Object 3 belongs to the regular category: conformity 82.
  expect(answer({ identification }, '2b0e0200').slice(0, 14)).toBe('2b0e0282ff0202')
  expect(answer({ identification }, '2b0e0202').slice(0, 14)).toBe('2b0e0282000002')
  expect(answer({ identification }, '2b0e0409')).toBe('ab02')
  expect(answer({ identification }, '2b0e0900')).toBe('ab03')
  expect(answer({ identification }, '2b0d0000')).toBe('ab01')
})

test.each([
  ['another function', '0402022b', { function: 3, address: 0, quantity: 1 }],
  ['a byte count of fewer registers', '0302022b', { function: 3, address: 0, quantity: 2 }],
  ['more bytes than counted', '0302022b00', { function: 3, address: 0, quantity: 1 }],
  ['an exception of three bytes', '830200', { function: 3, address: 0, quantity: 1 }],
  ['the echo of another register', '0600020003', { function: 6, address: 1, value: 3 }],
  ['the echo of another value', '0600010004', { function: 6, address: 1, value: 3 }],
  ['the echo of another quantity', '1000010001', { function: 16, address: 1, registers: [1, 2] }],
  ['a byte count of fewer coils', '0101ff', { function: 1, address: 0, quantity: 9 }],
] as const)('a reply with %s is no answer', (_name, reply, request) => {
  expect(readReply(request, bytes(reply), 0, reply.length / 2).kind).toBe('mismatch')
})

test.each<[string, ModbusRequest]>([
  ['no register', { function: 3, address: 0, quantity: 0 }],
  ['126 registers', { function: 3, address: 0, quantity: 126 }],
  ['registers beyond 65535', { function: 3, address: 65_530, quantity: 7 }],
  ['2001 coils', { function: 1, address: 0, quantity: 2001 }],
  ['1969 coils to write', { function: 15, address: 0, bits: new Uint8Array(1969) }],
  ['124 registers to write', { function: 16, address: 0, registers: new Uint16Array(124) }],
  ['126 registers to read and write', { function: 23, address: 0, quantity: 126, write_address: 0, registers: [1] }],
  [
    '122 registers to write and read',
    { function: 23, address: 0, quantity: 1, write_address: 0, registers: new Uint16Array(122) },
  ],
  ['17 bits', { function: 6, address: 0, value: 65_536 }],
  ['a negative address', { function: 6, address: -1, value: 0 }],
])('an impossible request is refused before it is sent: %s', (_name, request) => {
  expect(() => writeRequest(new Uint8Array(4096), 0, request)).toThrow(RangeError)
})

test('numbers in registers: two complement, IEEE 754 with the high word first, held at the ends of the type', () => {
  const r = new Uint16Array(2)
  // IEEE 754 single: 123.456 is 0x42F6E979.
  writeNumber(r, 0, 'float32', 123.456)
  expect([...r]).toEqual([0x42f6, 0xe979])
  expect(readNumber(r, 0, 'float32')).toBe(Math.fround(123.456))
  writeNumber(r, 0, 'int16', -2)
  expect(r[0]).toBe(0xfffe)
  expect(readNumber(r, 0, 'int16')).toBe(-2)
  expect(readNumber(r, 0, 'uint16')).toBe(65_534)
  writeNumber(r, 0, 'int16', -40_000)
  expect(r[0]).toBe(0x8000)
  writeNumber(r, 0, 'uint16', 70_000)
  expect(r[0]).toBe(65_535)
  writeNumber(r, 0, 'uint16', 2.5)
  expect(r[0]).toBe(3)
})
