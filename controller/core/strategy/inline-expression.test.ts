import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { compile } from './compile.ts'
import { compileExpression } from './expression.ts'
import { isWarning } from './fault.ts'
import { FILES, fakeHash, filesOf } from './testing.ts'

const build = (il1: string) =>
  compile(
    filesOf({
      ...FILES,
      'loops/b.yaml': `area: A1
modules:
  - tag: US-1
    description: Conditions
    eu: '1'
    range: [0, 1]
    scan: fast
    kind: calculation
    faceplate: COND1
    fields: {PV: COND1.INTERLOCK}
    blocks:
      COND1:
        type: CONDITION
        il1: ${il1}
        il1_on: 2s
`,
    }),
    { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression },
  )
const faults = (il1: string): string[] => {
  const built = build(il1)
  return 'faults' in built
    ? built.faults.filter((f) => !isWarning(f)).map((f) => `${f.code} ${f.file}:${f.line}:${f.column}`)
    : []
}

test('[2.9] a condition is an expression where it stands: a CALC in front, with delay and trip', () => {
  const built = build("{let: {level: LIC-101.AI1.OUT}, expr: 'level > 90'}")
  if ('faults' in built) throw new Error(JSON.stringify(built.faults))
  const { artifact } = built
  expect(artifact.control.blocks.map((b) => `${b.type} ${b.id}`)).toContain('CALC US-1.COND1_IL1')
  const c = createController(artifact)
  const key = artifact.control.published.findIndex((p) => p.key === 'US-1.PV')
  const level = artifact.control.inputs.findIndex((i) => i.point === 'RIO-1/AI/2')
  const trace: number[] = []
  const values = new Float64Array(artifact.control.published.length)
  const statuses = new Uint16Array(values.length)
  // The level is scanned every 10 s: 4 to 20 mA are 0 to 100 %.
  for (let n = 1; n <= 25; n++) {
    c.latchInput(level, n < 10 ? 12 : 19.2, 0x80)
    c.scan(n)
    c.published(values, statuses)
    trace.push(values[key]!)
  }
  expect(trace[8]).toBe(1)
  const tripped = trace.indexOf(0)
  expect(tripped).toBeGreaterThan(9)
  expect(trace.slice(tripped)).toEqual(trace.slice(tripped).map(() => 0))
})

test('its faults are at its own place: an unknown wire, an unknown name, a unit that does not fit, a key too many', () => {
  expect(faults("{let: {level: LIC-101.AI9.OUT}, expr: 'level > 90'}")).toEqual([
    expect.stringMatching(/loops\/b\.yaml:14:/),
  ])
  expect(faults("{let: {level: LIC-101.AI1.OUT}, expr: 'levl > 90'}")).toEqual([
    expect.stringMatching(/^CFG_EXPRESSION loops\/b\.yaml:14:/),
  ])
  expect(faults("{let: {level: LIC-101.AI1.OUT, f: FIC-101.AI1.OUT}, expr: 'level > f'}")).toEqual([
    expect.stringMatching(/^CFG_UNIT\S* loops\/b\.yaml:14:/),
  ])
  expect(faults("{let: {level: LIC-101.AI1.OUT}, expr: 'level > 90', delay: 2s}")).toEqual([
    expect.stringMatching(/^CFG_UNKNOWN_PARAMETER loops\/b\.yaml:14:/),
  ])
})
