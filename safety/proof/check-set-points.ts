/** Where trips and pre-alarms stand in their spans. */
import type { SisConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

const END_OF_SPAN = 0.05

export function checkSetPoints(config: SisConfig, report: Report): void {
  for (const c of config.causes) {
    const { trip } = c
    if ('contact' in trip) continue
    const path = `causes/${c.id}`
    const value = 'above' in trip ? trip.above : trip.below
    const t = config.transmitters.find((x) => x.tag === c.inputs[0])
    if (t === undefined) continue
    const share = (value - t.lo) / (t.hi - t.lo)
    // Only the end towards which the trip goes counts: beyond it there is nothing left to measure.
    const room = 'above' in trip ? 1 - share : share
    if (room > 0 && room < END_OF_SPAN)
      report(
        'SC-7',
        'warning',
        `${path}/trip`,
        `${value} ${t.unit} is ${(100 * room).toFixed(1)} % of the span from its end (${t.lo} to ${t.hi})`,
      )
    if (c.pre_alarm === undefined) {
      report('SC-9', 'warning', path, 'no pre-alarm: the first that the operator hears of it is the trip')
      continue
    }
    const margin = Math.abs(value - c.pre_alarm.at)
    if (c.dead_band !== undefined && margin <= c.dead_band)
      report(
        'SC-9',
        'warning',
        `${path}/pre_alarm`,
        `${margin} ${t.unit} before the trip, and the dead band is ${c.dead_band}: the alarm is gone before the trip clears`,
      )
  }
}
