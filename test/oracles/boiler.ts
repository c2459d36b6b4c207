/**
 * `npm run oracles -- --only boiler`: the drum against a second evaluation of Astrom and Bell's balances.
 *
 * Mass and energy of the whole, mass and energy of the risers and the steam under the surface, each written as what is held and what
 * flows, solved by implicit Euler and Newton: no e11 to e44, the risers' volume fraction by quadrature, and all of IAPWS-IF97 in place
 * of the model's polynomials. Steps at the paper's medium load.
 * @see K. J. Astrom, R. D. Bell, Drum-boiler dynamics, Automatica 36(3), 2000, 363-378
 */
import { type DrumFlows, drumAtRest, drumLevel, drumSlopes, P16_G16 } from '../../plant-sim/core/boiler/drum.ts'
import { newSaturation, saturate } from '../../plant-sim/core/boiler/steam.ts'
import { saturatedAt, worstOfVerification } from './if97.ts'

const P_Pa = 8.5e6
const FEED_J_KG = 1.0469e6
const STEAM_KG_S = 50.42
const FOR_S = 200
const IMPLICIT_S = 0.05
const MODEL_S = 0.1

const STEPS = [
  ['10 MW more heat', { q_W: 10e6, qs: 0, qf: 0 }],
  ['10 kg/s more steam', { q_W: 0, qs: 10, qf: 0 }],
  ['10 kg/s more feedwater', { q_W: 0, qs: 0, qf: 10 }],
] as const
/** Of pressure, level and quality at any second; of the release's nine digits. */
const TOLERANCE = { p_kPa: 0.5, level_mm: 0.2, quality: 2e-5, if97: 1e-8 } as const

/** @returns how many comparisons are beyond their tolerance */
export function boilerReport(write: (text: string) => void): number {
  let bad = 0
  const judge = (what: string, value: number, tolerance: number, unit: string): void => {
    const ok = value <= tolerance
    if (!ok) bad++
    write(`${what.padEnd(44)}  ${ok ? 'ok  ' : 'FAIL'}  ${value.toExponential(2)} of ${tolerance} ${unit}\n`)
  }
  judge('IAPWS-IF97, verification points', worstOfVerification(), TOLERANCE.if97, 'relative')
  for (const [name, more] of STEPS) {
    const [own, model] = [balances(more), asModelled(more)]
    const worst = (i: 0 | 1 | 2): number => Math.max(...own.map((row, t) => Math.abs(row[i] - model[t]![i])))
    judge(`${name}, pressure`, worst(0), TOLERANCE.p_kPa, 'kPa')
    judge(`${name}, level`, worst(1), TOLERANCE.level_mm, 'mm')
    judge(`${name}, quality`, worst(2), TOLERANCE.quality, '1')
  }
  return bad
}

interface Step {
  readonly q_W: number
  readonly qs: number
  readonly qf: number
}
/** kPa, mm, 1; one a second from 0 on. */
type Row = readonly [p_kPa: number, level_mm: number, quality: number]

function asModelled(more: Step): Row[] {
  const s = newSaturation()
  const rest = drumAtRest(P16_G16, P_Pa, STEAM_KG_S, FEED_J_KG)
  const flows: DrumFlows = {
    q_W: rest.q_W + more.q_W,
    qf: STEAM_KG_S + more.qf,
    hf: FEED_J_KG,
    qs: STEAM_KG_S + more.qs,
    qw: 0,
  }
  const x = Float64Array.from(rest.states)
  const slope = (y: Float64Array): Float64Array => {
    const dx = new Float64Array(4)
    saturate(y[1]!, s)
    drumSlopes(P16_G16, y, s, flows, dx)
    return dx
  }
  const rows: Row[] = []
  for (let n = 0; n <= FOR_S / MODEL_S; n++) {
    if (n % Math.round(1 / MODEL_S) === 0)
      rows.push([x[1]! / 1e3, 1e3 * drumLevel(P16_G16, x[0]!, x[1]!, x[2]!, x[3]!), x[2]!])
    const k1 = slope(x)
    const k2 = slope(x.map((v, i) => v + (MODEL_S / 2) * k1[i]!))
    const k3 = slope(x.map((v, i) => v + (MODEL_S / 2) * k2[i]!))
    const k4 = slope(x.map((v, i) => v + MODEL_S * k3[i]!))
    for (let i = 0; i < 4; i++) x[i]! += (MODEL_S / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!)
  }
  return rows
}

/** The published unit, and the two figures solved for medium load: downcomer cross-section, steam volume without condensation. */
const UNIT = {
  drum: 40,
  risers: 37,
  downcomers: 11,
  surface: 20,
  adc: 0.381,
  v0sd: 7.66,
  k: 25,
  beta: 0.3,
  td_s: 12,
} as const
const METAL = { all: 300e3, risers: 160e3, drum: 140e3, cp: 550 } as const
const TOTAL_m3 = UNIT.drum + UNIT.risers + UNIT.downcomers

/** Water, m3; pressure, MPa; quality, %; steam under the surface, m3: of like size for Newton. */
type Vector = [number, number, number, number]

/** What each part holds at these states. */
function held(x: Vector) {
  const p = x[1] * 1e6
  const quality = x[2] / 100
  const s = saturatedAt(p)
  const share = voidShare(s.rw, s.rs, quality)
  const [water, steam] = [s.rw * x[0], s.rs * (TOTAL_m3 - x[0])]
  const [riser_water, riser_steam] = [s.rw * (1 - share) * UNIT.risers, s.rs * share * UNIT.risers]
  const drum_water_m3 = x[0] - UNIT.downcomers - (1 - share) * UNIT.risers
  return {
    ...s,
    p,
    quality,
    drum_water_m3,
    vsd: x[3],
    mass: water + steam,
    energy: water * s.hw + steam * s.hs - TOTAL_m3 * p + METAL.all * METAL.cp * s.t,
    riser_mass: riser_water + riser_steam,
    riser_energy: riser_water * s.hw + riser_steam * s.hs - UNIT.risers * p + METAL.risers * METAL.cp * s.t,
    circulation: Math.sqrt((2 * s.rw * UNIT.adc * (s.rw - s.rs) * 9.81 * share * UNIT.risers) / UNIT.k),
    level: (drum_water_m3 + x[3]) / UNIT.surface,
  }
}

/** Mean over the risers of rw a/(rs + (rw - rs) a), quality a from 0 to its value at the outlet: Simpson, 32 intervals. */
function voidShare(rw: number, rs: number, quality: number): number {
  let sum = 0
  for (let i = 0; i <= 32; i++) {
    const a = (quality * i) / 32
    sum += (i === 0 || i === 32 ? 1 : i % 2 === 1 ? 4 : 2) * ((rw * a) / (rs + (rw - rs) * a))
  }
  return sum / 96
}

function balances(more: Step): Row[] {
  const s = saturatedAt(P_Pa)
  const q_rest = STEAM_KG_S * (s.hs - FEED_J_KG)
  const vsd = UNIT.v0sd - ((UNIT.td_s * (s.hw - FEED_J_KG)) / (s.rs * (s.hs - s.hw))) * STEAM_KG_S
  // The normal level is that of 57.2 m3 of water, quality 0.051 and 4.9 m3 of steam under the surface.
  const normal = held([57.2, P_Pa / 1e6, 5.1, 4.9]).level
  let [lo, hi] = [0, 50]
  for (let i = 0; i < 60; i++) {
    const middle = (lo + hi) / 2
    if ((middle / 100) * (s.hs - s.hw) * held([57.2, P_Pa / 1e6, middle, vsd]).circulation < q_rest) lo = middle
    else hi = middle
  }
  let x: Vector = [57.2, P_Pa / 1e6, lo, vsd]
  x[0] += (normal - held(x).level) * UNIT.surface

  const flow = { q_W: q_rest + more.q_W, qs: STEAM_KG_S + more.qs, qf: STEAM_KG_S + more.qf }
  const rows: Row[] = []
  for (let n = 0; n <= FOR_S / IMPLICIT_S; n++) {
    const now = held(x)
    if (n % Math.round(1 / IMPLICIT_S) === 0) rows.push([now.p / 1e3, 1e3 * (now.level - normal), now.quality])
    x = newton(x, (next) => unbalanced(now, held(next), flow))
  }
  return rows
}

/** What the five balances miss over a step, scaled to like size; the flow out of the risers is taken out by their mass. */
function unbalanced(a: ReturnType<typeof held>, b: ReturnType<typeof held>, flow: Step): Vector {
  const h = IMPLICIT_S
  const hc = b.hs - b.hw
  const out = b.circulation - (b.riser_mass - a.riser_mass) / h
  const risers = flow.q_W + b.circulation * b.hw - out * (b.hw + b.quality * hc)
  const through =
    (b.rs / UNIT.td_s) * (b.vsd - UNIT.v0sd) + b.quality * b.circulation + b.quality * UNIT.beta * (b.circulation - out)
  const condensed =
    ((b.hw - FEED_J_KG) * flow.qf +
      (b.rs * b.vsd * (b.hs - a.hs) +
        b.rw * b.drum_water_m3 * (b.hw - a.hw) -
        (b.vsd + b.drum_water_m3) * (b.p - a.p) +
        METAL.drum * METAL.cp * (b.t - a.t)) /
        h) /
    hc
  return [
    b.mass - a.mass - h * (flow.qf - flow.qs),
    (b.energy - a.energy - h * (flow.q_W + flow.qf * FEED_J_KG - flow.qs * b.hs)) / 1e6,
    (b.riser_energy - a.riser_energy - h * risers) / 1e6,
    b.rs * b.vsd - a.rs * a.vsd - h * (b.quality * out - through - condensed),
  ]
}

/** Newton with slopes by differences. */
function newton(start: Vector, of: (x: Vector) => Vector): Vector {
  const x: Vector = [...start]
  for (let round = 0; round < 8; round++) {
    const f = of(x)
    if (Math.max(...f.map(Math.abs)) < 1e-8) return x
    const rows: number[][] = f.map((value) => [0, 0, 0, 0, -value])
    for (let j = 0; j < 4; j++) {
      const moved: Vector = [...x]
      moved[j]! += 1e-6
      of(moved).forEach((value, i) => {
        rows[i]![j] = (value - f[i]!) / 1e-6
      })
    }
    solve(rows).forEach((step, i) => {
      x[i]! += step
    })
  }
  throw new Error('the balances were not solved')
}

/** Gauss with pivots; a row is four factors and the right side. */
function solve(rows: number[][]): number[] {
  for (let c = 0; c < 4; c++) {
    const best = rows.slice(c).reduce((top, row) => (Math.abs(row[c]!) > Math.abs(top[c]!) ? row : top))
    const at = rows.indexOf(best)
    rows[at] = rows[c]!
    rows[c] = best
    for (const row of rows) {
      if (row === best) continue
      const factor = row[c]! / best[c]!
      for (let j = c; j < 5; j++) row[j]! -= factor * best[j]!
    }
  }
  return rows.map((row, i) => row[4]! / row[i]!)
}
