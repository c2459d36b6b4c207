/**
 * Messages between programs as bytes: the payload of one record. First byte: the type; then its fields, little endian.
 */
import { type ByteReader, type ByteWriter, byteReader, byteWriter } from './bytes.ts'
import {
  readCommand,
  readController,
  readFrame,
  readOutput,
  readResult,
  readTags,
  readTick,
  writeCommand,
  writeFrame,
  writeOutput,
  writeResult,
  writeTags,
  writeTick,
} from './frame-codec.ts'
import type {
  BreakerWord,
  ControllerState,
  DeviceState,
  ForceState,
  ForcesMessage,
  HelloMessage,
  IoStatusMessage,
  LinkMessage,
  PathState,
  PathWord,
} from './link.ts'

export function encodeLink(m: LinkMessage): Uint8Array {
  const w = byteWriter()
  w.u8(TYPE[m.type])
  WRITE[m.type](w, m as never)
  return w.finish()
}

/** @throws RangeError where the payload is no message: the receiver drops the connection and says so. */
export function decodeLink(payload: Uint8Array): LinkMessage {
  const r = byteReader(payload)
  const type = r.u8()
  const read = READ[type]
  if (read === undefined) throw new RangeError(`message of unknown type ${type}`)
  const m = read(r)
  r.end()
  return m
}

/** Numbers on the wire: append only, a number is never given to another message. */
const TYPE = {
  hello: 1,
  welcome: 2,
  frame: 3,
  output: 4,
  tags: 5,
  'replay-request': 6,
  snapshot: 7,
  restore: 8,
  leave: 9,
  command: 10,
  'command-result': 11,
  'io-status': 12,
  grant: 13,
  done: 14,
  pace: 15,
  'snapshot-request': 16,
  force: 17,
  unforce: 18,
  'force-result': 19,
  forces: 20,
  'device-memory': 21,
} as const satisfies Record<LinkMessage['type'], number>

type Of<K extends LinkMessage['type']> = Extract<LinkMessage, { type: K }>

const WRITE: { [K in LinkMessage['type']]: (w: ByteWriter, m: Of<K>) => void } = {
  hello: (w, m) => {
    w.u8(ROLES.indexOf(m.role))
    w.u8(m.index)
    w.text(m.artifact)
    writeTick(w, m.state)
  },
  welcome: (w, m) => {
    w.u32(m.join)
    w.u32(m.epoch)
  },
  frame: (w, m) => writeFrame(w, m.frame),
  output: (w, m) => writeOutput(w, m.output),
  tags: (w, m) => writeTags(w, m.tags),
  'replay-request': (w, m) => writeTick(w, m.from),
  snapshot: (w, m) => {
    writeTick(w, m)
    w.integer(m.digest)
    w.text(m.artifact)
    w.blob(m.state)
  },
  restore: (w, m) => {
    writeTick(w, m)
    w.u32(m.join)
    w.integer(m.digest)
    w.text(m.artifact)
    w.blob(m.state)
  },
  leave: () => {},
  command: (w, m) => writeCommand(w, m.command),
  'command-result': (w, m) => {
    writeResult(w, m.result)
    writeTick(w, m.at)
  },
  'io-status': writeIoStatus,
  grant: (w, m) => w.integer(m.tick),
  done: (w, m) => w.integer(m.tick),
  pace: (w, m) => {
    w.bool(m.paused)
    w.f64(m.factor)
    w.f64(m.achieved)
  },
  'snapshot-request': () => {},
  force: (w, m) => {
    w.u32(m.id)
    w.text(m.point)
    w.f64(m.value)
    w.f64(m.for_ms)
    w.text(m.who)
    w.text(m.reason)
  },
  unforce: (w, m) => {
    w.u32(m.id)
    w.text(m.point)
  },
  'force-result': (w, m) => {
    w.u32(m.id)
    w.u8(m.refusal)
  },
  forces: writeForces,
  'device-memory': (w, m) => w.blob(m.memory),
}

const READ: readonly (((r: ByteReader) => LinkMessage) | undefined)[] = [
  undefined,
  (r) => ({ type: 'hello', role: readRole(r), index: r.u8(), artifact: r.text(), state: readTick(r) }),
  (r) => ({ type: 'welcome', join: r.u32(), epoch: r.u32() }),
  (r) => ({ type: 'frame', frame: readFrame(r) }),
  (r) => ({ type: 'output', output: readOutput(r) }),
  (r) => ({ type: 'tags', tags: readTags(r) }),
  (r) => ({ type: 'replay-request', from: readTick(r) }),
  (r) => ({ type: 'snapshot', ...readTick(r), digest: r.integer(), artifact: r.text(), state: r.blob() }),
  (r) => ({ type: 'restore', ...readTick(r), join: r.u32(), digest: r.integer(), artifact: r.text(), state: r.blob() }),
  () => ({ type: 'leave', reason: 'digest' }),
  (r) => ({ type: 'command', command: readCommand(r) }),
  (r) => ({ type: 'command-result', result: readResult(r), at: readTick(r) }),
  readIoStatus,
  (r) => ({ type: 'grant', tick: r.integer() }),
  (r) => ({ type: 'done', tick: r.integer() }),
  (r) => ({ type: 'pace', paused: r.bool(), factor: r.f64(), achieved: r.f64() }),
  () => ({ type: 'snapshot-request' }),
  (r) => ({
    type: 'force',
    id: r.u32(),
    point: r.text(),
    value: r.f64(),
    for_ms: r.f64(),
    who: r.text(),
    reason: r.text(),
  }),
  (r) => ({ type: 'unforce', id: r.u32(), point: r.text() }),
  (r) => ({ type: 'force-result', id: r.u32(), refusal: r.u8() }),
  readForces,
  (r) => ({ type: 'device-memory', memory: r.blob() }),
]

const ROLES: readonly HelloMessage['role'][] = ['controller', 'gateway', 'field-io']

function readRole(r: ByteReader): HelloMessage['role'] {
  const index = r.u8()
  const role = ROLES[index]
  if (role === undefined) throw new RangeError(`role ${index}`)
  return role
}

/** Least bytes of an entry of each kind: what a count is checked against. */
const CONTROLLER_BYTES = 10
const DEVICE_BYTES = 34
const PATH_BYTES = 46
const EXCEPTION_BYTES = 5
const ALARM_BYTES = 4
const FORCE_BYTES = 36

function writeIoStatus(w: ByteWriter, m: IoStatusMessage): void {
  writeTick(w, m.at)
  w.u8(m.preferred)
  w.u32(m.controllers.length)
  for (const c of m.controllers) {
    w.bool(c.connected)
    w.bool(c.joined)
    w.f64(c.answer_ms)
  }
  w.u32(m.devices.length)
  for (const d of m.devices) {
    w.text(d.id)
    w.bool(d.connected)
    w.bool(d.tripped)
    w.f64(d.rtt_ms)
    w.u32(d.timeouts)
    w.u32(d.reconnects)
    w.u32(d.late ?? 0)
    w.u32(d.switches ?? 0)
    w.u32(d.paths?.length ?? 0)
    for (const path of d.paths ?? []) writePath(w, path)
  }
  w.integer(m.ticks_lost)
  w.bool(m.log_durable)
  w.u32(m.alarms.length)
  for (const alarm of m.alarms) w.text(alarm)
  w.bool(m.pace !== null)
  if (m.pace === null) return
  w.bool(m.pace.paused)
  w.f64(m.pace.factor)
  w.f64(m.pace.achieved)
}

const PATH_WORDS: readonly PathWord[] = ['active', 'standby', 'failed', 'connecting']
const BREAKER_WORDS: readonly BreakerWord[] = ['closed', 'open', 'half-open']

function writePath(w: ByteWriter, p: PathState): void {
  w.text(p.endpoint)
  w.u8(PATH_WORDS.indexOf(p.state))
  w.u8(BREAKER_WORDS.indexOf(p.breaker))
  w.f64(p.rtt_p50_ms)
  w.f64(p.rtt_p99_ms)
  w.u32(p.requests)
  w.u32(p.timeouts)
  w.u32(p.reconnects)
  w.u32(p.exceptions.length)
  for (const { code, count } of p.exceptions) {
    w.u8(code)
    w.u32(count)
  }
  w.f64(p.good_age_ms)
}

function readDevice(r: ByteReader): DeviceState {
  const device = {
    id: r.text(),
    connected: r.bool(),
    tripped: r.bool(),
    rtt_ms: r.f64(),
    timeouts: r.u32(),
    reconnects: r.u32(),
  }
  const late = r.u32()
  const switches = r.u32()
  const paths = new Array<PathState>(r.count(PATH_BYTES))
  for (let i = 0; i < paths.length; i++) paths[i] = readPath(r)
  return {
    ...device,
    ...(late > 0 ? { late } : {}),
    ...(switches > 0 ? { switches } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  }
}

function readPath(r: ByteReader): PathState {
  return {
    endpoint: r.text(),
    state: readWord(r, PATH_WORDS),
    breaker: readWord(r, BREAKER_WORDS),
    rtt_p50_ms: r.f64(),
    rtt_p99_ms: r.f64(),
    requests: r.u32(),
    timeouts: r.u32(),
    reconnects: r.u32(),
    exceptions: Array.from({ length: r.count(EXCEPTION_BYTES) }, () => ({ code: r.u8(), count: r.u32() })),
    good_age_ms: r.f64(),
  }
}

function readWord<W extends string>(r: ByteReader, words: readonly W[]): W {
  const index = r.u8()
  const word = words[index]
  if (word === undefined) throw new RangeError(`word ${index} of ${words.join(', ')}`)
  return word
}

function readIoStatus(r: ByteReader): IoStatusMessage {
  const at = readTick(r)
  const preferred = readController(r)
  const controllers = new Array<ControllerState>(r.count(CONTROLLER_BYTES))
  for (let i = 0; i < controllers.length; i++) {
    controllers[i] = { connected: r.bool(), joined: r.bool(), answer_ms: r.f64() }
  }
  const devices = new Array<DeviceState>(r.count(DEVICE_BYTES))
  for (let i = 0; i < devices.length; i++) {
    devices[i] = readDevice(r)
  }
  const ticks_lost = r.integer()
  const log_durable = r.bool()
  const alarms = new Array<string>(r.count(ALARM_BYTES))
  for (let i = 0; i < alarms.length; i++) alarms[i] = r.text()
  const pace = r.bool() ? { paused: r.bool(), factor: r.f64(), achieved: r.f64() } : null
  return { type: 'io-status', at, preferred, controllers, devices, ticks_lost, log_durable, alarms, pace }
}

function writeForces(w: ByteWriter, m: ForcesMessage): void {
  writeTick(w, m.at)
  w.u32(m.forces.length)
  for (const f of m.forces) {
    w.text(f.point)
    w.f64(f.value)
    w.text(f.who)
    w.text(f.reason)
    w.f64(f.since_ms)
    w.f64(f.left_ms)
  }
}

function readForces(r: ByteReader): ForcesMessage {
  const at = readTick(r)
  const forces = new Array<ForceState>(r.count(FORCE_BYTES))
  for (let i = 0; i < forces.length; i++) {
    forces[i] = {
      point: r.text(),
      value: r.f64(),
      who: r.text(),
      reason: r.text(),
      since_ms: r.f64(),
      left_ms: r.f64(),
    }
  }
  return { type: 'forces', at, forces }
}
