/**
 * What can be wrong with one point's registers by themselves, in a profile as in a strategy.
 * @see contracts/artifact.ts, RegisterCodec and RequestLimits
 */
import type { RegisterCodec, RequestLimits } from '../../../contracts/artifact.ts'
import { isBitTable, rangeOf, registersOf } from '../modbus/registers.ts'

export interface CodecProblem {
  readonly code: 'CFG_POINT_TYPE' | 'CFG_OUT_OF_RANGE' | 'CFG_REQUEST_LIMIT'
  /** Key of the point's mapping that it is about. */
  readonly field: string
  readonly found: string
  readonly expected: string
}

/** What MODBUS itself allows in one request: function 3 and 4, function 16. */
export const READ_REGISTERS_MAX = 125
export const WRITE_REGISTERS_MAX = 123
const ADDRESSES = 65_536

/** @param written - the point is an output, or can be one */
export function codecProblems(codec: RegisterCodec, requests: RequestLimits, written: boolean): CodecProblem[] {
  const { table, type, register } = codec
  const problems: CodecProblem[] = []
  const add = (code: CodecProblem['code'], field: string, found: string, expected: string): void => {
    problems.push({ code, field, found, expected })
  }
  const bits = isBitTable(codec)
  if (bits && type !== 'bool') add('CFG_POINT_TYPE', 'type', `'${type}' in ${table}`, 'bool: a coil is one bit')
  if (written && (table === 'input' || table === 'discrete'))
    add('CFG_POINT_TYPE', 'table', `an output in table '${table}'`, 'holding or coil: the others are read only')
  if (codec.bit !== undefined && (bits || type !== 'bool'))
    add('CFG_POINT_TYPE', 'bit', `a bit of ${bits ? `a ${table}` : `'${type}'`}`, 'bit only with bool in a register')
  if (codec.order !== undefined && bits)
    add('CFG_POINT_TYPE', 'order', `order ${codec.order} of a ${table}`, 'no order: a bit has no bytes')
  if (codec.exponent_register !== undefined && (bits || type === 'bool'))
    add('CFG_POINT_TYPE', 'exponent_register', 'a power of ten of a bool', 'exponent_register only with a number')
  if (codec.sentinels !== undefined && (bits || type === 'bool'))
    add('CFG_POINT_TYPE', 'sentinels', 'sentinels of a bool', 'sentinels only with a number')

  const size = bits ? 1 : registersOf(type)
  if (register + size > ADDRESSES)
    add('CFG_OUT_OF_RANGE', 'register', `register ${register} of a ${type}`, `${ADDRESSES - size} or less`)
  if (bits) return problems
  const read_max = requests.read_registers_max ?? READ_REGISTERS_MAX
  if (size > read_max) {
    const most = `${read_max} register${read_max === 1 ? '' : 's'} a read`
    add('CFG_REQUEST_LIMIT', 'type', `a ${type} of ${size} registers`, `what the device answers at once: ${most}`)
  }
  const write_max = requests.write_single === true ? 1 : (requests.write_registers_max ?? WRITE_REGISTERS_MAX)
  if (written && size > write_max) {
    const most = requests.write_single === true ? 'write_single' : `write_registers_max ${write_max}`
    const found = `an output of ${size} registers with ${most}`
    add(
      'CFG_REQUEST_LIMIT',
      'type',
      found,
      'a type that is written in one request: a half-written number moves the plant',
    )
  }
  return problems
}

/**
 * Sentinels as the type reads them: 0x8000 of an int16 is -32768. Undefined where one is nothing that the type can carry.
 *
 * 0x7FFF... and 0x8000... of an int64 are one Float64: both ends are then taken.
 */
export function sentinelsOf(type: RegisterCodec['type'], given: readonly number[]): number[] | undefined {
  const [min, max] = rangeOf(type)
  const half = -min
  const own = given.flatMap((s) => {
    if (!type.startsWith('int') || s < half || s >= 2 * half) return [s]
    return s === half && max === half ? [-half, half] : [s - 2 * half]
  })
  const whole = !type.startsWith('float')
  return own.every((s) => s >= min && s <= max && (!whole || Number.isInteger(s))) ? own : undefined
}
