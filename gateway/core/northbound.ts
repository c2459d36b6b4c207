/**
 * Tags for third parties, as a Modbus device that can only be read.
 *
 * Every value has four input registers, at the register its line in the map names: float32, high word first; its status word
 * (contracts/status.ts); one in reserve. From SYSTEM on: 1 while the values are the plant's present ones, seconds since the
 * last scan (65535 and more read 65535), the number of the scan, low 16 bits, which a master watches to see that it lives.
 *
 * A value that is not live keeps its number and says Bad, no communication, last usable value, with the stale flag: never 0.
 * Before the first scan every read is refused with exception 04.
 */
import { FLAG, isBad, STATUS } from '../../contracts/status.ts'
import { EXCEPTION } from '../../protocols/core/modbus/function-code.ts'
import type { ModbusModel } from '../../protocols/core/modbus/model.ts'
import { writeNumber } from '../../protocols/core/modbus/registers.ts'
import type { ValueTable } from './value-table.ts'

export const REGISTERS_PER_VALUE = 4
/** First register of the system's own words; values stand below. */
export const SYSTEM = 60_000
const SYSTEM_COUNT = 3
const STATUS_AT = 2

export interface NorthboundEntry {
  readonly register: number
  /** `FIC-01.PV`, as in `artifact.control.published`. */
  readonly key: string
}

export interface NorthboundMap {
  readonly entries: readonly NorthboundEntry[]
  /** What is wrong with the text, a line of words each, with the line's number. */
  readonly faults: readonly string[]
}

/** Reads a map: CSV with the columns register and key first; what follows is for people. */
export function parseNorthbound(text: string): NorthboundMap {
  const entries: NorthboundEntry[] = []
  const faults: string[] = []
  const keys = new Set<string>()
  const taken = new Set<number>()
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (i === 0 || line.trim() === '') continue
    const [register_text = '', key = ''] = line.split(',')
    const register = Number(register_text)
    const place = `line ${i + 1}`
    if (
      register_text.trim() === '' ||
      !Number.isInteger(register) ||
      register < 0 ||
      register % REGISTERS_PER_VALUE !== 0
    )
      faults.push(`${place}: found register '${register_text}', expected a multiple of ${REGISTERS_PER_VALUE}`)
    else if (register + REGISTERS_PER_VALUE > SYSTEM)
      faults.push(`${place}: register ${register}, ${SYSTEM} is the limit`)
    else if (key.trim() === '') faults.push(`${place}: no key`)
    else if (taken.has(register)) faults.push(`${place}: register ${register} is taken by a line above`)
    else if (keys.has(key)) faults.push(`${place}: ${key} has a register already`)
    else {
      taken.add(register)
      keys.add(key)
      entries.push({ register, key })
    }
  }
  return { entries, faults }
}

/** What the map's server shows: the gateway's picture, and how old it is. */
export interface NorthboundView {
  /** `control.published` of the artifact that runs. */
  readonly published: readonly { readonly key: string }[]
  readonly table: ValueTable
  readonly live: boolean
  readonly age_ms: number
}

/** @param view - asked anew for every request */
export function northboundModel(entries: readonly NorthboundEntry[], view: () => NorthboundView): ModbusModel {
  const keys = new Map(entries.map((e) => [e.register, e.key]))
  let of: NorthboundView['published'] | undefined
  let index = new Map<string, number>()
  const indexOf = (v: NorthboundView, key: string): number => {
    // Another artifact may run since the last request.
    if (v.published !== of) {
      of = v.published
      index = new Map(v.published.map((p, i) => [p.key, i]))
    }
    return index.get(key) ?? -1
  }
  const scratch = new Uint16Array(2)

  const word = (v: NorthboundView, register: number): number => {
    if (register >= SYSTEM) {
      if (register === SYSTEM) return v.live ? 1 : 0
      if (register === SYSTEM + 1) return Math.min(65_535, Math.floor(v.age_ms / 1000))
      return v.table.n % 65_536
    }
    const at = register % REGISTERS_PER_VALUE
    const i = indexOf(v, keys.get(register - at)!)
    // Its line stays in the map though the strategy has lost it: the register is never another tag's.
    if (i < 0) return at === STATUS_AT ? STATUS.badConfigError : 0
    if (at < STATUS_AT) {
      writeNumber(scratch, 0, 'float32', v.table.values[i]!)
      return scratch[at]!
    }
    if (at > STATUS_AT) return 0
    const status = v.table.statuses[i]!
    if (v.live) return status
    return (isBad(status) ? status : STATUS.badNoCommLastUsable) | FLAG.stale
  }
  const known = (register: number): boolean =>
    register >= SYSTEM ? register < SYSTEM + SYSTEM_COUNT : keys.has(register - (register % REGISTERS_PER_VALUE))

  return {
    has: (table) => table === 'input',
    admits(_unit, _table, address, quantity) {
      for (let r = address; r < address + quantity; r++) if (!known(r)) return EXCEPTION.illegalAddress
      return view().table.filled ? EXCEPTION.none : EXCEPTION.deviceFailure
    },
    readBits: () => EXCEPTION.illegalFunction,
    readRegisters(_unit, _table, address, into, quantity) {
      const v = view()
      for (let i = 0; i < quantity; i++) into[i] = word(v, address + i)
      return EXCEPTION.none
    },
    writeBits: () => EXCEPTION.illegalFunction,
    writeRegisters: () => EXCEPTION.illegalFunction,
    identification: () => [
      { id: 0, text: 'Flyball' },
      { id: 1, text: 'northbound map' },
      { id: 2, text: '1' },
    ],
  }
}

/** Gives every key that has none the next free register; what is there keeps its own, also where its key is gone. */
export function extendNorthbound(entries: readonly NorthboundEntry[], keys: readonly string[]): NorthboundEntry[] {
  const known = new Set(entries.map((e) => e.key))
  let next = entries.reduce((top, e) => Math.max(top, e.register + REGISTERS_PER_VALUE), 0)
  const added = keys
    .filter((key) => !known.has(key))
    .map((key) => {
      const register = next
      next += REGISTERS_PER_VALUE
      return { register, key }
    })
  return [...entries, ...added]
}
