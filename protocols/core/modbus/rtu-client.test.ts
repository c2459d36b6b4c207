import { expect, test } from 'vitest'
import { CLIENT_LIMITS, type ClientCounters } from './client.ts'
import type { ModbusFault } from './modbus-fault.ts'
import type { ReplyData } from './reply.ts'
import type { ModbusRequest } from './request.ts'
import { endRtu } from './rtu.ts'
import { RTU_CODEC, RtuClientCore, type RtuOptions } from './rtu-client.ts'

const framed = (...body: number[]): Uint8Array => {
  const frame = new Uint8Array(body.length + 2)
  frame.set(body)
  endRtu(frame, 0, body.length)
  return frame
}

/** The answer of a unit to a read of one holding register. */
const answer = (unit: number, value: number): Uint8Array => framed(unit, 3, 2, value >> 8, value & 255)

/** A line in simulated time: what was sent, what became of each request. */
function line(options: Partial<RtuOptions> = {}) {
  const sent: { unit: number; at_ms: number; bytes: Uint8Array }[] = []
  const settled: Record<string, string> = {}
  const counters: ClientCounters = { sent: 0, answered: 0, exceptions: 0, timeouts: 0, late: 0, unsolicited: 0 }
  let now_ms = 0
  const core = new RtuClientCore(
    '/dev/line',
    (bytes, end) => sent.push({ unit: bytes[0]!, at_ms: now_ms, bytes: bytes.slice(0, end) }),
    { ...CLIENT_LIMITS, queue_per_unit_max: 4 },
    counters,
    {
      gap_ms: 2,
      turnaround_ms: 100,
      late: 'rest',
      broadcast: true,
      on_fault: 'fail',
      codec: RTU_CODEC,
      ...options,
    },
  )
  const settle = (name: string) => (fault: ModbusFault | undefined, data: ReplyData) => {
    if (settled[name] !== undefined) throw new Error(`${name} settled twice`)
    settled[name] = fault?.code ?? String(data)
  }
  return {
    core,
    sent,
    settled,
    counters,
    ask: (name: string, unit: number, request: ModbusRequest = { function: 3, address: 0, quantity: 1 }) =>
      core.request(unit, request, 100, now_ms, settle(name)),
    /** Lets the time pass, waking the core when it asks for it. */
    until(to_ms: number) {
      while (core.wake_ms <= to_ms) {
        now_ms = Math.max(now_ms, core.wake_ms)
        core.expire(now_ms)
      }
      now_ms = to_ms
    },
    hear: (...frames: Uint8Array[]) => core.receive(Uint8Array.from(frames.flatMap((f) => [...f])), now_ms),
  }
}

test('one request at a time, a gap between exchanges, the units in turn', () => {
  const l = line()
  for (const name of ['a1', 'a2', 'a3']) l.ask(name, 1)
  l.ask('b', 2)
  expect(l.sent.map((s) => s.unit)).toEqual([1])
  l.until(10)
  l.hear(answer(1, 5))
  expect(l.sent.length).toBe(1)
  l.until(12)
  expect(l.sent.map((s) => [s.unit, s.at_ms])).toEqual([
    [1, 0],
    [2, 12],
  ])
  l.hear(answer(2, 6))
  l.until(14)
  expect(l.sent.at(-1)!.unit).toBe(1)
  expect(l.settled).toEqual({ a1: '5', b: '6' })
})

test('a late answer is never the answer to the next request of that unit, and costs no other unit anything [torture 5]', () => {
  const l = line()
  l.ask('first', 1)
  l.until(100)
  expect(l.settled).toEqual({ first: 'IO_TIMEOUT' })
  // The unit rests; another is asked meanwhile, and the late answer comes in the middle of that.
  l.ask('second', 1, { function: 3, address: 7, quantity: 1 })
  l.ask('other', 2)
  l.until(110)
  l.hear(answer(1, 11_111))
  l.hear(answer(2, 6))
  expect(l.settled).toEqual({ first: 'IO_TIMEOUT', other: '6' })
  expect(l.counters.late).toBe(1)
  // It owes nothing any more, so it is asked at once.
  l.until(112)
  expect(l.sent.at(-1)!.unit).toBe(1)
  l.hear(answer(1, 222))
  expect(l.settled['second']).toBe('222')
})

test('a unit that timed out and stays silent is asked again after as long as the time-out', () => {
  const l = line()
  l.ask('first', 1)
  l.until(100)
  l.ask('second', 1)
  l.until(199)
  expect(l.sent.length).toBe(1)
  l.until(200)
  expect(l.sent.map((s) => s.at_ms)).toEqual([0, 200])
})

test('an answer that comes twice, or noise behind it, is not the answer to the next request', () => {
  const l = line()
  l.ask('a', 1)
  l.ask('b', 1)
  l.hear(answer(1, 5), answer(1, 5))
  l.until(10)
  // The line must have been silent first.
  expect(l.sent.length).toBe(1)
  l.until(30)
  expect(l.sent.length).toBe(2)
  expect(l.settled).toEqual({ a: '5' })
  l.hear(answer(1, 6))
  expect(l.settled).toEqual({ a: '5', b: '6' })
  expect(l.counters.unsolicited).toBe(1)
})

test.each([
  ['a wrong checksum', Uint8Array.from([1, 3, 2, 0, 5, 0, 0]), 'IO_FRAMING'],
  ['another unit', answer(2, 5), 'IO_MISMATCH'],
  ['another function', framed(1, 4, 2, 0, 5), 'IO_MISMATCH'],
  ['another byte count', framed(1, 3, 4, 0, 5, 0, 6), 'IO_MISMATCH'],
])(
  '%s: on a line the request fails and the next is asked after a silence, a connection is given up',
  (_n, bytes, code) => {
    const l = line()
    l.ask('a', 1)
    l.ask('b', 1)
    l.hear(bytes)
    expect(l.settled).toEqual({ a: code })
    l.until(19)
    expect(l.sent.length).toBe(1)
    l.until(21)
    l.hear(answer(1, 7))
    expect(l.settled).toEqual({ a: code, b: '7' })
    const c = line({ on_fault: 'close' })
    c.ask('a', 1)
    c.ask('b', 1)
    c.hear(bytes)
    expect(c.settled).toEqual({ a: code, b: code })
    expect(c.core.fault?.code).toBe(code)
  },
)

test('an answer that stops in the middle: a time-out that says so, and its rest does not spoil the next', () => {
  const l = line()
  l.ask('a', 1)
  l.hear(answer(1, 5).subarray(0, 4))
  l.until(100)
  expect(l.settled).toEqual({ a: 'IO_TIMEOUT' })
  l.hear(answer(1, 5).subarray(4))
  l.ask('b', 2)
  l.until(130)
  l.hear(answer(2, 9))
  expect(l.settled).toEqual({ a: 'IO_TIMEOUT', b: '9' })
})

test('a broadcast is answered by nobody: after the turn-around the next request goes out', () => {
  const l = line()
  l.ask('all', 0, { function: 6, address: 1, value: 7 })
  l.ask('a', 1)
  l.until(99)
  expect(l.settled).toEqual({})
  l.until(102)
  expect(l.settled).toEqual({ all: 'undefined' })
  expect(l.sent.map((s) => [s.unit, s.at_ms])).toEqual([
    [0, 0],
    [1, 102],
  ])
  expect(() => l.ask('read', 0)).toThrow(/broadcast/)
})

test('the deadline begins when the line has carried the frames', () => {
  const l = line({ line_ms: () => 250 })
  l.ask('a', 1)
  l.until(349)
  expect(l.settled).toEqual({})
  l.until(350)
  expect(l.settled).toEqual({ a: 'IO_TIMEOUT' })
})

test('a unit that needs a pause gets it', () => {
  const l = line({ pause_ms: (unit) => (unit === 1 ? 50 : 0) })
  l.ask('a', 1)
  l.ask('b', 1)
  l.until(10)
  l.hear(answer(1, 5))
  l.until(59)
  expect(l.sent.length).toBe(1)
  l.until(60)
  expect(l.sent.length).toBe(2)
})

/** Units 1 to `count` polled for a simulated minute, each again when it answered; the dead one with growing pauses. */
function minute(count: number, dead: number) {
  const l = line()
  const answers = new Map<number, number>()
  let now_ms = 0
  let pause_ms = 100
  let retry_at_ms = Number.POSITIVE_INFINITY
  let asked = 0
  const poll = (unit: number): void => {
    const request: ModbusRequest = { function: 3, address: 0, quantity: 1 }
    l.core.request(unit, request, 100, now_ms, (fault) => {
      if (fault === undefined) {
        answers.set(unit, (answers.get(unit) ?? 0) + 1)
        poll(unit)
        return
      }
      // What the device's own back-off does: doubling from the time-out to ten seconds.
      retry_at_ms = now_ms + pause_ms
      pause_ms = Math.min(10_000, pause_ms * 2)
    })
  }
  for (let unit = 1; unit <= count; unit++) poll(unit)
  // Every answer takes 15 ms: a short frame at 9600 baud and the device's own time.
  let answer_at_ms = Number.POSITIVE_INFINITY
  while (now_ms < 60_000) {
    if (l.sent.length > asked) {
      asked = l.sent.length
      answer_at_ms = l.sent.at(-1)!.unit === dead ? Number.POSITIVE_INFINITY : now_ms + 15
    }
    const next_ms = Math.min(answer_at_ms, retry_at_ms, l.core.wake_ms)
    now_ms = next_ms
    if (next_ms === answer_at_ms) {
      answer_at_ms = Number.POSITIVE_INFINITY
      l.until(now_ms)
      l.hear(answer(l.sent.at(-1)!.unit, 1))
    } else if (next_ms === retry_at_ms) {
      retry_at_ms = Number.POSITIVE_INFINITY
      l.until(now_ms)
      poll(dead)
    } else l.until(now_ms)
  }
  return answers
}

test('one dead unit of 32: the others keep 95 % of their rate, all alike [torture 6]', () => {
  const alive = minute(32, 0)
  const one_dead = minute(32, 17)
  const before = alive.get(1)!
  const rates = [...one_dead].filter(([unit]) => unit !== 17).map(([, n]) => n)
  expect(rates.length).toBe(31)
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.95 * before)
  expect(Math.max(...rates) - Math.min(...rates)).toBeLessThanOrEqual(1)
})
