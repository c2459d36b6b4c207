import { expect, test } from 'vitest'
import { lcgNext, lcgUniform } from './lcg.ts'

// Draws 1, 2 of the original Fortran from its first published seed; exact integers would give another first draw.
test('gives the draws of the original', () => {
  const first = lcgNext(4651207995)
  expect(first).toBe(714943912)
  expect(lcgUniform(first)).toBe(0.16646085120737553)
  expect(lcgNext(first)).toBe(3070616888)
  expect(Number((4651207995n * 9228907n) % 4294967296n)).not.toBe(first)
})

test('is the remainder of the rounded product, whatever the state', () => {
  let g = 1431655765
  let different = 0
  for (let i = 0; i < 100_000; i++) {
    const next = lcgNext(g)
    if (next !== (g * 9228907) % 4294967296) different++
    g = next
  }
  expect(different).toBe(0)
})
