/**
 * Orders about forces: journalled before they are sent, answered by field-io, and what stands is watched.
 *
 * Unlike a command an order is not asked for again: whether it stands is in the list that field-io sends every second.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import {
  FORCE_REFUSAL,
  type ForceMessage,
  type ForceResultMessage,
  type ForcesMessage,
  type UnforceMessage,
} from '../../contracts/link.ts'
import { forceAlarms, forceNews, forceRefusal, orderText, pointName } from '../core/force-text.ts'
import type { JournalLine } from '../core/journal-entry.ts'
import { GatewayFault } from './gateway-fault.ts'

export interface ForceOrder {
  readonly point: string
  /** In the device's own quantity. */
  readonly value: number
  readonly for_s: number
  readonly who: string
  readonly reason: string
}

export interface ForceDesk {
  /** Resolves when field-io has taken it. @throws GatewayFault GW_FORCE, GW_NO_IO, GW_JOURNAL */
  force(order: ForceOrder): Promise<void>
  unforce(point: string, who: string): Promise<void>
  /** What field-io last said; null: nothing yet. */
  list(): ForcesMessage | null
  alarms(): string[]
  onResult(m: ForceResultMessage): void
  onForces(m: ForcesMessage): void
  /** The link to field-io is lost: nobody knows what stands. */
  lost(): void
}

export interface ForceDeskParts {
  readonly artifact: () => Artifact
  /** False where there is no link. */
  readonly send: (m: ForceMessage | UnforceMessage) => boolean
  /** @throws GatewayFault GW_JOURNAL: then nothing is done. */
  readonly journal: (lines: readonly Omit<JournalLine, 't_ms'>[]) => void
}

/** field-io answers at once; a paused plant makes no difference to it. */
const ANSWER_MS = 3000

interface Open {
  readonly point: string
  readonly text: string
  readonly tag: string
  readonly who: string
  readonly timer: NodeJS.Timeout
  readonly done: (fault: GatewayFault | undefined) => void
}

export function createForceDesk(parts: ForceDeskParts): ForceDesk {
  const open = new Map<number, Open>()
  let last_id = 0
  let forces: ForcesMessage | null = null
  let listed_ms = 0
  let relinked = false
  const name = (point: string) => pointName(parts.artifact(), point)
  const say = (who: string, tag: string, text: string): void =>
    parts.journal([{ kind: 'command', station: who, tag, text }])
  /** What has happened is said where the journal takes it; its own trouble is an alarm already. */
  const saySoftly = (kind: JournalLine['kind'], who: string, tag: string, text: string): void => {
    try {
      parts.journal([{ kind, station: who, tag, text }])
    } catch (cause) {
      if (!(cause instanceof GatewayFault)) throw cause
    }
  }

  const end = (id: number, fault: GatewayFault | undefined, outcome: string): void => {
    const order = open.get(id)
    if (order === undefined) return
    open.delete(id)
    clearTimeout(order.timer)
    saySoftly('command', order.who, order.tag, `${order.text}: ${outcome}`)
    order.done(fault)
  }

  const place = (
    text: string,
    detail: string,
    who: string,
    point: string,
    message: (id: number) => ForceMessage | UnforceMessage,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const { tag } = name(point)
      say(who, tag, `${text}: sent${detail}`)
      last_id = (last_id + 1) % 2 ** 32
      const id = last_id
      const timer = setTimeout(() => {
        const what = `field I/O has not answered about ${point}`
        end(id, new GatewayFault('GW_NO_IO', what, 'See in `flyball io forces` whether it stands.'), 'no answer')
      }, ANSWER_MS)
      const done = (fault: GatewayFault | undefined): void => (fault === undefined ? resolve() : reject(fault))
      open.set(id, { point, text, tag, who, timer, done })
      if (parts.send(message(id))) return
      const fault = new GatewayFault('GW_NO_IO', 'there is no link to field I/O: nothing was sent', 'Is it running?')
      end(id, fault, 'not sent, no link to field I/O')
    })

  return {
    force: (o) =>
      place(
        orderText({ point: o.point, value: o.value, for_ms: o.for_s * 1000 }, name(o.point).unit),
        `, ${o.reason}`,
        o.who,
        o.point,
        (id) => ({
          type: 'force',
          id,
          point: o.point,
          value: o.value,
          for_ms: o.for_s * 1000,
          who: o.who,
          reason: o.reason,
        }),
      ),
    unforce: (point, who) =>
      place(`Force of ${point} taken away`, '', who, point, (id) => ({ type: 'unforce', id, point })),
    list: () => forces,
    alarms: () => forceAlarms(forces, name),
    onResult(m) {
      if (m.refusal === FORCE_REFUSAL.none) return end(m.id, undefined, 'done')
      const reason = forceRefusal(m.refusal)
      end(
        m.id,
        new GatewayFault('GW_FORCE', `field I/O refused: ${reason}`, 'Nothing was changed.'),
        `refused, ${reason}`,
      )
    },
    onForces(m) {
      // field-io sends the list that an order has changed before its answer: what is open is said with that.
      const own = new Set([...open.values()].map((order) => order.point))
      const now_ms = performance.now()
      const since = { relinked, elapsed_ms: now_ms - listed_ms }
      for (const { point, text } of forceNews(forces, m, own, since, name))
        saySoftly('system', '', name(point).tag, text)
      forces = m
      listed_ms = now_ms
      relinked = false
    },
    lost() {
      relinked = true
      for (const id of [...open.keys()]) {
        const fault = new GatewayFault('GW_NO_IO', 'the link to field I/O was lost', 'See in `flyball io forces`.')
        end(id, fault, 'no answer, the link was lost')
      }
    },
  }
}
