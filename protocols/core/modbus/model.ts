import { EXCEPTION } from './function-code.ts'
import type { IdentificationObject } from './reply.ts'

export type BitTable = 'coil' | 'discrete'
export type RegisterTable = 'holding' | 'input'

/**
 * What a server serves. Each method answers an exception code, 0 for none.
 *
 * `admits` is asked first, for all ranges of a request: only when all are admitted is anything written, so that a
 * refused request never leaves a half-written device.
 */
export interface ModbusModel {
  /** Whether the device has this table at all: without it the function is illegal (01). */
  has(table: BitTable | RegisterTable): boolean
  /** illegalAddress where the range is not there or may not be written; deviceFailure where it cannot be served now. */
  admits(unit: number, table: BitTable | RegisterTable, address: number, quantity: number, write: boolean): number
  readBits(unit: number, table: BitTable, address: number, into: Uint8Array, quantity: number): number
  readRegisters(unit: number, table: RegisterTable, address: number, into: Uint16Array, quantity: number): number
  /** `bits[0..quantity)` are 0 or 1; valid during the call only. */
  writeBits(unit: number, address: number, bits: Uint8Array, quantity: number): number
  writeRegisters(unit: number, address: number, registers: Uint16Array, quantity: number): number
  /** Objects of function 43/14 in rising order of id; absent: illegal function. */
  identification?(unit: number): readonly IdentificationObject[]
}

export interface MemoryTables {
  readonly coil?: Uint8Array
  readonly discrete?: Uint8Array
  readonly holding?: Uint16Array
  readonly input?: Uint16Array
  readonly identification?: readonly IdentificationObject[]
}

/** A device that is nothing but its tables, each from address 0; what the arrays hold is what is read. */
export function memoryModel(tables: MemoryTables): ModbusModel {
  const copy = (
    from: ArrayLike<number>,
    at: number,
    into: Uint8Array | Uint16Array,
    to: number,
    count: number,
  ): number => {
    for (let i = 0; i < count; i++) into[to + i] = from[at + i]!
    return EXCEPTION.none
  }
  const { identification } = tables
  return {
    has: (table) => tables[table] !== undefined,
    admits: (_unit, table, address, quantity) =>
      address + quantity <= tables[table]!.length ? EXCEPTION.none : EXCEPTION.illegalAddress,
    readBits: (_unit, table, address, into, quantity) => copy(tables[table]!, address, into, 0, quantity),
    readRegisters: (_unit, table, address, into, quantity) => copy(tables[table]!, address, into, 0, quantity),
    writeBits: (_unit, address, bits, quantity) => copy(bits, 0, tables.coil!, address, quantity),
    writeRegisters: (_unit, address, registers, quantity) => copy(registers, 0, tables.holding!, address, quantity),
    ...(identification === undefined ? {} : { identification: () => identification }),
  }
}
