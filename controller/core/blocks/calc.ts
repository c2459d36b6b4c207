/**
 * Calculation: a postfix program over up to eight inputs, compiled from an expression of the strategy.
 *
 * The program is pairs (opcode, argument) in K, run by one kernel: no code is generated, and it ends after as many steps as
 * it has pairs. Its status is the worst of the inputs it used in this scan, Good where it used none [R3]; limits do not pass. A result
 * that is no finite number, a division by zero or the root of a negative one is Bad, and OUT keeps its last value [R5].
 */
import { codeOf, isBad, isUncertain, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { OP, operate } from './calc-op.ts'

export { OP } from './calc-op.ts'

/** Operands each opcode takes off the stack; each leaves one, but for the jumps. */
export const OP_ARITY: readonly number[] = [0, 0, 2, 2, 2, 2, 1, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 3, 0, 1, 0]

export const CALC_INPUTS = 8
export const CALC_STACK = 16
/** Longest program, in pairs. */
export const CALC_STEPS_MAX = 128

/**
 * Why a program may not run, in words; undefined: it may. A program that passes leaves exactly one number and never
 * reaches beyond its stack, so the kernel need not look.
 */
export function checkProgram(program: ArrayLike<number>): string | undefined {
  if (program.length === 0 || program.length % 2 !== 0) return 'not a list of pairs'
  if (program.length > 2 * CALC_STEPS_MAX) return `longer than ${CALC_STEPS_MAX} steps`
  /** Depth of the stack, -1 behind a jump, and what it must be where a jump lands. */
  let depth = 0
  const landings = new Map<number, number>()
  for (let i = 0; i < program.length; i += 2) {
    const op = program[i]!
    const landing = landings.get(i)
    if (landing !== undefined && depth >= 0 && depth !== landing) return 'branches that leave different stacks'
    depth = landing ?? depth
    if (depth < 0) return 'steps that nothing leads to'
    const arity = OP_ARITY[op]
    if (arity === undefined) return `unknown opcode ${op}`
    if (op === OP.push && !(program[i + 1]! - program[i + 1]! === 0)) return 'a constant that is no finite number'
    const counts = op === OP.input || op === OP.status
    if (counts && !(program[i + 1]! >= 0 && program[i + 1]! < CALC_INPUTS && program[i + 1]! % 1 === 0))
      return `no input ${program[i + 1]}`
    if (depth < arity) return 'an operation without its operands'
    if (op === OP.jump || op === OP.jump_if_zero) {
      const target = i + 2 + 2 * program[i + 1]!
      if (!(program[i + 1]! >= 0 && program[i + 1]! % 1 === 0 && target <= program.length)) return 'a jump out of it'
      depth -= arity
      const other = landings.get(target)
      if (other !== undefined && other !== depth) return 'branches that leave different stacks'
      landings.set(target, depth)
      if (op === OP.jump) depth = -1
      continue
    }
    depth += 1 - arity
    if (depth > CALC_STACK) return `needs a stack beyond ${CALC_STACK}`
  }
  const end = landings.get(program.length)
  if (end !== undefined && depth >= 0 && depth !== end) return 'branches that leave different stacks'
  return (end ?? depth) === 1 ? undefined : 'more than one result'
}

const FIELDS = [
  { name: 'IN1', role: 'wire-in', unit: 'in', doc: 'First input.', optional: true },
  { name: 'IN2', role: 'wire-in', unit: 'in', doc: 'Second input.', optional: true },
  { name: 'IN3', role: 'wire-in', unit: 'in', doc: 'Third input.', optional: true },
  { name: 'IN4', role: 'wire-in', unit: 'in', doc: 'Fourth input.', optional: true },
  { name: 'IN5', role: 'wire-in', unit: 'in', doc: 'Fifth input.', optional: true },
  { name: 'IN6', role: 'wire-in', unit: 'in', doc: 'Sixth input.', optional: true },
  { name: 'IN7', role: 'wire-in', unit: 'in', doc: 'Seventh input.', optional: true },
  { name: 'IN8', role: 'wire-in', unit: 'in', doc: 'Eighth input.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The result.' },
  { name: 'STACK', role: 'state', unit: '1', doc: 'Operands; what is left there has no meaning.', count: CALC_STACK },
  { name: 'PROGRAM', role: 'constant', unit: '1', doc: 'Pairs of opcode and argument.', count: -1 },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let status: number = STATUS.good
  let fault = false
  // Index of the first free cell.
  let top = S.STACK
  for (let i = K.PROGRAM; i < k.length; i += 2) {
    const arg = k[i + 1]!
    switch (k[i]!) {
      case OP.push:
        s[top++] = arg
        continue
      case OP.input:
        s[top++] = s[S.IN1 + 2 * arg]!
        status = worst(status, s[S.IN1_ST + 2 * arg]!)
        continue
      case OP.status: {
        const st = s[S.IN1_ST + 2 * arg]!
        s[top++] = isBad(st) ? 0 : isUncertain(st) ? 1 : 2
        continue
      }
      case OP.jump_if_zero:
        if (s[--top]! === 0) i += 2 * arg
        continue
      case OP.jump:
        i += 2 * arg
        continue
      default: {
        const next = operate(k[i]!, s, top)
        // One operation without a finite result makes the whole one Bad.
        if (next < 0) fault = true
        top = next < 0 ? ~next : next
      }
    }
  }
  if (fault) s[S.OUT_ST] = STATUS.bad
  else if (isBad(status)) s[S.OUT_ST] = status
  else {
    s[S.OUT] = s[S.STACK]! + 0
    s[S.OUT_ST] = status
  }
}

/** The worse quality of two, without limits; flags add up. Of equal qualities the first stays. */
function worst(a: number, b: number): number {
  // Good is Good, in a cascade or not: a calculation takes part in no handshake.
  const code = codeOf(b) === STATUS.badNotConnected ? STATUS.bad : codeOf(b)
  const clean = code >= STATUS.good ? STATUS.good : code
  const flags = (a | b) & 0x1f00
  return ((clean & 0xc0) < (a & 0xc0) ? clean : a & 0xfc) | flags
}

/** Calculation by an expression. */
export const CALC: BlockType = {
  type: 'CALC',
  doc: 'Calculation: an expression over up to eight inputs; the status is the worst of those it uses.',
  fields: FIELDS,
  kernel,
  check: (_s, k) => {
    const fault = checkProgram(k.subarray(K.PROGRAM))
    return fault === undefined ? [] : [`PROGRAM: ${fault}`]
  },
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}
