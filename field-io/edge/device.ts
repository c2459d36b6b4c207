import type { IoSection } from '../../contracts/artifact.ts'
import { STATUS } from '../../contracts/status.ts'
import { EXCEPTION } from '../../protocols/core/modbus/function-code.ts'
import type { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import type { ReplyData } from '../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import { ModbusTcpClient } from '../../protocols/edge/modbus-tcp-client.ts'
import type { DeviceReadEvent, DeviceWrite } from '../core/events.ts'
import { type PollPlan, pollPlan } from './poll-plan.ts'

export interface DeviceHandlers {
  readonly on_read: (read: Omit<DeviceReadEvent, 'type' | 'now_ms'>) => void
  readonly on_done: (connection: number, ok: boolean) => void
  readonly on_down: (connection: number) => void
}

/** One device of the field network as field-io uses it: polled, written, re-armed; one request under way at a time. */
export interface Device {
  readonly connected: boolean
  /** Time of the last request, ms. */
  readonly rtt_ms: number
  readonly timeouts: number
  readonly reconnects: number
  /** Why the device is not in use, in words; undefined while it is. */
  readonly alarm: string | undefined
  /** Reads everything once; `end` is called when that has ended, well or not, at once where there is no connection. */
  poll(end?: () => void): void
  write(effect: DeviceWrite): void
  rearm(connection: number): void
  close(): void
}

/** Registers between two points that are read along with them rather than asked for separately. */
const GAP_MAX = 16
/** A device that answers, but not what it should, is asked again after this time. */
const RETRY_MS = 1000

type Job = (end: () => void) => void
type Settle = (fault: ModbusFault | undefined, data: ReplyData) => void

export function openDevice(io: IoSection, index: number, endpoint: string, handlers: DeviceHandlers): Device {
  const record = io.devices[index]!
  const { watchdog, unit } = record
  let plan: PollPlan = pollPlan(io, index, GAP_MAX)
  /** Last usable value of each input: a sample that is no number must not become one. */
  let usable = new Float64Array(io.inputs.filter((p) => p.device === index).length)
  /** Rises with every time the device comes into use; `up` while it is. */
  let connection = 0
  let up = false
  let written_since_read = false
  let retry_at_ms = 0
  let alarm: string | undefined = 'not yet connected'
  let rtt_ms = 0

  const jobs: Job[] = []
  let working = false
  const work = (): void => {
    if (working) return
    const job = jobs.shift()
    if (job === undefined) return
    working = true
    let ended = false
    job(() => {
      if (ended) return
      ended = true
      working = false
      work()
    })
  }

  const client = new ModbusTcpClient(endpoint, {
    timeout_ms: record.timeout_ms,
    limits: { outstanding_max: 1 },
    on_state: (connected, fault) => {
      if (connected) {
        retry_at_ms = 0
        device.poll()
      } else down(fault?.message ?? 'lost')
    },
  })

  const ask = (request: ModbusRequest, settle: Settle): void => {
    const from_ms = performance.now()
    client.call(unit, request, (fault, data) => {
      rtt_ms = performance.now() - from_ms
      settle(fault, data)
      // An answer may still come; on another connection it cannot be taken for one to a later request.
      if (fault?.code === 'IO_TIMEOUT') client.drop(`${record.id}: ${fault.message}`)
    })
  }

  const down = (why: string): void => {
    if (alarm === undefined || up) process.stderr.write(`field-io: ${record.id} out of use: ${why}\n`)
    alarm = why
    if (!up) return
    up = false
    handlers.on_down(connection)
  }

  /** The device is connected but not fit for use: it is looked at again after a while. */
  const unfit = (why: string): void => {
    retry_at_ms = performance.now() + RETRY_MS
    down(why)
  }

  const failed = (fault: ModbusFault): void => {
    if (fault.code !== 'IO_EXCEPTION') return
    if (fault.place.exception === EXCEPTION.illegalAddress && plan.gap_max > 0) {
      // It does not answer for the registers between its points: they are asked for without the gaps from now on.
      plan = pollPlan(io, index, 0)
      device.poll()
      return
    }
    unfit(fault.message)
  }

  const read = (end: () => void): void => {
    const answers: Uint16Array[] = []
    const asked = plan
    const next = (): void => {
      const block = asked.blocks[answers.length]
      if (block === undefined) {
        finish()
        end()
        return
      }
      ask(block, (fault, data) => {
        if (fault !== undefined) {
          failed(fault)
          end()
          return
        }
        answers.push(data as Uint16Array)
        next()
      })
    }
    const finish = (): void => {
      const values = asked.decode(answers)
      usable = values.inputs.map((v, i) => (Number.isFinite(v) ? v : usable[i]!))
      written_since_read = false
      if (!up) {
        up = true
        connection++
        alarm = undefined
        process.stderr.write(`field-io: ${record.id} in use\n`)
      }
      handlers.on_read({
        device: index,
        connection,
        inputs: usable.slice(),
        statuses: Uint16Array.from(values.trusted, (t) => (t ? STATUS.good : STATUS.badSensorFailure)),
        readbacks: values.readbacks.map((v) => (Number.isFinite(v) ? v : 0)),
        readback_statuses: Uint16Array.from(values.readbacks_trusted, (t) =>
          t ? STATUS.good : STATUS.badDeviceFailure,
        ),
        tripped: values.tripped,
      })
    }
    next()
  }

  /** Before first use: a device that would hold its outputs for ever when we vanish is not written. */
  const checkWatchdog = (end: () => void, good: () => void): void => {
    if (watchdog === undefined) {
      good()
      return
    }
    const wanted = Math.round(watchdog.time_ms / 100)
    const address = watchdog.time_register
    const refuse = (fault: ModbusFault): void => {
      if (fault.code === 'IO_EXCEPTION') unfit(`output watchdog: ${fault.message}`)
      end()
    }
    const look = (then: (found: number) => void): void =>
      ask({ function: 3, address, quantity: 1 }, (fault, data) => {
        if (fault !== undefined) refuse(fault)
        else then((data as Uint16Array)[0]!)
      })
    look((found) => {
      if (found === wanted) {
        good()
        return
      }
      ask({ function: 6, address, value: wanted }, (fault) => {
        if (fault !== undefined) {
          refuse(fault)
          return
        }
        look((now) => {
          if (now === wanted) good()
          else {
            unfit(`output watchdog reads ${now} x 0.1 s after ${wanted} was set: not written without it`)
            end()
          }
        })
      })
    })
  }

  const device: Device = {
    get connected() {
      return up
    },
    get rtt_ms() {
      return rtt_ms
    },
    get timeouts() {
      return client.counters.timeouts
    },
    get reconnects() {
      return Math.max(0, client.counters.connects - 1)
    },
    get alarm() {
      return alarm
    },
    poll(end) {
      if (!client.connected || (!up && performance.now() < retry_at_ms)) {
        end?.()
        return
      }
      jobs.push((job_end) => {
        const both = (): void => {
          job_end()
          end?.()
        }
        if (up) read(both)
        else checkWatchdog(both, () => read(both))
      })
      work()
    },
    write(effect) {
      jobs.push((end) => {
        const done = (ok: boolean): void => {
          handlers.on_done(effect.connection, ok)
          end()
        }
        const runs = plan.encode(effect.outputs, effect.values)
        const next = (i: number): void => {
          const run = runs[i]
          if (run === undefined) {
            done(true)
            return
          }
          if (!up || connection !== effect.connection || performance.now() > effect.until_ms) {
            done(false)
            return
          }
          written_since_read = true
          ask({ function: 16, address: run.address, registers: run.registers }, (fault) => {
            if (fault === undefined) next(i + 1)
            else done(false)
          })
        }
        // The next move is measured from what the device says the last one came to.
        if (written_since_read && up) read(() => next(0))
        else next(0)
      })
      work()
    },
    rearm(for_connection) {
      jobs.push((end) => {
        const done = (ok: boolean): void => {
          handlers.on_done(for_connection, ok)
          end()
        }
        if (watchdog === undefined || !up || connection !== for_connection) {
          done(false)
          return
        }
        ask({ function: 6, address: watchdog.rearm_register, value: 1 }, (fault) => done(fault === undefined))
      })
      // At once, so that the trip is seen to be gone before the next outputs are due.
      device.poll()
      work()
    },
    close() {
      jobs.length = 0
      client.close()
    },
  }
  return device
}
