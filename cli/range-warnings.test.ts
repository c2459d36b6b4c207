import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readInstruments, readStart } from './plant-files.ts'
import { rangeWarnings } from './range-warnings.ts'
import { buildStrategy } from './strategy-files.ts'

const STRATEGIES = join(import.meta.dirname, '../strategies')

/** A copy of the quadruple tank with something changed. */
function copyOf(file: string, from: string, to: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-ranges-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(join(STRATEGIES, 'quadruple-tank'), folder, { recursive: true })
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(join(folder, file), text.replace(from, to))
  return folder
}

async function warningsOf(folder: string): Promise<string[]> {
  const built = await buildStrategy(folder)
  const instruments = readInstruments(folder)
  if ('faults' in built || !('ok' in instruments)) throw new Error('the strategy is wrong')
  return rangeWarnings(folder, instruments.ok, built.artifact, built.model().modules)
}

test.each(['tennessee-eastman', 'quadruple-tank', 'two-tank', 'cstr', 'wood-berry', 'heat-exchanger'])(
  'the ranges of %s are the installed ones',
  async (strategy) => {
    expect(await warningsOf(join(STRATEGIES, strategy))).toEqual([])
  },
)

test('another range of a transmitter is said with both files and lines', async () => {
  const folder = copyOf('plant/instruments.yaml', 'register: 1, range: [0, 200]', 'register: 1, range: [0, 250]')
  const line = (file: string, words: string): number =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .findIndex((l) => l.includes(words)) + 1
  const warnings = await warningsOf(folder)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain(
    `plant/instruments.yaml:${line('plant/instruments.yaml', 'tag: LT-02')} LT-02 is 0 to 250 mm`,
  )
  expect(warnings[0]).toContain(
    `loops/tanks.yaml:${line('loops/tanks.yaml', 'tag: LI-02')} LI-02.AI1 takes RIO-1/AI/1 as 0 to 200`,
  )
})

test('so is another resolution of a point, which makes the same counts another current', async () => {
  const folder = copyOf('io/rio-1.yaml', 'AI/2: {register: 2}', 'AI/2: {register: 2, counts_per_unit: 2500}')
  const warnings = await warningsOf(folder)
  // 4 mA at 3000 counts are 4.8 mA at 2500: 5 % of 200 mm; 20 mA are 24 mA.
  expect(warnings).toEqual([expect.stringMatching(/LI-03\.AI1 takes RIO-1\/AI\/2 as 10 to 250$/)])
})

test('a start that the plant has not is said with its line', async () => {
  const folder = copyOf('plant/starts.yaml', 'nonminimum: {HC-10.OUT: 1', 'nonminimal: {HC-10.OUT: 1')
  const built = await buildStrategy(folder)
  if ('faults' in built) throw new Error('the strategy is wrong')
  const read = readStart(folder, 'minimum', built.artifact, 'quadruple-tank')
  expect(read).toEqual({
    wrong: [expect.stringMatching(/starts\.yaml:4:1 found 'nonminimal', expected a start of quadruple-tank/)],
  })
})
