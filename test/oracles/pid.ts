/**
 * pid/: trajectories of single loops and of a column, computed with another solver (README.md of the folder).
 *
 * `_A` and `_B`: the same recursion as the block's option `integral: form_a` and `form_b`; every y and u within 1e-6 of
 * max(1, |value|), the files' ten digits allowed for. `_continuous`: the exact loop, against the block as it comes
 * (external reset) at each period: the error falls linearly with the period, stays within 1.5 times that of the sampled
 * forms, and the error area at the smallest period is within 5 %. External reset tracks a limited output over Ti: a case
 * that states another time is one of form b, and compared as such.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failed, type Outcome, skipped, tally } from './outcome.ts'
import { type Integral, type PidCase, runCase, type Trajectory, UNLIMITED } from './pid-loop.ts'
import { columnOf, numberAt, readTable, type Table, TableFault, unreadColumns } from './table.ts'

const TOLERANCE = 1e-6
/** As the folder's README has it: this much more than the sampled forms may a loop deviate. */
const DEVIATION_SHARE = 1.5
const IAE_SHARE = 0.05
/** Error at one period over that at another, over the ratio of the periods: 1 is linear. */
const LINEAR = [0.6, 1.6] as const

interface Summary {
  readonly params: PidCase & { readonly Ts: readonly number[] }
  readonly metrics: Readonly<Record<string, { readonly IAE_total: number }>>
  readonly discrete: Readonly<Record<string, { readonly max_abs_dev_y_from_continuous: number }>>
}

type Cases = ReadonlyMap<string, Summary>

/** Compares one file below pid/. @throws TableFault where it is no such file */
export function comparePid(file: string, path: string, cases: Cases): Outcome {
  if (!file.endsWith('.csv')) return skipped(file, 'a table to read')
  const match = /([^/]+)_(?:Ts([\d.]+)_([AB])|(continuous))\.csv$/.exec(file)
  if (match === null) return skipped(file, 'no comparison knows a file of this name')
  const [, name, period, form] = match
  const summary = cases.get(name!)
  if (summary === undefined) return failed(file, `summary.json has no case ${name}`)
  const table = readTable(path)
  return form === undefined
    ? compareContinuous(file, table, summary)
    : compareSampled(file, table, summary, Number(period), form === 'A' ? 'form_a' : 'form_b')
}

/** @param root - the folder with summary.json */
export function readCases(root: string): Cases {
  let text: string
  try {
    text = readFileSync(join(root, 'summary.json'), 'utf8')
  } catch {
    throw new TableFault('needs summary.json, which is missing')
  }
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, Summary>))
  } catch (cause) {
    throw new TableFault(`summary.json: ${(cause as Error).message}`)
  }
}

const suffixOf = (summary: Summary, loop: number): string => (summary.params.ctrls.length > 1 ? String(loop + 1) : '')

function compareSampled(file: string, table: Table, summary: Summary, T: number, integral: Integral): Outcome {
  const ours = runCase(summary.params, T, integral)
  const errors = tally()
  const time = columnOf(table, 't')
  summary.params.ctrls.forEach((ctrl, loop) => {
    const suffix = suffixOf(summary, loop)
    // v, the output before its limits, is no wire of the block; where nothing limits it is u.
    const limited = ctrl.umax < UNLIMITED
    const columns = [...(['r', 'd', 'y', 'u'] as const), ...(limited ? [] : (['v'] as const))]
    for (const name of columns) {
      const column = columnOf(table, `${name}${suffix}`)
      const values = ours[name === 'v' ? 'u' : name][loop]!
      table.rows.forEach((row, k) => {
        const want = numberAt(table, row, column)
        const t = numberAt(table, row, time)
        const same_time = Math.abs(t - k * T) < 1e-9 * Math.max(1, t)
        const have = same_time ? (values[k] ?? Number.NaN) : Number.NaN
        errors.add(Math.abs(have - want) / Math.max(1, Math.abs(want)), () => `line ${row.line}, ${name}${suffix}`)
      })
    }
  })
  return errors.outcome(file, TOLERANCE, unreadColumns(table, [/^(t|[rdyvu]\d?)$/]))
}

/** Errors as parts of what is allowed: 1 is the bar of each kind. */
function compareContinuous(file: string, table: Table, summary: Summary): Outcome {
  const errors = tally()
  const periods = [...summary.params.Ts].sort((a, b) => a - b)
  const tracks = summary.params.ctrls.every(({ Tt, Ti, umax }) => umax >= UNLIMITED || Tt === Ti)
  const integral: Integral = tracks ? 'external_reset' : 'form_b'
  const runs = periods.map((T) => runCase(summary.params, T, integral))
  const rows = rowsByTime(table)
  const deviations = periods.map((T, i) => deviation(table, rows, summary, T, runs[i]!))
  periods.forEach((T, i) => {
    const allowed = Math.max(
      ...['A', 'B'].map((form) => summary.discrete[`Ts${T}_${form}`]?.max_abs_dev_y_from_continuous ?? Number.NaN),
    )
    errors.add(deviations[i]! / (DEVIATION_SHARE * allowed), () => `deviation at T ${T}`)
    if (i === 0) return
    const order = deviations[i]! / deviations[i - 1]! / (T / periods[i - 1]!)
    const [low, high] = LINEAR
    errors.add(order > 1 ? order / high : low / order, () => `order between T ${periods[i - 1]} and ${T}: ${order}`)
  })
  summary.params.ctrls.forEach((_, loop) => {
    const want = summary.metrics[`loop${loop + 1}`]?.IAE_total ?? Number.NaN
    const have = errorArea(runs[0]!, loop, periods[0]!)
    errors.add(Math.abs(have / want - 1) / IAE_SHARE, () => `IAE of loop ${loop + 1}: ${have}, not ${want}`)
  })
  const shown = periods.map((T, i) => `T ${T}: ${deviations[i]!.toPrecision(2)}`).join(', ')
  return errors.outcome(file, 1, `${integral}; worst of y at ${shown}`)
}

/** Rows by their time in ns, so that k T finds its row whatever its rounding. */
const rowsByTime = (table: Table): ReadonlyMap<number, number> => {
  const time = columnOf(table, 't')
  return new Map(table.rows.map((row, i) => [Math.round(numberAt(table, row, time) * 1e9), i]))
}

function deviation(
  table: Table,
  rows: ReadonlyMap<number, number>,
  summary: Summary,
  T: number,
  ours: Trajectory,
): number {
  let worst = 0
  let met = 0
  summary.params.ctrls.forEach((_, loop) => {
    const column = columnOf(table, `y${suffixOf(summary, loop)}`)
    ours.y[loop]!.forEach((y, k) => {
      const row = rows.get(Math.round(k * T * 1e9))
      if (row === undefined) return
      met++
      const error = Math.abs(y - numberAt(table, table.rows[row]!, column))
      if (!(error <= worst)) worst = error
    })
  })
  if (met < 20) throw new TableFault(`only ${met} rows stand at multiples of ${T} s`)
  return worst
}

/** Integral of |r - y| by trapezoids; r has its value after a jump. */
function errorArea({ r, y }: Trajectory, loop: number, T: number): number {
  let area = 0
  for (let k = 0; k + 1 < y[loop]!.length; k++) {
    const [a, b] = [r[loop]![k]! - y[loop]![k]!, r[loop]![k]! - y[loop]![k + 1]!]
    // Where the error changes sign in between, the two triangles.
    area += a * b >= 0 ? (T * Math.abs(a + b)) / 2 : (T * (a * a + b * b)) / (2 * Math.abs(a - b))
  }
  return area
}
