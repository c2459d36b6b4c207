/**
 * Frames, outputs and tag frames as bytes: what passes between field-io and the controllers at every tick, and what
 * stands in the frame log. Little endian, no padding; layouts beside each pair of functions.
 */
import { type ByteReader, type ByteWriter, byteReader, byteWriter } from './bytes.ts'
import type {
  Command,
  CommandResult,
  Frame,
  InputChange,
  Output,
  ReadBack,
  ScanEvent,
  TagFrame,
  TickId,
} from './frame.ts'

export function encodeFrame(frame: Frame): Uint8Array {
  const w = byteWriter()
  writeFrame(w, frame)
  return w.finish()
}

/** @throws RangeError where the bytes are not a frame. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const r = byteReader(bytes)
  const frame = readFrame(r)
  r.end()
  return frame
}

const INPUT_BYTES = 15
const READBACK_BYTES = 14
const COMMAND_BYTES = 49
const RESULT_BYTES = 14
const EVENT_BYTES = 28
const VALUE_BYTES = 10

/** u32 epoch, f64 n: 12 bytes. */
export function writeTick(w: ByteWriter, at: TickId): void {
  w.u32(at.epoch)
  w.integer(at.n)
}

export function readTick(r: ByteReader): TickId {
  const epoch = r.u32()
  return { epoch, n: r.integer() }
}

/** (epoch, n), prev (epoch, n), f64 t_ms, u8 preferred, then u32 count + items: inputs, read-backs, commands. */
export function writeFrame(w: ByteWriter, frame: Frame): void {
  writeTick(w, frame)
  w.u32(frame.prev_epoch)
  w.integer(frame.prev_n)
  w.f64(frame.t_ms)
  w.u8(frame.preferred)
  w.u32(frame.inputs.length)
  for (const i of frame.inputs) {
    w.u32(i.input)
    w.f64(i.value)
    w.u16(i.status)
    w.u8(i.age_ticks)
  }
  w.u32(frame.readbacks.length)
  for (const b of frame.readbacks) {
    w.u32(b.output)
    w.f64(b.value)
    w.u16(b.status)
  }
  w.u32(frame.commands.length)
  for (const c of frame.commands) writeCommand(w, c)
}

export function readFrame(r: ByteReader): Frame {
  const at = readTick(r)
  const prev = readTick(r)
  const t_ms = r.f64()
  const preferred = readController(r)
  const inputs = new Array<InputChange>(r.count(INPUT_BYTES))
  for (let i = 0; i < inputs.length; i++) {
    inputs[i] = { input: r.u32(), value: r.f64(), status: r.u16(), age_ticks: r.u8() }
  }
  const readbacks = new Array<ReadBack>(r.count(READBACK_BYTES))
  for (let i = 0; i < readbacks.length; i++) readbacks[i] = { output: r.u32(), value: r.f64(), status: r.u16() }
  const commands = new Array<Command>(r.count(COMMAND_BYTES))
  for (let i = 0; i < commands.length; i++) commands[i] = readCommand(r)
  return { ...at, prev_epoch: prev.epoch, prev_n: prev.n, t_ms, preferred, inputs, readbacks, commands }
}

/** u32 station, f64 seq, u8 kind, (epoch, n), u32 ttl_ticks, u32 target, f64 value, f64 expected. */
export function writeCommand(w: ByteWriter, c: Command): void {
  w.u32(c.station)
  w.integer(c.seq)
  w.u8(c.kind)
  writeTick(w, c)
  w.u32(c.ttl_ticks)
  w.u32(c.target)
  w.f64(c.value)
  w.f64(c.expected)
}

export function readCommand(r: ByteReader): Command {
  const station = r.u32()
  const seq = r.integer()
  const kind = r.u8()
  const shown = readTick(r)
  return { station, seq, kind, ...shown, ttl_ticks: r.u32(), target: r.u32(), value: r.f64(), expected: r.f64() }
}

/** u32 station, f64 seq, u8 outcome, u8 refusal. */
export function writeResult(w: ByteWriter, result: CommandResult): void {
  w.u32(result.station)
  w.integer(result.seq)
  w.u8(result.outcome)
  w.u8(result.refusal)
}

export function readResult(r: ByteReader): CommandResult {
  return { station: r.u32(), seq: r.integer(), outcome: r.u8(), refusal: r.u8() }
}

/** (epoch, n), u8 controller, u32 join, f64 digest, u32 count + f64 values + u16 statuses, u32 count + results. */
export function writeOutput(w: ByteWriter, output: Output): void {
  writeTick(w, output)
  w.u8(output.controller)
  w.u32(output.join)
  w.integer(output.digest)
  writeValues(w, output.values, output.statuses)
  w.u32(output.results.length)
  for (const result of output.results) writeResult(w, result)
}

export function readOutput(r: ByteReader): Output {
  const at = readTick(r)
  const controller = readController(r)
  const join = r.u32()
  const digest = r.integer()
  const { values, statuses } = readValues(r)
  const results = new Array<CommandResult>(r.count(RESULT_BYTES))
  for (let i = 0; i < results.length; i++) results[i] = readResult(r)
  return { ...at, controller, join, digest, values, statuses, results }
}

/** (epoch, n), u8 controller, f64 t_ms, values as in an output, u32 count + events (3 x u32, 2 x f64). */
export function writeTags(w: ByteWriter, tags: TagFrame): void {
  writeTick(w, tags)
  w.u8(tags.controller)
  w.f64(tags.t_ms)
  writeValues(w, tags.values, tags.statuses)
  w.u32(tags.events.length)
  for (const e of tags.events) {
    w.u32(e.ordinal)
    w.u32(e.code)
    w.u32(e.block)
    w.f64(e.a)
    w.f64(e.b)
  }
}

export function readTags(r: ByteReader): TagFrame {
  const at = readTick(r)
  const controller = readController(r)
  const t_ms = r.f64()
  const { values, statuses } = readValues(r)
  const events = new Array<ScanEvent>(r.count(EVENT_BYTES))
  for (let i = 0; i < events.length; i++) {
    events[i] = { ordinal: r.u32(), code: r.u32(), block: r.u32(), a: r.f64(), b: r.f64() }
  }
  return { ...at, controller, t_ms, values, statuses, events }
}

function writeValues(w: ByteWriter, values: Float64Array, statuses: Uint16Array): void {
  if (values.length !== statuses.length) throw new RangeError('values without their statuses')
  w.u32(values.length)
  for (let i = 0; i < values.length; i++) w.f64(values[i]!)
  for (let i = 0; i < statuses.length; i++) w.u16(statuses[i]!)
}

function readValues(r: ByteReader): { values: Float64Array; statuses: Uint16Array } {
  const count = r.count(VALUE_BYTES)
  const values = new Float64Array(count)
  const statuses = new Uint16Array(count)
  for (let i = 0; i < count; i++) values[i] = r.f64()
  for (let i = 0; i < count; i++) statuses[i] = r.u16()
  return { values, statuses }
}

export function readController(r: ByteReader): 0 | 1 {
  const index = r.u8()
  if (index !== 0 && index !== 1) throw new RangeError(`controller ${index}`)
  return index
}
