/**
 * Drives the plant by the conductor: its deadlines on the monotonic clock, its grants over the link to field-io.
 */
import type { LinkMessage, PaceMessage } from '../../contracts/link.ts'
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
}

export interface Conducting {
  readonly port: number
  readonly state: Readonly<ConductorState>
  pace(): PaceMessage
  setFactor(factor: number): void
  setPaused(paused: boolean): void
  close(): Promise<void>
}

/** @throws LinkFault where the port cannot be opened. */
export async function conductPlant(options: ConductingOptions): Promise<Conducting> {
  const state = createConductor(options, performance.now())
  let field_io: Link | undefined
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let closed = false

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
      if (former !== undefined && former !== link) former.close('another field-io said hello')
      handle({ type: 'hello', tick: message.state.n })
    } else if (link !== field_io) {
      link.close(`${message.type} before hello`)
    } else if (message.type === 'done') {
      handle({ type: 'done', tick: message.tick })
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
      handle({ type: 'lost' })
    },
  })
  handle({ type: 'time' })
  return {
    port: server.port,
    state,
    pace: () => pace(state, performance.now()),
    setFactor: (factor) => handle({ type: 'factor', factor }),
    setPaused: (paused) => handle({ type: 'paused', paused }),
    close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(immediate)
      return server.close()
    },
  }
}
