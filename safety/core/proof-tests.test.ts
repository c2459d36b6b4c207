import { expect, test } from 'vitest'
import { type ProofTest, proofStatus, voidBecause } from './proof-tests.ts'

const good: ProofTest = {
  tag: 'XV-1',
  day: 100,
  configuration_hash: 'h1',
  signed_by: ['a', 'b'],
  passed: true,
  returned_to_service: true,
  coverage: 1,
}
const status = (tests: ProofTest[], today: number) => proofStatus(tests, 'XV-1', 365, today, 'h1')

test('[R-2.8] a proof test counts for its interval, to the day', () => {
  expect(status([good], 465)).toEqual({ state: 'valid', day: 100, due_day: 465 })
  expect(status([good], 466)).toEqual({ state: 'overdue', due_day: 465 })
  expect(status([{ ...good, tag: 'XV-2' }], 110)).toEqual({ state: 'never' })
  expect(status([{ ...good, day: 50 }, good], 465).state).toBe('valid')
})

test('[R-2.8] a record is void after a change, with one signer, failed, not returned, or from the future', () => {
  expect(voidBecause(good, 'h1')).toBeUndefined()
  const voids = [
    { ...good, configuration_hash: 'h0' },
    { ...good, signed_by: ['a', 'a'] },
    { ...good, passed: false },
    { ...good, returned_to_service: false },
  ]
  for (const record of voids) {
    expect(voidBecause(record, 'h1')).toBeTypeOf('string')
    expect(status([record], 110)).toEqual({ state: 'never' })
  }
  expect(status([{ ...good, day: 111 }], 110)).toEqual({ state: 'never' })
  expect(status([{ ...good, coverage: 0.6 }], 110)).toEqual({ state: 'never' })
})
