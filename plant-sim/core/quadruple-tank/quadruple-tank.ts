/**
 * The quadruple-tank process: two pumps, two valves that divide their flows, four tanks, the upper two drain into the lower
 * two crosswise. Where more than half of the flow goes to the lower tanks the multivariable zero lies in the left half plane
 * (`minimum`), else in the right (`nonminimum`): then what one pump does to the far tank wins, and pairing must change.
 *
 *   A1 dh1/dt = -a1 sqrt(2 g h1) + a3 sqrt(2 g h3) + g1 k1 v1       A3 dh3/dt = -a3 sqrt(2 g h3) + (1 - g2) k2 v2
 *   A2 dh2/dt = -a2 sqrt(2 g h2) + a4 sqrt(2 g h4) + g2 k2 v2       A4 dh4/dt = -a4 sqrt(2 g h4) + (1 - g1) k1 v1
 *
 * Lengths in cm, volumes in cm3 inside, levels in mm outside; 100 % of a pump is 10 V.
 * @see K. H. Johansson, The quadruple-tank process: a multivariable laboratory process with an adjustable zero, IEEE Transactions
 * on Control Systems Technology 8(3), 2000, 456-465: table I and the two operating points
 */
import { createOdePlant, type OdeModel, type OdeStart } from '../ode/ode-plant.ts'
import type { PlantFactory } from '../plant.ts'

const AREA = [28, 32, 28, 32] as const
const OUTLET = [0.071, 0.057, 0.071, 0.057] as const
const GRAVITY = 981
const VOLTS = 10
/** Of the tanks. */
const HEIGHT_CM = 20
const MM = 10
const NOISE_MM = 0.2

export interface QuadrupleTankPoint {
  readonly name: string
  /** cm3/(V s), of pump 1 and 2. */
  readonly gain: readonly [number, number]
  /** Share of each pump's flow that goes to the lower tank. */
  readonly share: readonly [number, number]
  readonly volts: readonly [number, number]
}

export const MINIMUM: QuadrupleTankPoint = {
  name: 'minimum',
  gain: [3.33, 3.35],
  share: [0.7, 0.6],
  volts: [3, 3],
}
export const NONMINIMUM: QuadrupleTankPoint = {
  name: 'nonminimum',
  gain: [3.14, 3.29],
  share: [0.43, 0.34],
  volts: [3.15, 3.15],
}
const POINTS = [MINIMUM, NONMINIMUM]

/** States: the four levels, cm; then what makes the operating point, constant: gains of the pumps, shares of the valves. */
export const QUADRUPLE_TANK: OdeModel = {
  name: 'quadruple-tank',
  states: [
    ...[1, 2, 3, 4].map((n) => ({ name: `h${n}`, unit: 'cm', min: 0, max: HEIGHT_CM })),
    ...['k1', 'k2'].map((name) => ({ name, unit: 'cm3/(V s)' })),
    ...['g1', 'g2'].map((name) => ({ name, unit: '1' })),
  ],
  manipulated: [1, 2].map((n) => ({
    name: `V${n}`,
    description: `Pump ${n}`,
    full_scale: VOLTS,
    unit: 'V',
    lag_s: 1,
    trip_pct: 0,
  })),
  measurements: [1, 2, 3, 4].map((n) => ({
    name: `H${n}`,
    description: `Level of tank ${n}, ${n < 3 ? 'lower' : 'upper'}`,
    unit: 'mm',
    noise_std: NOISE_MM,
    period_s: 0,
  })),
  disturbances: [
    { name: 'LEAK1', description: 'Tank 1 leaks: its outlet is 30 % larger', kind: 'step', size: 0.3 },
    { name: 'LEAK2', description: 'Tank 2 leaks: its outlet is 30 % larger', kind: 'step', size: 0.3 },
    { name: 'PUMP1', description: 'Pump 1 gives 20 % less', kind: 'step', size: -0.2 },
    { name: 'SUPPLY', description: 'Flow of both pumps wanders', kind: 'random', size: 0.03, tau_s: 60 },
  ],
  limits: [1, 2].map((n) => ({
    name: `tank ${n} level`,
    unit: 'mm',
    normal_lo: 20,
    normal_hi: 180,
    trip_lo: Number.NEGATIVE_INFINITY,
    trip_hi: HEIGHT_CM * MM - 0.1,
  })),
  starts: POINTS.map(startOf),
  step_s: 0.1,
  derivatives(x, u, d, dx) {
    const out = (i: number, more: number): number =>
      OUTLET[i]! * (1 + more) * Math.sqrt(2 * GRAVITY * Math.max(0, x[i]!))
    const q1 = x[4]! * volts(u[0]!) * (1 + d[2]! + d[3]!)
    const q2 = x[5]! * volts(u[1]!) * (1 + d[3]!)
    const [o3, o4] = [out(2, 0), out(3, 0)]
    dx[0] = (o3 + x[6]! * q1 - out(0, d[0]!)) / AREA[0]
    dx[1] = (o4 + x[7]! * q2 - out(1, d[1]!)) / AREA[1]
    dx[2] = ((1 - x[7]!) * q2 - o3) / AREA[2]
    dx[3] = ((1 - x[6]!) * q1 - o4) / AREA[3]
    dx.fill(0, 4)
  },
  outputs(x, _u, _d, y) {
    for (let i = 0; i < 4; i++) y[i] = x[i]! * MM
  },
  limited(x, _u, _d, into) {
    into[0] = x[0]! * MM
    into[1] = x[1]! * MM
  },
}

const volts = (pct: number): number => (pct / 100) * VOLTS

/** At rest: what comes into each tank goes out of it. */
function startOf({ name, gain, share, volts: v }: QuadrupleTankPoint): OdeStart {
  const q = [gain[0] * v[0], gain[1] * v[1]] as const
  const through = [
    share[0] * q[0] + (1 - share[1]) * q[1],
    share[1] * q[1] + (1 - share[0]) * q[0],
    (1 - share[1]) * q[1],
    (1 - share[0]) * q[0],
  ]
  const levels = through.map((flow, i) => (flow / OUTLET[i]!) ** 2 / (2 * GRAVITY))
  return { name, states: [...levels, ...gain, ...share], demand_pct: v.map((x) => (x / VOLTS) * 100) }
}

export const quadrupleTank: PlantFactory = (options) => createOdePlant(QUADRUPLE_TANK, options)
