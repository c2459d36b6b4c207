import { expect, test } from 'vitest'
import { heatExchanger } from './heat-exchanger.ts'

test('at rest 0.8 kg/s of steam heats 12 kg/s from 50 to 90 degC, as in the book', () => {
  const plant = heatExchanger({ noise: 'none' })
  expect(plant.clean[3]).toBeCloseTo(0.8, 12)
  plant.advance(600)
  expect(plant.clean[0]).toBeCloseTo(90, 9)
})

// Smith and Corripio, 6-1.1: 50 degC/(kg/s) of steam, -3.33 degC/(kg/s) of flow, 1 of the inlet, all with 30 s.
test.each([
  ['steam', 0, 0.1, 0.0016, 50],
  ['flow', 1, 0.1, 0.024, -3.33],
] as const)('gain by %s is that of the linearised balance', (_, valve, pct, by_kgs, gain) => {
  const plant = heatExchanger({ noise: 'none', start: 'near' })
  plant.demand_pct[valve]! += pct
  plant.advance(600)
  expect((plant.clean[0]! - 90) / by_kgs).toBeCloseTo(gain, 1)
})

test('the steam acts with 30 s and the 3 s of its valve, and 10 s later at the end of the pipe', () => {
  const found = (start: string, t_s: number): number => {
    const plant = heatExchanger({ noise: 'none', start })
    plant.demand_pct[0]! += 1
    plant.advance(t_s)
    return (plant.clean[0]! - 90) / (0.016 * 50)
  }
  const closed = (t_s: number): number =>
    t_s <= 0 ? 0 : 1 - (30 * Math.exp(-t_s / 30) - 3 * Math.exp(-t_s / 3)) / (30 - 3)
  for (const t_s of [5, 10, 30, 60, 120]) {
    expect(Math.abs(found('near', t_s) - closed(t_s))).toBeLessThan(0.003)
    expect(Math.abs(found('base', t_s) - closed(t_s - 10))).toBeLessThan(0.005)
  }
})

test('half the flow is twice the dead time', () => {
  const arrival = (load_pct: number): number => {
    const plant = heatExchanger({ noise: 'none' })
    plant.demand_pct[0]! *= load_pct / 50
    plant.demand_pct[1] = load_pct
    plant.advance(1200)
    const before = plant.clean[0]!
    const from_s = plant.time_s
    plant.setDisturbance('INLET', true)
    while (Math.abs(plant.clean[0]! - before) < 0.01) plant.advance(0.1)
    return plant.time_s - from_s
  }
  expect(Math.abs(arrival(50) - 10)).toBeLessThan(0.4)
  expect(Math.abs(arrival(25) - 20)).toBeLessThan(0.6)
})

test('a proportional loop on the book’s exchanger swings at the ultimate gain, with its period of 28.7 s', () => {
  // 900 s^3 + 420 s^2 + 43 s + 1 + 0.8 Kc = 0: Kcu = 23.8 %/%, w^2 = 43/900. Sensor of 10 s, 50 to 150 degC, here beside the plant.
  const swing = (kc: number): { growth: number; period_s: number } => {
    const plant = heatExchanger({ noise: 'none', start: 'near' })
    const dt_s = 0.1
    let sensor = 90.02
    let last = sensor
    const peaks: [number, number][] = []
    let rising = false
    for (let i = 0; i < 4000; i++) {
      plant.demand_pct[0] = 50 + kc * (90 - sensor)
      plant.advance(dt_s)
      sensor += (1 - Math.exp(-dt_s / 10)) * (plant.clean[0]! - sensor)
      if (rising && sensor < last) peaks.push([plant.time_s, last - 90])
      rising = sensor > last
      last = sensor
    }
    const some = peaks.slice(2, 9)
    const [first, end] = [some[0]!, some.at(-1)!]
    return { growth: end[1] / first[1], period_s: (end[0] - first[0]) / (some.length - 1) }
  }
  expect(swing(22.5).growth).toBeLessThan(0.95)
  expect(swing(25).growth).toBeGreaterThan(1.05)
  expect(Math.abs(swing(23.8).period_s - 28.7)).toBeLessThan(0.5)
})

test('steam left open at little flow is the shutdown: it is shut', () => {
  const plant = heatExchanger({ noise: 'none' })
  plant.demand_pct[1] = 10
  plant.advance(300)
  expect(plant.trip?.cause).toBe('outlet temperature high')
  expect(plant.clean[3]).toBeLessThan(0.01)
})
