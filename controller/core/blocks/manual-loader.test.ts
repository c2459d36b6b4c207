import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig } from '../testing/rig.ts'

test('[ML-1] the operator sets OUT; while the slave is out of cascade OUT follows it and cannot be set', () => {
  const rig = createRig({
    blocks: [{ id: 'L', type: 'MANUAL_LOADER', set: { START: 15 } }],
    writable: ['L.MODE', 'L.OUT'],
  })
  rig.scan()
  expect([rig.get('L.OUT'), rig.get('L.OUT_ST')]).toEqual([15, STATUS.good])
  expect(rig.write('L.OUT', 40)).toBe(REFUSAL.none)
  expect(rig.write('L.OUT', 140)).toBe(REFUSAL.outOfRange)
  expect(rig.write('L.MODE', MODE.auto)).toBe(REFUSAL.notPermitted)
  rig.drive('L.BKCAL_IN', 70, STATUS.initRequest)
  rig.scan()
  expect([rig.get('L.MODE_ACTUAL'), rig.get('L.OUT'), codeOf(rig.get('L.OUT_ST'))]).toEqual([
    MODE.iman,
    70,
    STATUS.initAck,
  ])
  expect(rig.write('L.OUT', 40)).toBe(REFUSAL.mode)
  rig.drive('L.BKCAL_IN', 70, STATUS.goodCascade)
  rig.scan()
  expect([rig.get('L.MODE_ACTUAL'), rig.get('L.OUT'), rig.get('L.OUT_ST')]).toEqual([MODE.man, 70, STATUS.goodCascade])
})
