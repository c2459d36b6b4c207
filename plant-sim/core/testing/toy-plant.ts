/**
 * A plant for tests whose every value can be told in advance: measurement 0 is the test's to set, measurement 1 an analyser
 * of it, measurement 2 the position of the only valve, which follows its demand with a lag of 5 s.
 */
import type { Plant } from '../plant.ts'

export interface ToyPlant extends Plant {
  /** What measurement 0 is from now on. */
  set(value: number): void
}

export const TOY_LAG_S = 5

export function createToyPlant(scheme: Plant['scheme'] = 'converged'): ToyPlant {
  const demand_pct = new Float64Array([40])
  const position_pct = new Float64Array([40])
  const clean = new Float64Array([50, 50, 40])
  let time_s = 0
  const info = (name: string, period_s: number) => ({ name, description: name, unit: '%', noise_std: 0, period_s })
  return {
    name: 'toy',
    scheme,
    measurements: [info('M0', 0), info('M1', 60), info('M2', 0)],
    manipulated: [{ name: 'V0', description: 'V0', full_scale: 100, unit: '%', lag_s: TOY_LAG_S }],
    disturbances: [{ name: 'IDV1', description: 'nothing', kind: 'step' }],
    limits: [],
    starts: ['base'],
    demand_pct,
    position_pct,
    clean,
    measured: clean,
    limited: new Float64Array(0),
    ext: new Float64Array(0),
    trip: null,
    cost_per_h: 0,
    get time_s() {
      return time_s
    },
    setDisturbance: () => {},
    isDisturbed: () => false,
    reseed: () => {},
    set(value) {
      clean[0] = value
    },
    advance(dt_s) {
      time_s += dt_s
      position_pct[0] = position_pct[0]! + (1 - Math.exp(-dt_s / TOY_LAG_S)) * (demand_pct[0]! - position_pct[0]!)
      clean[2] = position_pct[0]!
      if (Math.round(time_s * 1000) % 60_000 === 0) clean[1] = clean[0]!
    },
    save: () => Float64Array.from([time_s, ...demand_pct, ...position_pct, ...clean]),
    load(snapshot) {
      time_s = snapshot[0]!
      demand_pct[0] = snapshot[1]!
      position_pct[0] = snapshot[2]!
      clean.set(snapshot.subarray(3, 6))
    },
  }
}
