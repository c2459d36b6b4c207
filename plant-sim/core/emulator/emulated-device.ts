/**
 * A Modbus device that is nothing but its description: registers with values that live, and the device's own limits.
 *
 * A point lives between `lo` and `hi` on a slow wave with a little noise of its own stream; a counter rises; a bit turns now
 * and then; what is writable stands in the middle until it is written. A value that is set stays until it is released.
 */
import type { RegisterCodec } from '../../../contracts/artifact.ts'
import { type Stream, stream } from '../../../numerics/streams.ts'
import { EXCEPTION } from '../../../protocols/core/modbus/function-code.ts'
import type { ModbusModel } from '../../../protocols/core/modbus/model.ts'
import { isBitTable, readQuantity, registersOf, writeQuantity } from '../../../protocols/core/modbus/registers.ts'
import type { IdentificationObject } from '../../../protocols/core/modbus/reply.ts'

export interface EmulatedPoint extends Omit<RegisterCodec, 'quantity' | 'node'> {
  readonly name: string
  readonly unit: string
  /** Where it moves, in its own unit. */
  readonly lo: number
  readonly hi: number
  readonly writable: boolean
  /** Rises all the time, from `lo`: energy, volume, pulses. */
  readonly counter: boolean
  /** Where it goes when the watchdog trips; absent: it holds. */
  readonly fail?: number
  /** Input register with the status of the sample; it says good. */
  readonly status_register?: number
  /** Input register where what was written is read back. */
  readonly readback_register?: number
}

/** Text in registers. */
export interface EmulatedText {
  readonly name: string
  readonly table: 'input' | 'holding'
  readonly register: number
  readonly registers: number
  readonly text: string
  /** 2: high byte first. 1: in the low byte. */
  readonly chars_per_register: 1 | 2
}

export interface EmulatedWatchdog {
  readonly time_register: number
  readonly count_ms: number
  readonly tripped_register: number
  readonly rearm_register: number
}

export interface EmulatedProfile {
  readonly name: string
  readonly title: string
  readonly points: readonly EmulatedPoint[]
  readonly texts: readonly EmulatedText[]
  readonly identification: readonly IdentificationObject[]
  readonly read_registers_max?: number
  readonly read_bits_max?: number
  readonly write_registers_max?: number
  /** One parameter a request, as drives have it. */
  readonly single?: boolean
  /** Parts of a number can neither be read nor written. */
  readonly whole?: boolean
  /** What a register that nobody described reads: 0, or exception 02. */
  readonly holes: 'zero' | 'refuse'
  readonly watchdog?: EmulatedWatchdog
}

export interface EmulatedDevice {
  readonly profile: EmulatedProfile
  readonly model: Omit<ModbusModel, 'identification'>
  /** Device time goes on to `t_s` since its start. */
  advance(t_s: number): void
  /** Holds a point at a value, in its own unit. False: there is no such point. */
  set(name: string, value: number): boolean
  /** Lets it live again. */
  release(name: string): boolean
  /** What a master reads at this moment, in the point's own unit. */
  value(name: string): number | undefined
  readonly tripped: boolean
}

type Table = 'coil' | 'discrete' | 'holding' | 'input'
const codecOf = (point: EmulatedPoint): RegisterCodec => ({ ...point, quantity: 'EU' })
const TABLES: readonly Table[] = ['coil', 'discrete', 'holding', 'input']
const COUNTER_SPAN_S = 86_400

/** @param name - of the streams: two devices of one seed and different names live differently */
export function createEmulatedDevice(profile: EmulatedProfile, seed: number, name: string): EmulatedDevice {
  const memory = Object.fromEntries(TABLES.map((t) => [t, new Map<number, number>()])) as Record<
    Table,
    Map<number, number>
  >
  /** First register of each thing that must be read and written as a whole, by each of its registers. */
  const owner = Object.fromEntries(TABLES.map((t) => [t, new Map<number, Extent>()])) as Record<
    Table,
    Map<number, Extent>
  >
  const claim = (table: Table, register: number, count: number, writable: boolean): void => {
    const extent: Extent = { register, count, writable }
    for (let r = register; r < register + count; r++) {
      if (!memory[table].has(r)) memory[table].set(r, 0)
      owner[table].set(r, { ...extent, writable: writable || (owner[table].get(r)?.writable ?? false) })
    }
  }
  const lives = profile.points.map((point) => {
    claim(point.table, point.register, registersOf(point.type), point.writable)
    const { exponent_register, status_register, readback_register } = point
    if (exponent_register !== undefined) claim(point.table, exponent_register, 1, false)
    if (status_register !== undefined) claim('input', status_register, 1, false)
    if (readback_register !== undefined) claim('input', readback_register, registersOf(point.type), false)
    return live(point, stream(seed, `${name}.${point.name}`))
  })
  const byName = new Map(lives.map((l) => [l.point.name, l]))
  const registersNow = ({ table, register, type }: EmulatedPoint): Uint16Array =>
    Uint16Array.from({ length: registersOf(type) }, (_, i) => memory[table].get(register + i)!)
  const readBack = ({ table, register, type, readback_register }: EmulatedPoint): void => {
    if (readback_register === undefined) return
    for (let i = 0; i < registersOf(type); i++)
      memory.input.set(readback_register + i, memory[table].get(register + i)!)
  }
  const put = ({ point, value }: Live): void => {
    const table = memory[point.table]
    if (isBitTable(point)) {
      table.set(point.register, value === 0 ? 0 : 1)
      readBack(point)
      return
    }
    const registers = registersNow(point)
    writeQuantity(codecOf(point), registers, 0, value, 0)
    for (const [i, register] of registers.entries()) table.set(point.register + i, register)
    readBack(point)
  }
  for (const { table, register, registers, text, chars_per_register } of profile.texts) {
    const code = (i: number): number => text.charCodeAt(i) || 0
    claim(table, register, registers, false)
    for (let i = 0; i < registers; i++)
      memory[table].set(register + i, chars_per_register === 1 ? code(i) : (code(2 * i) << 8) | code(2 * i + 1))
  }
  for (const l of lives) put(l)

  const { watchdog } = profile
  let tripped = false
  let written_s = Number.NaN
  let now_s = 0
  if (watchdog !== undefined) {
    claim('holding', watchdog.time_register, 1, true)
    if (watchdog.rearm_register >= 0) claim('holding', watchdog.rearm_register, 1, true)
    if (watchdog.tripped_register >= 0) claim('input', watchdog.tripped_register, 1, false)
  }
  const trip = (state: boolean): void => {
    tripped = state
    if (watchdog !== undefined && watchdog.tripped_register >= 0)
      memory.input.set(watchdog.tripped_register, state ? 1 : 0)
    if (!state) return
    for (const l of lives) {
      if (l.point.fail === undefined) continue
      l.value = l.point.fail
      put(l)
    }
  }

  const largest: Record<Table, [number | undefined, number | undefined]> = {
    coil: [profile.read_bits_max, undefined],
    discrete: [profile.read_bits_max, undefined],
    holding: [profile.read_registers_max, profile.write_registers_max],
    input: [profile.read_registers_max, undefined],
  }
  const model: EmulatedDevice['model'] = {
    has: (table) => memory[table].size > 0,
    admits(_unit, table, address, quantity, write) {
      const most = largest[table][write ? 1 : 0]
      if (most !== undefined && quantity > most) return EXCEPTION.illegalValue
      let known = 0
      for (let r = address; r < address + quantity; r++) {
        const extent = owner[table].get(r)
        if (extent === undefined) {
          if (write || profile.holes === 'refuse') return EXCEPTION.illegalAddress
          continue
        }
        known++
        if (write && !extent.writable) return EXCEPTION.illegalAddress
        const cut = extent.register < address || extent.register + extent.count > address + quantity
        if (profile.whole === true && cut) return EXCEPTION.illegalAddress
        if (profile.single === true && quantity > extent.count) return EXCEPTION.illegalValue
      }
      // A device with holes still ends somewhere: what lies wholly outside its map is not there.
      return known > 0 ? EXCEPTION.none : EXCEPTION.illegalAddress
    },
    readBits: (_unit, table, address, into, quantity) => copy(memory[table], address, into, quantity),
    readRegisters: (_unit, table, address, into, quantity) => copy(memory[table], address, into, quantity),
    writeBits(_unit, address, bits, quantity) {
      for (let i = 0; i < quantity; i++) memory.coil.set(address + i, bits[i]!)
      for (const { point } of lives) readBack(point)
      return EXCEPTION.none
    },
    writeRegisters(_unit, address, registers, quantity) {
      written_s = now_s
      for (let i = 0; i < quantity; i++) {
        const r = address + i
        if (watchdog !== undefined && r === watchdog.rearm_register) {
          if (registers[i] === 1) trip(false)
          continue
        }
        // Tripped, it keeps its fail values until it is re-armed; without a re-arm register the next write does that.
        if (tripped && r !== watchdog?.time_register) {
          if (watchdog !== undefined && watchdog.rearm_register >= 0) continue
          trip(false)
        }
        memory.holding.set(r, registers[i]!)
      }
      for (const { point } of lives) readBack(point)
      return EXCEPTION.none
    },
  }

  return {
    profile,
    model,
    get tripped() {
      return tripped
    },
    advance(t_s) {
      now_s = t_s
      for (const l of lives) {
        if (l.held || l.point.writable) continue
        l.advance(t_s)
        put(l)
      }
      if (watchdog === undefined || tripped || !(t_s >= written_s)) return
      const time_s = (memory.holding.get(watchdog.time_register)! * watchdog.count_ms) / 1000
      if (time_s > 0 && t_s - written_s >= time_s) trip(true)
    },
    set(point, value) {
      const l = byName.get(point)
      if (l === undefined) return false
      l.value = value
      l.held = true
      put(l)
      return true
    },
    release(point) {
      const l = byName.get(point)
      if (l === undefined) return false
      l.held = false
      return true
    },
    value(name) {
      const point = byName.get(name)?.point
      if (point === undefined) return undefined
      const registers = registersNow(point)
      return isBitTable(point) ? registers[0]! : readQuantity(codecOf(point), registers, 0, 0)
    },
  }
}

interface Extent {
  readonly register: number
  readonly count: number
  readonly writable: boolean
}

interface Live {
  readonly point: EmulatedPoint
  value: number
  held: boolean
  advance(t_s: number): void
}

function live(point: EmulatedPoint, chance: Stream): Live {
  const span = point.hi - point.lo
  const period_s = 60 + 240 * chance.uniform()
  const phase = 2 * Math.PI * chance.uniform()
  const bit = point.type === 'bool'
  const l: Live = {
    point,
    held: false,
    value: point.writable ? (bit ? 0 : point.lo + span / 2) : point.lo,
    advance(t_s) {
      const wave = Math.sin((2 * Math.PI * t_s) / period_s + phase)
      if (bit) l.value = wave > 0 ? 1 : 0
      else if (point.counter) l.value = point.lo + (span * t_s) / COUNTER_SPAN_S
      else
        l.value = Math.min(
          point.hi,
          Math.max(point.lo, point.lo + span * (0.5 + 0.3 * wave + 0.005 * chance.normal12())),
        )
    },
  }
  if (!point.writable) l.advance(0)
  return l
}

function copy(table: ReadonlyMap<number, number>, from: number, into: Uint8Array | Uint16Array, count: number): number {
  for (let i = 0; i < count; i++) into[i] = table.get(from + i) ?? 0
  return EXCEPTION.none
}
