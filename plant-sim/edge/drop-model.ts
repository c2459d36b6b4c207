import { EXCEPTION } from '../../protocols/core/modbus/function-code.ts'
import type { ModbusModel } from '../../protocols/core/modbus/model.ts'
import type { Drops } from '../core/drops.ts'

/** One drop of a rig as a Modbus device: input and holding registers of its map, nothing else. */
export function dropModel(drops: Drops, drop: number): ModbusModel {
  const identification = [
    { id: 0, text: 'Flyball' },
    { id: 1, text: drops.ids[drop]! },
    { id: 2, text: '1.0' },
  ]
  return {
    has: (table) => table === 'input' || table === 'holding',
    admits(_unit, table, address, quantity) {
      for (let register = address; register < address + quantity; register++) {
        const there = table === 'input' ? drops.readInput(drop, register) >= 0 : drops.isHolding(drop, register)
        if (!there) return EXCEPTION.illegalAddress
      }
      return EXCEPTION.none
    },
    readBits: () => EXCEPTION.illegalFunction,
    writeBits: () => EXCEPTION.illegalFunction,
    readRegisters(_unit, table, address, into, quantity) {
      for (let i = 0; i < quantity; i++)
        into[i] = table === 'input' ? drops.readInput(drop, address + i) : drops.readHolding(drop, address + i)
      return EXCEPTION.none
    },
    writeRegisters(_unit, address, registers, quantity) {
      for (let i = 0; i < quantity; i++) drops.writeHolding(drop, address + i, registers[i]!)
      return EXCEPTION.none
    },
    identification: () => identification,
  }
}
