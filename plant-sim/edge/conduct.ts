/**
 * Drives the plant by the conductor: its deadlines on the monotonic clock, its grants over the link to field-io.
 *
 * Between two ticks it can stand still for the whole run's sake: the controllers' state is asked of field-io, or given back.
 */
import type { Command } from '../../contracts/frame.ts'
import type { LinkMessage, PaceMessage, SnapshotMessage } from '../../contracts/link.ts'
import type { Link } from '../../protocols/edge/link.ts'
import { listenLinks } from '../../protocols/edge/link-server.ts'
import {
  type ConductorEvent,
  type ConductorOptions,
  type ConductorState,
  conduct,
  createConductor,
  pace,
} from '../core/conductor.ts'

export interface ConductingOptions extends ConductorOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Advances the plant by one tick. */
  readonly advance: () => void
  /** The pace has changed, or half a second has passed. */
  readonly on_pace: (message: PaceMessage) => void
  /** An operator's command was carried out. */
  readonly on_command?: (command: Command) => void
}

export interface Conducting {
  readonly port: number
  readonly state: Readonly<ConductorState>
  /** Hash of the strategy that field-io runs; undefined while there is no field-io. */
  readonly strategy: string | undefined
  pace(): PaceMessage
  setFactor(factor: number): void
  setPaused(paused: boolean): void
  /**
   * Does this when the tick in hand is done, and lets no other begin before it has ended. One at a time, in order.
   * From within `advance`: after the tick that this advance belongs to.
   */
  atRest<T>(act: () => Promise<T> | T): Promise<T>
  /** The controllers' state of the present tick; undefined where none is to be had in time. Only within `atRest`. */
  controllers(): Promise<SnapshotMessage | undefined>
  /** Gives it back. False where field-io did not say that it goes on from there. Only within `atRest`. */
  restoreControllers(snapshot: SnapshotMessage): Promise<boolean>
  close(): Promise<void>
}

/** @throws LinkFault where the port cannot be opened. */
export async function conductPlant(options: ConductingOptions): Promise<Conducting> {
  const state = createConductor(options, performance.now())
  let field_io: Link | undefined
  let strategy: string | undefined
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let closed = false
  let resting: (() => void)[] = []
  let resters = 0
  let turn: Promise<unknown> = Promise.resolve()
  let expected: { readonly type: LinkMessage['type']; take(message: LinkMessage | undefined): void } | undefined

  const handle = (event: ConductorEvent): void => {
    const { effects, wake_ms } = conduct(state, event, performance.now())
    for (const effect of effects) {
      if (effect.type === 'advance') {
        options.advance()
        continue
      }
      if (effect.type === 'pace') options.on_pace(effect)
      field_io?.send(effect)
    }
    schedule(wake_ms)
    if (state.held && state.awaited < 0 && resting.length > 0) {
      const woken = resting
      resting = []
      for (const wake of woken) wake()
    }
  }
  const schedule = (wake_ms: number): void => {
    clearTimeout(timer)
    clearImmediate(immediate)
    if (closed) return
    const delay_ms = wake_ms - performance.now()
    // A timer is good to a millisecond; between two ticks the sockets are served in any case.
    if (delay_ms < 0.5) immediate = setImmediate(tick)
    else timer = setTimeout(tick, delay_ms)
  }
  const tick = (): void => handle({ type: 'time' })

  const onMessage = (link: Link, message: LinkMessage): void => {
    if (message.type === 'hello') {
      if (message.role !== 'field-io') {
        link.close(`the conductor speaks with field-io, not with a ${message.role}`)
        return
      }
      // The newest speaks for field-io: an older connection is one it no longer knows of.
      const former = field_io
      field_io = link
      strategy = message.artifact
      if (former !== undefined && former !== link) former.close('another field-io said hello')
      handle({ type: 'hello', tick: message.state.n })
    } else if (link !== field_io) {
      link.close(`${message.type} before hello`)
    } else if (message.type === 'done') {
      handle({ type: 'done', tick: message.tick })
    } else if (message.type === 'command') {
      options.on_command?.(message.command)
    } else if (message.type === 'snapshot' || message.type === 'welcome') {
      if (expected?.type === message.type) expected.take(message)
    } else {
      link.close(`the conductor does not take ${message.type}`)
    }
  }
  const server = await listenLinks({
    host: options.host,
    port: options.port,
    on_message: onMessage,
    on_end: (link) => {
      if (link !== field_io) return
      field_io = undefined
      strategy = undefined
      expected?.take(undefined)
      handle({ type: 'lost' })
    },
  })
  /** The next message of this type, or undefined after the time that a tick may take. */
  const ask = (message: LinkMessage, type: LinkMessage['type']): Promise<LinkMessage | undefined> =>
    new Promise((resolve) => {
      if (field_io === undefined) {
        resolve(undefined)
        return
      }
      const give_up = setTimeout(() => expected?.take(undefined), options.done_timeout_ms)
      expected = {
        type,
        take(answer) {
          clearTimeout(give_up)
          expected = undefined
          resolve(answer)
        },
      }
      field_io.send(message)
    })
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      resting.push(resolve)
      handle({ type: 'held', held: true })
    })
  handle({ type: 'time' })
  return {
    port: server.port,
    state,
    get strategy() {
      return strategy
    },
    pace: () => pace(state, performance.now()),
    setFactor: (factor) => handle({ type: 'factor', factor }),
    setPaused: (paused) => handle({ type: 'paused', paused }),
    atRest(act) {
      resters++
      // At once, not at its turn: the grant that follows an advance is the last one before it.
      state.held = true
      const done = turn.then(async () => {
        try {
          await rest()
          return await act()
        } finally {
          resters--
          if (resters === 0 && !closed) handle({ type: 'held', held: false })
        }
      })
      turn = done.catch(() => {})
      return done
    },
    async controllers() {
      const answer = await ask({ type: 'snapshot-request' }, 'snapshot')
      return answer?.type === 'snapshot' && answer.state.length > 0 ? answer : undefined
    },
    async restoreControllers({ epoch, n, digest, artifact, state: bytes }) {
      const message = { type: 'restore', join: 0, epoch, n, digest, artifact, state: bytes } as const
      return (await ask(message, 'welcome')) !== undefined
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(immediate)
      expected?.take(undefined)
      return server.close()
    },
  }
}
