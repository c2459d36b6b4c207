/** The edge of field-io in the world: one program with links, a disk, a device and a clock of its own around the real core. */
import { compareTicks, type TickId } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import type { FieldIoConfig, FieldIoEffect, FieldIoEvent } from '../../field-io/core/events.ts'
import { createFieldIo, type FieldIoState, onEvent } from '../../field-io/core/field-io.ts'
import { decodeLogEntry } from '../../field-io/core/log-records.ts'
import { RULES } from '../../field-io/core/rules.ts'
import type { Stream } from '../../numerics/streams.ts'
import type { DeviceReply, DeviceRequest } from './device.ts'
import type { Disk } from './disk.ts'
import type { Judge } from './judge.ts'
import type { Loop } from './loop.ts'
import { TICK_MS } from './plant.ts'
import { createProgram, type Program } from './process.ts'

export interface FieldIoHost {
  readonly program: Program
  readonly state: FieldIoState | undefined
  controller(index: 0 | 1, message: LinkMessage): void
  controllerDown(index: 0 | 1): void
  gateway(message: LinkMessage): void
}

export interface FieldIoWorld {
  readonly loop: Loop
  readonly chance: Stream
  readonly judge: Judge
  readonly disk: Disk
  readonly config: FieldIoConfig
  /** Fraction by which its clock is fast. */
  readonly drift: number
  sendController(index: 0 | 1, message: LinkMessage): void
  sendGateway(message: LinkMessage): void
  /** A request under way to the device: the reply comes back or not. */
  device(connection: number, request: DeviceRequest, reply: (r: DeviceReply | undefined) => void): void
  onStart(): void
  onKill(): void
  onFrame(): void
  trace(text: string): void
}

const TIMEOUT_MS = 300
const POLL_PHASE_MS = 70

export function createFieldIoHost(world: FieldIoWorld): FieldIoHost {
  const { loop, disk, judge, config } = world
  const rules = config.rules ?? RULES
  let state: FieldIoState | undefined
  let handlers: Pick<FieldIoHost, 'controller' | 'controllerDown' | 'gateway'> | undefined
  /** Numbers of connections as the device sees them: over all lives of field-io. */
  let connections = 0

  const program = createProgram(loop, world.chance, start, () => {
    state = undefined
    world.onKill()
  })

  function start(): void {
    const mine = createFieldIo(config)
    state = mine
    const offset_ms = world.chance.uniform() * 1e6
    const now = (): number => loop.now * (1 + world.drift) + offset_ms
    const after = (local_ms: number, action: () => void): void => program.after(local_ms / (1 + world.drift), action)
    let tip: TickId = { epoch: 0, n: 0 }
    /** Nothing more is written behind a hole. */
    let failed_log: number | undefined

    const feed = (make: (now_ms: number) => FieldIoEvent): void => {
      if (state !== mine) return
      const event = make(now())
      const effects = onEvent(mine, event)
      const frame = mine.current?.entry.frame
      if (mine.phase === 'running' && frame !== undefined && compareTicks(frame, tip) !== 0) {
        tip = { epoch: frame.epoch, n: frame.n }
        world.trace(`frame ${frame.epoch} ${frame.n}`)
        world.onFrame()
        judge.frameMade(frame)
      }
      for (const effect of effects) perform(effect)
    }

    const link = createDeviceLink()

    function perform(effect: FieldIoEffect): void {
      switch (effect.type) {
        case 'send-controller':
          world.sendController(effect.index, effect.message)
          break
        case 'send-gateway':
          world.sendGateway(effect.message)
          break
        case 'deadline':
          after(effect.at_ms - now() + 0.01, () => feed((now_ms) => ({ type: 'deadline', now_ms })))
          break
        case 'write':
        case 'rearm':
          link.ask(effect)
          break
        case 'log-begin':
          disk.begin(effect.log)
          break
        case 'log-append': {
          const { log, mark, record } = effect
          const entry = decodeLogEntry(record.subarray(8))
          if (entry.kind !== 'frame') judge.snapshotKept(entry.snapshot)
          if (failed_log === log || !disk.append(log, record)) {
            failed_log = log
            program.after(1, () => feed((now_ms) => ({ type: 'log-failed', now_ms, mark })))
          }
          break
        }
        case 'log-sync': {
          const { log, mark } = effect
          if (failed_log === log) break
          disk.sync(log, () => {
            program.deliver(() => feed((now_ms) => ({ type: 'log-durable', now_ms, mark })))
          })
          break
        }
        case 'log-drop':
          disk.drop(effect.before)
          break
        case 'store-epoch': {
          const { epoch } = effect
          disk.storeEpoch(epoch, () => {
            program.deliver(() => feed((now_ms) => ({ type: 'epoch-stored', now_ms, epoch })))
          })
          break
        }
        case 'done':
          break
      }
    }

    function createDeviceLink(): { ask(effect: Extract<FieldIoEffect, { type: 'write' | 'rearm' }>): void } {
      let connection = 0
      let number = 0
      let open = false
      let outstanding = 0
      let request_number = 0
      let wanted: Extract<FieldIoEffect, { type: 'write' | 'rearm' }> | undefined
      let poll_due = false

      const send = (request: DeviceRequest, done: (reply: DeviceReply) => void): void => {
        const mine_request = ++request_number
        outstanding = mine_request
        world.device(number, request, (reply) => {
          program.deliver(() => {
            // A reply to a former life finds nobody.
            if (state !== mine || outstanding !== mine_request) return
            if (reply === undefined) {
              drop()
              return
            }
            outstanding = 0
            done(reply)
            next()
          })
        })
        after(TIMEOUT_MS, () => {
          if (outstanding === mine_request) drop()
        })
      }
      const drop = (): void => {
        outstanding = 0
        wanted = undefined
        const was = connection
        if (open) feed((now_ms) => ({ type: 'device-down', now_ms, device: 0, connection: was }))
        open = false
        after(50, connect)
      }
      const connect = (): void => {
        number = ++connections
        send({ kind: 'connect' }, () => {
          connection++
          open = true
          poll()
        })
      }
      const poll = (): void => {
        poll_due = true
        if (outstanding === 0 && open) next()
      }
      const next = (): void => {
        if (outstanding !== 0 || !open) return
        const effect = wanted
        const mine_connection = connection
        if (effect !== undefined) {
          wanted = undefined
          const done = (ok: boolean): void =>
            feed((now_ms) => ({ type: 'device-done', now_ms, device: 0, connection: mine_connection, ok }))
          if (effect.connection !== connection) done(false)
          else if (effect.type === 'rearm') send({ kind: 'rearm' }, () => done(true))
          else if (rules.isLate(now(), effect.until_ms)) done(false)
          else {
            const { epoch, n, outputs: positions, values } = effect
            judge.writeSent({ epoch, n })
            send({ kind: 'write', at: { epoch, n }, positions, values }, () => done(true))
          }
          if (outstanding === 0) next()
          return
        }
        if (!poll_due) return
        poll_due = false
        send({ kind: 'read' }, ({ inputs, readbacks, tripped }) => {
          judge.deviceRead(readbacks)
          feed((now_ms) => ({
            type: 'device-read',
            now_ms,
            device: 0,
            connection: mine_connection,
            inputs,
            statuses: new Uint16Array(inputs.length).fill(0x80),
            readbacks,
            readback_statuses: new Uint16Array(readbacks.length).fill(0x80),
            tripped,
          }))
        })
      }
      const pollAgain = (): void => {
        poll()
        after(TICK_MS - ((now() - POLL_PHASE_MS) % TICK_MS), pollAgain)
      }
      connect()
      pollAgain()
      return {
        ask: (effect) => {
          wanted = effect
          next()
        },
      }
    }

    let last_tick = Math.floor(now() / TICK_MS)
    const tickAgain = (): void => {
      const tick = Math.floor(now() / TICK_MS + 1e-6)
      if (tick > last_tick) {
        last_tick = tick
        feed((now_ms) => ({ type: 'tick', now_ms, tick, t_ms: 0 }))
      }
      after((tick + 1) * TICK_MS - now(), tickAgain)
    }
    feed((now_ms) => ({ type: 'start', now_ms, epoch: disk.epoch, logs: disk.files() }))
    tickAgain()
    handlers = {
      controller: (index, message) => feed((now_ms) => ({ type: 'controller', now_ms, index, message })),
      controllerDown: (index) => feed((now_ms) => ({ type: 'controller-down', now_ms, index })),
      gateway: (message) => feed((now_ms) => ({ type: 'gateway', now_ms, message })),
    }
    world.onStart()
  }

  return {
    program,
    get state() {
      return state
    },
    controller: (index, message) => program.deliver(() => handlers?.controller(index, message)),
    controllerDown: (index) => program.deliver(() => handlers?.controllerDown(index)),
    gateway: (message) => program.deliver(() => handlers?.gateway(message)),
  }
}
