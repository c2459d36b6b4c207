import { join } from 'node:path'
import type { InputPoint, IoSection, OutputPoint, RegisterCodec } from '../../contracts/artifact.ts'
import type { PathState } from '../../contracts/link.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import { everyOf, isDue, phaseOf } from '../core/device/periods.ts'
import type { DeviceWrite } from '../core/events.ts'
import type { Device, DeviceHandlers } from './device.ts'
import type { FromThread, ReadingsPart, ServerHealth } from './opcua-messages.ts'
import { joinThread } from './opcua-thread.ts'

export interface OpcuaFiles {
  /** `pki/` below it holds our certificate and the servers' that are trusted. */
  readonly data_dir: string
  readonly tick_ms: number
}

/** What a point last got from its server, for statistics. */
export interface OpcuaSource {
  readonly point: string
  readonly node: string
  /** As the server gave it; NaN where that was no number. */
  readonly value: number
  readonly status: number
  /** The server's own time of the sample, ms since 1970; NaN where it gives none. */
  readonly source_ms: number
}

export interface OpcuaDevice extends Device {
  /** The server in use; undefined while there is none. */
  readonly server: 'A' | 'B' | undefined
  readonly servers: readonly ServerHealth[]
  sources(): OpcuaSource[]
}

export const pkiDir = (data_dir: string): string => join(data_dir, 'pki')

/** While polls that wait for their end come this often, time is granted: only reads count then. */
const GRANTED_MS = 2000
/** The thread says every second or more often that it has heard of the server. */
const SILENT_MS = 3000
const NAMES = ['A', 'B'] as const

/**
 * A device of OPC UA variables.
 *
 * On the wall clock a poll hands over what the subscription has brought (or reads, where `access` is read); where the
 * caller waits for the end of the poll, time is granted and every point that is due is truly read. When no server is left,
 * all points are Bad at once, with their last values; nothing written meanwhile is sent later.
 */
export function openOpcuaDevice(
  io: IoSection,
  index: number,
  endpoints: readonly string[],
  handlers: DeviceHandlers,
  files: OpcuaFiles,
): OpcuaDevice {
  const record = io.devices[index]!
  const opcua = record.opcua!
  const inputs = io.inputs.filter((p) => p.device === index)
  const outputs = io.outputs.filter((p) => p.device === index)
  const points: readonly (InputPoint | OutputPoint)[] = [...inputs, ...outputs]
  const every = inputs.map(everyOf)
  const phases = every.map((e) => phaseOf(record.id, e))
  const output_nodes = outputs.map((_p, k) => inputs.length + k)
  const silent_ms = SILENT_MS + 2 * record.timeout_ms

  const raw = new Float64Array(points.length).fill(Number.NaN)
  /** Last usable value: a sample that is no number must not become one. */
  const values = new Float64Array(points.length)
  const statuses = new Uint16Array(points.length).fill(STATUS.badNoComm)
  const source_ms = new Float64Array(points.length).fill(Number.NaN)
  /** Tick at which each input was last read. */
  const read_tick = new Float64Array(inputs.length)
  let tick = 0
  /** Turns are ticks, but for a return: then they are those of the time gone back to. */
  let shift = 0
  /** Turn up to which what was due has been asked for. */
  let asked = 0

  let connection = 0
  let switches = 0
  let server: 0 | 1 | undefined
  let alarm: string | undefined = 'not yet connected'
  let servers: readonly ServerHealth[] = []
  let heard_ms = 0
  let granted_ms = Number.NEGATIVE_INFINITY
  let reading = false
  let next_id = 1
  const pending = new Map<number, (message: Extract<FromThread, { id: number }> | undefined) => void>()
  /** Of writes that were refused, until one goes through. */
  const refused = new Set<string>()
  const say = (text: string): void => void process.stderr.write(`field-io: ${text}\n`)
  const note = (text: string): void => {
    say(text)
    handlers.on_note?.(text)
  }

  const take = (part: ReadingsPart): void => {
    part.nodes.forEach((i, k) => {
      const value = quantityOf(points[i]!, part.values[k]!)
      raw[i] = part.values[k]!
      statuses[i] = part.statuses[k]!
      source_ms[i] = part.source_ms[k]!
      if (Number.isFinite(value)) values[i] = value
      else if (!isBad(statuses[i]!)) statuses[i] = STATUS.badSensorFailure
      if (i < inputs.length) read_tick[i] = tick
    })
  }

  const hand = (): void => {
    const ages = read_tick.map((at) => tick - at)
    handlers.on_read({
      device: index,
      connection,
      inputs: values.slice(0, inputs.length),
      statuses: statuses.slice(0, inputs.length),
      ...(ages.some((age) => age > 0) ? { input_ages: ages } : {}),
      readbacks: values.slice(inputs.length),
      readback_statuses: statuses.slice(inputs.length),
      tripped: false,
    })
  }

  const down = (why: string): void => {
    if (alarm !== why) say(`${record.id} out of use: ${why}`)
    alarm = why
    if (server === undefined) return
    server = undefined
    settleAll()
    // What was Bad before keeps its reason.
    statuses.forEach((status, i) => {
      if (!isBad(status)) statuses[i] = STATUS.badNoCommLastUsable
    })
    hand()
    handlers.on_down(connection)
  }

  const settleAll = (): void => {
    for (const settle of [...pending.values()]) settle(undefined)
    pending.clear()
    reading = false
  }

  const up = (now_used: 0 | 1, readings: ReadingsPart): void => {
    // Another server is another state: what was asked of the former one is not answered by this one.
    if (server !== undefined) switches++
    server = now_used
    connection++
    alarm = undefined
    settleAll()
    say(`${record.id} in use${endpoints.length > 1 ? `, server ${NAMES[server]}` : ''}`)
    take(readings)
    hand()
  }

  const on_message = (message: FromThread): void => {
    heard_ms = performance.now()
    switch (message.type) {
      case 'up':
        up(message.server, message.readings)
        return
      case 'down':
        servers = message.servers
        down(message.why)
        return
      case 'alive':
        servers = message.servers
        return
      case 'readings':
        if (server !== undefined && performance.now() - granted_ms > GRANTED_MS) take(message.readings)
        return
      case 'note':
        note(message.text)
        return
      case 'read':
      case 'written': {
        const settle = pending.get(message.id)
        pending.delete(message.id)
        settle?.(message)
        return
      }
      case 'ready':
        return
    }
  }

  const thread = joinThread(
    {
      device: record.id,
      urls: endpoints.map((e) => (e.startsWith('opc.tcp://') ? e : `opc.tcp://${e}`)),
      record: opcua,
      timeout_ms: record.timeout_ms,
      pki_dir: pkiDir(files.data_dir),
      nodes: points.map((p, i) => ({
        node: p.node ?? '',
        period_ms: files.tick_ms * (every[i] ?? 1),
        monitored: i < inputs.length,
      })),
    },
    { on_message, on_lost: down },
  )

  const readNow = (nodes: readonly number[], end?: () => void): void => {
    const id = next_id++
    reading = true
    pending.set(id, (message) => {
      reading = false
      if (message?.type === 'read' && message.readings !== undefined && server !== undefined) {
        take(message.readings)
        hand()
      }
      end?.()
    })
    thread.send({ type: 'read', key: 0, id, nodes })
  }

  const write = (effect: DeviceWrite, to: 0 | 1): void => {
    const chosen = effect.outputs.flatMap((output, k) => {
      const point = io.outputs[output]!
      const value = effect.values[k]!
      const at = outputs.indexOf(point)
      // What is no number is not written: the output holds.
      return at >= 0 && Number.isFinite(value) ? [{ node: inputs.length + at, value: rawOf(point, value) }] : []
    })
    const id = next_id++
    pending.set(id, (message) => {
      const written = message?.type === 'written' ? message : undefined
      if (written?.ok === true) refused.clear()
      for (const refusal of written?.refusals ?? []) {
        if (!refused.has(refusal)) note(refusal)
        refused.add(refusal)
      }
      handlers.on_done(effect.connection, written?.ok ?? false)
      if (written?.readings === undefined || server === undefined || connection !== effect.connection) return
      take(written.readings)
      hand()
    })
    thread.send({
      type: 'write',
      key: 0,
      id,
      server: to,
      nodes: chosen.map((c) => c.node),
      values: Float64Array.from(chosen, (c) => c.value),
      until_ms: performance.timeOrigin + effect.until_ms,
    })
  }

  const sum = (of: (s: ServerHealth) => number): number => servers.reduce((n, s) => n + of(s), 0)
  return {
    get connected() {
      return server !== undefined
    },
    get rtt_ms() {
      return server === undefined ? 0 : (servers[server]?.rtt_p50_ms ?? 0)
    },
    get timeouts() {
      return sum((s) => s.timeouts)
    },
    get reconnects() {
      return sum((s) => Math.max(0, s.connects - 1))
    },
    get alarm() {
      return alarm
    },
    get warning() {
      const lost = servers.flatMap((s, i) =>
        server !== undefined && i !== server && !s.up ? `${record.id}: standby server ${NAMES[i]}: ${s.why}` : [],
      )
      const words = [...lost, ...refused]
      return words.length === 0 ? undefined : words.join('; ')
    },
    get server() {
      return server === undefined ? undefined : NAMES[server]
    },
    get servers() {
      return servers
    },
    sources: () =>
      points.map((p, i) => ({
        point: p.point,
        node: p.node ?? '',
        value: raw[i]!,
        status: statuses[i]!,
        source_ms: source_ms[i]!,
      })),
    due: (at) => output_nodes.length > 0 || every.some((e, i) => isDue(asked, at - shift, e, phases[i]!)),
    poll(end, at = tick + 1) {
      tick = at
      if (server !== undefined && performance.now() - heard_ms > silent_ms) down('the OPC UA thread is silent')
      if (end !== undefined) granted_ms = performance.now()
      if (server === undefined || (reading && end === undefined)) {
        end?.()
        return
      }
      const by_read = end !== undefined || opcua.access === 'read'
      const due = inputs.flatMap((_p, i) => (isDue(asked, at - shift, every[i]!, phases[i]!) ? [i] : []))
      asked = at - shift
      const nodes = by_read ? [...due, ...output_nodes] : output_nodes
      // The subscription speaks for all of its points as long as it lives, changed or not.
      if (!by_read) read_tick.fill(at)
      if (nodes.length > 0) {
        readNow(nodes, end)
        return
      }
      if (!by_read) hand()
      end?.()
    },
    write(effect) {
      if (server !== undefined && connection === effect.connection) write(effect, server)
      else handlers.on_done(effect.connection, false)
    },
    rearm(for_connection) {
      // An OPC UA device has no output watchdog that we know of, so nothing can have tripped.
      handlers.on_done(for_connection, false)
    },
    report: () => ({
      connected: server !== undefined,
      rtt_ms: server === undefined ? 0 : (servers[server]?.rtt_p50_ms ?? 0),
      timeouts: sum((s) => s.timeouts),
      reconnects: sum((s) => Math.max(0, s.connects - 1)),
      switches,
      paths: servers.map((s, i) => pathOf(endpoints[i] ?? '', s, i === server)),
    }),
    remember() {
      const ages = read_tick.map((at) => tick - at)
      const held = [...values, ...raw, ...statuses, ...source_ms, ...ages]
      return { turn: tick - shift, asked, held: Buffer.from(Float64Array.from(held).buffer).toString('base64') }
    },
    recall(memory) {
      if (memory === null) {
        shift = tick
        asked = Number.NEGATIVE_INFINITY
        return
      }
      const { turn, asked: was, held } = memory as { turn?: unknown; asked?: unknown; held?: unknown }
      if (typeof turn !== 'number' || typeof was !== 'number' || typeof held !== 'string') return
      const numbers = new Float64Array(new Uint8Array(Buffer.from(held, 'base64')).buffer)
      if (numbers.length !== points.length * 4 + inputs.length) return
      shift = tick - turn
      asked = was
      // Who is not there now has nothing to show, whatever it once had.
      if (server === undefined) return
      let from = 0
      for (const part of [values, raw, statuses, source_ms]) {
        part.set(numbers.subarray(from, from + part.length))
        from += part.length
      }
      for (let i = 0; i < inputs.length; i++) read_tick[i] = tick - numbers[from + i]!
      hand()
    },
    close() {
      settleAll()
      thread.close()
    },
  }
}

function pathOf(endpoint: string, s: ServerHealth, used: boolean): PathState {
  return {
    endpoint,
    state: used ? 'active' : s.up ? 'standby' : s.good_age_ms < 0 ? 'connecting' : 'failed',
    breaker: s.up ? 'closed' : 'open',
    rtt_p50_ms: s.rtt_p50_ms,
    rtt_p99_ms: s.rtt_p99_ms,
    requests: s.requests,
    timeouts: s.timeouts,
    reconnects: Math.max(0, s.connects - 1),
    exceptions: [],
    good_age_ms: s.good_age_ms,
  }
}

function quantityOf(p: RegisterCodec, value: number): number {
  if (p.sentinels?.includes(value) === true) return Number.NaN
  return (value - (p.offset ?? 0)) / p.counts_per_unit
}

function rawOf(p: OutputPoint, quantity: number): number {
  return Math.max(p.min, Math.min(p.max, quantity)) * p.counts_per_unit + (p.offset ?? 0)
}
