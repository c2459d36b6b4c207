/**
 * The two ends against each other over a network that does what networks do: all errors of IEC 61784-3, in both directions, and the scans between
 * them sound. What is true at every step: nothing is used that its sender did not mean for now.
 */
import { expect, test } from 'vitest'
import type { ChannelDevice } from '../../../plant-sim/core/safety-channel/device-end.ts'
import { createDeviceEnd } from '../../../plant-sim/core/safety-channel/device-end.ts'
import { structureSignature } from '../../../safety/core/channel/channel-config.ts'
import { CHANNEL_ERROR } from '../../../safety/core/channel/frame.ts'
import { createSolverEnd } from '../../../safety/core/channel/solver-end.ts'

const PAIR = { base_id: '5a0f6c3d2b1e49788796a5b4c3d2e1f0', solver_id: 11, device_id: 12 }
const RULES = { test_mode: true, t_sf_ms: 1000, error_interval_min: 60 } as const
const SIZE = { transmitters: 2, contact_count: 3, elements: 16 }
const SCAN_MS = 100

type Frame = Uint16Array<ArrayBuffer>
/** What the network makes of a frame: any number of frames, in its own time. */
type Network = (frame: Frame, direction: 'to device' | 'to solver') => readonly Frame[]

const perfect: Network = (frame) => [frame]

function system(ids: Partial<typeof PAIR> = {}, first_mnr = 1000) {
  const pair = { ...PAIR, ...ids }
  const held = { out: 0, tripped: false, value: 0, writes: [] as number[] }
  const device: ChannelDevice = {
    ...SIZE,
    count: () => held.value,
    lineFault: () => false,
    contacts: () => 7,
    open: () => 0,
    closed: () => 0,
    solenoids: () => held.out,
    isTripped: () => held.tripped,
    isPaused: () => false,
    write(bits) {
      held.writes.push(bits)
      if (!held.tripped) held.out = bits
    },
    setWatchdog() {},
    trip() {
      held.tripped = true
      held.out = 0
    },
    rearm() {
      held.tripped = false
    },
  }
  const solver = createSolverEnd({ ...pair, ...RULES, signature: structureSignature(2, 3, 16) }, first_mnr)
  const end = createDeviceEnd({ ...pair, ...RULES, scan_ms: SCAN_MS, start: 'running' }, device)
  const frame = new Uint16Array(37)
  const data = new Uint8Array(64)
  let n = 0
  const s = {
    solver,
    end,
    held,
    network: perfect,
    /** Value of the inputs that the solver used, by scan; -1: none. */
    used: [] as number[],
    get n() {
      return n
    },
    get now_ms() {
      return n * SCAN_MS
    },
    /** Carries a message to the device and what it answers back. */
    carry(message: Frame, take: (answer: Frame) => void): void {
      for (const arrived of s.network(message, 'to device')) {
        end.exchange(arrived)
        for (const answer of s.network(Uint16Array.from(end.answer), 'to solver')) take(answer)
      }
    },
    ask(): Frame {
      solver.expire(s.now_ms)
      solver.ask(frame)
      return Uint16Array.from(frame)
    },
    give(bits: number, rearm = 0): Frame {
      solver.expire(s.now_ms)
      data.fill(0)
      data[4] = bits >> 8
      data[5] = bits
      data[7] = 20
      data[8] = rearm
      solver.give(data, frame)
      return Uint16Array.from(frame)
    },
    /** The next scan: the inputs' value is its number, and so are the outputs. */
    scan(rearm = 0): void {
      n++
      held.value = n
      end.advance(s.now_ms)
      let used = -1
      s.carry(s.ask(), (answer) => {
        if (solver.takeInputs(answer, s.now_ms) === 0) used = solver.inputs[20]! * 256 + solver.inputs[21]!
      })
      s.used.push(used)
      s.carry(s.give(rearm === 1 ? 0 : n, rearm), (answer) => solver.takeReceipt(answer, s.now_ms))
    },
    idle(scans: number): void {
      for (let i = 0; i < scans; i++) {
        n++
        end.advance(s.now_ms)
        solver.expire(s.now_ms)
      }
    },
  }
  for (let i = 0; i < 3; i++) s.scan()
  expect([solver.state, end.state, held.out, s.used]).toEqual(['sound', 'sound', 3, [1, 2, 3]])
  return s
}

type System = ReturnType<typeof system>

/** Lets one frame of the next scan meet the network's error, then two sound scans. */
function once(
  s: System,
  direction: 'to device' | 'to solver',
  exchange: 0 | 1,
  error: (frame: Frame) => readonly Frame[],
): void {
  let seen = 0
  s.network = (frame, d) => (d === direction && seen++ === exchange ? error(frame) : [frame])
  s.scan()
  s.network = perfect
  s.scan()
  s.scan()
}

const flipped = (frame: Frame, bit: number): Frame => {
  const copy = frame.slice()
  copy[bit >> 4]! ^= 1 << (bit & 15)
  return copy
}

/** A whole conversation of another pair, as it stands on the same cable. */
function strangers(): Frame[] {
  const s = system({ solver_id: 21, device_id: 22 })
  const heard: Frame[] = []
  s.network = (frame) => {
    heard.push(frame)
    return [frame]
  }
  s.scan()
  return heard
}

interface Kind {
  readonly name: string
  /** By end: an error that counts there when its frame meets this. */
  readonly counted: boolean
  make(s: System): (frame: Frame) => readonly Frame[]
}

const KINDS: readonly Kind[] = [
  { name: 'corruption', counted: true, make: () => (f) => [flipped(f, 200)] },
  { name: 'unintended repetition', counted: true, make: () => (f) => [f, f] },
  {
    name: 'incorrect sequence',
    counted: true,
    make(s) {
      // What the scan before had sent comes instead.
      const past: Frame[] = []
      const last = s.network
      s.network = (f, d) => {
        past.push(f)
        return last(f, d)
      }
      s.scan()
      s.network = last
      return (f) => [past.find((p) => p[0] === f[0])!]
    },
  },
  { name: 'loss', counted: false, make: () => () => [] },
  { name: 'insertion', counted: true, make: () => (f) => [flipped(flipped(f, 2 * 16), 3), f] },
  {
    name: 'masquerade: a plain write of zeros and ones',
    counted: true,
    make: () => () => [Uint16Array.from({ length: 37 }, (_, i) => i & 1)],
  },
  {
    name: 'addressing: the message of another pair',
    counted: true,
    make() {
      const others = strangers()
      return (f) => [others.find((o) => o[0] === f[0])!]
    },
  },
  { name: 'nothing but zeros', counted: false, make: () => () => [new Uint16Array(37)] },
]

const ERRORS = CHANNEL_ERROR.crc | CHANNEL_ERROR.sequence

for (const direction of ['to device', 'to solver'] as const)
  for (const exchange of [0, 1] as const)
    for (const kind of KINDS)
      test(`[SIS-CH-40] ${kind.name}, ${direction}, exchange ${exchange + 1}: seen, not used, survived once`, () => {
        const s = system()
        const error = kind.make(s)
        const from = s.n
        once(s, direction, exchange, error)
        const { counts } = s.end
        const device_errors = counts.check_sum + counts.number + counts.kind + counts.version + counts.test_mode
        expect(device_errors).toBe(direction === 'to device' && kind.counted ? 1 : 0)
        expect(s.solver.errors).toBe(direction === 'to solver' && kind.counted ? 1 : 0)
        // Every value used was that of its scan, every output put out was of its scan, in rising order.
        for (const [i, used] of s.used.entries()) expect([-1, i + 1]).toContain(used)
        for (let i = 1; i < s.held.writes.length; i++) expect(s.held.writes[i]).toBeGreaterThan(s.held.writes[i - 1]!)
        expect([s.solver.state, s.end.state, s.held.out, s.used.at(-1)]).toEqual(['sound', 'sound', from + 3, from + 3])
      })

test('[SIS-CH-40] two of the errors that count, of any two kinds, within the interval: fail-safe at that end', () => {
  const counted = KINDS.filter((k) => k.counted)
  for (const direction of ['to device', 'to solver'] as const)
    for (const a of counted)
      for (const b of counted) {
        const s = system()
        once(s, direction, 0, a.make(s))
        once(s, direction, 1, b.make(s))
        const label = `${a.name}, ${b.name}, ${direction}`
        if (direction === 'to device') expect([s.end.state, s.held.out], label).toEqual(['failsafe', 0])
        else expect([s.solver.state, s.solver.asks_acknowledge, s.held.out], label).toEqual(['failsafe', true, 0])
        // Back: the operator, or the re-arming, and then a sound scan.
        s.solver.acknowledge()
        if (direction === 'to device') s.scan(1)
        s.scan()
        s.scan()
        expect([s.solver.state, s.end.state, s.held.out], label).toEqual(['sound', 'sound', s.n])
      }
})

test('[SIS-CH-41] unacceptable delay: frames held back for longer than T_SF are used at neither end', () => {
  const s = system()
  let late: Frame[] = []
  s.network = (f) => {
    late.push(f)
    return []
  }
  s.scan()
  const ask = late[0]!
  late = []
  s.network = perfect
  s.scan()
  // An answer that comes a second after its question.
  const asked = s.ask()
  s.end.exchange(asked)
  const answer = Uint16Array.from(s.end.answer)
  s.idle(11)
  expect(s.solver.takeInputs(answer, s.now_ms) & ~ERRORS).toBe(CHANNEL_ERROR.late)
  expect([s.solver.state, s.end.state, s.held.out]).toEqual(['failsafe', 'failsafe', 0])
  s.end.exchange(ask)
  s.scan()
  s.scan(1)
  s.scan()
  expect([s.solver.state, s.end.state, s.held.out]).toEqual(['sound', 'sound', s.n])
})

test('[SIS-CH-41] a cable that is slow in one direction only: outputs on old inputs are not put out', () => {
  const s = system()
  const given = s.give(0xffff)
  // The question of each scan keeps the link; the outputs have waited eleven scans.
  const bare = s.network
  s.network = (f, d) => (d === 'to device' && (f[0]! & 0xf0) === 0x30 ? [] : bare(f, d))
  for (let i = 0; i < 10; i++) s.scan()
  s.idle(1)
  const before = s.held.writes.length
  s.end.exchange(given)
  expect(s.held.writes.length).toBe(before)
  expect(s.held.out).not.toBe(0xffff)
})

test('[SIS-CH-41] time-out alone: both ends fail safe by themselves, without an error and without the other', () => {
  const s = system()
  s.idle(10)
  expect([s.end.state, s.held.out, s.solver.state]).toEqual(['failsafe', 0, 'sound'])
  s.idle(1)
  expect([s.solver.state, s.solver.errors, s.solver.late, s.solver.asks_acknowledge]).toEqual(['failsafe', 0, 1, false])
})

test('[SIS-CH-42] loop-back in either direction is an error of the check sum', () => {
  const s = system()
  const asked = s.ask()
  expect(s.solver.takeInputs(asked, s.now_ms)).toBe(CHANNEL_ERROR.crc)
  s.end.exchange(asked)
  const answer = Uint16Array.from(s.end.answer)
  s.end.exchange(answer)
  expect(s.end.counts.check_sum).toBe(1)
})

const PERMUTATIONS: readonly (readonly number[])[] = (function all(rest: number[]): number[][] {
  return rest.length === 0 ? [[]] : rest.flatMap((x) => all(rest.filter((y) => y !== x)).map((tail) => [x, ...tail]))
})([0, 1, 2, 3])

test('[T8] all permutations of four messages: the device obeys rising numbers only, and gives up at the second that falls', () => {
  expect(PERMUTATIONS.length).toBe(24)
  for (const order of PERMUTATIONS) {
    const s = system()
    const messages = [100, 101, 102, 103].map((bits) => s.give(bits))
    let newest = -1
    let errors = 0
    let out = s.held.out
    for (const i of order) {
      s.end.exchange(messages[i]!)
      if (i > newest && errors < 2) {
        newest = i
        out = 100 + i
      } else if (i <= newest) errors++
      if (errors >= 2) out = 0
      expect([s.held.out, s.end.counts.number], order.join()).toEqual([out, errors])
    }
    expect(s.end.state).toBe(errors >= 2 ? 'failsafe' : 'sound')
  }
})

test('[T8] all permutations of four answers: the solver takes each only as the answer to its own question', () => {
  for (const order of PERMUTATIONS) {
    const recorded = system()
    const answers: Frame[] = []
    recorded.network = (f, d) => {
      if (d === 'to solver' && (f[0]! & 0xf0) === 0x20) answers.push(f)
      return [f]
    }
    for (let i = 0; i < 4; i++) recorded.scan()
    const s = system()
    let errors = 0
    for (const [scan, i] of order.entries()) {
      s.network = (f, d) => (d === 'to solver' && (f[0]! & 0xf0) === 0x20 ? [answers[i]!] : [f])
      s.scan()
      const right = i === scan
      if (!right) errors++
      expect(s.used.at(-1), order.join()).toBe(right && errors < 2 ? s.n : -1)
      expect(s.solver.errors).toBe(errors)
    }
    expect(s.solver.state).toBe(errors >= 2 ? 'failsafe' : 'sound')
  }
})

// Chance as the network: loses, doubles, swaps, delays, corrupts and brings back old frames for 20,000 scans. Neither end is ever to use what
// was not meant for now; errors come so often that somebody must acknowledge and re-arm.
test('[SIS-CH-43] a network of chance never makes either end use what was not meant', () => {
  const chance = sequence(20_261_123)
  const s = system()
  const past: Frame[] = []
  s.network = (frame) => {
    past.push(frame)
    if (past.length > 200) past.shift()
    const old = past[chance() % past.length]!
    switch (chance() % 60) {
      case 0:
        return []
      case 1:
        return [frame, frame]
      case 2:
        return [old]
      case 3:
        return [flipped(frame, chance() % 592)]
      case 4:
        return [old, frame]
      case 5:
        return [new Uint16Array(37)]
      case 6:
        return [frame, old]
      default:
        return [frame]
    }
  }
  let sound = 0
  let failsafe = 0
  for (let i = 0; i < 20_000; i++) {
    const written = s.held.writes.length
    s.scan(s.held.tripped ? 1 : 0)
    s.solver.acknowledge()
    expect([-1, s.n]).toContain(s.used.at(-1))
    for (const bits of s.held.writes.slice(written)) expect([0, s.n]).toContain(bits)
    if (s.solver.state === 'sound' && s.end.state === 'sound') sound++
    else failsafe++
    if (s.end.state === 'failsafe') expect(s.held.out).toBe(0)
    if (chance() % 500 === 0) s.idle(12)
  }
  expect([sound > 1000, failsafe > 1000]).toEqual([true, true])
})

/** Numbers of a linear congruence, the better bits. */
function sequence(seed: number): () => number {
  let x = BigInt(seed)
  return () => {
    x = (x * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(x >> 40n)
  }
}
