// PFDavg and PFH: published figures, limits that a pocket calculator gives, and the two models against each other.
import { expect, test } from 'vitest'
import { pfdClosedForm, pfhClosedForm } from './closed-form.ts'
import { betaFactor } from './common-cause.ts'
import { pfdIsaTr84 } from './isa-tr84.ts'
import { pfdMarkov, pfhMarkov, STATES_MAX } from './markov.ts'
import { stateCount } from './markov-states.ts'
import { architectureText, parseArchitecture, type SubsystemRates } from './subsystem.ts'
import { transient } from './transient.ts'

const rates = (architecture: string, lambda_DU_per_h: number, more: Partial<SubsystemRates> = {}): SubsystemRates => ({
  architecture: parseArchitecture(architecture)!,
  undetected: [{ lambda_per_h: lambda_DU_per_h, interval_h: 8760 }],
  lambda_DD_per_h: 0,
  lambda_SD_per_h: 0,
  beta: 0,
  beta_D: 0,
  mttr_h: 8,
  mrt_h: 8,
  switchOver: 1,
  ...more,
})

test('[SIL-3.1] the worked example of IEC 61508-6 annex B, to the two digits printed', () => {
  const sensors = rates('2oo3', 0.25e-6, { lambda_DD_per_h: 2.25e-6, beta: 0.2, beta_D: 0.1 })
  expect(pfdClosedForm(sensors).total).toBeCloseTo(2.3e-4, 5)
  const valve = rates('1oo1', 1e-6, { lambda_DD_per_h: 1.5e-6 })
  expect(pfdClosedForm(valve).total / 4.4e-3).toBeCloseTo(1, 2)
})

test('[SIL-3.1] without repair time and common cause the closed forms are the simplified ones', () => {
  const x = 1e-7 * 8760
  const forms = { '1oo1': x / 2, '1oo2': x ** 2 / 3, '2oo2': x, '2oo3': x ** 2, '1oo3': x ** 3 / 4, '2oo4': x ** 3 }
  for (const [architecture, pfd] of Object.entries(forms)) {
    const bare = rates(architecture, 1e-7, { mttr_h: 0, mrt_h: 0 })
    expect(pfdClosedForm(bare).total / pfd, architecture).toBeCloseTo(1, 12)
    const isa = { architecture, lambda_DU_per_h: 1e-7, lambda_DD_per_h: 0, beta: 0, interval_h: 8760, mttr_h: 0 }
    expect(pfdIsaTr84(isa)! / pfd, architecture).toBeCloseTo(1, 12)
  }
})

test('[SIL-3.1] a test that finds a part only, with and without partial strokes', () => {
  // lDU [Cp Tp / 2 + (PTC - Cp) T1 / 2 + (1 - PTC) Tm / 2], repair taking no time.
  const undetected = [
    { lambda_per_h: 0.4e-6, interval_h: 730 },
    { lambda_per_h: 0.5e-6, interval_h: 8760 },
    { lambda_per_h: 0.1e-6, interval_h: 87600, renews: true as const },
  ]
  const valve = rates('1oo1', 0, { undetected, mttr_h: 0, mrt_h: 0 })
  const expected = 0.4e-6 * 365 + 0.5e-6 * 4380 + 0.1e-6 * 43800
  expect(pfdClosedForm(valve).total / expected).toBeCloseTo(1, 12)
  // The same by the integral of 1 - exp over the mission, month by month.
  let working_h = 0
  for (let month = 0; month < 120; month++) {
    const left = Math.exp(-0.5e-6 * 730 * (month % 12) - 0.1e-6 * 730 * month)
    working_h += (left * -Math.expm1(-1e-6 * 730)) / 1e-6
  }
  expect(pfdMarkov(valve)! / (1 - working_h / 87600)).toBeCloseTo(1, 9)
})

test('[SIL-3.1] redundant channels with imperfect tests: the mean of the vote over independent channels', () => {
  // Repair taking no time and nothing in common, each channel is down with q(t); 1oo2 fails with q^2, 2oo3 with 3 q^2 - 2 q^3.
  const undetected = [
    { lambda_per_h: 0.4e-5, interval_h: 1095 },
    { lambda_per_h: 0.5e-5, interval_h: 8760 },
    { lambda_per_h: 0.1e-5, interval_h: 43800, renews: true as const },
  ]
  const bare = { undetected, mttr_h: 0, mrt_h: 0 }
  const votes = { '1oo2': (q: number) => q * q, '2oo3': (q: number) => 3 * q * q - 2 * q * q * q }
  for (const [architecture, fails] of Object.entries(votes)) {
    let sum = 0
    const STEPS = 438_000
    for (let i = 0; i < STEPS; i++) {
      const t_h = (i + 0.5) * (43800 / STEPS)
      sum += fails(-Math.expm1(-0.4e-5 * (t_h % 1095) - 0.5e-5 * (t_h % 8760) - 0.1e-5 * t_h))
    }
    expect(pfdMarkov(rates(architecture, 0, bare))! / (sum / STEPS), architecture).toBeCloseTo(1, 7)
  }
})

test('[SIL-3.1] an occasion that is no multiple of another is kept at its own time', () => {
  // Tests at 3000, 6000 and 8760 h, then anew: two intervals of 3000 h and one of 2760 h for the part they find.
  const undetected = [
    { lambda_per_h: 1e-5, interval_h: 3000 },
    { lambda_per_h: 1e-12, interval_h: 8760 },
  ]
  const down_h = (span_h: number): number => span_h + Math.expm1(-1e-5 * span_h) / 1e-5
  const expected = (2 * down_h(3000) + down_h(2760)) / 8760
  expect(pfdMarkov(rates('1oo1', 0, { undetected, mrt_h: 0 }))! / expected).toBeCloseTo(1, 6)
})

test('[SIL-3.3] closed form and Markov model agree where lDU T1 is small, and the closed form is never the lower', () => {
  for (const architecture of ['1oo1', '1oo2', '2oo2', '2oo3', '1oo3', '2oo4']) {
    const subsystem = rates(architecture, 2e-7, { lambda_DD_per_h: 3e-7, beta: 0.1, beta_D: 0.05 })
    for (const ratio of [
      pfdClosedForm(subsystem).total / pfdMarkov(subsystem)!,
      pfhClosedForm(subsystem).total / pfhMarkov(subsystem)!,
    ]) {
      expect(ratio, architecture).toBeGreaterThanOrEqual(1 - 1e-9)
      expect(ratio, architecture).toBeLessThan(1.07)
    }
  }
})

test('[SIL-3.1] 1oo2D without safe detected failures and with a sure switch-over lies near 1oo2', () => {
  const more = { lambda_DD_per_h: 1e-9, beta: 0.1, beta_D: 0.05 }
  const with_D = rates('1oo2D', 1e-7, more)
  expect(pfdClosedForm(with_D).total / pfdClosedForm(rates('1oo2', 1e-7, more)).total).toBeCloseTo(1, 2)
  expect(pfdMarkov(with_D)! / pfdClosedForm(with_D).total).toBeCloseTo(1, 1)
  expect(pfdMarkov(with_D)! / pfdMarkov(rates('1oo2', 1e-7, more))!).toBeCloseTo(1, 3)
})

test('[SIL-3.1] a switch-over that fails makes every detected failure of 1oo2D dangerous while it lasts', () => {
  const sure = rates('1oo2D', 1e-9, { lambda_DD_per_h: 1e-6, beta_D: 0 })
  const never = { ...sure, switchOver: 0 }
  // 2 lDD MTTR of two channels; what the model has besides is negligible.
  expect(pfdMarkov(never)! / (2 * 1e-6 * 8)).toBeCloseTo(1, 2)
  expect(pfdMarkov(sure)!).toBeLessThan(1e-8)
  expect(pfhClosedForm(never).total / 2e-6).toBeCloseTo(1, 2)
  expect(pfhMarkov(never)! / 2e-6).toBeCloseTo(1, 2)
})

test('[SIL-3.1] where one failure disables, PFH is the sum of the channels in both models', () => {
  for (const [architecture, channels] of [
    ['1oo1', 1],
    ['2oo2', 2],
  ] as const) {
    const subsystem = rates(architecture, 1e-6, { lambda_DD_per_h: 1e-6 })
    expect(pfhClosedForm(subsystem).total / (channels * 1e-6)).toBeCloseTo(1, 12)
    expect(pfhMarkov(subsystem)! / (channels * 1e-6)).toBeCloseTo(1, 9)
  }
})

test('what never fails has no figure, and only detected failures leave their repair time', () => {
  expect(pfdClosedForm(rates('2oo3', 0)).total).toBe(0)
  expect(pfhClosedForm(rates('1oo2D', 0)).total).toBe(0)
  expect(pfdMarkov(rates('1oo1', 0))).toBe(0)
  const detected = rates('1oo1', 0, { undetected: [], lambda_DD_per_h: 1e-5 })
  expect(pfdMarkov(detected)! / (8e-5 / (1 + 8e-5))).toBeCloseTo(1, 6)
  expect(pfhMarkov(detected)).toBe(0)
})

test('many channels of many kinds have a closed form only', () => {
  const many = rates('4oo16', 1e-7, { beta: 0.1 })
  expect(stateCount(many)).toBeGreaterThan(STATES_MAX)
  expect(pfdMarkov(many)).toBeUndefined()
  expect(pfhMarkov(many)).toBeUndefined()
  expect(pfdClosedForm(many).total).toBeGreaterThan(0)
})

test('architectures by their text', () => {
  for (const text of ['1oo1', '2oo3', '1oo2D', '4oo16']) expect(architectureText(parseArchitecture(text)!)).toBe(text)
  for (const text of ['3oo2', '0oo1', '1oo17', '2oo3D', '2 of 3', '']) expect(parseArchitecture(text)).toBeUndefined()
  expect(betaFactor(2, 3)).toBe(1.5)
  expect(betaFactor(1, 1)).toBeUndefined()
})

test('a chain of two states: what is left, and the hours spent, by the exponential', () => {
  const { end, spent_h } = transient(2, [{ from: 0, to: 1, rate_per_h: 0.125 }], 1000)
  expect(end[0]! / Math.exp(-125)).toBeCloseTo(1, 9)
  expect(spent_h[0]!).toBeCloseTo(8, 9)
  expect(spent_h[1]!).toBeCloseTo(992, 9)
  expect([...transient(1, [], 5).spent_h]).toEqual([5])
})
