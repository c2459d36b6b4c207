// Whatever is typed into the files, the compiler answers with an artifact or with faults that have a place; it never throws.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { compile } from './compile.ts'
import { compileExpression } from './expression.ts'
import { FAULT_CODES, isWarning } from './fault.ts'
import { FILES, type Files, fakeHash, filesOf } from './testing.ts'

const WHY = 'cause: c, consequence: k, action: a, respond_within: 10min'
/** The trial strategy with alarms of every kind, a guarded calculation and a sequence. */
const WHOLE: Files = {
  ...FILES,
  'loops/more.yaml': `area: A1
modules:
  - tag: TIC-1
    description: Temperature
    eu: degC
    range: [0, 200]
    limits: {hi: 180}
    scan: fast
    kind: controller
    faceplate: PID1
    alarms:
      HI: {hys: 1%, delay_on: 5s, ${WHY}}
      DEV_HI: {above: 5, inhibit: 1min, sp_step: 2, ${WHY}}
      DEV_LO: {below: -5, sp: 80, ${WHY}}
      RATE_UP: {above: 3, per: min, filter: 5s, ${WHY}}
      RATE_DN: {below: -3, per: h, hys: 0.5, ${WHY}}
      DISCRETE: {on: C2.OUT, state: off, ${WHY}}
    blocks:
      AI1: {type: AI, in: RIO-1/AI/1, out_scale: [0, 200], unit: degC}
      C1: {type: CALC, let: {t: AI1.OUT, f: {from: AI1.OUT, unit: K}, low: 20 degC}, expr: 'good(t) and f > 300 ? t : low', unit: degC}
      C2: {type: CALC, let: {t: AI1.OUT}, expr: 'bad(t) ? 0 : t > 50'}
      PID1: {type: PID, in: C1.OUT, pv_scale: [0, 200], gain: 1, reset: 5s, sp: 50, mode_target: auto, normal: auto}
  - tag: US-1
    description: Sequence
    eu: '1'
    range: [0, 9]
    scan: fast
    kind: controller
    faceplate: S1
    blocks:
      S1:
        type: SFC
        let: {t1: TIC-1.AI1.OUT, k: {from: TIC-1.AI1.OUT, unit: K}, hot: 90 degC}
        actions:
          GO: {out: out1}
          RAMP: {out: out2, value: 't1 + 0.1 * A_T'}
          LAW: {out: out3, value: '0.3 * t1 * k', empirical: true}
        steps:
          A: [N GO, P RAMP]
          B:
            actions:
              - {do: LAW, as: L, time: 5s, confirm: t1 > hot, within: 10s}
        transitions:
          - {from: A, to: B, when: t1 > hot or bad(t1)}
          - {from: B, to: A, when: t > 5 and k < 350}
`,
}
const compileFiles = (files: Files) =>
  compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })

const paths = Object.keys(WHOLE)

/** One slip in one file: a line gone, twice, or moved in; a word replaced by something of another kind. */
const slip = fc.record({
  path: fc.constantFrom(...paths),
  at: fc.nat(),
  what: fc.constantFrom('drop', 'double', 'indent', 'outdent', 'swap', 'word'),
  word: fc.constantFrom(
    'null',
    'true',
    '[]',
    '{}',
    '-1',
    '1e308',
    '.nan',
    '.inf',
    "''",
    'none',
    '$x',
    '$lo',
    '0',
    '8s',
    '[1, 2]',
    '{a: 1}',
    'RIO-1/AI/1',
    'FIC-101.PID1.OUT',
    'a.b.c.d',
    '.',
    '/',
    '__proto__',
    'constructor',
    '- x',
    '~',
    '0x10',
    '"\\u0000"',
    'AI1',
    '[[1]]',
    '{from: AI1.OUT, break: true}',
    '{from: AI1.OUT, unit: barg}',
    '5 degC',
    'kPag',
    '%',
    '>',
    'off',
    'per',
    'DEV_HI',
    'good(t1) ? t1 : 5',
    't + t1',
    '?',
  ),
})
type Slip = typeof slip extends fc.Arbitrary<infer T> ? T : never

function apply(files: Files, { path, at, what, word }: Slip): Files {
  const lines = files[path]!.split('\n')
  const i = at % lines.length
  const line = lines[i]!
  const words = [...line.matchAll(/[^\s,{}[\]:]+/g)]
  const hit = words[at % Math.max(words.length, 1)]
  if (what === 'drop') lines.splice(i, 1)
  else if (what === 'double') lines.splice(i, 0, line)
  else if (what === 'indent') lines[i] = `  ${line}`
  else if (what === 'outdent') lines[i] = line.replace(/^ {2}/, '')
  else if (what === 'swap') lines.splice(i, 2, lines[i + 1] ?? '', line)
  else if (hit !== undefined) lines[i] = line.slice(0, hit.index) + word + line.slice(hit.index + hit[0].length)
  return { ...files, [path]: lines.join('\n') }
}

test('[CFG-5] slips of the keyboard give faults with a place, or a strategy, and nothing else', {
  timeout: 60_000,
}, () => {
  const whole = compileFiles(WHOLE)
  expect('faults' in whole ? whole.faults.filter((f) => !isWarning(f)) : []).toEqual([])
  const runs = Number(process.env['FUZZ_RUNS'] ?? 200)
  let faulty = 0
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (slips) => {
      const result = compileFiles(slips.reduce(apply, WHOLE))
      if (!('faults' in result)) {
        expect(Number.isInteger(result.artifact.control.s_count)).toBe(true)
        // The engine refuses what it cannot run: what the compiler lets through must never be that.
        const controller = createController(result.artifact)
        for (let n = 1; n <= 12; n++) controller.scan(n)
        return
      }
      faulty += 1
      expect(result.faults.length).toBeGreaterThan(0)
      for (const fault of result.faults) {
        expect(FAULT_CODES).toContain(fault.code)
        expect(paths).toContain(fault.file)
        expect(fault.found.length * fault.expected.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: runs },
  )
  // Most slips matter: a compiler that accepts anything would pass the rest of this test.
  expect(faulty).toBeGreaterThan(runs / 2)
})
