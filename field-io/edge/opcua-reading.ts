import { type DataValue, VariantArrayType } from 'node-opcua'
import { isBad, STATUS } from '../../contracts/status.ts'
import { statusOfOpcua } from '../core/opcua/status.ts'
import { numberOf } from '../core/opcua/value.ts'

/** What a server last said of a node. */
export interface Reading {
  /** NaN where it gave no number. */
  readonly value: number
  readonly status: number
  /** The server's own time of the sample, ms since 1970; NaN where it gave none. */
  readonly source_ms: number
  /** OPC UA built-in type; 0 where there is no value. */
  readonly type: number
  /** StatusCode as it came. */
  readonly code: number
}

export function readingOf(data: DataValue): Reading {
  const code = data.statusCode.value
  const source_ms = data.sourceTimestamp?.getTime() ?? Number.NaN
  const type: number = data.value?.dataType ?? 0
  const scalar = data.value?.arrayType === VariantArrayType.Scalar
  const number = scalar ? numberOf(type, data.value.value) : undefined
  const status = statusOfOpcua(code)
  if (number !== undefined && Number.isFinite(number)) return { value: number, status, source_ms, type, code }
  const own = isBad(status) ? status : number === undefined && type !== 0 ? STATUS.badConfigError : noNumber(type)
  return { value: Number.NaN, status: own, source_ms, type, code }
}

/** A Good value that is NaN or infinite is a failure of what measures it; no value at all, of what brings it. */
const noNumber = (type: number): number => (type === 0 ? STATUS.badNoComm : STATUS.badSensorFailure)
