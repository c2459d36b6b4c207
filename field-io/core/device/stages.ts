/**
 * Coming into use and going out of it.
 *
 * A device that would hold its outputs for ever when we vanish is not written: its output watchdog is looked at, set where it reads
 * something else, and looked at again. Then everything is read once. Each time anew, on each connection and each path.
 */
import { type DeviceState, firstStage, type Path } from './device-state.ts'
import { endRearm, endWrite } from './jobs.ts'
import { ask } from './requests.ts'

/** A device that answers, but not what it should, is asked again after one of its periods, within these bounds. */
const UNFIT_MS = 100
const UNFIT_MS_MAX = 1000

/** The present connection is no longer trusted: jobs end undone, the device is Bad until it has come into use again. */
export function outOfUse(d: DeviceState, why: string): void {
  const was_ready = d.stage === 'ready'
  endWrite(d, false)
  endRearm(d, false)
  for (const pass of d.passes) {
    pass.due = false
    pass.done = false
    pass.at = 0
    pass.answers = []
  }
  d.stage = firstStage(d.record)
  d.why = why
  if (!was_ready) return
  d.effects.push({ type: 'say', text: `${d.record.id} out of use: ${why}` }, { type: 'down', connection: d.connection })
}

/** It answers, but cannot be used as it is. */
export function unfit(d: DeviceState, path: Path, why: string): void {
  outOfUse(d, why)
  path.retry_ms = d.now_ms + Math.min(UNFIT_MS_MAX, Math.max(UNFIT_MS, d.period_ms))
}

export function comeUp(d: DeviceState): void {
  d.stage = 'ready'
  d.connection++
  d.why = undefined
  const { name } = d.paths[d.active]!
  d.effects.push({ type: 'say', text: `${d.record.id} in use${d.paths.length > 1 ? ` by network ${name}` : ''}` })
}

/** What the time register must read. */
function wantedCount(d: DeviceState): number {
  const { time_ms, count_ms = 100 } = d.record.watchdog!
  return Math.floor(time_ms / count_ms + 0.5)
}

/** The next request of a watchdog stage. */
export function askWatchdog(d: DeviceState, path: Path): void {
  const { stage } = d
  if (stage === 'reading' || stage === 'ready') return
  const address = d.record.watchdog!.time_register
  const deadline_ms = d.now_ms + d.period_ms
  if (stage === 'watchdog-set') ask(d, path, stage, { function: 6, address, value: wantedCount(d) }, deadline_ms)
  else ask(d, path, stage, { function: 3, address, quantity: 1 }, deadline_ms)
}

/** @param data - of the answer; undefined after a write. */
export function onWatchdog(d: DeviceState, path: Path, data: ArrayLike<number> | undefined): void {
  if (d.stage === 'watchdog-set') {
    d.stage = 'watchdog-again'
    return
  }
  const found = data?.[0]
  const wanted = wantedCount(d)
  if (found === wanted) d.stage = 'reading'
  else if (d.stage === 'watchdog-look') d.stage = 'watchdog-set'
  else {
    const { count_ms = 100 } = d.record.watchdog!
    unfit(d, path, `output watchdog reads ${found} x ${count_ms} ms after ${wanted} was set: not written without it`)
  }
}
