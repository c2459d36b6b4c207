/**
 * The device's end of the protected channel: it answers sound questions, puts out what a sound message says, and lets everything go where
 * nothing sound comes.
 *
 * Waiting (a fresh simulator: outputs as they are) - the first sound question - sound - two errors within the interval, or T_SF without a sound
 * message - fail-safe: de-energised, and only a sound message that asks for the re-arming while it energises nothing ends it.
 * What is not sound is answered with zeros, which is no answer.
 *
 * Outputs count only if they carry the stamp of inputs that are not older than T_SF: the solver has judged what is so now. Time is plant
 * time. After a return of the simulation to an earlier state any number is taken for the first, as after a start.
 * @see docs/reference/safety-channel.md
 */
import { checkSum, constantOf, layoutSignature } from './check-sum.ts'

/** What must be equal at both ends. */
export interface ChannelFacts {
  /** 32 hexadecimal digits. */
  readonly base_id: string
  readonly solver_id: number
  readonly device_id: number
  readonly test_mode: boolean
  readonly t_sf_ms: number
  readonly error_interval_min: 6 | 60 | 600
  /** The stamp counts these, ms. */
  readonly scan_ms: number
  /** `running`: outputs stay as they are until the first sound question, as a simulator starts a plant that runs. `safe`: de-energised. */
  readonly start: 'running' | 'safe'
}

/** The device behind the channel. */
export interface ChannelDevice {
  readonly transmitters: number
  readonly contact_count: number
  readonly elements: number
  count(transmitter: number): number
  /** The module sees that the loop is open or short. */
  lineFault(transmitter: number): boolean
  contacts(): number
  open(): number
  closed(): number
  solenoids(): number
  isTripped(): boolean
  isPaused(): boolean
  /** Puts out, and feeds the output watchdog. */
  write(solenoids: number): void
  setWatchdog(tenths_s: number): void
  /** Everything de-energised, until re-armed. */
  trip(): void
  rearm(): void
}

export interface DeviceEnd {
  /** Takes the 37 registers of a message and prepares the answer. */
  exchange(written: Uint16Array): void
  /** The answer to the last message, as often as it is read. */
  readonly answer: Uint16Array
  /** The last message as it came. */
  readonly written: Uint16Array
  /** Plant time, ms. */
  advance(now_ms: number): void
  readonly state: 'waiting' | 'sound' | 'failsafe'
  /** Of each kind, since power-up. */
  readonly counts: Readonly<ChannelCounts>
  /** `DEVICE_END_SAVED` numbers. */
  save(): Float64Array
  load(saved: Float64Array): void
}

export interface ChannelCounts {
  messages: number
  check_sum: number
  version: number
  test_mode: number
  kind: number
  number: number
  /** Outputs on inputs that are too old: no error. */
  late: number
  /** Messages of all zeros: no error. */
  empty: number
  /** Numbers left out: messages lost on the way. */
  lost: number
  timeouts: number
}

const REGISTERS = 37
const CHECK_AT = 70
const DATA_AT = 6
const VERSION = 1
const TEST_MODE = 0x01
const FAIL_SAFE = 0x02
const WANTS_OPERATOR = 0x04
const KIND_BITS = 0xf8
const ASKED = 0x10
const INPUTS = 0x20
const OUTPUTS = 0x30
const RECEIPT = 0x40
/** So many messages in a row may be lost; a number further away is not of this conversation. */
const NUMBERS_AHEAD = 1024

type State = DeviceEnd['state']
const STATES: readonly State[] = ['waiting', 'sound', 'failsafe']
const COUNTED: Readonly<ChannelCounts> = {
  messages: 0,
  check_sum: 0,
  version: 0,
  test_mode: 0,
  kind: 0,
  number: 0,
  late: 0,
  empty: 0,
  lost: 0,
  timeouts: 0,
}
const COUNTS = Object.keys(COUNTED) as (keyof ChannelCounts)[]

/** Length of what `save` gives. */
export const DEVICE_END_SAVED = 4 + COUNTS.length

/** @throws RangeError where the facts are none, or the device does not fit into the frame */
export function createDeviceEnd(facts: ChannelFacts, device: ChannelDevice): DeviceEnd {
  if (device.transmitters > 22 || device.contact_count > 16 || device.elements > 16)
    throw new RangeError('the frame has room for 22 transmitters, 16 contacts, 16 elements')
  const coming = constantOf(unsentPart(facts, device, facts.solver_id, facts.device_id))
  const going = constantOf(unsentPart(facts, device, facts.device_id, facts.solver_id))
  const mode = facts.test_mode ? TEST_MODE : 0
  const interval_ms = facts.error_interval_min * 60_000

  const written = new Uint16Array(REGISTERS)
  const answer = new Uint16Array(REGISTERS)
  const message = new DataView(new ArrayBuffer(2 * REGISTERS))
  const reply = new DataView(new ArrayBuffer(2 * REGISTERS))
  const memory = {
    state: 'waiting' as State,
    now_ms: 0,
    /** The last number that was taken; 0: none, any will do. */
    number: 0,
    sound_ms: 0,
    error_ms: Number.NEGATIVE_INFINITY,
  }
  const counts = { ...COUNTED }

  const letGo = (): void => {
    memory.state = 'failsafe'
    device.trip()
  }

  /** Nothing is believed, nothing is answered. */
  const refuse = (what: keyof ChannelCounts): void => {
    counts[what]++
    const apart_ms = memory.now_ms - memory.error_ms
    memory.error_ms = memory.now_ms
    // Before the first sound message there is nobody to fail.
    if (memory.state === 'sound' && apart_ms < interval_ms) letGo()
  }

  const stampNow = (): number => Math.floor(memory.now_ms / facts.scan_ms) % 0x100000000

  const respond = (kind: number): void => {
    const tripped = device.isTripped()
    reply.setUint8(0, VERSION)
    reply.setUint8(1, kind | mode | (tripped ? FAIL_SAFE : 0) | (memory.state === 'failsafe' ? WANTS_OPERATOR : 0))
    reply.setUint32(2, memory.number)
    reply.setUint32(DATA_AT, stampNow())
    reply.setUint16(DATA_AT + 4, device.contacts())
    reply.setUint16(DATA_AT + 6, device.open())
    reply.setUint16(DATA_AT + 8, device.closed())
    reply.setUint16(DATA_AT + 10, device.solenoids())
    reply.setUint8(DATA_AT + 12, (tripped ? 1 : 0) | (device.isPaused() ? 2 : 0))
    let broken = 0
    for (let i = 0; i < device.transmitters; i++) {
      if (device.lineFault(i)) broken |= 1 << i
      reply.setUint16(DATA_AT + 20 + 2 * i, device.count(i))
    }
    reply.setUint8(DATA_AT + 13, broken >> 16)
    reply.setUint16(DATA_AT + 14, broken & 0xffff)
    for (let i = 0; i < CHECK_AT / 2; i++) answer[i] = reply.getUint16(2 * i)
    reply.setUint32(CHECK_AT, checkSum(going, answer))
    answer[35] = reply.getUint16(CHECK_AT)
    answer[36] = reply.getUint16(CHECK_AT + 2)
  }

  /** How far the message's number lies ahead of the last one; 0 where it cannot be the next of this conversation. */
  const aheadBy = (number: number, asked: boolean): number => {
    const ahead = (number - memory.number) >>> 0
    if (number === 0 || ahead === 0) return 0
    if (memory.number !== 0 && ahead <= NUMBERS_AHEAD) return ahead
    // A solver that has started anew joins with a question, and only while nothing depends on the old one.
    return asked && (memory.number === 0 || memory.state !== 'sound') ? 1 : 0
  }

  const obey = (flags: number): void => {
    const safe = (flags & FAIL_SAFE) !== 0
    const solenoids = safe ? 0 : message.getUint16(DATA_AT + 4)
    const watchdog = message.getUint16(DATA_AT + 6)
    if (watchdog > 0) device.setWatchdog(watchdog)
    // Re-arming moves nothing: what is to be energised comes after it.
    if (!safe && message.getUint8(DATA_AT + 8) === 1 && solenoids === 0 && device.isTripped()) {
      device.rearm()
      memory.state = 'sound'
    }
    device.write(memory.state === 'sound' ? solenoids : 0)
  }

  const whatIsWrong = (): keyof ChannelCounts | undefined => {
    if (message.getUint32(CHECK_AT) !== checkSum(coming, written)) return 'check_sum'
    if (message.getUint8(0) !== VERSION) return 'version'
    const flags = message.getUint8(1)
    if ((flags & TEST_MODE) !== mode) return 'test_mode'
    const kind = flags & KIND_BITS
    if (kind !== ASKED && kind !== OUTPUTS) return 'kind'
    return aheadBy(message.getUint32(2), kind === ASKED) === 0 ? 'number' : undefined
  }

  /** What a message that is whole, ours and next in turn says. */
  const heed = (): void => {
    const flags = message.getUint8(1)
    const asked = (flags & KIND_BITS) === ASKED
    const number = message.getUint32(2)
    counts.lost += aheadBy(number, asked) - 1
    memory.number = number
    if (!asked) {
      const age_ms = ((stampNow() - message.getUint32(DATA_AT)) >>> 0) * facts.scan_ms
      if (age_ms > facts.t_sf_ms) {
        counts.late++
        return
      }
      obey(flags)
    } else if (memory.state === 'waiting') memory.state = 'sound'
    memory.sound_ms = memory.now_ms
    respond(asked ? INPUTS : RECEIPT)
  }

  if (facts.start === 'safe') letGo()

  return {
    exchange(registers) {
      let any = 0
      for (let i = 0; i < REGISTERS; i++) {
        written[i] = registers[i]!
        any |= registers[i]!
        message.setUint16(2 * i, registers[i]!)
      }
      answer.fill(0)
      counts.messages++
      if (any === 0) {
        counts.empty++
        return
      }
      const wrong = whatIsWrong()
      if (wrong === undefined) heed()
      else refuse(wrong)
    },
    answer,
    written,
    advance(now_ms) {
      memory.now_ms = now_ms
      if (memory.state !== 'sound' || now_ms - memory.sound_ms < facts.t_sf_ms) return
      counts.timeouts++
      letGo()
    },
    get state() {
      return memory.state
    },
    counts,
    save: () =>
      Float64Array.of(
        STATES.indexOf(memory.state),
        memory.now_ms,
        memory.sound_ms,
        memory.error_ms,
        ...COUNTS.map((kind) => counts[kind]),
      ),
    load(saved) {
      memory.state = STATES[saved[0]!]!
      memory.now_ms = saved[1]!
      memory.sound_ms = saved[2]!
      memory.error_ms = saved[3]!
      for (const [i, kind] of COUNTS.entries()) counts[kind] = saved[4 + i]!
      memory.number = 0
      written.fill(0)
      answer.fill(0)
    },
  }
}

/** 28 bytes that both know and nobody sends. */
function unsentPart(facts: ChannelFacts, device: ChannelDevice, from: number, to: number): DataView {
  const { base_id } = facts
  if (base_id.length !== 32 || /[^0-9a-f]/i.test(base_id))
    throw new RangeError(`base id ${base_id}: 32 hexadecimal digits`)
  const view = new DataView(new ArrayBuffer(28))
  for (let i = 0; i < 2; i++) view.setBigUint64(8 * i, BigInt(`0x${base_id.slice(16 * i, 16 * i + 16)}`))
  view.setUint32(16, from)
  view.setUint32(20, to)
  view.setUint32(24, layoutSignature(device.transmitters, device.contact_count, device.elements))
  return view
}
