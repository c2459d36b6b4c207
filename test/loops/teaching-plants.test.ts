// The plants to learn on, with their strategies: every scenario passes, and the settings are those that their sources say.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSuite } from '../../cli/scenario/load.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
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
