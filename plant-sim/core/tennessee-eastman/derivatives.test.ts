import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MOLAR_MASS } from './components.ts'
import { derivatives, M_FEED_D, M_FEED_E } from './derivatives.ts'
import { EXT, IN, neutralExt, W, Y } from './layout.ts'
import { createModel, type Model, startModel } from './model.ts'
import { STARTS } from './starts.ts'

// Every reaction keeps mass (62 = 2 + 28 + 32, 76 = 2 + 28 + 46, 48 = 2 + 46 = 1.5 x 32), so what the vessels gain is
// what the feeds bring less purge and product.
test('mass is conserved at any state', () => {
  fc.assert(
    fc.property(anyModel(), (m) => {
      evaluate(m)
      let gain = 0
      for (const vessel of [Y.reactor, Y.separator, Y.sump, Y.header]) {
        for (let i = 0; i < 8; i++) gain += m.dydt[vessel + i]! * MOLAR_MASS[i as 0]
      }
      const F = (n: number): number => m.w[W.flow + n]!
      const feedA = 0.9999 * MOLAR_MASS[0] + 0.0001 * MOLAR_MASS[1]
      const a = m.input[IN.walk]!
      const b = m.input[IN.walk + 1]!
      const feedAC = a * MOLAR_MASS[0] + b * MOLAR_MASS[1] + (1 - a - b) * MOLAR_MASS[2]
      let product = 0
      for (let i = 0; i < 8; i++) product += m.w[W.x_sump + i]! * MOLAR_MASS[i as 0]
      const feeds = F(1) * M_FEED_D + F(2) * M_FEED_E + F(3) * feedA + F(4) * feedAC
      const net = feeds - F(10) * m.w[W.M_separator]! - F(13) * product
      // The circulating flow, some ten times the feeds, sets the rounding.
      expect(Math.abs(gain - net)).toBeLessThan(1e-9 * (feeds + F(6) * m.w[W.M_header]!))
    }),
  )
})

test('[TEP-5] values of the shutdown equipment that do not act change no bit', () => {
  fc.assert(
    fc.property(anyModel(), fc.double({ min: 0, max: 100, noNaN: true }), (m, pct) => {
      evaluate(m)
      const plain = m.dydt.slice()
      const values = m.w.slice()
      // Not driven, whatever the position it would be driven to; running on while no vessel is low.
      m.ext[EXT.condenserWater_pct] = pct
      m.ext[EXT.reactorHeat] = -0
      if (values[W.V_separator]! > 36 && values[W.V_sump]! > 36 && values[W.V_reactor]! > 71) m.ext[EXT.runOn] = 1
      m.w.set(values)
      evaluate(m)
      const settled = m.dydt.slice()
      m.ext.set(neutralExt())
      m.w.set(values)
      evaluate(m)
      for (let i = 0; i < Y.count; i++) expect(settled[i] === m.dydt[i]).toBe(true)
      for (let i = 0; i < Y.count; i++) {
        expect(Math.abs(plain[i]! - settled[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(plain[i]!)))
      }
    }),
  )
})

test('each piece of shutdown equipment does its own part', () => {
  const flowOf = { feedD: 1, feedE: 2, feedA: 3, feedAC: 4, separatorLiquid: 11, product: 13 } as const
  for (const [name, stream] of Object.entries(flowOf)) {
    const m = model()
    m.ext[EXT[name as keyof typeof flowOf]] = 0
    evaluate(m)
    expect(m.w[W.flow + stream]).toBe(0)
  }
  const base = model()
  evaluate(base)
  const steam = model()
  steam.ext[EXT.steam] = 0
  evaluate(steam)
  expect(steam.w[W.Q_steam]).toBe(0)

  const blowdown = model()
  blowdown.ext[EXT.blowdown] = 15.1169
  evaluate(blowdown)
  // As much as the purge valve fully open would take, out of the separator alone, unseen by the purge's measurement.
  const taken = (blowdown.w[W.flow + 10]! * 100) / blowdown.y[Y.valve + 5]!
  expect(base.dydt[Y.separator]! - blowdown.dydt[Y.separator]!).toBeCloseTo(taken * blowdown.w[W.y_separator]!, 8)
  expect(blowdown.w[W.flow + 10]).toBe(base.w[W.flow + 10])
  expect(blowdown.dydt[Y.header]).toBe(base.dydt[Y.header])

  const cooled = model()
  cooled.ext[EXT.reactorHeat] = -3
  evaluate(cooled)
  expect(base.dydt[Y.reactor + 8]! - cooled.dydt[Y.reactor + 8]!).toBeCloseTo(3, 10)

  const driven = model()
  driven.ext[EXT.condenserWaterDriven] = 1
  driven.ext[EXT.condenserWater_pct] = 100
  const opened = model()
  opened.y[Y.valve + 10] = 100
  evaluate(driven)
  evaluate(opened)
  expect(driven.dydt[Y.condenserWater]).toBeCloseTo(opened.dydt[Y.condenserWater]!, 8)
})

test('evaluates without a NaN far from the operating modes', () => {
  fc.assert(
    fc.property(anyModel(), (m) => {
      // Pressures close together or reversed, cold feeds, no gas feed: roots and splits at their edges.
      m.y[Y.header] = m.y[Y.header]! * 0.01
      m.y[Y.valve + 6] = 0
      evaluate(m)
      expect(m.dydt.every((value) => Number.isFinite(value))).toBe(true)
    }),
  )
})

function evaluate(m: Model): number {
  return derivatives(m.y, m.accepted, m.input, m.ext, m.w, m.dydt)
}

function model(start = 'base'): Model {
  const m = createModel()
  startModel(m, start, 1)
  m.accepted.set(m.demand)
  return m
}

/** A starting state with every holdup off by up to 20 %, energies with their liquids, and any valve positions. */
function anyModel(): fc.Arbitrary<Model> {
  const share = fc.double({ min: 0.8, max: 1.2, noNaN: true })
  return fc
    .record({
      start: fc.constantFrom(...Object.keys(STARTS)),
      holdups: fc.array(share, { minLength: 32, maxLength: 32 }),
      valves: fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 12, maxLength: 12 }),
    })
    .map(({ start, holdups, valves }) => {
      const m = model(start)
      for (const [n, vessel] of [Y.reactor, Y.separator, Y.sump, Y.header].entries()) {
        const before = total(m, vessel)
        for (let i = 0; i < 8; i++) m.y[vessel + i]! *= holdups[8 * n + i]!
        m.y[vessel + 8]! *= total(m, vessel) / before
      }
      for (let i = 0; i < 12; i++) m.y[Y.valve + i] = valves[i]!
      return m
    })
}

/** Moles that carry the vessel's energy: its liquid, or its gas where it has none. */
function total(m: Model, vessel: number): number {
  let sum = 0
  for (let i = vessel < Y.sump ? 3 : 0; i < 8; i++) sum += m.y[vessel + i]!
  return sum
}
