/**
 * An expression in text as the postfix program of a CALC block: parsed by mathjs, then only what a CALC block can do is let through.
 *
 * mathjs evaluates nothing here; it reads precedence, brackets and the conditional.
 */
import type {
  ConditionalNode,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from 'mathjs'
// @ts-expect-error One file in place of a thousand modules, 60 ms to load against 600 ms, but without types of its own.
import bundle from 'mathjs/lib/browser/math.js'
import { checkProgram, OP } from '../blocks/calc.ts'
import type { CompileExpression } from './compile.ts'

const math: { readonly parse: (text: string) => MathNode } = bundle

const OPERATORS: Readonly<Record<string, number>> = {
  add: OP.add,
  subtract: OP.sub,
  multiply: OP.mul,
  divide: OP.div,
  unaryMinus: OP.neg,
  smaller: OP.lt,
  smallerEq: OP.le,
  larger: OP.gt,
  largerEq: OP.ge,
  equal: OP.eq,
  unequal: OP.ne,
  and: OP.and,
  or: OP.or,
  not: OP.not,
}
/** Functions and their least and most arguments; those of two operands are folded from the left. */
const FUNCTIONS: Readonly<Record<string, { op: number; least: number; most: number }>> = {
  min: { op: OP.min, least: 2, most: 16 },
  max: { op: OP.max, least: 2, most: 16 },
  abs: { op: OP.abs, least: 1, most: 1 },
  sqrt: { op: OP.sqrt, least: 1, most: 1 },
}
const ALLOWED = '+ - * / ( ), comparisons, a ? b : c, and, or, not, min, max, abs, sqrt'

class Refused extends Error {
  readonly fault: { found: string; expected: string; name?: string }
  constructor(fault: { found: string; expected: string; name?: string }) {
    super(fault.found)
    this.fault = fault
  }
}

/** Pairs of opcode and argument for a CALC block, or what is wrong with the text. */
export const compileExpression: CompileExpression = (text, inputs, constants) => {
  let root: MathNode
  try {
    root = math.parse(text)
  } catch (cause) {
    return { found: (cause as Error).message, expected: 'an expression' }
  }
  const program: number[] = []
  const visit = (node: MathNode): void => {
    switch (node.type) {
      case 'ParenthesisNode':
        visit((node as ParenthesisNode).content)
        return
      case 'ConstantNode': {
        const value: unknown = (node as ConstantNode).value
        if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(`'${node.toString()}'`, 'a number')
        program.push(OP.push, value)
        return
      }
      case 'SymbolNode':
        symbol((node as SymbolNode).name)
        return
      case 'ConditionalNode': {
        const { condition, trueExpr, falseExpr } = node as ConditionalNode
        for (const part of [condition, trueExpr, falseExpr]) visit(part)
        program.push(OP.select, 0)
        return
      }
      case 'OperatorNode':
        operator(node as OperatorNode)
        return
      case 'FunctionNode':
        call(node as FunctionNode)
        return
      default:
        throw refuse(`'${node.toString()}'`, ALLOWED)
    }
  }
  const symbol = (name: string): void => {
    const index = inputs.get(name)
    const value = constants.get(name)
    if (index !== undefined) program.push(OP.input, index)
    else if (value !== undefined) program.push(OP.push, value)
    else throw new Refused({ found: `the name '${name}'`, expected: "a name of 'let' or a number parameter", name })
  }
  const operator = (node: OperatorNode): void => {
    if ((node as { implicit?: boolean }).implicit === true)
      throw refuse(`'${node.toString()}'`, 'an operator between two values')
    if ((node.fn as string) === 'unaryPlus') {
      visit(node.args[0]!)
      return
    }
    const op = OPERATORS[node.fn]
    if (op === undefined) throw refuse(`the operator '${node.op}'`, ALLOWED)
    for (const arg of node.args) visit(arg)
    program.push(op, 0)
  }
  const call = (node: FunctionNode): void => {
    const name = node.fn.type === 'SymbolNode' ? node.fn.name : node.fn.toString()
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (known === undefined) throw refuse(`the function '${name}'`, Object.keys(FUNCTIONS).join(', '))
    if (node.args.length < known.least || node.args.length > known.most) {
      throw refuse(
        `'${name}' with ${node.args.length} arguments`,
        known.least === known.most ? `${known.least}` : `${known.least} to ${known.most}`,
      )
    }
    node.args.forEach((arg, i) => {
      visit(arg)
      if (i > 0 || known.most === 1) program.push(known.op, 0)
    })
  }
  try {
    visit(root)
  } catch (cause) {
    if (cause instanceof Refused) return cause.fault
    throw cause
  }
  const problem = checkProgram(program)
  return problem === undefined
    ? { program }
    : { found: `an expression that ${problem}`, expected: 'a shorter one, or two blocks' }
}

const refuse = (found: string, expected: string): Refused => new Refused({ found, expected })
