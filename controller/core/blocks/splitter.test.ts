import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

type Set = Readonly<Record<string, number | readonly number[]>>

/** Alone, with two slaves that are in cascade and a source that cannot shake hands. */
function alone(set: Set = {}): Rig {
  const rig = createRig({ blocks: [{ id: 'X', type: 'SPLITTER', set: { BAL_TIME: 0, ...set } }] })
  rig.drive('X.BKCAL_IN_1', 0, STATUS.goodCascade)
  rig.drive('X.BKCAL_IN_2', 0, STATUS.goodCascade)
  rig.drive('X.CAS_IN', 0, STATUS.good)
  rig.scan(3)
  return rig
}

/** The outputs at this set point. */
function at(rig: Rig, sp: number): readonly [number, number] {
  rig.drive('X.CAS_IN', sp, STATUS.good)
  rig.scan()
  return [rig.get('X.OUT_1'), rig.get('X.OUT_2')]
}

test('[SPL-1] split range: each output on its own line, the end value beyond it', () => {
  const rig = alone()
  expect([0, 25, 50, 75, 100].map((sp) => at(rig, sp))).toEqual([
    [0, 0],
    [50, 0],
    [100, 0],
    [100, 50],
    [100, 100],
  ])
  // Cooling shuts while heating has not begun: lines with a gap, one falling.
  const gap = alone({ IN_ARRAY: [0, 40, 60, 100], OUT_ARRAY: [100, 0, 0, 100] })
  expect([0, 10, 40, 50, 70].map((sp) => at(gap, sp))).toEqual([
    [100, 0],
    [75, 0],
    [0, 0],
    [0, 0],
    [0, 25],
  ])
})

test('[SPL-2] LOCKVAL no: OUT_1 goes back to Y11 above X12, and returns only HYSTVAL below it', () => {
  const rig = alone({ LOCKVAL: 0, HYSTVAL: 10 })
  expect([50, 50.1, 49, 45.1, 44.9, 50].map((sp) => at(rig, sp)[0])).toEqual([100, 0, 0, 0, 89.8, 100])
})

describe('[SPL-3] the master may not push up only where nothing is left to push', () => {
  const up = (one: number, two: number, set: Set = {}, sp = 50): number => {
    const rig = alone(set)
    rig.drive('X.BKCAL_IN_1', 50, one)
    rig.drive('X.BKCAL_IN_2', 50, two)
    at(rig, sp)
    return limitOf(rig.get('X.BKCAL_OUT_ST'))
  }
  const gc = STATUS.goodCascade
  test('both high, or one high and the other not in cascade', () => {
    expect(up(gc | LIMIT.high, gc)).toBe(LIMIT.none)
    expect(up(gc | LIMIT.high, gc | LIMIT.high)).toBe(LIMIT.high)
    expect(up(gc | LIMIT.high, STATUS.notInvited | LIMIT.constant)).toBe(LIMIT.high)
    expect(up(STATUS.bad, gc | LIMIT.high)).toBe(LIMIT.high)
    expect(up(gc | LIMIT.low, gc | LIMIT.low)).toBe(LIMIT.low)
    expect(up(gc | LIMIT.low, gc | LIMIT.high)).toBe(LIMIT.none)
  })
  test('a falling line turns it round', () => {
    const set = { OUT_ARRAY: [100, 0, 0, 100] }
    expect(up(gc | LIMIT.low, gc | LIMIT.high, set)).toBe(LIMIT.high)
    expect(up(gc | LIMIT.low, STATUS.notInvited, set)).toBe(LIMIT.high)
    expect(up(gc | LIMIT.high, gc | LIMIT.low, set)).toBe(LIMIT.low)
  })
  test('and at the ends of the range', () => {
    expect(up(gc, gc, {}, 100)).toBe(LIMIT.high)
    expect(up(gc, gc, {}, 0)).toBe(LIMIT.low)
    expect(up(gc, gc, {}, 99)).toBe(LIMIT.none)
  })
})

test('[SPL-4] neither device in cascade: IMan, the outputs follow; Man is not permitted', () => {
  const rig = createRig({ blocks: [{ id: 'X', type: 'SPLITTER' }], writable: ['X.MODE', 'X.SP'] })
  rig.drive('X.BKCAL_IN_1', 33, STATUS.notInvited)
  rig.drive('X.BKCAL_IN_2', 0, STATUS.localOverride)
  rig.scan()
  expect([rig.get('X.MODE_ACTUAL'), rig.get('X.OUT_1'), rig.get('X.OUT_2'), rig.get('X.BKCAL_OUT')]).toEqual([
    MODE.iman,
    33,
    0,
    16.5,
  ])
  expect(codeOf(rig.get('X.BKCAL_OUT_ST'))).toBe(STATUS.notInvited)
  expect(rig.write('X.MODE', MODE.man)).toBe(REFUSAL.notPermitted)
  expect(rig.write('X.MODE', MODE.oos)).toBe(REFUSAL.none)
  rig.scan()
  expect(codeOf(rig.get('X.OUT_1_ST'))).toBe(STATUS.badOutOfService)
})

test('[SPL-5] set point and its rate in Auto', () => {
  const rig = createRig({
    blocks: [
      { id: 'X', type: 'SPLITTER', set: { MODE_TARGET: MODE.auto, SP_RATE_UP: 5, SP_RATE_DN: 10, BAL_TIME: 0 } },
    ],
    writable: ['X.SP'],
  })
  rig.drive('X.BKCAL_IN_1', 20, STATUS.goodCascade)
  rig.scan(2)
  expect([rig.get('X.MODE_ACTUAL'), rig.get('X.SP')]).toEqual([MODE.auto, 10])
  expect(rig.write('X.SP', 101)).toBe(REFUSAL.outOfRange)
  expect(rig.write('X.SP', 22)).toBe(REFUSAL.none)
  const out: number[] = []
  for (let i = 0; i < 4; i++) {
    rig.scan()
    out.push(rig.get('X.SP_WRK'))
  }
  expect(out).toEqual([15, 20, 22, 22])
})

// A loop on two valves: PID, splitter, two outputs. The devices stand at 37 % and 0 % and go where they are sent.
function loop(stand_pct = 37, second_pct = 0): Rig {
  const rig = createRig({
    inputs: ['TT'],
    outputs: { V1: 'A1.OUT', V2: 'A2.OUT' },
    blocks: [
      { id: 'P', type: 'PID', set: { GAIN: 2, RESET: 30, SP: 50 }, wires: { IN: 'input TT', BKCAL_IN: 'X.BKCAL_OUT' } },
      {
        id: 'X',
        type: 'SPLITTER',
        set: { BAL_TIME: 20 },
        wires: { CAS_IN: 'P.OUT', BKCAL_IN_1: 'A1.BKCAL_OUT', BKCAL_IN_2: 'A2.BKCAL_OUT' },
      },
      { id: 'A1', type: 'AO', wires: { CAS_IN: 'X.OUT_1', READBACK: 'readback V1' } },
      { id: 'A2', type: 'AO', wires: { CAS_IN: 'X.OUT_2', READBACK: 'readback V2' } },
    ],
    writable: ['P.MODE', 'P.SP', 'X.MODE', 'X.SP', 'A1.MODE', 'A1.OUT_EU', 'A2.MODE', 'A2.OUT_EU'],
  })
  rig.controller.latchInput(0, 50, STATUS.good)
  rig.controller.latchReadback(0, 4 + 0.16 * stand_pct, STATUS.good)
  rig.controller.latchReadback(1, 4 + 0.16 * second_pct, STATUS.good)
  return rig
}

/** Scans; the sum of all movements of both valves. */
function move(rig: Rig, count: number): number {
  let total = 0
  for (let i = 0; i < count; i++) {
    const was = [...rig.controller.values]
    rig.scan()
    const cold = rig.controller.state.n === 1
    for (let v = 0; v < 2; v++) {
      if (!cold) total += Math.abs(rig.controller.values[v]! - was[v]!)
      rig.controller.latchReadback(v, rig.controller.values[v]!, STATUS.good)
    }
  }
  return total
}

const modes = (rig: Rig) => ['P', 'X', 'A1', 'A2'].map((b) => rig.get(`${b}.MODE_ACTUAL`))
const RUNNING = [MODE.auto, MODE.cas, MODE.cas, MODE.cas]

describe('[H] handshakes with two slaves: the valves do not move at all', () => {
  test('[H-5] from the cold start to all in cascade', () => {
    const rig = loop()
    expect(move(rig, 12)).toBe(0)
    expect(modes(rig)).toEqual(RUNNING)
    expect(rig.controller.values[0]).toBe(4 + 0.16 * 37)
  })

  test('[H-5] wherever they stand, to the last bit', () => {
    const stand = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(stand, fc.boolean(), (at, second) => {
        // One of them within its line, the other where it belongs then: shut before its part, open behind it.
        const rig = second ? loop(100, at) : loop(at, 0)
        move(rig, 1)
        const start = ['A1.OUT_EU', 'A2.OUT_EU'].map((name) => rig.get(name))
        for (let i = 0; i < 11; i++) {
          move(rig, 1)
          expect(['A1.OUT_EU', 'A2.OUT_EU'].map((name) => rig.get(name))).toEqual(start)
        }
        expect(modes(rig)).toEqual(RUNNING)
      }),
    )
  })

  test('[H-6] the first device to Man, moved by hand, and back: the cascade goes on with the second', () => {
    const rig = loop()
    move(rig, 12)
    expect(rig.write('A1.MODE', MODE.man)).toBe(REFUSAL.none)
    expect(move(rig, 3)).toBe(0)
    expect(modes(rig)).toEqual([MODE.auto, MODE.cas, MODE.man, MODE.cas])
    rig.write('A1.OUT_EU', 60)
    expect(move(rig, 3)).toBeCloseTo(0.16 * 23, 12)
    rig.write('A1.MODE', MODE.cas)
    // Until both have shaken hands nothing moves; then the difference goes in equal steps over BAL_TIME.
    expect(move(rig, 3)).toBe(0)
    expect(modes(rig)).toEqual(RUNNING)
    const steps: number[] = []
    for (let i = 0; i < 20; i++) steps.push(move(rig, 1))
    for (const step of steps) expect(step).toBeCloseTo((0.16 * 23) / 20, 9)
    expect(rig.get('A1.OUT_EU')).toBeCloseTo(37, 9)
    // Twenty steps of a twentieth leave a rounding.
    expect(move(rig, 5)).toBeLessThan(1e-12)
    expect(move(rig, 5)).toBe(0)
  })

  test('[H-7] both to Man and back one after the other: the first decides where the master starts', () => {
    const rig = loop()
    move(rig, 12)
    rig.write('A1.MODE', MODE.man)
    rig.write('A2.MODE', MODE.man)
    expect(move(rig, 4)).toBe(0)
    expect(modes(rig)).toEqual([MODE.iman, MODE.iman, MODE.man, MODE.man])
    rig.write('A1.OUT_EU', 100)
    rig.write('A2.OUT_EU', 41)
    move(rig, 2)
    rig.write('A2.MODE', MODE.cas)
    expect(move(rig, 10)).toBe(0)
    expect(modes(rig)).toEqual([MODE.auto, MODE.cas, MODE.man, MODE.cas])
    expect(rig.get('P.OUT')).toBeCloseTo(70.5, 12)
    rig.write('A1.MODE', MODE.cas)
    // It stands at the end of its line already.
    expect(move(rig, 30)).toBe(0)
    expect(modes(rig)).toEqual(RUNNING)
  })

  test('[H-8] the master to Man and back', () => {
    const rig = loop()
    move(rig, 12)
    rig.write('P.MODE', MODE.man)
    expect(move(rig, 3)).toBe(0)
    rig.write('P.MODE', MODE.auto)
    expect(move(rig, 6)).toBe(0)
    expect(modes(rig)).toEqual(RUNNING)
  })

  test('[H-9] the splitter out of service or in Auto and back', () => {
    for (const mode of [MODE.oos, MODE.auto]) {
      const rig = loop()
      move(rig, 12)
      rig.write('X.MODE', mode)
      expect(move(rig, 4)).toBe(0)
      expect(rig.get('P.MODE_ACTUAL')).toBe(MODE.iman)
      rig.write('X.MODE', MODE.cas)
      expect(move(rig, 12)).toBe(0)
      expect(modes(rig)).toEqual(RUNNING)
    }
  })

  test('[SPL-6] a device that fails does not break the cascade of the other', () => {
    const rig = loop()
    move(rig, 12)
    rig.controller.latchReadback(1, 0, STATUS.badNoComm)
    rig.scan()
    expect(modes(rig)).toEqual([MODE.auto, MODE.cas, MODE.cas, MODE.iman])
    rig.scan()
    expect(modes(rig)).toEqual([MODE.auto, MODE.cas, MODE.cas, MODE.iman])
  })

  test('[R11] a loop that wants more than both valves have does not wind up', () => {
    const rig = loop()
    move(rig, 12)
    rig.controller.latchInput(0, 30, STATUS.good)
    move(rig, 600)
    expect([rig.get('A1.OUT_EU'), rig.get('A2.OUT_EU')]).toEqual([100, 100])
    // Its measurement comes above the set point: the second valve leaves its stop at once.
    rig.controller.latchInput(0, 51, STATUS.good)
    move(rig, 2)
    expect(rig.get('A2.OUT_EU')).toBeLessThan(100)
  })
})

test('[SPL-8] the first in cascade stands at the end of its line: SP is where the other, which is coming, stands', () => {
  const start = (one: number, two: number, set: Set = {}): number => {
    const rig = createRig({ blocks: [{ id: 'X', type: 'SPLITTER', set }] })
    rig.drive('X.BKCAL_IN_1', one, STATUS.initRequest)
    rig.drive('X.BKCAL_IN_2', two, STATUS.initRequest)
    rig.scan()
    rig.drive('X.BKCAL_IN_2', two, STATUS.goodCascade)
    rig.scan()
    expect([rig.get('X.OUT_1'), rig.get('X.OUT_2')]).toEqual([one, two])
    return rig.get('X.BKCAL_OUT')
  }
  expect(start(30, 0)).toBe(15)
  // They disagree: the second is open, so SP lies in its part.
  expect(start(30, 100)).toBe(100)
  expect(start(30, 40)).toBe(70)
  expect(start(0, 0)).toBe(50)
  expect(start(30, 0, { OUT_ARRAY: [100, 0, 0, 100] })).toBe(35)
  expect(start(30, 100, { OUT_ARRAY: [100, 0, 100, 0] })).toBe(35)
})

test('[SPL-7] arrays that make no two lines are refused', () => {
  const make = (set: Set) => () => createRig({ blocks: [{ id: 'X', type: 'SPLITTER', set }] })
  expect(make({ IN_ARRAY: [50, 50, 50, 100] })).toThrow(/IN_ARRAY/)
  expect(make({ IN_ARRAY: [0, 50, 80, 60] })).toThrow(/IN_ARRAY/)
  expect(make({ IN_ARRAY: [50, 100, 0, 50] })).toThrow(/IN_ARRAY/)
  expect(make({ OUT_ARRAY: [0, 0, 0, 100] })).toThrow(/OUT_ARRAY/)
  expect(make({ IN_ARRAY: [0, 60, 40, 100] })).not.toThrow()
})
