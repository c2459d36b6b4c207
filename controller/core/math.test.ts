import { expect, test } from 'vitest'
import { exp, oneMinusExp, smoothing } from './math.ts'

test('e^x is within two units in the last place of the library', () => {
  for (let i = -7000; i <= 7000; i += 13) {
    const x = i / 10
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(4.5e-16)
  }
  expect([exp(0), exp(-800), exp(800)]).toEqual([1, 0, Number.POSITIVE_INFINITY])
})

test('1 - e^-x keeps its digits near zero', () => {
  for (const x of [1e-12, 1e-6, 0.01, 0.3, 0.34999, 0.36, 5]) {
    expect(Math.abs(oneMinusExp(x) / -Math.expm1(-x) - 1)).toBeLessThan(4.5e-16)
  }
  expect([smoothing(1, 0), oneMinusExp(0)]).toEqual([1, 0])
})
