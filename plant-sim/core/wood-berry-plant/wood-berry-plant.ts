/**
 * The methanol-water column of Wood and Berry as a plant: compositions of top and bottom (mol%) by reflux and steam (lb/min), with
 * the feed (lb/min) as what disturbs it. Paths by reflux and steam: ../linear/wood-berry.ts; by the feed, times in minutes:
 *
 *   top     3.8 e^(-8.1s) / (14.9s + 1)
 *   bottom  4.9 e^(-3.4s) / (13.2s + 1)
 *
 * A linear model in deviations from 96.25 % and 0.5 % at 1.95, 1.71 and 2.45 lb/min: it holds for a few tenths of a lb/min. 100 % of
 * either valve is 4 lb/min; the compositions are kept within 0 to 100 %.
 * @see Wood, Berry, Terminal composition control of a binary distillation column, Chem. Eng. Sci. 28 (1973) 1707
 */
import { WOOD_BERRY } from '../linear/wood-berry.ts'
import { createOdePlant, type OdeDelay, type OdeModel, type OdeStart } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'

const VALVE_LB_MIN = 4
const AT = { top: 96.25, bottom: 0.5, reflux: 1.95, steam: 1.71, feed: 2.45 } as const
/** Of the feed in the original's disturbed runs. */
const FEED_STEP = 0.34

interface Path {
  readonly from: 'reflux' | 'steam' | 'feed'
  readonly to: 'top' | 'bottom'
  readonly k: number
  readonly tau_s: number
  readonly theta_s: number
}

const feed = (to: Path['to'], k: number, tau_min: number, theta_min: number): Path => ({
  from: 'feed',
  to,
  k,
  tau_s: tau_min * 60,
  theta_s: theta_min * 60,
})

const PATHS: readonly Path[] = [
  ...WOOD_BERRY.map(({ from, to, spec }): Path => {
    if (spec.model !== 'first_order') throw new Error('a path of the column that is not of first order')
    return {
      from: from as Path['from'],
      to: to as Path['to'],
      k: spec.k,
      tau_s: spec.tau_s,
      theta_s: spec.theta_s ?? 0,
    }
  }),
  feed('top', 3.8, 14.9, 8.1),
  feed('bottom', 4.9, 13.2, 3.4),
]

const pct = (lb_min: number): number => (lb_min / VALVE_LB_MIN) * 100
const flow = (u_pct: number): number => (u_pct / 100) * VALVE_LB_MIN
/** Up, down, wandering: in this order. */
const feedOf = (d: Float64Array): number => AT.feed + d[0]! + d[1]! + d[2]!
const flowOf = (from: Path['from'], u: Float64Array, d: Float64Array): number =>
  from === 'feed' ? feedOf(d) : flow(u[from === 'reflux' ? 0 : 1]!)

const within = (value: number): number => Math.min(100, Math.max(0, value))
/** Each state is what its path adds to its composition, in %. */
function composition(to: Path['to'], x: Float64Array): number {
  let sum: number = AT[to]
  for (let i = 0; i < PATHS.length; i++) if (PATHS[i]!.to === to) sum += x[i]!
  return within(sum)
}

const START: OdeStart = {
  name: 'base',
  states: PATHS.map(() => 0),
  demand_pct: [pct(AT.reflux), pct(AT.steam)],
}

const measurement = (name: string, description: string, unit: string, noise_std: number) => ({
  name,
  description,
  unit,
  noise_std,
  period_s: 0,
})
const quality = (name: string, normal_lo: number, normal_hi: number) => ({
  name,
  unit: 'mol%',
  normal_lo,
  normal_hi,
  trip_lo: Number.NEGATIVE_INFINITY,
  trip_hi: Number.POSITIVE_INFINITY,
})

export const WOOD_BERRY_PLANT: OdeModel = {
  name: 'wood-berry',
  states: PATHS.map(({ from, to }) => ({ name: `${to} by ${from}`, unit: 'mol%' })),
  manipulated: [
    { name: 'R', description: 'Reflux', full_scale: VALVE_LB_MIN, unit: 'lb/min', lag_s: 2 },
    { name: 'S', description: 'Steam to the reboiler', full_scale: VALVE_LB_MIN, unit: 'lb/min', lag_s: 2 },
  ],
  measurements: [
    measurement('XD', 'Methanol at the top', 'mol%', 0.01),
    measurement('XB', 'Methanol at the bottom', 'mol%', 0.01),
    measurement('R', 'Reflux', 'lb/min', 0.005),
    measurement('S', 'Steam', 'lb/min', 0.005),
    measurement('F', 'Feed', 'lb/min', 0.005),
  ],
  disturbances: [
    { name: 'FEED_UP', description: 'Feed 0.34 lb/min more', kind: 'step', size: FEED_STEP },
    { name: 'FEED_DN', description: 'Feed 0.34 lb/min less', kind: 'step', size: -FEED_STEP },
    { name: 'FEED', description: 'Feed wanders by 0.1 lb/min', kind: 'random', size: 0.1, tau_s: 600 },
  ],
  limits: [quality('top composition', 95, 97.5), quality('bottom composition', 0, 1.5)],
  starts: [START],
  delays: PATHS.map(
    ({ from, to, theta_s }): OdeDelay => ({
      name: `${from} to ${to}`,
      delay_s: theta_s,
      of: (_x, u, d) => flowOf(from, u, d) - AT[from],
    }),
  ),
  step_s: 1,
  derivatives(x, _u, _d, dx, w) {
    for (let i = 0; i < PATHS.length; i++) dx[i] = (PATHS[i]!.k * w[i]! - x[i]!) / PATHS[i]!.tau_s
  },
  outputs(x, u, d, y) {
    y[0] = composition('top', x)
    y[1] = composition('bottom', x)
    y[2] = flow(u[0]!)
    y[3] = flow(u[1]!)
    y[4] = feedOf(d)
  },
  limited(x, _u, _d, into) {
    into[0] = composition('top', x)
    into[1] = composition('bottom', x)
  },
}

export const woodBerry: PlantFactory = (options) => createOdePlant(WOOD_BERRY_PLANT, options)
