/** What a block computes by expressions, kept until the units of its wires are known. */
import type { FieldDecl } from '../block.ts'
import type { CompiledExpression, Conversion } from './compile.ts'
import type { Place } from './fault.ts'
import type { Word } from './map-reader.ts'

export interface Formula {
  /** Names of `let`, by the number of the input. */
  readonly inputs: readonly NamedInput[]
  readonly expressions: readonly FormulaExpression[]
  /** The program with conversions of inputs; undefined where it does not fit then. */
  readonly compile: (conversions: ReadonlyMap<number, Conversion>) => readonly number[] | undefined
  /** Of a CALC its expression, of a sequence ''. */
  readonly text: string
  readonly at: Place
}

export interface NamedInput {
  readonly name: string
  readonly field: FieldDecl
  /** The unit that it is declared in; undefined: that of its wire. */
  readonly unit: Word | undefined
}

export interface FormulaExpression {
  /** Numbers of the inputs that it reads. */
  readonly uses: readonly number[]
  /** Pairs of opcode and argument, inputs by the numbers of the block. */
  readonly program: readonly number[]
  readonly measure: CompiledExpression['measure']
  /** Its coefficients have units of their own: what goes in counts as plain numbers. */
  readonly empirical: boolean
  /** The output that takes the result; undefined for a condition. */
  readonly out: FieldDecl | undefined
  readonly at: Place
  readonly text_at: Place | undefined
}

/** Where in an expression something stands: the column of the sign itself, where the file shows the text letter by letter. */
export const placeIn = (at: Place, text_at: Place | undefined, offset: number | undefined): Place =>
  text_at === undefined || offset === undefined ? at : { ...text_at, column: text_at.column + offset }
