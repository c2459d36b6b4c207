import { expect, test } from 'vitest'
import { type AskedFault, checkFault } from './check-fault.ts'
import { FAULTS_OF, type FaultKind } from './instruments/faults.ts'

const tags = new Map<string, readonly FaultKind[]>([
  ['PT-07', FAULTS_OF.transmitter],
  ['AT-23', FAULTS_OF.analyser],
  ['FV-10', FAULTS_OF.valve],
  ['SC-50', FAULTS_OF.drive],
  ['XV-1', FAULTS_OF.blockValve],
])
const places = (asked: AskedFault): string[] => checkFault(asked, tags).map((p) => p.place)

test.each<AskedFault>([
  { tag: 'PT-07', kind: 'noise', value: 3, ramp_s: 60 },
  { tag: 'PT-07', kind: 'frozen' },
  { tag: 'PT-07', kind: 'spikes', value: -40, ramp_s: 5 },
  { tag: 'PT-07', kind: 'saturated' },
  { tag: 'PT-07', kind: 'saturated', value: 2800 },
  { tag: 'PT-07', kind: 'scaling', value: 2, ramp_s: 5 },
  { tag: 'PT-07', kind: 'slow', value: 30, ramp_s: 5 },
  { tag: 'AT-23', kind: 'noise', value: 1 },
  { tag: 'FV-10', kind: 'stiction', value: 5, jump: 2, ramp_s: 600 },
  { tag: 'FV-10', kind: 'backlash', value: 2 },
  { tag: 'FV-10', kind: 'slow', value: 1 },
  { tag: 'FV-10', kind: 'leak', value: 5, ramp_s: 600 },
  { tag: 'SC-50', kind: 'trip', value: 30 },
  { tag: 'SC-50', kind: 'trip' },
  { tag: 'XV-1', kind: 'failed' },
])('%o is a fault', (asked) => {
  expect(checkFault(asked, tags)).toEqual([])
})

test.each<[AskedFault, string[]]>([
  [{ tag: 'PT-07', kind: 'stiction', value: 5 }, ['kind']],
  [{ tag: 'FV-10', kind: 'noise', value: 5 }, ['kind']],
  [{ tag: 'FV-10', kind: 'trip' }, ['kind']],
  [{ tag: 'PT-07', kind: 'noise' }, ['value']],
  [{ tag: 'PT-07', kind: 'noise', value: -1 }, ['value']],
  [{ tag: 'PT-07', kind: 'scaling', value: 0 }, ['value']],
  [{ tag: 'PT-07', kind: 'slow', value: 0 }, ['value']],
  [{ tag: 'PT-07', kind: 'frozen', value: 1 }, ['value']],
  [{ tag: 'PT-07', kind: 'frozen', ramp_s: 1 }, ['ramp_s']],
  [{ tag: 'PT-07', kind: 'bias', value: 1, jump: 2 }, ['jump']],
  [{ tag: 'FV-10', kind: 'stiction', value: 5, jump: -1, ramp_s: -1 }, ['jump', 'ramp_s']],
  [{ tag: 'FV-10', kind: 'slow', value: 1, ramp_s: 5 }, ['ramp_s']],
  [{ tag: 'FV-10', kind: 'leak', value: 101 }, ['value']],
  [{ tag: 'FV-10', kind: 'leak', value: Number.NaN }, ['value']],
])('%o: wrong is %o', (asked, wrong) => {
  expect(places(asked)).toEqual(wrong)
})

test('a misspelt kind is told the nearest one', () => {
  expect(checkFault({ tag: 'FV-10', kind: 'sticton', value: 5 }, tags)[0]!.suggestion).toBe('stiction')
})
