/**
 * One device of OPC UA: one server, or a redundant pair with a session to each, of which the better is used.
 */
import { chooseServer } from '../core/opcua/service-level.ts'
import type { ServerAddress } from './opcua-connect.ts'
import type { OpcuaFault } from './opcua-fault.ts'
import { type LinkNode, type OpcuaLink, openLink } from './opcua-link.ts'

export interface PairEvents {
  /** From now on this server is used; all nodes have readings. Comes again at every change of server. */
  readonly on_up: (server: 0 | 1) => void
  /** No server is left. */
  readonly on_down: (why: string) => void
  /** The used server has new readings of these nodes. */
  readonly on_readings: (nodes: readonly number[]) => void
  readonly on_alive: () => void
  readonly on_note: (text: string) => void
}

export interface OpcuaPair {
  readonly links: readonly OpcuaLink[]
  readonly server: 0 | 1 | undefined
  /** Reads these nodes now, by the other server where the used one fails. */
  read(nodes: readonly number[]): Promise<boolean>
  write(nodes: readonly number[], values: ArrayLike<number>): Promise<readonly OpcuaFault[] | undefined>
  close(): void
}

/** Two degraded servers must not swing. */
const HOLD_OFF_MS = 10_000
const NAMES = ['A', 'B'] as const

export function openPair(
  addresses: readonly ServerAddress[],
  nodes: readonly LinkNode[],
  events: PairEvents,
): OpcuaPair {
  let server: 0 | 1 | undefined
  let used: 0 | 1 = 0
  let since_ms = performance.now()
  const links: OpcuaLink[] = []
  const down_notes = new Set<number>()

  const evaluate = (): void => {
    const next =
      links.length < 2
        ? 0
        : chooseServer(used, [links[0]!.level, links[1]!.level], performance.now() - since_ms, HOLD_OFF_MS)
    if (links[next]?.up === true) {
      if (server === next) return
      const why = server === undefined ? '' : (links[server]!.fault?.message ?? `service level ${links[server]!.level}`)
      if (server !== undefined)
        events.on_note(`${addresses[next]!.device}: server ${NAMES[next]} is used from now on: ${why}`)
      server = next
      used = next
      since_ms = performance.now()
      events.on_up(next)
      return
    }
    server = undefined
    const faults = links.flatMap((link) => link.fault?.message ?? [])
    if (faults.length > 0) events.on_down(faults.join('; '))
  }

  addresses.forEach((address, i) => {
    links.push(
      openLink(address, nodes, {
        on_up() {
          if (addresses.length > 1 && down_notes.delete(i))
            events.on_note(`${address.device}: server ${NAMES[i]} is back`)
          evaluate()
        },
        on_down(fault) {
          if (addresses.length > 1 && server !== undefined && server !== i) {
            down_notes.add(i)
            events.on_note(`${address.device}: standby server ${NAMES[i]}: ${fault.message}`)
          }
          evaluate()
        },
        on_readings(which) {
          if (server === i) events.on_readings(which)
        },
        on_alive() {
          evaluate()
          if (server === i) events.on_alive()
        },
        on_note: events.on_note,
      }),
    )
  })

  return {
    links,
    get server() {
      return server
    },
    async read(wanted) {
      for (let tries = 0; tries < links.length; tries++) {
        const link = server === undefined ? undefined : links[server]!
        if (link === undefined) return false
        if (await link.read(wanted)) return true
      }
      return false
    },
    async write(wanted, values) {
      return server === undefined ? undefined : await links[server]!.write(wanted, values)
    },
    close() {
      for (const link of links) link.close()
    },
  }
}
