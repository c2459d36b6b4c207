/**
 * A sequence as Float64s in K: a head, then tables of records, then lists of step numbers, then postfix code.
 *
 * All places (`_at`) count from the start of the program. Code is pairs of opcode and argument as in CALC, with the opcodes of
 * a sequence beside those of CALC; a condition of no pairs is always true.
 */
import { CALC_STEPS_MAX, checkProgram, OP } from '../calc.ts'

/** Offsets in the head. */
export const HEAD = {
  version: 0,
  steps: 1,
  transitions: 2,
  associations: 3,
  actions: 4,
  steps_at: 5,
  transitions_at: 6,
  associations_at: 7,
  actions_at: 8,
  size: 9,
} as const
export const VERSION = 1

/** Records, as offsets in each. */
export const STEP = { chart: 0, initial: 1, final: 2, size: 3 } as const
export const TRANSITION = {
  chart: 0,
  from_at: 1,
  from_count: 2,
  to_at: 3,
  to_count: 4,
  code_at: 5,
  pairs: 6,
  size: 7,
} as const
export const ASSOCIATION = {
  step: 0,
  action: 1,
  qualifier: 2,
  time_s: 3,
  confirm_at: 4,
  confirm_pairs: 5,
  within_s: 6,
  size: 7,
} as const
/** kind 0: OUT is 1 while the action is; kind 1: OUT takes the value of the code while the action is, and keeps it. */
export const ACTION = { out: 0, kind: 1, code_at: 2, pairs: 3, size: 4 } as const

/** Action qualifiers of IEC 61131-3. */
export const QUALIFIER = { N: 0, R: 1, S: 2, P: 3, P0: 4, L: 5, D: 6, SD: 7, DS: 8, SL: 9 } as const
export type Qualifier = keyof typeof QUALIFIER
/** Those that take a time. */
export const TIMED: readonly Qualifier[] = ['L', 'D', 'SD', 'DS', 'SL']

/** Charts of a sequence: the one that runs, and the logic of the other phase states. */
export const CHART = { run: 0, hold: 1, restart: 2, stop: 3, abort: 4 } as const
export type ChartName = keyof typeof CHART

/** Opcodes of a sequence, beside CALC's. The argument is the number of a step. */
export const SEQUENCE_OP = { stepTime: 100, stepActive: 101, stepPending: 102, stepFailed: 103 } as const

export const SFC_INPUTS = 32
export const SFC_OUTPUTS = 16
export const STEPS_MAX = 256

/** Float64s of state that a program needs. @see state.ts */
export const stateCount = (k: ArrayLike<number>, at: number): number =>
  k.length < at + HEAD.size ? 0 : 7 * k[at + HEAD.steps]! + 5 * k[at + HEAD.associations]! + 2 * k[at + HEAD.actions]!

/**
 * Why a program may not run, in words; undefined: it may. One that passes reads and writes nothing outside its own tables,
 * so the kernel need not look.
 */
export function checkSequence(p: ArrayLike<number>): string | undefined {
  const whole = (x: number | undefined, most: number): boolean => x !== undefined && x >= 0 && x <= most && x % 1 === 0
  if (p.length < HEAD.size || p[HEAD.version] !== VERSION) return 'not a sequence of this version'
  for (let i = 0; i < p.length; i++) if (!(p[i]! - p[i]! === 0)) return 'a number that is not finite'
  const [steps, transitions, associations, actions] = [p[1]!, p[2]!, p[3]!, p[4]!]
  if (!whole(steps, STEPS_MAX) || steps === 0) return `steps: 1 to ${STEPS_MAX}`
  const table = (count: number, at: number, size: number): boolean =>
    whole(count, p.length) && whole(at, p.length) && at + count * size <= p.length
  if (
    !table(steps, p[HEAD.steps_at]!, STEP.size) ||
    !table(transitions, p[HEAD.transitions_at]!, TRANSITION.size) ||
    !table(associations, p[HEAD.associations_at]!, ASSOCIATION.size) ||
    !table(actions, p[HEAD.actions_at]!, ACTION.size)
  )
    return 'a table beyond its end'
  const code = (at: number, pairs: number, needed: boolean): string | undefined => {
    if (!whole(pairs, CALC_STEPS_MAX) || !whole(at, p.length) || at + 2 * pairs > p.length) return 'code beyond its end'
    return pairs === 0 ? (needed ? 'a value without code' : undefined) : checkCode(p, at, pairs, steps)
  }
  const list = (at: number, count: number): boolean => {
    if (!table(count, at, 1) || count === 0) return false
    for (let i = 0; i < count; i++) if (!whole(p[at + i], steps - 1)) return false
    return true
  }
  let initial = 0
  for (let i = 0; i < steps; i++) {
    const at = p[HEAD.steps_at]! + i * STEP.size
    if (!whole(p[at + STEP.chart], CHART.abort)) return `step ${i + 1}: no such chart`
    if (p[at + STEP.chart] === CHART.run && p[at + STEP.initial] === 1) initial++
  }
  if (initial === 0) return 'no initial step'
  for (let i = 0; i < transitions; i++) {
    const at = p[HEAD.transitions_at]! + i * TRANSITION.size
    const chart = p[at + TRANSITION.chart]!
    if (!list(p[at + TRANSITION.from_at]!, p[at + TRANSITION.from_count]!)) return `transition ${i + 1}: from`
    if (!list(p[at + TRANSITION.to_at]!, p[at + TRANSITION.to_count]!)) return `transition ${i + 1}: to`
    for (const [begin, count] of [
      [p[at + TRANSITION.from_at]!, p[at + TRANSITION.from_count]!],
      [p[at + TRANSITION.to_at]!, p[at + TRANSITION.to_count]!],
    ] as const)
      for (let j = 0; j < count; j++)
        if (p[p[HEAD.steps_at]! + p[begin + j]! * STEP.size + STEP.chart] !== chart)
          return `transition ${i + 1}: a step of another chart`
    const problem = code(p[at + TRANSITION.code_at]!, p[at + TRANSITION.pairs]!, false)
    if (problem !== undefined) return `transition ${i + 1}: ${problem}`
  }
  for (let i = 0; i < associations; i++) {
    const at = p[HEAD.associations_at]! + i * ASSOCIATION.size
    if (!whole(p[at + ASSOCIATION.step], steps - 1)) return `association ${i + 1}: no such step`
    if (!whole(p[at + ASSOCIATION.action], actions - 1)) return `association ${i + 1}: no such action`
    if (!whole(p[at + ASSOCIATION.qualifier], QUALIFIER.SL)) return `association ${i + 1}: no such qualifier`
    if (p[at + ASSOCIATION.time_s]! < 0 || p[at + ASSOCIATION.within_s]! < 0)
      return `association ${i + 1}: a negative time`
    const problem = code(p[at + ASSOCIATION.confirm_at]!, p[at + ASSOCIATION.confirm_pairs]!, false)
    if (problem !== undefined) return `association ${i + 1}: ${problem}`
  }
  for (let i = 0; i < actions; i++) {
    const at = p[HEAD.actions_at]! + i * ACTION.size
    if (!whole(p[at + ACTION.out], SFC_OUTPUTS - 1)) return `action ${i + 1}: no such output`
    if (!whole(p[at + ACTION.kind], 1)) return `action ${i + 1}: no such kind`
    const problem = code(p[at + ACTION.code_at]!, p[at + ACTION.pairs]!, p[at + ACTION.kind] === 1)
    if (problem !== undefined) return `action ${i + 1}: ${problem}`
  }
  return undefined
}

/** As CALC judges its own programs, with the names of a sequence as numbers. */
function checkCode(p: ArrayLike<number>, at: number, pairs: number, steps: number): string | undefined {
  const plain: number[] = []
  for (let i = at; i < at + 2 * pairs; i += 2) {
    const op = p[i]!
    const arg = p[i + 1]!
    const below = (count: number): boolean => arg >= 0 && arg < count && arg % 1 === 0
    if (op >= SEQUENCE_OP.stepTime && op <= SEQUENCE_OP.stepFailed && op % 1 === 0) {
      if (!below(steps)) return `no step ${arg}`
      plain.push(OP.push, 0)
    } else if (op === OP.input || op === OP.status) {
      if (!below(SFC_INPUTS)) return `no input ${arg}`
      plain.push(op, 0)
    } else if (op > OP.jump) return `unknown opcode ${op}`
    else plain.push(op, arg)
  }
  return checkProgram(plain)
}
