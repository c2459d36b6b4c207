/**
 * Guards: which inputs an expression leaves alone while they are Bad. `good(a) ? a : b` is a reaction to a Bad a, written out by
 * the engineer; it is none to a Bad b.
 *
 * The program is run with intervals in place of numbers: of the input in question only that it is Bad, of all others nothing.
 * A branch whose condition is settled is followed alone, of any other both. Because jumps lead forward only, one pass suffices,
 * and what it finds is what the kernel does: the status of the result is the worst of the inputs read on the way taken.
 * @see Cousot, Cousot, Abstract interpretation, POPL 1977: the domain of intervals
 */
import { OP, OP_ARITY } from '../blocks/calc.ts'

/** All that a number on the stack can be. */
type Span = readonly [lo: number, hi: number]

const ANY: Span = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const YES: Span = [1, 1]
const NO: Span = [0, 0]
const MAYBE: Span = [0, 1]
const isZero = ([lo, hi]: Span): boolean => lo === 0 && hi === 0
const isNotZero = ([lo, hi]: Span): boolean => lo > 0 || hi < 0

/** Whether a program (pairs of opcode and argument, as `checkProgram` lets through) reads an input while that is Bad. */
export function readsWhileBad(program: readonly number[], input: number): boolean {
  const arrivals = new Map<number, readonly Span[]>([[0, []]])
  for (let i = 0; i < program.length; i += 2) {
    const stack = arrivals.get(i)
    // Nothing leads here while the input is Bad.
    if (stack === undefined) continue
    const [op, arg] = [program[i]!, program[i + 1]!]
    if (op === OP.input && arg === input) return true
    const next = i + 2
    const target = next + 2 * arg
    if (op === OP.jump) arrive(arrivals, target, stack)
    else if (op === OP.jump_if_zero) {
      const condition = stack.at(-1)!
      const rest = stack.slice(0, -1)
      if (!isZero(condition)) arrive(arrivals, next, rest)
      if (!isNotZero(condition)) arrive(arrivals, target, rest)
    } else arrive(arrivals, next, after(op, arg, stack, input))
  }
  return false
}

/** Where two ways meet it can be either. */
function arrive(arrivals: Map<number, readonly Span[]>, at: number, stack: readonly Span[]): void {
  const other = arrivals.get(at)
  const either = (x: Span, i: number): Span => [Math.min(x[0], other![i]![0]), Math.max(x[1], other![i]![1])]
  arrivals.set(at, other === undefined ? stack : stack.map(either))
}

function after(op: number, arg: number, stack: readonly Span[], input: number): readonly Span[] {
  if (op === OP.push) return [...stack, [arg, arg]]
  // 0 is Bad, 2 is Good.
  if (op === OP.status) return [...stack, arg === input ? NO : [0, 2]]
  const arity = OP_ARITY[op]
  // What only a sequence knows has no operands.
  if (op === OP.input || arity === undefined) return [...stack, ANY]
  const [a = ANY, b = ANY, c = ANY] = stack.slice(stack.length - arity)
  return [...stack.slice(0, stack.length - arity), result(op, a, b, c)]
}

function result(op: number, a: Span, b: Span, c: Span): Span {
  switch (op) {
    case OP.add:
      return [a[0] + b[0], a[1] + b[1]]
    case OP.sub:
      return [a[0] - b[1], a[1] - b[0]]
    case OP.neg:
      return [-a[1], -a[0]]
    case OP.min:
      return [Math.min(a[0], b[0]), Math.min(a[1], b[1])]
    case OP.max:
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])]
    case OP.mul:
      // Of 0 times what is not known nothing is concluded: it may be no finite number.
      return a[0] === a[1] && b[0] === b[1] ? [a[0] * b[0], a[0] * b[0]] : ANY
    case OP.lt:
      return truth(a[1] < b[0], a[0] >= b[1])
    case OP.le:
      return truth(a[1] <= b[0], a[0] > b[1])
    case OP.gt:
      return truth(a[0] > b[1], a[1] <= b[0])
    case OP.ge:
      return truth(a[0] >= b[1], a[1] < b[0])
    case OP.eq:
      return truth(areOne(a, b), areApart(a, b))
    case OP.ne:
      return truth(areApart(a, b), areOne(a, b))
    case OP.and:
      return truth(isNotZero(a) && isNotZero(b), isZero(a) || isZero(b))
    case OP.or:
      return truth(isNotZero(a) || isNotZero(b), isZero(a) && isZero(b))
    case OP.not:
      return truth(isZero(a), isNotZero(a))
    case OP.select:
      return isNotZero(a) ? b : isZero(a) ? c : [Math.min(b[0], c[0]), Math.max(b[1], c[1])]
    default:
      return ANY
  }
}

const truth = (yes: boolean, no: boolean): Span => (yes ? YES : no ? NO : MAYBE)
const areOne = (a: Span, b: Span): boolean => a[0] === a[1] && b[0] === b[1] && a[0] === b[0]
const areApart = (a: Span, b: Span): boolean => a[1] < b[0] || a[0] > b[1]
