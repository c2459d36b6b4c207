/**
 * A gas-fired drum boiler of 90 kg/s at 82.5 bara: drum after Astrom and Bell, furnace, gas train, fans, feedwater, steam header.
 *
 * Of a flame's heat half is radiated to the risers; the rest goes the way of the gas, by superheater and boiler bank to the stack. The
 * safety functions are not here: the plant offers valves, switches and scanners, and does what physics does when nobody uses them.
 * The safety system's own valves stand in series, through `ext`; neutral, they change no bit.
 * @see docs/plant/boiler.md
 */
import { createOdePlant, type OdeModel, type OdeStart, type OdeState } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'
import { type DrumFlows, drumAtRest, drumLevel, drumSlopes, P16_G16 } from './drum.ts'
import { type FuelFlows, fuelFlows, fuelSlopes, fuelValveFor, GAS_Pa } from './fuel-train.ts'
import {
  airFlow,
  dryOxygen,
  energyAt,
  type FurnaceFlows,
  type FurnaceGas,
  furnaceAtRest,
  furnaceGas,
  furnaceSlopes,
  gasFlow,
  LHV,
  RADIATED,
  STOICH,
  storeGas,
  T_AIR_K,
  vanesFor,
} from './furnace.ts'
import { type GasSide, gasSide, risersShare, superheatedAt } from './gas-side.ts'
import { D, E, NEUTRAL, U, X } from './layout.ts'
import { BOILER_DISTURBANCES, BOILER_LIMITS, BOILER_MANIPULATED, BOILER_MEASUREMENTS } from './signals.ts'
import { newSaturation, P_HI_Pa, P_LO_Pa, saturate, ZERO_C_K } from './steam.ts'
import {
  drumPressureFor,
  FEED_J_KG,
  feedEnthalpy,
  feedValveFor,
  givesOff,
  HEADER_Pa,
  headerHeat,
  mostHeat,
  type SteamFlows,
  steamFlows,
  steamSlopes,
  turbineFor,
} from './water-side.ts'

const RATIO = 1.15
/** To the surroundings, W/K. */
const LOSS_W_K = 2500
const P_FURNACE_Pa = -100
const RUNS = 0.9

const fuel: FuelFlows = { main: 0, pilot: 0, p_gas: 0, p_burner: 0 }
const furnace: FurnaceGas = { pf: 0, t: 0, o2: 0 }
const gas: FurnaceFlows = { air: 0, gas: 0, flame: 0, after: 0, ratio: 0 }
const behind: GasSide = { superheater: 0, bank: 0, stack: 0, t_stack: 0 }
const steam: SteamFlows = { feed: 0, steam: 0, safety: 0, turbine: 0, vent: 0, header_K: 0 }
const drum: DrumFlows = { q_W: 0, qf: 0, hf: 0, qs: 0, qw: 0 }
const sat = newSaturation()

function state(name: string, unit: string, min?: number, max?: number): OdeState {
  return { name, unit, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

const STATES: readonly OdeState[] = [
  state('water', 'm3', 12, 87),
  state('drum pressure', 'Pa', P_LO_Pa, P_HI_Pa),
  state('riser quality', '1', 1e-6, 0.5),
  state('steam under the surface', 'm3', 0, 40),
  state('header pressure', 'Pa', 0.05e6),
  state('superheated steam', 'K'),
  state('pump speed', '1', 0, 1),
  state('FD speed', '1', 0, 1),
  state('ID speed', '1', 0, 1),
  state('furnace gas', 'kg', 50),
  state('energy of the furnace gas', 'J', energyAt(-60e3)),
  state('unburnt fuel', 'kg', 0),
  state('furnace oxygen', 'kg', 0),
  state('analyser line', '%'),
  state('analyser cell', '%'),
  state('carbon monoxide', 'ppm'),
  state('main flame', '1', 0, 1),
  state('pilot flame', '1', 0, 1),
  state('shutoff valve 1', '1', 0, 1),
  state('shutoff valve 2', '1', 0, 1),
  state('vent valve', '1', 0, 1),
  state('pilot valve 1', '1', 0, 1),
  state('pilot valve 2', '1', 0, 1),
  state('pressure between', 'Pa', 0),
  state('heat of the header', 'J', 0),
]

export const BOILER: OdeModel = {
  name: 'boiler',
  states: STATES,
  manipulated: BOILER_MANIPULATED,
  measurements: BOILER_MEASUREMENTS,
  disturbances: BOILER_DISTURBANCES,
  limits: BOILER_LIMITS,
  starts: [loaded('half', 50), loaded('full', 80), standby()],
  step_s: 0.1,
  ext: NEUTRAL,
  derivatives(x, u, d, dx, _w, ext) {
    saturate(x[X.p]!, sat)
    furnaceGas(x, furnace)
    fuelFlows(x, u, d, ext, furnace.pf, fuel)
    fuelSlopes(x, u, d, ext, fuel, dx)
    furnaceSlopes(x, u, d, ext, furnace, fuel.main, fuel.pilot, dx, gas)
    dx[X.fd] = fan(u[U.fd]! * ext[E.fd_fan]!, d[D.fd_trip]!, x[X.fd]!)
    dx[X.id] = fan(u[U.id]! * ext[E.id_fan]!, d[D.id_trip]!, x[X.id]!)
    steamFlows(x, u, d, sat.rs, steam)
    gasSide(gas.gas, furnace.t, sat.t, x[X.tsh]!, mostHeat(steam.steam, sat.t), behind)
    steamSlopes(x, u, d, steam, behind.superheater, sat.t, dx)
    drum.q_W = RADIATED * LHV * (1 + d[D.gas_quality]!) * gas.flame + behind.bank - LOSS_W_K * (sat.t - T_AIR_K)
    drum.qf = steam.feed
    drum.hf = feedEnthalpy(d)
    drum.qs = steam.steam + steam.safety
    drum.qw = d[D.leak]!
    drumSlopes(P16_G16, x, sat, drum, dx)
  },
  outputs(x, u, d, y, _w, ext) {
    saturate(x[X.p]!, sat)
    furnaceGas(x, furnace)
    fuelFlows(x, u, d, ext, furnace.pf, fuel)
    steamFlows(x, u, d, sat.rs, steam)
    gasSide(gasFlow(x, u, furnace.pf), furnace.t, sat.t, x[X.tsh]!, mostHeat(steam.steam, sat.t), behind)
    const main = 100 * x[X.main]!
    const values = [
      x[X.p]! / 1e5,
      1000 * drumLevel(P16_G16, x[X.vwt]!, x[X.p]!, x[X.ar]!, x[X.vsd]!),
      x[X.ph]! / 1e5,
      x[X.tsh]! - ZERO_C_K,
      steam.steam,
      steam.turbine,
      steam.feed,
      sat.t - ZERO_C_K,
      fuel.main,
      fuel.p_gas / 1000,
      x[X.piv]! / 1000,
      fuel.p_burner / 1000,
      airFlow(x, u, d, furnace.pf),
      furnace.pf,
      furnace.t - ZERO_C_K,
      x[X.o2_cell]!,
      x[X.co]!,
      d[D.scanner1]! > 0 ? 100 : main,
      d[D.scanner2]! > 0 ? 100 : main,
      main,
      100 * x[X.pilot]!,
      open(x[X.ssv1]!),
      closed(x[X.ssv1]!),
      open(x[X.ssv2]!),
      closed(x[X.ssv2]!),
      open(x[X.vent]!),
      closed(x[X.vent]!),
      open(Math.min(x[X.pv1]!, x[X.pv2]!)),
      closed(Math.max(x[X.pv1]!, x[X.pv2]!)),
      x[X.fd]! > RUNS ? 1 : 0,
      x[X.id]! > RUNS ? 1 : 0,
      x[X.pump]! > RUNS ? 1 : 0,
      steam.header_K - ZERO_C_K,
      behind.t_stack - ZERO_C_K,
      ext[E.permit]! > 0.5 ? 1 : 0,
      ext[E.no_trip]! > 0.5 ? 1 : 0,
    ]
    y.set(values)
  },
  limited(x, _u, _d, into) {
    into[0] = x[X.p]! / 1e5
    into[1] = 1000 * drumLevel(P16_G16, x[X.vwt]!, x[X.p]!, x[X.ar]!, x[X.vsd]!)
    furnaceGas(x, furnace)
    into[2] = furnace.pf
  },
}

const open = (x: number): number => (x > 0.95 ? 1 : 0)
const closed = (x: number): number => (x < 0.02 ? 1 : 0)

function fan(demand_pct: number, tripped: number, n: number): number {
  return demand_pct > 50 && tripped === 0 ? (1 - n) / 4 : -n / 8
}

/** At rest with this steam flow at the set pressure: every state and position in closed form. */
function loaded(name: string, flow: number): OdeStart {
  const s = newSaturation()
  const p = drumPressureFor(flow, HEADER_Pa, (pressure) => {
    saturate(pressure, s)
    return s.rs
  })
  saturate(p, s)
  const rest = drumAtRest(P16_G16, p, flow, FEED_J_KG)
  const { m, air, t_K, o2, tsh } = firing(rest.q_W + LOSS_W_K * (s.t - T_AIR_K), flow, s.t)
  const vanes = vanesFor(air, air + m, P_FURNACE_Pa)
  const x = new Float64Array(STATES.length)
  x.set(rest.states)
  x[X.ph] = HEADER_Pa
  x[X.tsh] = tsh
  x[X.header] = headerHeat(HEADER_Pa, tsh)
  for (const i of [X.pump, X.fd, X.id, X.main, X.ssv1, X.ssv2]) x[i] = 1
  storeGas(x, P_FURNACE_Pa, t_K, o2)
  x[X.o2_line] = dryOxygen(o2)
  x[X.o2_cell] = dryOxygen(o2)
  x[X.co] = 30
  x[X.piv] = GAS_Pa - (m / 0.05) ** 2
  const demand = new Array<number>(BOILER_MANIPULATED.length).fill(0)
  demand[U.fuel] = fuelValveFor(m, P_FURNACE_Pa)
  for (const i of [U.ssv1, U.ssv2, U.fd, U.id, U.pump]) demand[i] = 100
  demand[U.fd_vane] = vanes.fd
  demand[U.id_vane] = vanes.id
  demand[U.feed] = feedValveFor(flow, p)
  demand[U.turbine] = turbineFor(flow, HEADER_Pa)
  return { name, states: [...x], demand_pct: demand }
}

/** Fuel and air that give this heat to risers and bank with so much steam in the superheater. */
function firing(q_W: number, flow: number, ts: number) {
  let m = q_W / (0.62 * LHV)
  // The share of the risers hardly depends on the fire: each round gains two digits.
  for (let i = 0; i < 30; i++) {
    const out = m * (1 + RATIO * STOICH)
    const { t_K } = furnaceAtRest(m, RATIO * STOICH * m)
    const superheater_W = givesOff(flow) * (superheatedAt(flow, out, t_K, ts) - ts)
    m = q_W / (risersShare(out, t_K, ts, superheater_W, LHV * m) * LHV)
  }
  const air = RATIO * STOICH * m
  const rest = furnaceAtRest(m, air)
  return { m, air, ...rest, tsh: superheatedAt(flow, air + m, rest.t_K, ts) }
}

/** Hot, shut in at 50 bara, without fire, fans and pump; air stands in the furnace. */
function standby(): OdeStart {
  const p = 5e6
  const x = new Float64Array(STATES.length)
  x.set(drumAtRest(P16_G16, p, 0, FEED_J_KG, -0.1).states)
  x[X.ar] = 1e-6
  x[X.ph] = p
  saturate(p, sat)
  x[X.tsh] = sat.t
  x[X.header] = headerHeat(p, sat.t)
  storeGas(x, 0, T_AIR_K, 0.232)
  x[X.o2_line] = dryOxygen(0.232)
  x[X.o2_cell] = dryOxygen(0.232)
  x[X.vent] = 1
  const demand = new Array<number>(BOILER_MANIPULATED.length).fill(0)
  demand[U.vent] = 100
  return { name: 'standby', states: [...x], demand_pct: demand }
}

export const boiler: PlantFactory = (options) => createOdePlant(BOILER, options)
