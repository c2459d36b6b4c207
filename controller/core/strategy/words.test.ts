// The small parts: durations, nearest names, canonical JSON, the hash behind the phases.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from '../../../numerics/nearest.ts'
import { canonicalJson } from './canonical-json.ts'
import { hash32 } from './hash32.ts'
import { duration, parseQuantity } from './quantity.ts'

test.each([
  ['250ms', 's', 0.25],
  ['8s', 's', 8],
  ['20min', 's', 1200],
  ['1h', 's', 3600],
  ['1.5d', 's', 129600],
  ['1h', 'min', 60],
  ['90s', 'min', 1.5],
  ['8s', 'ms', 8000],
  ['100 ms', 'ms', 100],
  ['300ms', 's', 0.3],
])('%s in %s is %d', (text, unit, expected) => {
  expect(duration(text, unit)).toBe(expected)
})

test.each(['8', 's', '8 parsecs', '', '8s 3', '1e', '--8s', '8%'])("'%s' is no duration", (text) => {
  expect(duration(text, 's')).toBeUndefined()
})

test('a bare number is no duration, except 0', () => {
  expect(duration(8, 's')).toBeUndefined()
  expect(duration(0, 's')).toBe(0)
})

test('a quantity is a number and what stands behind it', () => {
  expect(parseQuantity('1%')).toEqual({ value: 1, unit: '%' })
  expect(parseQuantity('-2.5e3 m3/h')).toEqual({ value: -2500, unit: 'm3/h' })
  expect(parseQuantity('m3/h')).toBeUndefined()
})

/** Straight from the definition, without a table. */
const distance = (a: string, b: string): number => {
  if (a === '') return b.length
  if (b === '') return a.length
  const cost = a.at(-1) === b.at(-1) ? 0 : 1
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)]
  let d = Math.min(distance(x, b) + 1, distance(a, y) + 1, distance(x, y) + cost)
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    d = Math.min(d, distance(a.slice(0, -2), b.slice(0, -2)) + 1)
  }
  return d
}

test('the edit distance is that of its definition', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(distance(a, b))
    }),
  )
})

test('the nearest name is the one with the fewest slips, and none where nothing is near', () => {
  expect(nearest('RIO-1/AI/33', ['RIO-1/AI/3', 'RIO-1/AI/12', 'RIO-2/AO/1'])).toBe('RIO-1/AI/3')
  expect(nearest('gian', ['rate', 'gain', 'gap'])).toBe('gain')
  expect(nearest('FIC101', ['FIC-101', 'FIC-201'])).toBe('FIC-101')
  expect(nearest('zz', ['gain', 'rate'])).toBe('')
  expect(nearest('x', ['y'])).toBe('')
})

test('a tie goes to the smaller name, whatever the order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(['A1', 'A2', 'A3', 'B1'], { minLength: 4 }), (names) => {
      expect(nearest('A4', names)).toBe('A1')
    }),
  )
})

test('canonical JSON does not know the order of keys, and reads back as the same value', () => {
  expect(canonicalJson({ b: 1, a: [true, null, { d: 'x', c: undefined }] })).toBe('{"a":[true,null,{"d":"x"}],"b":1}')
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

// Vectors of the FNV authors for 32-bit FNV-1a.
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])("FNV-1a of '%s'", (text, expected) => {
  expect(hash32(text)).toBe(expected)
})
