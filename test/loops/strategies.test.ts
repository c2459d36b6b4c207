// The scenarios of the shipped strategies pass, fail where a loop is made worse, and are fast enough to be run at each save.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadSuite } from '../../cli/scenario/load.ts'
import { createSuite, type ScenarioResult } from '../../simulation/scenario/suite.ts'

const STRATEGIES = join(import.meta.dirname, '../../strategies')

async function run(strategy: string, wanted = ''): Promise<ScenarioResult[]> {
  const loaded = await loadSuite(strategy)
  if ('lines' in loaded) throw new Error(loaded.lines.join('\n'))
  const suite = createSuite(loaded.options)
  if ('faults' in suite) throw new Error(JSON.stringify(suite.faults))
  return suite.scenarios.filter(({ name }) => name.includes(wanted)).map((scenario) => suite.run(scenario))
}

const failed = (results: readonly ScenarioResult[]): string[] =>
  results
    .filter((r) => r.failure !== undefined)
    .map(({ scenario, failure }) => `${scenario.name}: ${failure!.expected}: ${failure!.found}`)

/** A copy of the bench to be changed. */
function benchCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-loops-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(join(STRATEGIES, 'bench'), folder, { recursive: true })
  return folder
}

test('[SCENARIO-1] every scenario of the tuning bench passes', async () => {
  const results = await run('bench')
  expect(failed(results)).toEqual([])
  for (const plant of ['FIC-101', 'TIC-201', 'LIC-301', 'LIC-401', 'PIC-501', 'column'])
    expect(
      results.some(({ scenario }) => scenario.name.includes(plant)),
      plant,
    ).toBe(true)
})

test('[SCENARIO-2] every scenario of the Tennessee Eastman strategy passes', async () => {
  const results = await run('tennessee-eastman')
  expect(failed(results)).toEqual([])
  expect(results.length).toBeGreaterThanOrEqual(9)
})

test('[SCENARIO-3] a loop that is made worse fails its scenarios', async () => {
  const folder = benchCopy()
  const file = join(folder, 'loops/loops.yaml')
  const text = readFileSync(file, 'utf8')
  const worse: readonly [string, string, string][] = [
    ['gain: 2.778, reset: 10s', 'gain: 5.5, reset: 10s', 'FIC-101 follows'],
    ['gain: 2.778, reset: 10s', 'gain: 1, reset: 10s', 'FIC-101 takes out a load'],
    ['gain: 2.5, reset: 60s, rate: 20s', 'gain: 2.5, reset: 60s, rate: 0', 'TIC-201 follows'],
    ['gain: 5, reset: 40s', 'gain: 5, reset: 8s', 'LIC-301 follows'],
    ['gain: 1.944, reset: 35s', 'gain: 4, reset: 35s', 'LIC-401 goes'],
    ['structure: pid', 'structure: pi_d', 'PIC-501 in Auto'],
    ['gain: 0.9375, reset: 8.29min', 'gain: 4, reset: 8.29min', 'the column'],
  ]
  for (const [from, to, name] of worse) {
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
    expect(failed(await run(folder, name)).length, `${to}: ${name}`).toBeGreaterThan(0)
  }
})

test('[SCENARIO-4] 100 modules with two scenarios each are played within 60 s', async () => {
  const folder = benchCopy()
  rmSync(join(folder, 'tests'), { recursive: true })
  rmSync(join(folder, 'displays'), { recursive: true })
  mkdirSync(join(folder, 'tests'))
  const each = (line: (i: number) => string): string => Array.from({ length: 100 }, (_, i) => line(i)).join('')
  writeFileSync(
    join(folder, 'loops/loops.yaml'),
    `area: BENCH\nmodules:\n${each(
      (i) =>
        `  - {tag: FIC-${i}, class: Loop@1, description: Flow, params: {gain: 2.778, reset: 10s, sp: 20}, io: {pv: RIO-1/AI/${i}, mv: RIO-1/AO/${i}}}\n`,
    )}`,
  )
  const io = readFileSync(join(folder, 'io/rio-1.yaml'), 'utf8')
  writeFileSync(
    join(folder, 'io/rio-1.yaml'),
    io
      .slice(0, io.indexOf('    inputs:'))
      .replace(/watchdog:.*/, 'watchdog: {time: 5s, time_register: 700, tripped_register: 700, rearm_register: 701}')
      .concat(`    inputs:\n${each((i) => `      AI/${i}: {register: ${i}}\n`)}`)
      .concat(`    outputs:\n${each((i) => `      AO/${i}: {register: ${i}, readback_register: ${300 + i}}\n`)}`),
  )
  for (let i = 0; i < 100; i++)
    writeFileSync(
      join(folder, `tests/fic-${i}.test.yaml`),
      `plant: {model: fopdt, k: 0.9, tau: 10s, theta: 2s, from: FIC-${i}.AO1, to: FIC-${i}.AI1, noise: 0.2%, seed: ${i + 1}}
tests:
  - name: FIC-${i} follows, and loses its transmitter
    steps:
      - {set: FIC-${i}.PID1.SP, to: 30, wait: steady, within: 3min}
      - {fault: RIO-1/AI/${i}, as: sensor_failure, for: 30s}
      - {expect: FIC-${i}.PID1.mode.actual == man, within: 1scan}
      - {expect: max_abs_change(FIC-${i}.AO1.OUT_EU) < 0.01%, during: fault}
      - {expect: FIC-${i}.PID1.mode.actual == auto, within: 2scans}
  - name: FIC-${i} loses its primary
    steps:
      - {set: FIC-${i}.PID1.SP, to: 60}
      - {kill: primary, at: 30s}
      - {expect: outputs_equal_to(without_kill), during: 1min}
`,
    )
  const began_ms = performance.now()
  const results = await run(folder)
  const took_s = (performance.now() - began_ms) / 1000
  expect(failed(results)).toEqual([])
  expect(results).toHaveLength(200)
  expect(took_s).toBeLessThan(60)
})
