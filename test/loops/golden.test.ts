// The blocks against golden vectors. Method: a second evaluator, written from the rules in other words, makes the vectors in
// test/golden/vectors; the real blocks are driven through the same scripts. A difference is a fault in one of the two.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../contracts/frame.ts'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import { compileExpression } from '../../controller/core/strategy/expression.ts'
import { collectFaults } from '../../controller/core/strategy/fault.ts'
import { readSequence } from '../../controller/core/strategy/sfc.ts'
import { readYaml } from '../../controller/core/strategy/source.ts'
import { createRig } from '../../controller/core/testing/rig.ts'
import { fileOf, GOLDEN_TYPES, type Header, type Line, parseVectors, vectorsOf } from '../golden/vectors.ts'

const FOLDER = join(import.meta.dirname, '../golden/vectors')
const TOLERANCE = 1e-12

/** Types that have none yet. Remove the line with the first vector. */
const WITHOUT: readonly string[] = []

const text = (type: string): string => readFileSync(join(FOLDER, fileOf(type)), 'utf8')

test('[GOLD-1] every block type has vectors', () => {
  const missing = [...BLOCK_TYPES.keys()].filter((type) => !existsSync(join(FOLDER, fileOf(type))))
  expect(missing.sort(), 'give the type vectors (test/golden/README.md), or name it in WITHOUT').toEqual(
    [...WITHOUT].sort(),
  )
})

describe.each(GOLDEN_TYPES)('%s', (type) => {
  test('[GOLD-2] the file is what the evaluator says today', () => {
    // Compared as a whole, and told in words: two long texts side by side help nobody.
    expect(text(type) === vectorsOf(type), `${fileOf(type)} is old: node test/golden/generate.ts`).toBe(true)
  })

  for (const { header, lines } of parseVectors(text(type))) {
    test(`[GOLD-3] ${header.case}`, () => {
      expect(differences(type, header, lines)).toEqual([])
      expect(lines.length).toBeGreaterThan(20)
    })
  }
})

test('[GOLD-4] PID: all structures in both forms, each through all thirty changes of mode', () => {
  const changes = new Map<string, Set<string>>()
  for (const { header, lines } of parseVectors(text('PID'))) {
    if (!header.case.endsWith('every change of mode')) continue
    const at = header.columns.indexOf('MODE_ACTUAL')
    const seen = new Set<string>()
    lines.forEach(([, , values], i) => {
      const was = i === 0 ? undefined : lines[i - 1]![2][at]
      if (was !== undefined && was !== values[at]) seen.add(`${was}-${values[at]}`)
    })
    changes.set(`${header.set['STRUCTURE']} ${header.set['FORM']}`, seen)
  }
  expect(changes.size).toBe(16)
  for (const [which, seen] of changes) expect(seen.size, which).toBe(30)
})

test('[GOLD-6, R13] PID: with RCas and ROut all fifty-six changes of mode', () => {
  const cases = parseVectors(text('PID')).filter(({ header }) => header.case.endsWith('with RCas and ROut'))
  expect(cases.length).toBe(6)
  for (const { header, lines } of cases) {
    const at = header.columns.indexOf('MODE_ACTUAL')
    const modes = lines.map(([, , values]) => values[at]!)
    const seen = new Set(
      modes.flatMap((mode, i) => (i > 0 && mode !== modes[i - 1] ? [`${modes[i - 1]}-${mode}`] : [])),
    )
    expect(seen.size, header.case).toBe(56)
  }
})

test('[GOLD-7, R9] every SHED_OPT has vectors in which the host is lost, silent and Bad, and comes back', () => {
  for (const type of ['PID', 'AO', 'DO', 'RATIO', 'BIAS_GAIN']) {
    for (let option = 1; option <= 8; option++) {
      const found = parseVectors(text(type)).find(({ header }) => header.case.endsWith(`loss, SHED_OPT ${option}`))!
      const at = found.header.columns.indexOf('SHED')
      const causes = found.lines.map(([, , values]) => values[at])
      expect([...new Set(causes)].sort(), `${type} ${option}`).toEqual([0, 1, 2])
      expect(causes.lastIndexOf(0)).toBeGreaterThan(causes.indexOf(1))
    }
  }
})

test('[GOLD-5] what must differ does: a changed number in a file is found', () => {
  const { header, lines } = parseVectors(text('PID'))[0]!
  const at = lines.findIndex(([, , values], i) => i > 10 && values[0]! > 10)
  const changed = lines.map(
    (line, i): Line => (i === at ? [line[0], line[1], line[2].map((v, j) => (j === 0 ? v * (1 + 3e-12) : v))] : line),
  )
  expect(differences('PID', header, changed)).toHaveLength(1)
  expect(header.columns[0]).toBe('OUT')
})

/** The constant that the compiler makes of a sequence's text; what it does is for the evaluator to say. */
function programOf({ sequence }: Header): { PROGRAM?: readonly number[] } {
  if (sequence === undefined) return {}
  const faults = collectFaults()
  const source = readYaml(faults, 'golden.yaml', JSON.stringify(sequence))!
  const inputs = new Map([1, 2, 3].map((n) => [`i${n}`, n - 1]))
  const context = { expression: compileExpression, inputs, constants: new Map<string, number>() }
  const at = { file: 'golden.yaml', line: 1, column: 1 }
  const PROGRAM = readSequence(faults, { key: 'B', at }, source, context)
  expect(faults.list).toEqual([])
  return { PROGRAM: PROGRAM! }
}

/** The first places where the block answers otherwise, in words. */
function differences(type: string, header: Header, lines: readonly Line[]): string[] {
  const rig = createRig({
    tick_ms: header.dt_s * 1000,
    blocks: [{ id: 'B', type, set: { ...header.set, ...programOf(header) } }],
    writable: (BLOCK_TYPES.get(type)!.writable ?? []).map((field) => `B.${field}`),
  })
  const found: string[] = []
  lines.forEach(([drive, writes, values], n) => {
    for (const [field, value, taken] of writes) {
      const ok = rig.write(`B.${field}`, value) === REFUSAL.none
      if (ok !== (taken === 1)) found.push(`scan ${n}: writing ${value} to ${field} is ${ok ? 'taken' : 'refused'}`)
    }
    for (const [name, [value, status]] of Object.entries(drive)) rig.drive(`B.${name}`, value, status)
    rig.scan()
    values.forEach((expected, i) => {
      const name = header.columns[i]!
      const is = rig.get(`B.${name}`)
      // Statuses, modes and counts are small whole numbers, and so exact.
      if (!(Math.abs(is - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))))
        found.push(`scan ${n}: ${name} is ${is}, ${expected} by the evaluator`)
    })
  })
  return found.slice(0, 5)
}
