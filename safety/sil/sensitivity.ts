/** How the figure of a safety function moves when one assumption moves: which one is worth a better number. */
import { type Sil, silOfPfd, silOfPfh } from './bands.ts'
import { whileBypassed, withBypass } from './bypass.ts'
import { pfdClosedForm, pfhClosedForm } from './closed-form.ts'
import { ratesOf } from './rates-of.ts'
import type { Sif, Subsystem } from './sif.ts'

export interface Sensitivity {
  readonly subsystem: string
  readonly parameter: 'test interval' | 'beta' | 'test coverage'
  readonly change: string
  /** Closed form of the whole function with the change. */
  readonly figure: number
  /** Over that without it. */
  readonly ratio: number
  readonly silByFigure: Sil
}

export function sensitivities(sif: Sif): readonly Sensitivity[] {
  const base = figureOf(sif)
  const band = sif.demand === 'low' ? silOfPfd : silOfPfh
  return sif.subsystems.flatMap(({ subsystem }) =>
    CHANGES.filter(({ parameter }) => parameter !== 'beta' || subsystem.architecture.n > subsystem.architecture.m).map(
      ({ parameter, change, apply }) => {
        const figure = figureOf({
          ...sif,
          subsystems: sif.subsystems.map((use) =>
            use.subsystem === subsystem ? { ...use, subsystem: apply(subsystem) } : use,
          ),
        })
        return {
          subsystem: subsystem.id,
          parameter,
          change,
          figure,
          ratio: base === 0 ? 1 : figure / base,
          silByFigure: band(figure),
        }
      },
    ),
  )
}

/**
 * Longest common factor on all test intervals with which the figure alone still keeps to the target, 1; at most 16. Below 1 the
 * tests are too rare as they are; 0 where no interval helps.
 */
export function testIntervalReserve(sif: Sif): number {
  const band = sif.demand === 'low' ? silOfPfd : silOfPfh
  const holds = (factor: number): boolean =>
    band(
      figureOf({
        ...sif,
        subsystems: sif.subsystems.map((use) => ({ ...use, subsystem: scaled(use.subsystem, factor) })),
      }),
    ) >= sif.target
  if (holds(16)) return 16
  let [low, high] = [0, 16]
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

const scaled = (subsystem: Subsystem, factor: number): Subsystem => ({
  ...subsystem,
  testInterval_h: subsystem.testInterval_h * factor,
})

const withCoverage = (subsystem: Subsystem, change: (coverage: number) => number): Subsystem => ({
  ...subsystem,
  elements: subsystem.elements.map((e) => ({
    ...e,
    coverage: Math.max(e.partialStrokeCoverage, Math.min(1, change(e.coverage))),
  })),
})

const withBeta = (subsystem: Subsystem, factor: number): Subsystem => ({
  ...subsystem,
  beta: Math.min(1, subsystem.beta * factor),
  beta_D: Math.min(1, subsystem.beta_D * factor),
})

const CHANGES: readonly {
  readonly parameter: Sensitivity['parameter']
  readonly change: string
  readonly apply: (subsystem: Subsystem) => Subsystem
}[] = [
  { parameter: 'test interval', change: 'half', apply: (s) => scaled(s, 0.5) },
  { parameter: 'test interval', change: 'double', apply: (s) => scaled(s, 2) },
  { parameter: 'beta', change: 'half', apply: (s) => withBeta(s, 0.5) },
  { parameter: 'beta', change: 'double', apply: (s) => withBeta(s, 2) },
  { parameter: 'test coverage', change: '10 points less', apply: (s) => withCoverage(s, (c) => c - 0.1) },
  { parameter: 'test coverage', change: '100 %', apply: (s) => withCoverage(s, () => 1) },
]

function figureOf(sif: Sif): number {
  const closed = sif.demand === 'low' ? pfdClosedForm : pfhClosedForm
  let sum = 0
  for (const { subsystem, count } of sif.subsystems) {
    const rates = ratesOf(subsystem)
    const bypassed = whileBypassed(rates, subsystem.bypassVote, (r) => closed(r).total)
    sum += count * withBypass(closed(rates).total, bypassed, subsystem.bypass_h_per_y / 8760)
  }
  return sum
}
