/**
 * What a run adds up at each scan: cost, margins to the plant's shutdown, travel of the valves.
 */
import type { Plant } from '../../plant-sim/core/plant.ts'
import type { Margin, ValveTravel } from './record.ts'

/** A movement against the last one counts as a reversal when it is larger than this, %. */
const REVERSAL_PCT = 0.1

export interface Tally {
  /** @param dt_s - time since the last call */
  add(dt_s: number): void
  cost(): { mean_per_h: number; total: number; last_per_h: number }
  margins(): Margin[]
  valves(tags: readonly { readonly tag: string; readonly manipulated: number }[]): ValveTravel[]
}

export function createTally(plant: Plant): Tally {
  const bounds = plant.limits.flatMap((limit, i) => [
    { limit, i, side: 'high' as const, normal: limit.normal_hi, trip: limit.trip_hi, sign: 1 },
    { limit, i, side: 'low' as const, normal: limit.normal_lo, trip: limit.trip_lo, sign: -1 },
  ])
  const watched = bounds.filter((b) => Number.isFinite(b.trip))
  const worst = new Float64Array(watched.length).fill(Number.NEGATIVE_INFINITY)
  const worst_at_s = new Float64Array(watched.length)
  const outside_s = new Float64Array(watched.length)
  const count = plant.position_pct.length
  const last = Float64Array.from(plant.position_pct)
  const turned_at = Float64Array.from(plant.position_pct)
  const direction = new Int8Array(count)
  const travel = new Float64Array(count)
  const reversals = new Float64Array(count)
  const lowest = Float64Array.from(plant.position_pct)
  const highest = Float64Array.from(plant.position_pct)
  let total = 0
  let span_s = 0

  return {
    add(dt_s) {
      total += (plant.cost_per_h * dt_s) / 3600
      span_s += dt_s
      for (let w = 0; w < watched.length; w++) {
        const b = watched[w]!
        // Signed so that larger is nearer to the trip on either side.
        const value = plant.limited[b.i]! * b.sign
        if (value > worst[w]!) {
          worst[w] = value
          worst_at_s[w] = plant.time_s
        }
        if (value > b.normal * b.sign) outside_s[w] = outside_s[w]! + dt_s
      }
      for (let v = 0; v < count; v++) {
        const at = plant.position_pct[v]!
        const move = at - last[v]!
        if (move === 0) continue
        last[v] = at
        travel[v] = travel[v]! + Math.abs(move)
        if (at < lowest[v]!) lowest[v] = at
        if (at > highest[v]!) highest[v] = at
        const sense = direction[v]!
        if (sense >= 0 ? at > turned_at[v]! : at < turned_at[v]!) {
          turned_at[v] = at
          if (sense === 0) direction[v] = 1
        } else if (Math.abs(at - turned_at[v]!) > REVERSAL_PCT) {
          if (sense !== 0) reversals[v] = reversals[v]! + 1
          direction[v] = at > turned_at[v]! ? 1 : -1
          turned_at[v] = at
        }
      }
    },
    cost: () => ({
      mean_per_h: span_s === 0 ? 0 : (total * 3600) / span_s,
      total,
      last_per_h: plant.cost_per_h,
    }),
    margins: () =>
      watched.map((b, w) => ({
        name: b.limit.name,
        unit: b.limit.unit,
        side: b.side,
        normal: b.normal,
        trip: b.trip,
        worst: worst[w]! * b.sign,
        worst_at_s: worst_at_s[w]!,
        margin: (b.trip - worst[w]! * b.sign) * b.sign,
        outside_normal_s: outside_s[w]!,
      })),
    valves: (tags) =>
      tags.map(({ tag, manipulated: v }) => ({
        tag,
        travel_pct: travel[v]!,
        reversals: reversals[v]!,
        position_pct_min: lowest[v]!,
        position_pct_max: highest[v]!,
      })),
  }
}
