/** The Modbus function codes this project speaks. @see MODBUS Application Protocol Specification V1.1b3, section 6 */
export const FUNCTION = {
  readCoils: 1,
  readDiscrete: 2,
  readHolding: 3,
  readInput: 4,
  writeCoil: 5,
  writeRegister: 6,
  writeCoils: 15,
  writeRegisters: 16,
  maskWrite: 22,
  readWrite: 23,
  encapsulated: 43,
} as const

/** MEI type 14 of function 43: read device identification. */
export const MEI_DEVICE_IDENTIFICATION = 14

/** Set in the function code of an answer that is an exception. */
export const EXCEPTION_FLAG = 0x80

/** Exception codes, section 7. 0 stands for "no exception" throughout this folder. */
export const EXCEPTION = {
  none: 0,
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  busy: 6,
  gatewayPath: 10,
  /** The gateway has the unit in its table but the unit does not answer. */
  gatewayTarget: 11,
} as const

/** Largest quantities of one request: what fits into a PDU of 253 bytes. */
export const QUANTITY_MAX = {
  readBits: 2000,
  readRegisters: 125,
  writeBits: 1968,
  writeRegisters: 123,
  /** Registers read and written by one function 23. */
  readWriteRead: 125,
  readWriteWrite: 121,
} as const

const EXCEPTION_TEXT: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'server device failure',
  5: 'acknowledge',
  6: 'server device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target device failed to respond',
}

export const exceptionText = (code: number): string => EXCEPTION_TEXT[code] ?? `exception ${code}`
