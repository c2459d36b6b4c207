import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { EVENT } from '../events.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const make = (set: Record<string, number>): Rig =>
  createRig({ blocks: [{ id: 'A', type: 'ALARM', set: { HYS_PCT: 2, ...set } }], writable: ['A.HI'] })
function seen(rig: Rig, values: readonly number[], status: number = STATUS.good): number[] {
  return values.map((value) => {
    rig.drive('A.IN', value, status)
    rig.scan()
    return rig.get('A.ACTIVE')
  })
}

test('[AL-1] on above the limit, off below limit less hysteresis; low limits mirrored', () => {
  const rig = make({ HIHI: 90, HI: 80, LO: 20, LOLO: 10 })
  expect(seen(rig, [80, 80.1, 78.1, 78, 77.9, 95, 89, 87.9, 50])).toEqual([0, 2, 2, 2, 0, 3, 3, 2, 0])
  expect(seen(rig, [20, 19.9, 21.9, 22.1, 9, 11.9, 12.1, 50])).toEqual([0, 4, 4, 0, 12, 12, 4, 0])
})

test('[AL-2] delays count scans: a shorter excursion is none, a shorter return is none', () => {
  const rig = make({ HI: 80, ON_DELAY: 3, OFF_DELAY: 2 })
  expect(seen(rig, [85, 85, 85, 50, 85, 85, 85, 85])).toEqual([0, 0, 0, 0, 0, 0, 0, 2])
  expect(seen(rig, [50, 50, 85, 50, 50, 50])).toEqual([2, 2, 2, 2, 2, 0])
})

test('[AL-3] a bad measurement freezes the limit alarms and their delays, and is one itself', () => {
  const rig = make({ HI: 80, ON_DELAY: 2 })
  seen(rig, [85, 85])
  expect(seen(rig, [10, 10, 10], STATUS.badSensorFailure)).toEqual([16, 16, 16])
  expect(seen(rig, [85])).toEqual([2])
  expect(seen(rig, [10], STATUS.bad)).toEqual([18])
  expect(rig.controller.events).toMatchObject([{ code: EVENT.alarms, a: 2, b: 18 }])
})

test('[AL-4] a limit that is not set never alarms, and one may be moved while it runs', () => {
  const rig = make({})
  expect(seen(rig, [1e9, -1e9])).toEqual([0, 0])
  expect(rig.write('A.HI', 50)).toBe(0)
  expect(seen(rig, [60])).toEqual([2])
})
