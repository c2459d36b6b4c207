import { expect, test } from 'vitest'
import { type FrameText, frameOf } from '../../../safety/core/channel/testing/long-hand.ts'
import { layoutSignature } from './check-sum.ts'
import { type ChannelDevice, type ChannelFacts, createDeviceEnd, DEVICE_END_SAVED } from './device-end.ts'

const FACTS: ChannelFacts = {
  base_id: 'fedcba98765432100123456789abcdef',
  solver_id: 0x80000001,
  device_id: 0x00000002,
  test_mode: true,
  t_sf_ms: 1000,
  error_interval_min: 60,
  scan_ms: 100,
  start: 'running',
}
const [ASK, INPUTS, OUTPUTS, RECEIPT] = [0x10, 0x20, 0x30, 0x40]
const [TEST, SAFE, WANTS] = [1, 2, 4]
const MINUTE = 60_000
const SIZE = { transmitters: 3, contact_count: 4, elements: 5 }
const NO_ANSWER = new Uint16Array(37)
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** A device that does as told, and a solver that writes frames by hand. */
function bench(more: Partial<ChannelFacts> = {}) {
  const facts = { ...FACTS, ...more }
  const held = { out: 0b11111, tripped: false, paused: false, watchdog: 20, writes: 0, rearms: 0, broken: 0 }
  const device: ChannelDevice = {
    ...SIZE,
    count: (i) => 0x1100 + i,
    lineFault: (i) => ((held.broken >> i) & 1) === 1,
    contacts: () => 0b1010,
    open: () => 0b00111,
    closed: () => 0b11000,
    solenoids: () => held.out,
    isTripped: () => held.tripped,
    isPaused: () => held.paused,
    write(bits) {
      held.writes++
      if (!held.tripped) held.out = bits
    },
    setWatchdog(tenths) {
      held.watchdog = tenths
    },
    trip() {
      held.tripped = true
      held.out = 0
    },
    rearm() {
      held.rearms++
      held.tripped = false
    },
  }
  const end = createDeviceEnd(facts, device)
  const text: Omit<FrameText, 'kind' | 'mnr'> = {
    base_id: facts.base_id,
    sender: facts.solver_id,
    receiver: facts.device_id,
    signature: layoutSignature(SIZE.transmitters, SIZE.contact_count, SIZE.elements),
    flags: facts.test_mode ? TEST : 0,
  }
  let mnr = 500
  let now_ms = 0
  const b = {
    end,
    held,
    at(ms: number): void {
      now_ms = ms
      end.advance(ms)
    },
    number: (): number => mnr,
    send(frame: Uint16Array): Uint16Array {
      end.exchange(frame)
      return end.answer
    },
    frame: (kind: number, more: Partial<FrameText> = {}): Uint16Array<ArrayBuffer> =>
      frameOf({ ...text, kind, mnr: ++mnr, ...more }),
    ask: (more: Partial<FrameText> = {}): Uint16Array => b.send(b.frame(ASK, more)),
    outputs(bits: number, words: Partial<FrameText> & { stamp?: number; rearm?: number; watchdog?: number } = {}) {
      const { stamp = Math.floor(now_ms / 100), rearm = 0, watchdog = 20, ...more } = words
      const data = hex(stamp, 8) + hex(bits, 4) + hex(watchdog, 4) + hex(rearm, 2)
      return b.send(b.frame(OUTPUTS, { data, ...more }))
    },
    answers: (kind: number, more: Partial<FrameText> = {}): Uint16Array =>
      frameOf({ ...text, sender: facts.device_id, receiver: facts.solver_id, kind, mnr, ...more }),
  }
  return b
}

/** In conversation: a question and outputs are behind it. */
function talking(more: Partial<ChannelFacts> = {}) {
  const b = bench(more)
  b.ask()
  b.outputs(0b10101)
  expect([b.end.state, b.held.out]).toEqual(['sound', 0b10101])
  return b
}

const data = (stamp: number, solenoids: number, flags: number, broken = 0): string =>
  `${hex(stamp, 8)}000a00070018${hex(solenoids, 4)}${hex(flags, 2)}${hex(broken, 6)}00000000110011011102`

test('[SIS-CH-1] a question is answered with all that the device knows, sealed for the way back', () => {
  const b = bench()
  b.at(12_345)
  expect(b.ask()).toEqual(b.answers(INPUTS, { data: data(123, 0b11111, 0) }))
  b.held.paused = true
  b.held.broken = 0b101
  expect(b.ask()).toEqual(b.answers(INPUTS, { data: data(123, 0b11111, 2, 0b101) }))
})

test('[SIS-CH-1] outputs are put out before the receipt is written', () => {
  const b = bench()
  b.ask()
  expect(b.outputs(0b00110, { watchdog: 35 })).toEqual(b.answers(RECEIPT, { data: data(0, 0b00110, 0) }))
  expect([b.held.out, b.held.watchdog, b.held.writes]).toEqual([0b00110, 35, 1])
  // Without a time the watchdog keeps its own: 0 would switch it off.
  b.outputs(0b00110, { watchdog: 0 })
  expect(b.held.watchdog).toBe(35)
  b.outputs(0b00110, { watchdog: 1 })
  expect(b.held.watchdog).toBe(1)
})

test('[SIS-CH-1] until the first sound question nothing is touched, whatever comes', () => {
  const b = bench()
  b.outputs(0)
  b.send(new Uint16Array(37).fill(7))
  b.ask({ flags: 0 })
  b.at(3_600_000)
  expect([b.end.state, b.held.out, b.held.tripped, b.held.writes]).toEqual(['waiting', 0b11111, false, 0])
  b.ask()
  expect(b.end.state).toBe('sound')
})

test('[SIS-CH-1] a device that starts safe is de-energised from power-up until it is re-armed', () => {
  const b = bench({ start: 'safe' })
  expect([b.end.state, b.held.tripped, b.held.out]).toEqual(['failsafe', true, 0])
  b.ask()
  b.outputs(0b11111)
  expect(b.held.out).toBe(0)
  b.outputs(0, { rearm: 1 })
  b.outputs(0b11111)
  expect([b.end.state, b.held.out]).toEqual(['sound', 0b11111])
})

test('[SIS-CH-2] corruption: every single bit of a message is seen, and nothing of it is done or answered', () => {
  for (let bit = 0; bit < 37 * 16; bit++) {
    const b = talking()
    const frame = b.frame(OUTPUTS, { data: '00000000001f' })
    frame[bit >> 4]! ^= 0x8000 >> (bit & 15)
    expect(b.send(frame)).toEqual(NO_ANSWER)
    expect([b.end.counts.check_sum, b.end.state, b.held.out, b.held.writes]).toEqual([1, 'sound', 0b10101, 1])
  }
})

test('[SIS-CH-3] unintended repetition is not obeyed and not answered', () => {
  const b = talking()
  const frame = b.frame(OUTPUTS, { data: '000000000001' })
  expect(b.send(frame)).not.toEqual(NO_ANSWER)
  expect(b.send(frame)).toEqual(NO_ANSWER)
  expect([b.end.counts.number, b.held.writes]).toEqual([1, 2])
})

test('[SIS-CH-4] incorrect sequence: what is older than the last is not obeyed', () => {
  const b = talking()
  const [first, second] = [b.frame(OUTPUTS, { data: '000000000001' }), b.frame(OUTPUTS, { data: '000000000002' })]
  b.send(second)
  expect(b.send(first)).toEqual(NO_ANSWER)
  expect([b.held.out, b.end.counts.number]).toEqual([2, 1])
})

test('[SIS-CH-5] loss: a gap is counted and is no error; so is the turn of the numbers', () => {
  const b = talking()
  for (let i = 0; i < 1023; i++) b.frame(ASK)
  expect(b.ask()).not.toEqual(NO_ANSWER)
  expect([b.end.counts.lost, b.end.counts.number]).toEqual([1023, 0])
  for (let i = 0; i < 1024; i++) b.frame(ASK)
  expect(b.ask()).toEqual(NO_ANSWER)
  expect(b.end.counts.number).toBe(1)
  const c = bench()
  c.ask({ mnr: 0xffffffff })
  expect(c.ask({ mnr: 1 })).not.toEqual(NO_ANSWER)
  expect(c.ask({ mnr: 0 })).toEqual(NO_ANSWER)
  const e = bench()
  e.ask({ mnr: 0xffffffff })
  expect(e.ask({ mnr: 0 })).toEqual(NO_ANSWER)
  const d = bench()
  expect(d.ask({ mnr: 0 })).toEqual(NO_ANSWER)
  expect(d.end.state).toBe('waiting')
})

test('[SIS-CH-5] loss of everything: at T_SF of plant time everything drops out, until re-armed', () => {
  const b = talking()
  b.at(999)
  expect(b.held.tripped).toBe(false)
  b.at(1000)
  expect([b.end.state, b.held.out, b.end.counts.timeouts]).toEqual(['failsafe', 0, 1])
  b.at(5000)
  expect(b.end.counts.timeouts).toBe(1)
  // Questions are answered, and say that it wants the operator's word; outputs are received and not put out.
  expect(b.ask()).toEqual(b.answers(INPUTS, { flags: TEST | SAFE | WANTS, data: data(50, 0, 1) }))
  expect(b.outputs(0b11111)).toEqual(b.answers(RECEIPT, { flags: TEST | SAFE | WANTS, data: data(50, 0, 1) }))
  expect(b.held.out).toBe(0)
})

test('[SIS-CH-5] questions alone keep the channel, sound outputs alone as well', () => {
  const b = talking()
  for (let ms = 900; ms <= 9000; ms += 900) {
    b.at(ms)
    b.ask()
  }
  const c = talking()
  for (let ms = 900; ms <= 9000; ms += 900) {
    c.at(ms)
    c.outputs(0b10101)
  }
  expect([b.end.state, c.end.state]).toEqual(['sound', 'sound'])
})

test('[SIS-CH-12] re-arming needs 1, a sound message, and nothing energised in it', () => {
  const b = talking()
  b.at(1000)
  b.ask()
  b.outputs(0b00001, { rearm: 1 })
  b.outputs(0, { rearm: 2 })
  b.outputs(0, { rearm: 1, flags: TEST | SAFE })
  b.ask({ data: `${hex(10, 8)}0000000001` })
  expect([b.held.rearms, b.end.state]).toEqual([0, 'failsafe'])
  expect(b.outputs(0, { rearm: 1 })).toEqual(b.answers(RECEIPT, { data: data(10, 0, 0) }))
  expect([b.held.rearms, b.end.state, b.held.out]).toEqual([1, 'sound', 0])
  b.outputs(0b01010)
  expect(b.held.out).toBe(0b01010)
  // Where nothing is tripped there is nothing to re-arm.
  b.outputs(0, { rearm: 1 })
  expect(b.held.rearms).toBe(1)
})

test('[SIS-CH-12] a device whose own watchdog tripped is re-armed the same way', () => {
  const b = talking()
  b.held.tripped = true
  b.held.out = 0
  expect(b.ask()).toEqual(b.answers(INPUTS, { flags: TEST | SAFE, data: data(0, 0, 1) }))
  b.outputs(0, { rearm: 1 })
  expect(b.held.rearms).toBe(1)
})

test('[SIS-CH-12] a solver that gives fail-safe values energises nothing', () => {
  const b = talking()
  b.outputs(0b11111, { flags: TEST | SAFE })
  expect([b.held.out, b.held.tripped]).toEqual([0, false])
  b.outputs(0b11111)
  expect(b.held.out).toBe(0b11111)
})

test('[SIS-CH-6] unacceptable delay: outputs on inputs older than T_SF are not put out, and feed nothing', () => {
  const b = talking()
  b.at(900)
  b.ask()
  b.at(1800)
  b.outputs(0b00001, { stamp: 8 })
  expect(b.held.out).toBe(0b00001)
  expect(b.outputs(0b00010, { stamp: 7 })).toEqual(NO_ANSWER)
  // From the time to come, which is from before the device started.
  expect(b.outputs(0b00010, { stamp: 19 })).toEqual(NO_ANSWER)
  expect([b.held.out, b.end.counts.late, b.end.state]).toEqual([0b00001, 2, 'sound'])
  b.at(2799)
  b.outputs(0b00010, { stamp: 7 })
  b.at(2800)
  expect(b.end.state).toBe('failsafe')
})

test('[SIS-CH-7] insertion: a number that is not of this conversation, and kinds that no solver sends', () => {
  for (const mnr of [1, 502 + 1025, 502 + 2 ** 31, 500]) {
    const b = talking()
    expect(b.ask({ mnr })).toEqual(NO_ANSWER)
    expect(b.end.counts.number).toBe(1)
  }
  for (const kind of [0x00, INPUTS, RECEIPT, 0x50, 0x70, 0x80, 0x90, 0xb0, 0xf0, 0x18, 0x38]) {
    const b = talking()
    expect(b.send(b.frame(kind))).toEqual(NO_ANSWER)
    expect([b.end.counts.kind, b.held.writes]).toEqual([1, 1])
  }
})

test('[SIS-CH-8] masquerade and addressing: another base, solver, device or layout does not fit', () => {
  for (const more of [
    { base_id: 'fedcba98765432100123456789abcdee' },
    { base_id: '7edcba98765432100123456789abcdef' },
    { sender: 0x80000000 },
    { receiver: 3 },
    { signature: layoutSignature(3, 4, 6) },
    { signature: layoutSignature(4, 3, 5) },
  ]) {
    const b = talking()
    expect(b.ask(more)).toEqual(NO_ANSWER)
    expect(b.end.counts.check_sum).toBe(1)
  }
})

test('[SIS-CH-8] loop-back: its own answer is no message, whatever its kind says', () => {
  const b = talking()
  const own = Uint16Array.from(b.ask())
  expect(b.send(own)).toEqual(NO_ANSWER)
  expect(b.end.counts.check_sum).toBe(1)
  const c = talking()
  expect(c.ask({ sender: FACTS.device_id, receiver: FACTS.solver_id })).toEqual(NO_ANSWER)
})

test('[SIS-CH-9] all zero is nothing: answered with nothing, and no error', () => {
  const b = talking()
  for (let i = 0; i < 5; i++) expect(b.send(new Uint16Array(37))).toEqual(NO_ANSWER)
  expect([b.end.counts.empty, b.end.state, b.end.counts.check_sum]).toEqual([5, 'sound', 0])
  // One bit more than nothing is something, wherever it stands.
  for (const register of [0, 36]) {
    const c = talking()
    const almost = new Uint16Array(37)
    almost[register] = 0x8000
    c.send(almost)
    expect(c.end.counts.check_sum).toBe(1)
  }
})

test('[SIS-CH-10] another version, or the other mode, is refused though all else fits', () => {
  for (const version of [0, 2, 0x81]) {
    const b = talking()
    expect(b.ask({ version })).toEqual(NO_ANSWER)
    expect(b.end.counts.version).toBe(1)
  }
  const b = talking()
  expect(b.ask({ flags: 0 })).toEqual(NO_ANSWER)
  expect(b.end.counts.test_mode).toBe(1)
  const plant = talking({ test_mode: false })
  expect(plant.ask({ flags: TEST })).toEqual(NO_ANSWER)
  expect(plant.ask()).toEqual(plant.answers(INPUTS, { data: data(0, 0b10101, 0) }))
})

test('[SIS-CH-11] two errors closer than the interval: de-energised; further apart: not', () => {
  for (const minutes of [6, 60, 600] as const) {
    const b = talking({ error_interval_min: minutes, t_sf_ms: 1e9 })
    b.ask({ flags: 0 })
    b.at(minutes * MINUTE)
    b.ask({ version: 3 })
    expect([b.end.state, b.held.out]).toEqual(['sound', 0b10101])
    b.at(2 * minutes * MINUTE - 1)
    b.ask({ sender: 5 })
    expect([b.end.state, b.held.out]).toEqual(['failsafe', 0])
  }
})

test('[SIS-CH-11] a solver that starts anew joins with a question, once the old conversation is given up', () => {
  const b = talking()
  expect(b.ask({ mnr: 0x70000000 })).toEqual(NO_ANSWER)
  expect(b.outputs(0, { mnr: 0x70000001 })).toEqual(NO_ANSWER)
  expect(b.end.state).toBe('failsafe')
  expect(b.outputs(0, { mnr: 0x70000002, rearm: 1 })).toEqual(NO_ANSWER)
  expect(b.ask({ mnr: 0x70000003 })).not.toEqual(NO_ANSWER)
  b.outputs(0, { mnr: 0x70000004, rearm: 1 })
  b.outputs(0b111, { mnr: 0x70000005 })
  expect([b.end.state, b.held.out]).toEqual(['sound', 0b111])
})

test('[SIS-CH-11] what was said in the fail-safe state does not count twice either', () => {
  const b = talking()
  b.at(1000)
  const asked = b.frame(ASK)
  expect(b.send(asked)).not.toEqual(NO_ANSWER)
  expect(b.send(asked)).toEqual(NO_ANSWER)
  expect(b.end.counts.number).toBe(1)
})

test('[SIS-CH-15] every message is counted, and nothing before the first', () => {
  const b = bench()
  expect(Object.values(b.end.counts)).toEqual(new Array(10).fill(0))
  b.ask()
  b.ask({ version: 2 })
  b.send(new Uint16Array(37))
  expect(b.end.counts).toMatchObject({ messages: 3, version: 1, empty: 1, number: 0 })
})

test('[SIS-CH-13] a return takes the old conversation away: its answer, its number', () => {
  const before = bench().end.save()
  const b = talking()
  b.end.load(before)
  expect([b.end.answer, b.end.written]).toEqual([NO_ANSWER, NO_ANSWER])
  const c = talking()
  c.at(300)
  c.ask()
  c.at(500)
  const saved = c.end.save()
  const d = talking()
  d.end.load(saved)
  // Sound as it was saved, heard 300 ms after its start, and no number is too far away.
  expect(d.ask({ mnr: 0x12345678 })).toEqual(d.answers(INPUTS, { mnr: 0x12345678, data: data(5, 0b10101, 0) }))
  const e = talking()
  e.end.load(saved)
  e.at(1299)
  expect(e.end.state).toBe('sound')
  e.at(1300)
  expect(e.end.state).toBe('failsafe')
})

test('[SIS-CH-13] saved and loaded it goes on as it was; any number is then the first', () => {
  const a = talking()
  a.at(400)
  a.ask()
  a.ask({ flags: 0 })
  const saved = a.end.save()
  expect(saved.length).toBe(DEVICE_END_SAVED)
  const b = bench()
  b.end.load(saved)
  expect(b.end.save()).toEqual(saved)
  expect([b.end.state, b.end.counts.test_mode]).toEqual(['sound', 1])
  const c = bench()
  c.end.load(saved)
  c.at(1400)
  expect(c.end.state).toBe('failsafe')
  b.at(1300)
  expect(b.ask({ mnr: 77 })).not.toEqual(NO_ANSWER)
  b.ask({ mnr: 78, flags: 0 })
  expect(b.end.state).toBe('failsafe')
})

test('what cannot be a channel is refused', () => {
  for (const base_id of ['', 'fedcba98765432100123456789abcdeg', '0'.repeat(33)])
    expect(() => bench({ base_id })).toThrow('base id')
  const huge = (size: object): ChannelDevice => ({ ...SIZE, ...size }) as ChannelDevice
  for (const size of [{ transmitters: 23 }, { contact_count: 17 }, { elements: 17 }])
    expect(() => createDeviceEnd(FACTS, huge(size))).toThrow('room')
  const full = createDeviceEnd(FACTS, huge({ transmitters: 22, contact_count: 16, elements: 16 }))
  expect(full.state).toBe('waiting')
})
