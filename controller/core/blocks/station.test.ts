import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

function make(type: string, set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig({
    blocks: [{ id: 'R', type, set: { SP: 0.5, BAL_TIME: 0, ...set } }],
    writable: ['R.MODE', 'R.SP', 'R.OUT'],
  })
  rig.drive('R.IN_1', 40)
  rig.scan(3)
  return rig
}

test('[RAT-1] RATIO: OUT = IN_1 SP GAIN; BIAS_GAIN: OUT = (IN_1 + SP) GAIN', () => {
  expect(make('RATIO', { GAIN: 2 }).get('R.OUT')).toBe(40)
  expect(make('BIAS_GAIN', { GAIN: 2, SP: 5 }).get('R.OUT')).toBe(90)
})

test('[RAT-2] the actual ratio is measured where a flow is wired, and is bad at no flow', () => {
  const rig = make('RATIO')
  expect(rig.get('R.PV')).toBe(0.5)
  rig.drive('R.IN', 10)
  rig.scan()
  expect(rig.get('R.PV')).toBe(0.25)
  rig.drive('R.IN_1', 0)
  rig.scan()
  expect([rig.get('R.PV'), rig.get('R.PV_ST')]).toEqual([0.25, STATUS.bad])
})

test('[R17] every way into automatic starts at the last OUT, and the balance goes in equal steps', () => {
  const rig = make('RATIO', { BAL_TIME: 4 })
  rig.scan(10)
  rig.write('R.MODE', MODE.man)
  rig.scan()
  expect(rig.write('R.OUT', 60)).toBe(REFUSAL.none)
  rig.write('R.MODE', MODE.auto)
  const out: number[] = []
  for (let i = 0; i < 6; i++) {
    rig.scan()
    out.push(rig.get('R.OUT'))
  }
  expect(out).toEqual([60, 50, 40, 30, 20, 20])
})

test('[R8] the slave out of cascade: OUT follows it, and the master is not invited', () => {
  const rig = make('RATIO')
  rig.drive('R.BKCAL_IN', 33, STATUS.notInvited)
  rig.scan()
  expect([rig.get('R.MODE_ACTUAL'), rig.get('R.OUT'), codeOf(rig.get('R.BKCAL_OUT_ST'))]).toEqual([
    MODE.iman,
    33,
    STATUS.notInvited,
  ])
  rig.drive('R.BKCAL_IN', 33, STATUS.initRequest)
  rig.scan()
  expect(codeOf(rig.get('R.OUT_ST'))).toBe(STATUS.initAck)
  rig.drive('R.BKCAL_IN', 33, STATUS.goodCascade)
  rig.scan()
  expect([rig.get('R.MODE_ACTUAL'), rig.get('R.OUT')]).toEqual([MODE.auto, 33])
  rig.drive('R.IN_1', 40, STATUS.bad)
  rig.scan()
  expect([rig.get('R.MODE_ACTUAL'), rig.get('R.MODE_TARGET')]).toEqual([MODE.man, MODE.auto])
})

test('[H-1..H-3] as a slave: asks, accepts the answer and holds its set point meanwhile', () => {
  const rig = make('RATIO', { MODE_TARGET: MODE.cas })
  rig.drive('R.CAS_IN', 0.9, STATUS.goodCascade)
  rig.scan()
  expect([rig.get('R.MODE_ACTUAL'), codeOf(rig.get('R.BKCAL_OUT_ST'))]).toEqual([MODE.auto, STATUS.initRequest])
  expect(rig.get('R.BKCAL_OUT')).toBe(0.5)
  rig.drive('R.CAS_IN', 0.5, STATUS.initAck)
  rig.scan()
  expect([rig.get('R.MODE_ACTUAL'), codeOf(rig.get('R.BKCAL_OUT_ST'))]).toEqual([MODE.cas, STATUS.goodCascade])
  rig.drive('R.CAS_IN', 0.6, STATUS.goodCascade)
  rig.scan()
  expect([rig.get('R.SP'), rig.get('R.OUT')]).toEqual([0.6, 24])
  expect(rig.write('R.SP', 0.4)).toBe(REFUSAL.mode)
})

test('[R11] limits of OUT reach the master by the sign of the slope', () => {
  const rig = make('RATIO', { MODE_TARGET: MODE.cas, OUT_LIM: [0, 30] })
  rig.drive('R.CAS_IN', 2, STATUS.good)
  rig.scan(2)
  expect([rig.get('R.OUT'), limitOf(rig.get('R.BKCAL_OUT_ST'))]).toEqual([30, LIMIT.high])
  const bias = make('BIAS_GAIN', { GAIN: -1, MODE_TARGET: MODE.cas, OUT_LIM: [-30, 0] })
  bias.drive('R.CAS_IN', 5, STATUS.good)
  bias.scan(2)
  expect([bias.get('R.OUT'), limitOf(bias.get('R.BKCAL_OUT_ST'))]).toEqual([-30, LIMIT.high])
})
