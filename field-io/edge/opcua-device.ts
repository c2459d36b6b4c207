import { join } from 'node:path'
import type { InputPoint, IoSection, OutputPoint, RegisterCodec } from '../../contracts/artifact.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import type { DeviceWrite } from '../core/events.ts'
import type { Device, DeviceHandlers } from './device.ts'
import type { FromThread, Health, ReadingsPart } from './opcua-messages.ts'
import { joinThread } from './opcua-thread.ts'

export interface OpcuaFiles {
  /** `pki/` below it holds our certificate and the servers' that are trusted. */
  readonly data_dir: string
  readonly tick_ms: number
}

/** What a point last got from its server, for `io check` and statistics. */
export interface OpcuaSource {
  readonly point: string
  readonly node: string
  readonly value: number
  readonly status: number
  /** The server's own time of the sample, ms since 1970; NaN where it gives none. */
  readonly source_ms: number
}

export interface OpcuaDevice extends Device {
  /** The server in use; undefined while there is none. */
  readonly server: 'A' | 'B' | undefined
  /** ServiceLevel per server; null while it is not connected. */
  readonly service_levels: readonly (number | null)[]
  sources(): OpcuaSource[]
}

export const pkiDir = (data_dir: string): string => join(data_dir, 'pki')

/** While polls that wait for their end come this often, time is granted: only reads count then. */
const GRANTED_MS = 2000
/** The thread says every second or more often that it has heard of the server. */
const SILENT_MS = 3000

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
  const every = inputs.map((p) => p.every ?? 1)
  const output_nodes = outputs.map((_p, k) => inputs.length + k)
  const silent_ms = SILENT_MS + 2 * record.timeout_ms

  const raw = new Float64Array(points.length)
  /** Last usable value: a sample that is no number must not become one. */
  const values = new Float64Array(points.length)
  const statuses = new Uint16Array(points.length).fill(STATUS.badNoComm)
  const source_ms = new Float64Array(points.length).fill(Number.NaN)
  /** Polls since each input was read. */
  const age = new Float64Array(inputs.length)

  let connection = 0
  let server: 0 | 1 | undefined
  let alarm: string | undefined = 'not yet connected'
  let health: Health = { rtt_ms: 0, timeouts: 0, connects: 0, levels: [] }
  let heard_ms = 0
  let granted_ms = Number.NEGATIVE_INFINITY
  let reading = false
  let next_id = 1
  const pending = new Map<number, (message: Extract<FromThread, { id: number }> | undefined) => void>()
  const complaints = new Set<string>()
  const log = (text: string): void => void process.stderr.write(`field-io: ${text}\n`)
  const complain = (text: string): void => {
    if (!complaints.has(text)) log(text)
    complaints.add(text)
  }

  const take = (part: ReadingsPart): void => {
    part.nodes.forEach((i, k) => {
      const value = quantityOf(points[i]!, part.values[k]!)
      raw[i] = part.values[k]!
      statuses[i] = part.statuses[k]!
      source_ms[i] = part.source_ms[k]!
      if (Number.isFinite(value)) values[i] = value
      else if (!isBad(statuses[i]!)) statuses[i] = STATUS.badSensorFailure
      if (i < age.length) age[i] = 0
    })
  }

  const hand = (): void => {
    handlers.on_read({
      device: index,
      connection,
      inputs: values.slice(0, inputs.length),
      statuses: statuses.slice(0, inputs.length),
      ...(age.some((a) => a > 0) ? { input_ages: age.slice() } : {}),
      readbacks: values.slice(inputs.length),
      readback_statuses: statuses.slice(inputs.length),
      tripped: false,
    })
  }

  const down = (why: string): void => {
    if (alarm !== why) log(`${record.id} out of use: ${why}`)
    alarm = why
    if (server === undefined) return
    server = undefined
    settleAll()
    // Seen in the next frame, not when the values have grown stale. What was Bad before keeps its reason.
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

  const on_message = (message: FromThread): void => {
    heard_ms = performance.now()
    switch (message.type) {
      case 'up':
        // Another server is another state: what was asked of the former one is not answered by this one.
        server = message.server
        connection++
        alarm = undefined
        settleAll()
        log(`${record.id} in use${endpoints.length > 1 ? `, server ${'AB'[server]}` : ''}`)
        take(message.readings)
        hand()
        return
      case 'down':
        health = message.health
        down(message.why)
        return
      case 'alive':
        health = message.health
        return
      case 'readings':
        if (server !== undefined && performance.now() - granted_ms > GRANTED_MS) take(message.readings)
        return
      case 'note':
        log(message.text)
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

  return {
    get connected() {
      return server !== undefined
    },
    get rtt_ms() {
      return health.rtt_ms
    },
    get timeouts() {
      return health.timeouts
    },
    get reconnects() {
      return Math.max(0, health.connects - endpoints.length)
    },
    get alarm() {
      return alarm
    },
    get server() {
      return server === undefined ? undefined : (['A', 'B'] as const)[server]
    },
    get service_levels() {
      return health.levels
    },
    sources: () =>
      points.map((p, i) => ({
        point: p.point,
        node: p.node ?? '',
        value: raw[i]!,
        status: statuses[i]!,
        source_ms: source_ms[i]!,
      })),
    poll(end) {
      if (server !== undefined && performance.now() - heard_ms > silent_ms) down('the OPC UA thread is silent')
      if (server === undefined || (reading && end === undefined)) {
        end?.()
        return
      }
      for (let i = 0; i < age.length; i++) age[i] = age[i]! + 1
      const is_due = (i: number): boolean => age[i]! >= every[i]!
      if (end !== undefined) granted_ms = performance.now()
      const by_read = end !== undefined || opcua.access === 'read'
      const due = by_read ? inputs.flatMap((_p, i) => (is_due(i) ? [i] : [])) : []
      if (!by_read) age.fill(0)
      const nodes = [...due, ...output_nodes]
      if (nodes.length > 0) {
        readNow(nodes, end)
        return
      }
      hand()
      end?.()
    },
    write(effect: DeviceWrite) {
      if (server === undefined || connection !== effect.connection) {
        handlers.on_done(effect.connection, false)
        return
      }
      const chosen = effect.outputs.flatMap((output, k) => {
        const point = io.outputs[output]!
        const value = effect.values[k]!
        const node = outputs.indexOf(point)
        // What is no number is not written: the output holds.
        return node >= 0 && Number.isFinite(value) ? [{ node: inputs.length + node, value: rawOf(point, value) }] : []
      })
      const id = next_id++
      pending.set(id, (message) => {
        const written = message?.type === 'written' ? message : undefined
        for (const refusal of written?.refusals ?? []) complain(refusal)
        if (written?.ok === true) complaints.clear()
        handlers.on_done(effect.connection, written?.ok ?? false)
        if (written?.readings === undefined || server === undefined || connection !== effect.connection) return
        take(written.readings)
        hand()
      })
      thread.send({
        type: 'write',
        key: 0,
        id,
        server,
        nodes: chosen.map((c) => c.node),
        values: Float64Array.from(chosen, (c) => c.value),
        until_ms: performance.timeOrigin + effect.until_ms,
      })
    },
    rearm(for_connection) {
      // An OPC UA device has no output watchdog that we know of, so nothing can have tripped.
      handlers.on_done(for_connection, false)
    },
    close() {
      settleAll()
      thread.close()
    },
  }
}

function quantityOf(p: RegisterCodec, value: number): number {
  if (p.sentinels?.includes(value) === true) return Number.NaN
  return (value - (p.offset ?? 0)) / p.counts_per_unit
}

function rawOf(p: OutputPoint, quantity: number): number {
  return Math.max(p.min, Math.min(p.max, quantity)) * p.counts_per_unit + (p.offset ?? 0)
}
