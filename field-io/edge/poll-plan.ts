import type { IoSection, OutputPoint, RegisterCodec } from '../../contracts/artifact.ts'
import { FUNCTION, QUANTITY_MAX } from '../../protocols/core/modbus/function-code.ts'
import { readNumber, registersOf, writeNumber } from '../../protocols/core/modbus/registers.ts'

export interface Block {
  readonly function: 3 | 4
  readonly address: number
  readonly quantity: number
}

/** Where a number stands in the answers: which block, and which register of it. */
interface Place {
  readonly block: number
  readonly at: number
}

/** One contiguous run of output registers: one write request. */
export interface WriteRun {
  readonly address: number
  readonly registers: Uint16Array
}

/** What one complete read of a device gives; arrays in the order of the device's points in the artifact. */
export interface DeviceValues {
  readonly inputs: Float64Array
  /** False where the device itself says that the sample is not to be trusted, or where it is no number. */
  readonly trusted: readonly boolean[]
  readonly readbacks: Float64Array
  readonly readbacks_trusted: readonly boolean[]
  readonly tripped: boolean
}

/**
 * How one device is read and written: its points' registers, coalesced into as few requests as the limits allow.
 *
 * Registers up to `gap_max` apart are read in one request, the ones between being thrown away; a device that does not
 * answer for the registers between gets a plan without gaps.
 */
export interface PollPlan {
  readonly gap_max: number
  readonly blocks: readonly Block[]
  /** @param answers - one register array per block, in order. */
  decode(answers: readonly ArrayLike<number>[]): DeviceValues
  /** Registers to write for these outputs (indices into io.outputs, values in the device's own quantity). */
  encode(outputs: readonly number[], values: Float64Array): WriteRun[]
}

export function pollPlan(io: IoSection, device: number, gap_max: number): PollPlan {
  const inputs = io.inputs.filter((p) => p.device === device)
  const outputs = io.outputs.filter((p) => p.device === device)
  const watchdog = io.devices[device]!.watchdog

  const wanted: { table: 'input' | 'holding'; register: number; count: number }[] = []
  for (const p of inputs) {
    wanted.push({ table: p.table as 'input' | 'holding', register: p.register, count: registersOf(p.type) })
    if (p.status_register >= 0) wanted.push({ table: 'input', register: p.status_register, count: 1 })
  }
  for (const p of outputs) wanted.push({ table: 'input', register: p.readback_register, count: registersOf(p.type) })
  if (watchdog !== undefined) wanted.push({ table: 'input', register: watchdog.tripped_register, count: 1 })

  const blocks = coalesce(wanted, gap_max)
  const find = (table: 'input' | 'holding', register: number): Place => {
    const code = table === 'input' ? FUNCTION.readInput : FUNCTION.readHolding
    const block = blocks.findIndex(
      (b) => b.function === code && register >= b.address && register < b.address + b.quantity,
    )
    return { block, at: register - blocks[block]!.address }
  }
  const input_places = inputs.map((p) => ({
    value: find(p.table as 'input' | 'holding', p.register),
    status: p.status_register < 0 ? undefined : find('input', p.status_register),
  }))
  const readback_places = outputs.map((p) => find('input', p.readback_register))
  const tripped_place = watchdog === undefined ? undefined : find('input', watchdog.tripped_register)

  return {
    gap_max,
    blocks,
    decode(answers) {
      const quantity = (p: RegisterCodec, place: Place): number =>
        readNumber(answers[place.block]!, place.at, p.type) / p.counts_per_unit
      const values = Float64Array.from(inputs, (p, i) => quantity(p, input_places[i]!.value))
      const readbacks = Float64Array.from(outputs, (p, i) => quantity(p, readback_places[i]!))
      return {
        inputs: values,
        trusted: inputs.map((_p, i) => {
          const status = input_places[i]!.status
          return Number.isFinite(values[i]) && (status === undefined || answers[status.block]![status.at] === 0)
        }),
        readbacks,
        readbacks_trusted: outputs.map((_p, i) => Number.isFinite(readbacks[i])),
        tripped: tripped_place !== undefined && answers[tripped_place.block]![tripped_place.at] !== 0,
      }
    },
    encode: (indices, values) => writeRuns(io.outputs, indices, values),
  }
}

function coalesce(wanted: { table: 'input' | 'holding'; register: number; count: number }[], gap_max: number): Block[] {
  const blocks: Block[] = []
  for (const table of ['input', 'holding'] as const) {
    const code = table === 'input' ? FUNCTION.readInput : FUNCTION.readHolding
    let from = 0
    let to = 0
    const close = (): void => {
      if (to > from) blocks.push({ function: code, address: from, quantity: to - from })
    }
    for (const w of wanted.filter((x) => x.table === table).sort((a, b) => a.register - b.register)) {
      const end = w.register + w.count
      const fits = to > from && w.register - to <= gap_max && Math.max(to, end) - from <= QUANTITY_MAX.readRegisters
      if (!fits) {
        close()
        from = w.register
        to = from
      }
      to = Math.max(to, end)
    }
    close()
  }
  return blocks
}

/** Neighbouring outputs go in one request; an output that is not named is never touched. */
function writeRuns(points: readonly OutputPoint[], indices: readonly number[], values: Float64Array): WriteRun[] {
  const order = indices
    .map((_index, i) => i)
    // What is no number is not written: the output holds, and in the end the device's watchdog acts.
    .filter((i) => Number.isFinite(values[i]))
    .sort((a, b) => points[indices[a]!]!.register - points[indices[b]!]!.register)
  const runs: { address: number; items: number[]; count: number }[] = []
  for (const i of order) {
    const p = points[indices[i]!]!
    const count = registersOf(p.type)
    const last = runs.at(-1)
    if (
      last !== undefined &&
      last.address + last.count === p.register &&
      last.count + count <= QUANTITY_MAX.writeRegisters
    ) {
      last.items.push(i)
      last.count += count
    } else runs.push({ address: p.register, items: [i], count })
  }
  return runs.map((run) => {
    const registers = new Uint16Array(run.count)
    for (const i of run.items) {
      const p = points[indices[i]!]!
      const held = Math.max(p.min, Math.min(p.max, values[i]!))
      writeNumber(registers, p.register - run.address, p.type, held * p.counts_per_unit)
    }
    return { address: run.address, registers }
  })
}
