/**
 * The order in which a scan executes: data flow first, then stable ids; never the order of the files.
 */

import type { Faults } from './fault.ts'
import { hash32 } from './hash32.ts'
import type { Wire } from './link.ts'
import type { Lock } from './lock.ts'
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
  lock: Lock = new Map(),
): OrderedClass[] {
  const classOf = (b: BlockSpec): string => b.module.scan?.text ?? ''
  const phases = phasesOf(blocks, wires, every, lock)
  const groups = new Map<string, BlockSpec[]>()
  for (const block of [...blocks].sort(byStable)) {
    if (!every.has(classOf(block))) continue
    const key = `${classOf(block)}\n${phases.get(stableTag(block)) ?? 0}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [block])
    else group.push(block)
  }
  const classes = [...groups].map(([key, members]) => {
    const [name, phase] = key.split('\n') as [string, string]
    return { name, every: every.get(name)!, phase: Number(phase), runs: keptRuns(faults, members, wires, lock) }
  })
  // Shorter periods first: what a slow class reads from a fast one is this tick's.
  return classes.sort((a, b) => a.every - b.every || a.phase - b.phase || (a.name < b.name ? -1 : 1))
}

const byStable = (a: BlockSpec, b: BlockSpec): number => (a.stable < b.stable ? -1 : a.stable > b.stable ? 1 : 0)

/** `FIC-100`: what a module was called first, if renames were declared. */
const stableTag = (block: BlockSpec): string => block.stable.slice(0, block.stable.indexOf('.'))

/**
 * Wires that do not order the scan (BKCAL, breaks) still carry a value of this scan or of the one before, as their ends happen
 * to execute. What the last build had is kept, unless the data flow now asks for the reverse.
 */
function keptRuns(faults: Faults, members: readonly BlockSpec[], wires: readonly Wire[], lock: Lock): BlockSpec[][] {
  const inside = new Set(members)
  const seen = wires.flatMap((wire): [BlockSpec, BlockSpec][] => {
    if (wire.from.kind !== 'field' || !(wire.broken || wire.field.role === 'back-in')) return []
    const [a, b] = [wire.from.block, wire.to]
    const [x, y] = [lock.get(a.stable), lock.get(b.stable)]
    if (!inside.has(a) || !inside.has(b) || x === undefined || y === undefined) return []
    if (x.scan !== y.scan || x.phase !== y.phase) return []
    return x.rank < y.rank ? [[a, b]] : [[b, a]]
  })
  const kept: [BlockSpec, BlockSpec][] = []
  for (;;) {
    const runs = runsOf(faults, members, wires, kept)
    const rank = new Map(runs.flat().map((block, i) => [block, i] as const))
    // In a loop of the data flow there is no order to keep.
    if (rank.size < members.length) return runs
    const turned = seen.find(
      ([a, b]) =>
        rank.get(a)! > rank.get(b)! &&
        !leadsTo(b, a, inside, wires, kept) &&
        !kept.some((k) => k[0] === a && k[1] === b),
    )
    if (turned === undefined) return runs
    kept.push(turned)
  }
}

/** Whether the data flow, with what is kept already, leads from one block to the other. */
function leadsTo(
  from: BlockSpec,
  to: BlockSpec,
  inside: ReadonlySet<BlockSpec>,
  wires: readonly Wire[],
  kept: readonly (readonly [BlockSpec, BlockSpec])[],
): boolean {
  const reached = new Set([from])
  for (const block of reached) {
    if (block === to) return true
    for (const wire of wires) if (orders(wire, inside) && wire.from.block === block) reached.add(wire.to)
    for (const [a, b] of kept) if (a === block) reached.add(b)
  }
  return false
}

/** Whether a wire orders its ends: both execute here and it is not cut. */
const orders = (wire: Wire, inside: ReadonlySet<BlockSpec>): wire is Wire & { from: { kind: 'field' } } =>
  !wire.broken &&
  wire.field.role !== 'back-in' &&
  wire.from.kind === 'field' &&
  wire.from.field.role !== 'back-out' &&
  inside.has(wire.to) &&
  inside.has(wire.from.block)

/** Level by level (longest way from a source), and in a level type by type, each sorted by stable id. */
function runsOf(
  faults: Faults,
  members: readonly BlockSpec[],
  wires: readonly Wire[],
  kept: readonly (readonly [BlockSpec, BlockSpec])[],
): BlockSpec[][] {
  const inside = new Set(members)
  const feeds = new Map<BlockSpec, Wire[]>(members.map((b) => [b, []] as const))
  const waiting = new Map<BlockSpec, number>(members.map((b) => [b, 0] as const))
  for (const wire of wires) {
    if (!orders(wire, inside)) continue
    feeds.get(wire.from.block)!.push(wire)
    waiting.set(wire.to, waiting.get(wire.to)! + 1)
  }
  for (const [, b] of kept) waiting.set(b, waiting.get(b)! + 1)
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
      for (const [a, b] of kept) {
        if (a !== block) continue
        const left = waiting.get(b)! - 1
        waiting.set(b, left)
        if (left === 0) next.push(b)
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
  lock: Lock = new Map(),
): ReadonlyMap<string, number> {
  const scanOf = new Map(blocks.map((b) => [stableTag(b), b.module.scan?.text ?? ''] as const))
  const head = new Map([...scanOf.keys()].map((tag) => [tag, tag] as const))
  const find = (tag: string): string => {
    const parent = head.get(tag)!
    return parent === tag ? tag : find(parent)
  }
  for (const wire of wires) {
    if (wire.from.kind !== 'field') continue
    const [a, b] = [stableTag(wire.from.block), stableTag(wire.to)]
    if (scanOf.get(a) !== scanOf.get(b)) continue
    const [x, y] = [find(a), find(b)]
    if (x !== y) head.set(x < y ? y : x, x < y ? x : y)
  }
  // Of a group that grew the phase of its smallest tag that had one is kept; a change is seen in the lock.
  const locked = new Map<string, { tag: string; phase: number }>()
  for (const block of blocks) {
    const tag = stableTag(block)
    const place = lock.get(block.stable)
    if (place === undefined || place.scan !== scanOf.get(tag) || place.every !== every.get(place.scan)) continue
    const group = find(tag)
    const known = locked.get(group)
    if (known === undefined || tag < known.tag) locked.set(group, { tag, phase: place.phase })
  }
  return new Map(
    [...scanOf].map(([tag, scan]) => {
      const group = find(tag)
      return [tag, locked.get(group)?.phase ?? hash32(group) % (every.get(scan) ?? 1)] as const
    }),
  )
}
