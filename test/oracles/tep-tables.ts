import { lcgNext, lcgUniform } from '../../numerics/lcg.ts'
import { compatCall, compatSecond } from '../../plant-sim/core/tennessee-eastman/compat.ts'
import { cost_per_h } from '../../plant-sim/core/tennessee-eastman/cost.ts'
import { createModel, startModel } from '../../plant-sim/core/tennessee-eastman/model.ts'
import { type Outcome, tally } from './outcome.ts'
import { columnOf, hasColumn, numberAt, readTable, TableFault, unreadColumns } from './table.ts'

/** lcg.csv: states and uniforms of the original generator after k draws; exact. */
export function compareGenerator(file: string, path: string): Outcome {
  const table = readTable(path)
  const unread = unreadColumns(table, [/^(seed|k|G_after|tesub7_pos_0_1|tesub7_neg_m1_1)$/])
  const [seed, k, after, positive, both] = ['seed', 'k', 'G_after', 'tesub7_pos_0_1', 'tesub7_neg_m1_1'].map((name) =>
    columnOf(table, name),
  )
  const errors = tally()
  let from = Number.NaN
  let draws = 0
  let g = 0
  for (const row of table.rows) {
    const start = numberAt(table, row, seed!)
    const want = numberAt(table, row, k!)
    if (start !== from || want < draws) {
      from = start
      draws = 0
      g = start
    }
    for (; draws < want; draws++) g = lcgNext(g)
    const place = () => `line ${row.line}, draw ${want}`
    errors.add(Math.abs(g - numberAt(table, row, after!)), place)
    errors.add(Math.abs(lcgUniform(g) - numberAt(table, row, positive!)), place)
    errors.add(Math.abs(2 * lcgUniform(g) - 1 - numberAt(table, row, both!)), place)
  }
  return errors.outcome(file, 0, unread)
}

/**
 * modes.csv: each starting state stands still (largest |dy/dt| as listed), gives the recomputed measurements, costs what it
 * should. Errors are given in parts of what each may be: measurements 1e-8, dy/dt half a last digit, cost 0.01 $/h.
 */
export function compareModes(file: string, path: string): Outcome {
  const table = readTable(path)
  const kind = columnOf(table, 'kind')
  const index = columnOf(table, 'index')
  const errors = tally()
  for (const [column, name] of table.columns.entries()) {
    if (column === kind || column === index) continue
    if (!/^(base|mode\d+)$/.test(name)) throw new TableFault(`unknown column ${name}`)
    const m = createModel()
    startModel(m, 'base', 1)
    for (const row of table.rows) {
      const i = numberAt(table, row, index) - 1
      if (row.cells[kind] === 'YY') m.y[i] = numberAt(table, row, column)
      if (row.cells[kind] === 'XMV') m.demand[i] = numberAt(table, row, column)
    }
    compatCall(m, 'none')
    for (const row of table.rows) {
      const place = () => `line ${row.line}, ${name}`
      const i = numberAt(table, row, index) - 1
      const want = numberAt(table, row, column)
      if (row.cells[kind] === 'XMEAS_recomputed_f64lit') {
        errors.add(Math.abs(m.clean[i]! - want) / Math.max(Math.abs(want), 0.01) / 1e-8, place)
      } else if (row.cells[kind] === 'max_abs_YP') {
        const largest = m.dydt.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
        errors.add(Math.abs(largest - want) / 6e-6, place)
      } else if (row.cells[kind]?.startsWith('operating_cost')) {
        errors.add(Math.abs(cost_per_h(m.w) - want) / 0.01, place)
      }
    }
  }
  return errors.outcome(file, 1, 'in parts of the tolerances 1e-8 (measurements), 6e-6 1/h (dy/dt), 0.01 $/h')
}

/** base_state.csv: derivatives at time 0, scaled as those of derivs_*.csv. */
export function compareBaseState(file: string, path: string): Outcome {
  const table = readTable(path)
  const kind = columnOf(table, 'kind')
  const index = columnOf(table, 'index')
  const value = columnOf(table, 'value_f64lit')
  const rate = columnOf(table, 'deriv_f64lit_per_h')
  const m = createModel()
  startModel(m, 'base', 1)
  const states = table.rows.filter((row) => row.cells[kind] === 'YY')
  for (const row of states) m.y[numberAt(table, row, index) - 1] = numberAt(table, row, value)
  for (let i = 0; i < 12; i++) m.demand[i] = m.y[38 + i]!
  compatCall(m, 'none')
  const errors = tally()
  for (const row of states) {
    const i = numberAt(table, row, index) - 1
    const want = numberAt(table, row, rate)
    const scale = Math.max(Math.abs(want), 0.01 * Math.max(1, Math.abs(m.y[i]!)))
    errors.add(Math.abs(m.dydt[i]! - want) / scale, () => `line ${row.line}, YP${i + 1}`)
  }
  return errors.outcome(file, 1e-8)
}

/** base_xmeas.csv: measurements at time 0, and with noise after one step for each seed in the heading. */
export function compareBaseMeasurements(file: string, path: string): Outcome {
  const table = readTable(path)
  const index = columnOf(table, 'index')
  const errors = tally()
  const compare = (column: number, seed: number | null): void => {
    const m = createModel()
    startModel(m, 'base', seed ?? 1)
    compatCall(m, 'on')
    if (seed !== null) {
      compatSecond(m, 'on')
      compatCall(m, 'on')
    }
    for (const row of table.rows) {
      const want = numberAt(table, row, column)
      const have = m.measured[numberAt(table, row, index) - 1]!
      errors.add(Math.abs(have - want) / Math.max(Math.abs(want), 0.01), () => {
        return `line ${row.line}, ${table.columns[column]}`
      })
    }
  }
  if (hasColumn(table, 'value_f64lit_noise_off')) compare(columnOf(table, 'value_f64lit_noise_off'), null)
  for (const [column, name] of table.columns.entries()) {
    const seed = /^f64lit_noise_on_after_1_euler_step_seed(\d+)$/.exec(name)
    if (seed !== null) compare(column, Number(seed[1]))
  }
  return errors.outcome(file, 1e-8)
}
