import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatFault } from './config-fault.ts'
import { parseInstruments } from './parse-instruments.ts'

const path = new URL('../../strategies/tennessee-eastman/plant/instruments.yaml', import.meta.url)
const good = readFileSync(path, 'utf8')

/** Line and column of `needle` in a text, from 1. */
function placeOf(text: string, needle: string): { line: number; column: number } {
  const at = text.indexOf(needle)
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** The faults of the good file with one replacement. */
function faultsWith(from: string, to: string) {
  expect(good).toContain(from)
  const text = good.replace(from, to)
  return { text, faults: parseInstruments(text, 'instruments.yaml').faults ?? [] }
}

test('the installed instruments of the Tennessee Eastman plant: 22 transmitters, 19 analysers, 12 valves, 5 drops', () => {
  const { ok } = parseInstruments(good, 'instruments.yaml')
  expect([ok?.transmitters.length, ok?.analysers.length, ok?.valves.length, ok?.drops.length]).toEqual([22, 19, 12, 5])
  // Every measurement of the model has one instrument, every manipulated variable one valve.
  const measured = [...ok!.transmitters, ...ok!.analysers].map((r) => r.measurement)
  expect(measured.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 41 }, (_, i) => i))
  expect(ok!.valves.map((v) => v.manipulated).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 12 }, (_, i) => i),
  )
  // The number of a tag is the number of the measurement.
  for (const r of [...ok!.transmitters, ...ok!.analysers]) expect(Number(r.tag.slice(3))).toBe(r.measurement + 1)
})

test.each([
  ['measurement: XMEAS7,', 'measurement: XMES7,', 'XMES7', '"XMES7"', 'XMEAS7'],
  [
    'range: [0, 3200], unit: kPa g, noise: 0.3, failure_mA: 21',
    'range: [3200, 0], unit: kPa g, noise: 0.3, failure_mA: 21',
    '[3200',
    '[3200,0]',
    '[0, 3200]',
  ],
  ['fail: open', 'fail: opn', 'opn', '"opn"', 'open'],
  ['drop: RIO-4', 'drop: RIO4', 'RIO4', '"RIO4"', 'RIO-4'],
  [
    'plant: tennessee-eastman',
    'plant: tennessee-eastmen',
    'tennessee-eastmen',
    '"tennessee-eastmen"',
    'tennessee-eastman',
  ],
  ['failure_mA: 21', 'failure_ma: 21', 'failure_ma', 'the key failure_ma', 'failure_mA'],
])('%s written as %s: place, what was found, what was meant', (from, to, needle, found, suggestion) => {
  const { text, faults } = faultsWith(from, to)
  const fault = faults.find((f) => f.found === found)
  expect(fault).toMatchObject({ file: 'instruments.yaml', ...placeOf(text, needle), suggestion })
})

test.each([
  ['tag: FT-02', 'tag: FT-01', 'a name of its own: transmitters[0] has this one'],
  ['tag: FT-02', 'tag: ft2', 'a tag like FT-01'],
  ['drop: RIO-1, register: 1,', 'drop: RIO-1, register: 0,', 'a free register: FT-01 has this one'],
  ['register: 2, range: [0, 100]', 'register: 3, range: [0, 100]', 'an even register: a float32 takes two'],
  ['failure_mA: 3.6', 'failure_mA: 12', 'a failure current: 3.6 or less, 21 or more'],
  ['manipulated: XMV1\n', 'manipulated: XMV3\n', 'a variable of its own: FV-01 has this one'],
  ['counts_per_mA: 3000', 'counts_per_mA: 4000', 'a whole number from 1 up to 3000'],
  ['noise: 18', 'noise: none', 'a number from 0'],
  ['fail_travel_pct_s: 20', 'fail_travel_pct_s: 0', 'a number from 0.1'],
])('%s written as %s is refused', (from, to, expected) => {
  expect(faultsWith(from, to).faults.map((f) => f.expected)).toContain(expected)
})

test('all faults of a file come at once, in the order of their lines', () => {
  const text = good
    .replace('XMEAS3,', 'XMEAS99,')
    .replace('noise: 18', 'noise: -1')
    .replace('fail: hold', 'fail: never')
    .replace('unit: kW, ', '')
  const faults = parseInstruments(text, 'f.yaml').faults!
  expect(faults.map((f) => f.place)).toEqual([
    'transmitters[1].noise',
    'transmitters[2].measurement',
    'transmitters[15].unit',
    'valves[5].fail',
  ])
  expect(formatFault(faults[0]!)).toMatch(
    /^f\.yaml:\d+:\d+: transmitters\[1\]\.noise: found -1, expected a number from 0$/,
  )
})

test.each([
  ['', 'a mapping of keys to values'],
  ['- 1', 'a mapping of keys to values'],
  ['a: [1,\nb: 2', 'valid YAML'],
  ['plant: tennessee-eastman', 'a list'],
])('a text that is no such file (%j) is a fault, not a crash', (text, expected) => {
  expect(parseInstruments(text, 'f.yaml').faults!.map((f) => f.expected)).toContain(expected)
})
