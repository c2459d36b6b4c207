/** Whether every name and every call of an expression means something; and the slowest module it names. */
import { MODE } from '../../contracts/mode.ts'
import type { Faults, Place } from '../../controller/core/strategy/fault.ts'
import { nearest } from '../../numerics/nearest.ts'
import { type Expression, expressionText } from './expression.ts'
import { FUNCTIONS } from './functions.ts'
import { isUnknown, type Names, type Unknown } from './names.ts'

export interface ExpressionContext {
  readonly names: Names
  readonly variables: ReadonlySet<string>
  /** Plain: a value to write, without windows. */
  readonly windows: boolean
  /** A second run without the kill exists. */
  readonly twin: boolean
  /** Variables of `forall` that are steps of a disturbance and no number. */
  readonly profiles?: ReadonlyMap<string, number>
  /** Words of the field that is written or compared. */
  readonly words?: Readonly<Record<string, number>>
}

export const TWIN = 'without_kill'
/** What `after` may name. */
export const SATURATION = 'saturation'

/** @returns the longest scan period among what it names, ms; 0: none */
export function checkExpression(faults: Faults, at: Place, whole: Expression, context: ExpressionContext): number {
  const { names } = context
  let period_ms = 0
  const unknown = (u: Unknown): void => faults.add(u.code, at, u.found, u.expected, u.suggestion)
  const wrong = (found: string, expected: string, suggestion = ''): void =>
    faults.add('CFG_EXPRESSION', at, found, expected, suggestion)
  const visit = (e: Expression, words: readonly string[], inWindow: boolean): void => {
    switch (e.kind) {
      case 'number':
        return
      case 'path': {
        const cell = names.cell(e.text)
        if (isUnknown(cell)) unknown(cell)
        else period_ms = Math.max(period_ms, cell.period_ms)
        return
      }
      case 'word': {
        const known = [...context.variables, ...words, ...Object.keys(context.words ?? {}), ...Object.keys(MODE)]
        if (known.includes(e.text) || e.text === 'true' || e.text === 'false') return
        if (e.text === 'switchover') {
          wrong(
            "'switchover': a scenario has both controllers in one loop, where a change between them takes no time",
            'outputs_equal_to(without_kill) here; the time is measured on processes, by npm run campaign -- kill',
          )
          return
        }
        if (context.profiles?.has(e.text) === true) {
          wrong(`'${e.text}', which is steps of a disturbance`, `it beside 'disturb', as by: ${e.text}`)
          return
        }
        wrong(
          `the name '${e.text}'`,
          'TAG.BLOCK.FIELD, a mode, a word of the field, or a variable of forall',
          nearest(e.text, known),
        )
        return
      }
      case 'minus':
      case 'not':
        visit(e.of, [], inWindow)
        return
      case 'binary': {
        const near = [...wordsOf(e.left), ...wordsOf(e.right)]
        visit(e.left, near, inWindow)
        visit(e.right, near, inWindow)
        return
      }
      case 'call':
        call(e, inWindow)
    }
  }
  /** Words of a field are known beside it: `SP_TRACK == yes`. */
  const wordsOf = (e: Expression): string[] => {
    const cell = e.kind === 'path' ? names.cell(e.text) : undefined
    return cell === undefined || isUnknown(cell) ? [] : Object.keys(cell.words)
  }
  const call = (e: Extract<Expression, { kind: 'call' }>, inWindow: boolean): void => {
    const decl = Object.hasOwn(FUNCTIONS, e.name) ? FUNCTIONS[e.name] : undefined
    if (decl === undefined) {
      wrong(
        `the function '${e.name}'`,
        `one of ${Object.keys(FUNCTIONS).join(', ')}`,
        nearest(e.name, Object.keys(FUNCTIONS)),
      )
      return
    }
    if (e.args.length < decl.least || e.args.length > decl.most) {
      const count = decl.least === decl.most ? `${decl.least}` : `${decl.least} to ${decl.most}`
      wrong(`${e.name} with ${e.args.length} arguments`, `${count}`)
      return
    }
    if (e.after !== undefined && (e.after !== SATURATION || decl.kind !== 'loop')) {
      const expected = `after(${SATURATION}). with overshoot, settling or iae`
      wrong(`'${expressionText(e)}'`, expected, nearest(e.after, [SATURATION]))
      return
    }
    const windowed = isWindow(e)
    if (windowed && (inWindow || !context.windows)) {
      wrong(`'${expressionText(e)}'`, inWindow ? 'no window inside a window' : 'a value, not one over a window')
      return
    }
    const [first, second] = e.args as [Expression, Expression | undefined]
    if (decl.kind === 'twin') {
      if (first.kind !== 'word' || first.text !== TWIN) wrong(`'${expressionText(first)}'`, TWIN)
      if (!context.twin) wrong(`'${expressionText(e)}'`, "a test with a 'kill'")
      if (second !== undefined && !(second.kind === 'number' && second.value >= 0))
        wrong(`'${expressionText(second)}'`, 'a tolerance, a number of 0 or more')
    } else if (decl.kind === 'loop') {
      const block = first.kind === 'path' ? names.block(first.text) : undefined
      if (block === undefined) wrong(`'${expressionText(first)}'`, 'a block, as FIC-101.PID1')
      else if (isUnknown(block)) unknown(block)
      else {
        period_ms = Math.max(period_ms, block.period_ms)
        if (block.layout.S['PV'] === undefined || block.layout.S['SP'] === undefined)
          wrong(`'${block.record.id}'`, 'a block with PV and SP')
        else if (e.after !== undefined && block.layout.S['OUT_ST'] === undefined)
          wrong(`'${block.record.id}'`, 'a block with OUT, which can be saturated')
      }
      if (second !== undefined) visit(second, [], true)
    } else if (decl.kind === 'status') {
      const cell = first.kind === 'path' ? names.cell(first.text) : undefined
      if (cell === undefined) wrong(`'${expressionText(first)}'`, 'a wire, as FIC-101.AI1.OUT')
      else if (isUnknown(cell)) unknown(cell)
      else if (cell.status < 0) wrong(`'${expressionText(first)}'`, 'a value that has a status')
      else period_ms = Math.max(period_ms, cell.period_ms)
    } else for (const arg of e.args) visit(arg, [], inWindow || windowed)
  }
  visit(whole, [], false)
  return period_ms
}

/** A call whose value is of a stretch of time. */
export function isWindow(e: Expression): boolean {
  if (e.kind !== 'call') return false
  const kind = FUNCTIONS[e.name]?.kind
  return kind === 'window' || kind === 'loop' || ((e.name === 'min' || e.name === 'max') && e.args.length === 1)
}

/** Whether any part is of a stretch of time: then it is judged at its end and not in every scan. */
export function hasWindow(e: Expression): boolean {
  if (isWindow(e)) return true
  if (e.kind === 'binary') return hasWindow(e.left) || hasWindow(e.right)
  if (e.kind === 'minus' || e.kind === 'not') return hasWindow(e.of)
  return e.kind === 'call' && e.args.some(hasWindow)
}

/**
 * The expression with the loop that `after(saturation).overshoot` is about where it names none: the one that was set last.
 *
 * @returns undefined where there is none
 */
export function withLoop(e: Expression, loop: string | undefined): Expression | undefined {
  if (e.kind === 'binary') {
    const [left, right] = [withLoop(e.left, loop), withLoop(e.right, loop)]
    return left === undefined || right === undefined ? undefined : { ...e, left, right }
  }
  if (e.kind === 'minus' || e.kind === 'not') {
    const of = withLoop(e.of, loop)
    return of === undefined ? undefined : { ...e, of }
  }
  if (e.kind !== 'call') return e
  if (e.after !== undefined && e.args.length === 0)
    return loop === undefined ? undefined : { ...e, args: [{ kind: 'path', text: loop }] }
  const args = e.args.map((arg) => withLoop(arg, loop))
  return args.includes(undefined) ? undefined : { ...e, args: args as Expression[] }
}

/** The largest tolerance that an expression allows for outputs beside the run without the kill. */
export function tolerance(e: Expression): number {
  if (e.kind === 'binary') return Math.max(tolerance(e.left), tolerance(e.right))
  if (e.kind === 'minus' || e.kind === 'not') return tolerance(e.of)
  const tol = e.kind === 'call' && e.name === 'outputs_equal_to' ? e.args[1] : undefined
  return tol?.kind === 'number' ? tol.value : 0
}
