/**
 * Thread of the OPC UA client: all servers of a field-io in one. A key exchange takes tens of milliseconds, and the library
 * half a second to load: neither may be felt by the tick.
 */
import { parentPort } from 'node:worker_threads'
import type { FromThread, OpenMessage, ReadingsPart, ServerHealth, ToThread } from './opcua-messages.ts'
import { type OpcuaPair, openPair } from './opcua-pair.ts'

const port = parentPort!
const pairs = new Map<number, { pair: OpcuaPair }>()
const say = (message: FromThread): void => port.postMessage(message)

function partOf(pair: OpcuaPair, nodes: readonly number[]): ReadingsPart {
  const readings = pair.links[pair.server ?? 0]!.readings
  return {
    nodes,
    values: Float64Array.from(nodes, (i) => readings[i]!.value),
    statuses: Uint16Array.from(nodes, (i) => readings[i]!.status),
    source_ms: Float64Array.from(nodes, (i) => readings[i]!.source_ms),
  }
}

function healthOf(pair: OpcuaPair | undefined): ServerHealth[] {
  return (pair?.links ?? []).map(({ up, level, fault, counters }) => {
    const sorted = [...counters.rtts_ms].sort((a, b) => a - b)
    const share = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0
    return {
      up,
      level: level ?? -1,
      why: up ? '' : (fault?.message ?? 'not yet connected'),
      requests: counters.requests,
      timeouts: counters.timeouts,
      connects: counters.connects,
      rtt_p50_ms: share(0.5),
      rtt_p99_ms: share(0.99),
      good_age_ms: Number.isNaN(counters.good_ms) ? -1 : performance.now() - counters.good_ms,
    }
  })
}

function open({ key, device, urls, record, timeout_ms, pki_dir, nodes }: OpenMessage): void {
  const changed = new Set<number>()
  const all = nodes.map((_node, i) => i)
  const flush = (): void => {
    const entry = pairs.get(key)
    const which = [...changed]
    changed.clear()
    if (entry === undefined || entry.pair.server === undefined || which.length === 0) return
    say({ type: 'readings', key, readings: partOf(entry.pair, which) })
  }
  const pairOf = (): OpcuaPair | undefined => pairs.get(key)?.pair
  const pair = openPair(
    urls.map((url) => ({ device, url, record, timeout_ms, pki_dir })),
    nodes,
    {
      on_up(server) {
        changed.clear()
        say({ type: 'up', key, server, readings: partOf(pairOf()!, all) })
        say({ type: 'alive', key, servers: healthOf(pairOf()) })
      },
      on_down: (why) => say({ type: 'down', key, why, servers: healthOf(pairOf()) }),
      on_readings(which) {
        if (changed.size === 0) setImmediate(flush)
        for (const i of which) changed.add(i)
      },
      on_alive: () => say({ type: 'alive', key, servers: healthOf(pairOf()) }),
      on_note: (text) => say({ type: 'note', key, text }),
    },
  )
  pairs.set(key, { pair })
}

async function read(key: number, id: number, nodes: readonly number[]): Promise<void> {
  const pair = pairs.get(key)?.pair
  const ok = pair !== undefined && (await pair.read(nodes))
  say({ type: 'read', key, id, readings: ok && pair.server !== undefined ? partOf(pair, nodes) : undefined })
}

async function write(message: Extract<ToThread, { type: 'write' }>): Promise<void> {
  const { key, id, server, nodes, values, until_ms } = message
  const entry = pairs.get(key)
  const late = performance.timeOrigin + performance.now() > until_ms
  if (entry === undefined || entry.pair.server !== server || late) {
    say({ type: 'written', key, id, ok: false, refusals: [], readings: undefined })
    return
  }
  const refusals = await entry.pair.write(nodes, values)
  const back = refusals !== undefined && (await entry.pair.read(nodes)) && entry.pair.server === server
  say({
    type: 'written',
    key,
    id,
    ok: refusals !== undefined && refusals.length === 0,
    refusals: (refusals ?? []).map((r) => r.message),
    readings: back ? partOf(entry.pair, nodes) : undefined,
  })
}

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'open':
      open(message)
      return
    case 'read':
      void read(message.key, message.id, message.nodes)
      return
    case 'write':
      void write(message)
      return
    case 'close':
      pairs.get(message.key)?.pair.close()
      pairs.delete(message.key)
      return
  }
})
say({ type: 'ready' })
