import { expect, test } from 'vitest'
import { FLAG, STATUS } from '../../contracts/status.ts'
import { isStale, present } from './quality.ts'

const reading = (value: number, status: number, more = {}) => ({
  value,
  status,
  everUsable: true,
  statusSince_ms: 10_000,
  ...more,
})
const fresh = { decimals: 1, stale: false, dataAge_ms: 0, scan_ms: 22_000 }

test('[D19] good is plain', () => {
  expect(present(reading(50, STATUS.good), fresh)).toEqual({
    text: '50.0',
    italic: false,
    hatch: false,
    age: '',
    cause: '',
    badge: '',
  })
})

test('[4.3] bad keeps the last value in italics with age, hatch and the letter of its cause', () => {
  expect(present(reading(50, STATUS.badSensorFailure), fresh)).toEqual({
    text: '50.0',
    italic: true,
    hatch: true,
    age: '12 s',
    cause: 'S',
    badge: '',
  })
})

test('[4.3] bad without a usable value ever is ---- with a letter', () => {
  const letters = [
    [STATUS.badNotConnected, 'N'],
    [STATUS.badDeviceFailure, 'D'],
    [STATUS.badConfigError, 'C'],
    [STATUS.badOutOfService, 'O'],
    [STATUS.bad, 'B'],
  ] as const
  for (const [status, cause] of letters)
    expect(present(reading(0, status, { everUsable: false }), fresh)).toMatchObject({
      text: '----',
      cause,
      hatch: true,
    })
})

test('[D19] uncertain, forced, simulated and bypassed are seen on the value itself', () => {
  expect(present(reading(1, STATUS.uncertain), fresh)).toMatchObject({ cause: 'U', italic: false })
  expect(present(reading(1, STATUS.good | FLAG.forced), fresh).badge).toBe('FRC')
  expect(present(reading(1, STATUS.good | FLAG.simulated), fresh).badge).toBe('SIM')
  expect(present(reading(1, STATUS.good | FLAG.bypassed), fresh).badge).toBe('BYP')
})

test('[4.8] old data make every value stale, with the age of the data', () => {
  expect(present(reading(1, STATUS.good), { ...fresh, stale: true, dataAge_ms: 4000 })).toMatchObject({
    italic: true,
    hatch: true,
    age: '4 s',
  })
})

test('[4.8] stale after three periods, never before 2 s', () => {
  expect(isStale(2000, 250)).toBe(false)
  expect(isStale(2001, 250)).toBe(true)
  expect(isStale(3000, 1000)).toBe(false)
  expect(isStale(3001, 1000)).toBe(true)
})
