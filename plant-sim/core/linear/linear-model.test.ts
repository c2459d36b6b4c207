/** Linear models against their step responses in closed form, at steps that are no divisors of anything. */
import { expect, test } from 'vitest'
import { createLinearModel, type LinearSpec } from './linear-model.ts'

/** Output at 0, T, 2T, ... after a unit step at 0. */
function stepResponse(spec: LinearSpec, dt_s: number, count: number): number[] {
  const model = createLinearModel(spec, dt_s)
  return Array.from({ length: count }, () => {
    model.step(1)
    return model.y
  })
}

const worst = (spec: LinearSpec, dt_s: number, exact: (t: number) => number): number =>
  Math.max(
    ...stepResponse(spec, dt_s, 200).map((y, i) =>
      Math.abs(y - exact(Math.max(0, (i + 1) * dt_s - (spec.theta_s ?? 0)))),
    ),
  )

const lag = (t: number, tau: number): number => 1 - Math.exp(-t / tau)

const CASES: readonly [string, LinearSpec, (t: number) => number][] = [
  ['first order', { model: 'first_order', k: 2, tau_s: 7.3, theta_s: 0 }, (t) => 2 * lag(t, 7.3)],
  ['first order, dead time', { model: 'first_order', k: 2, tau_s: 7.3, theta_s: 2 }, (t) => 2 * lag(t, 7.3)],
  ['integrating', { model: 'integrating', k: 0.3, theta_s: 1.1 }, (t) => 0.3 * t],
  ['integrating with lag', { model: 'integrating', k: 0.3, lag_s: 4 }, (t) => 0.3 * (t - 4 * lag(t, 4))],
  [
    'two lags',
    { model: 'two_lags', k: 1.5, tau1_s: 6, tau2_s: 3, theta_s: 1 },
    (t) => 1.5 * (1 - (6 * Math.exp(-t / 6) - 3 * Math.exp(-t / 3)) / 3),
  ],
  [
    'two equal lags',
    { model: 'two_lags', k: 1.5, tau1_s: 5, tau2_s: 5 },
    (t) => 1.5 * (1 - (1 + t / 5) * Math.exp(-t / 5)),
  ],
  [
    'inverse response',
    { model: 'two_lags', k: 1, tau1_s: 10, tau2_s: 4, lead_s: -3, theta_s: 0.7 },
    // Partial fractions of (1 - 3s)/((10s+1)(4s+1)s).
    (t) => 1 - (13 / 6) * Math.exp(-t / 10) + (7 / 6) * Math.exp(-t / 4),
  ],
  [
    'underdamped',
    { model: 'second_order', k: 1, tau_s: 5, zeta: 0.3, theta_s: 2.05 },
    (t) => {
      const wd = Math.sqrt(1 - 0.09) / 5
      return 1 - Math.exp((-0.3 * t) / 5) * (Math.cos(wd * t) + ((0.3 / 5) * Math.sin(wd * t)) / wd)
    },
  ],
]

for (const [name, spec, exact] of CASES) {
  test(`[LIN-1] the step response of a ${name} plant is the closed form, at any period`, () => {
    for (const dt_s of [0.1, 0.25, 0.37, 3]) {
      // The jump of a plant with lead at the very moment of the dead time has two values: the sides are both right.
      expect(worst(spec, dt_s, exact)).toBeLessThan(1e-11)
    }
  })
}

test('[LIN-2] a gain with dead time passes every input, late by the dead time', () => {
  const model = createLinearModel({ model: 'gain', k: -2, theta_s: 3 }, 1)
  const seen = [1, 5, -2, 4, 0, 7, 8].map((u) => {
    model.step(u)
    return model.y
  })
  expect(seen).toEqual([0, 0, 0, 1, 5, -2, 4].map((u) => -2 * u))
})

test('[LIN-3] inputs that change are added up: a pulse is the difference of two steps', () => {
  const spec: LinearSpec = { model: 'second_order', k: 1.2, tau_s: 4, zeta: 1.7, theta_s: 0.33 }
  const model = createLinearModel(spec, 0.5)
  const step = stepResponse(spec, 0.5, 60)
  for (let i = 0; i < 60; i++) {
    model.step(i < 10 ? 1 : 0)
    expect(model.y).toBeCloseTo(step[i]! - (i < 10 ? 0 : step[i - 10]!), 12)
  }
})

test('[LIN-4] a snapshot goes on bit for bit', () => {
  const spec: LinearSpec = { model: 'two_lags', k: 1, tau1_s: 10, tau2_s: 4, lead_s: -3, theta_s: 1.3 }
  const [a, b] = [createLinearModel(spec, 0.5), createLinearModel(spec, 0.5)]
  for (let i = 0; i < 20; i++) a.step(Math.sin(i))
  b.load(a.save())
  for (let i = 20; i < 40; i++) {
    a.step(Math.sin(i))
    b.step(Math.sin(i))
    expect(b.y).toBe(a.y)
  }
  expect(() => b.load(new Float64Array(3))).toThrow(RangeError)
})

test('[LIN-5] parameters that no plant has are refused', () => {
  expect(() => createLinearModel({ model: 'first_order', k: 1, tau_s: 0 }, 1)).toThrow('tau 0')
  expect(() => createLinearModel({ model: 'first_order', k: 1, tau_s: 1, theta_s: -1 }, 1)).toThrow('dead time')
  expect(() => createLinearModel({ model: 'second_order', k: 1, tau_s: 1, zeta: Number.NaN }, 1)).toThrow('zeta')
  expect(() => createLinearModel({ model: 'gain', k: 1 }, 0)).toThrow('period')
})
