/**
 * The safety system as a device of field-io: inputs only, from datagrams that it sends one way.
 *
 * Silent for longer than the device's `timeout`, all points are Bad with their last values. In granted time too: the safety system
 * sends by the wall, also while the plant is paused.
 */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import type { IoSection } from '../../contracts/artifact.ts'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import { readSisSnapshot, SIS_DATAGRAM_BYTES_MAX } from '../../contracts/sis-snapshot-codec.ts'
import { STATUS } from '../../contracts/status.ts'
import { misfit, readSisIds, type SisIds, signalValue } from '../core/sis/sis-signals.ts'
import type { Device, DeviceHandlers } from './device.ts'

export interface SisPlace {
  /** Absent: this run has no safety system. */
  readonly udp_port?: number | undefined
  readonly config_path?: string | undefined
}

export interface SisDevice extends Device {
  /** Where datagrams are heard; 0 before the port is open, or without one. */
  readonly port: number
}

/** A configuration that does not fit is looked for again in its file this often at most, ms. */
const READ_AGAIN_MS = 2000

export function openSisDevice(io: IoSection, index: number, handlers: DeviceHandlers, place: SisPlace): SisDevice {
  const record = io.devices[index]!
  const signals = io.inputs.filter((p) => p.device === index).map((p) => p.node ?? '')
  const values = new Float64Array(signals.length)
  const statuses = new Uint16Array(signals.length).fill(STATUS.badNoComm)
  let ids: SisIds | undefined
  let read_ms = Number.NEGATIVE_INFINITY
  let snapshot: SisSnapshot | undefined
  let heard_ms = Number.NEGATIVE_INFINITY
  let connection = 0
  let up = false
  let ever = false
  let reconnects = 0
  let missed = 0
  let malformed = 0
  let port = 0
  let alarm: string | undefined =
    place.udp_port === undefined ? 'this run has no safety system' : 'nothing has been heard of it yet'

  const hand = (): void =>
    handlers.on_read({
      device: index,
      connection,
      inputs: values.slice(),
      statuses: statuses.slice(),
      readbacks: new Float64Array(0),
      readback_statuses: new Uint16Array(0),
      tripped: false,
    })

  const down = (why: string): void => {
    alarm = why
    if (!up) return
    up = false
    statuses.forEach((status, i) => {
      if (status === STATUS.good) statuses[i] = STATUS.badNoCommLastUsable
    })
    process.stderr.write(`field-io: ${record.id} out of use: ${why}\n`)
    hand()
    handlers.on_down(connection)
  }

  const readIds = (now_ms: number): void => {
    if (place.config_path === undefined || now_ms - read_ms < READ_AGAIN_MS) return
    read_ms = now_ms
    try {
      const bytes = readFileSync(place.config_path)
      ids = readSisIds(bytes.toString('utf8'), createHash('sha256').update(bytes).digest('hex'))
    } catch {
      ids = undefined
    }
  }

  const take = (s: SisSnapshot): void => {
    const now_ms = performance.now()
    if (snapshot?.run_id === s.run_id) {
      // One that was overtaken says nothing new.
      if (s.seq <= snapshot.seq) return
      missed += s.seq - snapshot.seq - 1
    }
    snapshot = s
    if (ids === undefined || misfit(ids, s) !== undefined) readIds(now_ms)
    const wrong = ids === undefined ? 'its configuration file cannot be read here' : misfit(ids, s)
    if (ids === undefined || wrong !== undefined) {
      down(`it ${wrong}`.replace('it its', 'its'))
      return
    }
    heard_ms = now_ms
    signals.forEach((signal, i) => {
      const value = signalValue(ids!, s, signal)
      if (value === undefined) statuses[i] = STATUS.badConfigError
      else {
        values[i] = value
        statuses[i] = STATUS.good
      }
    })
    const unknown = signals.filter((_, i) => statuses[i] === STATUS.badConfigError)
    alarm = undefined
    warning = unknown.length === 0 ? undefined : `${record.id}: its configuration has no ${unknown.join(', ')}`
    if (up) return
    up = true
    connection++
    if (ever) reconnects++
    ever = true
    hand()
  }
  let warning: string | undefined

  const socket = place.udp_port === undefined ? undefined : createSocket('udp4')
  socket?.on('message', (data) => {
    const reading = data.length > SIS_DATAGRAM_BYTES_MAX ? undefined : readSisSnapshot(data.toString('utf8'))
    if (reading?.ok === true) take(reading.snapshot)
    else malformed++
  })
  socket?.on('error', (cause) => down(`its port ${place.udp_port}: ${cause.message}`))
  socket?.bind(place.udp_port, '127.0.0.1', () => {
    port = socket.address().port
  })

  const look = (): void => {
    const silent_ms = performance.now() - heard_ms
    if (up && silent_ms > record.timeout_ms) down(`nothing heard for ${(record.timeout_ms / 1000).toFixed(0)} s`)
  }

  return {
    get port() {
      return port
    },
    get connected() {
      return up
    },
    rtt_ms: 0,
    get timeouts() {
      return malformed
    },
    get reconnects() {
      return reconnects
    },
    get alarm() {
      return alarm
    },
    get warning() {
      return warning
    },
    poll(end) {
      look()
      if (up) hand()
      end?.()
    },
    write: (effect) => handlers.on_done(effect.connection, false),
    rearm: (for_connection) => handlers.on_done(for_connection, false),
    report: () => ({ connected: up, rtt_ms: 0, timeouts: malformed, reconnects, late: missed }),
    close: () => socket?.close(),
  }
}
