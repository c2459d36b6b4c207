/**
 * The PID against closed forms that need no other controller: function-blocks 2.20.
 */
import { expect, test } from 'vitest'
import { createRig } from '../testing/rig.ts'

/** First order plus dead time, gain 1, exact for an input held over the period T. */
function fopdt(tau_s: number, theta_s: number, T: number) {
  const a = Math.exp(-T / tau_s)
  const line = new Array<number>(Math.round(theta_s / T)).fill(0)
  let y = 0
  return {
    get y() {
      return y
    },
    step(u: number): void {
      line.push(u)
      y = a * y + (1 - a) * line.shift()!
    },
  }
}

interface Loop {
  readonly T: number
  readonly set?: Record<string, number | readonly number[]>
  readonly tau_s?: number
  readonly theta_s?: number
  readonly sp?: number
  readonly load?: number
  readonly for_s: number
}

/** PV at 0, T, 2T ... after a step of set point or load at 0, from rest in Auto. */
function closedLoop({ T, set = {}, tau_s = 10, theta_s = 2, sp = 0, load = 0, for_s }: Loop) {
  const plant = fopdt(tau_s, theta_s, T)
  const rig = createRig({
    tick_ms: T * 1000,
    blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 2.5, RESET: 10, OUT_LIM: [-1000, 1000], ...set } }],
    writable: ['PID.SP'],
  })
  rig.drive('PID.IN', 0)
  rig.scan(2)
  expect(rig.get('PID.OUT')).toBe(0)
  expect(rig.write('PID.SP', sp)).toBe(0)
  const pv: number[] = []
  const out: number[] = []
  for (let i = 0; i <= for_s / T; i++) {
    pv.push(plant.y)
    rig.drive('PID.IN', plant.y)
    rig.scan()
    out.push(rig.get('PID.OUT'))
    plant.step(rig.get('PID.OUT') + load)
  }
  return { pv, out, rig }
}

/** SIMC PI (tau_c = theta, Ti = tau) on FOPDT: the step response is a sum of delayed powers. */
function simc(t: number, theta: number): number {
  let y = 0
  let factorial = 1
  for (let n = 1; t - n * theta > 0; n++) {
    factorial *= n
    y += ((-1) ** (n - 1) * (t - n * theta) ** n) / (factorial * (2 * theta) ** n)
  }
  return y
}

test('[R-simc] the closed form itself has the published values', () => {
  const at = [1.5, 2, 3, 4, 5, 6].map((t) => simc(t, 1))
  const published = [0.25, 0.5, 0.875, 1.020833333, 1.0390625, 1.02109375]
  at.forEach((y, i) => {
    expect(y).toBeCloseTo(published[i]!, 8)
  })
})

test('[R-simc] a set point step follows the SIMC curve, with an error that halves with the period', () => {
  const worst = [0.2, 0.1, 0.05, 0.01].map((T) => {
    const { pv } = closedLoop({ T, sp: 1, for_s: 40 })
    return Math.max(...pv.map((y, i) => Math.abs(y - simc(i * T, 2))))
  })
  const allowed = [0.0229, 0.0113, 0.0056, 0.0011]
  worst.forEach((error, i) => {
    expect(error).toBeLessThanOrEqual(allowed[i]! + 6e-5)
    expect(error).toBeGreaterThan(0.9 * allowed[i]!)
  })
})

test('[R-load] the error area of a load step is -Ti/Kc', () => {
  const T = 0.1
  const { pv } = closedLoop({ T, load: 1, for_s: 600 })
  const area = pv.reduce((sum, y) => sum - y * T, 0)
  expect(area).toBeCloseTo(-4, 9)
})

test('[R-windup] at a clamp of 1.2 the overshoot is 0.46 %, where an integral that winds up has 17.5 %', () => {
  const T = 0.1
  const { pv } = closedLoop({ T, sp: 1, set: { OUT_LIM: [-1.2, 1.2] }, for_s: 120 })
  const overshoot_pct = 100 * (Math.max(...pv) - 1)
  expect(overshoot_pct).toBeGreaterThan(0.3)
  expect(overshoot_pct).toBeLessThan(0.6)
  // The naive one, so that the figure is one of this plant.
  const plant = fopdt(10, 2, T)
  let integral = 0
  let top = 0
  for (let i = 0; i < 1200; i++) {
    const e = 1 - plant.y
    integral += (T / 10) * 2.5 * e
    plant.step(Math.min(1.2, 2.5 * e + integral))
    top = Math.max(top, plant.y)
  }
  expect(100 * (top - 1)).toBeCloseTo(17.5, 0)
})

test('[R-form] the unlimited law is the textbook recursion, for every structure with integral action', () => {
  const T = 0.5
  const names = { pid: 0, pi_d: 1, i_pd: 2, id: 5, i_d: 6, two_dof: 7 } as const
  const weights = {
    pid: [1, 1, 1],
    pi_d: [1, 0, 1],
    i_pd: [0, 0, 1],
    id: [0, 1, 0],
    i_d: [0, 0, 0],
    two_dof: [0.4, 0.3, 1],
  } as const
  for (const name of Object.keys(names) as (keyof typeof names)[]) {
    const [b, c, p] = weights[name]
    const set = { STRUCTURE: names[name], RATE: 3, BETA: 0.4, GAMMA: 0.3 }
    const { pv, out } = closedLoop({ T, sp: 1, set, for_s: 30 })
    // Two scans at rest went before: integral and derivative start at zero.
    let integral = 0
    let d = 0
    let x = 0
    pv.forEach((y, i) => {
      const a = 0.125 * 3
      const now = c - y
      d = (a * d + 3 * (now - x)) / (a + T)
      x = now
      integral += (T / 10) * 2.5 * (1 - y)
      expect(out[i]).toBeCloseTo(2.5 * (p * (b - y) + d) + integral, 10)
    })
  }
})

test('[R-series] the series form is the standard one with the gain and times that series tuning stands for', () => {
  // Without derivative both are one law, bit for bit.
  const bare = [0, 1].map((FORM) => closedLoop({ T: 0.5, sp: 1, set: { FORM }, for_s: 30 }).out)
  expect(bare[1]).toEqual(bare[0])
  // With it: Kc (1 + 1/Ti s)(Td s + 1)/(a Td s + 1), each factor advanced by its own backward difference.
  const T = 0.01
  const { pv, out } = closedLoop({ T, sp: 1, set: { FORM: 1, RATE: 1, STRUCTURE: 0 }, for_s: 20 })
  let lag = 0
  let integral = 0
  let worst = 0
  pv.forEach((y, i) => {
    const e = 1 - y
    lag = (0.125 * lag + T * e) / (0.125 + T)
    const lead = e / 0.125 + (1 - 1 / 0.125) * lag
    integral += (T / 10) * lead
    worst = Math.max(worst, Math.abs(out[i]! - 2.5 * (lead + integral)))
  })
  expect(worst).toBeLessThan(1e-9)
})

test('[R15] with dynamic reset the integral follows what the slave accepted', () => {
  const rig = createRig({
    blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 1, RESET: 10, SP: 60, DYNAMIC_RESET: 1 } }],
  })
  rig.drive('PID.IN', 50)
  rig.drive('PID.BKCAL_IN', 40, 0xc8)
  rig.scan()
  rig.drive('PID.BKCAL_IN', 40, 0xc0)
  rig.scan(500)
  // A slave that stands at 40: u = fb + (1 + T/Tr) Kc e in the limit, 40 + 1.1 * 10.
  expect(rig.get('PID.OUT')).toBeCloseTo(51, 9)
})

test('[R16] beyond the ARW limit a returning integral is 16 times as fast', () => {
  const fall = (ARW: readonly number[]): number => {
    const rig = createRig({
      blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 1, RESET: 100, SP: 50, OUT: 95, STRUCTURE: 6, ARW } }],
    })
    rig.drive('PID.IN', 50)
    rig.scan()
    rig.drive('PID.IN', 60)
    rig.scan()
    return 95 - rig.get('PID.OUT')
  }
  expect(fall([0, 0])).toBeCloseTo(0.1, 12)
  expect(fall([10, 90])).toBeCloseTo(1.6, 12)
})

test('[R21] in the dead band the integral stands, and proportional action goes on', () => {
  const rig = createRig({
    blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 2, RESET: 10, SP: 50, OUT: 40, IDEADBAND: 1 } }],
  })
  rig.drive('PID.IN', 50)
  rig.scan(2)
  rig.drive('PID.IN', 49.5)
  rig.scan(50)
  expect(rig.get('PID.OUT')).toBeCloseTo(41, 12)
  rig.drive('PID.IN', 48)
  rig.scan()
  expect(rig.get('PID.OUT')).toBeCloseTo(44 + 0.4, 12)
})

test('[R12] nothing integrates while the measurement is constant, or against a limit downstream', () => {
  const rig = createRig({ blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 1, RESET: 10, SP: 60, OUT: 40 } }] })
  rig.drive('PID.IN', 50, 0x80)
  rig.scan(1)
  const at = rig.get('PID.OUT')
  rig.drive('PID.IN', 50, 0x83)
  rig.scan(20)
  expect(rig.get('PID.OUT')).toBe(at)
  rig.drive('PID.IN', 50, 0x80)
  rig.drive('PID.BKCAL_IN', at, 0xc2)
  rig.scan(20)
  expect(rig.get('PID.OUT')).toBe(at)
  rig.drive('PID.BKCAL_IN', at, 0xc1)
  rig.scan()
  expect(rig.get('PID.OUT')).toBeCloseTo(at + 1, 12)
})

test('[R-gap] the gap gain is NL_MINMOD in the gap, a line in the band, 1 beyond, and has hysteresis', () => {
  const set = {
    GAIN: 1,
    RESET: 1e9,
    SP: 50,
    STRUCTURE: 3,
    BIAS: 50,
    BAL_TIME: 0,
    NL_GAP: 2,
    NL_TBAND: 2,
    NL_MINMOD: 0.25,
    NL_HYST: 0.5,
  }
  const rig = createRig({ blocks: [{ id: 'PID', type: 'PID', set }] })
  const out = (pv: number): number => {
    rig.drive('PID.IN', pv)
    rig.scan()
    return rig.get('PID.OUT')
  }
  out(50)
  expect(out(49)).toBeCloseTo(50.25, 12)
  expect(out(47.7)).toBeCloseTo(50 + 0.25 * 2.3, 12)
  expect(out(47)).toBeCloseTo(50 + 0.625 * 3, 12)
  expect(out(44)).toBeCloseTo(56, 12)
  expect(out(47.7)).toBeCloseTo(50 + (0.25 + 0.75 * 0.15) * 2.3, 12)
})
