import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as safety from '../safety/core/codes.ts'
import { normalSnapshot, record } from '../test/hmi/sis-stand-in.ts'
import * as codes from './sis-codes.ts'
import { readSisSnapshot, SIS_DATAGRAM_BYTES_MAX } from './sis-snapshot-codec.ts'

const found = (v: unknown): string => {
  const reading = readSisSnapshot(typeof v === 'string' ? v : JSON.stringify(v))
  return reading.ok ? 'ok' : reading.found
}
const whole = (): Record<string, unknown> => {
  const s = normalSnapshot()
  record(s, 12, 0, 1, 0)
  return s as unknown as Record<string, unknown>
}

test('[SIS-READ-1] a datagram is read as it was sent, and what it has more is left out', () => {
  const sent = whole()
  const reading = readSisSnapshot(JSON.stringify({ ...sent, more: 'of a later version' }))
  expect(reading.ok && reading.snapshot).toEqual(sent)
})

test('[SIS-READ-2] every field is needed, and none may have another type', () => {
  for (const [key, value] of Object.entries(whole())) {
    const { [key]: _, ...rest } = whole()
    const wrong: unknown[] = [undefined, null, 'x'.repeat(300), ...(Array.isArray(value) ? [{}, [3]] : [[], {}])]
    if (Number.isInteger(value) && !key.startsWith('running')) wrong.push(key === 'scan_ms' ? -1 : 0.5)
    expect(found(rest), `without ${key}`).not.toBe('ok')
    for (const v of wrong) expect(found({ ...whole(), [key]: v }), `${key}: ${JSON.stringify(v)}`).not.toBe('ok')
  }
})

test('[SIS-READ-3] lists: each entry is looked at, and their length is bounded', () => {
  const lists = ['transmitters', 'contacts', 'causes', 'effects', 'elements', 'soe'] as const
  for (const key of lists) {
    const list = whole()[key] as Record<string, unknown>[]
    for (const field of Object.keys(list[0]!)) {
      const { [field]: _, ...rest } = list[0]!
      expect([key, field, found({ ...whole(), [key]: [rest] })]).not.toEqual([key, field, 'ok'])
    }
    expect(found({ ...whole(), [key]: Array.from({ length: 5000 }, () => ({})) })).toMatch(/entries of|characters/)
  }
  expect(found({ ...whole(), effects: [{ ...(whole()['effects'] as object[])[0], state: 0.5 }] })).toBe(
    'no whole number for state',
  )
})

test('[SIS-READ-4] another version, another type, no JSON and too much of it are refused', () => {
  expect(found({ ...whole(), version: 2 })).toBe('version 2')
  expect(found({ ...whole(), type: 'x' })).toBe('another type')
  expect(found('{')).toBe('no JSON')
  expect(found('null')).toBe('no object for datagram')
  expect(found(`"${' '.repeat(SIS_DATAGRAM_BYTES_MAX)}"`)).toMatch(/characters/)
})

test('[SIS-READ-5] whatever comes, it is read or refused, and never thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(typeof readSisSnapshot(text).ok).toBe('boolean')
    }),
    { numRuns: 300 },
  )
})

test('[SIS-READ-6] the numbers that readers know are those of the safety system', () => {
  const pairs: readonly (readonly [object, object])[] = [
    [codes.SIS_LATCH, safety.LATCH],
    [codes.SIS_VOTE, safety.VOTE],
    [codes.SIS_STATUS, safety.STATUS],
    [codes.SIS_FAULT, safety.FAULT],
    [codes.SIS_OTHER_REASON, safety.OTHER_REASON],
    [codes.SIS_COMMAND, safety.COMMAND],
    [codes.SIS_REFUSED, safety.REFUSED],
    [codes.SIS_CHANNEL_ALARM, safety.CHANNEL_ALARM],
    [codes.SIS_CAUSE_ALARM, safety.CAUSE_ALARM],
    [codes.SIS_EFFECT_ALARM, safety.EFFECT_ALARM],
    [codes.SIS_ELEMENT_ALARM, safety.ELEMENT_ALARM],
    [codes.SIS_SYSTEM_ALARM, safety.SYSTEM_ALARM],
    [codes.SIS_EVENT, safety.EVENT],
  ]
  for (const [ours, theirs] of pairs) expect(ours).toEqual(theirs)
})
