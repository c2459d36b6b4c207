// The reader of JSON with places: gives what JSON.parse gives, refuses what it refuses, and says where.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { locate, plain, readJson } from './json-source.ts'

const treeOf = (text: string) => {
  const { tree, faults } = readJson('a.json', text)
  expect(faults).toEqual([])
  return tree!
}

test('[PAPER-1] any document reads as JSON.parse reads it, however it is laid out', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 1, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      // Keys such as __proto__ have a meaning of their own on objects, and none in a configuration.
      fc.pre(!text.includes('__proto__'))
      expect(plain(treeOf(text))).toEqual(JSON.parse(text))
    }),
    { numRuns: 300 },
  )
})

test('[PAPER-1] of texts with one character changed, both readers refuse the same', () => {
  const text = '{"a": [1, -2.5e3, "x\\u0041\\n", true, null], "b": {"c": 0.1}}'
  let refused = 0
  for (let i = 0; i < text.length; i++)
    for (const sign of ['', ',', '"', '0', '}', '\\', '\n', 'e', "'", '/']) {
      const other = text.slice(0, i) + sign + text.slice(i + 1)
      let good = true
      try {
        JSON.parse(other)
      } catch {
        good = false
      }
      const { tree, faults } = readJson('a.json', other)
      const syntax = faults.filter((f) => f.code === 'SIS_JSON_SYNTAX')
      expect([other, tree !== undefined, syntax.length === 0]).toEqual([other, good, good])
      if (!good) refused++
    }
  expect(refused).toBeGreaterThan(200)
})

test('[PAPER-2] a syntax fault has line and column, and says what was expected', () => {
  expect(readJson('a.json', '{\n  "a": 1\n  "b": 2\n}').faults).toEqual([
    { code: 'SIS_JSON_SYNTAX', at: { file: 'a.json', line: 3, column: 3 }, found: '"\\""', expected: "',' or '}'" },
  ])
  expect(readJson('a.json', '{"a": 1').faults[0]).toMatchObject({ found: 'the end' })
  expect(readJson('a.json', '[1, 2,]').faults[0]!.at).toEqual({ file: 'a.json', line: 1, column: 7 })
  expect(readJson('a.json', '{} {}').faults[0]).toMatchObject({ expected: 'the end' })
  expect(readJson('a.json', '1e999').faults[0]).toMatchObject({ expected: 'a number that a double can hold' })
  expect(readJson('a.json', '').faults[0]).toMatchObject({ found: 'the end', expected: 'a value' })
})

test('[PAPER-3] a key twice is a fault: a reader sees one value, the machine takes the other', () => {
  const { faults } = readJson('a.json', '{"sil": 2,\n "x": {"sil": 3, "sil": 1}, "sil": 0}')
  expect(faults.map((f) => [f.code, f.at.line, f.at.column])).toEqual([
    ['CFG_DUPLICATE_KEY', 2, 18],
    ['CFG_DUPLICATE_KEY', 2, 29],
  ])
})

test('[PAPER-3] nested without end, or too long: refused before it hurts', () => {
  expect(readJson('a.json', '['.repeat(1e5)).faults[0]!.code).toBe('CFG_TOO_LARGE')
  expect(readJson('a.json', ' '.repeat(4_000_001)).faults[0]!.code).toBe('CFG_TOO_LARGE')
})

test('[PAPER-4] a place is found by tag, id, cause and effect, step, or position; of two with one name the later', () => {
  const tree = treeOf(`{
  "transmitters": [{ "tag": "PT-1", "lo": 0 }],
  "contacts": [{ "tag": "HS-1" }],
  "causes": [
    { "id": "S1", "trip": { "above": 5 } },
    { "id": "S1", "inputs": ["PT-1"] }
  ],
  "matrix": [{ "cause": "S1", "effect": "E" }],
  "sequences": [{ "id": "Q", "steps": [{ "id": "OFF", "go": [{ "to": "ON" }] }] }]
}`)
  const at = (place: string): string => {
    const { line, column } = locate(tree, place)
    return `${line}:${column}`
  }
  expect(at('transmitters/PT-1/lo')).toBe('2:43')
  expect(at('causes/S1')).toBe('6:5')
  expect(at('causes/S1/inputs')).toBe('6:19')
  expect(at('inputs/HS-1')).toBe('3:16')
  expect(at('matrix/S1 E')).toBe('8:14')
  expect(at('sequences/Q/OFF/go/0/to')).toBe('9:70')
  // What is not there: the nearest thing around it.
  expect(at('causes/S1/trip')).toBe('6:5')
  expect(at('nowhere')).toBe('1:1')
})
