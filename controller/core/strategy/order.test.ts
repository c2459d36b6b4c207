// Order and bytes of an artifact depend on names and wires alone. Method: random strategies of calculations with random
// wires, written down in random order; a second evaluator, straight from the definition, says what the order must be.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { canonicalJson } from './canonical-json.ts'
import { type CompileExpression, compile } from './compile.ts'
import { hash32 } from './hash32.ts'
import { changed, compileFiles, FILES, type Files, fakeHash, filesOf, IO, LOOPS, STRATEGY } from './testing.ts'

interface Node {
  readonly tag: string
  readonly scan: 'fast' | 'slow'
  readonly type: 'LIMIT' | 'FILTER'
  /** Tag of the source, or a constant. */
  readonly from: string | number
  readonly cut: boolean
}

const moduleText = (n: Node): string => {
  const wire = typeof n.from === 'number' ? `${n.from}` : `${n.from}.B.OUT`
  const numbers = n.type === 'LIMIT' ? 'lo: 0, hi: 1' : 'lag: 1s'
  return `  - {tag: ${n.tag}, description: x, eu: '%', range: [0, 100], scan: ${n.scan}, kind: calculation, faceplate: B,
     fields: {PV: B.OUT}, blocks: {B: {type: ${n.type}, in: ${n.cut ? `{from: ${wire}, break: true}` : wire}, ${numbers}}}}
`
}

/** Wires lead from lower to higher numbers, except cut ones, so that there is no loop. */
const nodes = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, i) =>
        fc
          .record({
            scan: fc.constantFrom('fast' as const, 'slow' as const),
            type: fc.constantFrom('LIMIT' as const, 'FILTER' as const),
            source: fc.integer({ min: -1, max: count - 1 }),
            name: fc.integer({ min: 0, max: 999 }),
          })
          .map((r) => ({ ...r, i })),
      ),
    ),
  )
  .map((list): Node[] => {
    // Names say nothing about the numbers, so that ties are broken against the direction of the wires as often as with it.
    const tags = list.map((r) => `C${r.name}-${r.i}`)
    return list.map((r) => ({
      tag: tags[r.i]!,
      scan: r.scan,
      type: r.type,
      from: r.source < 0 ? 5 : tags[r.source]!,
      cut: r.source >= r.i,
    }))
  })

const filesFor = (list: readonly Node[], perFile: number): Files => {
  const files: Record<string, string> = { 'strategy.yaml': STRATEGY, 'io/rio.yaml': IO }
  for (let i = 0; i < list.length; i += perFile) {
    files[`loops/f${i}.yaml`] = `area: A1\nmodules:\n${list
      .slice(i, i + perFile)
      .map(moduleText)
      .join('')}`
  }
  return files
}

const artifactOf = (files: Files): Artifact => {
  const result = compileFiles(files)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  return result.artifact
}

/** Longest way from a source, by recursion over the definition. */
const levelOf = (node: Node, all: readonly Node[]): number => {
  const source = all.find((n) => n.tag === node.from)
  return source === undefined || node.cut || source.scan !== node.scan ? 0 : levelOf(source, all) + 1
}

/** Smallest tag of the modules of one class that hang together, by repeated merging. */
const groupOf = (node: Node, all: readonly Node[]): string => {
  let members = [node]
  for (;;) {
    const more = all.filter(
      (n) => n.scan === node.scan && !members.includes(n) && members.some((m) => m.from === n.tag || n.from === m.tag),
    )
    if (more.length === 0) return members.map((m) => m.tag).sort()[0]!
    members = [...members, ...more]
  }
}

test('[ORD-1] the artifact is the same, byte for byte, in whatever order the modules and files are written', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(nodes, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 4 }), (list, random, perFile) => {
      const shuffled = [...list]
        .map((n) => [random.next().value as number, n] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, n]) => n)
      const one = artifactOf(filesFor(list, list.length))
      const other = artifactOf(Object.fromEntries(Object.entries(filesFor(shuffled, perFile)).reverse()))
      expect(canonicalJson(other)).toBe(canonicalJson(one))
    }),
    { numRuns: 40 },
  )
})

test('[ORD-2] blocks execute level by level, in a level by type and name, each class in its phase', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const { control } = artifactOf(filesFor(list, 3))
      const got = control.classes.map((c) => ({
        every: c.every,
        phase: c.phase,
        order: c.steps.flatMap((s) => s.blocks.map((b) => control.blocks[b]!.id)),
      }))
      const expected = (['fast', 'slow'] as const).flatMap((scan) => {
        const every = scan === 'fast' ? 1 : 10
        const members = list.filter((n) => n.scan === scan)
        const phase = (n: Node) => hash32(groupOf(n, list)) % every
        const phases = [...new Set(members.map(phase))].sort((a, b) => a - b)
        return phases.map((p) => ({
          every,
          phase: p,
          order: members
            .filter((n) => phase(n) === p)
            .map((n) => [String(levelOf(n, list)).padStart(3, '0'), n.type, `${n.tag}.B`])
            .sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1))
            .map((row) => row[2]),
        }))
      })
      expect(got).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

test('[ORD-3] every wire is copied before its consumer runs, and the blocks of one step have one type and do not feed each other', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const { control } = artifactOf(filesFor(list, 3))
      for (const { steps } of control.classes) {
        for (const step of steps) {
          const types = new Set(step.blocks.map((b) => control.blocks[b]!.type))
          expect([...types]).toEqual([step.type])
          // One input a block: constants need no copy.
          const wired = step.blocks.filter((b) => {
            const node = list.find((n) => `${n.tag}.B` === control.blocks[b]!.id)!
            return typeof node.from === 'string'
          })
          expect(step.copies.length).toBe(2 * wired.length)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('[ORD-4] slices of the arena touch nowhere and lie within their regions', () => {
  const { control } = artifactOf(FILES)
  const taken = new Set<number>()
  const take = (from: number, count: number): void => {
    for (let i = from; i < from + count; i++) {
      expect(taken.has(i)).toBe(false)
      taken.add(i)
    }
  }
  take(control.stations.s, 3 * control.stations.count)
  for (const input of control.inputs) take(input.s, 3)
  for (const output of control.outputs) take(output.s, 4)
  const starts = [...control.blocks.map((b) => b.s), control.s_count]
  for (const [i, at] of starts.slice(0, -1).entries()) take(at, starts[i + 1]! - at)
  expect([...taken].sort((a, b) => a - b)).toEqual(Array.from({ length: control.s_count }, (_, i) => i))
})

test('[ORD-5] another number gives another hash, another comment does not', () => {
  const base = artifactOf(FILES)
  expect(artifactOf(changed('loops/a.yaml', 'gain: 2', 'gain: 2.5')).hash).not.toBe(base.hash)
  expect(artifactOf(changed('loops/a.yaml', 'area: A1', '# a comment\narea: A1')).hash).toBe(base.hash)
  const { hash, ...rest } = base
  expect(hash).toBe(fakeHash(canonicalJson(rest)))
})

test('[ORD-6] renaming a block and keeping its id keeps the order', () => {
  const renamed = changed('loops/a.yaml', 'PID1: {type: PID', 'LC: {id: PID1, type: PID')
  const files = changed(
    'loops/a.yaml',
    'master: LIC-101.PID1',
    'master: LIC-101.LC',
    changed('loops/a.yaml', 'faceplate: PID1', 'faceplate: LC', renamed),
  )
  const ids = (a: Artifact) =>
    a.control.classes.flatMap((c) => c.steps.flatMap((s) => s.blocks.map((b) => a.control.blocks[b]!.id)))
  expect(ids(artifactOf(files)).map((id) => id.replace('.LC', '.PID1'))).toEqual(ids(artifactOf(FILES)))
})

test('an expression is asked for once a block, with its inputs numbered in the order of let', () => {
  const asked: unknown[] = []
  const expression: CompileExpression = (text, inputs) => {
    asked.push(text, [...inputs])
    return { program: [1, 0] }
  }
  const blocks = "      C1: {type: CALC, let: {a: AI1.OUT, b: 3}, expr: 'a*b'}\n"
  const files = changed('loops/a.yaml', '      PID1: {type: PID, in: AI1', `${blocks}      PID1: {type: PID, in: AI1`)
  const result = compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression })
  expect(result).not.toHaveProperty('faults')
  expect(asked).toEqual([
    'a*b',
    [
      ['a', 0],
      ['b', 1],
    ],
  ])
  expect(LOOPS).not.toContain('CALC')
})
