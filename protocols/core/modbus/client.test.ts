import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ModbusClientCore } from './client.ts'
import { MbapReader } from './mbap.ts'
import type { ModbusFault } from './modbus-fault.ts'
import type { ReplyData } from './reply.ts'

interface Sent {
  readonly id: number
  readonly unit: number
}

/** A client core whose sent frames are collected; `settled` holds what became of each request, by its name. */
function bench(
  limits = { outstanding_max: 4, outstanding_per_unit_max: 2, queue_per_unit_max: 3 },
  pause_ms?: (unit: number) => number,
) {
  const sent: Sent[] = []
  const settled: Record<string, string> = {}
  const send = (b: Uint8Array): unknown => sent.push({ id: (b[0]! << 8) | b[1]!, unit: b[6]! })
  const core = new ModbusClientCore('d:502', send, limits, undefined, pause_ms)
  const settle = (name: string) => (fault: ModbusFault | undefined, data: ReplyData) => {
    if (settled[name] !== undefined) throw new Error(`${name} settled twice`)
    settled[name] = fault?.code ?? String(data)
  }
  return {
    core,
    sent,
    settled,
    read: (name: string, unit: number, now_ms: number, timeout_ms = 100) =>
      core.request(unit, { function: 3, address: 0, quantity: 1 }, timeout_ms, now_ms, settle(name)),
  }
}

/** The answer to a read of one holding register. */
const reply = (id: number, unit: number, value: number): Uint8Array =>
  new Uint8Array([id >> 8, id & 255, 0, 0, 0, 5, unit, 3, 2, value >> 8, value & 255])

test('a late answer is counted and dropped, and its id is not used again before it came', () => {
  const b = bench({ outstanding_max: 1, outstanding_per_unit_max: 1, queue_per_unit_max: 1 })
  b.read('first', 1, 0)
  b.core.expire(100)
  expect(b.settled).toEqual({ first: 'IO_TIMEOUT' })
  const late = b.sent[0]!.id
  for (let i = 0; i < 65_536; i++) {
    b.read(`n${i}`, 1, 200)
    const { id } = b.sent.at(-1)!
    if (id === late) throw new Error(`id ${id} is used again at request ${i}`)
    b.core.receive(reply(id, 1, 7), 201)
  }
  b.read('second', 1, 300)
  b.core.receive(reply(late, 1, 11_111), 301)
  expect(b.settled['second']).toBeUndefined()
  b.core.receive(reply(b.sent.at(-1)!.id, 1, 222), 302)
  expect(b.settled['second']).toBe('222')
  expect(b.core.counters.late).toBe(1)
})

test('an answer from another unit ends the connection, and everything under way or waiting fails', () => {
  const b = bench()
  b.read('a', 1, 0)
  b.read('b', 1, 0)
  b.read('c', 1, 0)
  b.core.receive(reply(b.sent[0]!.id, 2, 5), 1)
  expect(b.settled).toEqual({ a: 'IO_MISMATCH', b: 'IO_MISMATCH', c: 'IO_MISMATCH' })
  expect(b.core.fault?.code).toBe('IO_MISMATCH')
})

test('an answer to nothing that was asked is dropped', () => {
  const b = bench()
  b.read('a', 1, 0)
  b.core.receive(reply(999, 1, 5), 1)
  expect(b.core.counters.unsolicited).toBe(1)
  expect(b.core.fault).toBeUndefined()
  b.core.receive(reply(b.sent[0]!.id, 1, 6), 2)
  expect(b.settled).toEqual({ a: '6' })
})

test('a dead unit holds no more than its own places, and the units take turns', () => {
  const b = bench()
  for (const name of ['d1', 'd2', 'd3', 'd4', 'd5', 'd6']) b.read(name, 9, 0)
  b.read('x', 1, 0)
  b.read('y', 2, 0)
  // Unit 9: two under way, three wait, the sixth is refused; units 1 and 2 got their places at once.
  expect(b.sent.map((s) => s.unit)).toEqual([9, 9, 1, 2])
  expect(b.settled).toEqual({ d6: 'IO_BUSY' })
  b.core.receive(reply(b.sent[2]!.id, 1, 1), 1)
  expect(b.settled['x']).toBe('1')
  expect(b.core.outstanding).toBe(3)
})

test('the deadline runs from the sending, and wake_ms is never later than the earliest', () => {
  const b = bench({ outstanding_max: 1, outstanding_per_unit_max: 1, queue_per_unit_max: 3 })
  b.read('a', 1, 0, 100)
  b.read('b', 1, 0, 20)
  expect(b.core.wake_ms).toBe(100)
  b.core.expire(100)
  expect(b.settled).toEqual({ a: 'IO_TIMEOUT' })
  expect(b.core.wake_ms).toBe(120)
  b.core.expire(119)
  expect(b.settled['b']).toBeUndefined()
  b.core.expire(120)
  expect(b.settled['b']).toBe('IO_TIMEOUT')
})

test('frames come out whole however the stream is cut', () => {
  const frame = fc.record({
    id: fc.nat(65_535),
    unit: fc.nat(255),
    pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }),
  })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 60 }), (frames, cuts) => {
      const stream = frames.flatMap((f) => [
        f.id >> 8,
        f.id & 255,
        0,
        0,
        (f.pdu.length + 1) >> 8,
        (f.pdu.length + 1) & 255,
        f.unit,
        ...f.pdu,
      ])
      const seen: unknown[] = []
      const reader = new MbapReader((id, unit, b, from, to) => seen.push({ id, unit, pdu: b.slice(from, to) }), 'fault')
      let at = 0
      for (const cut of cuts) {
        reader.push(new Uint8Array(stream.slice(at, at + cut)))
        at += cut
      }
      reader.push(new Uint8Array(stream.slice(at)))
      expect(reader.fault).toBeUndefined()
      expect(seen).toEqual(frames)
    }),
  )
})

test('a frame cut in two survives that the socket reads into the same memory again', () => {
  const b = bench()
  b.read('a', 1, 0)
  const whole = reply(b.sent[0]!.id, 1, 4660)
  // Node's own byte type, whose slice() is a view.
  const memory = Buffer.alloc(64)
  for (const part of [whole.subarray(0, 8), whole.subarray(8)]) {
    memory.fill(0xee)
    memory.set(part)
    b.core.receive(memory.subarray(0, part.length), 1)
  }
  expect(b.settled).toEqual({ a: '4660' })
})

test.each([
  ['a length of 60,000', [0, 1, 0, 0, 0xea, 0x60]],
  ['a length of 1', [0, 1, 0, 0, 0, 1]],
  ['another protocol', [0, 1, 0x12, 0x34, 0, 5, 1, 3, 2, 0, 1]],
])('%s ends the connection as soon as the header is read', (_name, header) => {
  const b = bench()
  b.read('a', 1, 0)
  b.core.receive(new Uint8Array(header), 1)
  expect(b.settled).toEqual({ a: 'IO_FRAMING' })
})

test('a unit that needs a pause gets it, and nobody waits for it', () => {
  const b = bench({ outstanding_max: 1, outstanding_per_unit_max: 1, queue_per_unit_max: 3 }, (u) => (u === 9 ? 50 : 0))
  b.read('first', 9, 0)
  b.read('second', 9, 0)
  b.read('other', 1, 0)
  b.core.receive(reply(b.sent[0]!.id, 9, 1), 10)
  expect(b.sent.map((s) => s.unit)).toEqual([9, 1])
  b.core.receive(reply(b.sent[1]!.id, 1, 2), 20)
  expect(b.sent.length).toBe(2)
  expect(b.core.wake_ms).toBe(60)
  b.core.expire(59)
  expect(b.sent.length).toBe(2)
  b.core.expire(60)
  expect(b.sent.map((s) => s.unit)).toEqual([9, 1, 9])
})
