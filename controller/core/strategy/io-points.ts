/**
 * One point of a device: where it stands, how it becomes a quantity, how often it is read, how far it may move.
 */
import type {
  InputPoint,
  OutputPoint,
  RegisterCodec,
  RegisterType,
  RequestLimits,
} from '../../../contracts/artifact.ts'
import { BYTE_ORDERS, isBitTable, REGISTER_TYPES, TABLES } from '../../../protocols/core/modbus/registers.ts'
import { codecProblems, sentinelsOf } from '../../../protocols/core/profile/check-codec.ts'
import type { Faults, Place } from './fault.ts'
import { oneOf, oneOfOr, REGISTER, wholeOr } from './io-words.ts'
import { type MapReader, numberOf, type Word } from './map-reader.ts'
import type { Source } from './source.ts'

/** A record of the artifact before its device has a number and its period is in ticks, and the place it came from. */
export interface InputSpec extends Omit<InputPoint, 'device' | 'every'> {
  /** A duration or a scan class, as written; absent: every tick. */
  readonly every?: Word
  readonly at: Place
}

export interface OutputSpec extends Omit<OutputPoint, 'device'> {
  readonly at: Place
}

/** What of the device a point depends on. */
export interface PointContext {
  readonly opcua: boolean
  readonly sis?: boolean
  readonly requests: RequestLimits
}

/** `from` names a point of the profile and has been followed when a point is read. */
const COMMON_KEYS = ['from', 'counts_per_unit', 'offset', 'quantity', 'type']
const REGISTER_KEYS = [...COMMON_KEYS, 'register', 'table', 'order', 'bit', 'exponent_register', 'sentinels']
const NODE_KEYS = [...COMMON_KEYS, 'node']
const MOVE_KEYS = ['step_max', 'min', 'max']

export const SIS_INPUT_KEYS: readonly string[] = ['signal']
export const inputKeys = (opcua: boolean): readonly string[] =>
  opcua ? [...NODE_KEYS, 'every'] : [...REGISTER_KEYS, 'every', 'status_register']
export const outputKeys = (opcua: boolean): readonly string[] =>
  opcua ? [...NODE_KEYS, ...MOVE_KEYS] : [...REGISTER_KEYS, ...MOVE_KEYS, 'readback_register']

const QUANTITIES = ['mA', 'EU', '1'] as const
const COUNTS_MIN = 1e-12

export function readInput(
  faults: Faults,
  m: MapReader,
  point: string,
  at: Place,
  context: PointContext,
): InputSpec | undefined {
  if (context.sis === true) return readSignal(faults, m, point, at)
  const codec = readCodec(faults, m, at, context, false)
  const status_register = m.numberOr('status_register', -1, REGISTER)
  const every = m.wordOr('every')
  return codec === undefined
    ? undefined
    : { point, ...codec, status_register, ...(every === undefined ? {} : { every }), at }
}

export function readOutput(
  faults: Faults,
  m: MapReader,
  point: string,
  at: Place,
  context: PointContext,
): OutputSpec | undefined {
  const codec = readCodec(faults, m, at, context, true)
  const readback_register = m.numberOr('readback_register', -1, REGISTER)
  const readback = m.optional('readback_register')
  if (readback !== undefined && codec !== undefined && isBitTable(codec))
    faults.add(
      'CFG_POINT_TYPE',
      readback.at,
      'the read-back of a coil in a register',
      'no readback_register: its own is read',
    )
  // A bool moves from 0 to 1 in one tick; of a number that must be said.
  const bool = codec?.type === 'bool'
  const number = (key: string, ofBool: number, range = {}): number | undefined =>
    bool && m.optional(key) === undefined ? ofBool : m.number(key, range)
  const min = number('min', 0)
  const max = number('max', 1)
  const step_max = number('step_max', 1, { min: 1e-9 })
  if (codec === undefined || min === undefined || max === undefined) return undefined
  if (min >= max) {
    const where = m.optional('min') ?? m.optional('max')
    faults.add('CFG_OUT_OF_RANGE', where?.at ?? at, `min ${min}, max ${max}`, 'min below max')
  }
  return { point, ...codec, readback_register, step_max: step_max ?? 0, min, max, at }
}

function readCodec(
  faults: Faults,
  m: MapReader,
  at: Place,
  context: PointContext,
  written: boolean,
): RegisterCodec | undefined {
  const counts_per_unit = readCounts(faults, m)
  const offset = m.numberOr('offset', 0)
  const scale = { counts_per_unit, ...(offset === 0 ? {} : { offset }) }
  if (context.opcua) return readNode(faults, m, scale, written)
  const register = m.number('register', REGISTER)
  const table = oneOfOr(faults, m, 'table', TABLES) ?? (written ? 'holding' : 'input')
  const bits = table === 'coil' || table === 'discrete'
  const type = bits && m.optional('type') === undefined ? 'bool' : oneOf(faults, m, 'type', REGISTER_TYPES)
  const quantity =
    bits || type === 'bool'
      ? (oneOfOr(faults, m, 'quantity', QUANTITIES) ?? '1')
      : oneOf(faults, m, 'quantity', QUANTITIES)
  const order = oneOfOr(faults, m, 'order', BYTE_ORDERS)
  const bit = wholeOr(m, 'bit', 0, 15)
  const exponent_register = wholeOr(m, 'exponent_register', 0, 65_535)
  const sentinels = type === undefined ? undefined : readSentinels(faults, m, type)
  if (register === undefined || type === undefined || quantity === undefined) return undefined
  const codec: RegisterCodec = {
    table,
    register,
    type,
    ...(order === undefined ? {} : { order }),
    ...(bit === undefined ? {} : { bit }),
    ...scale,
    ...(exponent_register === undefined ? {} : { exponent_register }),
    ...(sentinels === undefined ? {} : { sentinels }),
    quantity,
  }
  const problems = codecProblems(codec, context.requests, written)
  for (const p of problems) faults.add(p.code, m.optional(p.field)?.at ?? at, p.found, p.expected)
  // ABCD is what absence means: one fact has one form.
  const { order: _, ...plain } = codec
  return problems.length > 0 ? undefined : order === 'ABCD' ? plain : codec
}

const NODE_ID = /^(ns=\d+;|nsu=[^;]+;)?(i=\d+|s=.+|g=[0-9A-Fa-f-]{36}|b=[A-Za-z0-9+/=]+)$/

function readNode(
  faults: Faults,
  m: MapReader,
  scale: { readonly counts_per_unit: number; readonly offset?: number },
  written: boolean,
): RegisterCodec | undefined {
  const node = m.word('node')
  const quantity = oneOfOr(faults, m, 'quantity', QUANTITIES) ?? 'EU'
  const type = oneOfOr(faults, m, 'type', REGISTER_TYPES) ?? 'float64'
  if (node === undefined) return undefined
  if (!NODE_ID.test(node.text)) {
    faults.add('CFG_WRONG_TYPE', node.at, `'${node.text}'`, 'a node id, as ns=2;s=Plant.T101 or i=2258')
    return undefined
  }
  return { table: written ? 'holding' : 'input', register: 0, type, ...scale, quantity, node: node.text }
}

const SIGNAL = /^((effect|cause)\/[A-Za-z0-9][A-Za-z0-9_.-]*|healthy|bypasses)$/

/** Of a safety system only what its snapshot says by the ids of its configuration. */
function readSignal(faults: Faults, m: MapReader, point: string, at: Place): InputSpec | undefined {
  const signal = m.word('signal')
  if (signal === undefined) return undefined
  if (!SIGNAL.test(signal.text)) {
    const expected = 'effect/ID, cause/ID, healthy or bypasses'
    faults.add('CFG_WRONG_TYPE', signal.at, `'${signal.text}'`, expected)
    return undefined
  }
  const codec = { table: 'input', register: 0, type: 'float64', counts_per_unit: 1, quantity: '1' } as const
  return { point, ...codec, node: signal.text, status_register: -1, at }
}

/** Counts a unit, negative where the device counts down; 0 would divide by nothing. */
function readCounts(faults: Faults, m: MapReader): number {
  const counts = m.numberOr('counts_per_unit', 1)
  if (Math.abs(counts) >= COUNTS_MIN) return counts
  const expected = `${COUNTS_MIN} or more, or less than -${COUNTS_MIN}`
  faults.add('CFG_OUT_OF_RANGE', m.required('counts_per_unit')!.at, `'${counts}'`, expected)
  return 1
}

function readSentinels(faults: Faults, m: MapReader, type: RegisterType): readonly number[] | undefined {
  const value = m.optional('sentinels')
  if (value === undefined) return undefined
  const items: readonly Source[] = value.kind === 'list' ? value.items : [value]
  const given = items.map((item) => numberOf(faults, item))
  if (given.includes(undefined)) return undefined
  const own = sentinelsOf(type, given as number[])
  if (own === undefined && type !== 'bool')
    faults.add('CFG_OUT_OF_RANGE', value.at, `sentinels ${given.join(', ')}`, `values that a ${type} can carry`)
  return own ?? (given as number[])
}
