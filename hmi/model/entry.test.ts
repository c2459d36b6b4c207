import { expect, test } from 'vitest'
import { judge, parse, stepText } from './entry.ts'

const r = { lo: 0, hi: 200, decimals: 1 }

test('[4.5] arrows step 0.1 % of the span, page keys 1 %, and never leave the range', () => {
  expect(stepText('ArrowUp', '', 100, r)).toBe('100.2')
  expect(stepText('ArrowDown', '100.2', 50, r)).toBe('100.0')
  expect(stepText('PageUp', '', 100, r)).toBe('102.0')
  expect(stepText('PageUp', '199.5', 100, r)).toBe('200.0')
  expect(stepText('PageDown', '0.5', 100, r)).toBe('0.0')
  expect(stepText('a', '1', 100, r)).toBeUndefined()
})

test('a step is never smaller than the last digit', () => {
  expect(stepText('ArrowUp', '', 5, { lo: 0, hi: 100, decimals: 0 })).toBe('6')
})

test('[D18] typed values are checked against the limits', () => {
  expect(judge('201', 100, r)).toEqual({ kind: 'outside', lo: 0, hi: 200 })
  expect(judge('-0.1', 100, r)).toEqual({ kind: 'outside', lo: 0, hi: 200 })
  expect(judge('12 bar', 100, r)).toEqual({ kind: 'not-a-number' })
  expect(judge('', 100, r)).toEqual({ kind: 'not-a-number' })
})

test('[D18] Enter without a change does nothing; the shown rounding of a value is no change', () => {
  expect(judge('100.0', 100.04, r)).toEqual({ kind: 'unchanged' })
})

test('[D18] more than 10 % of the span asks again, exactly 10 % does not', () => {
  expect(judge('120', 100, r)).toEqual({ kind: 'ok', value: 120 })
  expect(judge('120.1', 100, r)).toMatchObject({ kind: 'large', value: 120.1 })
  expect(judge('50', 100, r)).toMatchObject({ kind: 'large', change_pct: 25 })
})

test('without a known present value every entry asks again', () => {
  expect(judge('100', Number.NaN, r).kind).toBe('large')
})

test('numbers are read with point or comma and nothing else', () => {
  expect(parse(' 1,5 ')).toBe(1.5)
  expect(parse('.5')).toBe(0.5)
  for (const text of ['1e3', '0x10', '1.2.3', 'Infinity', '--1']) expect(parse(text)).toBeUndefined()
})
