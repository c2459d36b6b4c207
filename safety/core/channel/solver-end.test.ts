import { expect, test } from 'vitest'
import { type ChannelConfig, structureSignature } from './channel-config.ts'
import { CHANNEL_ERROR as E } from './frame.ts'
import { createSolverEnd, type SolverEnd } from './solver-end.ts'
import { type FrameText, frameOf, remainder } from './testing/long-hand.ts'

const CONFIG: ChannelConfig = {
  base_id: '00112233445566778899aabbccddeeff',
  solver_id: 0x51500001,
  device_id: 0x51500002,
  signature: structureSignature(18, 6, 11),
  test_mode: true,
  t_sf_ms: 1000,
  error_interval_min: 60,
}
const FIRST = 0xfffffff0
const [ASK, INPUTS, OUTPUTS, RECEIPT] = [0x10, 0x20, 0x30, 0x40]
const MINUTE = 60_000

const device = (mnr: number, kind: number, more: Partial<FrameText> = {}): Uint16Array<ArrayBuffer> =>
  frameOf({
    base_id: CONFIG.base_id,
    sender: CONFIG.device_id,
    receiver: CONFIG.solver_id,
    signature: CONFIG.signature,
    flags: 1,
    kind,
    mnr,
    data: '0000002a003f07ff0000',
    ...more,
  })

const numberOf = (frame: Uint16Array): number => frame[1]! * 65536 + frame[2]!

/** An end with one sound scan behind it, and what it takes to go on. */
function bench(more: Partial<ChannelConfig> = {}) {
  const end = createSolverEnd({ ...CONFIG, ...more }, FIRST)
  const sent = new Uint16Array(37)
  let now = 0
  const b = {
    end,
    sent,
    at(ms: number): void {
      now = ms
      end.expire(ms)
    },
    ask(): number {
      end.ask(sent)
      return numberOf(sent)
    },
    give(data = new Uint8Array(64)): number {
      end.give(data, sent)
      return numberOf(sent)
    },
    inputs: (frame: Uint16Array): number => end.takeInputs(frame, now),
    receipt: (frame: Uint16Array): number => end.takeReceipt(frame, now),
    scan(more: Partial<FrameText> = {}): number {
      const found = b.inputs(device(b.ask(), INPUTS, more))
      return found | b.receipt(device(b.give(), RECEIPT, more))
    },
  }
  return b
}

function sound(more: Partial<ChannelConfig> = {}) {
  const b = bench(more)
  b.at(0)
  expect(b.scan()).toBe(0)
  expect(b.end.state).toBe('sound')
  return b
}

const unchanged = (end: SolverEnd, errors: number): void => {
  expect({ errors: end.errors, state: end.state }).toEqual({ errors, state: 'sound' })
}

test('[SIS-CH-1] the division that judges the frames gives the published check value', () => {
  const mirrored = (value: number): string => (value >>> 0).toString(2).padStart(32, '0').split('').reverse().join('')
  // AUTOSAR's value for 123456789 has its bits mirrored and inverted, and a preset of ones: 1 with 0xfffffffe added at the front.
  const digits = BigInt('0x8c4ccc2cac6cec1c9c') ^ (0xfffffffen << 40n)
  expect(remainder(digits.toString(16).padStart(18, '0'))).toBe(BigInt(`0b${mirrored(~0x1697d06a)}`))
})

test('[SIS-CH-1] questions are whole frames of this pair and direction, each with the next number', () => {
  const b = bench()
  b.at(0)
  const text = { ...CONFIG, sender: CONFIG.solver_id, receiver: CONFIG.device_id }
  expect(b.ask()).toBe(0xfffffff1)
  expect(b.sent).toEqual(frameOf({ ...text, flags: 3, kind: ASK, mnr: 0xfffffff1 }))
  b.inputs(device(0xfffffff1, INPUTS))
  const data = Uint8Array.from({ length: 64 }, (_, i) => 255 - i)
  b.give(data)
  const given = `0000002a${Buffer.from(data).toString('hex').slice(8)}`
  expect(b.sent).toEqual(frameOf({ ...text, flags: 1, kind: OUTPUTS, mnr: 0xfffffff2, data: given }))
})

test('[SIS-CH-1] numbers go round without 0', () => {
  const b = bench()
  const seen = Array.from({ length: 18 }, () => b.ask())
  expect(seen.slice(12)).toEqual([0xfffffffd, 0xfffffffe, 0xffffffff, 1, 2, 3])
})

test('[SIS-CH-1] a sound answer fills the inputs, a sound receipt the receipt', () => {
  const b = bench()
  b.at(0)
  expect(b.end.state).toBe('starting')
  const data = Array.from({ length: 64 }, (_, i) => (i * 7 + 1).toString(16).padStart(2, '0'))
    .join('')
    .slice(0, 128)
  const whole = data.match(/../g)!.map((x) => Number.parseInt(x, 16))
  expect(b.inputs(device(b.ask(), INPUTS, { data, flags: 3 }))).toBe(0)
  expect([...b.end.inputs]).toEqual(whole)
  expect([...b.end.receipt]).toEqual(new Array(64).fill(0))
  expect(b.end.device_flags).toBe(3)
  expect(b.receipt(device(b.give(), RECEIPT, { data: 'ff', flags: 1 }))).toBe(0)
  expect([...b.end.receipt]).toEqual([255, ...new Array(63).fill(0)])
  expect([...b.end.inputs]).toEqual(whole)
})

test('[SIS-CH-2] corruption: every single bit of an answer is seen, and one such answer changes nothing else', () => {
  for (let bit = 0; bit < 37 * 16; bit++) {
    const b = sound()
    const kept = [...b.end.inputs]
    const frame = device(b.ask(), INPUTS, { data: 'ffffffff' })
    frame[bit >> 4]! ^= 0x8000 >> (bit & 15)
    expect(b.inputs(frame)).toBe(E.crc)
    unchanged(b.end, 1)
    expect([...b.end.inputs]).toEqual(kept)
    // The answer itself, late but not too late, is still good.
    frame[bit >> 4]! ^= 0x8000 >> (bit & 15)
    expect(b.inputs(frame)).toBe(0)
  }
})

test('[SIS-CH-3] unintended repetition: an answer counts once', () => {
  const b = sound()
  const frame = device(b.ask(), INPUTS)
  expect(b.inputs(frame)).toBe(0)
  expect(b.inputs(frame)).toBe(E.sequence)
  unchanged(b.end, 1)
  const c = sound()
  const receipt = device(c.give(), RECEIPT)
  expect([c.receipt(receipt), c.receipt(receipt)]).toEqual([0, E.sequence])
})

test('[SIS-CH-4] incorrect sequence: the answer to the question before is not the answer', () => {
  const b = sound()
  const before = b.ask()
  const now = b.ask()
  expect(b.inputs(device(before, INPUTS))).toBe(E.sequence)
  expect(b.inputs(device(now, INPUTS))).toBe(0)
  expect(b.end.errors).toBe(1)
})

test('[SIS-CH-5] loss: no answer is no error, and after T_SF the fail-safe state; the next sound inputs end it', () => {
  const b = sound()
  b.ask()
  b.at(1000)
  unchanged(b.end, 0)
  b.at(1001)
  expect(b.end.state).toBe('failsafe')
  expect([...b.end.inputs]).toEqual(new Array(64).fill(0))
  expect([b.end.errors, b.end.late, b.end.asks_acknowledge]).toEqual([0, 1, false])
  expect(b.scan()).toBe(0)
  expect(b.end.state).toBe('sound')
})

test('[SIS-CH-5] loss of receipts alone leads there too: outputs that nobody takes are none', () => {
  const b = sound()
  for (let ms = 100; ms <= 1000; ms += 100) {
    b.at(ms)
    expect(b.inputs(device(b.ask(), INPUTS))).toBe(0)
    b.give()
    expect(b.end.state).toBe('sound')
  }
  b.at(1001)
  expect([b.end.state, b.end.late]).toEqual(['failsafe', 1])
})

test('[SIS-CH-6] unacceptable delay: an answer older than T_SF is not used', () => {
  const b = sound()
  b.at(900)
  const mnr = b.ask()
  b.at(1901)
  expect(b.inputs(device(mnr, INPUTS))).toBe(E.late)
  expect([b.end.state, b.end.errors]).toEqual(['failsafe', 0])
  expect([...b.end.inputs]).toEqual(new Array(64).fill(0))
  const c = sound()
  c.at(900)
  const exactly = c.ask()
  c.at(1000)
  expect(c.inputs(device(exactly, INPUTS))).toBe(0)
})

test('[SIS-CH-6] an answer brings the time with it: T_SF has passed also where nobody said so', () => {
  const b = sound()
  b.ask()
  expect(b.end.takeReceipt(new Uint16Array(37), 1001)).toBe(E.empty)
  expect([b.end.state, b.end.late]).toEqual(['failsafe', 1])
})

test('[SIS-CH-6] a first answer that is too old does not start the channel; a clock that goes back stops it', () => {
  const b = bench()
  b.at(0)
  const mnr = b.ask()
  b.at(1001)
  expect(b.inputs(device(mnr, INPUTS))).toBe(E.late)
  expect(b.end.state).toBe('starting')
  const c = sound()
  c.at(500)
  expect(c.scan()).toBe(0)
  c.at(499)
  expect(c.end.state).toBe('failsafe')
  c.at(600)
  const asked = c.ask()
  expect(c.end.takeInputs(device(asked, INPUTS), 599)).toBe(E.late)
})

test('[SIS-CH-7] insertion: a sound frame that nobody asked for', () => {
  const b = sound()
  expect(b.inputs(device(7, INPUTS))).toBe(E.sequence)
  unchanged(b.end, 1)
  const c = sound()
  expect(c.receipt(device(numberOf(c.sent), RECEIPT))).toBe(E.sequence)
  const d = sound()
  expect(d.inputs(device(d.ask() + 1, INPUTS))).toBe(E.sequence)
})

test('[SIS-CH-7] an answer to the other question of the scan is not this one', () => {
  const b = sound()
  expect(b.inputs(device(b.ask(), RECEIPT))).toBe(E.kind)
  const c = sound()
  expect(c.receipt(device(c.ask(), INPUTS))).toBe(E.kind | E.sequence)
  const d = sound()
  expect(d.receipt(device(d.ask(), RECEIPT))).toBe(E.sequence)
  for (const kind of [0, 0x10, 0x30, 0x50, 0x60, 0x80, 0xa0, 0xf0, 0x28]) {
    const e = sound()
    expect(e.inputs(device(e.ask(), kind))).toBe(E.kind)
  }
})

test('[SIS-CH-8] masquerade and addressing: another base, device, solver or layout does not fit', () => {
  for (const more of [
    { base_id: '00112233445566778899aabbccddeefe' },
    { base_id: '80112233445566778899aabbccddeeff' },
    { sender: CONFIG.device_id + 1 },
    { receiver: CONFIG.solver_id + 1 },
    { signature: structureSignature(18, 5, 11) },
    { signature: structureSignature(18, 11, 6) },
  ] satisfies Partial<FrameText>[]) {
    const b = sound()
    expect(b.inputs(device(b.ask(), INPUTS, more))).toBe(E.crc)
    unchanged(b.end, 1)
  }
})

test('[SIS-CH-8] loop-back: what it sent itself is no answer, whatever its kind', () => {
  const b = sound()
  b.ask()
  expect(b.inputs(b.sent)).toBe(E.crc)
  const c = sound()
  const mnr = c.ask()
  const own = { sender: CONFIG.solver_id, receiver: CONFIG.device_id }
  expect(c.inputs(device(mnr, INPUTS, own))).toBe(E.crc)
})

test('[SIS-CH-9] all zero is nothing: no answer, no error', () => {
  const b = sound()
  const mnr = b.ask()
  expect(b.inputs(new Uint16Array(37))).toBe(E.empty)
  unchanged(b.end, 0)
  expect(b.inputs(device(mnr, INPUTS))).toBe(0)
  // One bit more than nothing is something, wherever it stands.
  for (const register of [0, 36]) {
    const c = sound()
    c.ask()
    const almost = new Uint16Array(37)
    almost[register] = 1
    expect(c.inputs(almost)).toBe(E.crc)
  }
})

// Frames of test/safety/channel/vectors.json, made there so that the division leaves nothing.
const EMPTY_REMAINDER = {
  inputs:
    '0120ffffffff00000000162058fc795fd0de00010b2100000000044ca8cf4e0011ed31513681945779533d73f72c734a59f5605523f9155d7ed7ee59aff8000000000000000000000001',
  outputs:
    '01300000000100000000000024a700b15adfd500000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001',
}

test('[SIS-CH-9] a remainder of 0 is sent as 1 and taken as 1, never as 0', () => {
  const registers = (hex: string) => Uint16Array.from(hex.match(/..../g)!, (x) => Number.parseInt(x, 16))
  const pair = { base_id: '00000000000000000000000000000001', solver_id: 1, device_id: 2, test_mode: false }
  const end = createSolverEnd({ ...CONFIG, ...pair }, 0xfffffffe)
  const frame = new Uint16Array(37)
  end.ask(frame)
  expect(end.takeInputs(registers(EMPTY_REMAINDER.inputs.replace(/1$/, '0')), 0)).toBe(E.crc)
  expect(end.takeInputs(registers(EMPTY_REMAINDER.inputs), 0)).toBe(0)
  end.give(
    Uint8Array.from(EMPTY_REMAINDER.outputs.slice(12, 140).match(/../g)!, (x) => Number.parseInt(x, 16)),
    frame,
  )
  expect(frame).toEqual(registers(EMPTY_REMAINDER.outputs))
})

test('[SIS-CH-10] another version, or a simulation against a plant, is refused though all else fits', () => {
  for (const version of [0, 2, 255]) {
    const b = sound()
    expect(b.inputs(device(b.ask(), INPUTS, { version }))).toBe(E.version)
    unchanged(b.end, 1)
  }
  const b = sound()
  expect(b.inputs(device(b.ask(), INPUTS, { flags: 0 }))).toBe(E.testMode)
  const plant = bench({ test_mode: false })
  plant.at(0)
  expect(plant.inputs(device(plant.ask(), INPUTS, { flags: 1 }))).toBe(E.testMode)
  expect(plant.sent[0]! & 1).toBe(0)
  expect(plant.scan({ flags: 0 })).toBe(0)
})

test('[SIS-CH-11] two errors closer than the interval: fail-safe until the operator has seen it', () => {
  for (const minutes of [6, 60, 600] as const) {
    const b = sound({ error_interval_min: minutes })
    const bad = (): number => {
      const frame = device(b.ask(), INPUTS)
      frame[9]! ^= 1
      return b.inputs(frame)
    }
    expect(bad()).toBe(E.crc)
    // Kept alive, the interval passes: the next error stands alone.
    b.at(minutes * MINUTE)
    expect(b.scan()).toBe(0)
    expect(bad()).toBe(E.crc)
    unchanged(b.end, 2)
    b.at(2 * minutes * MINUTE - 1)
    expect(b.scan()).toBe(0)
    expect(bad()).toBe(E.crc)
    expect([b.end.state, b.end.errors, b.end.asks_acknowledge]).toEqual(['failsafe', 3, false])
    expect([...b.end.inputs]).toEqual(new Array(64).fill(0))
  }
})

test('[SIS-CH-11] acknowledged only when the channel carries again, and once', () => {
  const b = sound()
  for (let i = 0; i < 2; i++) b.inputs(device(b.ask(), INPUTS, { flags: 0 }))
  expect(b.end.state).toBe('failsafe')
  b.end.acknowledge()
  expect(b.scan()).toBe(E.failSafe)
  expect([...b.end.inputs]).toEqual(new Array(64).fill(0))
  expect([b.end.state, b.end.asks_acknowledge]).toEqual(['failsafe', true])
  // The device is told: fail-safe values, and an acknowledgement is wanted.
  b.ask()
  expect(b.sent[0]! & 7).toBe(7)
  b.end.acknowledge()
  expect([b.end.state, b.end.asks_acknowledge]).toEqual(['failsafe', false])
  expect(b.scan()).toBe(0)
  expect(b.end.state).toBe('sound')
  b.ask()
  expect(b.sent[0]! & 7).toBe(1)
})

test('[SIS-CH-11] a time-out between two errors does not wash the second one off', () => {
  const b = sound()
  b.inputs(device(b.ask(), INPUTS, { flags: 0 }))
  b.at(5000)
  expect(b.end.state).toBe('failsafe')
  b.inputs(device(b.ask(), INPUTS, { flags: 0 }))
  expect(b.scan()).toBe(E.failSafe)
})

test('[SIS-CH-12] what is not sound gives no energised output and no re-arm, whatever the logic wants', () => {
  const all = new Uint8Array(64).fill(0xff)
  const safe = `000000000000ffff00${'ff'.repeat(55)}`
  const b = bench()
  b.at(0)
  const text = { ...CONFIG, sender: CONFIG.solver_id, receiver: CONFIG.device_id }
  const starting = b.give(all)
  expect(b.sent).toEqual(frameOf({ ...text, flags: 3, kind: OUTPUTS, mnr: starting, data: safe }))
  expect(b.scan()).toBe(0)
  const carried = b.give(all)
  expect(b.sent).toEqual(
    frameOf({ ...text, flags: 1, kind: OUTPUTS, mnr: carried, data: `0000002a${'ff'.repeat(60)}` }),
  )
  b.at(2000)
  const lost = b.give(all)
  expect(b.sent).toEqual(frameOf({ ...text, flags: 3, kind: OUTPUTS, mnr: lost, data: `0000002a${safe.slice(8)}` }))
})

test('[SIS-CH-13] saved and loaded it goes on as it was', () => {
  const a = sound()
  a.inputs(device(a.ask(), INPUTS, { flags: 0 }))
  const mnr = a.ask()
  const b = bench()
  b.end.load(a.end.save())
  expect(b.end.save()).toEqual(a.end.save())
  b.at(0)
  expect(b.inputs(device(mnr, INPUTS))).toBe(0)
  expect(b.inputs(device(mnr, INPUTS))).toBe(E.sequence)
  expect(b.end.state).toBe('failsafe')
  expect(() => b.end.load([1, 2, 3])).toThrow('not the state of a channel')
  expect(() => b.end.load(a.end.save().map((x, i) => (i === 0 ? 3 : x)))).toThrow('not the state of a channel')
})

test('a base id that is none is refused', () => {
  for (const base_id of ['', '0'.repeat(31), 'g'.repeat(32), '0'.repeat(33)])
    expect(() => createSolverEnd({ ...CONFIG, base_id }, 1)).toThrow('base_id')
})
