// From figures to a claim: bands, architecture, systematic capability, bypass, sensitivities.
import { expect, test } from 'vitest'
import { safeFailureFraction, silByRoute1H, silByRoute2H } from './architectural-limit.ts'
import { silOfPfd, silOfPfh } from './bands.ts'
import { bypassedVote, withBypass } from './bypass.ts'
import { evaluateSif } from './evaluate.ts'
import { sensitivities, testIntervalReserve } from './sensitivity.ts'
import type { Element, Sif, Subsystem } from './sif.ts'
import { architectureText, parseArchitecture } from './subsystem.ts'

const element = (more: Partial<Element> = {}): Element => ({
  id: 'element',
  type: 'A',
  lambda_DU_per_h: 1e-7,
  lambda_DD_per_h: 0,
  lambda_SU_per_h: 2e-7,
  lambda_SD_per_h: 0,
  capability: 3,
  coverage: 1,
  partialStrokeCoverage: 0,
  source: 'test',
  ...more,
})

const subsystem = (vote: string, more: Partial<Subsystem> = {}): Subsystem => ({
  id: vote,
  role: 'sensor',
  architecture: parseArchitecture(vote)!,
  elements: [element()],
  beta: 0,
  beta_D: 0,
  testInterval_h: 8760,
  mission_h: 87600,
  mttr_h: 0,
  mrt_h: 0,
  switchOver: 1,
  bypass_h_per_y: 0,
  bypassVote: 'keep',
  diversity: '',
  ...more,
})

const sif = (subsystems: readonly Subsystem[], more: Partial<Sif> = {}): Sif => ({
  id: 'S1',
  name: 'test',
  demand: 'low',
  target: 2,
  route: '1H',
  essential: '',
  subsystems: subsystems.map((s) => ({ subsystem: s, count: 1 })),
  ...more,
})

test('[SIL-3.1] bands: the upper end is the worse, and what is no number has none', () => {
  expect([0.1, 0.0999, 0.01, 9.9e-3, 1e-3, 9.9e-4, 1e-4, 9.9e-5, 1e-9].map(silOfPfd)).toEqual([
    0, 1, 1, 2, 2, 3, 3, 4, 4,
  ])
  expect([1e-5, 9.9e-6, 1e-6, 9.9e-7, 1e-7, 9.9e-8, 1e-8, 9.9e-9].map(silOfPfh)).toEqual([0, 1, 1, 2, 2, 3, 3, 4])
  expect([Number.NaN, -1, Number.POSITIVE_INFINITY].map(silOfPfd)).toEqual([0, 0, 0])
})

test('[SIL-3.1] route 1H: both tables, cell by cell', () => {
  const withSff = (type: 'A' | 'B', sff_pct: number) => ({
    type,
    lambda_S_per_h: sff_pct,
    lambda_DD_per_h: 0,
    lambda_DU_per_h: 100 - sff_pct,
  })
  const table = (type: 'A' | 'B') =>
    [0, 1, 2].map((hft) => [59, 60, 90, 99].map((sff) => silByRoute1H(withSff(type, sff), hft)).join('/'))
  expect(table('A')).toEqual(['1/2/3/3', '2/3/4/4', '3/4/4/4'])
  expect(table('B')).toEqual(['0/1/2/3', '1/2/3/4', '2/3/4/4'])
  expect(silByRoute1H(withSff('B', 59), 5)).toBe(2)
})

test('[SIL-3.1] route 2H: fault tolerance by demand, and the diagnostics of a type B element', () => {
  const simple = { type: 'A' as const, lambda_S_per_h: 0, lambda_DD_per_h: 0, lambda_DU_per_h: 1 }
  expect([0, 1, 2].map((hft) => silByRoute2H(simple, hft, 'low'))).toEqual([2, 3, 4])
  expect([0, 1, 2].map((hft) => silByRoute2H(simple, hft, 'high'))).toEqual([1, 3, 4])
  expect(silByRoute2H({ ...simple, type: 'B', lambda_DD_per_h: 1 }, 1, 'low')).toBe(0)
  expect(silByRoute2H({ ...simple, type: 'B', lambda_DD_per_h: 1.5 }, 1, 'low')).toBe(3)
})

test('[SIL-3.1] SFF of the published flow meter', () => {
  const rota = { type: 'B' as const, lambda_S_per_h: 132e-9, lambda_DD_per_h: 4e-9, lambda_DU_per_h: 62e-9 }
  expect(safeFailureFraction(rota)).toBeCloseTo(0.687, 3)
})

test('[SIL-3.1] the SIL achieved is the least of figure, architecture and systematic capability', () => {
  // 1oo1, lDU T1 / 2 = 4.4e-4 is SIL 3 by its figure, SFF 67 % type A at HFT 0 is SIL 2, SC 3.
  const byArchitecture = evaluateSif(sif([subsystem('1oo1')]))
  expect(byArchitecture).toMatchObject({
    silByFigure: 3,
    silByArchitecture: 2,
    silBySystematic: 3,
    achieved: 2,
    met: true,
  })
  expect(byArchitecture.figure).toBeCloseTo(4.38e-4, 9)
  const bySystematic = evaluateSif(sif([subsystem('1oo1', { elements: [element({ capability: 1 })] })]))
  expect(bySystematic).toMatchObject({ achieved: 1, met: false })
  expect(bySystematic.reasons.join()).toContain('systematic')
  const byFigure = evaluateSif(
    sif([subsystem('1oo1', { elements: [element({ lambda_DU_per_h: 4e-6, lambda_SU_per_h: 9e-6 })] })]),
  )
  expect(byFigure).toMatchObject({ silByFigure: 1, achieved: 1, met: false })
})

test('[SIL-3.1] independence of the channels raises the systematic capability by one, with redundancy only', () => {
  const diverse = { diversity: 'two principles, two makers', elements: [element({ capability: 2 })] }
  expect(evaluateSif(sif([subsystem('1oo2', diverse)])).silBySystematic).toBe(3)
  expect(evaluateSif(sif([subsystem('1oo1', diverse)])).silBySystematic).toBe(2)
})

test('[SIL-3.1] subsystems add up, so many times as they stand there', () => {
  const one = evaluateSif(sif([subsystem('1oo1')])).closedForm
  const sum = evaluateSif({
    ...sif([]),
    subsystems: [
      { subsystem: subsystem('1oo1'), count: 3 },
      { subsystem: subsystem('2oo2', { id: 'b' }), count: 1 },
    ],
  })
  expect(sum.closedForm / (5 * one)).toBeCloseTo(1, 12)
})

test('[SIL-3.3] Markov counts where lDU T1 is large or DC 99 %, and different bands are no claim', () => {
  const loose = subsystem('1oo1', { elements: [element({ lambda_DU_per_h: 2e-5, lambda_SU_per_h: 1e-4 })] })
  expect(evaluateSif(sif([loose], { target: 1 })).basis).toBe('Markov')
  const covered = subsystem('1oo1', { mttr_h: 8, elements: [element({ lambda_DD_per_h: 9.9e-6 })] })
  expect(evaluateSif(sif([covered])).basis).toBe('Markov')
  expect(evaluateSif(sif([subsystem('1oo1')])).basis).toBe('closed form')
  // lDU T1 / 2 = 0.1002, 1 - (1 - e^-x) / x = 0.0939: none by the one, SIL 1 by the other.
  const apart = subsystem('1oo1', { elements: [element({ lambda_DU_per_h: 0.2004 / 8760, lambda_SU_per_h: 1e-4 })] })
  const result = evaluateSif(sif([apart], { target: 1 }))
  expect(result.markov!).toBeCloseTo(0.0939, 3)
  expect(result).toMatchObject({ achieved: 0, met: false, silByFigure: 1 })
  expect(result.reasons[0]).toContain('different bands')
})

test('[SIL-2.2] the vote that a bypass leaves is that of the table', () => {
  const left = (vote: string, how: 'keep' | 'reduce') => {
    const after = bypassedVote(parseArchitecture(vote)!, 1, how)
    return after === undefined ? 'inhibited' : architectureText(after)
  }
  const votes = ['1oo1', '1oo2', '2oo2', '2oo3', '1oo3', '2oo4', '3oo4']
  expect(votes.map((v) => left(v, 'keep'))).toEqual(['inhibited', '1oo1', 'inhibited', '2oo2', '1oo2', '2oo3', '3oo3'])
  expect(votes.map((v) => left(v, 'reduce'))).toEqual(['inhibited', '1oo1', '1oo1', '1oo2', '1oo2', '1oo3', '2oo3'])
})

test('[SIL-3.1] bypass time: (1 - f) PFD + f PFD bypassed, and an inhibited function always fails', () => {
  expect(withBypass(1e-3, 1e-2, 0.1)).toBeCloseTo(1.9e-3, 12)
  // 87.6 h a year, f = 0.01, of a 1oo1 with 4.38e-4.
  const result = evaluateSif(sif([subsystem('1oo1', { bypass_h_per_y: 87.6 })]))
  expect(result.closedForm).toBeCloseTo(0.99 * 4.38e-4 + 0.01, 9)
  expect(result.markov!).toBeCloseTo(result.closedForm, 6)
})

test('[SIL-3.1] high demand is judged by PFH, and a risk reduction asked for is held', () => {
  expect(evaluateSif(sif([subsystem('1oo1')], { demand: 'high' }))).toMatchObject({ figure: 1e-7, silByFigure: 2 })
  const result = evaluateSif(sif([subsystem('1oo1')], { rrf_min: 5000 }))
  expect(result.reasons).toEqual(['risk reduction 2.28e+3, 5000 asked'])
})

test('[SIL-3.1] partial strokes are credited only where they are made', () => {
  const elements = [element({ partialStrokeCoverage: 0.5 })]
  const without = evaluateSif(sif([subsystem('1oo1', { elements })])).closedForm
  const monthly = evaluateSif(sif([subsystem('1oo1', { elements, partialStroke_h: 730 })])).closedForm
  expect(without).toBeCloseTo(4.38e-4, 9)
  expect(monthly).toBeCloseTo(1e-7 * (0.5 * 365 + 0.5 * 4380), 12)
})

test('sensitivities: half the interval is half the figure of a single channel, and the reserve is where the band ends', () => {
  const single = sif([subsystem('1oo1')])
  const found = sensitivities(single)
  expect(found.find((s) => s.parameter === 'test interval' && s.change === 'half')!.ratio).toBeCloseTo(0.5, 9)
  expect(found.some((s) => s.parameter === 'beta')).toBe(false)
  // 10 points less coverage: 0.9 T1 / 2 + 0.1 Tm / 2 over T1 / 2.
  expect(found.find((s) => s.change === '10 points less')!.ratio).toBeCloseTo(1.9, 9)
  expect(testIntervalReserve(sif([subsystem('1oo1', { elements: [element({ lambda_DU_per_h: 1e-6 })] })]))).toBeCloseTo(
    0.01 / 4.38e-3,
    5,
  )
  expect(testIntervalReserve(single)).toBe(16)
})
