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

/**
 * The safety system's drop. Behind a protected channel everything is read plainly, and written only through the channel: a whole message into
 * holding 1000..1036, its answer in holding 1100..1136. The safety layer runs while the message is written, so that function 23, which
 * writes before it reads, brings the answer with it.
 */
export function safetyDropModel(field: SafetyField): ModbusModel {
  const { channel } = field
  const plain = registerModel(field.equipment.drop, field)
  if (channel === null) return plain
  const within = (first: number, address: number, quantity: number): boolean =>
    address >= first && address + quantity <= first + CHANNEL.registers
  return {
    ...plain,
    admits(unit, table, address, quantity, write) {
      if (write)
        return table === 'holding' && address === CHANNEL.message && quantity === CHANNEL.registers
          ? EXCEPTION.none
          : EXCEPTION.illegalAddress
      const ours = within(CHANNEL.message, address, quantity) || within(CHANNEL.answer, address, quantity)
      return table === 'holding' && ours ? EXCEPTION.none : plain.admits(unit, table, address, quantity, write)
    },
    readRegisters(unit, table, address, into, quantity) {
      if (table === 'input' || address < CHANNEL.message)
        return plain.readRegisters(unit, table, address, into, quantity)
      const answered = address >= CHANNEL.answer
      const from = answered ? channel.answer : channel.written
      const first = answered ? CHANNEL.answer : CHANNEL.message
      for (let i = 0; i < quantity; i++) into[i] = from[address - first + i]!
      return EXCEPTION.none
    },
    writeRegisters(_unit, _address, registers) {
      channel.exchange(registers)
      return EXCEPTION.none
    },
  }
}

const CHANNEL = { message: 1000, answer: 1100, registers: 37 } as const

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
