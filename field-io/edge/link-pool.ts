import type { DeviceRecord } from '../../contracts/artifact.ts'
import type { Settle } from '../../protocols/core/modbus/client.ts'
import type { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import type { ModbusLink } from '../../protocols/edge/modbus-link.ts'
import { openModbusLink } from '../../protocols/edge/open-modbus-link.ts'
import { type Bus, type BusAsk, busWakeAt, createBus, settled, takeNext } from '../core/device/bus.ts'

/** What a device sees of the connection that it may share. */
export interface Line {
  /** Nobody else uses it: it may be given up at a time-out. */
  readonly alone: boolean
  readonly connected: boolean
  /** The last reason for being without a connection. */
  readonly fault: string | undefined
  ask(request: LineRequest): void
  drop(why: string): void
}

export interface LineRequest {
  readonly unit: number
  readonly request: ModbusRequest
  readonly deadline_ms: number
  readonly probe: boolean
  readonly timeout_ms: number
  readonly settle: Settle
}

export type OnLineState = (connected: boolean, fault: ModbusFault | undefined) => void

/** One way of one device. */
export interface LineUser {
  readonly record: DeviceRecord
  readonly path: 'A' | 'B'
  /** Resolved. */
  readonly endpoint: string
  readonly period_ms: number
}

export interface LinkPool {
  /** @param on_state - called when the connection stands or is lost; not before this call has returned. */
  line(user: LineUser, on_state: OnLineState): Line
  close(): void
}

type Waiting = LineRequest & BusAsk

/** Requests under way at once behind one gateway; a serial line takes one, and so does the driver modbus-serial. */
const GATEWAY_PLACES = 4
const RETRY_MS = 50
const RETRY_MS_LEAST = 100
const RETRY_MS_MOST = 1000

/**
 * The connections of all devices: one for each endpoint, made at its first use and kept up for ever.
 *
 * @param users - everybody who will ask for a line, so that each knows whether it is alone.
 * @param folder - where relative paths of certificates begin.
 */
export function openLinkPool(users: readonly LineUser[], folder: string): LinkPool {
  const shared = new Map<string, { ask(request: LineRequest): void; link: ModbusLink; users: OnLineState[] }>()

  const open = (user: LineUser): { ask(request: LineRequest): void; link: ModbusLink; users: OnLineState[] } => {
    const { record, path, endpoint } = user
    const mates = users.filter((u) => u.endpoint === endpoint)
    const alone = mates.length === 1
    const listeners: OnLineState[] = []
    const serial = record.protocol === 'modbus-rtu' || record.protocol === 'modbus-rtu-tcp'
    const timeout_ms = Math.max(...mates.map((u) => u.record.timeout_ms))
    const one = alone || serial || record.driver === 'modbus-serial'
    const places = one ? 1 : GATEWAY_PLACES
    const fastest_ms = Math.min(...mates.map((u) => u.period_ms))
    const link = openModbusLink(record, path, endpoint, {
      timeout_ms,
      limits: { outstanding_max: places, outstanding_per_unit_max: 1 },
      retry_ms: RETRY_MS,
      retry_ms_max: Math.min(RETRY_MS_MOST, Math.max(RETRY_MS_LEAST, fastest_ms)),
      folder,
      on_state: (connected, fault) => {
        for (const listener of listeners) listener(connected, fault)
      },
    })
    const direct = ({ unit, request, settle, timeout_ms: wait_ms }: LineRequest): void =>
      link.call(unit, request, settle, wait_ms)
    const ask = alone ? direct : sharedAsk(link, createBus<Waiting>({ places, timeout_ms, rests: serial }), !serial)
    return { ask, link, users: listeners }
  }

  return {
    line(user, on_state) {
      let entry = shared.get(user.endpoint)
      if (entry === undefined) {
        entry = open(user)
        shared.set(user.endpoint, entry)
      }
      const { link, users: listeners, ask } = entry
      listeners.push(on_state)
      return {
        alone: users.filter((u) => u.endpoint === user.endpoint).length === 1,
        get connected() {
          return link.connected
        },
        get fault() {
          return link.last_fault?.message
        },
        ask,
        drop: (why) => link.drop(why),
      }
    },
    close() {
      for (const { link } of shared.values()) link.close()
    },
  }
}

/** @param drops - whether a connection on which nobody answers is made anew. */
function sharedAsk(link: ModbusLink, bus: Bus<Waiting>, drops: boolean): (request: LineRequest) => void {
  let timer: NodeJS.Timeout | undefined
  const fill = (): void => {
    clearTimeout(timer)
    const now_ms = performance.now()
    for (const item of takeNext(bus, now_ms)) send(item)
    const wake_ms = busWakeAt(bus, now_ms)
    // Unreferenced: what waits here must not keep a program alive that has closed everything.
    if (wake_ms < Number.POSITIVE_INFINITY) timer = setTimeout(fill, Math.ceil(wake_ms - now_ms)).unref()
  }
  const send = (item: Waiting): void => {
    link.call(
      item.unit,
      item.request,
      (fault, data) => {
        const silent = fault?.code === 'IO_TIMEOUT'
        const how = fault === undefined || fault.code === 'IO_EXCEPTION' ? 'answered' : silent ? 'silent' : 'lost'
        const dead = settled(bus, item, how, performance.now())
        item.settle(fault, data)
        if (dead && drops) link.drop('nobody answers on it')
        fill()
      },
      item.timeout_ms,
    )
  }
  return (request) => {
    bus.waiting.push(request)
    fill()
  }
}
