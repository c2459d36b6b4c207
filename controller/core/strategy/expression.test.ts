// An expression gives what its text says. Second evaluator: the tree it was written from, in plain arithmetic.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBad, STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { layoutOf } from '../layout.ts'
import { compileExpression } from './expression.ts'

const CALC = BLOCK_TYPES.get('CALC')!
const { S, K, s_count, k_count } = layoutOf(CALC.fields)
const INPUTS = new Map([
  ['a', 0],
  ['b', 1],
])
const CONSTANTS = new Map([['$k', 2.5]])

function evaluate(text: string, a: number, b: number): number | 'bad' {
  const result = compileExpression(text, INPUTS, CONSTANTS)
  if (!('program' in result)) throw new Error(`${text}: ${result.found}`)
  const s = new Float64Array(s_count)
  const k = new Float64Array(k_count + result.program.length)
  k.set(result.program, K['PROGRAM']!)
  for (const [i, value] of [a, b].entries()) {
    s[S['IN1']! + 2 * i] = value
    s[S['IN1_ST']! + 2 * i] = STATUS.good
  }
  CALC.kernel(s, k, new Float64Array(0))
  return isBad(s[S['OUT_ST']!]!) ? 'bad' : s[S['OUT']!]!
}

test.each([
  ['a + 2 * b', 3, 4, 11],
  ['(a + 2) * b', 3, 4, 20],
  ['a - b - 1', 9, 4, 4],
  ['a / b / 2', 12, 3, 2],
  ['-a * b', 3, 4, -12],
  ['a - -b', 3, 4, 7],
  ['max(a, b, $k)', 1, 2, 2.5],
  ['min(a, b, $k)', 1, 2, 1],
  ['abs(a) + sqrt(b)', -3, 16, 7],
  ['a > b ? a : b', 3, 4, 4],
  ['a > 1 ? (b > 1 ? 10 : 20) : 30', 2, 0, 20],
  ['a > 5 ? 10 : b > 1 ? 20 : 30', 2, 0, 30],
  ['a >= 3 and b != 4', 3, 4, 0],
  ['a == 3 or not b', 3, 4, 1],
  ['(a < b) + (a <= 3)', 3, 4, 2],
  ['1e3 * 0.5', 0, 0, 500],
  ['a / b', 1, 0, 'bad'],
] as const)('%s with a = %d, b = %d is %s', (text, a, b, expected) => {
  expect(evaluate(text, a, b)).toBe(expected)
})

interface Tree {
  readonly text: string
  readonly value: (a: number, b: number) => number
}

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((n) => ({ text: `${n / 4}`, value: () => n / 4 })),
  fc.constantFrom<Tree>(
    { text: 'a', value: (a) => a },
    { text: 'b', value: (_a, b) => b },
    { text: '$k', value: () => 2.5 },
  ),
)
const tree = fc.letrec<{ node: Tree }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(fc.constantFrom('+', '-', '*'), tie('node'), tie('node')).map(([op, x, y]) => ({
      text: `(${x.text} ${op} ${y.text})`,
      value: (a: number, b: number) => {
        const [l, r] = [x.value(a, b), y.value(a, b)]
        return op === '+' ? l + r : op === '-' ? l - r : l * r
      },
    })),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([c, x, y]) => ({
      text: `(${c.text} > 1 ? ${x.text} : ${y.text})`,
      value: (a: number, b: number) => (c.value(a, b) > 1 ? x.value(a, b) : y.value(a, b)),
    })),
    fc.tuple(tie('node'), tie('node')).map(([x, y]) => ({
      text: `max(${x.text}, -${y.text})`,
      value: (a: number, b: number) => Math.max(x.value(a, b), -y.value(a, b)),
    })),
  ),
})).node

test('[EXPR-1] a random tree and its text agree', () => {
  const number = fc.integer({ min: -40, max: 40 }).map((n) => n / 8)
  fc.assert(
    fc.property(tree, number, number, (t, a, b) => {
      // Adding 0 makes -0 and 0 one: a block gives no -0.
      expect(evaluate(t.text, a, b)).toBe(t.value(a, b) + 0)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['a +', 'Unexpected end of expression'],
  ['', 'undefined'],
  ['a b', "'a b'"],
  ['a ^ 2', "the operator '^'"],
  ['a; b', 'a;'],
  ['c = 3', 'c = 3'],
  ['f(a) = a', 'f(a) = a'],
  ['sin(a)', "the function 'sin'"],
  ['toString(a)', "the function 'toString'"],
  ['constructor(a)', "the function 'constructor'"],
  ['a.b', 'a.b'],
  ['a[1]', 'a[1]'],
  ['[a, b]', '[a, b]'],
  ['"a"', '"a"'],
  ['true', 'true'],
  ['NaN', 'NaN'],
  ['1e999', 'Infinity'],
  ['a < b < 3', 'a < b < 3'],
  ['5 cm', '5 cm'],
  ['a!', "the operator '!'"],
  ['max(a)', "'max' with 1"],
  ['sqrt(a, b)', "'sqrt' with 2"],
  ['x + 1', "the name 'x'"],
])('[EXPR-2] %s is refused', (text, found) => {
  const result = compileExpression(text, INPUTS, CONSTANTS)
  expect(result).toMatchObject({ found: expect.stringContaining(found) })
})

test('[EXPR-2] an expression beyond the block is refused: too long, too deep', () => {
  const long = Array.from({ length: 200 }, () => 'a').join(' + ')
  const deep = `${'(a + '.repeat(20)}a${')'.repeat(20)}`
  for (const text of [long, deep]) expect(compileExpression(text, INPUTS, CONSTANTS)).toHaveProperty('found')
})

const statuses = (text: string, a: number, b: number): number | 'bad' => {
  const result = compileExpression(text, INPUTS, CONSTANTS)
  if (!('program' in result)) throw new Error(`${text}: ${result.found}`)
  const s = new Float64Array(s_count)
  const k = new Float64Array(k_count + result.program.length)
  k.set(result.program, K['PROGRAM']!)
  for (const [i, status] of [a, b].entries()) {
    s[S['IN1']! + 2 * i] = i + 10
    s[S['IN1_ST']! + 2 * i] = status
  }
  CALC.kernel(s, k, new Float64Array(0))
  return isBad(s[S['OUT_ST']!]!) ? 'bad' : s[S['OUT']!]!
}

test.each([
  ['good(a)', STATUS.good, STATUS.bad, 1],
  ['good(a)', STATUS.uncertain, STATUS.bad, 0],
  ['uncertain(a)', STATUS.uncertainSubstitute, STATUS.bad, 1],
  ['bad(a)', STATUS.badSensorFailure, STATUS.good, 1],
  ['bad(a) or bad(b)', STATUS.good, STATUS.badNoComm, 1],
  ['status(a) * 10 + status(b)', STATUS.uncertain, STATUS.goodCascade, 12],
  ['worst(a, b)', STATUS.good, STATUS.uncertain, 1],
  ['good(a) ? a : good(b) ? b : 0', STATUS.bad, STATUS.good, 11],
  ['good(a) ? a : good(b) ? b : 0', STATUS.bad, STATUS.bad, 0],
  ['good(a) ? a : b', STATUS.bad, STATUS.bad, 'bad'],
  ['a + good(b)', STATUS.bad, STATUS.good, 'bad'],
] as const)('[EXPR-2] %s with statuses %d and %d is %s', (text, a, b, expected) => {
  expect(statuses(text, a, b)).toBe(expected)
})

test.each([
  ['a + * b', 4],
  ['a + (b + cc)', 9],
  ['max(a, b) + sin(a)', 12],
  ['good(a + 1)', 7],
  ['a > 1 ? b : max(a)', 12],
  ['1.5e3 * a ^ 2', 10],
  ["a + 'x'", 4],
] as const)('[EXPR-3] the fault of %s stands at its letter %d', (text, offset) => {
  expect(compileExpression(text, INPUTS, CONSTANTS)).toMatchObject({ offset })
})
