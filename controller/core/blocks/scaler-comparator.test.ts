import { expect, test } from 'vitest'
import { LIMIT, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

type Set = Readonly<Record<string, number | readonly number[]>>

function scaled(set: Set, x: number, status: number = STATUS.good): number[] {
  const rig = createRig({ blocks: [{ id: 'S', type: 'SCALER', set }] })
  rig.drive('S.IN', x, status)
  rig.scan()
  return [rig.get('S.OUT'), rig.get('S.OUT_ST')]
}

test('[SCA-1] from one scale to another, held in it on request, limits by the slope', () => {
  const set = { IN_SCALE: [4, 20], OUT_SCALE: [0, 250] }
  expect(scaled(set, 12)).toEqual([125, STATUS.good])
  expect(scaled(set, 24)).toEqual([312.5, STATUS.good])
  expect(scaled({ ...set, CLAMP: 1 }, 24)).toEqual([250, STATUS.good | LIMIT.high])
  const falling = { IN_SCALE: [0, 100], OUT_SCALE: [100, 0], CLAMP: 1 }
  expect(scaled(falling, 30, STATUS.goodCascade | LIMIT.high)).toEqual([70, STATUS.good | LIMIT.low])
  expect(scaled(falling, 130)).toEqual([0, STATUS.good | LIMIT.low])
  expect(scaled(set, 12, STATUS.badNoComm)).toEqual([0, STATUS.badNoComm])
  expect(() => scaled({ IN_SCALE: [5, 5] }, 1)).toThrow(/IN_SCALE/)
})

const compared = (rig: Rig): number[] => ['GT', 'LT', 'EQ', 'NEQ', 'IN_RANGE'].map((f) => rig.get(`C.${f}`))

test('[CMP-1] above, below, equal, in range, each with its way back', () => {
  const rig = createRig({
    blocks: [{ id: 'C', type: 'COMPARATOR', set: { REF_VAL: 10, REF_HI_VAL: 20, HYS: 2, TOL: 0.5 } }],
  })
  const at = (x: number): number[] => {
    rig.drive('C.IN', x)
    rig.scan()
    return compared(rig)
  }
  expect(at(5)).toEqual([0, 1, 0, 1, 0])
  expect(at(10.4)).toEqual([1, 1, 1, 0, 1])
  expect(at(12)).toEqual([1, 0, 0, 1, 1])
  expect(at(22)).toEqual([1, 0, 0, 1, 1])
  expect(at(22.1)).toEqual([1, 0, 0, 1, 0])
  expect(at(8.1)).toEqual([1, 1, 0, 1, 0])
  expect(at(8)).toEqual([0, 1, 0, 1, 0])
})

test('[R3] a wired reference counts with its status; while anything is bad the answers hold', () => {
  const rig = createRig({ blocks: [{ id: 'C', type: 'COMPARATOR' }] })
  rig.drive('C.IN', 5)
  rig.drive('C.REF', 4, STATUS.uncertain)
  rig.scan()
  expect([rig.get('C.GT'), rig.get('C.GT_ST')]).toEqual([1, STATUS.uncertain])
  rig.drive('C.REF', 9, STATUS.badNoComm)
  rig.scan()
  expect([rig.get('C.GT'), rig.get('C.GT_ST'), rig.get('C.LT_ST')]).toEqual([1, STATUS.badNoComm, STATUS.badNoComm])
})
