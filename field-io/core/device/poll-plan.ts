import type {
  DeviceRecord,
  InputPoint,
  IoSection,
  OutputPoint,
  RegisterCodec,
  RequestLimits,
} from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { QUANTITY_MAX } from '../../../protocols/core/modbus/function-code.ts'
import { isBitTable, readQuantity, registersOf } from '../../../protocols/core/modbus/registers.ts'
import { everyOf, fastestEvery, phaseOf } from './periods.ts'

/** One read request. Functions 1 to 4: coils, discrete inputs, holding registers, input registers. */
export interface Read {
  readonly function: 1 | 2 | 3 | 4
  readonly address: number
  readonly quantity: number
}

/** What is read together: the points of one period. The fastest class has the read-backs and the trip register, too. */
export interface PollClass {
  readonly every: number
  readonly phase: number
  readonly reads: readonly Read[]
  /** Positions of its inputs in the device's arrays. */
  readonly inputs: readonly number[]
}

/** What the device last said, in its own quantities; a value that is not usable stays what it last was. */
export interface DeviceImage {
  readonly values: Float64Array
  readonly statuses: Uint16Array
  readonly readbacks: Float64Array
  readonly readback_statuses: Uint16Array
  /** Content of each output's exponent register; undefined: none, or not read. */
  readonly exponents: (number | undefined)[]
  tripped: boolean
}

/**
 * How far reads are put together: with unwanted registers between (gaps), neighbours only (exact), or each item by itself (single).
 * A device that refuses an address is asked more finely, until what it refuses is known to the item.
 */
export type Grain = 'gaps' | 'exact' | 'single'

/** How one device is read: its points by class, coalesced into as few requests as the device's own limits allow. */
export interface PollPlan {
  readonly grain: Grain
  /** Fastest first. */
  readonly classes: readonly PollClass[]
  /** A read of one item, to see whether the device is there. */
  readonly cheap: Read
  /** @param answers - one array per read of the class; undefined: refused by the device. */
  decode(index: number, answers: readonly (ArrayLike<number> | undefined)[], into: DeviceImage): void
}

/** Registers between two items that are read along rather than asked for separately; bits: sixteen times as many. */
const GAP_MAX = 16
const BITS = 16

type Table = RegisterCodec['table']
const FUNCTIONS = { coil: 1, discrete: 2, holding: 3, input: 4 } as const satisfies Record<Table, number>
const TABLES = ['coil', 'discrete', 'holding', 'input'] as const
/** Registers, or bits of a bit table, that one value takes. */
const wordsOf = (p: RegisterCodec): number => (isBitTable(p) ? 1 : registersOf(p.type))

interface Item {
  readonly table: Table
  readonly address: number
  readonly count: number
}

/** Where an item stands in the answers: which read, and which register or bit of it. */
interface Place {
  readonly read: number
  readonly at: number
}

export function pollPlan(io: IoSection, device: number, grain: Grain): PollPlan {
  const record = io.devices[device]!
  const inputs = io.inputs.filter((p) => p.device === device)
  const outputs = io.outputs.filter((p) => p.device === device)
  const fastest = fastestEvery(io, device)
  const periods = [...new Set([fastest, ...inputs.map(everyOf)])].sort((a, b) => a - b)
  const made = periods.map((every) =>
    planClass(record, inputs, every === fastest ? outputs : [], every, fastest, grain),
  )
  const { address, count, table } = made[0]!.first
  return {
    grain,
    classes: made.map((m) => m.poll),
    cheap: { function: FUNCTIONS[table], address, quantity: count },
    decode: (index, answers, into) => made[index]!.decode(answers, into),
  }
}

/** The next finer grain that makes a difference to this device; undefined: there is none. */
export function finer(grain: Grain, limits: RequestLimits | undefined): Grain | undefined {
  if (grain === 'single' || limits?.single === true) return undefined
  return grain === 'gaps' && (limits?.gap_max ?? GAP_MAX) > 0 ? 'exact' : 'single'
}

/** Where an output is read back: a register or bit of its own, or the one that was written. */
export function readBackOf(p: OutputPoint): RegisterCodec {
  if (p.readback_register < 0) return p
  return { ...p, table: isBitTable(p) ? 'discrete' : 'input', register: p.readback_register }
}

function planClass(
  record: DeviceRecord,
  all_inputs: readonly InputPoint[],
  outputs: readonly OutputPoint[],
  every: number,
  fastest: number,
  grain: Grain,
) {
  const positions = all_inputs.flatMap((p, i) => (everyOf(p) === every ? [i] : []))
  const inputs = positions.map((i) => all_inputs[i]!)
  const readbacks = outputs.map(readBackOf)
  const trip_register = every === fastest ? (record.watchdog?.tripped_register ?? -1) : -1

  const items: Item[] = []
  const want = (table: Table, address: number, count: number): void => {
    if (!items.some((i) => i.table === table && i.address === address && i.count === count))
      items.push({ table, address, count })
  }
  const wantValue = (p: RegisterCodec): void => {
    want(p.table, p.register, wordsOf(p))
    if (p.exponent_register !== undefined) want(p.table, p.exponent_register, 1)
  }
  for (const p of inputs) {
    wantValue(p)
    if (p.status_register >= 0) want('input', p.status_register, 1)
  }
  for (const p of readbacks) wantValue(p)
  for (const p of outputs) if (p.exponent_register !== undefined) want(p.table, p.exponent_register, 1)
  if (trip_register >= 0) want('input', trip_register, 1)
  // A device of which nothing is read still has to show that it is there.
  if (items.length === 0)
    want(record.watchdog === undefined ? 'input' : 'holding', record.watchdog?.time_register ?? 0, 1)

  const reads = coalesce(items, record.requests, grain)
  const find = (table: Table, address: number, count: number): Place => {
    const read = reads.findIndex(
      (r) => r.function === FUNCTIONS[table] && address >= r.address && address + count <= r.address + r.quantity,
    )
    return { read, at: address - reads[read]!.address }
  }
  const placeOf = (p: RegisterCodec) => ({
    value: find(p.table, p.register, wordsOf(p)),
    exponent: p.exponent_register === undefined ? undefined : find(p.table, p.exponent_register, 1),
  })
  const input_places = inputs.map((p) => ({
    ...placeOf(p),
    status: p.status_register < 0 ? undefined : find('input', p.status_register, 1),
  }))
  const readback_places = readbacks.map(placeOf)
  const exponent_places = outputs.map((p) =>
    p.exponent_register === undefined ? undefined : find(p.table, p.exponent_register, 1),
  )
  const trip_place = trip_register < 0 ? undefined : find('input', trip_register, 1)

  type Answers = readonly (ArrayLike<number> | undefined)[]
  /** NaN: not usable; undefined: the device refuses the address. */
  const value = (p: RegisterCodec, { value: v, exponent: e }: ReturnType<typeof placeOf>, answers: Answers) => {
    const words = answers[v.read]
    if (words === undefined) return undefined
    if (e === undefined) return readQuantity(p, words, v.at)
    const exponents = answers[e.read]
    return exponents === undefined ? undefined : readQuantity(p, words, v.at, exponents[e.at]!)
  }
  const decode = (answers: Answers, into: DeviceImage): void => {
    for (let i = 0; i < inputs.length; i++) {
      const position = positions[i]!
      const { status } = input_places[i]!
      const quantity = value(inputs[i]!, input_places[i]!, answers)
      const trusted = status === undefined || answers[status.read]?.[status.at] === 0
      // A sample that is no number must not become one: the last usable value stays.
      if (quantity !== undefined && Number.isFinite(quantity)) into.values[position] = quantity
      into.statuses[position] =
        quantity === undefined
          ? STATUS.badConfigError
          : trusted && Number.isFinite(quantity)
            ? STATUS.good
            : STATUS.badSensorFailure
    }
    for (let i = 0; i < readbacks.length; i++) {
      const quantity = value(readbacks[i]!, readback_places[i]!, answers)
      const usable = quantity !== undefined && Number.isFinite(quantity)
      if (usable) into.readbacks[i] = quantity
      into.readback_statuses[i] = usable
        ? STATUS.good
        : quantity === undefined
          ? STATUS.badConfigError
          : STATUS.badDeviceFailure
    }
    exponent_places.forEach((place, i) => {
      if (place !== undefined) into.exponents[i] = answers[place.read]?.[place.at]
    })
    if (trip_place !== undefined) into.tripped = (answers[trip_place.read]?.[trip_place.at] ?? 0) !== 0
  }
  const poll: PollClass = { every, phase: phaseOf(record.id, every), reads, inputs: positions }
  return { poll, decode, first: items[0]! }
}

function coalesce(items: readonly Item[], limits: RequestLimits | undefined, grain: Grain): Read[] {
  const reads: Read[] = []
  const single = grain === 'single' || limits?.single === true
  const gap_registers = grain === 'gaps' ? (limits?.gap_max ?? GAP_MAX) : 0
  for (const table of TABLES) {
    const bits = isBitTable({ table })
    const max = bits
      ? Math.min(limits?.read_bits_max ?? QUANTITY_MAX.readBits, QUANTITY_MAX.readBits)
      : Math.min(limits?.read_registers_max ?? QUANTITY_MAX.readRegisters, QUANTITY_MAX.readRegisters)
    const gap = bits ? gap_registers * BITS : gap_registers
    let from = 0
    let to = 0
    const close = (): void => {
      if (to > from) reads.push({ function: FUNCTIONS[table], address: from, quantity: to - from })
    }
    for (const item of items.filter((x) => x.table === table).sort((a, b) => a.address - b.address)) {
      const end = item.address + item.count
      const fits = !single && to > from && item.address - to <= gap && Math.max(to, end) - from <= max
      if (!fits) {
        close()
        from = item.address
        to = from
      }
      to = Math.max(to, end)
    }
    close()
  }
  return reads
}
