/**
 * An expression in text as the postfix program of a CALC block: parsed by mathjs, then only what a CALC block can do is let through.
 *
 * mathjs evaluates nothing here; it reads precedence, brackets and the conditional. Dimensions are checked on the same tree,
 * when the units of the inputs are known.
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
import type { CompileExpression, Conversion, ExpressionFault } from './compile.ts'
import {
  A_NUMBER,
  combine,
  LITERAL,
  type Measure,
  measureText,
  power,
  product,
  type Sum,
  UNKNOWN,
} from './dimension.ts'

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
/** Functions of the status of inputs, 0 bad, 1 uncertain, 2 good: what follows the number on the stack. */
const STATUS_FUNCTIONS: Readonly<Record<string, readonly number[]>> = {
  status: [],
  worst: [],
  bad: [OP.push, 0, OP.eq, 0],
  uncertain: [OP.push, 1, OP.eq, 0],
  good: [OP.push, 2, OP.eq, 0],
}
const FUNCTION_NAMES = [...Object.keys(FUNCTIONS), ...Object.keys(STATUS_FUNCTIONS)].join(', ')
const ALLOWED = `+ - * / ( ), comparisons, a ? b : c, and, or, not, ${FUNCTION_NAMES}`

class Refused extends Error {
  readonly fault: ExpressionFault
  constructor(fault: ExpressionFault) {
    super(fault.found)
    this.fault = fault
  }
}

/** Pairs of opcode and argument for a CALC block, or what is wrong with the text. */
export const compileExpression: CompileExpression = (text, inputs, constants, conversions) => {
  let root: MathNode
  try {
    root = math.parse(text)
  } catch (cause) {
    const char = (cause as { char?: unknown }).char
    const offset = typeof char === 'number' && char > 0 ? { offset: Math.min(char, text.length) - 1 } : {}
    return { found: (cause as Error).message, expected: 'an expression', ...offset }
  }
  const at = positions(root, text)
  try {
    const program = programOf(root, { inputs, constants, conversions, at })
    const problem = checkProgram(program)
    if (problem !== undefined) {
      return { found: `an expression that ${problem}`, expected: 'a shorter one, or two blocks' }
    }
    return { program, measure: (units) => measured(() => measureIn(root, { inputs, units, at })) }
  } catch (cause) {
    if (cause instanceof Refused) return cause.fault
    throw cause
  }
}

type Offsets = ReadonlyMap<MathNode, number>

interface ProgramContext {
  readonly inputs: ReadonlyMap<string, number>
  readonly constants: ReadonlyMap<string, number>
  readonly conversions: ReadonlyMap<number, Conversion> | undefined
  readonly at: Offsets
}

function programOf(root: MathNode, { inputs, constants, conversions, at }: ProgramContext): number[] {
  const program: number[] = []
  const refuse = refuser(at)
  const visit = (node: MathNode): void => {
    switch (node.type) {
      case 'ParenthesisNode':
        visit((node as ParenthesisNode).content)
        return
      case 'ConstantNode': {
        const value: unknown = (node as ConstantNode).value
        if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(node, `'${node.toString()}'`, 'a number')
        program.push(OP.push, value)
        return
      }
      case 'SymbolNode':
        symbol(node as SymbolNode)
        return
      case 'ConditionalNode': {
        // Only the branch that is taken is computed: a Bad input or a division by zero of the other does not count.
        const { condition, trueExpr, falseExpr } = node as ConditionalNode
        visit(condition)
        const branch = jump(OP.jump_if_zero)
        visit(trueExpr)
        const end = jump(OP.jump)
        land(branch)
        visit(falseExpr)
        land(end)
        return
      }
      case 'OperatorNode':
        operator(node as OperatorNode)
        return
      case 'FunctionNode':
        call(node as FunctionNode)
        return
      default:
        throw refuse(node, `'${node.toString()}'`, ALLOWED)
    }
  }
  const jump = (op: number): number => program.push(op, 0) - 1
  const land = (from: number): void => {
    program[from] = (program.length - from - 1) / 2
  }
  const symbol = (node: SymbolNode): void => {
    const { name } = node
    const index = inputs.get(name)
    const value = constants.get(name)
    if (index !== undefined) {
      program.push(OP.input, index)
      const { factor = 1, offset = 0 } = conversions?.get(index) ?? {}
      if (factor !== 1) program.push(OP.push, factor, OP.mul, 0)
      if (offset !== 0) program.push(OP.push, offset, OP.add, 0)
    } else if (value !== undefined) program.push(OP.push, value)
    else {
      const fault = refuse(node, `the name '${name}'`, "a name of 'let' or a number parameter").fault
      throw new Refused({ ...fault, name })
    }
  }
  const operator = (node: OperatorNode): void => {
    if ((node as { implicit?: boolean }).implicit === true)
      throw refuse(node, `'${node.toString()}'`, 'an operator between two values')
    if ((node.fn as string) === 'unaryPlus') {
      visit(node.args[0]!)
      return
    }
    const op = OPERATORS[node.fn]
    if (op === undefined) throw refuse(node, `the operator '${node.op}'`, ALLOWED)
    for (const arg of node.args) visit(arg)
    program.push(op, 0)
  }
  const call = (node: FunctionNode): void => {
    const name = functionName(node)
    if (Object.hasOwn(STATUS_FUNCTIONS, name)) {
      statusCall(node, name)
      return
    }
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (known === undefined) throw refuse(node, `the function '${name}'`, FUNCTION_NAMES)
    countArguments(node, name, known.least, known.most)
    node.args.forEach((arg, i) => {
      visit(arg)
      if (i > 0 || known.most === 1) program.push(known.op, 0)
    })
  }
  const statusCall = (node: FunctionNode, name: string): void => {
    countArguments(node, name, 1, name === 'worst' ? 8 : 1)
    node.args.forEach((arg, i) => {
      const index = arg.type === 'SymbolNode' ? inputs.get((arg as SymbolNode).name) : undefined
      if (index === undefined)
        throw refuse(arg, `'${arg.toString()}' in '${name}'`, "a name of 'let': only it has a status")
      program.push(OP.status, index)
      if (i > 0) program.push(OP.min, 0)
    })
    program.push(...STATUS_FUNCTIONS[name]!)
  }
  const countArguments = (node: FunctionNode, name: string, least: number, most: number): void => {
    if (node.args.length >= least && node.args.length <= most) return
    throw refuse(
      node,
      `'${name}' with ${node.args.length} arguments`,
      least === most ? `${least}` : `${least} to ${most}`,
    )
  }
  visit(root)
  return program
}

// ---------------------------------------------------------------- dimensions

interface MeasureContext {
  readonly inputs: ReadonlyMap<string, number>
  /** Of each input by its number. */
  readonly units: readonly Measure[]
  readonly at: Offsets
}

function measured(work: () => Measure): { readonly result: Measure } | ExpressionFault {
  try {
    return { result: work() }
  } catch (cause) {
    if (cause instanceof Refused) return cause.fault
    throw cause
  }
}

const SUMS: Readonly<Record<string, Sum>> = {
  add: 'add',
  subtract: 'subtract',
  smaller: 'compare',
  smallerEq: 'compare',
  larger: 'compare',
  largerEq: 'compare',
  equal: 'compare',
  unequal: 'compare',
}

function measureIn(root: MathNode, { inputs, units, at }: MeasureContext): Measure {
  const refuse = refuser(at)
  const together = (what: Sum, node: MathNode, sign: string, a: Measure, b: Measure): Measure => {
    const both = combine(what, a, b)
    if (typeof both !== 'string') return both
    const found = `${measureText(a)} ${sign} ${measureText(b)}`
    const remedy =
      both === 'scale'
        ? `both in one unit, as 'let: {name: {from: ..., unit: ${measureText(a)}}}'`
        : 'two values of one dimension'
    const { fault } = refuse(node, found, remedy)
    throw new Refused({ ...fault, unit: true })
  }
  const visit = (node: MathNode): Measure => {
    switch (node.type) {
      case 'ParenthesisNode':
        return visit((node as ParenthesisNode).content)
      case 'SymbolNode': {
        const index = inputs.get((node as SymbolNode).name)
        return index === undefined ? LITERAL : (units[index] ?? UNKNOWN)
      }
      case 'ConditionalNode': {
        const { condition, trueExpr, falseExpr } = node as ConditionalNode
        visit(condition)
        return together('compare', node, 'or', visit(trueExpr), visit(falseExpr))
      }
      case 'OperatorNode':
        return operator(node as OperatorNode)
      case 'FunctionNode': {
        const name = functionName(node as FunctionNode)
        if (Object.hasOwn(STATUS_FUNCTIONS, name)) return A_NUMBER
        const args = (node as FunctionNode).args.map(visit)
        if (name === 'sqrt') return power(args[0]!, 0.5)
        return args.reduce((a, b) => together('compare', node, `and ${name} of`, a, b))
      }
      default:
        return LITERAL
    }
  }
  const operator = (node: OperatorNode): Measure => {
    const args = node.args.map(visit)
    const fn = node.fn as string
    if (fn === 'unaryMinus' || fn === 'unaryPlus') return args[0]!
    if (fn === 'multiply' || fn === 'divide') return product(args[0]!, args[1]!, fn === 'multiply' ? 1 : -1)
    const what = SUMS[fn]
    if (what === undefined) return A_NUMBER
    const sum = together(what, node, node.op, args[0]!, args[1]!)
    return what === 'compare' ? A_NUMBER : sum
  }
  return visit(root)
}

// ---------------------------------------------------------------- places

const functionName = (node: FunctionNode): string =>
  node.fn.type === 'SymbolNode' ? (node.fn as unknown as SymbolNode).name : node.fn.toString()

const refuser =
  (at: Offsets) =>
  (node: MathNode, found: string, expected: string): Refused => {
    const offset = at.get(node)
    return new Refused({ found, expected, ...(offset === undefined ? {} : { offset }) })
  }

const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[$A-Za-z_][$\w]*|<=|>=|==|!=|\S/g

/**
 * Where each node's own sign stands in the text: mathjs does not say. Operators, names and numbers come in the tree's order
 * from left to right as in the text, brackets and commas left out.
 */
function positions(root: MathNode, text: string): Offsets {
  const tokens = [...text.matchAll(TOKEN)].filter(([token]) => !'(),'.includes(token))
  const at = new Map<MathNode, number>()
  let next = 0
  let lost = false
  const take = (node: MathNode, sign: string | undefined): void => {
    const token = tokens[next]
    if (token === undefined || (sign !== undefined && token[0] !== sign)) lost = true
    if (lost) return
    next++
    at.set(node, token!.index)
  }
  const visit = (node: MathNode): void => {
    if (node.type === 'ParenthesisNode') {
      visit((node as ParenthesisNode).content)
      const inner = at.get((node as ParenthesisNode).content)
      if (inner !== undefined) at.set(node, inner)
    } else if (node.type === 'OperatorNode') {
      const { args, op } = node as OperatorNode
      if (args.length === 1) {
        take(node, op)
        visit(args[0]!)
      } else {
        visit(args[0]!)
        const implicit = (node as { implicit?: boolean }).implicit === true
        if (!implicit) take(node, op)
        visit(args[1]!)
        const second = at.get(args[1]!)
        if (implicit && second !== undefined) at.set(node, second)
      }
    } else if (node.type === 'ConditionalNode') {
      const { condition, trueExpr, falseExpr } = node as ConditionalNode
      visit(condition)
      take(node, '?')
      visit(trueExpr)
      // The colon has no node of its own.
      if (tokens[next]?.[0] === ':') next++
      else lost = true
      visit(falseExpr)
    } else if (node.type === 'FunctionNode') {
      take(node, functionName(node as FunctionNode))
      for (const arg of (node as FunctionNode).args) visit(arg)
    } else if (node.type === 'SymbolNode') take(node, (node as SymbolNode).name)
    else take(node, undefined)
  }
  visit(root)
  return at
}
