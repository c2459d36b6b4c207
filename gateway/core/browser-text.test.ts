import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BROWSER_TEXT_CHARS_MAX, readBrowserText } from './browser-text.ts'

const good = { type: 'command', id: 'p1-1', tag: 'FIC-01', field: 'SP', value: 1, expected: null, epoch: 1, n: 5 }

test('[R13] a host sends values and statuses as commands', () => {
  for (const field of ['RCAS_IN', 'RCAS_IN_ST', 'ROUT_IN', 'ROUT_IN_ST']) {
    const text = { ...good, field, value: 196 }
    expect(readBrowserText(JSON.stringify(text))).toEqual({ ok: true, text })
  }
  expect(readBrowserText(JSON.stringify({ ...good, field: 'RCAS_OUT' })).ok).toBe(false)
})

test('the three texts are read', () => {
  for (const text of [good, { ...good, expected: 2.5 }, { type: 'open', station: 'OS-1' }, { type: 'ping', t: 1 }]) {
    expect(readBrowserText(JSON.stringify(text))).toEqual({ ok: true, text })
  }
})

test.each([
  ['an unknown property', { ...good, force: true }],
  ['a missing property', { type: 'open' }],
  ['a misspelt property', { ...good, expected: undefined, expcted: 1 }],
  ['a value that is no number', { ...good, value: '5' }],
  [
    'a value beyond numbers',
    '{"type":"command","id":"a","tag":"T","field":"SP","value":1e999,"expected":null,"epoch":1,"n":1}',
  ],
  ['a field nobody may write', { ...good, field: 'PV' }],
  ['a tick before the first', { ...good, n: -1 }],
  ['an epoch that does not fit', { ...good, epoch: 2 ** 32 }],
  ['an inherited name as type', { type: 'constructor' }],
  ['a list', [good]],
  ['no JSON', '{"type":'],
  ['an empty station', { type: 'open', station: '' }],
  ['too much', JSON.stringify({ ...good, tag: 'x'.repeat(BROWSER_TEXT_CHARS_MAX) })],
])('%s is a fault', (_, text) => {
  expect(readBrowserText(typeof text === 'string' ? text : JSON.stringify(text)).ok).toBe(false)
})

test('no text whatever makes the reader throw, and what it lets pass is a whole text', () => {
  const near = fc.record(
    {
      type: fc.constantFrom('open', 'ping', 'command', '__proto__'),
      station: fc.string(),
      t: fc.double(),
      id: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        near.map((x) => JSON.stringify(x)),
      ),
      (raw) => {
        const reading = readBrowserText(raw)
        if (!reading.ok) return
        expect(['open', 'ping', 'command']).toContain(reading.text.type)
        expect(Object.keys(reading.text).length).toBe({ open: 2, ping: 2, command: 8 }[reading.text.type])
      },
    ),
    { numRuns: 2000 },
  )
})
