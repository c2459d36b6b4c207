/**
 * classes/*.class.yaml: a module written once, with parameters, for many instances.
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { Faults, Place } from './fault.ts'
import { inRange, readMap } from './map-reader.ts'
import { duration, parseQuantity } from './quantity.ts'
import { kindText, type MapSource, type Source } from './source.ts'

export interface ClassSpec {
  /** `FlowLoop@2` */
  readonly name: string
  readonly params: ReadonlyMap<string, ParamSpec>
  readonly io: ReadonlyMap<string, 'in' | 'out'>
  /** What a module takes over: everything but class, doc, params and io. */
  readonly body: MapSource
  readonly at: Place
}

export interface ParamSpec {
  readonly type: ParamType
  readonly default?: Source
  readonly min?: number
  readonly max?: number
}

/** `any` stands for a type that could not be read. */
export const PARAM_TYPES = ['real', 'time', 'percent', 'bool', 'word', 'list', 'wire'] as const
export type ParamType = (typeof PARAM_TYPES)[number] | 'any'

/** Fields that a class and a module without class have in common. */
export const BODY_KEYS = [
  'description',
  'area',
  'scan',
  'kind',
  'faceplate',
  'fields',
  'point',
  'eu',
  'range',
  'decimals',
  'desired',
  'limits',
  'alarms',
  'out',
  'moved',
  'blocks',
]

/** Names that every class may use beside its own parameters. */
export const BUILT_IN = ['tag', 'eu', 'lo', 'hi']

export function readClass(faults: Faults, source: MapSource): ClassSpec | undefined {
  const m = readMap(faults, source, 'a class', ['class', 'doc', 'params', 'io', ...BODY_KEYS])
  const name = m.word('class')
  if (name !== undefined && !/^[A-Za-z][A-Za-z0-9_]*@[1-9][0-9]*$/.test(name.text)) {
    faults.add('CFG_WRONG_VERSION', name.at, `'${name.text}'`, 'a name with a version, as FlowLoop@1')
  }
  const params = new Map<string, ParamSpec>()
  for (const entry of m.map('params')?.entries ?? []) {
    if (BUILT_IN.includes(entry.key) || entry.key === 'io') {
      faults.add(
        'CFG_DUPLICATE_KEY',
        entry.at,
        `the parameter '${entry.key}'`,
        `a name other than ${BUILT_IN.join(', ')}, io`,
      )
      continue
    }
    params.set(entry.key, readParam(faults, entry.value))
  }
  const io = new Map<string, 'in' | 'out'>()
  for (const entry of m.map('io')?.entries ?? []) {
    const direction = entry.value.kind === 'scalar' ? entry.value.value : undefined
    io.set(entry.key, direction === 'out' ? 'out' : 'in')
    if (direction !== 'in' && direction !== 'out')
      faults.add('CFG_UNKNOWN_WORD', entry.value.at, kindText(entry.value), 'in | out')
  }
  m.required('blocks')
  if (name === undefined) return undefined
  const body: MapSource = { ...source, entries: source.entries.filter((e) => BODY_KEYS.includes(e.key)) }
  return { name: name.text, params, io, body, at: name.at }
}

/** `kc: real` for one that must be given, `kc: {type: real, default: 0.6, min: 0}` for one with a default. */
function readParam(faults: Faults, source: Source): ParamSpec {
  if (source.kind === 'list') {
    faults.add('CFG_WRONG_TYPE', source.at, kindText(source), 'a parameter type or {type, default, min, max}')
    return { type: 'any', default: nothing(source) }
  }
  const m =
    source.kind === 'map' ? readMap(faults, source, 'a parameter', ['type', 'default', 'min', 'max', 'doc']) : undefined
  const type = m === undefined ? source : m.required('type')
  if (type === undefined) return { type: 'any', default: nothing(source) }
  const text = type.kind === 'scalar' ? String(type.value) : ''
  if (!(PARAM_TYPES as readonly string[]).includes(text)) {
    faults.add('CFG_UNKNOWN_WORD', type.at, kindText(type), PARAM_TYPES.join(' | '), nearest(text, PARAM_TYPES))
    return { type: 'any', default: nothing(source) }
  }
  const min = m?.optional('min') === undefined ? undefined : m.number('min')
  const max = m?.optional('max') === undefined ? undefined : m.number('max')
  const fallback = m?.optional('default')
  const spec: ParamSpec = {
    type: text as ParamType,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }
  if (fallback === undefined) return spec
  return { ...spec, default: checkParam(faults, spec, fallback) ? fallback : nothing(fallback) }
}

/** Stands where a value has been reported already. */
const nothing = ({ at }: Source): Source => ({ kind: 'scalar', value: null, at, reported: true })

const EXPECTED: Readonly<Record<ParamType, string>> = {
  real: 'a number',
  time: 'a duration, as 250ms, 8s, 20min or 1h',
  percent: 'a percentage, as 1%',
  bool: 'true or false',
  word: 'a word',
  list: 'a list',
  wire: 'a wire, as TIC-100.PID1.OUT, a number or none',
  any: 'anything',
}

/** Whether a value is of the parameter's type; a fault where it is not. */
export function checkParam(faults: Faults, spec: ParamSpec, value: Source): boolean {
  const scalar = value.kind === 'scalar' ? value.value : undefined
  let number: number | undefined
  let good: boolean
  switch (spec.type) {
    case 'real':
      good = typeof scalar === 'number' && Number.isFinite(scalar)
      number = good ? (scalar as number) : undefined
      break
    case 'time':
      number = scalar === undefined ? undefined : duration(scalar, 's')
      good = number !== undefined
      break
    case 'percent':
      number = typeof scalar === 'number' ? scalar : percentOf(scalar)
      good = number !== undefined
      break
    case 'bool':
      good = typeof scalar === 'boolean'
      break
    case 'word':
      good = typeof scalar === 'string'
      break
    case 'list':
      good = value.kind === 'list'
      break
    case 'any':
      return true
    case 'wire':
      good = typeof scalar === 'string' || typeof scalar === 'number' || value.kind === 'map'
      break
  }
  if (!good) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), EXPECTED[spec.type])
    return false
  }
  return number === undefined || inRange(faults, value, number, spec)
}

function percentOf(value: string | number | boolean | null | undefined): number | undefined {
  const quantity = typeof value === 'string' ? parseQuantity(value) : undefined
  return quantity?.unit === '%' ? quantity.value : undefined
}
