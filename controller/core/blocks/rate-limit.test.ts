import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig } from '../testing/rig.ts'

const make = (set: Record<string, number> = {}) =>
  createRig({
    tick_ms: 500,
    blocks: [{ id: 'R', type: 'RATE_LIMIT', set: { SP: 20, RATE_UP: 4, RATE_DN: 2, ...set } }],
    writable: ['R.MODE', 'R.SP', 'R.OUT', 'R.RATE_UP'],
  })

test('[RMP-1] OUT starts at SP and goes to a new one at its rates, exactly there', () => {
  const rig = make()
  rig.scan(2)
  expect(rig.get('R.OUT')).toBe(20)
  expect(rig.write('R.SP', 25)).toBe(REFUSAL.none)
  const out: number[] = []
  for (let i = 0; i < 4; i++) {
    rig.scan()
    out.push(rig.get('R.OUT'))
  }
  expect(out).toEqual([22, 24, 25, 25])
  rig.write('R.SP', 23.5)
  rig.scan()
  expect([rig.get('R.OUT'), rig.get('R.RAMPING')]).toEqual([24, 1])
  rig.scan()
  expect([rig.get('R.OUT'), rig.get('R.RAMPING')]).toEqual([23.5, 0])
})

test('[RMP-2] while the slave is out of cascade OUT stands where it does; then the ramp starts there', () => {
  const rig = make()
  rig.scan(2)
  rig.drive('R.BKCAL_IN', 60, STATUS.initRequest)
  rig.scan()
  expect([rig.get('R.OUT'), codeOf(rig.get('R.OUT_ST')), rig.get('R.SP')]).toEqual([60, STATUS.initAck, 20])
  rig.drive('R.BKCAL_IN', 60, STATUS.goodCascade)
  rig.scan()
  expect(rig.get('R.OUT')).toBe(59)
})

test('[RMP-3] a master that pushes faster than the ramp is told to wait; Man holds', () => {
  const rig = make({ MODE_TARGET: MODE.cas })
  rig.drive('R.CAS_IN', 80, STATUS.good)
  rig.scan()
  expect([rig.get('R.OUT'), rig.get('R.BKCAL_OUT_ST')]).toEqual([22, STATUS.goodCascade | 2])
  expect(rig.write('R.SP', 30)).toBe(REFUSAL.mode)
  rig.write('R.MODE', MODE.man)
  rig.scan(3)
  expect(rig.get('R.OUT')).toBe(22)
  expect(rig.write('R.OUT', 101)).toBe(REFUSAL.outOfRange)
  expect(rig.write('R.OUT', 50)).toBe(REFUSAL.none)
  expect(rig.write('R.RATE_UP', -1)).toBe(REFUSAL.outOfRange)
})
