/**
 * What CALC and the conditions of a sequence compute with: opcodes, and the operations on their stack.
 */

/** Opcodes. `push` takes its argument, `input` the number of an input from 0; the others leave it 0. */
export const OP = {
  push: 0,
  input: 1,
  add: 2,
  sub: 3,
  mul: 4,
  div: 5,
  neg: 6,
  min: 7,
  max: 8,
  abs: 9,
  sqrt: 10,
  /** Comparisons and logic answer 1 or 0; not 0 is true. */
  lt: 11,
  le: 12,
  gt: 13,
  ge: 14,
  eq: 15,
  ne: 16,
  and: 17,
  or: 18,
  not: 19,
  /** c a b -> a where c is not 0, else b. Both are computed. */
  select: 20,
  /** Argument: number of an input. Its status as 0 bad, 1 uncertain, 2 good, without a say in the status of the result. */
  status: 21,
  /** Argument: so many pairs are left out. Only forward, so that a program ends. */
  jump_if_zero: 22,
  jump: 23,
} as const

/**
 * Does one operation on the stack in s and answers the new first free cell; ~cell (negative) where the result is no finite
 * number: a division by zero, the root of a negative one, an overflow. The stack has the right height then too.
 *
 * Cells and opcodes are small integers: nothing handed over here stands on the heap.
 */
export function operate(op: number, s: Float64Array, free: number): number {
  let top = free
  switch (op) {
    case OP.neg:
      s[top - 1] = -s[top - 1]!
      return top
    case OP.abs:
      s[top - 1] = Math.abs(s[top - 1]!)
      return top
    case OP.sqrt:
      if (s[top - 1]! < 0) return faulty(s, top)
      s[top - 1] = Math.sqrt(s[top - 1]!)
      return top
    case OP.not:
      s[top - 1] = s[top - 1]! === 0 ? 1 : 0
      return top
    case OP.select:
      top -= 2
      s[top - 1] = s[top - 1]! !== 0 ? s[top]! : s[top + 1]!
      return top
  }
  const b = s[--top]!
  const a = s[top - 1]!
  let y = 0
  switch (op) {
    case OP.add:
      y = a + b
      break
    case OP.sub:
      y = a - b
      break
    case OP.mul:
      y = a * b
      break
    case OP.div:
      if (b === 0) return faulty(s, top)
      y = a / b
      break
    case OP.min:
      y = Math.min(a, b)
      break
    case OP.max:
      y = Math.max(a, b)
      break
    case OP.lt:
      y = a < b ? 1 : 0
      break
    case OP.le:
      y = a <= b ? 1 : 0
      break
    case OP.gt:
      y = a > b ? 1 : 0
      break
    case OP.ge:
      y = a >= b ? 1 : 0
      break
    case OP.eq:
      y = a === b ? 1 : 0
      break
    case OP.ne:
      y = a !== b ? 1 : 0
      break
    case OP.and:
      y = a !== 0 && b !== 0 ? 1 : 0
      break
    case OP.or:
      y = a !== 0 || b !== 0 ? 1 : 0
      break
  }
  // An overflow inside would turn into a comparison that looks sound.
  if (!(y - y === 0)) return faulty(s, top)
  s[top - 1] = y
  return top
}

/** What cannot be computed leaves 0, so that no NaN stands in the state. */
function faulty(s: Float64Array, top: number): number {
  s[top - 1] = 0
  return ~top
}
