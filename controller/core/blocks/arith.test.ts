import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const TYPES = ['flow_linear', 'flow_sqrt', 'flow_approx', 'btu', 'mult_div', 'average', 'sum', 'poly4', 'htg'] as const
type Type = (typeof TYPES)[number]

const make = (
  type: Type,
  set: Record<string, number | readonly number[]> = {},
  wires: Record<string, string> = {},
): Rig =>
  createRig({
    inputs: ['A', 'B', 'C'],
    blocks: [
      {
        id: 'A',
        type: 'ARITH',
        set: { ARITH_TYPE: TYPES.indexOf(type), BIAS_IN: [0, 1, 1], GAIN_IN: [1, 1, 1], ...set },
        wires,
      },
    ],
  })

function run(rig: Rig, pv: number, ...t: number[]): number {
  rig.drive('A.IN', pv)
  t.forEach((value, i) => {
    rig.drive(`A.IN_${i + 1}`, value)
  })
  rig.scan()
  return rig.get('A.OUT')
}

/** The forms written down once more, with the limits given by hand. */
const FORMS: Record<Type, (pv: number, a: number, b: number, c: number) => number> = {
  flow_linear: (pv, a, b) => pv * (a / b),
  flow_sqrt: (pv, a, b, c) => pv * Math.sqrt(a / (b * c)),
  flow_approx: (pv, a, b, c) => pv * Math.sqrt(a * b * c ** 2),
  btu: (pv, a, b) => pv * (a - b),
  mult_div: (pv, a, b, c) => pv * (a / b + c),
  average: (pv, a, b, c) => (pv + a + b + c) / 4,
  sum: (pv, a, b, c) => pv + a + b + c,
  poly4: (pv, a, b, c) => pv + a ** 2 + b ** 3 + c ** 4,
  htg: (pv, a, b) => (pv - a) / (pv - b),
}

test('[ARI-1] the nine forms, with bias and gain of every input and of the result', () => {
  const x = fc.double({ min: 0.5, max: 20, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), x, x, x, x, (type, pv, a, b, c) => {
      const rig = make(type, { BIAS_IN: [1, 2, 3], GAIN_IN: [2, 0.5, 1.5], GAIN: 3, BIAS: -7 })
      const [t1, t2, t3] = [(a + 1) * 2, (b + 2) * 0.5, (c + 3) * 1.5]
      const want = 3 * FORMS[type](pv, t1, t2, t3) - 7
      if (type === 'htg' && Math.abs(pv - t2) < 1e-3) return
      expect(Math.abs(run(rig, pv, a, b, c) - want)).toBeLessThan(1e-9 * (1 + Math.abs(want)))
    }),
  )
})

test('[ARI-2] division by zero takes the limit by the sign of the numerator; a negative root turns its sign', () => {
  const set = { COMP_LO: -5, COMP_HI: 8, BIAS_IN: [0, 0, 0] }
  expect(run(make('flow_linear', { ...set, BIAS_IN: [0, 1, 0] }), 2, 3, -1)).toBe(16)
  expect(run(make('flow_linear', { ...set, BIAS_IN: [0, 1, 0] }), 2, -3, -1)).toBe(-10)
  expect(run(make('flow_sqrt', { ...set, BIAS_IN: [0, 1, 1] }), 2, 3, -1, 4)).toBe(16)
  expect(run(make('flow_sqrt', { ...set, BIAS_IN: [0, 1, 1] }), 2, -16, 0, 0)).toBe(-8)
  expect(run(make('htg', set), 2, 9, 2)).toBe(-5)
  expect(run(make('btu', set), 2, 100, 0)).toBe(16)
})

test('[ARI-3] an input that is not wired is its bias; in a mean it does not count', () => {
  expect(run(make('flow_linear', { BIAS_IN: [0, 4, 1] }), 10, 8)).toBe(20)
  expect(run(make('average'), 10, 20)).toBe(15)
  expect(() => make('flow_linear', { BIAS_IN: [0, 0, 0] })).toThrow(/BIAS_IN/)
  expect(() => make('mult_div', { BIAS_IN: [0, 0, 0] })).toThrow(/BIAS_IN/)
  expect(() => make('flow_sqrt', { BIAS_IN: [0, 0, 1] })).toThrow(/BIAS_IN/)
  expect(() => make('btu', { BIAS_IN: [0, 0, 0] })).not.toThrow()
  expect(() => make('sum', { COMP_LO: 2, COMP_HI: 1 })).toThrow(/COMP_LO/)
  expect(() => make('flow_sqrt', { BIAS_IN: [0, 1, 0] })).toThrow(/BIAS_IN/)
})

test('[ARI-4] a bad compensation keeps its last usable value, Uncertain; a bad measurement holds', () => {
  const rig = make('flow_linear')
  expect(run(rig, 10, 6, 2)).toBe(20)
  rig.drive('A.IN_1', 99, STATUS.badNoComm)
  rig.drive('A.IN', 20)
  rig.scan()
  expect([rig.get('A.OUT'), codeOf(rig.get('A.OUT_ST'))]).toEqual([40, STATUS.uncertainLastUsable])
  rig.drive('A.IN', 30, STATUS.badSensorFailure)
  rig.scan()
  expect([rig.get('A.OUT'), rig.get('A.OUT_ST')]).toEqual([40, STATUS.badSensorFailure])
  const never = make('flow_linear')
  never.drive('A.IN_1', 5, STATUS.bad)
  expect([run(never, 10), codeOf(never.get('A.OUT_ST'))]).toEqual([0, STATUS.bad])
})

test('[ARI-5] two ranges of one flow: the low one below, the high one above, a straight mix between', () => {
  const rig = make('sum', { RANGE_LO: 10, RANGE_HI: 20, BIAS_IN: [0, 0, 0] })
  const both = (lo: number, hi: number): number => {
    rig.drive('A.IN_LO', lo)
    return run(rig, hi)
  }
  expect(both(4, 5)).toBe(4)
  expect(both(30, 25)).toBe(25)
  expect(both(14, 15)).toBe(14.5)
  // The low one is broken: the high one serves down to where it would no longer count at all.
  rig.drive('A.IN_LO', 0, STATUS.bad)
  expect(run(rig, 12)).toBe(12)
  expect(codeOf(rig.get('A.OUT_ST'))).toBe(STATUS.good)
  run(rig, 9)
  expect(codeOf(rig.get('A.OUT_ST'))).toBe(STATUS.bad)
  rig.drive('A.IN', 9, STATUS.bad)
  rig.drive('A.IN_LO', 19)
  rig.scan()
  expect(rig.get('A.OUT')).toBe(19)
})
