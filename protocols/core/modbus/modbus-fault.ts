import { exceptionText } from './function-code.ts'

/**
 * - IO_NOT_CONNECTED: there is no connection; nothing was sent and nothing will be.
 * - IO_BUSY: the queue of this unit is full; nothing was sent.
 * - IO_TIMEOUT: sent, and no answer by the deadline. The device may have acted on it.
 * - IO_CLOSED: the connection ended while the request was under way or waiting.
 * - IO_EXCEPTION: the device refused, with the exception code in the place.
 * - IO_FRAMING: bytes that are no Modbus/TCP frame; the connection is given up.
 * - IO_MISMATCH: a frame whose unit, function or length is not the request's; the connection is given up.
 * - IO_CONNECT: no connection could be made. - IO_LISTEN: no port could be opened.
 * - IO_TLS: no secure connection: a certificate or key is missing, expired or not trusted.
 * - IO_SERIAL: the serial port cannot be opened, or has gone.
 */
export type ModbusFaultCode =
  | 'IO_NOT_CONNECTED'
  | 'IO_BUSY'
  | 'IO_TIMEOUT'
  | 'IO_CLOSED'
  | 'IO_EXCEPTION'
  | 'IO_FRAMING'
  | 'IO_MISMATCH'
  | 'IO_CONNECT'
  | 'IO_LISTEN'
  | 'IO_TLS'
  | 'IO_SERIAL'

export interface ModbusPlace {
  /** `host:port`. */
  readonly endpoint?: string
  readonly unit?: number
  readonly function?: number
  readonly register?: number
  readonly exception?: number
  /** What exactly was wrong, in words. */
  readonly detail?: string
}

/** A device or its connection did not do what was asked. Expected in service: it becomes a status, never a crash. */
export class ModbusFault extends Error {
  override readonly name = 'ModbusFault'
  readonly code: ModbusFaultCode
  readonly place: ModbusPlace

  constructor(code: ModbusFaultCode, place: ModbusPlace, cause?: unknown) {
    super(`${code}: ${placeText(place)}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.place = place
  }
}

function placeText(place: ModbusPlace): string {
  const words: string[] = []
  if (place.endpoint !== undefined) words.push(place.endpoint)
  if (place.unit !== undefined) words.push(`unit ${place.unit}`)
  if (place.function !== undefined) words.push(`function ${place.function}`)
  if (place.register !== undefined) words.push(`register ${place.register}`)
  if (place.exception !== undefined) words.push(exceptionText(place.exception))
  if (place.detail !== undefined) words.push(place.detail)
  return words.join(', ')
}
