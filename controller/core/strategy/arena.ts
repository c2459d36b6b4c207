/**
 * Places every block, wire and point in the arena, and writes its first image.
 */
import type { BlockRecord, ImageInput, ImageOutput, ScanClass, ScanStep } from '../../../contracts/artifact.ts'
import { LIMIT, STATUS } from '../../../contracts/status.ts'
import type { FieldDecl } from '../block.ts'
import { inK, isWire } from '../layout.ts'
import type { Linked, Origin, Wire } from './link.ts'
import type { OrderedClass } from './order.ts'
import type { BlockSpec } from './read-block.ts'

/** Cells of a station in the command memory: last seq, last outcome, last refusal. */
const STATION_CELLS = 3
/** Value, status, age. */
const INPUT_CELLS = 3
/** Value, status, value of the read-back, its status. */
const OUTPUT_CELLS = 4

export interface Arena {
  readonly s_count: number
  readonly k_count: number
  readonly r_count: number
  readonly s_init: readonly (readonly [number, number])[]
  readonly k_init: readonly number[]
  readonly blocks: readonly BlockRecord[]
  readonly classes: readonly ScanClass[]
  readonly inputs: readonly ImageInput[]
  readonly outputs: readonly ImageOutput[]
  readonly stations: { readonly s: number; readonly count: number }
  /** Index into `blocks`. */
  readonly indexOf: ReadonlyMap<BlockSpec, number>
}

export interface ArenaPlan {
  readonly classes: readonly OrderedClass[]
  readonly linked: Linked
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly stations: number
  readonly tick_ms: number
}

/**
 * Layout of S: command memory, inputs, outputs, then the blocks in the order in which they execute, so that a scan walks
 * through memory in one direction.
 */
export function placeInArena({ classes, linked, inputs, outputs, stations, tick_ms }: ArenaPlan): Arena {
  const s_init: (readonly [number, number])[] = []
  const k_init: number[] = []
  const blocks: BlockRecord[] = []
  const indexOf = new Map<BlockSpec, number>()
  let s = STATION_CELLS * stations
  let r = 0
  const imageInputs = inputs.map((point, i) => ({ point, s: s + INPUT_CELLS * i }))
  s += INPUT_CELLS * inputs.length
  const imageOutputs = outputs.map((point, i) => ({ point, s: s + OUTPUT_CELLS * i }))
  s += OUTPUT_CELLS * outputs.length

  const wiresTo = new Map<BlockSpec, Wire[]>()
  for (const wire of linked.wires) {
    const list = wiresTo.get(wire.to)
    if (list === undefined) wiresTo.set(wire.to, [wire])
    else list.push(wire)
  }

  for (const { every, runs } of classes) {
    for (const block of runs.flat()) {
      const dt_s = (every * tick_ms) / 1000
      const k = constantsOf(block)
      const r_count = ringOf(block, k, dt_s)
      indexOf.set(block, blocks.length)
      blocks.push({
        id: block.key,
        ...(block.stable === block.key ? {} : { stable: block.stable }),
        type: block.type.type,
        s,
        k: k_init.length,
        r,
        r_count,
      })
      for (const [offset, value] of firstState(block, wiresTo.get(block) ?? [])) {
        if (value !== 0) s_init.push([s + offset, value])
      }
      k_init.push(...k)
      s += block.layout.s_count
      r += r_count
    }
  }

  const offsetOf = (from: Origin): number | undefined => {
    if (from.kind === 'input') return imageInputs[from.index]!.s
    if (from.kind === 'readback') return imageOutputs[from.index]!.s + 2
    if (from.kind === 'constant') return undefined
    return blocks[indexOf.get(from.block)!]!.s + from.block.layout.S[from.field.name]!
  }
  const steps = (ordered: OrderedClass): ScanStep[] => {
    const made = ordered.runs.map((run): ScanStep => {
      const copies: number[] = []
      for (const block of run) {
        const base = blocks[indexOf.get(block)!]!.s
        const into = (wiresTo.get(block) ?? [])
          .map((wire) => [offsetOf(wire.from), base + block.layout.S[wire.field.name]!] as const)
          .sort((a, b) => a[1] - b[1])
        for (const [source, target] of into) if (source !== undefined) copies.push(source, target)
      }
      return { copies, type: run[0]!.type.type, blocks: run.map((block) => indexOf.get(block)!) }
    })
    const members = new Set(ordered.runs.flat())
    const writes = linked.outputs.filter((o) => members.has(o.block)).sort((a, b) => a.index - b.index)
    if (writes.length === 0) return made
    const copies = writes.flatMap((o) => [
      blocks[indexOf.get(o.block)!]!.s + o.block.layout.S[o.field.name]!,
      imageOutputs[o.index]!.s,
    ])
    return [...made, { copies, type: '', blocks: [] }]
  }

  return {
    s_count: s,
    k_count: k_init.length,
    r_count: r,
    s_init,
    k_init,
    blocks,
    classes: classes.map((c) => ({ every: c.every, phase: c.phase, steps: steps(c) })),
    inputs: imageInputs,
    outputs: imageOutputs,
    stations: { s: 0, count: stations },
    indexOf,
  }
}

/** The block's slice of K: constants as given or by default, derived ones 0 (made at load), an open array at the end. */
export function constantsOf(block: BlockSpec): number[] {
  const k = new Array<number>(block.layout.k_count).fill(0)
  for (const field of block.type.fields) {
    if (!inK(field.role)) continue
    numbersOf(block, field).forEach((value, i) => {
      k[block.layout.K[field.name]! + i] = value
    })
  }
  return k
}

/** What a field starts with: from the strategy, else its default, else 0. */
export function numbersOf(block: BlockSpec, field: FieldDecl): readonly number[] {
  const given = block.values.get(field.name) ?? field.defaults
  if (given !== undefined) return given
  const count = field.count ?? 1
  return count < 0 ? [] : new Array<number>(count).fill(field.default ?? 0)
}

function ringOf(block: BlockSpec, constants: readonly number[], dt_s: number): number {
  if (block.type.ring_count === undefined) return 0
  const k = Float64Array.from(constants)
  block.type.derive?.(k, dt_s)
  return block.type.ring_count(k, dt_s)
}

/** [offset, value] of the block's slice of S; an input without wire is Bad/NotConnected, a constant one Good. */
export function* firstState(block: BlockSpec, wires: readonly Wire[]): Generator<readonly [number, number]> {
  for (const field of block.type.fields) {
    if (inK(field.role)) continue
    const offset = block.layout.S[field.name]!
    if (!isWire(field.role)) {
      for (const [i, value] of numbersOf(block, field).entries()) yield [offset + i, value]
      continue
    }
    const wire = wires.find((w) => w.field === field)
    if (wire?.from.kind === 'constant') {
      yield [offset, wire.from.value]
      yield [offset + 1, STATUS.good | LIMIT.constant]
      continue
    }
    yield [offset, block.values.get(field.name)?.[0] ?? field.default ?? 0]
    const input = field.role === 'wire-in' || field.role === 'back-in'
    if (input && wire === undefined) yield [offset + 1, STATUS.badNotConnected]
  }
}
