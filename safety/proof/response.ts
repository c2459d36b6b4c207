/**
 * The response time of a safety function, part by part:
 * T = T_sensor and filter + T_network + 2 T_scan + T_delay + T_valve, the slowest of its intersections.
 *
 * T_network is T_SF: a frame that takes longer is a trip. T_delay is on-delay of the cause, delay of the cell, of the effect and of the
 * output together. `responseTime` of safety/core, which the solver refuses by, is the sum; a test holds the two equal.
 */
import type { SifConfig, SisConfig } from '../core/config.ts'

export interface Response {
  readonly cause: string
  readonly effect: string
  readonly element: string
  readonly sensor_ms: number
  readonly network_ms: number
  readonly scans_ms: number
  readonly delay_ms: number
  readonly valve_ms: number
  readonly total_ms: number
}

/** The slowest way through the function; undefined where it has no intersection. */
export function slowestWay(config: SisConfig, sif: SifConfig): Response | undefined {
  let slowest: Response | undefined
  for (const cell of config.matrix) {
    if (!sif.causes.includes(cell.cause) || !sif.effects.includes(cell.effect)) continue
    const cause = config.causes.find((c) => c.id === cell.cause)
    const effect = config.effects.find((e) => e.id === cell.effect)
    if (cause === undefined || effect === undefined) continue
    const inputs = [...config.transmitters, ...config.contacts].filter((s) => cause.inputs.includes(s.tag))
    const sensor_ms = Math.max(0, ...inputs.map((s) => s.response_ms))
    for (const element of config.elements.filter((e) => effect.outputs.includes(e.tag))) {
      const delay_ms =
        (cause.time?.kind === 'on_delay' ? cause.time.ms : 0) +
        (cell.delay_ms ?? 0) +
        (effect.delay_ms ?? 0) +
        (element.delay_ms ?? 0)
      const parts = {
        sensor_ms,
        network_ms: config.link_timeout_ms,
        scans_ms: 2 * config.scan_ms,
        delay_ms,
        valve_ms: element.travel_ms,
      }
      const total_ms = Object.values(parts).reduce((a, b) => a + b, 0)
      if (slowest === undefined || total_ms > slowest.total_ms)
        slowest = { cause: cause.id, effect: effect.id, element: element.tag, ...parts, total_ms }
    }
  }
  return slowest
}

/**
 * How long the plant waits when the safety system itself fails at the moment of a demand: the drop's watchdog, or T_SF, and the stroke.
 */
export function faultReaction(config: SisConfig, sif: SifConfig): number {
  const tags = config.effects.filter((e) => sif.effects.includes(e.id)).flatMap((e) => e.outputs)
  const travel_ms = Math.max(0, ...config.elements.filter((e) => tags.includes(e.tag)).map((e) => e.travel_ms))
  // The parent lets the drop's watchdog run out; T_SF counts from the last sound frame, so the longer of the two decides.
  return Math.max(config.output_watchdog_ms, config.link_timeout_ms) + travel_ms
}
