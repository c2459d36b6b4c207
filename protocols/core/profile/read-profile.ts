/**
 * A device profile from the plain value of its file, or all that is wrong with it.
 *
 * Format and meaning of each field: docs/reference/device-profiles.md; for editors field-io/profiles/profile.schema.json.
 */
import type {
  ByteOrder,
  RegisterType,
  RequestLimits,
  SerialRecord,
  WatchdogRecord,
} from '../../../contracts/artifact.ts'
import { isBitTable, registersOf } from '../modbus/registers.ts'
import { codecProblems, sentinelsOf } from './check-codec.ts'
import { type Claim, overlaps } from './overlap.ts'
import {
  type Access,
  countsPerUnit,
  type DeviceProfile,
  type ProfilePoint,
  type ProfileProblem,
  type ProfileString,
} from './profile.ts'
import {
  collectProblems,
  isRecord,
  type Path,
  type Problems,
  plainText,
  readValue,
  textOf,
  type ValueReader,
} from './value-reader.ts'

export type ReadProfile = { readonly profile: DeviceProfile } | { readonly problems: readonly ProfileProblem[] }

export const PROFILE_FORMAT = 1
export const PROFILE_PROTOCOLS = ['modbus-tcp', 'modbus-tls', 'modbus-rtu-tcp', 'modbus-rtu'] as const
export const PROFILE_TYPES: readonly RegisterType[] = [
  'bool',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
  'bcd16',
  'bcd32',
]
export const PROFILE_ORDERS: readonly ByteOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA']
export const PROFILE_TABLES = ['input', 'holding', 'coil', 'discrete'] as const
export const PROFILE_ACCESS: readonly Access[] = ['read', 'write', 'read-write']
export const POINT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/

const KEYS = [
  'format',
  'name',
  'title',
  'source',
  'protocols',
  'serial',
  'unit',
  'timeout',
  'requests',
  'holes',
  'whole_points',
  'identification',
  'watchdog',
  'each_point',
  'points',
  'strings',
]
const EACH_KEYS = [
  'table',
  'type',
  'order',
  'scale',
  'counts_per_unit',
  'unit',
  'access',
  'range',
  'sentinels',
  'quantity',
]
export const POINT_KEYS = [
  ...EACH_KEYS,
  'register',
  'bit',
  'offset',
  'exponent_register',
  'description',
  'counter',
  'values',
  'status_register',
  'readback_register',
  'fail',
]
const REGISTER = { min: 0, max: 65_535, integer: true }

/** @param name - as the file is called, without its ending */
export function readProfile(value: unknown, name: string): ReadProfile {
  const problems = collectProblems()
  const m = readValue(problems, value, [], 'a device profile', KEYS)
  if (m.has('format') && m.value('format') !== PROFILE_FORMAT)
    problems.add('CFG_WRONG_VERSION', ['format'], textOf(m.value('format')), `the format version ${PROFILE_FORMAT}`)
  else m.number('format')
  const own = m.text('name')
  if (own !== undefined && own !== name)
    problems.add('CFG_INCONSISTENT', ['name'], `'${own}' in ${name}.yaml`, 'the name of the file', name)
  const requests = readRequests(problems, m)
  const serial = readSerial(problems, m)
  const watchdog = readWatchdog(problems, m)
  const unit = m.numberOr('unit', { min: 0, max: 255, integer: true })
  const points = readPoints(problems, m, requests)
  const profile: DeviceProfile = {
    name,
    title: m.text('title') ?? '',
    source: m.text('source') ?? '',
    protocols: readProtocols(problems, m),
    ...(serial === undefined ? {} : { serial }),
    ...(unit === undefined ? {} : { unit }),
    timeout_ms: m.durationOr('timeout') ?? 500,
    requests,
    holes: m.wordOr('holes', ['zero', 'refuse']) ?? 'refuse',
    whole_points: m.flagOr('whole_points') ?? false,
    identification: readIdentification(problems, m),
    ...(watchdog === undefined ? {} : { watchdog }),
    points,
    strings: readStrings(problems, m),
  }
  checkOverlap(problems, profile)
  return problems.list.length > 0 ? { problems: problems.list } : { profile }
}

function readProtocols(problems: Problems, m: ValueReader): DeviceProfile['protocols'] {
  const given = m.value('protocols')
  if (!Array.isArray(given) || given.length === 0) {
    if (m.has('protocols')) problems.add('CFG_WRONG_TYPE', ['protocols'], textOf(given), 'a list of protocols')
    else m.text('protocols')
    return []
  }
  return given.flatMap((p: unknown, i) => {
    const known = PROFILE_PROTOCOLS.find((q) => q === p)
    if (known === undefined)
      problems.add('CFG_UNKNOWN_WORD', ['protocols', i], textOf(p), PROFILE_PROTOCOLS.join(' | '))
    return known === undefined ? [] : [known]
  })
}

const REQUEST_KEYS = [
  'read_registers_max',
  'read_bits_max',
  'write_registers_max',
  'gap_max',
  'single',
  'pause',
  'write_single',
]

function readRequests(problems: Problems, m: ValueReader): RequestLimits {
  if (!m.has('requests')) return {}
  const r = readValue(problems, m.value('requests'), ['requests'], "'requests'", REQUEST_KEYS)
  const whole = (key: string, min: number, max: number): number | undefined =>
    r.numberOr(key, { min, max, integer: true })
  const fields = {
    read_registers_max: whole('read_registers_max', 1, 125),
    read_bits_max: whole('read_bits_max', 1, 2000),
    write_registers_max: whole('write_registers_max', 1, 123),
    gap_max: whole('gap_max', 0, 124),
    single: r.flagOr('single'),
    pause_ms: r.durationOr('pause'),
    write_single: r.flagOr('write_single'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined)) as RequestLimits
}

function readSerial(problems: Problems, m: ValueReader): SerialRecord | undefined {
  if (!m.has('serial')) return undefined
  const s = readValue(problems, m.value('serial'), ['serial'], "'serial'", ['baud', 'parity', 'data_bits', 'stop_bits'])
  const baud = s.number('baud', { min: 50, max: 4_000_000, integer: true })
  const parity = s.word('parity', ['none', 'even', 'odd'])
  const data_bits = s.wordOr('data_bits', ['7', '8']) === '7' ? 7 : 8
  const stop_bits = s.word('stop_bits', ['1', '2']) === '2' ? 2 : 1
  return baud === undefined || parity === undefined ? undefined : { baud, parity, data_bits, stop_bits }
}

const WATCHDOG_KEYS = ['time', 'count', 'time_register', 'tripped_register', 'rearm_register']

function readWatchdog(problems: Problems, m: ValueReader): WatchdogRecord | undefined {
  if (!m.has('watchdog')) return undefined
  const w = readValue(problems, m.value('watchdog'), ['watchdog'], 'a watchdog', WATCHDOG_KEYS)
  const time_register = w.number('time_register', REGISTER)
  if (!w.has('time')) w.text('time')
  const time_ms = w.durationOr('time')
  const count_ms = w.durationOr('count')
  const tripped_register = w.numberOr('tripped_register', REGISTER) ?? -1
  const rearm_register = w.numberOr('rearm_register', REGISTER) ?? -1
  if (time_register === undefined || time_ms === undefined) return undefined
  if (!Number.isInteger(time_ms / (count_ms ?? 100)))
    problems.add('CFG_WRONG_TYPE', ['watchdog', 'time'], `${time_ms} ms`, `whole counts of ${count_ms ?? 100} ms`)
  return {
    time_register,
    time_ms,
    ...(count_ms === undefined || count_ms === 100 ? {} : { count_ms }),
    tripped_register,
    rearm_register,
  }
}

const OBJECTS = ['vendor', 'product', 'revision'] as const

function readIdentification(problems: Problems, m: ValueReader): DeviceProfile['identification'] {
  if (!m.has('identification')) return []
  const i = readValue(problems, m.value('identification'), ['identification'], "'identification'", OBJECTS)
  // The three basic objects come together: a device that has one has all.
  return OBJECTS.map((key, id) => ({ id, text: i.text(key) ?? '' }))
}

function readPoints(problems: Problems, m: ValueReader, requests: RequestLimits): ProfilePoint[] {
  if (!m.has('points')) m.text('points')
  const each = m.has('each_point') ? m.value('each_point') : {}
  if (m.has('each_point')) readValue(problems, each, ['each_point'], "'each_point'", EACH_KEYS)
  const common = isRecord(each) ? each : {}
  const found = m.entries('points').map(([name, value]) => {
    const path = ['points', name]
    if (!POINT_NAME.test(name))
      problems.addKey('CFG_WRONG_TYPE', path, `'${name}'`, 'a name of letters, digits, _ . - and /')
    if (!isRecord(value)) {
      problems.add('CFG_WRONG_TYPE', path, textOf(value), 'a mapping')
      return undefined
    }
    return readPoint(problems, name, { ...commonOf(common, value), ...value }, path, requests)
  })
  return found.filter((p) => p !== undefined)
}

/** What stands for all points, without what the point says in another way. */
function commonOf(common: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>>): object {
  const scaled = 'scale' in own || 'counts_per_unit' in own
  const bits = own['table'] === 'coil' || own['table'] === 'discrete' || own['type'] === 'bool'
  const left = Object.entries(common).filter(
    ([key]) =>
      !(scaled && (key === 'scale' || key === 'counts_per_unit')) &&
      !(bits && ['type', 'order', 'sentinels', 'scale', 'counts_per_unit', 'range', 'unit'].includes(key)),
  )
  return Object.fromEntries(left)
}

function readPoint(
  problems: Problems,
  name: string,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  requests: RequestLimits,
): ProfilePoint | undefined {
  const p = readValue(problems, value, path, 'a point', POINT_KEYS)
  const table = p.wordOr('table', PROFILE_TABLES) ?? 'input'
  const bits = table === 'coil' || table === 'discrete'
  const type = bits && !p.has('type') ? 'bool' : p.word('type', PROFILE_TYPES)
  const register = p.number('register', REGISTER)
  const order = p.wordOr('order', PROFILE_ORDERS)
  const bit = p.numberOr('bit', { min: 0, max: 15, integer: true })
  const offset = p.numberOr('offset')
  const exponent_register = p.numberOr('exponent_register', REGISTER)
  const unit = p.textOr('unit') ?? ''
  const access = p.wordOr('access', PROFILE_ACCESS) ?? (table === 'holding' || table === 'coil' ? 'read-write' : 'read')
  const range = readRange(problems, p)
  const fail = p.numberOr('fail')
  const sentinels = type === undefined ? undefined : readSentinels(problems, p, type)
  const quantity = p.wordOr('quantity', ['mA', 'EU', '1']) ?? (unit === 'mA' ? 'mA' : unit === '' ? '1' : 'EU')
  const point = {
    name,
    description: p.textOr('description') ?? '',
    unit,
    access,
    ...(range === undefined ? {} : { range }),
    counter: p.flagOr('counter') ?? false,
    values: readMeanings(problems, p),
    status_register: p.numberOr('status_register', REGISTER) ?? -1,
    readback_register: p.numberOr('readback_register', REGISTER) ?? -1,
    ...(fail === undefined ? {} : { fail }),
  }
  const counts_per_unit = readScale(problems, p)
  if (register === undefined || type === undefined) return undefined
  const codec = {
    table,
    register,
    type,
    ...(order === undefined ? {} : { order }),
    ...(bit === undefined ? {} : { bit }),
    counts_per_unit,
    ...(offset === undefined || offset === 0 ? {} : { offset }),
    ...(exponent_register === undefined ? {} : { exponent_register }),
    ...(sentinels === undefined ? {} : { sentinels }),
    quantity,
  }
  for (const { code, field, found, expected } of codecProblems(codec, requests, access !== 'read'))
    problems.add(code, p.has(field) ? [...path, field] : path, found, expected)
  const { order: _, ...plain } = codec
  return { ...(order === 'ABCD' ? plain : codec), ...point }
}

function readScale(problems: Problems, p: ValueReader): number {
  if (p.has('scale') && p.has('counts_per_unit'))
    problems.add('CFG_INCONSISTENT', [...p.path, 'scale'], "'scale' and 'counts_per_unit'", 'one of them')
  const key = p.has('scale') ? 'scale' : 'counts_per_unit'
  const given = p.numberOr(key)
  if (given === undefined) return 1
  if (Math.abs(given) >= 1e-12) return key === 'scale' ? countsPerUnit(given) : given
  problems.add('CFG_OUT_OF_RANGE', [...p.path, key], `'${given}'`, 'a factor that is not 0')
  return 1
}

function readRange(problems: Problems, p: ValueReader): readonly [number, number] | undefined {
  if (!p.has('range')) return undefined
  const given = p.value('range')
  if (Array.isArray(given) && given.length === 2 && given.every((x) => Number.isFinite(x)) && given[0] < given[1])
    return [given[0], given[1]]
  problems.add('CFG_WRONG_TYPE', [...p.path, 'range'], textOf(given), 'two rising numbers [low, high]')
  return undefined
}

function readSentinels(problems: Problems, p: ValueReader, type: RegisterType): readonly number[] | undefined {
  if (!p.has('sentinels')) return undefined
  const given = p.value('sentinels')
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const own = list.every((s) => typeof s === 'number') ? sentinelsOf(type, list as readonly number[]) : undefined
  if (own !== undefined) return own
  problems.add('CFG_OUT_OF_RANGE', [...p.path, 'sentinels'], textOf(given), `raw values that a ${type} can carry`)
  return undefined
}

/** `values: {0: Off, 1: On}`: keys are the quantity. */
function readMeanings(problems: Problems, p: ValueReader): ProfilePoint['values'] {
  return p.entries('values').map(([key, text]) => {
    if (key.trim() === '' || !Number.isFinite(Number(key)) || typeof text === 'object')
      problems.add('CFG_WRONG_TYPE', [...p.path, 'values', key], `'${key}'`, 'a number and its meaning')
    return { value: Number(key), text: plainText(text) }
  })
}

const STRING_KEYS = ['table', 'register', 'registers', 'chars_per_register', 'description']

function readStrings(problems: Problems, m: ValueReader): ProfileString[] {
  return m.entries('strings').map(([name, value]) => {
    const path = ['strings', name]
    const s = readValue(problems, value, path, 'a text', STRING_KEYS)
    const register = s.number('register', REGISTER) ?? 0
    const registers = s.number('registers', { min: 1, max: 125, integer: true }) ?? 1
    if (register + registers > 65_536)
      problems.add(
        'CFG_OUT_OF_RANGE',
        [...path, 'register'],
        `${register} with ${registers} registers`,
        `${65_536 - registers} or less`,
      )
    return {
      name,
      description: s.textOr('description') ?? '',
      table: s.wordOr('table', ['input', 'holding']) ?? 'input',
      register,
      registers,
      chars_per_register: s.wordOr('chars_per_register', ['1', '2']) === '1' ? 1 : 2,
    }
  })
}

/** A word and its bits may be described both, also where they may be written: a strategy takes one of them. */
function checkOverlap(problems: Problems, { points, strings, watchdog }: DeviceProfile): void {
  type At = Claim & { readonly path: Path }
  const claims: At[] = []
  for (const p of points) {
    const path = ['points', p.name]
    const bit = p.bit === undefined ? {} : { bit: p.bit }
    const count = isBitTable(p) ? 1 : registersOf(p.type)
    claims.push({ table: p.table, register: p.register, count, ...bit, read: true, owner: `'${p.name}'`, path })
    const shared = (table: Claim['table'], register: number, owner: string): void => {
      if (register >= 0)
        claims.push({ table, register, count: 1, shared: true, owner: `the ${owner} of '${p.name}'`, path })
    }
    shared('input', p.status_register, 'status')
    shared(p.table, p.exponent_register ?? -1, 'power of ten')
    if (p.readback_register >= 0) {
      const owner = `the read-back of '${p.name}'`
      claims.push({ table: 'input', register: p.readback_register, count, ...bit, read: true, owner, path })
    }
  }
  for (const s of strings)
    claims.push({
      table: s.table,
      register: s.register,
      count: s.registers,
      owner: `'${s.name}'`,
      path: ['strings', s.name],
    })
  if (watchdog !== undefined) {
    const claim = (table: Claim['table'], register: number, owner: string): void => {
      if (register >= 0) claims.push({ table, register, count: 1, owner, path: ['watchdog'] })
    }
    claim('holding', watchdog.time_register, 'the watchdog time')
    claim('input', watchdog.tripped_register, 'the watchdog trip')
    claim('holding', watchdog.rearm_register, 'the watchdog re-arm')
  }
  for (const { claim, other, register } of overlaps(claims))
    problems.add(
      'CFG_REGISTER_OVERLAP',
      claim.path,
      `${claim.owner} at ${claim.table} register ${register}`,
      `a register that ${other.owner} does not use`,
    )
}
