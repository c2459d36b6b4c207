import { expect, test } from 'vitest'
import { formatDuration, formatValue } from './format.ts'

test('[D8] fixed decimals, no negative zero, nothing for what is no number', () => {
  expect(formatValue(120.449, 1)).toBe('120.4')
  expect(formatValue(3664.4, 0)).toBe('3664')
  expect(formatValue(-0.04, 1)).toBe('0.0')
  expect(formatValue(-0.06, 1)).toBe('-0.1')
  expect(formatValue(Number.NaN, 1)).toBe('')
})

test('an age is said in seconds, minutes or hours', () => {
  expect(formatDuration(300)).toBe('0.3 s')
  expect(formatDuration(12_400)).toBe('12 s')
  expect(formatDuration(119_000)).toBe('119 s')
  expect(formatDuration(7 * 60_000)).toBe('7 min')
  expect(formatDuration(3 * 3_600_000)).toBe('3 h')
})
