import { dirname } from 'node:path'
import type { IoStatusMessage } from '../../contracts/link.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { fastestEvery } from '../core/device/periods.ts'
import type { FieldIoEffect, FieldIoEvent } from '../core/events.ts'
import { createFieldIo, onEvent } from '../core/field-io.ts'
import { type FieldIoProgramConfig, prepare } from './config.ts'
import { deadlines } from './deadlines.ts'
import type { Device, DeviceHandlers } from './device.ts'
import { recallDevices, rememberDevices } from './device-memory.ts'
import { openFrameLog } from './frame-log.ts'
import { type LineUser, openLinkPool } from './link-pool.ts'
import { openLinks } from './links.ts'
import { openModbusDevice } from './modbus-device.ts'
import { oneByOne } from './one-by-one.ts'
import { openOpcuaDevice } from './opcua-device.ts'
import { openSisDevice } from './sis-device.ts'
import { startTicks } from './ticks.ts'

export type { FieldIoProgramConfig } from './config.ts'

/** Granted time waits so long, on the wall, for what does not come. It costs pace, not control. */
const ANSWER_WAIT_MS = 1000

/**
 * Runs the field-io core on real devices, links, disk and clock.
 *
 * Everything that happens becomes an event of the core, one after the other; what the core answers is done at once.
 * A fault of the core itself is not caught: the process ends and the devices' watchdogs bring the outputs to safety.
 * @throws FieldIoConfigFault, LinkFault
 */
export async function startFieldIo(config: FieldIoProgramConfig): Promise<Running> {
  const { artifact, endpoints } = prepare(config)
  const granted = config.conductor !== undefined
  const answer_wait_ms = Math.min(10 * artifact.tick_ms, Math.max(artifact.tick_ms, ANSWER_WAIT_MS))
  const state = createFieldIo({ artifact, time: granted ? 'granted' : 'wall', answer_wait_ms })

  let closed = false
  const inTurn = oneByOne((event: FieldIoEvent) => {
    for (const effect of onEvent(state, event)) perform(effect)
  })
  const deliver = (event: FieldIoEvent): void => {
    if (!closed) inTurn(event)
  }
  const now = (): number => performance.now()

  const timers = deadlines(() => deliver({ type: 'deadline', now_ms: now() }))
  const log = openFrameLog(config.data_dir, {
    on_durable: (mark) => deliver({ type: 'log-durable', now_ms: now(), mark }),
    on_failed: (mark, cause) => {
      process.stderr.write(`field-io: frame log in ${config.data_dir}: ${cause.message}; control goes on unrecorded\n`)
      deliver({ type: 'log-failed', now_ms: now(), mark })
    },
  })
  const devices: Device[] = []
  const links = await openLinks(config.link_port, {
    on_controller: (index, message) => deliver({ type: 'controller', now_ms: now(), index, message }),
    on_controller_down: (index) => deliver({ type: 'controller-down', now_ms: now(), index }),
    on_gateway: (message) => deliver({ type: 'gateway', now_ms: now(), message }),
    complete: (status) => complete(status, devices),
  })

  const perform = (effect: FieldIoEffect): void => {
    switch (effect.type) {
      case 'send-controller':
        links.toController(effect.index, effect.message)
        return
      case 'send-gateway':
        links.toGateway(effect.message)
        return
      case 'send-conductor':
        ticks.tell(effect.message)
        return
      case 'deadline':
        timers.add(effect.at_ms)
        return
      case 'write':
        devices[effect.device]!.write(effect)
        return
      case 'rearm':
        devices[effect.device]!.rearm(effect.connection)
        return
      case 'log-begin':
        log.begin(effect.log)
        return
      case 'log-append':
        log.append(effect.log, effect.mark, effect.record)
        return
      case 'log-sync':
        log.sync(effect.log, effect.mark)
        return
      case 'log-drop':
        log.drop(effect.before)
        return
      case 'store-epoch':
        log.storeEpoch(effect.epoch)
        deliver({ type: 'epoch-stored', now_ms: now(), epoch: effect.epoch })
        return
      case 'done':
        ticks.done(effect.tick)
        return
    }
  }

  const ticks = startTicks({
    tick_ms: artifact.tick_ms,
    artifact: artifact.hash,
    conductor: config.conductor,
    devices,
    on_tick: (tick) => deliver({ type: 'tick', now_ms: now(), tick, t_ms: Date.now() }),
    on_conductor: (message) => {
      if (message.type === 'device-memory') {
        recallDevices(devices, message.memory)
        return
      }
      if (message.type === 'snapshot-request') ticks.tell({ type: 'device-memory', memory: rememberDevices(devices) })
      deliver({ type: 'conductor', now_ms: now(), message })
    },
  })
  deliver({ type: 'start', now_ms: now(), epoch: log.stored_epoch, logs: log.stored })
  const users = artifact.io.devices.map((record, i) =>
    endpoints[i]!.map((endpoint, k): LineUser => {
      const period_ms = fastestEvery(artifact.io, i) * artifact.tick_ms
      return { record, path: k === 0 ? 'A' : 'B', endpoint, period_ms }
    }),
  )
  const polled = users.flat().filter(({ record }) => record.protocol !== 'opcua' && record.protocol !== 'sis')
  const pool = openLinkPool(polled, config.strategy_dir ?? dirname(config.artifact_path))
  const seed = Date.now()
  artifact.io.devices.forEach((record, device) => {
    const handlers: DeviceHandlers = {
      on_read: (read) => deliver({ type: 'device-read', now_ms: now(), ...read }),
      on_done: (connection, ok) => deliver({ type: 'device-done', now_ms: now(), device, connection, ok }),
      on_down: (connection) => deliver({ type: 'device-down', now_ms: now(), device, connection }),
      on_note: (text) => deliver({ type: 'device-note', now_ms: now(), text }),
    }
    const { tick_ms, io } = artifact
    const time = granted ? 'granted' : 'wall'
    if (record.protocol === 'sis') {
      const place = { udp_port: config.sis_udp_port, config_path: config.sis_config_path }
      devices.push(openSisDevice(io, device, handlers, place))
      return
    }
    devices.push(
      record.protocol === 'opcua'
        ? openOpcuaDevice(io, device, endpoints[device]!, handlers, { data_dir: config.data_dir, tick_ms })
        : openModbusDevice(io, device, users[device]!, pool, handlers, { tick_ms, time, seed }),
    )
  })
  ticks.begin()

  return {
    ports: { link: links.port },
    async close() {
      closed = true
      ticks.stop()
      timers.stop()
      for (const device of devices) device.close()
      pool.close()
      await links.close()
      await log.close()
    },
  }
}

/** Adds what the edge alone knows: the state of the wires, and why a device is not in use. */
function complete(status: IoStatusMessage, devices: readonly Device[]): IoStatusMessage {
  const reasons = new Map<string, string>()
  status.devices.forEach(({ id }, i) => {
    const { alarm } = devices[i]!
    if (alarm !== undefined) reasons.set(`${id} is not connected`, alarm)
  })
  return {
    ...status,
    alarms: [
      ...status.alarms.map((words) => {
        const reason = reasons.get(words)
        return reason === undefined ? words : `${words}: ${reason}`
      }),
      ...devices.flatMap((device) => device.warning ?? []),
    ],
    devices: status.devices.map((d, i) => {
      const device = devices[i]!
      const { connected, rtt_ms, timeouts, reconnects } = device
      return { ...d, ...(device.report?.() ?? { connected, rtt_ms, timeouts, reconnects }) }
    }),
  }
}
