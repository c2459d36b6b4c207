/** What is done to a block from scan to scan. */
import type { Settings } from './evaluator/block.ts'
import type { Spec } from './evaluator/sequence.ts'

export interface Step {
  /** Wires set before this scan: value and status word; what is not named stays. */
  readonly drive: Readonly<Record<string, readonly [value: number, status: number]>>
  /** Writes before this scan. */
  readonly write: readonly (readonly [field: string, value: number])[]
}

export interface Case {
  readonly type: string
  readonly name: string
  readonly dt_s: number
  readonly set: Settings
  /** The steps and transitions of a sequence. */
  readonly sequence?: Spec
  readonly steps: readonly Step[]
}

/** Status words of the table of R1, so that a case can be read. */
export const ST = {
  good: 0x80,
  cascade: 0xc0,
  ia: 0xc4,
  ir: 0xc8,
  ni: 0xcc,
  ns: 0xd0,
  lo: 0xd8,
  fsa: 0xdc,
  ifs: 0xe0,
  uncertain: 0x40,
  range: 0x54,
  bad: 0x00,
  open: 0x08,
  sensor: 0x10,
  noComm: 0x18,
  low: 1,
  high: 2,
  constant: 3,
} as const

export const MODE = { oos: 0, man: 3, auto: 4, cas: 5, rcas: 6, rout: 7 } as const

/** A wire of a random script: range of its value, statuses it may take; the first is taken most of the time. */
export interface Wire {
  readonly name: string
  readonly lo: number
  readonly hi: number
  readonly statuses: readonly number[]
  /** Whole numbers only. */
  readonly whole?: boolean
  /** How often it changes, in 1. */
  readonly often?: number
}

/** Values written now and then. */
export interface Write {
  readonly field: string
  readonly values: readonly number[]
}

/**
 * A script from a seed: each scan some wires change and sometimes something is written. Numbers have three decimals, so
 * that the file stays small.
 */
export function random(
  seed: number,
  scans: number,
  wires: readonly Wire[],
  writes: readonly Write[] = [],
  writes_often = 0.25,
): Step[] {
  let state = seed >>> 0
  // Numerical Recipes' generator: enough to vary a script.
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!
  return Array.from({ length: scans }, (_, n) => {
    const drive: Record<string, readonly [number, number]> = {}
    for (const w of wires) {
      if (n > 0 && next() > (w.often ?? 0.3)) continue
      const x = w.lo + next() * (w.hi - w.lo)
      const value = w.whole === true ? Math.round(x) : Math.round(x * 1000) / 1000
      drive[w.name] = [value, n === 0 || next() < 0.7 ? w.statuses[0]! : pick(w.statuses)]
    }
    const write: (readonly [string, number])[] = []
    if (n > 1 && writes.length > 0 && next() < writes_often) {
      const w = pick(writes)
      write.push([w.field, pick(w.values)])
    }
    return { drive, write }
  })
}

/** A walk that goes from every node to every other once. */
export function tour(nodes: readonly string[]): string[] {
  const left = new Map(nodes.map((a) => [a, nodes.filter((b) => b !== a)]))
  const stack = [nodes[0]!]
  const walk: string[] = []
  // Hierholzer: every node has as many ways in as out.
  while (stack.length > 0) {
    const to = left.get(stack.at(-1)!)!.shift()
    if (to === undefined) walk.push(stack.pop()!)
    else stack.push(to)
  }
  return walk.reverse()
}
