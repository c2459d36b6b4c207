// The plants to learn on, with their strategies: every scenario passes, and the settings are those that their sources say.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readInstruments, readStart } from '../../cli/plant-files.ts'
import { loadSuite } from '../../cli/scenario/load.ts'
import { withStart } from '../../cli/starts.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { plantNamesOf } from '../../plant-sim/core/plants.ts'
import { createRun } from '../../simulation/run/run.ts'
import { createFieldRig } from '../../simulation/scenario/rig-field.ts'
import { createSuite } from '../../simulation/scenario/suite.ts'

const STRATEGIES = join(import.meta.dirname, '../../strategies')

test.each([
  ['quadruple-tank', 7],
  ['two-tank', 7],
  ['cstr', 9],
  ['wood-berry', 3],
  ['heat-exchanger', 7],
])('every scenario of %s passes', async (strategy, count) => {
  const loaded = await loadSuite(join(STRATEGIES, strategy))
  if ('lines' in loaded) throw new Error(loaded.lines.join('\n'))
  const suite = createSuite(loaded.options)
  if ('faults' in suite) throw new Error(JSON.stringify(suite.faults))
  const results = suite.scenarios.map((scenario) => suite.run(scenario))
  const failed = results.flatMap(({ scenario, failure }) =>
    failure === undefined ? [] : [`${scenario.name}: ${failure.expected}: ${failure.found}`],
  )
  expect(failed).toEqual([])
  expect(results.length).toBeGreaterThanOrEqual(count)
})

const STARTS = ['quadruple-tank', 'two-tank', 'cstr', 'wood-berry', 'heat-exchanger'].flatMap((plant) =>
  plantNamesOf(plant).starts.map((start) => [plant, start] as const),
)

test.each(STARTS)(
  '%s begins at %s without a bump: plant, set points and settings are of one state',
  async (plant, start) => {
    const built = await buildStrategy(join(STRATEGIES, plant))
    if ('faults' in built) throw new Error('the strategy is wrong')
    const [values, instruments] = [readStart(built.folder, start, built.artifact, plant), readInstruments(built.folder)]
    if (!('ok' in values && 'ok' in instruments)) throw new Error('the files of the plant are wrong')
    const artifact = withStart(built.artifact, values.ok)
    const rig = createFieldRig({ kind: 'rig', start, seed: 1, noise: false }, instruments.ok, artifact.tick_ms, 1)
    const run = createRun({ artifact, rig, hours: 0.25, start, seed: 1, sample_s: 60, actions: [] })
    const before = [...rig.plant.position_pct]
    run.advance(Number.POSITIVE_INFINITY)
    const { trip, valves } = run.record()
    expect(trip).toBeNull()
    for (const valve of valves) {
      const span = valve.position_pct_max - valve.position_pct_min
      expect(span, `${valve.tag} from ${before}`).toBeLessThan(1)
    }
  },
)

const flyball = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../cli/flyball.mjs'), ...args], { encoding: 'utf8' })

test('a plant runs from the command line by its own starts and disturbances', () => {
  const run = flyball(
    'run',
    'quadruple-tank',
    '--hours',
    '0.2',
    '--start',
    'nonminimum',
    '--disturbance',
    'PUMP1@2min',
    '--json',
  )
  expect(run.stderr).not.toContain('warning')
  expect(run.status).toBe(0)
  const figures = JSON.parse(run.stdout) as { plant: string; start: string; trip: unknown; events: { text: string }[] }
  expect(figures).toMatchObject({ plant: 'quadruple-tank', start: 'nonminimum', trip: null })
  expect(figures.events.map((e) => e.text)).toContain('PUMP1 on')
  const wrong = flyball('run', 'quadruple-tank', '--mode', '3', '--disturbance', 'LEAK3@2min')
  expect(wrong.status).toBe(2)
  expect(wrong.stderr).toContain("--mode: found '3', expected minimum or nonminimum")
  expect(wrong.stderr).toContain("found 'LEAK3'")
  expect(wrong.stderr).toContain('did you mean LEAK')
})

test('a range that is not the installed one is said, and it runs: the level is as wrong as it would be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-plant-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(join(STRATEGIES, 'quadruple-tank'), folder, { recursive: true })
  const file = join(folder, 'plant/instruments.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('register: 0, range: [0, 200]', 'register: 0, range: [0, 400]'))
  const run = flyball('run', folder, '--hours', '0.2')
  expect(run.stderr).toMatch(/warning: .*instruments\.yaml:\d+ LT-01 is 0 to 400 mm, but .*tanks\.yaml:\d+ LI-01\.AI1/)
  // The loop sees half of what is there and fills: for its set point the tank would have to hold 245 mm.
  expect(run.status).toBe(1)
  expect(run.stdout).toContain('tank 1 level high')
})

interface Complex {
  readonly re: number
  readonly im: number
}
const complex = (re: number, im = 0): Complex => ({ re, im })
const add = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im)
const times = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
const over = (a: Complex, b: Complex): Complex => {
  const square = b.re * b.re + b.im * b.im
  return complex((a.re * b.re + a.im * b.im) / square, (a.im * b.re - a.re * b.im) / square)
}
const size = (a: Complex): number => Math.sqrt(a.re * a.re + a.im * a.im)

// Luyben, Simple method for tuning SISO controllers in multivariable systems, Ind. Eng. Chem. Process Des. Dev. 25 (1986) 654: the
// biggest log modulus of W = det(I + G K) - 1 is 2 dB for each loop, and the settings for this column are these.
test('the settings of the column are those of the BLT rule: the biggest log modulus is 4 dB', async () => {
  const built = await buildStrategy(join(STRATEGIES, 'wood-berry'))
  if ('faults' in built) throw new Error('the strategy is wrong')
  const pid = (tag: string): Readonly<Record<string, string>> =>
    built
      .model()
      .modules.find((m) => m.tag === tag)!
      .blocks.find((b) => b.name === 'PID1')!.parameters
  // %/% of 4 lb/min and 10 mol%; reset in minutes.
  const kc = [Number(pid('AIC-01')['GAIN']) * 0.4, -Number(pid('AIC-02')['GAIN']) * 0.4]
  expect(kc).toEqual([expect.closeTo(0.375, 6), expect.closeTo(-0.075, 6)])
  const ti = ['AIC-01', 'AIC-02'].map((tag) => Number.parseFloat(pid(tag)['RESET']!) / 60)
  expect(ti).toEqual([expect.closeTo(8.29, 6), expect.closeTo(23.6, 6)])
  const w_max = Array.from({ length: 400 }, (_, i) => 0.01 * 10 ** (i / 200))
    .map((w) => {
      const s = complex(0, w)
      const g = (k: number, tau: number, theta: number): Complex =>
        over(
          times(complex(k), complex(Math.cos(w * theta), -Math.sin(w * theta))),
          add(complex(1), times(complex(tau), s)),
        )
      const c = (i: 0 | 1): Complex =>
        times(complex(kc[i]!), add(complex(1), over(complex(1), times(complex(ti[i]!), s))))
      const [g11, g12, g21, g22] = [g(12.8, 16.7, 1), g(-18.9, 21, 3), g(6.6, 10.9, 7), g(-19.4, 14.4, 3)]
      const [a, b] = [times(g11, c(0)), times(g22, c(1))]
      const cross = times(times(g12, c(1)), times(g21, c(0)))
      const both = add(add(a, b), add(times(a, b), times(complex(-1), cross)))
      return 20 * Math.log10(size(both) / size(add(complex(1), both)))
    })
    .reduce((a, b) => Math.max(a, b))
  expect(w_max).toBeGreaterThan(3.8)
  expect(w_max).toBeLessThan(4.2)
})
