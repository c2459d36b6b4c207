/**
 * The points of a profile: where each stands and how it is written.
 */
import type { RegisterType, RequestLimits } from '../../../contracts/artifact.ts'
import { BYTE_ORDERS, REGISTER_TYPES, TABLES } from '../modbus/registers.ts'
import { codecProblems, sentinelsOf } from './check-codec.ts'
import { type Access, countsPerUnit, type ProfilePoint } from './profile.ts'
import { isRecord, type Path, type Problems, plainText, readValue, textOf, type ValueReader } from './value-reader.ts'

export const PROFILE_ACCESS: readonly Access[] = ['read', 'write', 'read-write']
export const POINT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/

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

/** The points, with what `each_point` says of all of them. */
export function readPoints(problems: Problems, m: ValueReader, requests: RequestLimits): ProfilePoint[] {
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
  const table = p.wordOr('table', TABLES) ?? 'input'
  const bits = table === 'coil' || table === 'discrete'
  const type = bits && !p.has('type') ? 'bool' : p.word('type', REGISTER_TYPES)
  const register = p.number('register', REGISTER)
  const order = p.wordOr('order', BYTE_ORDERS)
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
