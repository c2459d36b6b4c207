/**
 * A device profile from the plain value of its file, or all that is wrong with it.
 *
 * Format and meaning of each field: docs/reference/device-profiles.md; for editors field-io/profiles/profile.schema.json.
 */
import type { RequestLimits, SerialRecord, WatchdogRecord } from '../../../contracts/artifact.ts'
import { isBitTable, registersOf } from '../modbus/registers.ts'
import { type Claim, overlaps } from './overlap.ts'
import type { DeviceProfile, ProfileProblem, ProfileString } from './profile.ts'
import { readPoints } from './read-profile-points.ts'
import { collectProblems, type Path, type Problems, readValue, textOf, type ValueReader } from './value-reader.ts'

export type ReadProfile = { readonly profile: DeviceProfile } | { readonly problems: readonly ProfileProblem[] }

export const PROFILE_FORMAT = 1
export const PROFILE_PROTOCOLS = ['modbus-tcp', 'modbus-tls', 'modbus-rtu-tcp', 'modbus-rtu'] as const

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
