import { expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

/** Master, slave that may be bypassed, and valve, at rest; the scales are not the same. */
function cascade(set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig({
    blocks: [
      {
        id: 'M',
        type: 'PID',
        set: { GAIN: 1, RESET: 50, SP: 50, OUT_SCALE: [0, 30] },
        wires: { BKCAL_IN: 'S.BKCAL_OUT' },
      },
      {
        id: 'S',
        type: 'PID',
        set: { GAIN: 0.7, RESET: 9, PV_SCALE: [0, 30], BYPASS_ENABLE: 1, MODE_TARGET: MODE.cas, ...set },
        wires: { CAS_IN: 'M.OUT', BKCAL_IN: 'AO.BKCAL_OUT' },
      },
      { id: 'AO', type: 'AO', set: { SP: 37.3 }, wires: { CAS_IN: 'S.OUT' } },
    ],
    writable: ['S.MODE', 'S.BYPASS', 'S.SP', 'S.OUT', 'M.SP'],
  })
  rig.drive('M.IN', 50)
  rig.drive('S.IN', 11.1)
  rig.scan(10)
  return rig
}

function switchTo(rig: Rig, on: 0 | 1): void {
  expect(rig.write('S.MODE', MODE.man)).toBe(REFUSAL.none)
  rig.scan(3)
  expect(rig.write('S.BYPASS', on)).toBe(REFUSAL.none)
  rig.scan(3)
}

test('[R22] it is switched in Man or OOS only, and only where BYPASS_ENABLE says so', () => {
  const rig = cascade()
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.cas)
  expect(rig.write('S.BYPASS', 1)).toBe(REFUSAL.mode)
  rig.write('S.MODE', MODE.oos)
  rig.scan()
  expect([rig.write('S.BYPASS', 2), rig.write('S.BYPASS', 1)]).toEqual([REFUSAL.outOfRange, REFUSAL.none])
  const other = cascade({ BYPASS_ENABLE: 0, MODE_TARGET: MODE.man })
  expect(other.write('S.BYPASS', 1)).toBe(REFUSAL.notPermitted)
  expect(() => cascade({ BYPASS_ENABLE: 0, BYPASS: 1 })).toThrow('BYPASS')
})

test('[R22, H-tv] the valve does not move at all on the way in, through the handshake, and on the way out', () => {
  for (const ACTION of [0, 1]) {
    const rig = cascade({ ACTION })
    const out = rig.get('AO.OUT')
    const still = (n: number): void => {
      for (let i = 0; i < n; i++) {
        rig.scan()
        expect(rig.get('AO.OUT')).toBe(out)
      }
    }
    switchTo(rig, 1)
    still(2)
    rig.write('S.MODE', MODE.cas)
    still(8)
    expect([rig.get('M.MODE_ACTUAL'), rig.get('S.MODE_ACTUAL')]).toEqual([MODE.auto, MODE.cas])
    // 37.3 % of 0 to 30.
    expect(rig.get('M.OUT')).toBeCloseTo(11.19, 12)
    switchTo(rig, 0)
    still(2)
    expect(rig.get('M.OUT')).toBe(11.1)
    expect(rig.get('S.SP')).toBe(11.1)
    rig.write('S.MODE', MODE.cas)
    still(1)
  }
})

test('[R22] the set point of the master goes through % for %, and says so; a bad measurement does not matter', () => {
  const rig = cascade()
  switchTo(rig, 1)
  rig.drive('S.IN', 0, STATUS.badSensorFailure)
  rig.write('S.MODE', MODE.cas)
  rig.scan(8)
  expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.cas)
  rig.write('M.SP', 60)
  rig.scan(3)
  expect(rig.get('S.OUT')).toBeCloseTo((rig.get('M.OUT') / 30) * 100, 10)
  expect(rig.get('S.OUT')).toBeGreaterThan(40)
  expect(rig.get('S.OUT_ST') & FLAG.bypassed).toBe(FLAG.bypassed)
  expect(codeOf(rig.get('S.OUT_ST'))).toBe(STATUS.goodCascade)
})

test('[R22] while OUT is in hand the set point is what OUT stands at, and not written', () => {
  const rig = cascade()
  switchTo(rig, 1)
  expect(rig.write('S.OUT', 50)).toBe(REFUSAL.none)
  rig.scan(2)
  expect([rig.get('S.SP'), rig.get('S.BKCAL_OUT'), rig.get('M.OUT')]).toEqual([15, 15, 15])
  expect(rig.write('S.SP', 20)).toBe(REFUSAL.mode)
  rig.write('S.MODE', MODE.auto)
  rig.scan(2)
  expect(rig.get('S.OUT')).toBe(50)
  expect(rig.write('S.SP', 20)).toBe(REFUSAL.none)
  rig.scan()
  expect(rig.get('S.OUT')).toBeCloseTo(66.66666666666667, 10)
})

test('[R11, R22] at a limit of OUT the master may not push further that way, whatever the action', () => {
  for (const ACTION of [0, 1]) {
    const rig = cascade({ ACTION, OUT_LIM: [0, 60], BYPASS: 1, MODE_TARGET: MODE.auto })
    expect(rig.get('S.MODE_ACTUAL')).toBe(MODE.auto)
    rig.write('S.SP', 25)
    rig.scan()
    expect([rig.get('S.OUT'), rig.get('S.OUT_ST') & 3, rig.get('S.BKCAL_OUT')]).toEqual([60, 2, 18])
    rig.write('S.MODE', MODE.cas)
    rig.scan(8)
    rig.write('M.SP', 100)
    rig.scan(20)
    expect([rig.get('S.OUT'), rig.get('S.BKCAL_OUT_ST') & 3]).toEqual([60, 2])
  }
})
