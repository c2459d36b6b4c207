/** A hundred Modbus TCP devices in a process of their own, so that their work is not field-io's. Every read brings other values. */
import { EXCEPTION } from '../../../protocols/core/modbus/function-code.ts'
import type { ModbusModel } from '../../../protocols/core/modbus/model.ts'
import { listenModbus } from '../../../protocols/edge/modbus-tcp-server.ts'

const COUNT = Number(process.argv[2])

const ports: number[] = []
for (let i = 0; i < COUNT; i++) {
  let reads = 0
  const model: ModbusModel = {
    has: (table) => table === 'input',
    admits: () => EXCEPTION.none,
    readBits: () => EXCEPTION.illegalFunction,
    writeBits: () => EXCEPTION.illegalFunction,
    writeRegisters: () => EXCEPTION.illegalFunction,
    readRegisters(_unit, _table, address, into, quantity) {
      reads++
      for (let k = 0; k < quantity; k++) into[k] = (address + k + reads) & 0xffff
      return EXCEPTION.none
    },
  }
  ports.push((await listenModbus(model, { port: 0 })).port)
}
process.send?.(ports)
process.on('disconnect', () => process.exit(0))
