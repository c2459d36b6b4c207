/**
 * Closure of the whole boiler over a day: what its vessels hold against what passed their borders.
 *
 * The border flows are written here once more, from the equations of docs/plant/boiler.md and the heads of the model's files, and are
 * integrated as extra states by the plant's own Runge-Kutta; the contents are reckoned from the states. Drum and header: mass. Drum and
 * superheater: energy. Header: heat of its steam. Furnace: gas, its internal energy, oxygen, unburnt fuel. And the heat of all fuel,
 * over every vessel, out by steam, stack and surroundings.
 */
import { expect, test } from 'vitest'
import { createOdePlant, type OdeModel } from '../ode/ode-plant.ts'
import type { Plant } from '../plant.ts'
import { BOILER } from './boiler.ts'
import { D, U, X } from './layout.ts'
import { newSaturation, saturate } from './steam.ts'

const N = BOILER.states.length
const LEDGERS = ['water', 'heat', 'gas', 'gas heat', 'oxygen', 'unburnt', 'header', 'fuel heat'] as const
type Ledger = (typeof LEDGERS)[number]
const HOUR_S = 3600
const DAY_H = 24

const s = newSaturation()
const y = new Float64Array(BOILER.measurements.length)
const gauge = (name: string): number => y[BOILER.measurements.findIndex((m) => m.name === name)]!

/** What passes the borders now, in less out, in the order of `LEDGERS`. */
function borders(x: Float64Array, u: Float64Array, d: Float64Array, dx: Float64Array): void {
  saturate(x[X.p]!, s)
  const head_Pa = 14e6 * (1 + d[D.feed_pressure]!) * x[X.pump]! ** 2 - x[X.p]!
  const feed = Math.sqrt(Math.max(0, head_Pa) / ((0.0008 * u[U.feed]!) ** -2 + 400))
  const dp_Pa = Math.max(0, x[X.p]! - x[X.ph]!)
  const steam = (0.0148 * Math.sqrt(s.rs) * dp_Pa) / Math.sqrt(dp_Pa + 1e4)
  const taken = 1 + d[D.load_up]! + d[D.load_down]! + d[D.load_noise]!
  const turbine = 1.212e-7 * u[U.turbine]! * taken * x[X.ph]!
  const { pf_Pa, t_K } = gasOf(x)
  const supply = 1 + d[D.gas_pressure]! + d[D.gas_noise]!
  const valves = (0.05 * x[X.ssv1]!) ** -2 + (0.05 * x[X.ssv2]!) ** -2
  const path = valves + (0.01523 * (u[U.fuel]! / 100) ** 1.5) ** -2 + 0.0129 ** -2
  const fuel = Math.sqrt(Math.max(0, 400e3 * supply - pf_Pa) / path)
  const fd_Pa = 5500 * (x[X.fd]! * u[U.fd_vane]! * 0.01) ** 2 - pf_Pa
  const through = (1.48 * fd_Pa) / Math.sqrt(Math.abs(fd_Pa) + 400)
  // A puff drives gas back through the burner: it takes gas away, and brings neither air nor oxygen.
  const air = Math.max(0, through)
  const pilot = 0.03 * Math.min(x[X.pv1]!, x[X.pv2]!) * Math.sqrt(supply)
  const safety = 95 * Math.min(1, Math.max(0, (x[X.p]! - 10.2e6) / 0.3e6))
  const vent = 1.2e-8 * u[U.start_vent]! * x[X.ph]!
  const leak = d[D.leak]!
  dx[N] = feed - turbine - vent - safety - leak

  const id_Pa = 6500 * (x[X.id]! * u[U.id_vane]! * 0.01) ** 2 + 60 + pf_Pa
  const out = (1.6 * id_Pa) / Math.sqrt(Math.abs(id_Pa) + 400)
  const quality = 1 + d[D.gas_quality]!
  const ratio = fuel > 1e-6 ? air / (17.2 * quality * fuel) : 0
  const flame = fuel * x[X.main]! * (ratio > 1.03 ? 1 : ratio / 1.03) + pilot * x[X.pilot]!
  const burns = x[X.main]! > 0.5 || x[X.pilot]! > 0.5 || u[U.igniter]! > 50 ? 1 : 0
  const full = (x[X.unburnt]! * t_K) / 900
  const o2 = x[X.o2]! / x[X.gas]!
  const after = (burns * x[X.unburnt]! * Math.min(8, (1 + 20 * full ** 3) / 3) * o2) / (o2 + 0.01)
  const flame_W = 50e6 * quality * flame
  const after_W = 50e6 * quality * after

  const ts = s.t
  const surroundings = 2500 * (ts - 300)
  const to_superheater = Math.min(
    2900 * Math.max(4, steam) * (950 - ts),
    720 * out * Math.max(0, t_K - (ts + x[X.tsh]!) / 2),
  )
  const left = 1200 * out * (t_K - ts) - to_superheater
  const bank = (left > 0 ? 0.69 : 0.2) * left
  const feed_J_kg = d[D.feed_cold]! > 0 ? 0.767e6 : 1.0469e6
  const superheated = s.hs + 2900 * (x[X.tsh]! - ts)
  const idle = 2900 * Math.max(0, 4 - steam) * (x[X.tsh]! - ts)
  const water_W = feed * feed_J_kg - steam * superheated - safety * s.hs - leak * s.hw - surroundings - idle
  dx[N + 1] = 0.5 * flame_W + bank + to_superheater + water_W

  const back = Math.min(0, through)
  const leaves = out - back
  dx[N + 2] = air + fuel + pilot - leaves
  dx[N + 3] = 0.5 * flame_W + after_W + 1200 * (300 * (air + fuel + pilot) - leaves * t_K)
  dx[N + 4] = 0.232 * air - leaves * o2 - 0.232 * 17.2 * quality * (flame + after)
  dx[N + 5] = fuel + pilot - flame - after - (leaves * x[X.unburnt]!) / x[X.gas]!
  const header_K = x[X.header]! / (1.36e-4 * x[X.ph]! * 2900)
  dx[N + 6] = 2900 * (steam * (x[X.tsh]! - 273.15) - (turbine + vent) * header_K)
  // The stack by its own temperature, and what a puff blows out of the burner.
  const t_stack = t_K - (to_superheater + bank) / (1200 * out)
  const stack_W = 1200 * (300 * (air + fuel + pilot) - out * t_stack + back * t_K)
  dx[N + 7] = flame_W + after_W + stack_W + water_W
}

/** Ideal gas of 2,500 m3 with cv 913. */
function gasOf(x: Float64Array): { pf_Pa: number; t_K: number } {
  return { pf_Pa: ((287 / 913) * x[X.energy]!) / 2500 - 101_325, t_K: x[X.energy]! / (913 * x[X.gas]!) }
}

/** What is held, in the order of `LEDGERS`: kg and J. */
function contents(x: Float64Array): number[] {
  saturate(x[X.p]!, s)
  const water = s.rw * x[X.vwt]!
  const steam = s.rs * (88 - x[X.vwt]!)
  const heat = water * s.hw + steam * s.hs - 88 * x[X.p]! + 300e3 * 550 * s.t + SUPERHEATER_J_K * x[X.tsh]!
  return [
    water + steam + 1.36e-4 * x[X.ph]!,
    heat,
    x[X.gas]!,
    x[X.energy]!,
    x[X.o2]!,
    x[X.unburnt]!,
    x[X.header]!,
    heat + x[X.energy]!,
  ]
}
/** The lag of 40 s at 50 kg/s as tubes that store heat. */
const SUPERHEATER_J_K = 40 * 2900 * 50

/** The boiler with its ledgers as states. `seen` is the state at the last call: at the end of `advance`, where outputs are read. */
function counted(step_s = BOILER.step_s): { plant: Plant; seen: () => Float64Array } {
  const seen = new Float64Array(N + LEDGERS.length)
  const model: OdeModel = {
    ...BOILER,
    step_s,
    states: [...BOILER.states, ...LEDGERS.map((name) => ({ name, unit: '' }))],
    starts: BOILER.starts.map((start) => ({ ...start, states: [...start.states, ...LEDGERS.map(() => 0)] })),
    derivatives(x, u, d, dx, w, ext) {
      BOILER.derivatives(x, u, d, dx, w, ext)
      borders(x, u, d, dx)
    },
    outputs(x, u, d, into, w, ext) {
      seen.set(x)
      BOILER.outputs(x, u, d, into, w, ext)
    },
  }
  return { plant: createOdePlant(model, { start: 'half', noise: 'none' }), seen: () => seen.slice() }
}

/** Load from 50 to 65 kg/s and back in two hours, at 9 kg/s a minute: what the pump gives with a fifth less pressure. */
const load = (t_s: number): number => {
  const t = t_s % 7200
  return 50 + Math.min(15, Math.max(0, t < 3600 ? 0.15 * (t - 900) : 15 - 0.15 * (t - 4500)))
}

const [half, full] = BOILER.starts as [(typeof BOILER.starts)[0], (typeof BOILER.starts)[0]]

/** A plain helmsman: positions between those of rest at 50 and at 80 kg/s, corrected by pressure and level. */
function steer(plant: Plant): void {
  for (let i = 0; i < y.length; i++) y[i] = plant.clean[i]!
  const at = (load(plant.time_s) - 50) / 30
  const fire = at + 0.06 * (82.5 - gauge('PSTEAM'))
  const between = (i: number, f: number): number =>
    half.demand_pct[i]! + f * (full.demand_pct[i]! - half.demand_pct[i]!)
  plant.demand_pct[U.turbine] = between(U.turbine, at)
  plant.demand_pct[U.fuel] = between(U.fuel, fire)
  plant.demand_pct[U.fd_vane] = between(U.fd_vane, fire) + 3
  plant.demand_pct[U.id_vane] = between(U.id_vane, fire) + 3
  const feed = gauge('QSTEAM') - 0.1 * gauge('LDRUM')
  plant.demand_pct[U.feed] = Math.min(100, Math.max(5, plant.demand_pct[U.feed]! + 0.1 * (feed - gauge('QFEED'))))
}

/** One an hour, on for half of it: each twice or more in a day. */
const DISTURBANCES = [
  'LOADUP',
  'LOADDOWN',
  'FEEDLOW',
  'HEATEROUT',
  'TUBELEAK',
  'GASLOW',
  'GASLEAN',
  'LOADWANDER',
  'GASWANDER',
] as const

/** Of each ledger, what is held more than came in over an hour, of what was held. */
type Hour = Record<Ledger, number>

function run(step_s: number, names: readonly string[]): Hour[] {
  const { plant, seen } = counted(step_s)
  let before = seen()
  const hours = names.map((name) => {
    for (let t = 0; t < HOUR_S; t++) {
      if (t === 900) plant.setDisturbance(name, true)
      if (t === 2700) plant.setDisturbance(name, false)
      steer(plant)
      plant.advance(1)
    }
    const after = seen()
    const hour = missing(before, after)
    before = after
    return hour
  })
  expect(plant.trip).toBeNull()
  return hours
}

function missing(before: Float64Array, after: Float64Array): Hour {
  const [a, b] = [contents(before), contents(after)]
  return Object.fromEntries(
    LEDGERS.map((name, i) => {
      const more = Math.abs(b[i]! - a[i]! - (after[N + i]! - before[N + i]!))
      // Of unburnt fuel there is none at this air; a kilogram is its measure.
      return [name, more / (name === 'unburnt' ? 1 : b[i]!)]
    }),
  ) as Hour
}

// At twice the plant's step, for the time that a day takes; the next test has the plant's own.
test('mass, energy, oxygen and fuel close to 1e-9 of their contents in each hour of a day of load changes and disturbances', () => {
  const names = Array.from({ length: DAY_H }, (_, hour) => DISTURBANCES[hour % DISTURBANCES.length]!)
  const hours = run(2 * BOILER.step_s, names)
  for (const name of LEDGERS) expect(Math.max(...hours.map((hour) => hour[name])), name).toBeLessThan(1e-9)
}, 120_000)

// What is stored is what is integrated: the step may be wrong about when, and never about how much.
test('closure does not hang on the step: that of 0.1 s and one of 0.05 s close alike', () => {
  for (const step_s of [BOILER.step_s, BOILER.step_s / 2]) {
    const hour = run(step_s, ['GASLOW'])[0]!
    for (const name of LEDGERS) expect(hour[name], `${name} at ${step_s} s`).toBeLessThan(1e-9)
  }
}, 60_000)

// 60 s with three quarters of the air: a tenth of the gas burns late, and the furnace gains none by it.
test('where unburnt gas burns late, mass and energy close as well', () => {
  const { plant, seen } = counted()
  const before = seen()
  plant.demand_pct[U.fd_vane]! *= 0.75
  plant.advance(60)
  const after = seen()
  expect(after[X.unburnt]).toBeGreaterThan(0.1)
  const of = missing(before, after)
  for (const name of LEDGERS) expect(of[name], name).toBeLessThan(1e-9)
})

// Ideal gas in a closed vessel: dp = (k - 1) dQ/V, k = 1200/913. 3 kg of methane in 2,500 m3 are 19 kPa if none gets out.
test('an explosion raises the pressure by its heat at constant volume, and makes no gas', () => {
  const lit = Float64Array.from(BOILER.starts[2]!.states)
  lit[X.unburnt] = 3
  const u = new Float64Array(BOILER.manipulated.length)
  const [none, ext] = [new Float64Array(BOILER.disturbances.length), Float64Array.from(BOILER.ext!)]
  const slopes = (spark_pct: number): Float64Array => {
    const dx = new Float64Array(N)
    u[U.igniter] = spark_pct
    BOILER.derivatives(lit, u, none, dx, new Float64Array(0), ext)
    return dx
  }
  const [dark, burning] = [slopes(0), slopes(100)]
  const burnt = dark[X.unburnt]! - burning[X.unburnt]!
  expect(burnt).toBeGreaterThan(10)
  expect(burning[X.gas]).toBe(dark[X.gas])
  const after = Float64Array.from(lit, (value, i) => value + 1e-3 * (burning[i]! - dark[i]!))
  const rise_Pa = gasOf(after).pf_Pa - gasOf(lit).pf_Pa
  expect(rise_Pa / (((1200 / 913 - 1) * 50e6 * burnt * 1e-3) / 2500)).toBeCloseTo(1, 6)
})
