/**
 * Malformed Modbus frames by the million through everything that reads bytes: the TCP client, the TCP server, the master
 * and the slave of a serial line. Valid frames are mutated, and what comes of it is compared with judge.ts: a value is
 * accepted exactly where the bytes are an answer to the request, nothing throws, nothing is left unsettled.
 */
import { CLIENT_LIMITS, ModbusClientCore, type Settle } from '../../../protocols/core/modbus/client.ts'
import { ModbusFault } from '../../../protocols/core/modbus/modbus-fault.ts'
import { memoryModel } from '../../../protocols/core/modbus/model.ts'
import type { DeviceIdentification, ReplyData } from '../../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'
import { RtuServerSession } from '../../../protocols/core/modbus/rtu.ts'
import { RTU_CODEC, RtuClientCore, type RtuCodec } from '../../../protocols/core/modbus/rtu-client.ts'
import { ModbusServerCore, ModbusServerSession } from '../../../protocols/core/modbus/server.ts'
import { isSealed, JudgeDevice, judgeAnswer, makeAnswer, makeRequest, sealed, type Verdict } from './judge.ts'
import { anyRequest, Chance, mutate, pieces } from './mutate.ts'

export interface FuzzCount {
  frames: number
  /** Values and exceptions that were accepted, all of them rightly. */
  accepted: number
  refused: number
  unanswered: number
}

export type Surface = 'TCP client' | 'TCP server' | 'RTU master' | 'serial master, modbus-serial' | 'serial slave'
export type FuzzResult = Record<Surface, FuzzCount>

const nothing = (): FuzzCount => ({ frames: 0, accepted: 0, refused: 0, unanswered: 0 })

/**
 * Runs at least `frames` frames; throws at the first that is judged otherwise, with all that is needed to see it again.
 *
 * @param serial - the codec of serial ports, which is modbus-serial's.
 */
export function fuzzModbus(frames: number, seed: number, serial: RtuCodec): FuzzResult {
  const result: FuzzResult = {
    'TCP client': nothing(),
    'TCP server': nothing(),
    'RTU master': nothing(),
    'serial master, modbus-serial': nothing(),
    'serial slave': nothing(),
  }
  const server = new TcpServerTrial()
  const slave = new SlaveTrial()
  const trials: readonly [Surface, (chance: Chance, count: FuzzCount) => void][] = [
    ['TCP client', tcpClient],
    ['TCP server', (chance, count) => server.run(chance, count)],
    ['RTU master', (chance, count) => serialMaster(chance, count, RTU_CODEC)],
    ['serial master, modbus-serial', (chance, count) => serialMaster(chance, count, serial)],
    ['serial slave', (chance, count) => slave.run(chance, count)],
  ]
  let done = 0
  for (let round = 0; done < frames; round++) {
    for (const [surface, trial] of trials) {
      const count = result[surface]
      const before = count.frames
      const round_seed = (Math.imul(seed, 0x9e3779b1) + round) | 0
      try {
        trial(new Chance(round_seed), count)
      } catch (cause) {
        throw new Error(`seed ${seed}, round ${round}, ${surface}: ${(cause as Error).message}`, { cause })
      }
      done += count.frames - before
    }
  }
  return result
}

function check(found: string, expected: string, bytes: readonly number[]): void {
  if (found === expected) return
  throw new Error(
    `found ${found}, judged ${expected}, at ${bytes.map((b) => b.toString(16).padStart(2, '0')).join('')}`,
  )
}

/** What a request came to, in the judge's words. */
function outcomeText(request: ModbusRequest, fault: ModbusFault | undefined, data: ReplyData): string {
  if (fault !== undefined) {
    if (!(fault instanceof ModbusFault)) throw new Error(`a fault of another kind: ${String(fault)}`)
    return fault.code === 'IO_EXCEPTION' ? `exception ${fault.place.exception}` : 'failed'
  }
  if (request.function !== 43) return `data ${data === undefined ? '' : (data as Uint16Array).join()}`
  const { objects } = data as DeviceIdentification
  const codes = (text: string): string => Array.from(text, (c) => c.charCodeAt(0)).join('.')
  return `data ${objects.map(({ id, text }) => `${id}=${codes(text)}`).join(';')}`
}

const verdictText = (v: Verdict): string => (v.kind === 'none' ? 'failed' : `${v.kind} ${v.text}`)

function tally(count: FuzzCount, text: string): void {
  if (text === 'failed') count.refused++
  else if (text === 'pending') count.unanswered++
  else count.accepted++
}

const LIMITS = { ...CLIENT_LIMITS, outstanding_max: 4 }

interface Asked {
  readonly id: number
  readonly unit: number
  readonly request: ModbusRequest
}

/** One to four requests under way at once, and a stream of answers to them and to others. */
function tcpClient(chance: Chance, count: FuzzCount): void {
  const asked: Asked[] = []
  const found: string[] = []
  let sent: number[] = []
  const core = new ModbusClientCore(
    'd:502',
    (bytes, end) => {
      sent = Array.from(bytes.subarray(0, end))
    },
    LIMITS,
  )
  for (let n = 1 + chance.below(4); n > 0; n--) {
    const request = anyRequest(chance)
    const unit = chance.below(3)
    const index = asked.length
    found.push('pending')
    const settle: Settle = (fault, data) => {
      if (found[index] !== 'pending') throw new Error('settled twice')
      found[index] = outcomeText(request, fault, data)
    }
    core.request(unit, request, 1000, 0, settle)
    const pdu = makeRequest(request)
    const id = sent[0]! * 256 + sent[1]!
    check(sent.join(), [sent[0], sent[1], 0, 0, 0, pdu.length + 1, unit, ...pdu].join(), sent)
    asked.push({ id, unit, request })
  }
  const stream: number[] = []
  for (let n = 1 + chance.below(4); n > 0; n--) {
    count.frames++
    const { id, unit, request } = chance.pick(asked)
    stream.push(...mutate(chance, mbap(id, unit, answerTo(chance, request))))
  }
  for (const piece of pieces(chance, stream)) {
    core.receive(piece, 1)
    // What an edge does.
    if (core.fault !== undefined) break
  }
  const expected = judgeStream(asked, stream)
  for (let i = 0; i < asked.length; i++) {
    check(found[i]!, expected[i]!, stream)
    tally(count, found[i]!)
  }
}

/** A right answer mostly, an exception now and then, rubbish with a right head rarely. */
function answerTo(chance: Chance, request: ModbusRequest): number[] {
  const kind = chance.below(8)
  if (kind === 0) return [request.function | 128, chance.byte()]
  if (kind === 1) return [request.function, ...Array.from({ length: chance.below(12) }, () => chance.byte())]
  return makeAnswer(request, () => chance.byte())
}

const mbap = (id: number, unit: number, pdu: readonly number[]): number[] => [
  id >> 8,
  id & 255,
  0,
  0,
  (pdu.length + 1) >> 8,
  (pdu.length + 1) & 255,
  unit,
  ...pdu,
]

/** What each request comes to if the client reads this stream. */
function judgeStream(asked: readonly Asked[], stream: readonly number[]): string[] {
  const outcome = asked.map(() => 'pending')
  const end = (): string[] => outcome.map((o) => (o === 'pending' ? 'failed' : o))
  let rest = stream
  while (rest.length >= 6) {
    const length = rest[4]! * 256 + rest[5]!
    if (length < 2 || length > 254 || rest[2] !== 0 || rest[3] !== 0) return end()
    if (rest.length < 6 + length) break
    const id = rest[0]! * 256 + rest[1]!
    const i = asked.findIndex((a, n) => a.id === id && outcome[n] === 'pending')
    if (i >= 0) {
      if (rest[6] !== asked[i]!.unit) return end()
      const verdict = judgeAnswer(asked[i]!.request, rest.slice(7, 6 + length))
      if (verdict.kind === 'none') return end()
      outcome[i] = verdictText(verdict)
    }
    rest = rest.slice(6 + length)
  }
  return outcome
}

const IDLE_MS = 1_000_000

/** One request on the line, and what may come back. */
function serialMaster(chance: Chance, count: FuzzCount, codec: RtuCodec): void {
  const request = anyRequest(chance)
  const unit = 1 + chance.below(3)
  const closes = chance.below(2) === 0
  let sent: number[] = []
  let found = 'pending'
  const core = new RtuClientCore(
    '/dev/line',
    (bytes, end) => {
      sent = Array.from(bytes.subarray(0, end))
    },
    CLIENT_LIMITS,
    { sent: 0, answered: 0, exceptions: 0, timeouts: 0, late: 0, unsolicited: 0 },
    {
      gap_ms: 2,
      turnaround_ms: 100,
      late: 'rest',
      broadcast: true,
      on_fault: closes ? 'close' : 'fail',
      codec,
    },
  )
  core.request(unit, request, 1000, 0, (fault, data) => {
    if (found !== 'pending') throw new Error('settled twice')
    found = outcomeText(request, fault, data)
  })
  check(sent.join(), sealed([unit, ...makeRequest(request)]).join(), sent)
  count.frames++
  const body = [unit, ...answerTo(chance, request)]
  // Half of the changes are made before the checksum, so that the checksum does not catch them.
  const stream = chance.below(2) === 0 ? mutate(chance, sealed(body)) : sealed(mutate(chance, body))
  for (const piece of pieces(chance, stream)) core.receive(piece, 1)
  const first = frameLength(request, stream)
  const frame = stream.slice(0, first)
  const right = first > 0 && frame.length === first && frame[0] === unit && isSealed(frame)
  const verdict: Verdict = right ? judgeAnswer(request, frame.slice(1, -2)) : { kind: 'none' }
  // While bytes are missing it waits; that too ends, at its deadline.
  if (found === 'pending') {
    if (verdict.kind !== 'none') check(found, verdictText(verdict), stream)
    core.expire(IDLE_MS)
    check(found, 'failed', stream)
    count.unanswered++
    return
  }
  check(found, verdictText(verdict), stream)
  tally(count, found)
}

/** How long the frame is that begins this stream, if it is an answer to `request`; 0: it ends before it tells. */
function frameLength(request: ModbusRequest, stream: readonly number[]): number {
  if (stream[1] === request.function + 128) return 5
  switch (request.function) {
    case 1:
    case 2:
      return 5 + Math.ceil(request.quantity / 8)
    case 3:
    case 4:
    case 23:
      return 5 + 2 * request.quantity
    case 22:
      return 10
    case 43: {
      let at = 8
      for (let i = 0; i < (stream[7] ?? 0); i++) {
        if (stream[at + 1] === undefined) return 0
        at += 2 + stream[at + 1]!
      }
      return stream.length < 8 || at + 2 > 256 ? 0 : at + 2
    }
    default:
      return 8
  }
}

const TABLES = () => ({
  coil: new Uint8Array(300),
  discrete: new Uint8Array(300),
  holding: new Uint16Array(300),
  input: new Uint16Array(300),
})

/** Our device and the judge's with the same tables: what one reads, the other must. */
class Twins {
  readonly judge = new JudgeDevice()
  private readonly tables = TABLES()
  readonly model = memoryModel({
    coil: this.tables.coil,
    discrete: this.tables.coil,
    holding: this.tables.holding,
    input: this.tables.holding,
  })

  compare(bytes: readonly number[]): void {
    check(this.tables.coil.join(), this.judge.coils.join(), bytes)
    check(this.tables.holding.join(), this.judge.registers.join(), bytes)
  }
}

const COMPARED_EVERY = 64

class TcpServerTrial {
  private readonly twins = new Twins()
  private readonly core = new ModbusServerCore(this.twins.model)
  private round = 0

  run(chance: Chance, count: FuzzCount): void {
    const stream: number[] = []
    for (let n = 1 + chance.below(3); n > 0; n--) {
      count.frames++
      const frame = mbap(chance.next() & 0xffff, chance.byte(), makeRequest(anyRequest(chance)))
      if (chance.below(2) === 0) stream.push(...mutate(chance, frame))
      else {
        const pdu = mutate(chance, frame.slice(7)).slice(0, 253)
        stream.push(...mbap(chance.next() & 0xffff, chance.byte(), pdu.length === 0 ? [0] : pdu))
      }
    }
    const session = new ModbusServerSession(this.core)
    const found: number[] = []
    for (const piece of pieces(chance, stream)) {
      found.push(...session.receive(piece))
      if (session.fault !== undefined) break
    }
    const expected: number[] = []
    let rest = stream
    let broken = false
    while (rest.length >= 6) {
      const length = rest[4]! * 256 + rest[5]!
      broken = length < 2 || length > 254
      if (broken || rest.length < 6 + length) break
      if (rest[2] === 0 && rest[3] === 0) {
        const answer = this.twins.judge.answer(rest.slice(7, 6 + length))
        expected.push(...mbap(rest[0]! * 256 + rest[1]!, rest[6]!, answer))
        if (answer[0]! > 127) count.refused++
        else count.accepted++
      } else count.unanswered++
      rest = rest.slice(6 + length)
    }
    check(found.join(), expected.join(), stream)
    check(String(session.fault !== undefined), String(broken), stream)
    if (++this.round % COMPARED_EVERY === 0) this.twins.compare(stream)
  }
}

class SlaveTrial {
  private readonly twins = new Twins()
  private readonly found: number[] = []
  private readonly session = new RtuServerSession(
    new ModbusServerCore(this.twins.model, { line: 'serial', units: [1, 2] }),
    (frame) => this.found.push(...frame),
  )
  private round = 0

  run(chance: Chance, count: FuzzCount): void {
    count.frames++
    const body = [chance.below(4), ...makeRequest(anyRequest(chance))]
    let stream = chance.below(2) === 0 ? mutate(chance, sealed(body)) : sealed(mutate(chance, body))
    if (chance.below(4) === 0) stream = [...stream, ...sealed([chance.below(4), ...makeRequest(anyRequest(chance))])]
    this.found.length = 0
    for (const piece of pieces(chance, stream)) this.session.receive(piece)
    this.session.silence()
    const expected: number[] = []
    let rest = stream
    while (rest.length > 0) {
      const length = queryLength(rest)
      const frame = length === 0 ? rest : rest.slice(0, length)
      if (frame.length < length || frame.length > 256 || !isSealed(frame)) {
        count.unanswered++
        break
      }
      const unit = frame[0]!
      if (unit <= 2) {
        const answer = this.twins.judge.answer(frame.slice(1, -2))
        if (unit > 0) expected.push(...sealed([unit, ...answer]))
        if (answer[0]! > 127) count.refused++
        else count.accepted++
      } else count.unanswered++
      rest = rest.slice(frame.length)
    }
    check(this.found.join(), expected.join(), stream)
    if (++this.round % COMPARED_EVERY === 0) this.twins.compare(stream)
  }
}

/** Length of the request that begins here, from its function; 0: up to the silence. */
function queryLength(b: readonly number[]): number {
  const code = b[1]
  if (code === undefined) return 0
  if ([1, 2, 3, 4, 5, 6].includes(code)) return 8
  if (code === 15 || code === 16) return b[6] === undefined ? 0 : 9 + b[6]
  if (code === 22) return 10
  if (code === 23) return b[10] === undefined ? 0 : 13 + b[10]
  if (code === 43) return b[2] === 14 ? 7 : 0
  return 0
}
