/**
 * sil/oracles.csv: failure figures of 942 subsystems, published or computed by others.
 *
 * `expected` is what the closed forms must give: within 1e-6 where it was computed, within the row's own tolerance where it
 * was read somewhere. `check` is what another Markov model, or an integral, gave for the same subsystem. Both have seven
 * digits, so half a unit of the last is up to 5e-7 of it. Bands are compared as -floor(log10), which no code here uses.
 */
import { safeFailureFraction } from '../../safety/sil/architectural-limit.ts'
import { silOfPfd, silOfPfh } from '../../safety/sil/bands.ts'
import { pfdClosedForm, pfhClosedForm } from '../../safety/sil/closed-form.ts'
import { betaFactor } from '../../safety/sil/common-cause.ts'
import { pfdIsaTr84 } from '../../safety/sil/isa-tr84.ts'
import { pfdMarkov, pfhMarkov } from '../../safety/sil/markov.ts'
import { PARTIAL_STROKE_COVERAGE } from '../../safety/sil/partial-stroke.ts'
import { parseArchitecture, type SubsystemRates } from '../../safety/sil/subsystem.ts'
import { failed, type Outcome, skipped, type Tally, tally } from './outcome.ts'
import { columnOf, type Row, readTable, type Table, TableFault } from './table.ts'

const TOLERANCE = 1e-6
/** Steps of the trapezoids behind the integrals of rows with imperfect tests. */
const TRAPEZOID_POINTS = 200_001

export function compareSil(file: string, path: string): readonly Outcome[] {
  if (!file.endsWith('/oracles.csv')) return [skipped(file, 'no comparison knows a file of this name')]
  try {
    return outcomesOf(file, readTable(path))
  } catch (fault) {
    if (fault instanceof TableFault) return [failed(file, fault.message)]
    throw fault
  }
}

interface Tallies {
  readonly closed: Tally
  readonly markov: Tally
  readonly integral: Tally
  readonly bands: Tally
  /** Errors as parts of each row's own tolerance. */
  readonly published: Tally
}

function outcomesOf(file: string, table: Table): readonly Outcome[] {
  const tallies: Tallies = {
    closed: tally(),
    markov: tally(),
    integral: tally(),
    bands: tally(),
    published: tally(),
  }
  for (const row of table.rows) {
    const read = reader(table, row)
    if (read.text('status') === 'computed') compareComputed(read, tallies)
    else comparePublished(read, tallies.published)
  }
  return [
    tallies.closed.outcome(`${file} closed forms`, TOLERANCE),
    tallies.markov.outcome(`${file} Markov model`, TOLERANCE),
    tallies.integral.outcome(`${file} imperfect tests by integral`, TOLERANCE),
    tallies.bands.outcome(`${file} bands`, 0),
    tallies.published.outcome(`${file} published`, 1, 'as parts of each row’s tolerance'),
  ]
}

interface Reader {
  readonly id: string
  readonly text: (column: string) => string
  /** An empty cell is the fallback; without one it is no row that we understand. */
  readonly number: (column: string, fallback?: number) => number
}

function reader(table: Table, row: Row): Reader {
  const text = (column: string): string => row.cells[columnOf(table, column)]!.trim()
  const id = text('id')
  return {
    id,
    text,
    number: (column, fallback) => {
      const cell = text(column)
      const value = cell === '' ? fallback : Number(cell)
      if (value === undefined || Number.isNaN(value)) throw new TableFault(`${id}, ${column}: '${cell}' is no number`)
      return value
    },
  }
}

/** Rates of the row's subsystem, with MRT = MTTR as the table has it. */
function ratesOf(read: Reader): SubsystemRates {
  const architecture = parseArchitecture(read.text('arch'))
  if (architecture === undefined) throw new TableFault(`${read.id}: architecture ${read.text('arch')}`)
  const lambda = read.number('lambda_DU')
  const coverage = read.number('PTC', 1)
  const mission_h = read.number('mission_h', 0)
  const found = { lambda_per_h: lambda * coverage, interval_h: read.number('T1_h', 0) }
  const rest = { lambda_per_h: lambda * (1 - coverage), interval_h: mission_h, renews: true as const }
  const repair_h = read.number('MTTR_h', 0)
  return {
    architecture,
    undetected: coverage < 1 ? [found, rest] : [found],
    lambda_DD_per_h: read.number('lambda_DD', 0),
    lambda_SD_per_h: 0,
    beta: read.number('beta', 0),
    beta_D: read.number('betaD', 0),
    mttr_h: repair_h,
    mrt_h: repair_h,
    switchOver: 1,
  }
}

const relative = (have: number, want: number): number => Math.abs(have / want - 1)

function compareComputed(read: Reader, { closed, markov, integral, bands }: Tallies): void {
  const rates = ratesOf(read)
  const where = (): string => read.id
  const high = read.text('quantity') === 'PFH'
  if (!high && read.text('quantity') !== 'PFDavg') throw new TableFault(`${read.id}: ${read.text('quantity')}`)
  const simplified = read.text('equation').startsWith('ISA-TR84')
  const ours = simplified ? isaOf(read) : (high ? pfhClosedForm : pfdClosedForm)(rates).total
  const other = (high ? pfhMarkov : pfdMarkov)(rates) ?? Number.NaN
  const [expected, check] = [read.number('expected'), read.number('check')]
  closed.add(relative(ours, expected), where)
  if (read.text('PTC') === '') markov.add(relative(other, check), where)
  else {
    // The table's integral steps across jumps of the integrand and is off by up to 3e-5. Taken with the same steps our
    // integrand gives the same, and taken exactly it gives what the Markov model gives.
    const { byTrapezoids, exact } = imperfectTests(read)
    integral.add(relative(byTrapezoids, check), where)
    markov.add(relative(other, exact), where)
  }
  const band = high ? silOfPfh : silOfPfd
  bands.add(Math.abs(band(ours) - decadeBand(expected, high)), where)
  bands.add(Math.abs(band(other) - decadeBand(check, high)), where)
}

function isaOf(read: Reader): number {
  const pfd = pfdIsaTr84({
    architecture: read.text('arch'),
    lambda_DU_per_h: read.number('lambda_DU'),
    lambda_DD_per_h: read.number('lambda_DD'),
    beta: read.number('beta'),
    interval_h: read.number('T1_h'),
    mttr_h: read.number('MTTR_h'),
  })
  return pfd ?? Number.NaN
}

/** 1 - exp(-PTC l (t mod T1) - (1 - PTC) l t) over the mission, of a channel that takes no time to repair. */
function imperfectTests(read: Reader): { readonly byTrapezoids: number; readonly exact: number } {
  const lambda = read.number('lambda_DU')
  const coverage = read.number('PTC')
  const [T1_h, mission_h] = [read.number('T1_h'), read.number('mission_h')]
  const failedAt = (t_h: number): number =>
    -Math.expm1(-coverage * lambda * (t_h % T1_h) - (1 - coverage) * lambda * t_h)
  let sum = 0
  for (let i = 0; i < TRAPEZOID_POINTS; i++) {
    const weight = i === 0 || i === TRAPEZOID_POINTS - 1 ? 0.5 : 1
    // Times on a test fall where the reference's own rounding put them: as i / (n - 1) of the mission.
    sum += weight * failedAt(i * (mission_h / (TRAPEZOID_POINTS - 1)))
  }
  let working_h = 0
  for (let k = 0; k * T1_h < mission_h; k++) {
    working_h += (Math.exp(-(1 - coverage) * lambda * k * T1_h) * -Math.expm1(-lambda * T1_h)) / lambda
  }
  return { byTrapezoids: sum / (TRAPEZOID_POINTS - 1), exact: 1 - working_h / mission_h }
}

/** Decade of the figure as SIL: 10^-(n+1) <= PFD < 10^-n is n; four decades lower for PFH. */
function decadeBand(value: number, high: boolean): number {
  const decade = -Math.floor(Math.log10(value)) - 1 - (high ? 4 : 0)
  return Math.max(0, Math.min(4, decade))
}

function comparePublished(read: Reader, published: Tally): void {
  const where = (): string => `${read.id} ${read.text('quantity')}`
  const ours = publishedFigure(read)
  const text = read.text('expected')
  const bound = /^<\s*([\d.e+-]+)/i.exec(text)
  if (bound !== null) {
    // A bound printed with three digits holds to half of the last.
    published.add(ours / (Number(bound[1]) * 1.005), where)
    return
  }
  published.add(relative(ours, read.number('expected')) / read.number('rel_tol', 1e-9), where)
}

function publishedFigure(read: Reader): number {
  const quantity = read.text('quantity')
  const undetected = (): number => read.number('lambda_DU')
  const detected = (): number => read.number('lambda_DD')
  switch (quantity) {
    case 'PFDavg':
      return read.text('arch').endsWith(' diverse') ? diversePair(read) : pfdClosedForm(ratesOf(read1oo1(read))).total
    case 'PFH':
      return pfhClosedForm(ratesOf(read)).total
    case 'SFF':
      return safeFailureFraction({
        type: 'A',
        lambda_S_per_h: read.number('lambda_S'),
        lambda_DD_per_h: detected(),
        lambda_DU_per_h: undetected(),
      })
    case 'lambda_D_per_h':
      return detected() + undetected()
    case 'MTTFd_years':
      return 1 / ((detected() + undetected()) * 8760)
    case 'PFDavg/PFH ratio': {
      const rates = ratesOf(read1oo1(read))
      return pfdClosedForm(rates).total / pfhClosedForm(rates).total
    }
    case 'PST diagnostic coverage':
      return strokeCoverage(read)
    case 'beta multiplier (MooN)': {
      const { m, n } = parseArchitecture(read.text('arch'))!
      return betaFactor(m, n) ?? Number.NaN
    }
    default:
      throw new TableFault(`${read.id}: a quantity '${quantity}'`)
  }
}

/** A module, or 1oo1D, whose diagnostics add nothing to its DU rate counts as one channel; DU of a row may follow from D and DC. */
function read1oo1(read: Reader): Reader {
  const arch = /^(module|1oo1D)$/.test(read.text('arch')) ? '1oo1' : read.text('arch')
  const lambda_D = read.number('lambda_D', 0)
  const coverage = read.number('DC', 0)
  const derived = new Map([
    ['lambda_DU', lambda_D * (1 - coverage)],
    ['lambda_DD', lambda_D * coverage],
  ])
  return {
    id: read.id,
    text: (column) => (column === 'arch' ? arch : read.text(column)),
    number: (column, fallback) => read.number(column, derived.get(column) ?? fallback),
  }
}

/** Two different channels fail as two alike with the geometric mean of their rates: l1 l2 T^2 / 3. */
function diversePair(read: Reader): number {
  const rates = [...read.text('lambda_DU').matchAll(/([\d.]+)\/y/g)].map((m) => Number(m[1]) / 8760)
  if (rates.length !== 2) throw new TableFault(`${read.id}: two rates a year, found '${read.text('lambda_DU')}'`)
  const mean = Math.sqrt(rates[0]! * rates[1]!)
  return pfdClosedForm({
    architecture: { m: 1, n: 2, diagnosed: false },
    undetected: [{ lambda_per_h: mean, interval_h: read.number('T1_h') }],
    lambda_DD_per_h: 0,
    lambda_SD_per_h: 0,
    beta: read.number('beta'),
    beta_D: 0,
    mttr_h: 0,
    mrt_h: 0,
    switchOver: 1,
  }).total
}

function strokeCoverage(read: Reader): number {
  const note = read.text('note')
  const kind = (Object.keys(PARTIAL_STROKE_COVERAGE) as (keyof typeof PARTIAL_STROKE_COVERAGE)[]).find((k) =>
    note.startsWith(k),
  )
  return kind === undefined ? Number.NaN : PARTIAL_STROKE_COVERAGE[kind]
}
