/**
 * The control loops under which the published test data were made: velocity form, transcribed for comparison only.
 *
 * @see Chiang, Russell, Braatz, Fault Detection and Diagnosis in Industrial Systems, 2001; Lyman, Georgakis 1995
 */
export interface Braatz {
  readonly setPoints: Float64Array
  /** Runs the loops due in second `i` (1-based): measurements in, demands changed in place. */
  control(i: number, xmeas: Float64Array, xmv: Float64Array): void
}

/** DELTAT of the original, h. */
const DT_H = 1 / 3600

interface Loop {
  readonly every: number
  /** 1-based: set point, measurement; output is a demand, or a set point in cascade. */
  readonly sp: number
  readonly pv: number
  readonly out: number
  readonly cascade: boolean
  /** Error and output in % of these ranges. */
  readonly range: number
  readonly outRange: number
  readonly gain: number
  /** 0: no integral. */
  readonly ti_h: number
}

const valve = (every: number, n: number, pv: number, range: number, gain: number, ti_h = 0): Loop => {
  return { every, sp: n, pv, out: n, cascade: false, range, outRange: 100, gain, ti_h }
}
const master = (
  every: number,
  sp: number,
  pv: number,
  out: number,
  range: number,
  outRange: number,
  gain: number,
  ti_s: number,
): Loop => ({ every, sp, pv, out, cascade: true, range, outRange, gain, ti_h: ti_s / 3600 })

/** In the order of execution. */
const LOOPS: readonly Loop[] = [
  valve(3, 1, 2, 5811, 1),
  valve(3, 2, 3, 8354, 1),
  valve(3, 3, 1, 1.017, 1),
  valve(3, 4, 4, 15.25, 1),
  valve(3, 5, 5, 53, -0.083, 1 / 3600),
  valve(3, 6, 10, 1, 1.22),
  valve(3, 7, 12, 70, -2.06),
  valve(3, 8, 15, 70, -1.62),
  valve(3, 9, 19, 460, 0.41),
  valve(3, 10, 21, 150, -0.156 * 10, 1452 / 3600),
  valve(3, 11, 17, 46, 1.09, 2600 / 3600),
  master(3, 16, 18, 9, 130, 460, 1.69 / 10, 236),
  master(3, 17, 8, 4, 50, 15.25, 11.1 / 10, 3168),
  master(3, 18, 9, 10, 150, 150, 2.83 * 10, 982),
  master(360, 13, 23, 3, 100, 1.017, 18, 3168),
  master(360, 14, 26, 1, 100, 5811, 8.3, 3168),
  master(360, 15, 27, 2, 100, 8354, 2.37, 5069),
  master(360, 19, 30, 6, 26, 1, -83.2 / 5 / 3, 6336),
  master(900, 20, 38, 16, 1.6, 130, -16.3 / 5, 12408),
]

/** Demands at the start: the base case, rounded as the original's main program has them. */
export const BRAATZ_XMV = [
  63.053, 53.98, 24.644, 61.302, 22.21, 40.064, 38.1, 46.534, 47.446, 41.106, 18.114, 50,
] as const

const SET_POINTS = [
  3664, 4509.3, 0.25052, 9.3477, 26.902, 0.33712, 50, 50, 230.31, 94.599, 22.949, 2633.7, 32.188, 6.882, 18.776, 65.731,
  75, 120.4, 13.823, 0.8357,
] as const

const PURGE_PRESSURE = { high: 2950, low: 2300, back: 2633.7 } as const

export function braatz(): Braatz {
  const setPoints = Float64Array.from(SET_POINTS)
  const errorOld = new Float64Array(LOOPS.length)
  /** The purge's override: 0 none, 1 opened at high pressure, 2 shut at low pressure. */
  let override = 0

  /** True while the separator pressure holds the purge valve. */
  const purgeHeld = (xmeas: Float64Array, xmv: Float64Array, loop: number): boolean => {
    const pressure = xmeas[12]!
    if (pressure >= PURGE_PRESSURE.high || (override === 1 && pressure > PURGE_PRESSURE.back)) {
      override = 1
      xmv[5] = 100
      return true
    }
    if (override === 1) return release(xmv, loop)
    if (pressure <= PURGE_PRESSURE.low || (override === 2 && pressure < PURGE_PRESSURE.back)) {
      override = 2
      xmv[5] = 0
      return true
    }
    return override === 2 ? release(xmv, loop) : false
  }
  const release = (xmv: Float64Array, loop: number): boolean => {
    override = 0
    xmv[5] = 40.06
    setPoints[5] = 0.33712
    errorOld[loop] = 0
    return true
  }

  return {
    setPoints,
    control(i, xmeas, xmv) {
      for (let n = 0; n < LOOPS.length; n++) {
        const loop = LOOPS[n]!
        if (i % loop.every !== 0) continue
        if (loop.out === 6 && !loop.cascade && purgeHeld(xmeas, xmv, n)) continue
        const error = ((setPoints[loop.sp - 1]! - xmeas[loop.pv - 1]!) * 100) / loop.range
        const integral = loop.ti_h === 0 ? 0 : (error * DT_H * loop.every) / loop.ti_h
        const change = loop.gain * (error - errorOld[n]! + integral)
        errorOld[n] = error
        if (loop.cascade) setPoints[loop.out - 1]! += (change * loop.outRange) / 100
        else xmv[loop.out - 1]! += change
      }
    },
  }
}
