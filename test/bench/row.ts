/** One line of a benchmark's result. A figure of its own says little: where there is a reference of the same run, `ratio` counts. */
export interface BenchRow {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same measured on the reference, in the same run and unit. */
  readonly reference?: number
  readonly ratio?: number
  /** What is asked of `ratio`, or of `value` where there is no ratio. */
  readonly bar?: number
  readonly ok?: boolean
}
