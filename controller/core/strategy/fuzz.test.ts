// Whatever is typed into the files, the compiler answers with an artifact or with faults that have a place; it never throws.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createController } from '../controller.ts'
import { FAULT_CODES } from './fault.ts'
import { compileFiles, FILES, type Files } from './testing.ts'

const paths = Object.keys(FILES)

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
  const runs = 150
  let faulty = 0
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (slips) => {
      const result = compileFiles(slips.reduce(apply, FILES))
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
