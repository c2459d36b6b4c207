import { compatCall } from '../../plant-sim/core/tennessee-eastman/compat.ts'
import { W } from '../../plant-sim/core/tennessee-eastman/layout.ts'
import { CLOCK, createModel, startModel } from '../../plant-sim/core/tennessee-eastman/model.ts'
import { WALK_STRIDE } from '../../plant-sim/core/tennessee-eastman/walks.ts'
import { type Outcome, tally } from './outcome.ts'
import { columnOf, columnsOf, hasColumn, numberAt, readTable, unreadColumns } from './table.ts'

const TOLERANCE = 1e-8

/**
 * derivs_*.csv: one evaluation a row at given states, demands and disturbances; dy/dt, measurements and the shutdown.
 *
 * Errors are scaled by max(|YP|, 0.01 max(1, |YY|)); measurements by max(|XMEAS|, 0.01). Rows with a TIME > 0 hold
 * their analysers, which are not compared; columns VCVbefore give the demands accepted before, W the walks' values.
 */
export function compareDerivatives(file: string, path: string): Outcome {
  const table = readTable(path)
  const unread = unreadColumns(table, [
    /^(case|group|TIME|TIME_h|ISD)$/,
    /^(YY|YP|XMEAS|XMV|IDV|W|VCVbefore|VCVafter)\d+$/,
  ])
  const yy = columnsOf(table, 'YY', 50)
  const yp = columnsOf(table, 'YP', 50)
  const xmv = columnsOf(table, 'XMV', 12)
  const idv = columnsOf(table, 'IDV', 20)
  const xmeas = table.columns.flatMap((name, at) => (/^XMEAS\d+$/.test(name) ? [{ i: Number(name.slice(5)), at }] : []))
  const isd = columnOf(table, 'ISD')
  const before = hasColumn(table, 'VCVbefore1') ? columnsOf(table, 'VCVbefore', 12) : null
  const after = hasColumn(table, 'VCVafter12') ? columnsOf(table, 'VCVafter', 12) : null
  const walks = hasColumn(table, 'W1') ? columnsOf(table, 'W', 12) : null
  const timeColumn = table.columns.findIndex((name) => name === 'TIME' || name === 'TIME_h')
  const m = createModel()
  const errors = tally()

  for (const row of table.rows) {
    const cell = (column: number): number => numberAt(table, row, column)
    const place = (name: string) => () => `line ${row.line}, ${name}`
    const time_h = timeColumn < 0 ? 0 : cell(timeColumn)
    startModel(m, 'base', 1)
    // The original has called itself once at the base state before the first row's call.
    compatCall(m, 'none')
    for (let i = 0; i < 50; i++) m.y[i] = cell(yy[i]!)
    for (let i = 0; i < 12; i++) m.demand[i] = cell(xmv[i]!)
    for (let i = 0; i < 20; i++) m.flags[i + 1] = cell(idv[i]!)
    m.clock[CLOCK.time_h] = time_h
    m.clock[CLOCK.fresh] = time_h === 0 ? 1 : 0
    if (before !== null) for (let i = 0; i < 12; i++) m.accepted[i] = cell(before[i]!)
    if (walks !== null) {
      m.clock[CLOCK.walking] = 1
      for (let i = 0; i < 12; i++) {
        m.walks.fill(0, i * WALK_STRIDE, (i + 1) * WALK_STRIDE)
        m.walks[i * WALK_STRIDE + 1] = 0.1
        m.walks[i * WALK_STRIDE + 2] = cell(walks[i]!)
      }
    }
    m.w[W.T_reactor] = 120
    compatCall(m, 'none')

    const stopped = m.clock[CLOCK.trip] !== 0 ? 1 : 0
    errors.add(stopped === cell(isd) ? 0 : Number.POSITIVE_INFINITY, place('ISD'))
    for (let i = 0; i < 50; i++) {
      const want = cell(yp[i]!)
      const scale = Math.max(Math.abs(want), 0.01 * Math.max(1, Math.abs(m.y[i]!)))
      errors.add(Math.abs(m.dydt[i]! - want) / scale, place(`YP${i + 1}`))
    }
    for (const { i, at } of xmeas) {
      if (i > 22 && time_h > 0) continue
      const want = cell(at)
      errors.add(Math.abs(m.clean[i - 1]! - want) / Math.max(Math.abs(want), 0.01), place(`XMEAS${i}`))
    }
    if (after !== null) {
      for (let i = 0; i < 12; i++) {
        const want = cell(after[i]!)
        errors.add(Math.abs(m.accepted[i]! - want) / Math.max(Math.abs(want), 0.01), place(`VCVafter${i + 1}`))
      }
    }
  }
  return errors.outcome(file, TOLERANCE, unread)
}
