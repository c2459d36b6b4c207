import { compatCall, compatSecond } from '../../plant-sim/core/tennessee-eastman/compat.ts'
import { CLOCK, createModel, startModel } from '../../plant-sim/core/tennessee-eastman/model.ts'
import { WALK_STRIDE } from '../../plant-sim/core/tennessee-eastman/walks.ts'
import { BRAATZ_XMV, braatz } from './braatz.ts'
import { type Outcome, skipped, tally } from './outcome.ts'
import {
  columnOf,
  columnsOf,
  hasColumn,
  meanMagnitude,
  numberAt,
  readTable,
  type Table,
  TableFault,
  unreadColumns,
} from './table.ts'

const TOLERANCE = 1e-6
/** The fault begins at this second. */
const FAULT_AT = 28800
const HOURS_48 = 172800
/** Chaotic: differences of one rounding grow to the size of the signal, so only statistics compare. */
const CHAOTIC = 14
const STEADY_KNOTS = 12

/** Seeds of the runs by disturbance number. */
export type Seeds = ReadonlyMap<number, number>

export function readSeeds(path: string): Seeds {
  const table = readTable(path)
  const idv = columnOf(table, 'idv')
  const seed = columnOf(table, 'seed')
  return new Map(table.rows.map((row) => [numberAt(table, row, idv), numberAt(table, row, seed)]))
}

interface RunWatch {
  /** Before the call of second `i`: rows are written here. */
  row?(i: number, xmeas: Float64Array, xmv: Float64Array, setPoints: Float64Array): void
  /** After the call of second `i`. */
  called?(i: number, walks: Float64Array, flags: Float64Array): void
}

/** 48 h under the published loops, in the original's order: flags, controllers, row, call, step, clamp. @returns trip, h, or null */
function run(idv: number, seed: number, noise: 'on' | 'off', seconds: number, watch: RunWatch): number | null {
  const m = createModel()
  startModel(m, 'base', seed)
  compatCall(m, noise)
  m.demand.set(BRAATZ_XMV)
  const loops = braatz()
  for (let i = 1; i <= seconds; i++) {
    // Fault 21 is no disturbance of the model: the data hold its valve at its position.
    if (i >= FAULT_AT && idv > 0) m.flags[idv === 21 ? 0 : idv] = 1
    loops.control(i, m.measured, m.demand)
    if (i >= FAULT_AT && idv === 21) m.demand[3] = 61.302
    watch.row?.(i, m.measured, m.demand, loops.setPoints)
    compatSecond(m, noise)
    watch.called?.(i, m.walks, m.flags)
    m.clock[CLOCK.time_ms]! += 1000
    for (let k = 0; k < 11; k++) m.demand[k] = Math.min(100, Math.max(0, m.demand[k]!))
  }
  return m.clock[CLOCK.trip] === 0 ? null : m.clock[CLOCK.trip_ms]! / 3.6e6
}

/**
 * closedloop/cl_braatz_*.csv.gz: 48 h under the published loops, a row each 3 min with measurements, demands, and in
 * some files the set points. Scaled by each column's mean magnitude; fault 14 by statistics.
 */
export function compareClosedLoop(file: string, path: string, seeds: Seeds): Outcome {
  if (/f32lit/.test(file)) return skipped(file, 'single-precision literals; the model is compared with the double ones')
  const idv = numberInName(file)
  const noise = /noiseon/.test(file) ? 'on' : 'off'
  const table = readTable(path)
  const unread = unreadColumns(table, [/^(sample|I_second|TIME_h)$/, /^(XMEAS|XMV|SETPT)\d+$/])
  const second = columnOf(table, 'I_second')
  const columns = [...columnsOf(table, 'XMEAS', 41), ...columnsOf(table, 'XMV', 12)]
  if (hasColumn(table, 'SETPT1')) columns.push(...columnsOf(table, 'SETPT', 20))
  const at = new Map(table.rows.map((row, k) => [numberAt(table, row, second), k]))
  const last = Math.max(...at.keys())
  if (!(last <= HOURS_48)) throw new TableFault(`a row beyond ${HOURS_48} s`)

  const ours: Float64Array[] = []
  const trip_h = run(idv, seedOf(seeds, idv), noise, last, {
    row(i, xmeas, xmv, setPoints) {
      const k = at.get(i)
      if (k === undefined) return
      const values = new Float64Array(73)
      values.set(xmeas)
      values.set(xmv, 41)
      values.set(setPoints, 53)
      ours[k] = values
    },
  })
  const note = [trip_h === null ? '' : `tripped at ${trip_h.toFixed(3)} h`, unread]
    .filter((text) => text !== '')
    .join('; ')
  if (idv === CHAOTIC) return compareStatistics(file, table, columns, ours, note)
  const errors = tally()
  const scale = columns.map((column) => meanMagnitude(table, column))
  for (const [k, row] of table.rows.entries()) {
    const values = ours[k]
    if (values === undefined) throw new TableFault(`line ${row.line}: second ${row.cells[second]} is not of this run`)
    for (const [n, column] of columns.entries()) {
      const error = Math.abs(values[n]! - numberAt(table, row, column)) / scale[n]!
      errors.add(error, () => `line ${row.line}, ${table.columns[column]}`)
    }
  }
  return errors.outcome(file, TOLERANCE, note)
}

/** Mean within 0.25 standard deviations, standard deviation within 25 %: errors are given in parts of those. */
function compareStatistics(
  file: string,
  table: Table,
  columns: readonly number[],
  ours: readonly Float64Array[],
  note: string,
): Outcome {
  const errors = tally()
  for (const [n, column] of columns.entries()) {
    const want = moments(table.rows.map((row) => numberAt(table, row, column)))
    const have = moments(table.rows.map((_, k) => ours[k]?.[n] ?? Number.NaN))
    const still = 1e-9 * Math.max(1, Math.abs(want.mean))
    const std = Math.max(want.std, still)
    errors.add(Math.abs(have.mean - want.mean) / (0.25 * std), () => `mean of ${table.columns[column]}`)
    if (want.std > still) {
      errors.add(Math.abs(have.std / want.std - 1) / 0.25, () => `deviation of ${table.columns[column]}`)
    }
  }
  return errors.outcome(file, 1, note, 'statistics: chaotic fault')
}

function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length
  return { mean, std: Math.sqrt(square) }
}

/**
 * closedloop/walk_*.csv.gz: every knot of every random walk of a closed-loop run, and the second it was drawn in.
 * Scaled by the largest magnitude of the same coefficient of the same walk.
 */
export function compareWalks(file: string, path: string, seeds: Seeds): Outcome {
  if (/f32lit/.test(file)) return skipped(file, 'single-precision literals; the model is compared with the double ones')
  const idv = numberInName(file)
  if (idv === CHAOTIC)
    return skipped(file, 'a chaotic fault: its knots follow from a run that is compared by statistics')
  const table = readTable(path)
  const names = ['TLAST_h', 'TNEXT_h', 'ADIST', 'BDIST', 'CDIST', 'DDIST']
  const unread = unreadColumns(table, [/^(I_second|walk_index|TLAST_h|TNEXT_h|[ABCD]DIST|IDVWLK)$/])
  const second = columnOf(table, 'I_second')
  const index = columnOf(table, 'walk_index')
  const coefficients = names.map((name) => columnOf(table, name))
  const last = Math.max(...table.rows.map((row) => numberAt(table, row, second)))

  const knots: { i: number; walk: number; values: Float64Array }[] = []
  const seen = new Float64Array(STEADY_KNOTS).fill(-1)
  run(idv, seedOf(seeds, idv), /noiseoff/.test(file) ? 'off' : 'on', last, {
    called(i, walks) {
      for (let walk = 0; walk < STEADY_KNOTS; walk++) {
        const o = walk * WALK_STRIDE
        if (walks[o] === seen[walk]) continue
        seen[walk] = walks[o]!
        knots.push({ i, walk: walk + 1, values: walks.slice(o, o + WALK_STRIDE) })
      }
    },
  })

  const errors = tally()
  const largest = new Map<string, number>()
  const key = (walk: number, n: number): string => `${walk}/${n}`
  for (const row of table.rows) {
    for (const [n, column] of coefficients.entries()) {
      const k = key(numberAt(table, row, index), n)
      largest.set(k, Math.max(largest.get(k) ?? 0, Math.abs(numberAt(table, row, column))))
    }
  }
  if (knots.length !== table.rows.length) throw new TableFault(`${table.rows.length} knots, ${knots.length} here`)
  for (const [k, row] of table.rows.entries()) {
    const knot = knots[k]!
    const walk = numberAt(table, row, index)
    const same = knot.walk === walk && knot.i === numberAt(table, row, second)
    errors.add(
      same ? 0 : Number.POSITIVE_INFINITY,
      () => `line ${row.line}: walk ${knot.walk} at second ${knot.i} here`,
    )
    for (const [n, column] of coefficients.entries()) {
      const scale = largest.get(key(walk, n)) || 1
      const error = Math.abs(knot.values[n]! - numberAt(table, row, column)) / scale
      errors.add(error, () => `line ${row.line}, ${names[n]}`)
    }
  }
  return errors.outcome(file, TOLERANCE, unread)
}

function seedOf(seeds: Seeds, idv: number): number {
  const seed = seeds.get(idv)
  if (seed === undefined) throw new TableFault(`tep/seeds.csv has no seed for disturbance ${idv}`)
  return seed
}

function numberInName(file: string): number {
  const match = /_idv(\d+)/.exec(file)
  if (match === null) throw new TableFault('no disturbance number (_idvNN) in its name')
  return Number(match[1])
}
