/** The functions of expectations: what they take, so that a wrong call is found before anything runs. */
export interface FunctionDecl {
  readonly least: number
  readonly most: number
  /**
   * value: of the values now. status: of a wire's status. window: of all values since the last action or over `during`.
   * loop: the same of a block with PV and set point. twin: against the run without the kill.
   */
  readonly kind: 'value' | 'status' | 'window' | 'loop' | 'twin'
  /** Names that arguments may have, in their order. */
  readonly named?: readonly string[]
}

const value = (least: number, most: number): FunctionDecl => ({ least, most, kind: 'value' })
const status: FunctionDecl = { least: 1, most: 1, kind: 'status' }
const window: FunctionDecl = { least: 1, most: 1, kind: 'window' }
const loop: FunctionDecl = { least: 1, most: 1, kind: 'loop' }
const twin: FunctionDecl = { least: 1, most: 1, kind: 'twin', named: ['run'] }

/** `min` and `max` of one argument are over the window, of more are the smallest and largest of them now. */
export const FUNCTIONS: Readonly<Record<string, FunctionDecl>> = {
  abs: value(1, 1),
  sqrt: value(1, 1),
  min: value(1, 8),
  max: value(1, 8),
  bad: status,
  uncertain: status,
  good: status,
  limited: status,
  mean: window,
  deviation: window,
  first: window,
  last: window,
  max_step: window,
  max_abs_change: window,
  travel: window,
  count: window,
  overshoot: loop,
  settling: { least: 1, most: 2, kind: 'loop' },
  iae: loop,
  outputs_equal_to: { least: 1, most: 2, kind: 'twin', named: ['run', 'tol'] },
  output_difference: twin,
}
