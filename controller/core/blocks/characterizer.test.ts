import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const make = (CURVE: readonly number[], SWAP_2 = 0): Rig =>
  createRig({ blocks: [{ id: 'C', type: 'CHARACTERIZER', set: { CURVE, SWAP_2 } }] })

function at(rig: Rig, x: number, status: number = STATUS.good): readonly [number, number] {
  rig.drive('C.IN_1', x, status)
  rig.scan()
  return [rig.get('C.OUT_1'), rig.get('C.OUT_1_ST')]
}

test('[CHR-1] straight lines between the points, the end values beyond, and the limit says so', () => {
  const rig = make([0, 0, 40, 10, 100, 100])
  expect([20, 40, 70].map((x) => at(rig, x))).toEqual([
    [5, STATUS.good],
    [10, STATUS.good],
    [55, STATUS.good],
  ])
  expect(at(rig, -3)).toEqual([0, STATUS.good | LIMIT.low])
  expect(at(rig, 130)).toEqual([100, STATUS.good | LIMIT.high])
})

test('[R3] a falling curve turns limits round; bad holds', () => {
  const rig = make([0, 100, 100, 0])
  expect(at(rig, 25, STATUS.good | LIMIT.high)).toEqual([75, STATUS.good | LIMIT.low])
  expect(at(rig, 120)).toEqual([0, STATUS.good | LIMIT.low])
  expect(at(rig, 50, STATUS.badNoComm)).toEqual([0, STATUS.badNoComm])
})

test('[CHR-2] the second signal through the inverse gives the first back', () => {
  const gaps = fc.array(
    fc.tuple(fc.double({ min: 0.1, max: 20, noNaN: true }), fc.double({ min: 0.1, max: 20, noNaN: true })),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  fc.assert(
    fc.property(gaps, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (list, falls, part) => {
      const curve = [0, 0]
      for (const [dx, dy] of list) curve.push(curve.at(-2)! + dx, curve.at(-1)! + (falls ? -dy : dy))
      const rig = make(curve, 1)
      const x = part * curve.at(-2)!
      const [y] = at(rig, x)
      rig.drive('C.IN_2', y)
      rig.scan()
      expect(rig.get('C.OUT_2')).toBeCloseTo(x, 8)
    }),
  )
})

test('[CHR-3] what is no curve is refused: x not rising, too many points, no way back', () => {
  expect(() => make([0, 0, 0, 1])).toThrow(/CURVE/)
  expect(() => make([0, 0, 5, 1, 4, 2])).toThrow(/CURVE/)
  expect(() => make([0, 0])).toThrow(/CURVE/)
  expect(() => make([0, 0, 1])).toThrow(/CURVE/)
  expect(() => make(Array.from({ length: 44 }, (_, i) => i))).toThrow(/CURVE/)
  expect(() => make(Array.from({ length: 42 }, (_, i) => i))).not.toThrow()
  expect(() => make([0, 0, 50, 80, 100, 60], 1)).toThrow(/CURVE/)
  expect(() => make([0, 0, 50, 80, 100, 60])).not.toThrow()
})

test('[H-10] in a cascade it passes the handshake on, and the valve does not move', () => {
  for (const stand of [33.3, 97.7, 0, 100, -4]) {
    const rig = createRig({
      inputs: ['FT'],
      outputs: { V: 'A.OUT' },
      blocks: [
        {
          id: 'P',
          type: 'PID',
          set: { GAIN: 1, RESET: 10, SP: 50 },
          wires: { IN: 'input FT', BKCAL_IN: 'C.BKCAL_OUT_1' },
        },
        {
          id: 'C',
          type: 'CHARACTERIZER',
          set: { CURVE: [0, 100, 30, 45, 60, 12, 100, 0] },
          wires: { IN_1: 'P.OUT', BKCAL_IN_1: 'A.BKCAL_OUT' },
        },
        { id: 'A', type: 'AO', wires: { CAS_IN: 'C.OUT_1', READBACK: 'readback V' } },
      ],
      writable: ['A.MODE', 'A.OUT_EU', 'P.MODE'],
    })
    rig.controller.latchInput(0, 50, STATUS.good)
    rig.controller.latchReadback(0, 4 + 0.16 * stand, STATUS.good)
    const run = (count: number): number => {
      let moved = 0
      for (let i = 0; i < count; i++) {
        // In %, because the way to mA and back has a rounding of its own.
        const cold = rig.controller.state.n === 0
        const was = rig.get('A.OUT_EU')
        rig.scan()
        if (!cold) moved += Math.abs(rig.get('A.OUT_EU') - was)
        rig.controller.latchReadback(0, rig.controller.values[0]!, STATUS.good)
      }
      return moved
    }
    expect(run(12)).toBe(0)
    const modes = () => [rig.get('P.MODE_ACTUAL'), rig.get('A.MODE_ACTUAL')]
    expect(modes()).toEqual([MODE.auto, MODE.cas])
    rig.write('A.MODE', MODE.man)
    expect(run(3)).toBe(0)
    expect(modes()).toEqual([MODE.iman, MODE.man])
    rig.write('A.OUT_EU', 20)
    run(1)
    rig.write('A.MODE', MODE.cas)
    expect(run(10)).toBe(0)
    expect(modes()).toEqual([MODE.auto, MODE.cas])
    expect(rig.get('A.OUT_EU')).toBe(20)
    // It is the same loop behind it: the measurement falls, the output rises, the valve closes.
    rig.controller.latchInput(0, 40, STATUS.good)
    run(2)
    expect(rig.get('A.OUT_EU')).toBeLessThan(20)
  }
})

test('[R11] limits come back turned round by a falling curve', () => {
  const rig = make([0, 100, 100, 0])
  rig.drive('C.IN_1', 40, STATUS.goodCascade)
  rig.drive('C.BKCAL_IN_1', 60, STATUS.goodCascade | LIMIT.high)
  rig.scan()
  expect([rig.get('C.BKCAL_OUT_1'), limitOf(rig.get('C.BKCAL_OUT_1_ST'))]).toEqual([40, LIMIT.low])
  rig.drive('C.BKCAL_IN_1', 60, STATUS.bad)
  rig.scan()
  expect(codeOf(rig.get('C.BKCAL_OUT_1_ST'))).toBe(STATUS.bad)
})
