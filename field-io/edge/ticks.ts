import type { DeviceMemoryMessage, LinkMessage } from '../../contracts/link.ts'
import type { ConductorMessage } from '../core/events.ts'
import { type Clock, startClock } from './clock.ts'
import { type Conductor, joinConductor } from './conductor.ts'
import type { Device } from './device.ts'

export interface TicksOptions {
  readonly tick_ms: number
  readonly artifact: string
  readonly conductor: string | undefined
  /** Filled before `begin`. */
  readonly devices: readonly Device[]
  readonly on_tick: (tick: number) => void
  /** Whatever the conductor says beside its grants. */
  readonly on_conductor: (message: ConductorMessage | DeviceMemoryMessage) => void
}

export interface Ticks {
  begin(): void
  /** The core has finished this tick. */
  done(tick: number): void
  /** To the conductor; nobody hears it without one. */
  tell(message: LinkMessage): void
  stop(): void
}

/** On the wall clock a device is read in this part of the period, late, so that the next frame finds fresh values. */
const POLL_FROM = 0.6
const POLL_TO = 0.85
/** A line that takes long for a read begins early: what is asked of it together it could not answer together. */
const SLOW_FROM = 0.05

/**
 * Where ticks come from: the conductor's grants, or, without a conductor or when it has fallen silent, the own clock.
 *
 * Granted: the plant stands at t(n), so every device is read and then the tick is given; `done` goes back.
 * Own clock: the devices are read ahead of each tick, spread over a part of the period.
 */
export function startTicks(options: TicksOptions): Ticks {
  const { tick_ms, devices } = options
  let clock: Clock | undefined
  let conductor: Conductor | undefined
  let polls: NodeJS.Timeout[] = []
  let last = 0
  /** tick = grant + offset: a conductor that begins anew goes on where ticks stand. */
  let offset: number | undefined
  let open: { readonly grant: number; readonly tick: number } | undefined
  let preparing = false
  let waiting: number | undefined

  const give = (tick: number): void => {
    last = tick
    options.on_tick(tick)
  }

  const runClock = (): void => {
    if (clock !== undefined) return
    open = undefined
    offset = undefined
    clock = startClock(tick_ms, last + 1, (tick) => {
      planPolls(tick + 1)
      give(tick)
    })
  }
  const stopClock = (): void => {
    clock?.stop()
    clock = undefined
    for (const poll of polls) clearTimeout(poll)
    polls = []
  }
  /** Reads ahead of the coming tick. Devices take their turns at whole milliseconds, so that one timer serves several. */
  const planPolls = (tick: number): void => {
    const turns = new Map<number, Device[]>()
    devices.forEach((device, i) => {
      if (device.due?.(tick) === false) return
      const from = device.slow === true ? SLOW_FROM : POLL_FROM
      const at_ms = Math.round((from + ((POLL_TO - from) * i) / Math.max(1, devices.length - 1)) * tick_ms)
      const turn = turns.get(at_ms)
      if (turn === undefined) turns.set(at_ms, [device])
      else turn.push(device)
    })
    polls = [...turns].map(([at_ms, turn]) =>
      setTimeout(() => {
        for (const device of turn) device.poll(undefined, tick)
      }, at_ms),
    )
  }

  const grant = (k: number): void => {
    stopClock()
    waiting = k
    if (!preparing) prepare()
  }
  const prepare = (): void => {
    const k = waiting
    if (k === undefined) return
    waiting = undefined
    preparing = true
    if (offset === undefined || k + offset <= last) offset = Math.max(0, last + 1 - k)
    const tick = k + offset
    let left = devices.length
    const ended = (): void => {
      if (--left > 0) return
      preparing = false
      if (waiting !== undefined) {
        prepare()
        return
      }
      // The own clock may have taken over meanwhile, and given this tick and more.
      if (clock !== undefined || tick <= last) return
      open = { grant: k, tick }
      give(tick)
    }
    if (left === 0) {
      left = 1
      ended()
    } else for (const device of devices) device.poll(ended, tick)
  }

  return {
    begin() {
      if (options.conductor === undefined) {
        runClock()
        return
      }
      conductor = joinConductor(options.conductor, {
        artifact: options.artifact,
        on_grant: grant,
        on_message: options.on_conductor,
        on_presence: (present) => {
          process.stderr.write(`field-io: the conductor ${present ? 'is back' : 'is silent: ticks by the own clock'}\n`)
          if (!present) runClock()
        },
      })
    },
    done(tick) {
      if (open === undefined || open.tick !== tick) return
      const { grant: k } = open
      open = undefined
      conductor?.done(k)
    },
    tell: (message) => conductor?.send(message),
    stop() {
      stopClock()
      conductor?.close()
    },
  }
}
