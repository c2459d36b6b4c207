import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, FLAG, isBad, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'
import { CALC_STACK, CALC_STEPS_MAX, checkProgram, OP, OP_ARITY } from './calc.ts'

type Pair = readonly [keyof typeof OP, number?]
const program = (...pairs: readonly Pair[]): number[] => pairs.flatMap(([op, arg]) => [OP[op], arg ?? 0])
const calc = (...pairs: readonly Pair[]): Rig =>
  createRig({ blocks: [{ id: 'C', type: 'CALC', set: { PROGRAM: program(...pairs) } }] })

function run(rig: Rig, ...inputs: readonly number[]): number {
  inputs.forEach((value, i) => {
    rig.drive(`C.IN${i + 1}`, value)
  })
  rig.scan()
  return rig.get('C.OUT')
}

test('each opcode has an arity, and computes what its name says', () => {
  expect(OP_ARITY).toHaveLength(Object.keys(OP).length)
  const two: readonly (readonly [keyof typeof OP, (a: number, b: number) => number])[] = [
    ['add', (a, b) => a + b],
    ['sub', (a, b) => a - b],
    ['mul', (a, b) => a * b],
    ['div', (a, b) => a / b],
    ['min', Math.min],
    ['max', Math.max],
    ['lt', (a, b) => Number(a < b)],
    ['le', (a, b) => Number(a <= b)],
    ['gt', (a, b) => Number(a > b)],
    ['ge', (a, b) => Number(a >= b)],
    ['eq', (a, b) => Number(a === b)],
    ['ne', (a, b) => Number(a !== b)],
    ['and', (a, b) => Number(a !== 0 && b !== 0)],
    ['or', (a, b) => Number(a !== 0 || b !== 0)],
  ]
  for (const [op, oracle] of two) {
    const rig = calc(['input', 0], ['input', 1], [op])
    for (const [a, b] of [
      [3, 2],
      [2, 3],
      [-4, 2],
      [5, 5],
      [0, 7],
    ] as const) {
      expect(run(rig, a, b)).toBe(oracle(a, b) + 0)
    }
  }
  expect(run(calc(['input', 0], ['neg']), 3)).toBe(-3)
  expect(run(calc(['input', 0], ['abs']), -3)).toBe(3)
  expect(run(calc(['input', 0], ['sqrt']), 9)).toBe(3)
  expect(run(calc(['input', 0], ['not']), 9)).toBe(0)
  const select = calc(['input', 0], ['input', 1], ['input', 2], ['select'])
  expect(run(select, 1, 10, 20)).toBe(10)
  expect(run(select, 0, 10, 20)).toBe(20)
})

test('[R5] division by zero, root of a negative and overflow are Bad and keep the last value', () => {
  const divide = calc(['input', 0], ['input', 1], ['div'])
  expect(run(divide, 6, 2)).toBe(3)
  expect(run(divide, 6, 0)).toBe(3)
  expect(divide.get('C.OUT_ST')).toBe(STATUS.bad)
  expect(run(divide, 8, 2)).toBe(4)
  expect(divide.get('C.OUT_ST')).toBe(STATUS.good)
  const root = calc(['input', 0], ['sqrt'])
  run(root, -1)
  expect(root.get('C.OUT_ST')).toBe(STATUS.bad)
  // Infinity would compare as larger than the limit, and the result would look sound.
  const hidden = calc(['input', 0], ['input', 0], ['mul'], ['push', 5], ['gt'])
  run(hidden, 1e200)
  expect(hidden.get('C.OUT_ST')).toBe(STATUS.bad)
})

test('[R3] the status is the worst of the inputs used; those not used do not count', () => {
  const rig = calc(['input', 0], ['input', 1], ['add'])
  rig.drive('C.IN1', 1, STATUS.goodCascade)
  rig.drive('C.IN2', 2, STATUS.uncertainLastUsable | FLAG.simulated)
  rig.drive('C.IN3', 0, STATUS.bad)
  rig.scan()
  expect(rig.get('C.OUT_ST')).toBe(STATUS.uncertainLastUsable | FLAG.simulated)
  rig.drive('C.IN1', 1, STATUS.badSensorFailure)
  rig.scan()
  expect(codeOf(rig.get('C.OUT_ST'))).toBe(STATUS.badSensorFailure)
  rig.drive('C.IN1', 1, STATUS.badNotConnected)
  rig.scan()
  expect(rig.get('C.OUT_ST') & 0xff).toBe(STATUS.bad)
})

test('a program that could reach beyond its stack, or leaves not one result, is refused', () => {
  expect(checkProgram(program(['push', 1]))).toBeUndefined()
  expect(checkProgram([])).toBeDefined()
  expect(checkProgram(program(['add']))).toBeDefined()
  expect(checkProgram(program(['push', 1], ['push', 2]))).toBeDefined()
  expect(checkProgram(program(['input', 8]))).toBeDefined()
  expect(checkProgram(program(['push', Number.NaN]))).toBeDefined()
  expect(checkProgram([99, 0])).toBeDefined()
  const deep = Array.from({ length: CALC_STACK + 1 }, (): Pair => ['push', 1])
  const adds = Array.from({ length: CALC_STACK }, (): Pair => ['add'])
  expect(checkProgram(program(...deep, ...adds))).toMatch(/stack/)
  const long = Array.from({ length: CALC_STEPS_MAX }, (): Pair => ['neg'])
  expect(checkProgram(program(['push', 1], ...long))).toMatch(/longer/)
  expect(() => calc(['add'])).toThrow(/PROGRAM/)
})

test('status of an input as 0, 1, 2, without a say in the status of the result', () => {
  const rig = calc(['status', 0])
  for (const [status, expected] of [
    [STATUS.badSensorFailure, 0],
    [STATUS.uncertainSubstitute, 1],
    [STATUS.goodCascade, 2],
  ] as const) {
    rig.drive('C.IN1', 7, status)
    rig.scan()
    expect([rig.get('C.OUT'), rig.get('C.OUT_ST')]).toEqual([expected, STATUS.good])
  }
})

test('[R3] a branch that is not taken has no say: the spare transmitter stands in for the bad one', () => {
  // good(a) ? a : b
  const rig = calc(['status', 0], ['push', 2], ['eq'], ['jump_if_zero', 2], ['input', 0], ['jump', 1], ['input', 1])
  rig.drive('C.IN1', 10, STATUS.good)
  rig.drive('C.IN2', 20, STATUS.uncertain)
  rig.scan()
  expect([rig.get('C.OUT'), rig.get('C.OUT_ST')]).toEqual([10, STATUS.good])
  rig.drive('C.IN1', 0, STATUS.bad)
  rig.scan()
  expect([rig.get('C.OUT'), rig.get('C.OUT_ST')]).toEqual([20, STATUS.uncertain])
})

test('a jump that leads back, out of the program, or to a stack of another depth is refused', () => {
  const good: Pair[] = [
    ['push', 1],
    ['jump_if_zero', 2],
    ['push', 2],
    ['jump', 1],
    ['push', 3],
  ]
  expect(checkProgram(program(...good))).toBeUndefined()
  expect(checkProgram(program(['push', 1], ['jump', -1]))).toMatch(/out of it/)
  expect(checkProgram(program(['push', 1], ['jump', 0.5]))).toMatch(/out of it/)
  expect(checkProgram(program(['push', 1], ['jump', 1]))).toMatch(/out of it/)
  expect(checkProgram(program(['push', 1], ['jump_if_zero', 1], ['push', 2]))).toMatch(/stacks/)
  expect(checkProgram(program(['push', 1], ['push', 1], ['jump_if_zero', 1], ['push', 2], ['add']))).toMatch(
    /stacks|operands/,
  )
  expect(checkProgram(program(['push', 1], ['jump', 1], ['push', 2]))).toMatch(/nothing leads/)
})

test('[R5] no program that is accepted lets NaN, infinity or -0 out', () => {
  const ops = Object.values(OP).filter((op) => op !== OP.jump && op !== OP.jump_if_zero)
  const pair = fc.tuple(fc.constantFrom(...ops), fc.double({ noNaN: true }))
  fc.assert(
    fc.property(
      fc.array(pair, { minLength: 1, maxLength: 30 }),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 8, maxLength: 8 }),
      (pairs, inputs) => {
        // Made acceptable: what lacks operands is dropped, what is left over is added up.
        const built: number[] = []
        let depth = 0
        for (const [op, arg] of pairs) {
          const arity = OP_ARITY[op]!
          if (depth < arity || depth + 1 - arity > CALC_STACK) continue
          built.push(
            op,
            op === OP.input || op === OP.status ? Math.abs(Math.trunc(arg)) % 8 || 0 : Number.isFinite(arg) ? arg : 1,
          )
          depth += 1 - arity
        }
        for (; depth > 1; depth--) built.push(OP.add, 0)
        if (depth === 0) return
        expect(checkProgram(built)).toBeUndefined()
        const rig = createRig({ blocks: [{ id: 'C', type: 'CALC', set: { PROGRAM: built } }] })
        const out = run(rig, ...inputs)
        expect(Number.isFinite(out) && !Object.is(out, -0)).toBe(true)
        expect(isBad(rig.get('C.OUT_ST')) || Number.isFinite(rig.get('C.STACK'))).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})
