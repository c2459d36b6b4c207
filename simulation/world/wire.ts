/**
 * A link between two programs: messages as bytes with a CRC, lost, late, doubled, overtaken, damaged, cut one way.
 *
 * Without faults it is a stream: in order, complete. A message whose CRC is wrong ends the connection, as on a socket, where
 * nothing after it can be trusted.
 */
import type { LinkMessage } from '../../contracts/link.ts'
import { decodeLink, encodeLink } from '../../contracts/link-codec.ts'
import type { Stream } from '../../numerics/streams.ts'
import { encodeRecord, RecordReader } from '../../protocols/core/record.ts'
import type { Loop } from './loop.ts'

/** One direction's troubles. */
export interface Trouble {
  loss: number
  double: number
  damage: number
  /** Extra delay, drawn up to this for each message by itself, so that they overtake each other. */
  delay_ms: number
  cut: boolean
}

export interface Wire {
  /** 0: towards the second end. */
  readonly trouble: readonly [Trouble, Trouble]
  readonly open: boolean
  /** True time since when nothing was wrong with it. */
  clean_since_ms: number
  connect(): void
  disconnect(): void
  send(direction: 0 | 1, message: LinkMessage): void
}

export interface WireEnds {
  /** Message for the end that this direction leads to. */
  receive(direction: 0 | 1, message: LinkMessage): void
  opened(): void
  /** The connection broke, not by the programs' will. */
  broken(): void
}

export interface WireCounters {
  messages: number
  damaged: number
}

const CHECKED_EVERY = 16

export function createWire(
  loop: Loop,
  chance: Stream,
  ends: WireEnds,
  counters: WireCounters,
  options: { readonly crc: boolean },
): Wire {
  const calm = (): Trouble => ({ loss: 0, double: 0, damage: 0, delay_ms: 0, cut: false })
  const trouble = [calm(), calm()] as const
  const last_ms: [number, number] = [0, 0]
  let session = 0
  let open = false
  const wire: Wire = {
    trouble,
    get open() {
      return open
    },
    clean_since_ms: 0,
    connect: () => {
      open = true
      session++
      ends.opened()
    },
    disconnect: () => {
      open = false
      session++
    },
    send: (direction, message) => {
      if (!open) return
      counters.messages++
      const t = trouble[direction]
      if (t.cut || (t.loss > 0 && chance.uniform() < t.loss)) return
      let sent: LinkMessage | undefined = message
      let damaged = false
      if (t.damage > 0 && chance.uniform() < t.damage) {
        damaged = true
        counters.damaged++
        sent = damage(message, chance, options.crc)
      } else if (counters.messages % CHECKED_EVERY === 0) sent = decodeLink(encodeLink(message))
      const copies = t.double > 0 && chance.uniform() < t.double ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        let time = loop.now + 0.2 + chance.uniform() * 1.5
        if (t.delay_ms > 0) time += chance.uniform() * t.delay_ms
        else {
          time = Math.max(time, last_ms[direction] + 0.001)
          last_ms[direction] = time
        }
        const mine = session
        loop.at(time, () => {
          if (mine !== session) return
          if (sent !== undefined) ends.receive(direction, sent)
          else if (damaged) {
            wire.disconnect()
            ends.broken()
          }
        })
      }
    },
  }
  return wire
}

/** Some bits flip under way; what the receiver makes of it. */
function damage(message: LinkMessage, chance: Stream, crc: boolean): LinkMessage | undefined {
  const record = encodeRecord(encodeLink(message))
  const flips = 1 + chance.below(3)
  for (let i = 0; i < flips; i++) {
    // Without a CRC only the payload is interesting: a wrong length is noticed by anybody.
    const at = crc ? chance.below(record.length) : 8 + chance.below(record.length - 8)
    record[at]! ^= 1 << chance.below(8)
  }
  const payload = crc ? new RecordReader().push(record)[0] : record.slice(8)
  if (payload === undefined) return undefined
  try {
    return decodeLink(payload)
  } catch {
    return undefined
  }
}
