import { EXCEPTION } from '../../protocols/core/modbus/function-code.ts'
import type { ModbusModel } from '../../protocols/core/modbus/model.ts'
import type { Drops } from '../core/drops.ts'
import type { SafetyField } from '../core/instruments/safety-field.ts'

/** One drop of a rig as a Modbus device: input and holding registers of its map, nothing else. */
export const dropModel = (drops: Drops, drop: number): ModbusModel =>
  registerModel(drops.ids[drop]!, {
    readInput: (register) => drops.readInput(drop, register),
    readHolding: (register) => drops.readHolding(drop, register),
    isHolding: (register) => drops.isHolding(drop, register),
    writeHolding: (register, value) => drops.writeHolding(drop, register, value),
  })

/** The safety system's drop, in plain registers; a safety protocol stands in front of the same four functions. */
export const safetyDropModel = (field: SafetyField): ModbusModel => registerModel(field.equipment.drop, field)

/** -1, or false, where there is no such register. */
interface Registers {
  readInput(register: number): number
  readHolding(register: number): number
  isHolding(register: number): boolean
  writeHolding(register: number, value: number): boolean
}

function registerModel(id: string, device: Registers): ModbusModel {
  const identification = [
    { id: 0, text: 'Flyball' },
    { id: 1, text: id },
    { id: 2, text: '1.0' },
  ]
  return {
    has: (table) => table === 'input' || table === 'holding',
    admits(_unit, table, address, quantity) {
      for (let register = address; register < address + quantity; register++) {
        const there = table === 'input' ? device.readInput(register) >= 0 : device.isHolding(register)
        if (!there) return EXCEPTION.illegalAddress
      }
      return EXCEPTION.none
    },
    readBits: () => EXCEPTION.illegalFunction,
    writeBits: () => EXCEPTION.illegalFunction,
    readRegisters(_unit, table, address, into, quantity) {
      for (let i = 0; i < quantity; i++)
        into[i] = table === 'input' ? device.readInput(address + i) : device.readHolding(address + i)
      return EXCEPTION.none
    },
    writeRegisters(_unit, address, registers, quantity) {
      for (let i = 0; i < quantity; i++) device.writeHolding(address + i, registers[i]!)
      return EXCEPTION.none
    },
    identification: () => identification,
  }
}
