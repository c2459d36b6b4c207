/**
 * A gas-fired drum boiler of 90 kg/s at 82.5 bara: drum after Astrom and Bell, furnace, gas train, fans, feedwater, steam header.
 *
 * Of the fuel's heat 62 % goes to the risers at an air ratio of 1.15; more air takes heat away. The superheater takes 60 % of what the
 * gas could give it. The safety functions are not here: the plant offers valves, switches and scanners, and does what physics does
 * when nobody uses them.
 * @see docs/plant/boiler.md
 */
import { createOdePlant, type OdeModel, type OdeStart, type OdeState } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'
import { type DrumFlows, drumAtRest, drumLevel, drumSlopes, P16_G16 } from './drum.ts'
import { type FuelFlows, fuelFlows, fuelSlopes, fuelValveFor, GAS_Pa } from './fuel-train.ts'
import {
  airFlow,
  dryOxygen,
  type FurnaceFlows,
  furnaceAtRest,
  furnaceSlopes,
  LHV,
  STOICH,
  T_AIR_K,
  vanesFor,
} from './furnace.ts'
import { D, U, X } from './layout.ts'
import { BOILER_DISTURBANCES, BOILER_LIMITS, BOILER_MANIPULATED, BOILER_MEASUREMENTS } from './signals.ts'
import { newSaturation, P_HI_Pa, P_LO_Pa, saturate, ZERO_C_K } from './steam.ts'
import {
  drumPressureFor,
  FEED_J_KG,
  feedEnthalpy,
  feedValveFor,
  HEADER_Pa,
  type SteamFlows,
  steamFlows,
  steamSlopes,
  superheat,
  superheatedAt,
  turbineFor,
} from './water-side.ts'

const RATIO = 1.15
const RISERS = 0.62
const RISERS_LESS = 0.06
/** To the surroundings, W/K; of the gas that is colder than the drum, share of what it takes. */
const LOSS_W_K = 2500
const COOLING = 0.2
const CP_GAS = 1200
const P_FURNACE_Pa = -100
const RUNS = 0.9

const fuel: FuelFlows = { main: 0, pilot: 0, p_gas: 0, p_burner: 0 }
const gas: FurnaceFlows = { air: 0, gas: 0, burnt: 0, ratio: 0 }
const steam: SteamFlows = { feed: 0, steam: 0, safety: 0, turbine: 0, vent: 0 }
const drum: DrumFlows = { q_W: 0, qf: 0, hf: 0, qs: 0, qw: 0 }
const sat = newSaturation()

const excess = (ratio: number): number => Math.min(2.5, Math.max(0, ratio - RATIO))

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
  state('furnace pressure', 'Pa', -60e3),
  state('furnace gas', 'K', T_AIR_K - 20, 2200),
  state('unburnt fuel', 'kg', 0),
  state('furnace oxygen', '1', 0, 0.232),
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
  derivatives(x, u, d, dx) {
    saturate(x[X.p]!, sat)
    fuelFlows(x, u, d, fuel)
    fuelSlopes(x, u, d, fuel, dx)
    furnaceSlopes(x, u, d, fuel.main, fuel.pilot, dx, gas)
    dx[X.fd] = fan(u[U.fd]!, d[D.fd_trip]!, x[X.fd]!)
    dx[X.id] = fan(u[U.id]!, d[D.id_trip]!, x[X.id]!)
    steamFlows(x, u, d, sat.rs, steam)
    const heat = LHV * (1 + d[D.gas_quality]!) * gas.burnt
    steamSlopes(x, u, d, steam, superheat(gas.gas, x[X.tf]!, sat.t, x[X.tsh]!), sat.t, dx)
    drum.q_W =
      heat * (RISERS - RISERS_LESS * excess(gas.ratio)) -
      LOSS_W_K * (sat.t - T_AIR_K) -
      COOLING * Math.max(0, gas.air) * CP_GAS * Math.max(0, sat.t - x[X.tf]!)
    drum.qf = steam.feed
    drum.hf = feedEnthalpy(d)
    drum.qs = steam.steam + steam.safety
    drum.qw = d[D.leak]!
    drumSlopes(P16_G16, x, sat, drum, dx)
  },
  outputs(x, u, d, y) {
    saturate(x[X.p]!, sat)
    fuelFlows(x, u, d, fuel)
    steamFlows(x, u, d, sat.rs, steam)
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
      airFlow(x, u, d),
      x[X.pf]!,
      x[X.tf]! - ZERO_C_K,
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
    ]
    y.set(values)
  },
  limited(x, _u, _d, into) {
    into[0] = x[X.p]! / 1e5
    into[1] = 1000 * drumLevel(P16_G16, x[X.vwt]!, x[X.p]!, x[X.ar]!, x[X.vsd]!)
    into[2] = x[X.pf]!
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
  const m = (rest.q_W + LOSS_W_K * (s.t - T_AIR_K)) / (RISERS * LHV)
  const air = RATIO * STOICH * m
  const { t_K, o2 } = furnaceAtRest(m, air)
  const vanes = vanesFor(air, air + m, P_FURNACE_Pa)
  const x = new Float64Array(STATES.length)
  x.set(rest.states)
  x[X.ph] = HEADER_Pa
  x[X.tsh] = superheatedAt(flow, air + m, t_K, s.t)
  for (const i of [X.pump, X.fd, X.id, X.main, X.ssv1, X.ssv2]) x[i] = 1
  x[X.pf] = P_FURNACE_Pa
  x[X.tf] = t_K
  x[X.o2] = o2
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

/** Hot, shut in at 50 bara, without fire, fans and pump; air stands in the furnace. */
function standby(): OdeStart {
  const p = 5e6
  const x = new Float64Array(STATES.length)
  x.set(drumAtRest(P16_G16, p, 0, FEED_J_KG, -0.1).states)
  x[X.ar] = 1e-6
  x[X.ph] = p
  saturate(p, sat)
  x[X.tsh] = sat.t
  x[X.tf] = T_AIR_K
  x[X.o2] = 0.232
  x[X.o2_line] = dryOxygen(0.232)
  x[X.o2_cell] = dryOxygen(0.232)
  x[X.vent] = 1
  const demand = new Array<number>(BOILER_MANIPULATED.length).fill(0)
  demand[U.vent] = 100
  return { name: 'standby', states: [...x], demand_pct: demand }
}

export const boiler: PlantFactory = (options) => createOdePlant(BOILER, options)
