import { expect, test } from 'vitest'
import { memoryModel } from './model.ts'
import type { ModbusRequest } from './request.ts'
import { crc16, endRtu, RtuReplyReader, RtuRequestReader, RtuServerSession, silence_ms } from './rtu.ts'
import { ModbusServerCore } from './server.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16))
const hexOf = (bytes: ArrayLike<number>): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** The CRC bit by bit, as the serial line guide's appendix describes it: the second opinion to the table. */
function crcByBits(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) {
      const carry = crc & 1
      crc >>= 1
      if (carry === 1) crc ^= 0xa001
    }
  }
  return crc
}

const framed = (hex: string): Uint8Array => {
  const body = bytesOf(hex)
  const crc = crcByBits(body)
  return Uint8Array.from([...body, crc & 0xff, crc >> 8])
}

test('the checksum is that of the guide: 02 07 gives 41 12 on the line', () => {
  // Guide V1.02, 6.2.2: "02 07" has the CRC 0x1241, sent low byte first.
  expect(crc16(bytesOf('0207'), 0, 2)).toBe(0x1241)
  // The check value every catalogue of CRCs gives for this one, over the digits 1 to 9.
  expect(crc16(bytesOf('313233343536373839'), 0, 9)).toBe(0x4b37)
  const frame = new Uint8Array(4)
  frame.set([2, 7])
  expect(endRtu(frame, 0, 2)).toBe(4)
  expect(hexOf(frame)).toBe('02074112')
  expect(crc16(frame, 0, 4)).toBe(0)
})

test('silence is 3.5 characters of 11 bits, 1.75 ms above 19200 baud', () => {
  expect(silence_ms(9600)).toBeCloseTo(4.0104, 3)
  expect(silence_ms(19_200)).toBeCloseTo(2.0052, 3)
  expect(silence_ms(115_200)).toBe(1.75)
})

function master(request: ModbusRequest, unit = 1) {
  const frames: string[] = []
  const reader = new RtuReplyReader(
    (u) => (u === unit ? request : undefined),
    (u, b, from, to) => frames.push(`${u}:${hexOf(b.subarray(from, to))}`),
  )
  return { reader, frames }
}

const ANSWERS: [string, ModbusRequest, string][] = [
  ['read coils', { function: 1, address: 0, quantity: 10 }, '0102ff03'],
  ['read registers', { function: 3, address: 0, quantity: 2 }, '030400010002'],
  ['write coil', { function: 5, address: 7, on: true }, '050007ff00'],
  ['write registers', { function: 16, address: 1, registers: [1, 2] }, '1000010002'],
  ['mask write', { function: 22, address: 4, and_mask: 242, or_mask: 37 }, '16000400f20025'],
  ['read and write', { function: 23, address: 0, quantity: 1, write_address: 0, registers: [5] }, '17020005'],
  ['identification', { function: 43, category: 1, object: 0 }, '2b0e018100000200016101026263'],
  ['an exception', { function: 3, address: 0, quantity: 2 }, '8302'],
]

test.each(ANSWERS)('the answer to %s is cut exactly, in one piece and byte by byte', (_name, request, pdu) => {
  const frame = framed(`01${pdu}`)
  const whole = master(request)
  whole.reader.push(frame)
  expect(whole.frames).toEqual([`1:${pdu}`])
  expect(whole.reader.partial).toBe(0)
  const pieces = master(request)
  for (let i = 0; i < frame.length; i++) {
    expect(pieces.frames).toEqual([])
    pieces.reader.push(frame.subarray(i, i + 1))
  }
  expect(pieces.frames).toEqual([`1:${pdu}`])
})

test('an answer with one bit wrong, of another unit, function or byte count is a fault, and nothing is read after it', () => {
  const request: ModbusRequest = { function: 3, address: 0, quantity: 1 }
  const good = framed('0103020005')
  for (let bit = 0; bit < good.length * 8; bit++) {
    const wrong = Uint8Array.from(good)
    wrong[bit >> 3]! ^= 1 << (bit & 7)
    const { reader, frames } = master(request)
    reader.push(wrong)
    // Bit 7 of the function makes an exception of it, three bytes shorter: its checksum is wrong too.
    expect(reader.fault, `bit ${bit}`).toBeDefined()
    reader.push(good)
    expect(frames).toEqual([])
    reader.clear()
    reader.push(good)
    expect(frames).toEqual(['1:03020005'])
  }
})

test('requests of all kinds are cut, also two in one piece and byte by byte', () => {
  const pdus = [
    '0100000008',
    '060001002a',
    '0f000000080155',
    '10000100020400010002',
    '16000400f20025',
    '1700000001000200010200ff',
    '2b0e0100',
  ]
  const stream = Uint8Array.from(pdus.flatMap((pdu) => [...framed(`11${pdu}`)]))
  for (const step of [stream.length, 1, 3]) {
    const got: string[] = []
    const reader = new RtuRequestReader((u, b, from, to) => got.push(`${u}:${hexOf(b.subarray(from, to))}`))
    for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step))
    expect(got).toEqual(pdus.map((pdu) => `17:${pdu}`))
    expect(reader.counters.dropped).toBe(0)
  }
})

test('after a bad frame the slave is deaf until the line was silent', () => {
  const got: string[] = []
  const reader = new RtuRequestReader((u, b, from, to) => got.push(`${u}:${hexOf(b.subarray(from, to))}`))
  const bad = framed('110300000001')
  bad[3]! ^= 0x10
  reader.push(bad)
  reader.push(framed('110300000001'))
  expect(got).toEqual([])
  reader.silence()
  reader.push(framed('110300000001'))
  expect(got).toEqual(['17:0300000001'])
  expect(reader.counters.dropped).toBe(1)
})

test('a function nobody knows is a frame when the silence ends it, and gets exception 01', () => {
  const sent: string[] = []
  const core = new ModbusServerCore(memoryModel({ holding: Uint16Array.of(5) }), { line: 'serial', units: [17] })
  const session = new RtuServerSession(core, (frame) => sent.push(hexOf(frame)))
  session.receive(framed('114402aabb'))
  expect(session.partial).toBeGreaterThan(0)
  session.silence()
  session.receive(framed('110300000001'))
  // Another unit's request is met with silence, a broadcast with an act and no answer.
  session.receive(framed('120300000001'))
  session.receive(framed('00060000002a'))
  session.receive(framed('110300000001'))
  expect(sent).toEqual([framed('11c401'), framed('1103020005'), framed('110302002a')].map(hexOf))
})
