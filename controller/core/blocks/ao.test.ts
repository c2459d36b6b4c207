import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE, MODE_NAMES } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

/** Output with a master that cannot handshake; the device stands at 30 %. */
function ao(set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig({
    blocks: [{ id: 'AO', type: 'AO', set }],
    writable: ['AO.MODE', 'AO.SP', 'AO.OUT_EU'],
  })
  rig.drive('AO.CAS_IN', 30)
  rig.drive('AO.READBACK', 8.8)
  return rig
}
const mA = (pct: number): number => 4 + 0.16 * pct

const CONDITIONS = [
  { name: 'read-back bad', force: MODE.iman, apply: (r: Rig) => r.drive('AO.READBACK', 4, STATUS.badNoComm) },
  { name: 'IFS', force: MODE.lo, apply: (r: Rig) => r.drive('AO.CAS_IN', 50, STATUS.initiateFaultState) },
  { name: 'cas bad', force: MODE.auto, apply: (r: Rig) => r.drive('AO.CAS_IN', 50, STATUS.bad) },
  { name: 'cas uncertain', force: MODE.rout, apply: (r: Rig) => r.drive('AO.CAS_IN', 50, STATUS.uncertain) },
  { name: 'none', force: MODE.rout, apply: () => undefined },
] as const

describe('[R8] actual mode of every target under every pair of conditions', () => {
  for (const target of [MODE.oos, MODE.man, MODE.auto, MODE.cas]) {
    for (const [i, first] of CONDITIONS.entries()) {
      for (const second of CONDITIONS.slice(i + 1)) {
        test(`target ${MODE_NAMES[target]}: ${first.name}, ${second.name}`, () => {
          const rig = ao({ MODE_TARGET: target })
          rig.scan(2)
          expect(rig.get('AO.MODE_ACTUAL')).toBe(target)
          second.apply(rig)
          first.apply(rig)
          rig.scan()
          // What CAS_IN says counts for target Cas only, and the later of two on one wire is the one that stands.
          const onCas = [second, first].filter((c) => c.name.startsWith('cas') || c.name === 'IFS').at(-1)
          const forces = [first, second]
            .filter((c) => c === onCas || c.name === 'read-back bad')
            .map((c) => (c === onCas && target !== MODE.cas ? MODE.rout : c.force))
          const expected = target === MODE.oos ? MODE.oos : Math.min(target, ...forces)
          expect(rig.get('AO.MODE_ACTUAL')).toBe(expected)
          expect(isBad(rig.get('AO.OUT_ST'))).toBe(expected === MODE.oos)
          if (expected < MODE.cas && expected > MODE.oos) expect(rig.get('AO.OUT')).toBeCloseTo(8.8, 12)
        })
      }
    }
  }
})

test('[AO-start] nothing is written before the device has spoken; the first output is exactly what it stands at', () => {
  fc.assert(
    fc.property(fc.double({ min: 3.8, max: 20.5, noNaN: true }), fc.constantFrom(0, 1), (at, INCREASE_TO_CLOSE) => {
      const rig = ao({ INCREASE_TO_CLOSE })
      rig.drive('AO.READBACK', 0, STATUS.bad)
      rig.scan(3)
      expect([rig.get('AO.MODE_ACTUAL'), isBad(rig.get('AO.OUT_ST'))]).toEqual([MODE.iman, true])
      rig.drive('AO.CAS_IN', 77, STATUS.goodCascade)
      rig.drive('AO.READBACK', at)
      rig.scan()
      expect(rig.get('AO.OUT')).toBe(at)
      expect(isBad(rig.get('AO.OUT_ST'))).toBe(false)
      expect(codeOf(rig.get('AO.BKCAL_OUT_ST'))).toBe(STATUS.initRequest)
      rig.scan()
      expect(rig.get('AO.OUT')).toBeCloseTo(at, 12)
    }),
  )
})

test('[AO-start] after a lost read-back OUT holds and is still written, then starts from where the device went', () => {
  const rig = ao()
  rig.scan(3)
  rig.drive('AO.READBACK', 8.8, STATUS.badNoCommLastUsable)
  rig.scan(5)
  expect(rig.get('AO.OUT')).toBeCloseTo(8.8, 12)
  expect(codeOf(rig.get('AO.OUT_ST'))).toBe(STATUS.uncertainLastUsable)
  expect(codeOf(rig.get('AO.BKCAL_OUT_ST'))).toBe(STATUS.notInvited)
  // Its watchdog has tripped meanwhile: it stands at its fail value.
  rig.drive('AO.READBACK', 4)
  rig.drive('AO.CAS_IN', 30, STATUS.goodCascade)
  rig.scan()
  expect(rig.get('AO.OUT')).toBe(4)
})

test('[AO-fault] CAS_IN bad for longer than FSTATE_TIME is a fault state: hold, or the fault value; IFS at once', () => {
  for (const [FSTATE, pct] of [
    [0, 30],
    [1, 5],
  ] as const) {
    const rig = ao({ FSTATE, FSTATE_VAL: 5, FSTATE_TIME: 3 })
    rig.scan(3)
    rig.drive('AO.CAS_IN', 80, STATUS.badNoComm)
    const modes: number[] = []
    for (let i = 0; i < 5; i++) {
      rig.scan()
      modes.push(rig.get('AO.MODE_ACTUAL'))
    }
    expect(modes).toEqual([MODE.auto, MODE.auto, MODE.auto, MODE.lo, MODE.lo])
    expect(rig.get('AO.OUT')).toBeCloseTo(mA(pct), 12)
    expect(codeOf(rig.get('AO.BKCAL_OUT_ST'))).toBe(STATUS.faultStateActive)
    // The way back is a handshake, from where the valve stands.
    rig.drive('AO.CAS_IN', 80, STATUS.goodCascade)
    rig.drive('AO.READBACK', mA(pct))
    rig.scan()
    expect(codeOf(rig.get('AO.BKCAL_OUT_ST'))).toBe(STATUS.initRequest)
    expect(rig.get('AO.BKCAL_OUT')).toBeCloseTo(pct, 12)
    expect(rig.get('AO.OUT')).toBeCloseTo(mA(pct), 12)
  }
  const man = ao({ FSTATE_TIME: 0, FSTATE_MAN: 1 })
  man.scan(2)
  man.drive('AO.CAS_IN', 30, STATUS.bad)
  man.scan(2)
  expect(man.get('AO.MODE_TARGET')).toBe(MODE.man)
})

test('[AO-scale] increase to close, limits and their word to the master', () => {
  const rig = ao({ INCREASE_TO_CLOSE: 1, SP_LIM: [0, 90] })
  rig.drive('AO.READBACK', 20 - 0.16 * 30)
  rig.scan(2)
  rig.drive('AO.CAS_IN', 75)
  rig.scan()
  expect(rig.get('AO.OUT')).toBeCloseTo(8, 12)
  rig.drive('AO.CAS_IN', 120)
  rig.scan()
  expect([rig.get('AO.OUT_EU'), rig.get('AO.BKCAL_OUT_ST')]).toEqual([90, STATUS.goodCascade | 2])
  expect(rig.get('AO.OUT')).toBeCloseTo(20 - 0.16 * 90, 12)
  const plain = ao()
  plain.scan(2)
  plain.drive('AO.CAS_IN', -50)
  plain.scan()
  expect(plain.get('AO.OUT_EU')).toBe(-10)
})

test('[AO-force] while the output is forced the block follows the device in IMan and says so; the end moves nothing', () => {
  const rig = ao({ MODE_TARGET: MODE.cas })
  rig.scan(4)
  expect(rig.get('AO.MODE_ACTUAL')).toBe(MODE.cas)
  for (const pct of [35, 40, 60, 60, 60]) {
    rig.drive('AO.READBACK', mA(pct), STATUS.good | FLAG.forced)
    rig.scan()
    expect([rig.get('AO.MODE_ACTUAL'), rig.get('AO.TRACKING'), rig.get('AO.OUT')]).toEqual([MODE.iman, 1, mA(pct)])
    expect(rig.get('AO.OUT_ST') & FLAG.forced).toBe(FLAG.forced)
    expect(rig.get('AO.PV_ST') & FLAG.forced).toBe(FLAG.forced)
    expect(rig.get('AO.PV')).toBeCloseTo(pct, 12)
    expect(codeOf(rig.get('AO.BKCAL_OUT_ST'))).toBe(STATUS.notInvited)
    expect(rig.get('AO.BKCAL_OUT_ST') & FLAG.forced).toBe(FLAG.forced)
  }
  // A master that shakes hands: it is asked to start from 60 %.
  rig.drive('AO.READBACK', mA(60))
  rig.drive('AO.CAS_IN', 30, STATUS.goodCascade)
  rig.scan()
  expect(rig.get('AO.OUT')).toBe(mA(60))
  expect(rig.get('AO.OUT_ST') & FLAG.forced).toBe(0)
  expect([rig.get('AO.BKCAL_OUT'), codeOf(rig.get('AO.BKCAL_OUT_ST'))]).toEqual([60, STATUS.initRequest])
})

test('[AO-rate] the set point rate holds in Auto only', () => {
  const rig = ao({ SP_RATE_UP: 2, SP_RATE_DN: 1 })
  rig.scan(2)
  rig.drive('AO.CAS_IN', 40)
  rig.scan()
  expect(rig.get('AO.OUT_EU')).toBe(40)
  rig.write('AO.MODE', MODE.auto)
  rig.scan()
  expect(rig.write('AO.SP', 50)).toBe(REFUSAL.none)
  rig.scan(2)
  expect(rig.get('AO.OUT_EU')).toBe(44)
  rig.write('AO.SP', 20)
  rig.scan(3)
  expect(rig.get('AO.OUT_EU')).toBe(41)
})

test('[AO-readback] a device that is not where it was sent is said to have failed, after a time', () => {
  const rig = ao({ READBACK_TOL: 2, READBACK_TIME: 3 })
  rig.scan(3)
  rig.drive('AO.CAS_IN', 60)
  rig.scan(2)
  expect(rig.get('AO.READBACK_FAILED')).toBe(0)
  rig.scan(4)
  expect(rig.get('AO.READBACK_FAILED')).toBe(1)
  rig.drive('AO.READBACK', mA(60))
  rig.scan()
  expect(rig.get('AO.READBACK_FAILED')).toBe(0)
})

test('[AO-start] out of service nothing is written; the way back starts from where the device went', () => {
  const rig = ao()
  rig.scan(2)
  rig.write('AO.MODE', MODE.oos)
  rig.scan(5)
  expect([codeOf(rig.get('AO.OUT_ST')), rig.get('AO.OUT')]).toEqual([STATUS.badOutOfService, 8.8])
  rig.drive('AO.READBACK', 4)
  rig.write('AO.MODE', MODE.man)
  rig.scan()
  expect(rig.get('AO.OUT')).toBe(4)
})

test('writes are judged by mode and range', () => {
  const rig = ao()
  rig.scan(2)
  expect(rig.write('AO.OUT_EU', 20)).toBe(REFUSAL.mode)
  expect(rig.write('AO.SP', 20)).toBe(REFUSAL.mode)
  rig.write('AO.MODE', MODE.man)
  rig.scan()
  expect(rig.write('AO.OUT_EU', 111)).toBe(REFUSAL.outOfRange)
  expect(rig.write('AO.OUT_EU', 20)).toBe(REFUSAL.none)
  rig.scan()
  expect(rig.get('AO.OUT')).toBeCloseTo(mA(20), 12)
})
