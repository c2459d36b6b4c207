/**
 * How numbers stand in registers. Multi-register types are ABCD: the most significant word at the lowest address.
 * @see contracts/artifact.ts, RegisterType
 */
import type { RegisterType } from '../../../contracts/artifact.ts'

/** Registers one value takes. */
export const registersOf = (type: RegisterType): number => (type === 'float32' ? 2 : 1)

const scratch = new DataView(new ArrayBuffer(4))

/** The number at `at`; NaN and infinities of a float32 come out as they are. */
export function readNumber(registers: ArrayLike<number>, at: number, type: RegisterType): number {
  const first = registers[at]!
  if (type === 'uint16') return first
  if (type === 'int16') return first > 32_767 ? first - 65_536 : first
  scratch.setUint16(0, first)
  scratch.setUint16(2, registers[at + 1]!)
  return scratch.getFloat32(0)
}

/** Writes a number, rounded to the nearest count and held to what the type can carry. */
export function writeNumber(registers: Uint16Array, at: number, type: RegisterType, value: number): void {
  if (type === 'float32') {
    scratch.setFloat32(0, value)
    registers[at] = scratch.getUint16(0)
    registers[at + 1] = scratch.getUint16(2)
    return
  }
  const [min, max] = type === 'int16' ? [-32_768, 32_767] : [0, 65_535]
  const counts = Math.max(min, Math.min(max, Math.floor(value + 0.5)))
  registers[at] = counts < 0 ? counts + 65_536 : counts
}
