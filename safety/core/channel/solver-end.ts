/**
 * The solver's end of the protected channel: it asks for inputs, gives outputs, and believes no answer that is not the echo of
 * its own number, whole, for this pair, and young enough.
 *
 * Two exchanges a scan: `ask` and `takeInputs`, `give` and `takeReceipt`. Any detected error discards the answer; the next exchange
 * is the repetition. Two errors closer than the interval lead into the fail-safe state until `acknowledge`; T_SF without sound inputs or
 * without a sound receipt leads there until the next sound inputs. In the fail-safe state `inputs` is all zero and outputs are given de-energised.
 *
 * Time is the caller's. The age of an answer is counted from the last time heard before its question, which is never too short.
 * @see OPC 10000-15, 7.2.2.5 for the manner; docs/reference/safety-channel.md for the text
 */
import type { ChannelConfig } from './channel-config.ts'
import { crcOver, crcOverRegisters } from './crc.ts'
import {
  CHANNEL_ERROR,
  CRC_REGISTER,
  DATA_BYTES,
  DATA_REGISTER,
  FLAG,
  FRAME_REGISTERS,
  KIND,
  VERSION,
} from './frame.ts'

export interface SolverEnd {
  /** Writes the 37 registers of exchange 1. */
  ask(into: Uint16Array): void
  /** 0, or bits of CHANNEL_ERROR. With 0 `inputs` holds what the device said; otherwise there are no new inputs. */
  takeInputs(from: Uint16Array, now_ms: number): number
  /** Exchange 2: 64 B. Bytes 0..3 become the stamp of the last sound inputs, the receipt that the device wants. */
  give(outputs: Uint8Array, into: Uint16Array): void
  /** As `takeInputs`, for the answer to `give`; it stands in `receipt`. */
  takeReceipt(from: Uint16Array, now_ms: number): number
  /** Time passes. Before each exchange, and where no answer came. */
  expire(now_ms: number): void
  /** The operator has seen it. Without effect unless `asks_acknowledge`. */
  acknowledge(): void
  readonly inputs: Uint8Array
  readonly receipt: Uint8Array
  /** Flags of the device's last sound answer, `FLAG`. */
  readonly device_flags: number
  readonly state: 'starting' | 'sound' | 'failsafe'
  /** Two errors came too close, and the channel has carried sound inputs again since. */
  readonly asks_acknowledge: boolean
  /** Detected errors since the start. */
  readonly errors: number
  /** Time-outs since the start. */
  readonly late: number
  save(): number[]
  /** @throws RangeError if it is not of this kind; nothing has changed then */
  load(saved: readonly number[]): void
}

/** By their numbers in the state; the first is where it starts. */
const STATES = ['starting', 'sound', 'failsafe'] as const
const SOUND = 1
const FAILSAFE = 2
/** Bits that count towards the interval. */
const COUNTED =
  CHANNEL_ERROR.crc | CHANNEL_ERROR.version | CHANNEL_ERROR.testMode | CHANNEL_ERROR.sequence | CHANNEL_ERROR.kind

/** Where things stand in the state; everything is a number in one array, so that no scan makes one on the heap. */
const S = {
  state: 0,
  /** Number of the last question. */
  mnr: 1,
  /** Kind of the answer that is awaited; 0 none. */
  awaited: 2,
  heard_ms: 3,
  asked_ms: 4,
  inputs_ms: 5,
  receipt_ms: 6,
  erred: 7,
  erred_ms: 8,
  /** 1: needs an acknowledgement. 2: asks for it. */
  held: 9,
  errors: 10,
  late: 11,
  flags: 12,
  stamp: 13,
} as const
const OWN = 14
const MNR_MODULUS = 0x100000000

/**
 * @param first_mnr - drawn anew at each start, so that nothing on the way from before fits
 * @throws RangeError if a part of the configuration is none
 */
export function createSolverEnd(config: ChannelConfig, first_mnr: number): SolverEnd {
  const toDevice = presetOf(config, config.solver_id, config.device_id)
  const fromDevice = presetOf(config, config.device_id, config.solver_id)
  const testMode = config.test_mode ? FLAG.testMode : 0
  const { t_sf_ms } = config
  const interval_ms = config.error_interval_min * 60_000
  const s = new Float64Array(OWN)
  s[S.mnr] = first_mnr >>> 0
  const inputs = new Uint8Array(DATA_BYTES)
  const receipt = new Uint8Array(DATA_BYTES)

  // A clock that went back has lost the measure, which reads as old.
  const young = (age_ms: number): boolean => age_ms >= 0 && age_ms <= t_sf_ms

  const failSafe = (): void => {
    s[S.state] = FAILSAFE
    inputs.fill(0)
  }

  const expire = (now_ms: number): void => {
    s[S.heard_ms] = now_ms
    if (s[S.state] !== SOUND) return
    if (young(now_ms - s[S.inputs_ms]!) && young(now_ms - s[S.receipt_ms]!)) return
    s[S.late] = s[S.late]! + 1
    failSafe()
  }

  const seal = (into: Uint16Array, kind: number): void => {
    // 0 is no number: it would make an empty answer look like an echo.
    const next = s[S.mnr]! + 1
    s[S.mnr] = next === MNR_MODULUS ? 1 : next
    s[S.awaited] = kind === KIND.ask ? KIND.inputs : KIND.receipt
    s[S.asked_ms] = s[S.heard_ms]!
    const flags = (s[S.state] === SOUND ? 0 : FLAG.failSafe) | (s[S.held] === 2 ? FLAG.acknowledge : 0)
    into[0] = (VERSION << 8) | kind | testMode | flags
    into[1] = s[S.mnr]! >>> 16
    into[2] = s[S.mnr]! & 0xffff
    const crc = crcOverRegisters(toDevice, into, 0, CRC_REGISTER)
    const sent = crc === 0 ? 1 : crc
    into[CRC_REGISTER] = sent >>> 16
    into[CRC_REGISTER + 1] = sent & 0xffff
  }

  /** Bits of CHANNEL_ERROR of a frame that should be of this kind, age aside. */
  const judge = (from: Uint16Array, kind: number): number => {
    let any = 0
    for (let i = 0; i < FRAME_REGISTERS; i++) any |= from[i]!
    if (any === 0) return CHANNEL_ERROR.empty
    const crc = crcOverRegisters(fromDevice, from, 0, CRC_REGISTER)
    const expected = crc === 0 ? 1 : crc
    // Nothing else of it means anything then.
    if (from[CRC_REGISTER] !== expected >>> 16 || from[CRC_REGISTER + 1] !== (expected & 0xffff))
      return CHANNEL_ERROR.crc
    const head = from[0]!
    let found = 0
    if (head >> 8 !== VERSION) found |= CHANNEL_ERROR.version
    if ((head & FLAG.testMode) !== testMode) found |= CHANNEL_ERROR.testMode
    if ((head & 0xf8) !== kind) found |= CHANNEL_ERROR.kind
    if (s[S.awaited] !== kind || from[1]! * 65536 + from[2]! !== s[S.mnr]) found |= CHANNEL_ERROR.sequence
    return found
  }

  const count = (now_ms: number): void => {
    s[S.errors] = s[S.errors]! + 1
    // Where the clock went back the two read as close.
    if (s[S.erred] === 1 && now_ms - s[S.erred_ms]! < interval_ms) {
      s[S.held] = 1
      failSafe()
    }
    s[S.erred] = 1
    s[S.erred_ms] = now_ms
  }

  /** Everything but what a sound answer means. */
  const take = (from: Uint16Array, kind: number, now_ms: number): number => {
    expire(now_ms)
    const found = judge(from, kind)
    if ((found & COUNTED) !== 0) count(now_ms)
    if (found !== 0) return found
    // Once: a second one like it is a repetition.
    s[S.awaited] = 0
    if (!young(now_ms - s[S.asked_ms]!)) return CHANNEL_ERROR.late
    s[S.flags] = from[0]! & 0x0f
    return 0
  }

  const copyData = (from: Uint16Array, into: Uint8Array): void => {
    for (let i = 0; i < DATA_BYTES; i += 2) {
      const word = from[DATA_REGISTER + (i >> 1)]!
      into[i] = word >> 8
      into[i + 1] = word & 255
    }
  }

  return {
    ask(into) {
      for (let i = DATA_REGISTER; i < CRC_REGISTER; i++) into[i] = 0
      seal(into, KIND.ask)
    },
    takeInputs(from, now_ms) {
      const found = take(from, KIND.inputs, now_ms)
      if (found !== 0) return found
      s[S.inputs_ms] = now_ms
      s[S.stamp] = from[DATA_REGISTER]! * 65536 + from[DATA_REGISTER + 1]!
      if (s[S.held] !== 0) {
        s[S.held] = 2
        return CHANNEL_ERROR.failSafe
      }
      if (s[S.state] !== SOUND) {
        s[S.state] = SOUND
        // Outputs get their own T_SF from here.
        s[S.receipt_ms] = now_ms
      }
      copyData(from, inputs)
      return 0
    },
    give(outputs, into) {
      for (let i = 0; i < DATA_BYTES; i += 2) into[DATA_REGISTER + (i >> 1)] = outputs[i]! * 256 + outputs[i + 1]!
      into[DATA_REGISTER] = s[S.stamp]! >>> 16
      into[DATA_REGISTER + 1] = s[S.stamp]! & 0xffff
      if (s[S.state] !== SOUND) {
        into[DATA_REGISTER + 2] = 0
        into[DATA_REGISTER + 4] = into[DATA_REGISTER + 4]! & 0x00ff
      }
      seal(into, KIND.outputs)
    },
    takeReceipt(from, now_ms) {
      const found = take(from, KIND.receipt, now_ms)
      if (found !== 0) return found
      s[S.receipt_ms] = now_ms
      copyData(from, receipt)
      return 0
    },
    expire,
    acknowledge() {
      if (s[S.held] === 2) s[S.held] = 0
    },
    inputs,
    receipt,
    get device_flags() {
      return s[S.flags]!
    },
    get state() {
      return STATES[s[S.state]!]!
    },
    get asks_acknowledge() {
      return s[S.held] === 2
    },
    get errors() {
      return s[S.errors]!
    },
    get late() {
      return s[S.late]!
    },
    save: () => [...s, ...inputs, ...receipt],
    load(saved) {
      if (saved.length !== OWN + 2 * DATA_BYTES || STATES[saved[S.state]!] === undefined)
        throw new RangeError('not the state of a channel')
      s.set(saved.slice(0, OWN))
      inputs.set(saved.slice(OWN, OWN + DATA_BYTES))
      receipt.set(saved.slice(OWN + DATA_BYTES))
    },
  }
}

/** CRC over what is known to both and not sent: base id, sender, receiver, signature. */
function presetOf(config: ChannelConfig, sender: number, receiver: number): number {
  const { base_id, signature } = config
  if (!/^[0-9a-fA-F]{32}$/.test(base_id)) throw new RangeError('base_id: 32 hexadecimal digits')
  const bytes = new Uint8Array(28)
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(base_id.slice(2 * i, 2 * i + 2), 16)
  for (const [at, value] of [sender, receiver, signature].entries())
    for (let i = 0; i < 4; i++) bytes[16 + 4 * at + i] = value >>> (24 - 8 * i)
  return crcOver(1, bytes, 0, bytes.length)
}
