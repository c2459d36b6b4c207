import type { Artifact } from '../../contracts/artifact.ts'
import { assert } from './assert.ts'
import type { BlockType, Run } from './block.ts'
import { digest } from './digest.ts'
import { type AnyLayout, layoutOf } from './layout.ts'

/** A block with the views of its slices, made once. */
export interface Placed {
  readonly type: BlockType
  readonly layout: AnyLayout
  readonly s: Float64Array
  readonly k: Float64Array
  readonly r: Float64Array
}

/** Copies of wires, then a run of blocks of one type. */
export interface Step {
  readonly copies: Int32Array
  /** Lowest and highest number of its blocks; 0 and -1: none. */
  readonly first: number
  readonly last: number
  readonly run: Run
  readonly s: readonly Float64Array[]
  readonly k: readonly Float64Array[]
  readonly r: readonly Float64Array[]
}

export interface Class {
  readonly every: number
  readonly phase: number
  readonly steps: readonly Step[]
}

/** The memory of a load: S mutable and hashed, R rings, K constants; and what executes on it. */
export interface Arena {
  /** S, with the house's own cells behind the artifact's. */
  readonly s: Float64Array
  readonly r: Float64Array
  readonly blocks: readonly Placed[]
  readonly classes: readonly Class[]
}

/**
 * Builds the arena in its cold state: initial image, derived constants for the period of each block's class, then the
 * `start` of every block. Memory never grows after that.
 *
 * @param own - cells behind the artifact's in S
 * @throws BugError where the artifact does not fit this engine: an unknown type, a slice outside its region
 */
export function createArena(artifact: Artifact, types: ReadonlyMap<string, BlockType>, own: number): Arena {
  const { control } = artifact
  const s = new Float64Array(control.s_count + own)
  const r = new Float64Array(control.r_count)
  const k = Float64Array.from(control.k_init)
  assert(k.length === control.k_count, `k_init has ${k.length} numbers, k_count is ${control.k_count}`)
  for (const [at, value] of control.s_init) {
    assert(at >= 0 && at < control.s_count, `s_init beyond the region: ${at}`)
    s[at] = value
  }
  // A block's constants end where the next block's begin: that is the length of an open array.
  const ends = [...new Set(control.blocks.map((b) => b.k)), control.k_count].sort((a, b) => a - b)
  const after = new Map(ends.map((at, i) => [at, ends[i + 1] ?? control.k_count]))
  const layouts = new Map<string, AnyLayout>()
  const slice = (region: Float64Array, at: number, count: number, of: string): Float64Array => {
    assert(at >= 0 && count >= 0 && at + count <= region.length, `the slice of ${of} lies outside its region`)
    return new Float64Array(region.buffer, at * 8, count)
  }
  const blocks = control.blocks.map((record): Placed => {
    const type = types.get(record.type)
    assert(type !== undefined, `${record.id}: this engine has no block type ${record.type}`)
    const known = layouts.get(record.type) ?? layoutOf(type.fields)
    layouts.set(record.type, known)
    const k_count = known.k_count === 0 && known.open === false ? 0 : after.get(record.k)! - record.k
    assert(k_count >= known.k_count, `${record.id}: ${k_count} constants, ${known.k_count} are declared`)
    return {
      type,
      layout: known,
      s: slice(s, record.s, known.s_count, record.id),
      k: slice(k, record.k, k_count, record.id),
      r: slice(r, record.r, record.r_count, record.id),
    }
  })
  const shared = sharing()
  const classes = control.classes.map((c): Class => {
    const dt_s = (c.every * artifact.tick_ms) / 1000
    const steps = c.steps.flatMap((step) =>
      parts(step.blocks).map((part, i): Step => {
        const run = part.map((i) => blocks[i]!)
        for (const block of run) block.type.derive?.(block.k, dt_s)
        return {
          // All wires of a run before its first block: none of it may see what another has just made.
          copies: Int32Array.from(i === 0 ? step.copies : []),
          first: part.reduce((a, b) => Math.min(a, b), part[0] ?? 0),
          last: part.reduce((a, b) => Math.max(a, b), -1),
          run: run[0] === undefined ? nothing : runOf(run[0].type),
          s: run.map((b) => b.s),
          k: run.map((b) => shared(b.k)),
          r: run.map((b) => b.r),
        }
      }),
    )
    return { every: c.every, phase: c.phase, steps }
  })
  for (const [i, { type, s: slice, k: constants, r: ring }] of blocks.entries()) {
    const faults = type.check?.(slice, constants) ?? []
    assert(faults.length === 0, `${control.blocks[i]!.id}: ${faults.join('; ')}`)
    type.start?.(slice, constants, ring)
  }
  return { s, r, blocks, classes }
}

/**
 * Blocks of a step that run before they are looked at: their slices then still stand in the processor's first cache. A second
 * walk through 100,000 PIDs in memory costs more than the first.
 */
const PART = 64

/** At least one, which may be empty. */
function parts(blocks: readonly number[]): (readonly number[])[] {
  const made = [blocks.slice(0, PART)]
  for (let i = PART; i < blocks.length; i += PART) made.push(blocks.slice(i, i + PART))
  return made
}

/**
 * One view for all slices of equal numbers, bit by bit: constants of loops that are tuned alike are read from the cache and
 * not from memory. Nothing can tell the difference, because nothing writes to K after the load.
 */
function sharing(): (slice: Float64Array) => Float64Array {
  const known = new Map<number, Float64Array[]>()
  const words = (slice: Float64Array) => new Uint32Array(slice.buffer, slice.byteOffset, slice.length * 2)
  return (slice) => {
    const mine = words(slice)
    const key = digest([mine])
    const alike = known.get(key)
    const same = alike?.find((other) => other.length === slice.length && words(other).every((w, i) => w === mine[i]))
    if (same !== undefined) return same
    if (alike === undefined) known.set(key, [slice])
    else alike.push(slice)
    return slice
  }
}

const nothing: Run = () => undefined

const runOf = ({ run, kernel }: BlockType): Run =>
  run ??
  ((s, k, r) => {
    for (let i = 0; i < s.length; i++) kernel(s[i]!, k[i]!, r[i]!)
  })
