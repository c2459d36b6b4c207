/**
 * Which blocks a set of tests has seen in which modes, and which of their inputs it has seen Bad: what no test has
 * looked at is as it happens to be.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import { codeOf, isBad, STATUS } from '../../contracts/status.ts'
import type { BlockType } from '../../controller/core/block.ts'
import { layoutOf } from '../../controller/core/layout.ts'

export interface BlockCoverage {
  /** `FIC-101.PID1` */
  readonly id: string
  readonly type: string
  /** Modes it may be told to be in, and those it was seen in, IMan and LO among them. */
  readonly permitted: readonly string[]
  readonly seen: readonly string[]
  /** Wired inputs, and those that were seen Bad. */
  readonly inputs: readonly string[]
  readonly bad: readonly string[]
}

export interface Coverage {
  look(s: Float64Array): void
  blocks(): readonly BlockCoverage[]
}

export function createCoverage(artifact: Artifact, types: ReadonlyMap<string, BlockType>): Coverage {
  const { control } = artifact
  const modes: { block: number; at: number; permitted: number; seen: number }[] = []
  const wires: { block: number; name: string; at: number; bad: boolean; open: boolean }[] = []
  control.blocks.forEach((record, block) => {
    const type = types.get(record.type)!
    const { S, K } = layoutOf(type.fields)
    const at = S['MODE_ACTUAL']
    const mask = K['PERMITTED']
    if (at !== undefined)
      modes.push({
        block,
        at: record.s + at,
        permitted: mask === undefined ? 0 : (control.k_init[record.k + mask] ?? 0),
        seen: 0,
      })
    for (const field of type.fields) {
      if (field.role === 'wire-in')
        wires.push({ block, name: field.name, at: record.s + S[field.name]! + 1, bad: false, open: false })
    }
  })
  return {
    look(s) {
      for (const mode of modes) mode.seen |= 1 << s[mode.at]!
      for (const wire of wires) {
        const status = s[wire.at]!
        if (codeOf(status) === STATUS.badNotConnected) wire.open = true
        else if (isBad(status)) wire.bad = true
      }
    },
    blocks: () =>
      control.blocks.map((record, block) => {
        const mode = modes.find((m) => m.block === block)
        const own = wires.filter((w) => w.block === block && !w.open)
        const named = (mask: number): string[] => MODE_NAMES.filter((_, n) => ((mask >> n) & 1) === 1)
        return {
          id: record.id,
          type: record.type,
          permitted: named(mode?.permitted ?? 0),
          seen: named(mode?.seen ?? 0),
          inputs: own.map((w) => w.name),
          bad: own.filter((w) => w.bad).map((w) => w.name),
        }
      }),
  }
}

/** Shares over all blocks: permitted modes that were seen, wired inputs that were seen Bad. */
export function coverageShares(blocks: readonly BlockCoverage[]): {
  readonly modes: readonly [number, number]
  readonly inputs: readonly [number, number]
} {
  const count = (of: (b: BlockCoverage) => number): number => blocks.reduce((total, b) => total + of(b), 0)
  return {
    modes: [count((b) => b.permitted.filter((m) => b.seen.includes(m)).length), count((b) => b.permitted.length)],
    inputs: [count((b) => b.bad.length), count((b) => b.inputs.length)],
  }
}
