import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stream } from '../../numerics/streams.ts'
import { createSuite } from './suite.ts'
import { trialArtifact } from './testing.ts'

const TEXT = `${readFileSync(join(import.meta.dirname, '../../strategies/bench/tests/fopdt.test.yaml'), 'utf8')}
  - name: fuzz of a property in one line
    forall: {sp: 0..40, disturbance: 'steps(3, -10..10, 1min)'}
    expect: after(saturation).overshoot < 90 and after(saturation).iae(FIC-101.PID1) >= 0
    during: 1min
  - name: fuzz of steps
    forall: {load: steps(2)}
    steps:
      - {disturb: FIC-101.AO1, by: load, for: 20s}
      - {kill: primary, expect: 'outputs_equal_to(run: without_kill, tol: 0.5)', during: 10s}
`
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  "'",
  '-',
  '\n',
  ' ',
  '\t',
  '0',
  '1e999',
  '-5s',
  'NaN',
  'null',
  '~',
  '..',
  '&a',
  '*a',
  '%',
  '(',
  ')',
  'fault',
  'within: 1scan',
  'to: sp',
  'FIC-101',
  'toString',
  '__proto__',
  'constructor',
  'steps(3)',
  'steps(',
  '.',
  'after(saturation).overshoot',
  'switchover',
  'tol:',
  'sp',
  'load',
]

test('[FUZZ-1] a test file with any damage is played or has located faults; it never throws', () => {
  const artifact = trialArtifact()
  const chance = stream(Number(process.env['FUZZ_SEED'] ?? 1), 'fuzz of test files')
  let faulty = 0
  let played = 0
  for (let i = 0; i < Number(process.env['FUZZ_RUNS'] ?? 300); i++) {
    let text = TEXT
    for (let k = 0; k <= chance.below(3); k++) {
      const at = chance.below(text.length)
      const piece = PIECES[chance.below(PIECES.length)]!
      const cut = chance.below(4) === 0 ? chance.below(30) : 0
      text = text.slice(0, at) + piece + text.slice(at + cut)
    }
    const suite = createSuite({ artifact, files: [{ path: 'a.test.yaml', text }] })
    if ('faults' in suite) {
      faulty++
      for (const fault of suite.faults) expect(fault.file).toBe('a.test.yaml')
      continue
    }
    for (const scenario of suite.scenarios.slice(-3)) suite.run({ ...scenario, runs: 1, variables: scenario.variables })
    played++
  }
  expect(faulty).toBeGreaterThan(0)
  expect(played).toBeGreaterThan(0)
}, 60_000)
