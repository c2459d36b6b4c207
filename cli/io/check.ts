/**
 * What a commissioning engineer looks at before anything controls: every device on both networks, every point, the watchdog.
 *
 * It only reads, whoever else is connected: a second master that writes would fight with field-io over every output.
 */
import type { Artifact, DeviceRecord } from '../../contracts/artifact.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { type BenchLink, benchLink, type Identity, identify } from './bench-link.ts'
import { groupBy } from './group-by.ts'
import { type PointScale, pointScales, tagOfPoint } from './point-scale.ts'
import { type PointReading, readPoint } from './read-point.ts'

export interface CheckReport {
  readonly strategy: string
  readonly hash: string
  readonly paths: readonly PathCheck[]
  /** Everything that is wrong, one sentence each, with place, cause and remedy. */
  readonly wrong: readonly string[]
  /** What an engineer should know; it does not make the check fail. */
  readonly notes: readonly string[]
}

/** One device by one network. */
export interface PathCheck {
  readonly device: string
  readonly path: 'A' | 'B'
  readonly address: string
  readonly unit: number
  readonly protocol: string
  readonly connected: boolean
  /** null: the device does not answer to function 43/14. */
  readonly identification: Identity | null
  readonly watchdog: WatchdogCheck | null
  readonly points: readonly PointReading[]
}

export interface WatchdogCheck {
  /** What the device has now, ms; null: not read. 0: its outputs hold for ever. */
  readonly time_ms: number | null
  /** What field-io sets when it connects. */
  readonly wanted_ms: number
  readonly tripped: boolean | null
}

/** Time-outs in a row after which the rest of a device's points is not asked for: it is not there. */
const SILENT_MAX = 3

export interface CheckOptions {
  /** A field-io runs on these devices: a serial port that it holds cannot be looked at, and that is right. */
  readonly under_master?: boolean
  /** Certificates of OPC UA, as field-io keeps them. */
  readonly pki_dir?: string
}

export async function checkDevices(
  artifact: Artifact,
  endpoints: ReadonlyMap<string, string>,
  folder: string,
  { under_master = false, pki_dir = '' }: CheckOptions = {},
): Promise<CheckReport> {
  const scales = pointScales(artifact)
  const wrong: string[] = []
  const notes: string[] = []
  const { devices } = artifact.io
  const jobs = devices.flatMap((device, index) => {
    if (device.protocol === 'opcua') return []
    if (device.protocol === 'sis') {
      notes.push(
        `${device.id}: a safety system speaks one way, to the running field-io alone; \`flyball io stats\` says whether it is heard`,
      )
      return []
    }
    const b = device.endpoint_b
    return [
      { device, index, path: 'A' as const, endpoint: device.endpoint, unit: device.unit },
      ...(b === undefined
        ? []
        : [{ device, index, path: 'B' as const, endpoint: b, unit: device.unit_b ?? device.unit }]),
    ]
  })
  devices.forEach((device, index) => {
    holdsForEver(artifact, device, index, wrong, notes)
  })
  // Devices on one address share its connection or bus, one after the other; different ones are checked side by side.
  const groups = groupBy(jobs, (job) => endpoints.get(job.endpoint) ?? job.endpoint)
  const checked = new Map<(typeof jobs)[number], PathCheck>()
  await Promise.all(
    [...groups].map(async ([address, group]) => {
      let link: BenchLink | ModbusFault | undefined
      for (const job of group) {
        const { device, index, path, unit } = job
        const where = place(device, path, address, unit)
        const base = { device: device.id, path, address, unit, protocol: device.protocol }
        if (!isAddress(device, address)) {
          wrong.push(`${where}: this name stands for no address here. Give --endpoint ${address}=HOST:PORT`)
          checked.set(job, { ...base, connected: false, identification: null, watchdog: null, points: [] })
          continue
        }
        link ??= await benchLink({ ...device, address, folder }).catch((cause: unknown) => asFault(cause, address))
        if (link instanceof ModbusFault) {
          if (under_master && link.code === 'IO_SERIAL')
            notes.push(`${where}: the running field-io holds this port; \`flyball io stats\` says how it is`)
          else wrong.push(`${where}: ${link.message}. Is it on, is the address right, does it take one more client?`)
          const points = pointsOf(artifact, index).map((p) => notAsked(p.point, tagOfPoint(artifact, p.point, scales)))
          checked.set(job, { ...base, connected: false, identification: null, watchdog: null, points })
          continue
        }
        const points = await readPoints(artifact, link, index, unit, scales)
        for (const p of points) {
          if (p.quality === 'bad') wrong.push(`${where}, ${p.point}${p.tag === '' ? '' : ` (${p.tag})`}: ${p.why}`)
        }
        const there = points.length === 0 || points.some((p) => p.raw.length > 0)
        const watchdog = there ? await readWatchdog(device, link, unit, where, wrong, notes) : null
        // Last, because a device that does not know the function may keep silent.
        const identification = there ? ((await identify(link, unit)) ?? null) : null
        checked.set(job, { ...base, connected: true, identification, watchdog, points })
      }
      if (link !== undefined && !(link instanceof ModbusFault)) link.close()
    }),
  )
  const opcua = devices.some((d) => d.protocol === 'opcua')
    ? await (await import('./check-opcua.ts')).checkOpcua(artifact, endpoints, pki_dir, scales, wrong)
    : []
  const paths = [...jobs.map((job) => checked.get(job)!), ...opcua]
  return { strategy: artifact.name, hash: artifact.hash, paths, wrong: wrong.sort(), notes: notes.sort() }
}

const place = (device: DeviceRecord, path: string, address: string, unit: number): string =>
  `${device.id}${device.endpoint_b === undefined ? '' : ` network ${path}`} at ${address} unit ${unit}`

const pointsOf = (artifact: Artifact, index: number) =>
  [...artifact.io.inputs, ...artifact.io.outputs].filter((p) => p.device === index)

async function readPoints(
  artifact: Artifact,
  link: BenchLink,
  index: number,
  unit: number,
  scales: ReadonlyMap<string, PointScale>,
): Promise<PointReading[]> {
  const readings: PointReading[] = []
  let silent = 0
  for (const point of pointsOf(artifact, index)) {
    const tag = tagOfPoint(artifact, point.point, scales)
    if (silent >= SILENT_MAX) {
      readings.push(notAsked(point.point, tag))
      continue
    }
    const reading = await readPoint(link, unit, point, scales.get(point.point), tag)
    silent = reading.why.startsWith('IO_TIMEOUT') ? silent + 1 : 0
    readings.push(reading)
  }
  return readings
}

const notAsked = (point: string, tag: string): PointReading => ({
  point,
  direction: 'in',
  raw: [],
  quantity: null,
  unit: '',
  value: null,
  eu: '',
  tag,
  quality: 'not asked',
  why: '',
  rtt_ms: null,
  stands: null,
})

/** Outputs without a watchdog stay where they are when control is lost: somebody must have signed for that. */
function holdsForEver(artifact: Artifact, device: DeviceRecord, index: number, wrong: string[], notes: string[]): void {
  if (device.watchdog !== undefined || !artifact.io.outputs.some((p) => p.device === index)) return
  const { hold_signed_off } = device
  if (hold_signed_off === undefined)
    wrong.push(`${device.id}: outputs without a watchdog hold for ever. Give the watchdog in io/, or sign it off there`)
  else notes.push(`${device.id}: outputs hold for ever without a master, signed off: ${hold_signed_off}`)
}

async function readWatchdog(
  device: DeviceRecord,
  link: BenchLink,
  unit: number,
  where: string,
  wrong: string[],
  notes: string[],
): Promise<WatchdogCheck | null> {
  const { watchdog } = device
  if (watchdog === undefined) return null
  const wanted_ms = watchdog.time_ms
  let time_ms: number | null = null
  let tripped: boolean | null = null
  try {
    const time = await link.request(unit, { function: 3, address: watchdog.time_register, quantity: 1 })
    time_ms = (time.data as Uint16Array)[0]! * (watchdog.count_ms ?? 100)
    if (watchdog.tripped_register >= 0) {
      const trip = await link.request(unit, { function: 4, address: watchdog.tripped_register, quantity: 1 })
      tripped = (trip.data as Uint16Array)[0]! !== 0
    }
  } catch (cause) {
    if (!(cause instanceof ModbusFault)) throw cause
    wrong.push(`${where}, output watchdog: ${cause.message}. Compare its registers in io/ with the manual`)
    return { time_ms, wanted_ms, tripped }
  }
  const signed = device.hold_signed_off
  if (time_ms === 0 && signed === undefined)
    wrong.push(
      `${where}, output watchdog: reads 0, its outputs hold for ever when nobody writes. Set it, or sign it off in io/`,
    )
  else if (time_ms === 0) notes.push(`${where}, output watchdog: reads 0, signed off: ${signed}`)
  else if (time_ms !== wanted_ms)
    notes.push(`${where}, output watchdog: reads ${time_ms / 1000} s, field-io sets ${wanted_ms / 1000} s`)
  if (tripped === true) notes.push(`${where}: its outputs are at their fail values until a master re-arms it`)
  return { time_ms, wanted_ms, tripped }
}

const isAddress = (device: DeviceRecord, address: string): boolean =>
  device.protocol === 'modbus-rtu'
    ? !address.startsWith('plant:')
    : /^[^:]+(:\d{1,5})?$/.test(address) || /^\[.*\](:\d{1,5})?$/.test(address)

const asFault = (cause: unknown, endpoint: string): ModbusFault => {
  if (cause instanceof ModbusFault) return cause
  // A bug of ours is one also here; what libraries of serial ports and TLS throw is the outside world.
  if (cause instanceof TypeError) throw cause
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new ModbusFault('IO_CONNECT', { endpoint, detail }, cause)
}
