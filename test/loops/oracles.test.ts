// The model against numbers of the original: the same comparisons as `npm run oracles`, on the same files.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareGroup } from '../oracles/compare.ts'
import type { Outcome } from '../oracles/outcome.ts'

const DATA = join(import.meta.dirname, '../../../shared/data')
const MISSING = 'the reference numbers are missing: ../shared/data beside the checkout, with the folder tep'

test('[TEP-1] every file of reference numbers is within its tolerance', () => {
  expect(existsSync(join(DATA, 'tep')), MISSING).toBe(true)
  const outcomes = compare(DATA)
  const compared = outcomes.filter(({ status }) => status !== 'skipped')
  expect(compared.filter(({ status }) => status === 'FAIL')).toEqual([])
  // Each kind is there: a pattern that matches nothing would prove nothing.
  for (const kind of [
    'derivs_',
    'openloop_',
    '_converged_',
    'noiseoff',
    'noiseon',
    'walk_',
    'ricker/',
    'lcg',
    'modes',
  ]) {
    expect(
      compared.some(({ file }) => file.includes(kind)),
      kind,
    ).toBe(true)
  }
})

describe('[TEP-2] a folder with other files', () => {
  test('a value beyond the tolerance fails, and says where', () => {
    const outcome = withFile('derivs_9_changed.csv', (text) => changeCell(text, 2, 'YP7', (x) => x + 1))
    expect(outcome).toMatchObject({ status: 'FAIL', note: 'worst at line 2, YP7' })
  })

  test('a NaN fails, wherever it stands', () => {
    const outcome = withFile('derivs_9_nan.csv', (text) => changeCell(text, 3, 'XMEAS9', () => Number.NaN))
    expect(outcome).toMatchObject({ status: 'FAIL', worst: Number.NaN, note: 'worst at line 3, XMEAS9' })
  })

  test('a file cut short is named with the line', () => {
    const outcome = withFile(
      'derivs_9_short.csv',
      (text) => `${text.split('\n').slice(0, 3).join('\n')}\n4,A_random,1.0`,
    )
    expect(outcome.status).toBe('FAIL')
    expect(outcome.note).toContain('line 4 has 3 cells')
  })

  test('an unknown column is named, a missing one fails', () => {
    const extra = withFile('derivs_9_extra.csv', (text) => {
      return text
        .replace(/\r?\n$/, '')
        .split('\n')
        .map((line, i) => `${line.trim()},${i === 0 ? 'COLOUR' : 'grey'}`)
        .join('\n')
    })
    expect(extra).toMatchObject({ status: 'ok', note: 'unknown columns, not compared: COLOUR' })
    const missing = withFile('derivs_9_missing.csv', (text) => text.replace('VCVafter1,', 'COLOUR1,'))
    expect(missing).toMatchObject({ status: 'FAIL', note: 'no column VCVafter1' })
  })

  test('single-precision files are left out with a reason', () => {
    const outcome = withFile('openloop_base_euler1s_f32lit.csv', () => 'step\n0\n', 'derivs_1_t0_dev.csv')
    expect(outcome).toMatchObject({ status: 'skipped' })
    expect(outcome.note).toContain('single-precision')
  })

  test('the command ends 1 where something is beyond its tolerance, 2 where there is nothing', () => {
    const folder = scratch()
    const text = readFileSync(join(DATA, 'tep/derivs_3_stiction_dev.csv'), 'utf8')
    writeFileSync(
      join(folder, 'tep/derivs_3_stiction_dev.csv'),
      changeCell(text, 2, 'YP50', (x) => x + 100),
    )
    const bad = oracles('--data', folder, '--only', 'tep')
    expect(bad.stdout).toContain('FAIL')
    expect(bad.status).toBe(1)
    const none = oracles('--data', join(folder, 'nowhere'))
    expect(none.stderr).toContain('there is no folder')
    expect(none.status).toBe(2)
  })
})

function compare(data: string): Outcome[] {
  const outcomes: Outcome[] = []
  compareGroup(data, 'tep', (outcome) => outcomes.push(outcome))
  return outcomes
}

function scratch(): string {
  expect(existsSync(join(DATA, 'tep')), MISSING).toBe(true)
  const folder = mkdtempSync(join(tmpdir(), 'flyball-oracles-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'tep'))
  cpSync(join(DATA, 'tep/seeds.csv'), join(folder, 'tep/seeds.csv'))
  return folder
}

/** Outcome for one file made by changing a reference file. */
function withFile(name: string, change: (text: string) => string, from = 'derivs_3_stiction_dev.csv'): Outcome {
  const folder = scratch()
  writeFileSync(join(folder, 'tep', name), change(readFileSync(join(DATA, 'tep', from), 'utf8')))
  return compare(folder).find(({ file }) => file === `tep/${name}`)!
}

function changeCell(text: string, line: number, column: string, change: (x: number) => number): string {
  const lines = text.split('\n')
  const at = lines[0]!.trim().split(',').indexOf(column)
  const cells = lines[line - 1]!.split(',')
  cells[at] = String(change(Number(cells[at])))
  lines[line - 1] = cells.join(',')
  return lines.join('\n')
}

function oracles(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const launcher = join(import.meta.dirname, '../oracles/main.mjs')
  return spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8' })
}
