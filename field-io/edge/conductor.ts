import type { DeviceMemoryMessage, LinkMessage } from '../../contracts/link.ts'
import { connectLink } from '../../protocols/edge/link-client.ts'
import type { ConductorMessage } from '../core/events.ts'

export interface ConductorHandlers {
  readonly artifact: string
  /** The plant stands at this tick. */
  readonly on_grant: (tick: number) => void
  readonly on_message: (message: ConductorMessage | DeviceMemoryMessage) => void
  /** True when the conductor is heard again, false when it has been silent for too long. */
  readonly on_presence: (present: boolean) => void
}

export interface Conductor {
  done(tick: number): void
  send(message: LinkMessage): void
  close(): void
}

/** It speaks twice a second even when it grants nothing. */
const SILENCE_MS = 2000
const LOOK_MS = 250

/** field-io's link to the conductor of a simulated plant. */
export function joinConductor(endpoint: string, handlers: ConductorHandlers): Conductor {
  let heard_ms = performance.now()
  let present = true
  let timer: NodeJS.Timeout | undefined

  const heard = (): void => {
    heard_ms = performance.now()
    if (present) return
    present = true
    handlers.on_presence(true)
  }
  const client = connectLink(endpoint, {
    on_open: (link) =>
      link.send({ type: 'hello', role: 'field-io', index: 0, artifact: handlers.artifact, state: { epoch: 0, n: 0 } }),
    on_message: (link, message) => {
      heard()
      if (message.type === 'grant') handlers.on_grant(message.tick)
      else if (
        message.type === 'pace' ||
        message.type === 'snapshot-request' ||
        message.type === 'restore' ||
        message.type === 'forces' ||
        message.type === 'command' ||
        message.type === 'device-memory'
      )
        handlers.on_message(message)
      else link.close(`a conductor does not send '${message.type}'`)
    },
    on_end: (_link, reason) => process.stderr.write(`field-io: conductor ${endpoint} lost: ${reason}\n`),
  })
  const look = (): void => {
    if (present && performance.now() - heard_ms > SILENCE_MS) {
      present = false
      handlers.on_presence(false)
    }
    timer = setTimeout(look, LOOK_MS)
  }
  look()
  return {
    done: (tick) => void client.link?.send({ type: 'done', tick }),
    send: (message) => void client.link?.send(message),
    close() {
      clearTimeout(timer)
      client.close()
    },
  }
}
