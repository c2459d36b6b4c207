import { compatCall, eulerStep } from '../../plant-sim/core/tennessee-eastman/compat.ts'
import { Y } from '../../plant-sim/core/tennessee-eastman/layout.ts'
import { CLOCK, createModel, startModel } from '../../plant-sim/core/tennessee-eastman/model.ts'
import { STARTS } from '../../plant-sim/core/tennessee-eastman/starts.ts'
import { type Outcome, skipped, tally } from './outcome.ts'
import { RICKER_TS_H, ricker } from './ricker.ts'
import { columnOf, columnsOf, meanMagnitude, numberAt, readTable, TableFault, unreadColumns } from './table.ts'

const TOLERANCE = 1e-6
const SEED = 1431655765
const ROW_EVERY = 100
const FAULT_H = 8

/**
 * ricker/ricker_mode1_*.csv.gz: 48 h from mode 1 in steps of 1.8 s, a row each 0.05 h. Time is k Ts here, not a sum.
 * Scaled by each column's mean magnitude.
 */
export function compareRicker(file: string, path: string): Outcome {
  if (/f32lit/.test(file)) return skipped(file, 'single-precision literals; the model is compared with the double ones')
  const match = /ricker_mode1_.*_idv(\d+)/.exec(file)
  if (match === null) throw new TableFault('no mode 1 run of a disturbance (ricker_mode1_..._idvNN) by its name')
  const idv = Number(match[1])
  const table = readTable(path)
  const unread = unreadColumns(table, [/^TIME_h$/, /^(XMEAS|XMV)\d+$/])
  const time = columnOf(table, 'TIME_h')
  const columns = [...columnsOf(table, 'XMEAS', 41), ...columnsOf(table, 'XMV', 12)]
  const scale = columns.map((column) => meanMagnitude(table, column))
  const errors = tally()

  const m = createModel()
  startModel(m, 'mode1', SEED)
  compatCall(m, 'off')
  const control = ricker(STARTS['mode1']!.slice(Y.valve))
  let next = 0
  const steps = (table.rows.length - 1) * ROW_EVERY
  for (let k = 0; k <= steps; k++) {
    const time_h = k * RICKER_TS_H
    m.clock[CLOCK.time_h] = time_h
    m.clock[CLOCK.time_ms] = Math.round(time_h * 3.6e6)
    m.clock[CLOCK.fresh] = k === 0 ? 1 : 0
    if (idv > 0 && idv <= 20 && time_h >= FAULT_H) m.flags[idv] = 1
    control.write(m.demand)
    compatCall(m, 'off')
    if (k % ROW_EVERY === 0) {
      const row = table.rows[next++]!
      errors.add(Math.abs(numberAt(table, row, time) - time_h) < 0.01 ? 0 : Number.POSITIVE_INFINITY, () => {
        return `line ${row.line}: TIME_h ${row.cells[time]} where ${time_h} is due`
      })
      for (const [n, column] of columns.entries()) {
        const value = n < 41 ? m.measured[n]! : m.demand[n - 41]!
        const error = Math.abs(value - numberAt(table, row, column)) / scale[n]!
        errors.add(error, () => `line ${row.line}, ${table.columns[column]}`)
      }
    }
    control.sample(k, m.measured)
    eulerStep(m, RICKER_TS_H)
  }
  const trip_h = m.clock[CLOCK.trip_ms]! / 3.6e6
  return errors.outcome(file, TOLERANCE, m.clock[CLOCK.trip] === 0 ? '' : `tripped at ${trip_h.toFixed(3)} h`, unread)
}
