/**
 * A device machine on wires that exist only in simulated time: for tests. One device behind one or two paths, each of which can be
 * cut with its connections (closed), without a word (silent), or refuse with an exception.
 */
import type { InputPoint, IoSection, OutputPoint } from '../../../contracts/artifact.ts'
import type { ReplyData } from '../../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'
import type { DeviceWrite } from '../events.ts'
import { createDevice, type DeviceConfig, type DeviceEffect, type DeviceEvent, onDeviceEvent } from './device.ts'

export interface WireOptions {
  readonly io: IoSection
  readonly tick_ms: number
  readonly paths?: number
  readonly alone?: boolean
  readonly time?: 'wall' | 'granted'
  readonly latency_ms?: number
}

export type PathMode = 'on' | 'closed' | 'silent' | number

type Read = Extract<DeviceEffect, { readonly type: 'read' }>['read'] & { readonly at_ms: number }

const RECONNECT_MS = 40
/** Of the period: when the reads of a tick are asked for. */
const POLL_AT = 0.8

export const inputAt = (register: number, more: Partial<InputPoint> = {}): InputPoint => ({
  point: `D/AI/${register}`,
  device: 0,
  table: 'input',
  register,
  type: 'uint16',
  counts_per_unit: 1,
  quantity: 'EU',
  status_register: -1,
  ...more,
})

export const outputAt = (register: number, more: Partial<OutputPoint> = {}): OutputPoint => ({
  point: `D/AO/${register}`,
  device: 0,
  table: 'holding',
  register,
  type: 'uint16',
  counts_per_unit: 1,
  quantity: 'EU',
  readback_register: -1,
  step_max: 1000,
  min: 0,
  max: 1000,
  ...more,
})

export function simulatedWire(options: WireOptions) {
  const { io, tick_ms, latency_ms = 5 } = options
  const record = io.devices[0]!
  const count = options.paths ?? 1
  const config: DeviceConfig = {
    io,
    index: 0,
    tick_ms,
    time: options.time ?? 'wall',
    seed: 1,
    paths: Array.from({ length: count }, (_, i) => ({
      endpoint: `net-${'AB'[i]}`,
      unit: 1,
      alone: options.alone ?? true,
    })),
  }
  const device = createDevice(config)
  const tables = {
    coil: new Uint8Array(1000),
    discrete: new Uint8Array(1000),
    holding: new Uint16Array(1000),
    input: new Uint16Array(1000),
  }
  const requests: { at_ms: number; path: number; request: ModbusRequest; probe: boolean }[] = []
  const reads: Read[] = []
  const downs: { at_ms: number; connection: number }[] = []
  const dones: { at_ms: number; connection: number; ok: boolean }[] = []
  const notes: { at_ms: number; text: string }[] = []
  const ends: { at_ms: number; token: number }[] = []
  const modes: PathMode[] = new Array<PathMode>(count).fill('on')
  const connected = new Array<boolean>(count).fill(false)
  /** Rises with every loss of the connection: what was under way then has ended. */
  const lives = new Array<number>(count).fill(0)
  /** Life in which a request waits for its answer. */
  const under_way = new Array<number | undefined>(count).fill(undefined)
  let overlaps = 0
  /** What the device says to a request instead of doing it: an exception code, or silence. */
  let refuse: (request: ModbusRequest, path: number) => number | 'silent' | undefined = () => undefined

  let now_ms = 0
  /** Rising in time. */
  const agenda: { at_ms: number; action: () => void }[] = []
  const after = (wait_ms: number, action: () => void): void => {
    const at_ms = now_ms + wait_ms
    let i = agenda.length
    while (i > 0 && agenda[i - 1]!.at_ms > at_ms) i--
    agenda.splice(i, 0, { at_ms, action })
  }
  const runUntil = (end_ms: number): void => {
    for (;;) {
      const next = agenda[0]
      if (next === undefined || next.at_ms > end_ms) break
      agenda.shift()
      now_ms = next.at_ms
      next.action()
    }
    now_ms = end_ms
  }

  const queue: DeviceEvent[] = []
  let delivering = false
  let armed_ms = Number.POSITIVE_INFINITY
  const deliver = (event: DeviceEvent): void => {
    queue.push(event)
    if (delivering) return
    delivering = true
    for (let e = queue.shift(); e !== undefined; e = queue.shift())
      for (const effect of onDeviceEvent(device, e)) perform(effect)
    delivering = false
    if (device.wake_ms < armed_ms) {
      armed_ms = device.wake_ms
      after(device.wake_ms - now_ms, () => {
        armed_ms = Number.POSITIVE_INFINITY
        deliver({ type: 'time', now_ms })
      })
    }
  }
  const perform = (effect: DeviceEffect): void => {
    switch (effect.type) {
      case 'ask':
        ask(effect)
        break
      case 'drop':
        disconnect(effect.path, effect.why)
        break
      case 'polled':
        ends.push({ at_ms: now_ms, token: effect.token })
        break
      case 'read':
        reads.push({ at_ms: now_ms, ...effect.read })
        break
      case 'done':
        dones.push({ at_ms: now_ms, connection: effect.connection, ok: effect.ok })
        break
      case 'down':
        downs.push({ at_ms: now_ms, connection: effect.connection })
        break
      case 'note':
        notes.push({ at_ms: now_ms, text: effect.text })
        break
      case 'say':
        break
    }
  }

  const ask = ({ path, id, request, probe }: Extract<DeviceEffect, { readonly type: 'ask' }>): void => {
    requests.push({ at_ms: now_ms, path, request, probe })
    const life = lives[path]!
    if (under_way[path] === life) overlaps++
    under_way[path] = life
    const ended = (): void => {
      under_way[path] = undefined
    }
    const answer = (data: ReplyData): void => {
      ended()
      deliver({ type: 'answer', now_ms, path, id, fault: undefined, data })
    }
    const fault = (code: 'IO_TIMEOUT' | 'IO_EXCEPTION' | 'IO_NOT_CONNECTED', exception = 0): void => {
      ended()
      deliver({
        type: 'answer',
        now_ms,
        path,
        id,
        fault: { code, message: code, place: exception === 0 ? {} : { exception } },
        data: undefined,
      })
    }
    if (!connected[path]) {
      fault('IO_NOT_CONNECTED')
      return
    }
    const mode = modes[path]!
    const says = typeof mode === 'number' ? mode : mode === 'silent' ? 'silent' : refuse(request, path)
    if (says === 'silent') {
      after(record.timeout_ms, () => {
        if (life === lives[path]) fault('IO_TIMEOUT')
      })
      return
    }
    after(latency_ms, () => {
      if (life !== lives[path]) return
      // What became of the wire meanwhile: the request may have arrived, its answer is lost.
      const data = says === undefined ? execute(request) : undefined
      if (modes[path] === 'silent')
        after(record.timeout_ms - latency_ms, () => {
          if (life === lives[path]) fault('IO_TIMEOUT')
        })
      else if (says === undefined) answer(data)
      else fault('IO_EXCEPTION', says)
    })
  }

  const execute = (r: ModbusRequest): ReplyData => {
    switch (r.function) {
      case 1:
        return tables.coil.slice(r.address, r.address + r.quantity)
      case 2:
        return tables.discrete.slice(r.address, r.address + r.quantity)
      case 3:
        return tables.holding.slice(r.address, r.address + r.quantity)
      case 4:
        return tables.input.slice(r.address, r.address + r.quantity)
      case 5:
        tables.coil[r.address] = r.on ? 1 : 0
        return undefined
      case 6:
        tables.holding[r.address] = r.value
        return undefined
      case 15:
        tables.coil.set(Array.from(r.bits), r.address)
        return undefined
      case 16:
        tables.holding.set(Array.from(r.registers), r.address)
        return undefined
      case 22:
        tables.holding[r.address] = (tables.holding[r.address]! & r.and_mask) | (r.or_mask & ~r.and_mask & 0xffff)
        return undefined
      default:
        throw new Error(`function ${r.function} is not asked for`)
    }
  }

  const disconnect = (path: number, why: string): void => {
    if (!connected[path]) return
    connected[path] = false
    lives[path]!++
    deliver({ type: 'path-down', now_ms, path, why })
    after(RECONNECT_MS, () => connect(path))
  }
  const connect = (path: number): void => {
    if (connected[path]) return
    if (modes[path] === 'closed') {
      after(RECONNECT_MS, () => connect(path))
      return
    }
    connected[path] = true
    deliver({ type: 'path-up', now_ms, path })
  }

  for (let path = 0; path < count; path++) after(1, () => connect(path))
  const poll = (tick: number): void => {
    deliver({ type: 'poll', now_ms, tick })
    after(tick_ms, () => poll(tick + 1))
  }
  if (config.time === 'wall') after(POLL_AT * tick_ms, () => poll(1))

  return {
    device,
    tables,
    requests,
    reads,
    downs,
    dones,
    notes,
    ends,
    /** Requests sent while another was under way on their path. */
    get overlaps() {
      return overlaps
    },
    get now_ms() {
      return now_ms
    },
    /** Lets simulated time pass. */
    run: (for_ms: number) => runUntil(now_ms + for_ms),
    cut(path: number, mode: PathMode): void {
      modes[path] = mode
      if (mode === 'closed') disconnect(path, 'closed by the device')
    },
    refuse(by: (request: ModbusRequest, path: number) => number | 'silent' | undefined): void {
      refuse = by
    },
    reset: (path: number) => disconnect(path, 'reset by the device'),
    write(outputs: readonly number[], values: readonly number[], more: Partial<DeviceWrite> = {}): void {
      const write: DeviceWrite = {
        type: 'write',
        device: 0,
        connection: device.connection,
        epoch: 1,
        n: 1,
        until_ms: now_ms + tick_ms,
        outputs,
        values: Float64Array.from(values),
        ...more,
      }
      deliver({ type: 'write', now_ms, write })
    },
    rearm: () => deliver({ type: 'rearm', now_ms, connection: device.connection }),
    poll: (tick: number, token?: number) =>
      deliver({ type: 'poll', now_ms, tick, ...(token === undefined ? {} : { token }) }),
  }
}
