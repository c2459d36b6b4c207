// The committed paper is what the files say, and every requirement has a test of its name or says why not.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readRequirementsFile } from './read-requirements.ts'
import { srsOf } from './srs.ts'
import { testIds, trace } from './trace.ts'

const PAPERS = [
  ['tennessee-eastman', 'safety/srs.md', 24],
  ['boiler', 'safety/srs-boiler.md', 21],
] as const

test.each(PAPERS)(
  '[PAPER-18] %s: the committed specification is what configuration, requirements and SIL calculation say; it is %s',
  (name, path) => {
    expect(readFileSync(path, 'utf8')).toBe(srsOf(name, {}))
  },
)

test.each(PAPERS)(
  '[PAPER-19] %s: every requirement is named by a test, or says why it is not, never both',
  (name, _, count) => {
    const read = readRequirementsFile(`safety/config/${name}.requirements.yaml`)!
    if (!('requirements' in read)) throw new Error(JSON.stringify(read.faults))
    const traced = trace(read.requirements, testIds('.'))
    expect(traced.length).toBeGreaterThanOrEqual(count)
    expect(traced.filter((t) => t.absent.length > 0).map((t) => `${t.id}: no test ${t.absent.join(', ')}`)).toEqual([])
    expect(traced.filter((t) => (t.files.length === 0) === (t.gap === undefined)).map((t) => t.id)).toEqual([])
  },
)

test('[PAPER-19] only names of tests count: a mention in a comment or in a file that is no test verifies nothing', () => {
  const ids = testIds('.')
  // Named in this very comment, and nowhere else: [SRS-TE-S99].
  expect(ids.has('SRS-TE-S99')).toBe(false)
  expect(ids.get('PAPER-18')).toEqual(['cli/sis/srs.test.ts'])
})
