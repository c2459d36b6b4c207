import { compatCall, compatSecond } from '../../plant-sim/core/tennessee-eastman/compat.ts'
import { converged } from '../../plant-sim/core/tennessee-eastman/converged.ts'
import {
  GAS,
  gasComposition,
  PRODUCT,
  productComposition,
} from '../../plant-sim/core/tennessee-eastman/measurements.ts'
import { CLOCK, createModel, startModel } from '../../plant-sim/core/tennessee-eastman/model.ts'
import { type Outcome, skipped, tally } from './outcome.ts'
import { columnOf, columnsOf, meanMagnitude, numberAt, readTable, TableFault, unreadColumns } from './table.ts'

const TOLERANCE = 1e-6
const ANY_SEED = 4651207995

/** What the name of an open-loop file says about its run. */
interface OpenLoop {
  readonly converged: boolean
  /** Seed of the run with noise; null without noise. */
  readonly seed: number | null
  readonly start: string
  readonly change: ((demand: Float64Array) => void) | null
  readonly idv: number
}

/**
 * openloop_*.csv: states and measurements of a run with constant demands, from the base state.
 *
 * Rows are (step, TIME_h, YY, XMEAS) of the call at that step of 1 s. Errors are divided by each column's mean magnitude.
 */
export function compareOpenLoop(file: string, path: string): Outcome {
  if (/f32lit/.test(file)) return skipped(file, 'single-precision literals; the model is compared with the double ones')
  const run = parseName(file)
  const table = readTable(path)
  const unread = unreadColumns(table, [/^(step|TIME_h)$/, /^(YY|XMEAS)\d+$/])
  const step = columnOf(table, 'step')
  const time = columnOf(table, 'TIME_h')
  const yy = columnsOf(table, 'YY', 50)
  const xmeas = columnsOf(table, 'XMEAS', 41)
  const scale = [...yy, ...xmeas].map((column) => meanMagnitude(table, column))
  const errors = tally()

  const m = createModel()
  startModel(m, run.start, run.seed ?? ANY_SEED)
  const noise = run.seed === null ? 'off' : 'on'
  const smooth = converged(m, ANY_SEED, false)
  if (run.converged) smooth.start()
  else compatCall(m, noise)
  if (run.idv > 0) m.flags[run.idv] = 1
  run.change?.(m.demand)

  // States before a call; its measurements belong to the same row.
  let done = -1
  const states = new Float64Array(50)
  const values = new Float64Array(41)
  for (const row of table.rows) {
    const want_step = numberAt(table, row, step)
    if (!Number.isInteger(want_step) || want_step < done) throw new TableFault(`line ${row.line}: step ${want_step}`)
    while (done < want_step) {
      if (run.converged) {
        if (done >= 0) smooth.advance(1000)
        states.set(m.y)
        // These files give what the analysers would see at once, neither sampled nor held.
        values.set(m.clean)
        gasComposition(m.w, values, GAS.at)
        productComposition(m.w, values, PRODUCT.at)
      } else {
        states.set(m.y)
        const time_h = m.clock[CLOCK.time_h]!
        if (done + 1 === want_step) {
          const error = Math.abs(time_h - numberAt(table, row, time))
          errors.add(error, () => `line ${row.line}, TIME_h`)
        }
        compatSecond(m, noise)
        m.clock[CLOCK.time_ms]! += 1000
        values.set(m.measured)
      }
      done++
    }
    for (let i = 0; i < 50; i++) {
      const error = Math.abs(states[i]! - numberAt(table, row, yy[i]!)) / scale[i]!
      errors.add(error, () => `line ${row.line}, YY${i + 1}`)
    }
    for (let i = 0; i < 41; i++) {
      const error = Math.abs(values[i]! - numberAt(table, row, xmeas[i]!)) / scale[50 + i]!
      errors.add(error, () => `line ${row.line}, XMEAS${i + 1}`)
    }
  }
  const tripped = m.clock[CLOCK.trip] === 0 ? '' : `tripped at ${(m.clock[CLOCK.trip_ms]! / 3.6e6).toFixed(3)} h`
  return errors.outcome(file, TOLERANCE, tripped, unread)
}

function parseName(file: string): OpenLoop {
  const name = file.replace(/^.*\//, '')
  const seed = /_seed(\d+)/.exec(name)
  const step = /_xmv(\d+)_(plus|minus)([\d.]+)pct/.exec(name)
  const to = /_xmv(\d+)_to_([\d.]*\d)/.exec(name)
  const start = /_(mode[1-6])/.exec(name)
  const idv = /_idv(\d+)/.exec(name)
  if (!/^openloop_(base|step|paperfig|mode|idv)/.test(name))
    throw new TableFault('no known kind of open-loop run by its name')
  let change: OpenLoop['change'] = null
  if (step !== null) {
    const by = Number(step[3]) * (step[2] === 'minus' ? -1 : 1)
    change = (demand) => {
      demand[Number(step[1]) - 1]! += by
    }
  } else if (to !== null) {
    change = (demand) => {
      demand[Number(to[1]) - 1] = Number(to[2])
    }
  }
  return {
    converged: /_converged/.test(name),
    seed: seed === null ? null : Number(seed[1]),
    start: start?.[1] ?? 'base',
    change,
    idv: idv === null ? 0 : Number(idv[1]),
  }
}
