import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunRecord } from '../../simulation/run/record.ts'
import { compareRuns, comparisonText, renderComparison } from './comparison.ts'
import { renderReport } from './report.ts'
import { readRunFile, renderRunFile, type StoredRun } from './run-file.ts'

/** A run of two hours by hand: figures that can be read off. */
function stored(name: string, change: Partial<RunRecord> = {}): StoredRun {
  const column = { label: 'LIC-1 Level', unit: 'm', decimals: 2, lo: 0, hi: 3, limits: [], main: true }
  const run: RunRecord = {
    strategy: 'Tank',
    artifact: 'abcdefabcdefabcdef',
    plant: 'tank',
    scheme: 'converged',
    start: 'full',
    seed: 1,
    hours: 2,
    ran_s: 7200,
    scans: 7200,
    sample_s: 3600,
    columns: [{ ...column, key: 'LIC-1.PV' }],
    t_s: Float64Array.of(1, 3600, 7200),
    values: [Float64Array.of(1, Number.NaN, 2)],
    events: [
      { at_s: 10, kind: 'alarm', text: 'LIC-1 alarms 1' },
      { at_s: 20, kind: 'note', text: 'a call' },
    ],
    trip: null,
    cost: { mean_per_h: 10, total: 20, last_per_h: 10 },
    margins: [
      {
        name: 'level',
        unit: 'm',
        side: 'high',
        normal: Number.POSITIVE_INFINITY,
        trip: 3,
        worst: 2,
        worst_at_s: 7200,
        margin: 1,
        outside_normal_s: 90,
      },
    ],
    valves: [{ tag: 'FV-1', travel_pct: 40, reversals: 3, position_pct_min: 1, position_pct_max: 2 }],
    ...change,
  }
  return { name, run, score: null }
}

test('[CMP-1] margins, cost, valve travel and alarms of two runs stand beside each other', () => {
  const other = stored('b', { ran_s: 3600, trip: { cause: 'level high', at_s: 3600 } })
  const { rows } = compareRuns([stored('a'), other])
  const row = (what: string) => rows.find((r) => r.what === what)!.values
  expect(row('ran')).toEqual([2, 1])
  expect(row('shut down at')).toEqual([Number.NaN, 1])
  expect(row('valve travel')).toEqual([20, 40])
  expect(row('alarm events')).toEqual([1, 1])
  expect(row('commands of operators')).toEqual([0, 0])
  expect(row('margin to shutdown, level high')).toEqual([1, 1])
  expect(row('outside normal, level high')).toEqual([1.5, 1.5])
  expect(comparisonText(compareRuns([stored('a'), other]))).toMatch(/shut down at\s+- {2}1\.000 {2}h/)
})

test('[CMP-2] a run comes back from its file as it was, gaps and endless limits too', () => {
  const dir = mkdtempSync(join(tmpdir(), 'flyball-compare-'))
  try {
    const path = join(dir, 'a.json')
    writeFileSync(path, renderRunFile(stored('a')))
    expect(readRunFile(path)).toEqual(stored('a'))
    writeFileSync(path, '{"format":"x"}')
    expect(() => readRunFile(path)).toThrow(/found format "x", expected/)
    expect(() => readRunFile(join(dir, 'no.json'))).toThrow(/no\.json.*expected a run/)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('[CMP-3] the plots have a pen per run, and a run that is shorter ends where it ended', () => {
  const short = stored('<b>', { t_s: Float64Array.of(1, 3600), values: [Float64Array.of(1, 1.5)], ran_s: 3600 })
  const html = renderComparison([stored('a'), short])
  expect(html).toContain('&lt;b&gt;')
  expect(html).toMatch(/stroke="#8A4B00"/)
  expect(html).toContain('<th>difference</th>')
})

test('[RPT-4] a plant without prices has no cost in its figures and no chart of it', () => {
  const column = {
    key: 'cost',
    label: 'Operating cost',
    unit: '$/h',
    decimals: 1,
    lo: 0,
    hi: 500,
    limits: [],
    main: true,
  }
  const both = (total: number) => {
    const run = stored('a', {
      columns: [column],
      values: [Float64Array.of(total, total, total)],
      cost: { mean_per_h: total / 2, total, last_per_h: total / 2 },
    })
    return `${renderReport(run.run)}${renderComparison([run, run])}`
  }
  expect(both(0)).not.toMatch(/cost/i)
  expect(both(20).match(/<svg[^>]*Operating cost/g)).toHaveLength(2)
})
