import { expect, test } from 'vitest'
import { startName, startWords } from './starts.ts'

const MODES = ['base', 'mode1', 'mode2', 'mode3', 'mode4', 'mode5', 'mode6']
const TANK = ['minimum', 'nonminimum']

test.each([
  ['base', MODES, 'base'],
  ['3', MODES, 'mode3'],
  ['mode3', MODES, 'mode3'],
  [undefined, MODES, 'mode1'],
  ['7', MODES, undefined],
  ['mode', MODES, undefined],
  ['', MODES, undefined],
  [undefined, TANK, 'minimum'],
  ['nonminimum', TANK, 'nonminimum'],
  ['1', TANK, undefined],
])('--mode %s of %o is %s', (text, names, expected) => {
  expect(startName(text, names)).toBe(expected)
})

test('what may be asked for is said in words', () => {
  expect(startWords(MODES)).toBe('base or 1 to 6')
  expect(startWords(TANK)).toBe('minimum or nonminimum')
  expect(startWords(['base'])).toBe('base')
})
