/**
 * A device that names a profile, as if everything the profile says had been written out; what the io file says itself comes first.
 */
import type { Protocol } from '../../../contracts/artifact.ts'
import { nearest } from '../../../numerics/nearest.ts'
import type { DeviceProfile, ProfileLibrary, ProfilePoint } from '../../../protocols/core/profile/profile.ts'
import type { Faults, Place } from './fault.ts'
import { isSerialPort } from './io-device.ts'
import { joinMaps } from './io-words.ts'
import { isReported, wordOf } from './map-reader.ts'
import { kindText, type MapEntry, type MapSource, type ScalarSource, type Source } from './source.ts'

export interface WithProfile {
  readonly source: MapSource
  /** The profile could not be had: what it would have said is not known. */
  readonly doubtful: boolean
}

type Direction = 'inputs' | 'outputs'

export function withProfile(faults: Faults, own: MapSource, profiles: ProfileLibrary): WithProfile {
  const value = fieldOf(own, 'profile')
  if (value === undefined) {
    const points = own.entries.find((e) => e.key === 'points')
    if (points !== undefined)
      faults.add('CFG_MISSING_FIELD', points.at, "'points' without 'profile'", "the field 'profile'")
    return { source: own, doubtful: false }
  }
  const name = wordOf(faults, value)
  const profile = name === undefined ? undefined : profiles.get(name.text)
  if (profile === undefined) {
    if (name !== undefined && !profiles.names.includes(name.text)) {
      const expected = `a device profile (${profiles.names.join(', ')})`
      faults.add('CFG_UNKNOWN_PROFILE', name.at, `'${name.text}'`, expected, nearest(name.text, profiles.names))
    }
    return { source: withoutFrom(own), doubtful: true }
  }
  const protocol = fieldOf(own, 'protocol') ?? protocolOf(profile, fieldOf(own, 'endpoint'), value.at)
  if (protocol?.kind === 'scalar' && (protocol.value === 'opcua' || protocol.value === 'sis'))
    faults.add(
      'CFG_INCONSISTENT',
      protocol.at,
      `${protocol.value} with the profile '${profile.name}'`,
      profile.protocols.join(' | '),
    )
  const spoken = protocol?.kind === 'scalar' ? protocol.value : undefined
  const base = deviceSource(
    profile,
    value.at,
    spoken === 'modbus-rtu',
    spoken === 'modbus-tcp' || spoken === 'modbus-tls',
  )
  const listed = listPoints(faults, own, profile)
  const inputs = points(faults, own, 'inputs', profile, listed.inputs)
  const outputs = points(faults, own, 'outputs', profile, listed.outputs)
  const rest = own.entries.filter((e) => !['inputs', 'outputs', 'points'].includes(e.key))
  const joined = joinMaps({ ...own, entries: rest }, base)
  const entries = [
    ...joined.entries,
    ...(protocol === undefined || fieldOf(own, 'protocol') !== undefined
      ? []
      : [{ key: 'protocol', at: value.at, value: protocol }]),
    ...[inputs, outputs].filter((e) => e !== undefined),
  ]
  return { source: { ...own, entries }, doubtful: false }
}

const fieldOf = (map: MapSource, key: string): Source | undefined => map.entries.find((e) => e.key === key)?.value

/** What stays when the profile is missing: the points that need none. */
function withoutFrom(own: MapSource): MapSource {
  const entries = own.entries
    .filter((e) => e.key !== 'points')
    .map((e): MapEntry => {
      if ((e.key !== 'inputs' && e.key !== 'outputs') || e.value.kind !== 'map') return e
      const left = e.value.entries.filter((p) => p.value.kind !== 'map' || standsAlone(p.value))
      return { ...e, value: { ...e.value, entries: left } }
    })
  return { ...own, entries }
}

const standsAlone = (point: MapSource): boolean =>
  fieldOf(point, 'from') === undefined && (fieldOf(point, 'register') ?? fieldOf(point, 'node')) !== undefined

/** By the endpoint; undefined where it may be several, as for a serial device at a network address. */
function protocolOf(profile: DeviceProfile, endpoint: Source | undefined, at: Place): Source | undefined {
  const text = endpoint?.kind === 'scalar' ? String(endpoint.value) : ''
  const is = (protocol: Protocol): ScalarSource => ({ kind: 'scalar', value: protocol, at })
  if (isSerialPort(text)) return is('modbus-rtu')
  if (profile.protocols.includes('modbus-tcp')) return is('modbus-tcp')
  return profile.protocols.length === 1 && !/:\d+$/.test(text) ? is(profile.protocols[0]!) : undefined
}

/** Of a bus the unit must be said: the one from the factory is the one that all new devices have. */
function deviceSource(profile: DeviceProfile, at: Place, serial: boolean, alone: boolean): MapSource {
  const { requests, watchdog } = profile
  const ms = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${value}ms`)
  const { pause_ms, ...limits } = requests
  const given = Object.keys(requests).length > 0
  return mapSource(at, {
    unit: alone ? profile.unit : undefined,
    timeout: ms(profile.timeout_ms),
    requests: given ? mapSource(at, { ...limits, pause: ms(pause_ms) }) : undefined,
    serial: serial && profile.serial !== undefined ? mapSource(at, { ...profile.serial }) : undefined,
    watchdog:
      watchdog === undefined
        ? undefined
        : mapSource(at, {
            time: ms(watchdog.time_ms),
            count: ms(watchdog.count_ms),
            time_register: watchdog.time_register,
            tripped_register: register(watchdog.tripped_register),
            rearm_register: register(watchdog.rearm_register),
          }),
  })
}

/** `points: [a, b]` or `points: all`: what is written becomes an output, all else an input. */
function listPoints(faults: Faults, own: MapSource, profile: DeviceProfile): Record<Direction, MapEntry[]> {
  const made: Record<Direction, MapEntry[]> = { inputs: [], outputs: [] }
  const list = fieldOf(own, 'points')
  if (list === undefined || isReported(list)) return made
  const put = (point: ProfilePoint, at: Place): void => {
    const direction = point.access === 'write' ? 'outputs' : 'inputs'
    made[direction].push({ key: point.name, at, value: pointSource(point, direction, at) })
  }
  if (list.kind === 'scalar' && list.value === 'all') {
    for (const point of profile.points) put(point, list.at)
    return made
  }
  if (list.kind !== 'list') {
    faults.add('CFG_WRONG_TYPE', list.at, kindText(list), 'a list of points of the profile, or all')
    return made
  }
  const seen = new Set<string>()
  for (const item of list.items) {
    const name = wordOf(faults, item)
    if (name === undefined) continue
    const point = pointOf(faults, profile, name.text, name.at)
    if (point === undefined) continue
    if (seen.has(name.text)) faults.add('CFG_DUPLICATE_POINT', name.at, `'${name.text}' again`, 'each point once')
    else put(point, name.at)
    seen.add(name.text)
  }
  return made
}

/** The points written out under `inputs` or `outputs`, over those of the list. */
function points(
  faults: Faults,
  own: MapSource,
  direction: Direction,
  profile: DeviceProfile,
  listed: readonly MapEntry[],
): MapEntry | undefined {
  const given = own.entries.find((e) => e.key === direction)
  if (given !== undefined && given.value.kind !== 'map') return given
  if (given === undefined && listed.length === 0) return undefined
  const written = given?.value.kind === 'map' ? given.value.entries : []
  const entries = written.map((entry) => withPoint(faults, entry, direction, profile))
  const rest = listed.filter((l) => !written.some((w) => w.key === l.key))
  const at = given?.at ?? own.at
  return { key: direction, at, value: { kind: 'map', entries: [...entries, ...rest], at } }
}

function withPoint(faults: Faults, entry: MapEntry, direction: Direction, profile: DeviceProfile): MapEntry {
  // `AI/3:` alone is the point of that name.
  const empty = entry.value.kind === 'scalar' && entry.value.value === null && !isReported(entry.value)
  const value: Source = empty ? { kind: 'map', entries: [], at: entry.at } : entry.value
  if (value.kind !== 'map' || standsAlone(value)) return entry
  const from = fieldOf(value, 'from')
  const name = from === undefined ? { text: entry.key, at: entry.at } : wordOf(faults, from)
  const point = name === undefined ? undefined : pointOf(faults, profile, name.text, name.at)
  const reported: MapEntry = { ...entry, value: { kind: 'scalar', value: null, at: entry.at, reported: true } }
  if (name === undefined || point === undefined) return reported
  const allowed = direction === 'inputs' ? point.access !== 'write' : point.access !== 'read'
  if (!allowed) {
    const found = `'${name.text}', which is ${point.access === 'read' ? 'read only' : 'an output'},`
    faults.add(
      'CFG_POINT_DIRECTION',
      name.at,
      `${found} under ${direction}`,
      direction === 'inputs' ? 'outputs' : 'inputs',
    )
    return reported
  }
  const base = pointSource(point, direction, entry.at)
  return { ...entry, value: joinMaps(value, base) }
}

function pointOf(faults: Faults, profile: DeviceProfile, name: string, at: Place): ProfilePoint | undefined {
  const point = profile.points.find((p) => p.name === name)
  if (point === undefined) {
    const names = profile.points.map((p) => p.name)
    faults.add('CFG_UNKNOWN_POINT', at, `'${name}'`, `a point of the profile '${profile.name}'`, nearest(name, names))
  }
  return point
}

function pointSource(point: ProfilePoint, direction: Direction, at: Place): MapSource {
  const [min, max] = point.range ?? []
  const bool = point.type === 'bool'
  return mapSource(at, {
    table: point.table,
    register: point.register,
    type: point.type,
    order: point.order,
    bit: point.bit,
    counts_per_unit: point.counts_per_unit,
    offset: point.offset,
    exponent_register: point.exponent_register,
    sentinels:
      point.sentinels === undefined
        ? undefined
        : { kind: 'list', items: point.sentinels.map((value): Source => ({ kind: 'scalar', value, at })), at },
    quantity: point.quantity,
    ...(direction === 'inputs'
      ? { status_register: register(point.status_register) }
      : {
          readback_register: register(point.readback_register),
          min: bool ? undefined : min,
          max: bool ? undefined : max,
        }),
  })
}

const register = (number: number): number | undefined => (number < 0 ? undefined : number)

type Field = string | number | boolean | Source | undefined

/** A mapping as if it had been written at one place. */
function mapSource(at: Place, fields: Readonly<Record<string, Field>>): MapSource {
  const entries = Object.entries(fields).flatMap(([key, value]): MapEntry[] => {
    if (value === undefined) return []
    return [{ key, at, value: typeof value === 'object' ? value : { kind: 'scalar', value, at } }]
  })
  return { kind: 'map', entries, at }
}
