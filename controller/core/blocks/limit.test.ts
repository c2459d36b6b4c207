import { expect, test } from 'vitest'
import { LIMIT, STATUS } from '../../../contracts/status.ts'
import { createRig } from '../testing/rig.ts'

test('[R3] within the limits the signal passes with its status, at one the status says so, bad holds', () => {
  const rig = createRig({ blocks: [{ id: 'C', type: 'LIMIT', set: { LO: 10, HI: 20 } }] })
  const cases = [
    [15, STATUS.good, 15, STATUS.good],
    [15, STATUS.uncertain | LIMIT.low, 15, STATUS.uncertain | LIMIT.low],
    [25, STATUS.good, 20, STATUS.good | LIMIT.high],
    [5, STATUS.good | LIMIT.constant, 10, STATUS.good | LIMIT.low],
    [18, STATUS.bad, 10, STATUS.bad],
    [18, STATUS.badNotConnected, 10, STATUS.bad],
  ] as const
  for (const [value, status, out, out_st] of cases) {
    rig.drive('C.IN', value, status)
    rig.scan()
    expect([rig.get('C.OUT'), rig.get('C.OUT_ST')]).toEqual([out, out_st])
  }
})
