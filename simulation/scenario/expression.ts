/**
 * What a scenario expects, as a tree: `max(FIC-101.PID1.PV) <= 26 and FIC-101.PID1.mode.actual == auto`.
 *
 * A tag may have hyphens and takes all letters it can get: minus between names stands between blanks. A percent sign or a
 * unit of time behind a number is how an engineer writes it: `5 %` is 5, `200ms` is 0.2 (seconds).
 */
import { duration } from '../../controller/core/strategy/quantity.ts'
import { FUNCTIONS } from './functions.ts'

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** `FIC-101.PID1.PV`, `FIC-101.PID1.mode.actual`, `RIO-1/AI/3`. */
  | { readonly kind: 'path'; readonly text: string }
  /** A mode, true, false, or a variable of `forall`. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'not' | 'minus'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly Expression[]
      /** `after(saturation).overshoot`: what must have ended before it is judged. */
      readonly after?: string
    }

export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/'

export interface SyntaxProblem {
  readonly found: string
  readonly expected: string
}

interface Token {
  readonly kind: 'number' | 'path' | 'word' | 'sign' | 'end'
  readonly text: string
  readonly value: number
}

const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const UNIT = /\s*%|(?:ms|s|min|h|d)(?![A-Za-z0-9_])/y
const POINT = /[A-Za-z][\w-]*\/[A-Za-z]+\/\d+/y
const PATH = /[A-Za-z][\w-]*(?:\.[A-Za-z_]\w*)+/y
const WORD = /[A-Za-z_]\w*/y
const SIGN = /==|!=|<=|>=|&&|\|\||[-+*/<>()!,:]|\.(?=[A-Za-z])/y
/** Deeper than any engineer writes, shallower than the stack. */
const DEPTH_MAX = 100

/** In `{expect: min(a, b) > 1}` the comma is YAML's, and cuts the expression short. */
const UNCLOSED = "')'; within { } an expression with a comma stands in quotes"

const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
]

class Refused extends Error {
  readonly problem: SyntaxProblem
  constructor(found: string, expected: string) {
    super(found)
    this.problem = { found, expected }
  }
}

export function parseExpression(text: string): Expression | SyntaxProblem {
  try {
    return parse(tokens(text))
  } catch (cause) {
    if (cause instanceof Refused) return cause.problem
    throw cause
  }
}

export const isProblem = (parsed: Expression | SyntaxProblem): parsed is SyntaxProblem => 'found' in parsed

function tokens(text: string): Token[] {
  const list: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++
      continue
    }
    const number = match(NUMBER)
    if (number !== undefined) {
      const unit = match(UNIT)?.trim()
      const value = unit === undefined || unit === '%' ? Number(number) : duration(`${number}${unit}`, 's')!
      list.push({ kind: 'number', text: `${number}${unit ?? ''}`, value })
      continue
    }
    const path = match(POINT) ?? match(PATH)
    if (path !== undefined) {
      list.push({ kind: 'path', text: path, value: 0 })
      continue
    }
    const word = match(WORD)
    if (word !== undefined) {
      const sign = word === 'or' || word === 'and' || word === 'not'
      list.push({ kind: sign ? 'sign' : 'word', text: word, value: 0 })
      continue
    }
    const sign = match(SIGN)
    if (sign === undefined)
      throw new Refused(`'${text[at]}'`, 'names, numbers, + - * /, comparisons, and, or, not, ( )')
    list.push({
      kind: 'sign',
      text: sign === '&&' ? 'and' : sign === '||' ? 'or' : sign === '!' ? 'not' : sign,
      value: 0,
    })
  }
  list.push({ kind: 'end', text: '', value: 0 })
  return list
}

function parse(list: readonly Token[]): Expression {
  let at = 0
  let depth = 0
  const here = (): Token => list[at]!
  const isSign = (text: string): boolean => here().kind === 'sign' && here().text === text
  const shown = (token: Token): string => (token.kind === 'end' ? 'the end' : `'${token.text}'`)
  const level = (n: number): Expression => {
    const signs = LEVELS[n]
    if (signs === undefined) return unary()
    let left = level(n + 1)
    for (;;) {
      const op = here().kind === 'sign' ? signs.find((sign) => sign === here().text) : undefined
      if (op === undefined) return left
      // `a < b < c` compares a truth with a number: never what is meant.
      if (n === 2 && left.kind === 'binary' && LEVELS[2]!.includes(left.op) && !grouped.has(left))
        throw new Refused(`'${op}' after a comparison`, "two comparisons joined by 'and'")
      at++
      left = { kind: 'binary', op, left, right: level(n + 1) }
    }
  }
  const grouped = new Set<Expression>()
  const unary = (): Expression => {
    if (++depth > DEPTH_MAX) throw new Refused(`more than ${DEPTH_MAX} levels`, 'a shorter expression')
    const made = isSign('-') ? prefixed('minus') : isSign('not') ? prefixed('not') : atom()
    depth--
    return made
  }
  const prefixed = (kind: 'minus' | 'not'): Expression => {
    at++
    return { kind, of: kind === 'not' ? level(2) : unary() }
  }
  const atom = (): Expression => {
    const token = here()
    at++
    if (token.kind === 'number') return { kind: 'number', value: token.value }
    if (token.kind === 'path') return { kind: 'path', text: token.text }
    if (token.kind === 'word') return isSign('(') ? call(token.text) : { kind: 'word', text: token.text }
    if (token.text === '(') {
      const inner = level(0)
      close()
      grouped.add(inner)
      return inner
    }
    throw new Refused(shown(token), 'a name, a number or (')
  }
  const call = (name: string): Expression => {
    if (name === 'after') return after()
    at++
    const args: Expression[] = []
    const named = FUNCTIONS[name]?.named ?? []
    const arg = (): void => {
      const key = here()
      if (key.kind === 'word' && list[at + 1]?.kind === 'sign' && list[at + 1]!.text === ':') {
        // Named arguments stand in the order of the declaration, so that one may be read off without it.
        if (named[args.length] !== key.text)
          throw new Refused(
            `'${key.text}:' in ${name}`,
            named.map((n) => `${n}:`).join(', ') || 'arguments without names',
          )
        at += 2
      }
      args.push(level(0))
    }
    if (!isSign(')')) {
      arg()
      while (isSign(',')) {
        at++
        arg()
      }
    }
    close()
    return { kind: 'call', name, args }
  }
  /** `after(saturation).overshoot`, or `.overshoot(FIC-101.PID1)`. */
  const after = (): Expression => {
    at++
    const event = here()
    if (event.kind !== 'word') throw new Refused(shown(event), 'what is over, as after(saturation).overshoot')
    at++
    close()
    if (!isSign('.'))
      throw new Refused(shown(here()), `a function of the time after it, as after(${event.text}).overshoot`)
    at++
    const name = here()
    if (name.kind !== 'word') throw new Refused(shown(name), `a function, as after(${event.text}).overshoot`)
    at++
    const of = isSign('(') ? call(name.text) : ({ kind: 'call', name: name.text, args: [] } as const)
    return { ...(of as Extract<Expression, { kind: 'call' }>), after: event.text }
  }
  const close = (): void => {
    if (!isSign(')')) throw new Refused(shown(here()), here().kind === 'end' ? UNCLOSED : "')'")
    at++
  }
  const whole = level(0)
  if (here().kind !== 'end') throw new Refused(shown(here()), 'an operator or the end')
  return whole
}

/** The expression as text, for messages. */
export function expressionText(e: Expression): string {
  switch (e.kind) {
    case 'number':
      return String(e.value)
    case 'path':
    case 'word':
      return e.text
    case 'minus':
      return `-${expressionText(e.of)}`
    case 'not':
      return `not ${expressionText(e.of)}`
    case 'call': {
      const text = `${e.name}(${e.args.map(expressionText).join(', ')})`
      return e.after === undefined ? text : `after(${e.after}).${text}`
    }
    case 'binary':
      return `${expressionText(e.left)} ${e.op} ${expressionText(e.right)}`
  }
}
