// Units: what goes together, what is converted, and where a fault stands.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { compile } from './compile.ts'
import { conversion, measureOf } from './dimension.ts'
import { compileExpression } from './expression.ts'
import { faultText, isWarning } from './fault.ts'
import { changed, type Files, fakeHash, filesOf } from './testing.ts'
import { UNITS } from './units.ts'

const L = 'loops/a.yaml'

const indicator = (tag: string, eu: string, point: string): string =>
  `  - {tag: ${tag}, description: x, eu: '${eu}', range: [0, 1000], scan: fast, kind: indicator, faceplate: AI1, blocks: {AI1: {type: AI, in: ${point}, out_scale: [0, 1000]}}}\n`

/** A calculation over a pressure PI-1 in kPag and a temperature TI-1 in degC; the block's line is line 33 of the file. */
const withCalc = (calc: string, eu = 'kPag', temperature = 'degC'): Files =>
  changed(
    L,
    'cascade:',
    `${indicator('PI-1', 'kPag', 'RIO-1/AI/1')}${indicator('TI-1', temperature, 'RIO-1/AI/2')}` +
      `  - tag: FY-1\n    description: x\n    eu: '${eu}'\n    range: [0, 1000]\n    scan: fast\n    kind: calculation\n` +
      `    faceplate: C1\n    blocks:\n      C1: {type: CALC, ${calc}}\ncascade:`,
  )

const build = (files: Files) =>
  compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })

const faultsOf = (files: Files): string[] => {
  const result = build(files)
  return 'faults' in result ? result.faults.filter((f) => !isWarning(f)).map(faultText) : []
}

const LET = 'let: {p: PI-1.AI1.OUT, t: TI-1.AI1.OUT}'

/** OUT of FY-1 after one scan with both inputs at the middle of their range, 12 mA. */
function outOf(files: Files): number {
  const result = build(files)
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  const artifact: Artifact = result.artifact
  const controller = createController(artifact)
  for (const i of artifact.control.inputs.keys()) controller.latchInput(i, 12, 0x80)
  controller.state = { epoch: 1, n: 0 }
  controller.scan(1)
  return controller.s[artifact.control.published.find((p) => p.key === 'FY-1.PV')!.s]!
}

test('every unit of the table has a measure, and units of one kind convert into each other', () => {
  for (const [unit, kind] of UNITS) {
    expect(measureOf(unit), unit).toBeDefined()
    for (const [other, otherKind] of UNITS) {
      if (otherKind !== kind || kind === 'concentration' || kind === 'cost rate') continue
      expect(conversion(measureOf(unit)!, measureOf(other)!), `${unit} to ${other}`).toBeDefined()
    }
  }
})

// Figures of the SI brochure and of arithmetic by hand.
test.each([
  ['kPa', 'bar', 250, 2.5],
  ['mbar', 'Pa', 3, 300],
  ['degC', 'K', 25, 298.15],
  ['K', 'degC', 300, 26.85],
  ['kg/s', 't/h', 2, 7.2],
  ['l/min', 'm3/h', 50, 3],
  ['MW', 'kW', 1.5, 1500],
  ['rpm', 'rpm', 60, 60],
  ['h', 'min', 2, 120],
])('%s to %s: %d is %d', (from, to, value, expected) => {
  const { factor, offset } = conversion(measureOf(from)!, measureOf(to)!)!
  expect(value * factor + offset).toBeCloseTo(expected, 9)
})

test.each([
  ['kPag', 'degC'],
  ['kPag', 'kPaa'],
  ['kPag', 'kPa'],
  ['m3/h', 'kg/h'],
  ['m3/h', 'Nm3/h'],
  ['%', 'mol%'],
  ['$/h', 'EUR/h'],
])('%s does not become %s', (from, to) => {
  expect(conversion(measureOf(from)!, measureOf(to)!)).toBeUndefined()
})

test('[UNIT-1] kPag and degC do not add: file, line and the column of the sign', () => {
  const files = withCalc(`${LET}, expr: '2 * p + t'`)
  const line = files[L]!.split('\n').findIndex((l) => l.includes('C1: {type: CALC'))
  const column = files[L]!.split('\n')[line]!.indexOf('+') + 1
  expect(faultsOf(files)).toEqual([
    `loops/a.yaml:${line + 1}:${column} CFG_UNIT_MISMATCH found kPag + degC, expected two values of one dimension`,
  ])
})

test.each([
  ['p - 2 * p + t / t', 'a fraction of a pressure and a number', /kPa \+ a plain number/],
  ['max(p, t)', 'the greater of a pressure and a temperature', /kPag and max of degC/],
  ['p > t ? 1 : 0', 'a comparison', /kPag > degC/],
  ['p > 3 ? p : t', 'two branches', /kPag or degC/],
  ['t', 'a temperature for a pressure', /result in degC where kPag is meant/],
  ['p * t', 'a product for a pressure', /result in kg K\/\(m s2\) where kPag is meant/],
  ['p - 0.5 * p', 'a difference of pressures for a gauge pressure', /result in kPa where kPag is meant/],
])('[UNIT-2] %s is refused: %s', (expr, _, message) => {
  const faults = faultsOf(withCalc(`${LET}, expr: '${expr}'`))
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  expect(faults[0]).toMatch(/^loops\/a\.yaml:\d+:\d+ CFG_UNIT_MISMATCH/)
})

test.each([
  ['p + 101.3', 'kPag'],
  ['p * (t / t)', 'kPag'],
  ['0.5 * (p + p)', 'kPag'],
  ['p - p', 'kPa'],
  ['t - t', 'degC'],
  ['100 * t / (t + t)', '%'],
  ['sqrt(p * p)', 'kPa'],
  ['t > 50 and p > 10 ? 1 : 0', '1'],
  ['bad(p) ? 0 : p', 'kPag'],
])('[UNIT-3] %s may be %s', (expr, eu) => {
  expect(faultsOf(withCalc(`${LET}, expr: '${expr}'`, eu))).toEqual([])
})

test('[UNIT-4] a name is converted to the unit it is declared in', () => {
  // PI-1 and TI-1 stand at 500.
  expect(outOf(withCalc("let: {p: {from: PI-1.AI1.OUT, unit: barg}}, expr: 'p + 1'", 'barg'))).toBeCloseTo(6, 12)
  expect(outOf(withCalc("let: {t: {from: TI-1.AI1.OUT, unit: K}}, expr: 't'", 'K'))).toBeCloseTo(773.15, 9)
  expect(outOf(withCalc("let: {p: PI-1.AI1.OUT, base: 250 kPag}, expr: 'p > base ? p - base : 0'", 'kPa'))).toBe(250)
})

test('[UNIT-5] one dimension in two units says how to convert, and another dimension cannot be declared', () => {
  expect(faultsOf(withCalc(`${LET}, expr: 'p'`, 'barg'))[0]).toMatch(/result in kPag where barg is meant.*unit:/)
  expect(faultsOf(withCalc("let: {p: PI-1.AI1.OUT, q: 2 barg}, expr: 'p + q'"))[0]).toMatch(/kPag \+ barg.*unit: kPag/)
  expect(faultsOf(withCalc("let: {p: {from: PI-1.AI1.OUT, unit: m}}, expr: 'p'"))[0]).toMatch(/'p' in m from kPag/)
  expect(faultsOf(withCalc("let: {p: {from: PI-1.AI1.OUT, unit: kbar}}, expr: 'p'"))[0]).toMatch(/CFG_UNKNOWN_UNIT/)
})

test('[UNIT-6] an empirical formula counts with plain numbers; its result has the unit of its tag', () => {
  expect(faultsOf(withCalc(`empirical: true, ${LET}, expr: '0.3 * p + 2 * t'`))).toEqual([])
  expect(faultsOf(withCalc(`empirical: maybe, ${LET}, expr: 'p'`))[0]).toMatch(/CFG_WRONG_TYPE/)
})

test('[UNIT-7] units reach through blocks and modules: a temperature behind a filter on a pressure controller', () => {
  const files = withCalc(`${LET}, expr: 'p'`)
  const through = changed(
    L,
    '      AI1: {type: AI, in: RIO-1/AI/2}\n',
    '      AI1: {type: AI, in: RIO-1/AI/2}\n      F1: {type: FILTER, in: TI-1.AI1.OUT, lag: 5s}\n',
    changed(L, 'in: AI1.OUT, gain: 2', 'in: F1.OUT, gain: 2', files),
  )
  // LIC-101 is in %: either wire of the way may be named, one of them must be.
  const faults = faultsOf(through)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/CFG_UNIT_MISMATCH found .*(degC.*%|%.*degC)/)
})

test('[UNIT-8] a sequence reads a pressure and a temperature side by side', () => {
  const sequence = `      S1:
        type: SFC
        let: {p: PI-1.AI1.OUT, t: TI-1.AI1.OUT}
        steps: {A: {}, B: {}}
        transitions: [{from: A, to: B, when: p > 5 and t > 20}]
`
  const files = withCalc(`${LET}, expr: 'p'`)
  expect(
    faultsOf(
      changed(
        L,
        '      AI1: {type: AI, in: RIO-1/AI/2}\n',
        `      AI1: {type: AI, in: RIO-1/AI/2}\n${sequence}`,
        files,
      ),
    ),
  ).toEqual([])
})
