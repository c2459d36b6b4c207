import { expect, test } from 'vitest'
import { twoTank } from './two-tank.ts'

const TAU_S = 300
/** Of the feed valve: in front of the tanks. */
const LAG_S = 3

/** Level of tank 2 after a step of the feed by 10 %: 0.2 m at last. @returns shares of that at the times asked for */
function response(start: string, times_s: readonly number[]): number[] {
  const plant = twoTank({ start, noise: 'none' })
  plant.demand_pct[0]! += 10
  return times_s.map((t_s) => {
    plant.advance(t_s - plant.time_s)
    return (plant.clean[1]! - 1) / 0.2
  })
}

const TIMES_S = [60, 300, 600, 1200, 2400]

/** Lags in series at a step, all different: 1 - sum of tau_i^(n-1) e^(-t/tau_i) / prod (tau_i - tau_j). */
const lags = (t_s: number, taus: readonly number[]): number =>
  1 -
  taus
    .map((tau) => {
      const others = taus.filter((other) => other !== tau)
      return (
        (tau ** others.length * Math.exp(-t_s / tau)) / others.reduce((product, other) => product * (tau - other), 1)
      )
    })
    .reduce((sum, each) => sum + each, 0)

test('tanks apart answer as two lags of 300 s: 1 - (1 + t/tau) e^(-t/tau)', () => {
  const found = response('noninteracting', TIMES_S)
  TIMES_S.forEach((t_s, i) => {
    const closed = 1 - (1 + (t_s - LAG_S) / TAU_S) * Math.exp(-(t_s - LAG_S) / TAU_S)
    expect(found[i]).toBeCloseTo(closed, 3)
  })
})

// Coughanowr ch. 7: tau^2 s^2 + 3 tau s + 1, so time constants of 2.618 tau and 0.382 tau.
test('tanks beside each other answer as lags of 2.618 and 0.382 times 300 s: slower, though nothing was added', () => {
  const found = response('interacting', TIMES_S)
  TIMES_S.forEach((t_s, i) => {
    expect(found[i]).toBeCloseTo(lags(t_s, [2.618034 * TAU_S, 0.381966 * TAU_S, LAG_S]), 3)
  })
})

test('at rest the levels stay: 1 m and 1 m apart, 2 m and 1 m together', () => {
  for (const [start, levels] of [
    ['noninteracting', [1, 1]],
    ['interacting', [2, 1]],
  ] as const) {
    const plant = twoTank({ start, noise: 'none' })
    plant.advance(3600)
    expect([plant.clean[0], plant.clean[1]]).toEqual(levels.map((m) => expect.closeTo(m, 9)))
    expect(plant.clean[2]).toBeCloseTo(12, 9)
    expect(plant.clean[3]).toBeCloseTo(12, 9)
  }
})

test('what comes in goes out or is in the tanks', () => {
  const plant = twoTank({ start: 'interacting', noise: 'none' })
  plant.demand_pct[0] = 70
  plant.setDisturbance('LEAK1', true)
  let balance_m3 = 0
  const held = (): number => plant.clean[0]! + plant.clean[1]!
  const before = held()
  for (let i = 0; i < 3600; i++) {
    const [in_0, out_0] = [plant.clean[2]!, plant.clean[3]!]
    plant.advance(1)
    balance_m3 += (in_0 + plant.clean[2]! - out_0 - plant.clean[3]!) / 2 / 3600 - 2 / 3600
  }
  expect(held() - before).toBeCloseTo(balance_m3, 3)
})

test('a tank that overflows shuts the feed', () => {
  const plant = twoTank({ start: 'interacting', noise: 'none' })
  plant.demand_pct[0] = 100
  plant.advance(3600)
  expect(plant.trip?.cause).toBe('tank 1 level high')
  expect(plant.clean[2]).toBeCloseTo(0, 6)
})
