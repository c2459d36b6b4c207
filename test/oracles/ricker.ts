/**
 * Ricker's decentralized strategy as the reference ran it, transcribed for comparison only.
 *
 * @see Ricker, Decentralized control of the Tennessee Eastman challenge process, J. Proc. Control 6(4), 1996
 */
export const RICKER_TS_H = 0.0005

export interface Ricker {
  /** Writes the demands from the controllers' present outputs: an output acts one sample late. */
  write(xmv: Float64Array): void
  /** One sample, number `k`, with the measurements of that sample. */
  sample(k: number, xmeas: Float64Array): void
}

interface Loop {
  u: number
  old: number | null
  readonly kc: number
  readonly ti_h: number
  readonly lo: number
  readonly hi: number
}

const COMPOSITION_EVERY = 200
const COMPOSITION_TS_H = 0.1
const SP = {
  production_m3h: 22.89,
  g_pct: 53.8,
  stripperLevel: 50,
  separatorLevel: 50,
  reactorLevel: 65,
  pressure: 2800,
  temperature: 122.9,
  yA: (100 * 32.2) / 51,
  yAC: 51,
} as const

/** Velocity PI, clamped; the first error is its own predecessor, so that it starts without a bump. */
function velocity(loop: Loop, sp: number, pv: number, ts_h: number): number {
  const e = sp - pv
  const old = loop.old ?? e
  loop.u = Math.min(loop.hi, Math.max(loop.lo, loop.u + loop.kc * (e + (ts_h / loop.ti_h) * e - old)))
  loop.old = e
  return loop.u
}

const loopOf = (u: number, kc: number, ti_h: number, lo = 0, hi = 100): Loop => ({ u, old: null, kc, ti_h, lo, hi })

/** @param xmv - demands of mode 1 */
export function ricker(xmv: readonly number[]): Ricker {
  const flow = (xmvNumber: number, kc: number): Loop => loopOf(xmv[xmvNumber - 1]!, kc, 0.001 / 60)
  const feedA = flow(3, 0.01)
  const feedD = flow(1, 1.6e-6)
  const feedE = flow(2, 1.8e-6)
  const feedAC = flow(4, 0.003)
  const purge = flow(6, 0.01)
  const separatorLiquid = flow(7, 4e-4)
  const product = flow(8, 4e-4)
  const trim = loopOf(0, 3.2, 120 / 60, -30, 30)
  const r7 = loopOf(0.2289, -2e-4, 200 / 60)
  const r6 = loopOf(0.2528, -1e-3, 200 / 60)
  const separatorSp = loopOf(91.7, 0.8, 60 / 60, 0, 120)
  const r5 = loopOf(0.00211, -1e-4, 20 / 60)
  const eAdj = loopOf(0, -0.4, 100 / 60, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  const reactorWater = loopOf(xmv[9]!, -8, 7.5 / 60)
  const condenserWater = loopOf(xmv[10]!, -4, 15 / 60)
  const d14 = loopOf(0, 2e-4, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  const d15 = loopOf(0, 3e-4, 2, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  let r1 = 0.00267
  let r4 = 0.0924
  const ff2 = 1.5192e-3 * SP.g_pct ** 2 + 5.9446e-1 * SP.g_pct + 2.769e-1
  const ff3 = -1.1377e-3 * SP.g_pct ** 2 - 8.0893e-1 * SP.g_pct + 9.106e1

  return {
    write(out) {
      out[0] = feedD.u
      out[1] = feedE.u
      out[2] = feedA.u
      out[3] = feedAC.u
      out[4] = 0
      out[5] = purge.u
      out[6] = separatorLiquid.u
      out[7] = product.u
      out[8] = 0
      out[9] = reactorWater.u
      out[10] = condenserWater.u
      out[11] = 100
    },
    sample(k, x) {
      const pi = (loop: Loop, sp: number, pv: number): number => velocity(loop, sp, pv, RICKER_TS_H)
      if (k % COMPOSITION_EVERY === 0) {
        const sum = x[22]! + x[24]!
        const before14 = d14.u
        const before15 = d15.u
        const change14 = velocity(d14, SP.yA, (100 * x[22]!) / sum, COMPOSITION_TS_H) - before14
        const change15 = velocity(d15, SP.yAC, sum, COMPOSITION_TS_H) - before15
        r1 += change14
        r4 += change15 - change14
      }
      const fp = (SP.production_m3h * 100) / 22.89 + trim.u
      const r2 = ff2 - (32 * eAdj.u) / fp
      const r3 = ff3 + (46 * eAdj.u) / fp
      // The set point of the inner loop is read with the ratios, before the outer loop moves it.
      const separatorSpBefore = separatorSp.u
      pi(feedA, r1 * fp, x[0]!)
      pi(feedD, r2 * fp, x[1]!)
      pi(feedE, r3 * fp, x[2]!)
      pi(feedAC, r4 * fp, x[3]!)
      pi(purge, r5.u * fp, x[9]!)
      pi(separatorLiquid, r6.u * fp, x[13]!)
      pi(product, r7.u * fp, x[16]!)
      pi(trim, SP.production_m3h, x[16]!)
      pi(r7, SP.stripperLevel, x[14]!)
      pi(r6, SP.separatorLevel, x[11]!)
      pi(separatorSp, SP.reactorLevel, x[7]!)
      pi(r5, SP.pressure, x[6]!)
      pi(eAdj, SP.g_pct, x[39]!)
      pi(reactorWater, SP.temperature, x[8]!)
      pi(condenserWater, separatorSpBefore, x[10]!)
    },
  }
}
