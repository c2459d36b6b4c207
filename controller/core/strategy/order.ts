/**
 * The order in which a scan executes: data flow first, then stable ids; never the order of the files.
 */

import type { Faults } from './fault.ts'
import { hash32 } from './hash32.ts'
import type { Wire } from './link.ts'
import type { BlockSpec } from './read-block.ts'

/** Blocks that execute together: one period, one phase. */
export interface OrderedClass {
  readonly name: string
  readonly every: number
  readonly phase: number
  /** Runs in order; the blocks of one run have one type and do not feed each other. */
  readonly runs: readonly (readonly BlockSpec[])[]
}

/**
 * A wire orders its ends if both execute in the same class and it is not cut. Others carry what was there: BKCAL of the
 * scan before, a held value of another class.
 */
export function order(
  faults: Faults,
  blocks: readonly BlockSpec[],
  wires: readonly Wire[],
  every: ReadonlyMap<string, number>,
): OrderedClass[] {
  const classOf = (b: BlockSpec): string => b.module.scan?.text ?? ''
  const phases = phasesOf(blocks, wires, every)
  const groups = new Map<string, BlockSpec[]>()
  for (const block of [...blocks].sort(byStable)) {
    if (!every.has(classOf(block))) continue
    const key = `${classOf(block)}\n${phases.get(block.module.tag.text) ?? 0}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [block])
    else group.push(block)
  }
  const classes = [...groups].map(([key, members]) => {
    const [name, phase] = key.split('\n') as [string, string]
    return { name, every: every.get(name)!, phase: Number(phase), runs: runsOf(faults, members, wires) }
  })
  // Shorter periods first: what a slow class reads from a fast one is this tick's.
  return classes.sort((a, b) => a.every - b.every || a.phase - b.phase || (a.name < b.name ? -1 : 1))
}

const byStable = (a: BlockSpec, b: BlockSpec): number => (a.stable < b.stable ? -1 : a.stable > b.stable ? 1 : 0)

/** Level by level (longest way from a source), and in a level type by type, each sorted by stable id. */
function runsOf(faults: Faults, members: readonly BlockSpec[], wires: readonly Wire[]): BlockSpec[][] {
  const inside = new Set(members)
  const feeds = new Map<BlockSpec, Wire[]>(members.map((b) => [b, []] as const))
  const waiting = new Map<BlockSpec, number>(members.map((b) => [b, 0] as const))
  for (const wire of wires) {
    if (wire.broken || wire.field.role === 'back-in' || wire.from.kind !== 'field') continue
    if (wire.from.field.role === 'back-out') continue
    if (!inside.has(wire.to) || !inside.has(wire.from.block)) continue
    feeds.get(wire.from.block)!.push(wire)
    waiting.set(wire.to, waiting.get(wire.to)! + 1)
  }
  const runs: BlockSpec[][] = []
  let level = members.filter((b) => waiting.get(b) === 0)
  let done = 0
  while (level.length > 0) {
    done += level.length
    const types = [...new Set(level.map((b) => b.type.type))].sort()
    for (const type of types) runs.push(level.filter((b) => b.type.type === type).sort(byStable))
    const next: BlockSpec[] = []
    for (const block of level) {
      for (const wire of feeds.get(block)!) {
        const left = waiting.get(wire.to)! - 1
        waiting.set(wire.to, left)
        if (left === 0) next.push(wire.to)
      }
    }
    level = next
  }
  if (done < members.length)
    reportLoops(
      faults,
      members.filter((b) => waiting.get(b)! > 0),
      feeds,
    )
  return runs
}

/** Each loop once, from its smallest block, so that the engineer sees where to cut. */
function reportLoops(
  faults: Faults,
  stuck: readonly BlockSpec[],
  feeds: ReadonlyMap<BlockSpec, readonly Wire[]>,
): void {
  const left = new Set(stuck)
  for (const start of [...stuck].sort(byStable)) {
    if (!left.has(start)) continue
    const path = wayBack(start, left, feeds)
    if (path === undefined) continue
    for (const wire of path) left.delete(wire.to)
    const names = [start.key, ...path.map((w) => w.to.key)].join(' -> ')
    const closing = path.at(-1)!
    faults.add(
      'CFG_EXECUTION_LOOP',
      closing.at,
      names,
      `a break in one of its wires, as '${closing.field.name.toLowerCase()}: {from: ..., break: true}'`,
    )
  }
}

/** The shortest way from a block to itself. */
function wayBack(
  start: BlockSpec,
  within: ReadonlySet<BlockSpec>,
  feeds: ReadonlyMap<BlockSpec, readonly Wire[]>,
): Wire[] | undefined {
  const reached = new Map<BlockSpec, Wire[]>()
  let front: [BlockSpec, Wire[]][] = [[start, []]]
  while (front.length > 0) {
    const next: [BlockSpec, Wire[]][] = []
    for (const [block, path] of front) {
      for (const wire of [...feeds.get(block)!].sort((a, b) => byStable(a.to, b.to))) {
        if (wire.to === start) return [...path, wire]
        if (!within.has(wire.to) || reached.has(wire.to)) continue
        reached.set(wire.to, [...path, wire])
        next.push([wire.to, [...path, wire]])
      }
    }
    front = next
  }
  return undefined
}

/**
 * Phase of each module, ticks: spreads the load of a slow class. Modules of one class that are wired together share
 * theirs, which comes from the smallest tag of the group.
 */
export function phasesOf(
  blocks: readonly BlockSpec[],
  wires: readonly Wire[],
  every: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const scanOf = new Map(blocks.map((b) => [b.module.tag.text, b.module.scan?.text ?? ''] as const))
  const head = new Map([...scanOf.keys()].map((tag) => [tag, tag] as const))
  const find = (tag: string): string => {
    const parent = head.get(tag)!
    return parent === tag ? tag : find(parent)
  }
  for (const wire of wires) {
    if (wire.from.kind !== 'field') continue
    const [a, b] = [wire.from.block.module.tag.text, wire.to.module.tag.text]
    if (scanOf.get(a) !== scanOf.get(b)) continue
    const [x, y] = [find(a), find(b)]
    if (x !== y) head.set(x < y ? y : x, x < y ? x : y)
  }
  return new Map([...scanOf].map(([tag, scan]) => [tag, hash32(find(tag)) % (every.get(scan) ?? 1)] as const))
}
