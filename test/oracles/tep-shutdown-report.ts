/** `npm run oracles -- --only shutdown`: the hazard table of the plant in its own model, as the tables of docs/plant. */
import {
  type Crossing,
  HAZARDS,
  type HazardName,
  MATRIX,
  type SafetyFunction,
  type Tried,
  tryHazard,
  type Watched,
} from './tep-shutdown.ts'

interface Row {
  readonly limit: readonly [Watched, number] | null
  /** When that limit is crossed and, in the order of `points`, the trip points, s: the hazard table's figures. */
  readonly at_s: number
  readonly points: readonly (readonly [Watched, number, number])[]
  /** The safety function that answers the row. */
  readonly by: string
}

const none: Row = { limit: null, at_s: Number.NaN, points: [], by: '' }
const ROWS: Readonly<Record<HazardName, Row>> = {
  'Reactor CW fails shut': {
    limit: ['P', 3000],
    at_s: 405,
    points: [
      ['T', 140, 136],
      ['T', 150, 177],
      ['T', 160, 229],
      ['P', 2895, 354],
    ],
    by: 'S2',
  },
  'A/C feed wide open': {
    limit: ['P', 3000],
    at_s: 431,
    points: [
      ['P', 2850, 219],
      ['P', 2895, 283],
      ['P', 2950, 359],
    ],
    by: 'S1',
  },
  'Reactor CW wide open': { limit: ['P', 3000], at_s: 363, points: [['P', 2895, 272]], by: 'S1' },
  'D+E feeds lost': { limit: ['P', 3000], at_s: 827, points: [['P', 2895, 684]], by: 'S1' },
  'E feed wide open': { limit: ['P', 3000], at_s: 4120, points: [['P', 2895, 3869]], by: 'S1' },
  'D feed wide open': { limit: ['P', 3000], at_s: 4482, points: [['P', 2895, 4304]], by: 'S1' },
  'Condenser CW fails shut': { limit: ['reactor', 24], at_s: 2197, points: [['reactor', 21.3, 1543]], by: 'S4' },
  'Recycle valve wide open': {
    limit: ['reactor', 24],
    at_s: 1739,
    points: [
      ['P', 2895, 121],
      ['reactor', 21.3, 1045],
    ],
    by: 'S4',
  },
  'Sep. liquid valve shut': { limit: ['separator', 12], at_s: 862, points: [['separator', 9, 531]], by: 'S6' },
  'Sep. liquid valve open': { limit: ['separator', 1], at_s: 321, points: [['separator', 2, 249]], by: 'S7' },
  'Stripper product shut': { limit: ['stripper', 8], at_s: 495, points: [['stripper', 6.6, 325]], by: 'S8' },
  'Stripper product open': { limit: ['stripper', 1], at_s: 443, points: [['stripper', 2.5, 265]], by: 'S9' },
  'Purge shut': none,
  'Agitator to 0': none,
  'A loss (IDV 6)': none,
  'C header (IDV 7)': none,
  'Steam open': none,
  'Recycle shut': none,
}

/** From the vote to the dropped solenoid, s; the valves' travel of 4 s makes it 10. */
const DELAY_S = 6
const AFTER_S = 1800
const NEVER_S = 10_800
/** Times may differ by this from the hazard table's. */
const BAR = 0.02
const BAR_STEP = 0.005

/** @returns number of figures beyond their bar */
export function shutdownReport(print: (text: string) => void): number {
  let bad = 0
  const line = (...cells: readonly string[]): void => print(`| ${cells.join(' | ')} |\n`)
  const head = (...cells: readonly string[]): void => {
    line(...cells)
    line(...cells.map(() => '---'))
  }
  const names = Object.keys(HAZARDS) as HazardName[]

  print('\n### Without action\n\n')
  head('Initiating event', 'First limit', 'Table, s', 'Here, s', 'Off', 'Trip points: table -> here, s', 'Half step')
  for (const name of names) {
    const row = ROWS[name]
    if (row.limit === null) {
      const tried = tryHazard(name, { for_s: NEVER_S, step_ms: 1000 })
      if (tried.first !== null) bad++
      line(name, tried.first?.cause ?? 'none in 3 h', '-', '-', '-', '-', '-')
      continue
    }
    const times = crossingTimes(row, name, 1)
    // The model's own bound is up to twenty of the plant's steps: only from there on is a step halved.
    const halved = crossingTimes(row, name, 20)
    const moved = Math.max(...times.map((t, i) => Math.abs(halved[i]! / t - 1)))
    const wanted = [row.at_s, ...row.points.map(([, , at]) => at)]
    const off = wanted.map((want, i) => times[i]! / want - 1)
    bad += off.filter((o) => !(Math.abs(o) <= BAR)).length + (moved <= BAR_STEP ? 0 : 1)
    const points = row.points.map(([of, at, want], i) => `${of} ${at}: ${want} -> ${times[i + 1]!.toFixed(1)}`)
    const worst = off.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)
    const [limit_of, limit_at] = row.limit
    const shown = [`${limit_of} ${limit_at}`, String(row.at_s), times[0]!.toFixed(1), percent(worst)]
    line(name, ...shown, points.join('; '), moved.toExponential(0))
  }

  print('\n### With the function that answers the row, alone\n\n')
  const columns = ['P max', 'T max', 'Reactor m3', 'Separator m3', 'Stripper m3', 'Logged within 30 min of the trip']
  head('Initiating event', 'Function, trip at s', ...columns)
  for (const name of names) {
    const by = MATRIX.filter((f) => f.name === ROWS[name].by)
    if (by.length === 0) continue
    line(name, ...acted(tryHazard(name, { functions: by, delay_s: DELAY_S, for_s: ROWS[name].at_s + AFTER_S })))
  }

  print('\n### With the whole matrix\n\n')
  head('Initiating event', 'Functions, trip at s', ...columns)
  for (const name of names) {
    const end_s = (Number.isNaN(ROWS[name].at_s) ? 0 : ROWS[name].at_s) + AFTER_S
    const tried = tryHazard(name, { functions: MATRIX, delay_s: DELAY_S, for_s: end_s })
    if (tried.events.some((e) => e.kind === 'equipment damaged')) bad++
    line(name, ...acted(tried))
  }

  print('\n### Single effects\n\n')
  head('What', 'Table', 'Here')
  for (const [what, table, here] of effects()) line(what, table, here)
  print('\n')
  return bad
}

function crossingTimes(row: Row, name: HazardName, refine: number): number[] {
  const crossing = ([of, beyond]: readonly [Watched, number, ...number[]]): Crossing => {
    const below = (of === 'separator' && beyond < 3) || (of === 'stripper' && beyond < 3)
    return { of, beyond, below }
  }
  const crossings = [crossing(row.limit!), ...row.points.map(crossing)]
  return [...tryHazard(name, { for_s: 6000, refine, crossings }).crossed_s]
}

function acted(tried: Tried): string[] {
  const { most, least, trips, events } = tried
  const range = (of: Watched): string => `${least[of].toFixed(2)} - ${most[of].toFixed(2)}`
  return [
    trips.map((t) => `${t.name} ${t.at_s.toFixed(0)}`).join(', ') || 'none',
    most.P.toFixed(0),
    most.T.toFixed(1),
    range('reactor'),
    range('separator'),
    range('stripper'),
    events.map((e) => `${e.kind}: ${e.cause}, ${e.at_s.toFixed(0)} s`).join('; ') || 'nothing',
  ]
}

function effects(): [string, string, string][] {
  const of = (name: string): SafetyFunction => MATRIX.find((f) => f.name === name)!
  const rows: [string, string, string][] = []
  for (const [at, delay_s, table] of [
    [2895, 10, 2904],
    [2895, 60, 2940],
    [2950, 10, 2959],
    [2950, 30, 2972],
    [2950, 60, 2993],
  ] as const) {
    const functions = [{ ...of('S1'), at }]
    const tried = tryHazard('A/C feed wide open', { functions, delay_s: delay_s - 4, for_s: 1200 })
    const what = `A/C feed wide open, trip at ${at} kPa, ${delay_s} s in all: peak, kPa`
    rows.push([what, String(table), tried.most.P.toFixed(0)])
  }
  for (const [at, table] of [
    [130, 157],
    [140, 161],
    [150, 163],
    [160, 166],
  ] as const) {
    const options = { functions: [{ ...of('S2'), at }], delay_s: DELAY_S, for_s: 1800 }
    const bare = tryHazard('Reactor CW fails shut', { ...options, withoutCooling: true })
    const cooled = tryHazard('Reactor CW fails shut', options)
    const what = `Cooling lost, trip at ${at} degC, 10 s in all: peak without / with independent cooling, degC`
    rows.push([what, `${table} / -`, `${bare.most.T.toFixed(1)} / ${cooled.most.T.toFixed(1)}`])
  }
  const pressure = tryHazard('Reactor CW fails shut', {
    functions: [of('S1')],
    delay_s: DELAY_S,
    for_s: 600,
    withoutCooling: true,
  })
  rows.push([
    'Cooling lost, pressure trip alone, no independent cooling: peak, kPa and degC',
    '2933, 172.3',
    `${pressure.most.P.toFixed(0)}, ${pressure.most.T.toFixed(1)}`,
  ])
  const { drops, ...s4 } = of('S4')
  // Liquid outlets left to their controllers.
  const open = { ...s4, drops: drops & ~(32 | 64) }
  // The separator falls until the reactor has stopped boiling, three quarters of an hour after the trip.
  const emptied = tryHazard('Condenser CW fails shut', { functions: [open], delay_s: DELAY_S, for_s: 5400 })
  rows.push([
    'Condenser water lost, S4 without XV-10 and XV-11: separator, smallest, m3',
    '1.0',
    emptied.least.separator.toFixed(2),
  ])
  const shut = tryHazard('Condenser CW fails shut', { functions: [of('S4')], delay_s: DELAY_S, for_s: 5400 })
  rows.push([
    'The same with them: separator smallest, reactor largest, m3',
    '1.51, 22.7',
    `${shut.least.separator.toFixed(2)}, ${shut.most.reactor.toFixed(2)}`,
  ])
  const s6 = of('S6')
  const full = { ...s6, drops: (s6.drops & ~1024) | 512 }
  for (const [what, table, functions] of [
    ['Separator outlet shut, S6 (condenser water shut): separator largest, m3', '9.81', [s6]],
    ['The same with the condenser water fully open instead', 'beyond 12', [full]],
  ] as const) {
    const tried = tryHazard('Sep. liquid valve shut', { functions, delay_s: DELAY_S, for_s: 2400 })
    rows.push([what, table, tried.most.separator.toFixed(2)])
  }
  return rows
}

const percent = (x: number): string => `${(100 * x).toFixed(2)} %`
