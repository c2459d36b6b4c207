import type { IoSection } from '../../contracts/artifact.ts'
import {
  createDevice,
  type DeviceEffect,
  type DeviceEvent,
  onDeviceEvent,
  reportDevice,
  standbyAlarm,
} from '../core/device/device.ts'
import { isDue } from '../core/device/periods.ts'
import type { Device, DeviceHandlers } from './device.ts'
import type { Line, LineUser, LinkPool } from './link-pool.ts'
import { oneByOne } from './one-by-one.ts'

export interface ModbusDeviceOptions {
  readonly tick_ms: number
  readonly time: 'wall' | 'granted'
  readonly seed: number
}

/** Of a tick: a device whose reads take longer begins with them earlier. */
const SLOW_PART = 0.1

/** A polled Modbus device: the machine of core/device on the lines that the pool gives it. */
export function openModbusDevice(
  io: IoSection,
  index: number,
  users: readonly LineUser[],
  pool: LinkPool,
  handlers: DeviceHandlers,
  options: ModbusDeviceOptions,
): Device {
  const record = io.devices[index]!
  const { timeout_ms } = record
  const lines: Line[] = []
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let armed_ms = Number.POSITIVE_INFINITY
  const waiting = new Map<number, () => void>()
  let token = 0

  const now = (): number => performance.now()
  const inTurn = oneByOne((event: DeviceEvent) => {
    for (const effect of onDeviceEvent(machine, event)) perform(effect)
  })
  const deliver = (event: DeviceEvent): void => {
    if (closed) return
    inTurn(event)
    arm()
  }
  const arm = (): void => {
    const { wake_ms } = machine
    // An earlier wake-up than needed does no harm: only a nearer time sets the timer again.
    if (wake_ms >= armed_ms) return
    clearTimeout(timer)
    armed_ms = wake_ms
    timer = setTimeout(wake, Math.max(0, Math.ceil(wake_ms - now())))
  }
  const wake = (): void => {
    armed_ms = Number.POSITIVE_INFINITY
    deliver({ type: 'time', now_ms: now() })
  }

  const perform = (effect: DeviceEffect): void => {
    switch (effect.type) {
      case 'ask': {
        const { path, id, unit, request, deadline_ms, probe } = effect
        const line = lines[path]!
        line.ask({
          unit,
          request,
          deadline_ms,
          probe,
          timeout_ms,
          settle: (fault, data) => {
            // What ended with its connection ends as that: the answer would be taken for one that failed by itself.
            if (fault !== undefined && !line.connected)
              deliver({ type: 'path-down', now_ms: now(), path, why: fault.message })
            deliver({ type: 'answer', now_ms: now(), path, id, fault, data })
          },
        })
        return
      }
      case 'drop':
        lines[effect.path]!.drop(`${record.id}: ${effect.why}`)
        return
      case 'polled': {
        const end = waiting.get(effect.token)
        waiting.delete(effect.token)
        end?.()
        return
      }
      case 'read':
        handlers.on_read({ device: index, ...effect.read })
        return
      case 'done':
        handlers.on_done(effect.connection, effect.ok)
        return
      case 'down':
        handlers.on_down(effect.connection)
        return
      case 'note':
        process.stderr.write(`field-io: ${effect.text}\n`)
        handlers.on_note?.(effect.text)
        return
      case 'say':
        process.stderr.write(`field-io: ${effect.text}\n`)
        return
    }
  }

  for (const [path, user] of users.entries()) {
    lines.push(
      pool.line(user, (connected, fault) => {
        if (connected) deliver({ type: 'path-up', now_ms: now(), path })
        else deliver({ type: 'path-down', now_ms: now(), path, why: fault?.message ?? 'lost' })
      }),
    )
  }
  const machine = createDevice({
    io,
    index,
    tick_ms: options.tick_ms,
    time: options.time,
    seed: options.seed,
    paths: users.map((user, i) => ({
      endpoint: user.endpoint,
      unit: i === 1 ? (record.unit_b ?? record.unit) : record.unit,
      alone: lines[i]!.alone,
    })),
  })
  // Lines that others opened before may stand already.
  lines.forEach((line, path) => {
    if (line.connected) deliver({ type: 'path-up', now_ms: now(), path })
  })

  return {
    get connected() {
      return machine.stage === 'ready'
    },
    get rtt_ms() {
      return machine.paths[machine.active]!.counters.rtt_ms
    },
    get timeouts() {
      return machine.paths.reduce((sum, path) => sum + path.counters.timeouts, 0)
    },
    get reconnects() {
      return machine.paths.reduce((sum, path) => sum + Math.max(0, path.counters.connects - 1), 0)
    },
    get alarm() {
      const { why, active, connection } = machine
      // Before the first connection only the line knows why there is none.
      return why !== undefined && connection === 0 ? (lines[active]!.fault ?? why) : why
    },
    get warning() {
      return standbyAlarm(machine, now())
    },
    get slow() {
      if (record.protocol === 'modbus-rtu' || !lines.every((line) => line.alone)) return true
      const { plan, paths, active } = machine
      return plan.classes[0]!.reads.length * paths[active]!.counters.rtt_ms > SLOW_PART * options.tick_ms
    },
    due: (tick) => machine.plan.classes.some(({ every, phase }) => isDue(machine.tick, tick, every, phase)),
    poll(end, tick = machine.tick + 1) {
      if (end === undefined) {
        deliver({ type: 'poll', now_ms: now(), tick })
        return
      }
      waiting.set(++token, end)
      deliver({ type: 'poll', now_ms: now(), tick, token })
    },
    write: (write) => deliver({ type: 'write', now_ms: now(), write }),
    rearm: (connection) => deliver({ type: 'rearm', now_ms: now(), connection }),
    report: () => reportDevice(machine, now()),
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
