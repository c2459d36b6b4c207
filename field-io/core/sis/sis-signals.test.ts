import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { SisSnapshot } from '../../../contracts/sis-snapshot.ts'
import { normalSnapshot, SIS_CONFIG_PATH, sisConfig, trip } from '../../../test/hmi/sis-stand-in.ts'
import { misfit, readSisIds, signalValue } from './sis-signals.ts'

const ids = readSisIds(readFileSync(SIS_CONFIG_PATH, 'utf8'), sisConfig().hash)!
const normal = () => normalSnapshot() as unknown as SisSnapshot

test('[FIO-SIS-1] 1 is normal and 0 tripped, in every state of the latch', () => {
  const value = (state: number): number | undefined => {
    const s = normalSnapshot()
    s.effects[0]!.state = state
    return signalValue(ids, s as unknown as SisSnapshot, 'effect/FEEDS')
  }
  // Outputs are energised in NORMAL and TRIP_INITIATED_DELAYED alone.
  expect([0, 1, 2, 3, 4, 5].map(value)).toEqual([1, 1, 0, 0, 0, 0])
})

test('[FIO-SIS-2] causes, faults and bypasses; what the configuration does not have is no value', () => {
  const s = normalSnapshot()
  trip(s, 'S7', ['XV-10'])
  s.causes[0]!.bypass_left = [5, -1, 0]
  const seen = s as unknown as SisSnapshot
  expect(signalValue(ids, seen, 'cause/S7')).toBe(0)
  expect(signalValue(ids, seen, 'cause/S1')).toBe(1)
  expect(signalValue(ids, seen, 'effect/XV-10')).toBe(0)
  expect(signalValue(ids, seen, 'effect/XV-11')).toBe(1)
  expect(signalValue(ids, seen, 'bypasses')).toBe(2)
  expect(signalValue(ids, seen, 'healthy')).toBe(1)
  expect(signalValue(ids, { ...normal(), faults: 4 }, 'healthy')).toBe(0)
  expect(signalValue(ids, { ...normal(), difference: 3 }, 'healthy')).toBe(0)
  expect(signalValue(ids, seen, 'effect/NONE')).toBe(undefined)
  expect(signalValue(ids, seen, 'cause/NONE')).toBe(undefined)
})

test('[FIO-SIS-3] a solver that does not run has let every output go', () => {
  expect(signalValue(ids, { ...normal(), faults: -1 }, 'effect/FEEDS')).toBe(0)
})

test('[FIO-SIS-4] a snapshot of another configuration, or with other lists, says nothing', () => {
  expect(misfit(ids, normal())).toBe(undefined)
  expect(misfit(ids, { ...normal(), config_hash: 'ab' })).toMatch(/another configuration/)
  expect(misfit(ids, { ...normal(), effects: [] })).toMatch(/other lists/)
  expect(readSisIds('{}', '')).toBe(undefined)
  expect(readSisIds('[', '')).toBe(undefined)
  expect(readSisIds('{"effects": [{}], "causes": []}', '')).toBe(undefined)
})
