import { expect, test } from 'vitest'
import { newSaturation, saturate } from './steam.ts'

// IAPWS-IF97, evaluated from the equations of the release (whose own check values came out to the last digit): MPa, degC, kJ/kg, kg/m3.
const IF97 = [
  [0.2, 120.2115, 504.6838, 942.9351, 2706.2413, 1.129],
  [0.5, 151.8362, 640.1853, 915.2843, 2748.1076, 2.6681],
  [1, 179.8856, 762.6828, 887.1275, 2777.1195, 5.1454],
  [2, 212.3845, 908.6219, 849.798, 2798.3841, 10.0421],
  [4, 250.3575, 1087.426, 798.3582, 2800.8973, 20.0898],
  [6, 275.5864, 1213.7311, 757.9932, 2784.5617, 30.8179],
  [8.5, 299.2722, 1340.6994, 713.6299, 2750.9602, 45.6084],
  [10, 310.9995, 1407.8675, 688.4113, 2725.4726, 55.4521],
  [12, 324.6783, 1491.3271, 655.1665, 2685.5827, 70.0823],
] as const

test.each(IF97)('saturation at %f MPa is that of IF97 within what is said', (p, t, hw, rw, hs, rs) => {
  const s = newSaturation()
  saturate(p * 1e6, s)
  expect(Math.abs(s.t - 273.15 - t)).toBeLessThan(0.012)
  expect(Math.abs(s.hw / 1e3 - hw)).toBeLessThan(0.31)
  expect(Math.abs(s.rw - rw)).toBeLessThan(0.27)
  expect(Math.abs(s.hs / 1e3 - hs)).toBeLessThan(0.72)
  expect(Math.abs(s.rs / rs - 1)).toBeLessThan(7e-4)
})

test('slopes are those of the values', () => {
  const [a, b, s] = [newSaturation(), newSaturation(), newSaturation()]
  for (const p of [0.5e6, 3e6, 8.5e6, 12e6]) {
    saturate(p, s)
    saturate(p - 500, a)
    saturate(p + 500, b)
    for (const [value, slope] of [
      ['t', 'dt'],
      ['hw', 'dhw'],
      ['hs', 'dhs'],
      ['rw', 'drw'],
      ['rs', 'drs'],
    ] as const)
      expect(s[slope]).toBeCloseTo((b[value] - a[value]) / 1000, 4)
  }
})
