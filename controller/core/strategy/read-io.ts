/**
 * io/*.yaml: the devices, and where in their registers each point stands.
 */
import type { DeviceRecord, Protocol } from '../../../contracts/artifact.ts'
import type { ProfileLibrary } from '../../../protocols/core/profile/profile.ts'
import type { Faults, Place } from './fault.ts'
import { checkEndpoint, PROTOCOLS, readOpcua, readRequests, readSerial, readTls, readWatchdog } from './io-device.ts'
import { checkOverlap } from './io-overlap.ts'
import {
  type InputSpec,
  inputKeys,
  type OutputSpec,
  outputKeys,
  readInput,
  readOutput,
  SIS_INPUT_KEYS,
} from './io-points.ts'
import { withProfile } from './io-profile.ts'
import { joinMaps, oneOf, oneOfOr } from './io-words.ts'
import { isReported, type MapReader, mapsOf, readMap } from './map-reader.ts'
import { kindText, type MapSource } from './source.ts'

export type { InputSpec, OutputSpec } from './io-points.ts'

export interface DeviceSpec {
  readonly record: DeviceRecord
  readonly inputs: readonly InputSpec[]
  readonly outputs: readonly OutputSpec[]
  /** Names of points that have faults of their own: a wire to one of them is not one more. */
  readonly broken: readonly string[]
  /** Its profile could not be had: any point may be one of it. */
  readonly doubtful: boolean
  readonly at: Place
}

const COMMON_KEYS = [
  'id',
  'description',
  'profile',
  'protocol',
  'endpoint',
  'endpoint_b',
  'timeout',
  'hold_signed_off',
  'points',
  'each_input',
  'each_output',
  'inputs',
  'outputs',
]
const MODBUS_KEYS = ['unit', 'unit_b', 'requests', 'watchdog']
const KEYS: Readonly<Record<Protocol, readonly string[]>> = {
  'modbus-tcp': [...COMMON_KEYS, ...MODBUS_KEYS, 'driver'],
  'modbus-tls': [...COMMON_KEYS, ...MODBUS_KEYS, 'tls'],
  'modbus-rtu-tcp': [...COMMON_KEYS, ...MODBUS_KEYS],
  'modbus-rtu': [...COMMON_KEYS, ...MODBUS_KEYS, 'serial'],
  opcua: [...COMMON_KEYS, 'opcua'],
  sis: ['id', 'description', 'protocol', 'timeout', 'inputs'],
}
const ALL_KEYS = [...COMMON_KEYS, ...MODBUS_KEYS, 'driver', 'tls', 'serial', 'opcua']

export function readIo(faults: Faults, source: MapSource, profiles: ProfileLibrary): DeviceSpec[] {
  const m = readMap(faults, source, 'an io file', ['devices'])
  m.required('devices')
  return mapsOf(faults, m.list('devices'))
    .map((device) => readDevice(faults, device, profiles))
    .filter((device) => device !== undefined)
}

function readDevice(faults: Faults, own: MapSource, profiles: ProfileLibrary): DeviceSpec | undefined {
  const { source, doubtful } = withProfile(faults, own, profiles)
  const spoken = source.entries.find((e) => e.key === 'protocol')?.value
  const known = PROTOCOLS.find((p) => spoken?.kind === 'scalar' && spoken.value === p)
  const m = readMap(
    faults,
    source,
    known === undefined ? 'a device' : `a ${known} device`,
    known ? KEYS[known] : ALL_KEYS,
  )
  const id = m.word('id')
  const description = m.word('description')
  // Where the profile is missing, what it would have said is not one more fault.
  if (spoken !== undefined || !doubtful) oneOf(faults, m, 'protocol', PROTOCOLS)
  if (id === undefined) return undefined
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id.text)) {
    faults.add('CFG_WRONG_TYPE', id.at, `'${id.text}'`, 'a device id of letters, digits, - and _')
  }
  const protocol = known ?? 'modbus-tcp'
  const opcua = protocol === 'opcua'
  const sis = protocol === 'sis'
  const requests = readRequests(faults, m)
  const context = { opcua, sis, requests: requests ?? {} }
  const broken: string[] = []
  const points = <T>(common: string, list: string, keys: readonly string[], read: ReadPoint<T>): T[] => {
    const found = readPoints(faults, m, common, list, keys, (p, key, at) => read(p, `${id.text}/${key}`, at))
    broken.push(...found.broken.map((key) => `${id.text}/${key}`))
    return found.points
  }
  const inputs = points('each_input', 'inputs', sis ? SIS_INPUT_KEYS : inputKeys(opcua), (p, point, at) =>
    readInput(faults, p, point, at, context),
  )
  const outputs = points('each_output', 'outputs', outputKeys(opcua), (p, point, at) =>
    readOutput(faults, p, point, at, context),
  )
  const signed_off = m.wordOr('hold_signed_off')
  const signed = signed_off !== undefined && signed_off.text.trim() !== ''
  if (signed_off !== undefined && !signed)
    faults.add('CFG_NO_WATCHDOG', signed_off.at, 'a sign-off of nobody', 'who allows it, and why')
  // A watchdog that only the profile names is not touched where nothing is written.
  const guarded = outputs.length > 0 || own.entries.some((e) => e.key === 'watchdog' || e.key === 'outputs')
  const watchdog = opcua || !guarded ? undefined : readWatchdog(faults, m, signed)
  if (!doubtful && outputs.length > 0 && signed_off === undefined && (opcua || m.optional('watchdog') === undefined)) {
    faults.add(
      'CFG_NO_WATCHDOG',
      id.at,
      `'${id.text}' with outputs and no watchdog`,
      opcua
        ? "'hold_signed_off' with who allows it and why: an OPC UA server has no output watchdog"
        : "a 'watchdog': outputs must fail safe when nobody writes them; or 'hold_signed_off' with who allows it and why",
    )
  }
  const record: DeviceRecord = {
    id: id.text,
    description: description?.text ?? '',
    protocol,
    ...readPaths(faults, m, known, doubtful),
    timeout_ms: (doubtful && m.optional('timeout') === undefined ? undefined : m.duration_ms('timeout')) ?? 0,
    ...readProfileName(m),
    ...(oneOfOr(faults, m, 'driver', ['modbus-serial']) === undefined ? {} : { driver: 'modbus-serial' }),
    ...(requests === undefined || opcua ? {} : { requests }),
    ...readLine(faults, m, protocol, doubtful),
    ...(watchdog === undefined ? {} : { watchdog }),
    ...(signed ? { hold_signed_off: signed_off.text } : {}),
  }
  checkOverlap(faults, record, inputs, outputs, m.map('watchdog')?.at ?? id.at)
  return { record, inputs, outputs, broken, doubtful, at: id.at }
}

function readProfileName(m: MapReader): { profile: string } | Record<string, never> {
  const profile = m.optional('profile')
  return profile?.kind === 'scalar' ? { profile: String(profile.value) } : {}
}

type Paths = Pick<DeviceRecord, 'endpoint' | 'endpoint_b' | 'unit' | 'unit_b'>

/** Both ways to the device. Two that are the same are one, which fails as one. */
function readPaths(faults: Faults, m: MapReader, protocol: Protocol | undefined, doubtful: boolean): Paths {
  // Where its datagrams come is the run's matter.
  if (protocol === 'sis') return { endpoint: 'sis', unit: 0 }
  const endpoint = m.word('endpoint')
  const endpoint_b = m.wordOr('endpoint_b')
  const modbus = protocol !== 'opcua'
  const range = { min: 0, max: 255, integer: true }
  const unit = !modbus || (doubtful && m.optional('unit') === undefined) ? 0 : m.number('unit', range)
  const second = modbus ? m.optional('unit_b') : undefined
  const unit_b = second === undefined ? undefined : m.number('unit_b', range)
  if (endpoint !== undefined && protocol !== undefined) checkEndpoint(faults, protocol, endpoint)
  if (endpoint_b !== undefined) {
    if (protocol !== undefined) checkEndpoint(faults, protocol, endpoint_b)
    if (endpoint_b.text === endpoint?.text && (unit_b === undefined || unit_b === unit))
      faults.add('CFG_ENDPOINT', endpoint_b.at, `'${endpoint_b.text}' twice`, 'two different ways to the device')
  } else if (second !== undefined)
    faults.add('CFG_MISSING_FIELD', second.at, "'unit_b' without 'endpoint_b'", "the field 'endpoint_b'")
  return {
    endpoint: endpoint?.text ?? '',
    ...(endpoint_b === undefined ? {} : { endpoint_b: endpoint_b.text }),
    unit: unit ?? 0,
    ...(unit_b === undefined ? {} : { unit_b }),
  }
}

/** What the protocol needs below it. */
function readLine(
  faults: Faults,
  m: MapReader,
  protocol: Protocol,
  doubtful: boolean,
): Pick<DeviceRecord, 'serial' | 'tls' | 'opcua'> {
  if (protocol === 'opcua') return { opcua: readOpcua(faults, m) }
  if (protocol === 'modbus-rtu') {
    if (!doubtful) m.required('serial')
    const serial = readSerial(faults, m)
    return serial === undefined ? {} : { serial }
  }
  if (protocol !== 'modbus-tls') return {}
  m.required('tls')
  const tls = readTls(faults, m)
  return tls === undefined ? {} : { tls }
}

const NUMBER_KEYS = [
  'type',
  'counts_per_unit',
  'offset',
  'exponent_register',
  'sentinels',
  'quantity',
  'min',
  'max',
  'step_max',
]

type ReadPoint<T> = (m: MapReader, point: string, at: Place) => T | undefined

/** The fields of `each_...` stand for every point that does not say otherwise. */
function readPoints<T>(
  faults: Faults,
  device: MapReader,
  commonKey: string,
  listKey: string,
  keys: readonly string[],
  read: ReadPoint<T>,
): { points: T[]; broken: string[] } {
  const common = device.map(commonKey)
  if (common !== undefined) readMap(faults, common, `'${commonKey}'`, keys)
  const points: T[] = []
  const broken: string[] = []
  for (const entry of device.map(listKey)?.entries ?? []) {
    if (entry.value.kind !== 'map') {
      if (!isReported(entry.value)) faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a mapping')
      broken.push(entry.key)
      continue
    }
    const own = entry.value
    const fits = common?.entries.filter((c) => keys.includes(c.key) && !isForNumbers(own, c.key)) ?? []
    const merged = joinMaps(own, { ...own, entries: fits })
    const point = read(readMap(faults, merged, 'a point', keys), entry.key, entry.at)
    if (point === undefined) broken.push(entry.key)
    else points.push(point)
  }
  return { points, broken }
}

/** Whether a field of `each_...` says nothing of this point, because it is one bit. */
function isForNumbers(point: MapSource, key: string): boolean {
  const is = (field: string, words: readonly string[]): boolean =>
    point.entries.some((e) => e.key === field && e.value.kind === 'scalar' && words.includes(String(e.value.value)))
  const bits = is('table', ['coil', 'discrete'])
  return (bits && key === 'order') || ((bits || is('type', ['bool'])) && NUMBER_KEYS.includes(key))
}
