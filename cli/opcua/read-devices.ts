/**
 * Every OPC UA point of a strategy, read once as field-io would read it, with the server's own time of the sample.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import { isGood, statusText } from '../../contracts/status.ts'
import { openLink } from '../../field-io/edge/opcua-link.ts'
import type { Reading } from '../../field-io/edge/opcua-reading.ts'
import { table } from '../io/table.ts'

export interface ServerReport {
  readonly device: string
  readonly url: string
  /** Why it cannot be read, in words; undefined where it can. */
  readonly fault: string | undefined
  readonly level: number | undefined
  readonly rtt_ms: number
  readonly points: readonly PointReport[]
}

export interface PointReport {
  readonly point: string
  readonly node: string
  readonly reading: Reading
}

const WAIT_MS = 10_000

/** Every server of every OPC UA device, one after the other. */
export async function readDevices(
  artifact: Artifact,
  endpoints: ReadonlyMap<string, string>,
  pki_dir: string,
): Promise<ServerReport[]> {
  const reports: ServerReport[] = []
  for (const [index, device] of artifact.io.devices.entries()) {
    if (device.opcua === undefined) continue
    const points = [...artifact.io.inputs, ...artifact.io.outputs].filter((p) => p.device === index)
    for (const name of [device.endpoint, ...(device.endpoint_b === undefined ? [] : [device.endpoint_b])]) {
      const url = endpoints.get(name) ?? name
      const address = {
        device: device.id,
        url,
        record: { ...device.opcua, access: 'read' as const },
        timeout_ms: device.timeout_ms,
        pki_dir,
      }
      reports.push(await readServer(address, points))
    }
  }
  return reports
}

function readServer(
  address: Parameters<typeof openLink>[0],
  points: Artifact['io']['inputs'] | readonly { readonly point: string; readonly node?: string }[],
): Promise<ServerReport> {
  return new Promise((done) => {
    const end = (fault: string | undefined): void => {
      clearTimeout(timer)
      const { level, readings, counters } = link
      const rtt_ms = counters.rtts_ms[0] ?? 0
      link.close()
      done({
        device: address.device,
        url: address.url,
        fault,
        level,
        rtt_ms,
        points: points.map((p, i) => ({ point: p.point, node: p.node ?? '', reading: readings[i]! })),
      })
    }
    const timer = setTimeout(() => end('no answer in 10 s'), WAIT_MS)
    const link = openLink(
      address,
      points.map((p) => ({ node: p.node ?? '', period_ms: 1000, monitored: false })),
      {
        on_up: () => end(undefined),
        on_down: (fault) => end(fault.message),
        on_readings() {},
        on_alive() {},
        on_note() {},
      },
    )
  })
}

export const isWrong = ({ fault, points }: ServerReport): boolean =>
  fault !== undefined || points.some(({ reading }) => !isGood(reading.status))

export function readText(reports: readonly ServerReport[], now_ms: number): string {
  if (reports.length === 0) return 'The strategy has no OPC UA device.\n'
  return reports
    .map(({ device, url, fault, level, rtt_ms, points }) => {
      const head = `${device}  ${url}  `
      if (fault !== undefined) return `${head}\n  ${fault}\n`
      const rows = points.map(({ point, node, reading }) => {
        const { value, status, source_ms } = reading
        const time = Number.isNaN(source_ms) ? '-' : new Date(source_ms).toISOString()
        const age = Number.isNaN(source_ms) ? '' : `${((now_ms - source_ms) / 1000).toFixed(1)} s old`
        return [point, node, Number.isNaN(value) ? '-' : String(value), statusText(status), time, age]
      })
      return `${head}service level ${level}, ${rtt_ms.toFixed(1)} ms\n${table([['point', 'node', 'value', 'status', 'source time', ''], ...rows], '  ')}`
    })
    .join('\n')
}
