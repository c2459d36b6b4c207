import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InputPoint } from '../../../contracts/artifact.ts'
import type { IoStatusMessage } from '../../../contracts/link.ts'
import { connectLink, type LinkClient } from '../../../protocols/edge/link-client.ts'
import { benchArtifact, FIELD_IO_MAIN, startChild } from '../../wire/stand-in.ts'
import type { BenchRow } from '../row.ts'

const DEVICES = 100
const TICK_MS = 100
/** Of each device: points at 100 ms, and at 1 s. */
const FAST = 20
const SLOW = 100
const WARM_UP_MS = 5000
const MEASURE_MS = 20_000
const CPU_BAR_PCT = 50
const CLOCK_TICKS_PER_S = 100

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/**
 * field-io by the wall's clock on a hundred Modbus TCP devices, every value new at every read: polled, latched, framed, logged to
 * disk and sent to two controllers, which are stand-ins that answer at once. The devices are in a process of their own.
 */
export async function benchFieldIo(): Promise<BenchRow[]> {
  const devices = fork(join(import.meta.dirname, 'devices.ts'), [String(DEVICES)])
  const [ports] = (await once(devices, 'message')) as [number[]]
  const { artifact, path, folder, remove } = await benchArtifact(TICK_MS, (a) => {
    const inputs = ports.flatMap((_port, device) =>
      Array.from({ length: FAST + SLOW }, (_, k): InputPoint => {
        const point = `D${device}/AI/${k}`
        const rest = { type: 'uint16', counts_per_unit: 1, quantity: 'EU', status_register: -1 } as const
        return { point, device, table: 'input', register: k, ...rest, ...(k < FAST ? {} : { every: 10 }) }
      }),
    )
    const record = { description: '', protocol: 'modbus-tcp', unit: 1, timeout_ms: 500 } as const
    return {
      ...a,
      io: { devices: ports.map((_p, i) => ({ id: `D${i}`, endpoint: `D${i}`, ...record })), inputs, outputs: [] },
      control: { ...a.control, inputs: inputs.map(({ point }) => ({ point, s: 0 })), outputs: [] },
    }
  })
  const field_io = await startChild(FIELD_IO_MAIN, {
    artifact_path: path,
    endpoints: Object.fromEntries(ports.map((port, i) => [`D${i}`, `127.0.0.1:${port}`])),
    link_port: 0,
    data_dir: `${folder}/field-io`,
  })
  const links: LinkClient[] = []
  try {
    const link = `127.0.0.1:${field_io.ports['link']}`
    let changes = 0
    let frames = 0
    links.push(
      ...([0, 1] as const).map((index) =>
        standIn(link, index, artifact.hash, (count) => {
          changes += count
          frames++
        }),
      ),
    )
    let status: IoStatusMessage | undefined
    links.push(
      connectLink(link, {
        on_open: (l) =>
          l.send({ type: 'hello', role: 'gateway', index: 0, artifact: artifact.hash, state: { epoch: 0, n: 0 } }),
        on_message: (_l, message) => {
          if (message.type === 'io-status') status = message
        },
        on_end: () => {},
      }),
    )
    await sleep(WARM_UP_MS)
    const count = () => ({
      cpu_ticks: cpuTicks(field_io.pid),
      late: status!.devices.reduce((sum, d) => sum + (d.late ?? 0), 0),
      lost: status!.ticks_lost,
      at_ms: performance.now(),
      changes,
      frames,
    })
    const from = count()
    await sleep(MEASURE_MS)
    const to = count()
    const seconds = (to.at_ms - from.at_ms) / 1000
    const cpu_pct = ((to.cpu_ticks - from.cpu_ticks) / CLOCK_TICKS_PER_S / seconds) * 100
    const late = to.late - from.late
    const connected = status!.devices.filter((d) => d.connected).length
    const rtt_ms = Math.max(...status!.devices.map((d) => d.paths?.[0]?.rtt_p99_ms ?? 0))
    // Both controllers count the same changes.
    const rate = (to.changes - from.changes) / 2 / seconds
    return [
      {
        name: 'field-io, 10,000 points at 1 s and 2,000 at 100 ms on 100 devices',
        value: cpu_pct,
        unit: '% of a core',
        bar: CPU_BAR_PCT,
        ok: cpu_pct <= CPU_BAR_PCT && connected === DEVICES,
      },
      { name: 'field-io, reads that were late', value: late, unit: '1', bar: 0, ok: late === 0 },
      { name: 'field-io, ticks lost', value: to.lost - from.lost, unit: '1' },
      { name: 'field-io, values changed in frames', value: rate, unit: '1/s' },
      { name: 'field-io, frames', value: (to.frames - from.frames) / 2 / seconds, unit: '1/s' },
      { name: 'field-io, time of an answer, 99 %, worst device', value: rtt_ms, unit: 'ms' },
      { name: 'field-io, memory', value: residentMb(field_io.pid), unit: 'MB' },
    ]
  } finally {
    for (const client of links) client.close()
    await field_io.kill()
    devices.disconnect()
    remove()
  }
}

/** A controller that agrees with every frame at once. */
function standIn(link: string, index: 0 | 1, artifact: string, on_frame: (changes: number) => void): LinkClient {
  let join_number = 0
  let last = { epoch: 0, n: 0 }
  return connectLink(link, {
    on_open: (l) => l.send({ type: 'hello', role: 'controller', index, artifact, state: { epoch: 0, n: 0 } }),
    on_message: (l, message) => {
      if ('join' in message) join_number = message.join
      if (message.type === 'snapshot-request')
        l.send({ type: 'snapshot', ...last, digest: last.n, artifact, state: new Uint8Array(1000) })
      if (message.type !== 'frame') return
      const { epoch, n, inputs } = message.frame
      last = { epoch, n }
      on_frame(inputs.length)
      l.send({
        type: 'output',
        output: {
          epoch,
          n,
          controller: index,
          join: join_number,
          digest: n,
          values: new Float64Array(0),
          statuses: new Uint16Array(0),
          results: [],
        },
      })
    },
    on_end: () => {},
  })
}

/** User and system time of a process, in clock ticks: fields 14 and 15 of its stat, see proc(5). */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return line === null ? 0 : Number(line[1]) / 1024
}
