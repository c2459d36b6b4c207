/** The OPC UA servers of a strategy in the words of the check: loaded only where there is one, for its library is large. */
import type { Artifact } from '../../contracts/artifact.ts'
import { isBad, isUncertain, statusText } from '../../contracts/status.ts'
import type { PathCheck } from './check.ts'
import { type PointScale, tagOfPoint, toTagUnits } from './point-scale.ts'
import { type PointReading, unitOf } from './read-point.ts'

export async function checkOpcua(
  artifact: Artifact,
  endpoints: ReadonlyMap<string, string>,
  pki_dir: string,
  scales: ReadonlyMap<string, PointScale>,
  wrong: string[],
): Promise<PathCheck[]> {
  process.env['NODEOPCUA_LOG_LEVEL'] ??= '0'
  const { readDevices } = await import('../opcua/read-devices.ts')
  const seen = new Map<string, number>()
  return (await readDevices(artifact, endpoints, pki_dir)).map((server) => {
    const nth = seen.get(server.device) ?? 0
    seen.set(server.device, nth + 1)
    const index = artifact.io.devices.findIndex((d) => d.id === server.device)
    const device = artifact.io.devices[index]!
    const path = nth === 0 ? 'A' : 'B'
    const where = `${device.id}${device.endpoint_b === undefined ? '' : ` network ${path}`} at ${server.url}`
    if (server.fault !== undefined) wrong.push(`${where}: ${server.fault}. \`flyball opcua list\` shows who is trusted`)
    const points = server.points.map(({ point, reading }): PointReading => {
      const output = artifact.io.outputs.find((p) => p.point === point)
      const codec = output ?? artifact.io.inputs.find((p) => p.point === point)!
      const scale = scales.get(point)
      const tag = tagOfPoint(artifact, point, scales)
      const quantity = Number.isFinite(reading.value) ? reading.value : null
      const quality = isBad(reading.status) ? 'bad' : isUncertain(reading.status) ? 'uncertain' : 'good'
      const why = quality === 'good' ? '' : statusText(reading.status)
      if (quality === 'bad' && server.fault === undefined)
        wrong.push(`${where}, ${point}: ${why}. Is the node id right?`)
      return {
        point,
        direction: output === undefined ? 'in' : 'out',
        raw: [],
        quantity,
        unit: unitOf(codec, scale),
        value: quantity === null || scale === undefined ? null : toTagUnits(scale, quantity),
        eu: scale?.eu ?? '',
        tag,
        quality: server.fault === undefined ? quality : 'not asked',
        why,
        rtt_ms: server.fault === undefined ? server.rtt_ms : null,
        stands: output === undefined ? null : quantity,
      }
    })
    return {
      device: device.id,
      path,
      address: server.url,
      unit: device.unit,
      protocol: device.protocol,
      connected: server.fault === undefined,
      identification: null,
      watchdog: null,
      points,
    }
  })
}
