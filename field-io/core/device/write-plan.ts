import type { OutputPoint, RequestLimits } from '../../../contracts/artifact.ts'
import { QUANTITY_MAX } from '../../../protocols/core/modbus/function-code.ts'
import { bitMask, isBitTable, registersOf, writeQuantity } from '../../../protocols/core/modbus/registers.ts'
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'

/** One step of a write: a request as it stands, or bits of a register that holds others, too. */
export type WriteStep =
  | { readonly kind: 'request'; readonly request: ModbusRequest }
  /** New content: (present AND and_mask) OR (or_mask AND NOT and_mask), as function 22 has it. */
  | { readonly kind: 'bits'; readonly register: number; readonly and_mask: number; readonly or_mask: number }

export interface OutputValue {
  readonly point: OutputPoint
  /** In the device's own quantity. */
  readonly value: number
  /** Content of its exponent register, where it has one. */
  readonly exponent?: number | undefined
}

/**
 * The requests that write these outputs.
 *
 * Neighbours go in one request; an output that is not named, is no number, or has no count is never touched: it holds, and in the
 * end the device's watchdog acts. Every step may be executed twice without harm.
 */
export function writeSteps(outputs: readonly OutputValue[], limits: RequestLimits | undefined): WriteStep[] {
  const coils: Words[] = []
  const bits: Words[] = []
  const registers: Words[] = []
  for (const { point, value, exponent } of outputs) {
    if (!Number.isFinite(value)) continue
    const held = Math.max(point.min, Math.min(point.max, value))
    const words = new Uint16Array(isBitTable(point) ? 1 : registersOf(point.type))
    if (!writeQuantity(point, words, 0, held, exponent)) continue
    const list = isBitTable(point) ? coils : point.type === 'bool' && point.bit !== undefined ? bits : registers
    list.push({ point, address: point.register, words })
  }
  return [...coilSteps(coils, limits), ...bitSteps(bits), ...registerSteps(registers, limits)]
}

interface Words {
  readonly point: OutputPoint
  readonly address: number
  readonly words: Uint16Array
}

/** Neighbours together, in the order of their addresses, up to `max` words. */
function runsOf(writes: readonly Words[], max: number): { readonly address: number; readonly words: number[] }[] {
  const runs: { address: number; words: number[] }[] = []
  for (const { address, words } of [...writes].sort((a, b) => a.address - b.address)) {
    const last = runs.at(-1)
    const joins =
      last !== undefined && last.address + last.words.length === address && last.words.length + words.length <= max
    if (joins) last.words.push(...words)
    else runs.push({ address, words: [...words] })
  }
  return runs
}

const asStep = (request: ModbusRequest): WriteStep => ({ kind: 'request', request })

function coilSteps(writes: readonly Words[], limits: RequestLimits | undefined): WriteStep[] {
  const single = limits?.write_single === true || limits?.single === true
  return runsOf(writes, single ? 1 : QUANTITY_MAX.writeBits).map(({ address, words }) =>
    asStep(words.length === 1 ? { function: 5, address, on: words[0] !== 0 } : { function: 15, address, bits: words }),
  )
}

/** All bits of one register in one step. */
function bitSteps(writes: readonly Words[]): WriteStep[] {
  const masks = new Map<number, { and_mask: number; or_mask: number }>()
  for (const { point, address, words } of writes) {
    const mask = masks.get(address) ?? { and_mask: 0xffff, or_mask: 0 }
    const bit = bitMask(point)
    mask.and_mask &= 0xffff ^ bit
    if (words[0] !== 0) mask.or_mask |= bit
    masks.set(address, mask)
  }
  return [...masks].map(([register, mask]) => ({ kind: 'bits', register, ...mask }))
}

function registerSteps(writes: readonly Words[], limits: RequestLimits | undefined): WriteStep[] {
  const max = Math.min(limits?.write_registers_max ?? QUANTITY_MAX.writeRegisters, QUANTITY_MAX.writeRegisters)
  const runs = limits?.single === true ? writes.map(({ address, words }) => ({ address, words })) : runsOf(writes, max)
  return runs.flatMap(({ address, words }) =>
    limits?.write_single === true
      ? Array.from(words, (value, i) => asStep({ function: 6, address: address + i, value }))
      : [asStep({ function: 16, address, registers: words })],
  )
}
