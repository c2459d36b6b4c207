// Guards: an expression that leaves an input alone while it is Bad is a reaction to that input, and to no other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBad, STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { layoutOf } from '../layout.ts'
import { compileExpression } from './expression.ts'
import { readsWhileBad } from './guard.ts'

const NAMES = ['a', 'b', 'c'] as const
const INPUTS = new Map(NAMES.map((name, i) => [name, i] as const))

function programOf(text: string): readonly number[] {
  const result = compileExpression(text, INPUTS, new Map())
  if ('found' in result) throw new Error(`${text}: ${result.found}`)
  return result.program
}

const unguarded = (text: string): string => NAMES.filter((_, i) => readsWhileBad(programOf(text), i)).join('')

// By hand, from the meaning of the words: which inputs are read at a moment when they are Bad.
test.each([
  ['good(a) ? a : b', 'b'],
  ['bad(a) ? b : a', 'b'],
  ['not bad(a) ? a : 50', ''],
  ['not good(a) ? 50 : a', ''],
  ['status(a) > 0 ? a : b', 'b'],
  ['status(a) == 0 ? b : a', 'b'],
  ['status(a) >= 1 ? a : 50', ''],
  ['0 < status(a) ? a : 50', ''],
  ['uncertain(a) or good(a) ? a : 50', ''],
  ['good(a) and good(b) ? a - b : 50', ''],
  ['good(a) or good(b) ? a : b', 'ab'],
  ['worst(a, b) == 2 ? a - b : 50', ''],
  ['worst(a, b) > 0 ? a : b', 'b'],
  ['good(a) + good(b) + good(c) >= 2 ? (good(a) ? a : c) : 50', 'c'],
  ['good(a) ? a : (good(b) ? b : c)', 'c'],
  ['good(a) ? a : (good(b) ? b : 50)', ''],
  ['bad(a) ? (bad(b) ? 50 : b) : (bad(b) ? a : (a + b) / 2)', ''],
  ['5 + (good(a) ? a : 0) * 2', ''],
  ['max(good(a) ? a : 0, good(b) ? b : 0)', ''],
  // No guards: they look at another input, at the wrong side, or too late.
  ['a', 'a'],
  ['good(b) ? a : b', 'ab'],
  ['good(a) ? b : a', 'ab'],
  ['bad(a) ? a : b', 'ab'],
  ['uncertain(a) ? b : a', 'ab'],
  ['status(a) >= 0 ? a : b', 'a'],
  ['worst(a, b) < 2 ? a : b', 'a'],
  ['good(a) and a > 5 ? a : 0', 'a'],
  ['good(a) * a', 'a'],
  ['max(a, good(a) ? a : 0)', 'a'],
  ['a > 5 ? b : 0', 'ab'],
  ['good(a) ? a : a + 1', 'a'],
])('[PATH-6] %s reads while it is Bad: %s', (text, names) => {
  expect(unguarded(text)).toBe(names)
})

const CALC = BLOCK_TYPES.get('CALC')!
const { S, s_count } = layoutOf(CALC.fields) as unknown as { S: Record<string, number>; s_count: number }

/** Whether OUT of a CALC with this program is Bad, with these inputs. */
function outIsBad(program: readonly number[], inputs: readonly { value: number; status: number }[]): boolean {
  const s = new Float64Array(s_count)
  inputs.forEach(({ value, status }, i) => {
    s[S['IN1']! + 2 * i] = value
    s[S['IN1']! + 2 * i + 1] = status
  })
  const { K, k_count } = layoutOf(CALC.fields) as unknown as { K: Record<string, number>; k_count: number }
  const k = new Float64Array(k_count + program.length)
  k.set(program, K['PROGRAM']!)
  CALC.kernel(s, k, new Float64Array(0))
  return isBad(s[S['OUT_ST']!]!)
}

const name = fc.constantFrom(...NAMES)
const { value } = fc.letrec<{ condition: string; value: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    name.map((n) => `good(${n})`),
    name.map((n) => `bad(${n})`),
    name.map((n) => `uncertain(${n})`),
    fc
      .tuple(name, name, fc.constantFrom('<', '>=', '=='), fc.nat({ max: 2 }))
      .map(([a, b, o, n]) => `worst(${a}, ${b}) ${o} ${n}`),
    fc
      .tuple(name, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.nat({ max: 2 }))
      .map(([a, o, n]) => `status(${a}) ${o} ${n}`),
    fc.tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition')).map(([a, o, b]) => `(${a} ${o} ${b})`),
    tie('condition').map((c) => `not (${c})`),
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    name,
    fc.constant('7'),
    fc.tuple(tie('condition'), tie('value'), tie('value')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    fc.tuple(tie('value'), fc.constantFrom('+', '-', '*'), tie('value')).map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `max(${a}, ${b})`),
  ),
}))

test('[PATH-6] random guards: what is called guarded never makes the result Bad, whatever the others do', () => {
  const statuses = [STATUS.bad, STATUS.uncertain, STATUS.good]
  fc.assert(
    fc.property(value, (text) => {
      const program = programOf(text)
      for (const [i] of NAMES.entries()) {
        const reads = readsWhileBad(program, i)
        let seen = false
        // All statuses of the two others: with none of them Bad, a Bad result can only come from this one.
        for (const one of statuses.slice(1)) {
          for (const two of statuses.slice(1)) {
            const others = [one, two]
            const inputs = NAMES.map((_, j) => ({ value: 3 + j, status: j === i ? STATUS.bad : others.shift()! }))
            seen ||= outIsBad(program, inputs)
          }
        }
        if (seen) expect(reads, `${NAMES[i]} in ${text}`).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
