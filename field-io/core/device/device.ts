/**
 * One polled device as a machine without I/O: read class by class, written, re-armed, over one path or two.
 *
 *     const state = createDevice(config)
 *     for (const effect of onDeviceEvent(state, event)) perform(effect)
 *
 * One request is under way on a path at a time. Every `ask` is answered by exactly one `answer`, unless the path went down first.
 * After each event a `time` event is due at `state.wake_ms`.
 */
import type { DeviceState as DeviceReport, PathState } from '../../../contracts/link.ts'
import { EXCEPTION } from '../../../protocols/core/modbus/function-code.ts'
import type { DeviceEffect, DeviceEvent, WireFault } from './device-events.ts'
import type { DeviceState, Path, Purpose } from './device-state.ts'
import { countAnswer, percentiles } from './health.ts'
import { askRearm, askWrite, BUSY_MS, endRearm, endWrite, onWriteAnswer, takeRearm, takeWrite } from './jobs.ts'
import { askRead, onReadAnswer, onReadRefused, takeTick } from './passes.ts'
import { activePath, choosePath, fail, pathDown, pathGood, pathUp, supervise, superviseAt, switchAt } from './paths.ts'
import { askWatchdog, onWatchdog, unfit } from './stages.ts'

export type { DeviceEffect, DeviceEvent } from './device-events.ts'
export { createDevice, type DeviceConfig, type DeviceState } from './device-state.ts'

/** Takes one event, changes `d` in place, and says what is to be done, in order. */
export function onDeviceEvent(d: DeviceState, event: DeviceEvent): DeviceEffect[] {
  d.effects = []
  d.now_ms = event.now_ms
  d.started_ms ??= event.now_ms
  take(d, event)
  choosePath(d)
  while (next(d)) {}
  supervise(d)
  endTokens(d)
  d.wake_ms = wakeAt(d)
  return d.effects
}

function take(d: DeviceState, event: DeviceEvent): void {
  switch (event.type) {
    case 'path-up':
      pathUp(d.paths[event.path]!)
      break
    case 'path-down':
      pathDown(d, d.paths[event.path]!, event.why)
      break
    case 'answer':
      onAnswer(d, event)
      break
    case 'poll':
      if (event.token !== undefined) d.tokens.push(event.token)
      takeTick(d, event.tick)
      break
    case 'write':
      takeWrite(d, event.write)
      break
    case 'rearm':
      takeRearm(d, event.connection)
      break
    case 'time':
      break
  }
}

/** Puts the next request on the path in use. @returns whether something was done that may have made room for more. */
function next(d: DeviceState): boolean {
  const path = activePath(d)
  if (!path.up || path.asked !== undefined || d.now_ms < Math.max(path.retry_ms, path.pause_until_ms)) return false
  if (d.stage === 'reading') return askRead(d, path)
  if (d.stage !== 'ready') {
    askWatchdog(d, path)
    return true
  }
  // A read of the read-backs is not cut in two by a write: half of it would be older.
  if (d.passes[0]!.due && d.passes[0]!.at > 0) return askRead(d, path)
  return askWrite(d, path) || askRearm(d, path) || askRead(d, path)
}

function onAnswer(d: DeviceState, event: Extract<DeviceEvent, { readonly type: 'answer' }>): void {
  const path = d.paths[event.path]!
  const { asked } = path
  if (asked === undefined || asked.id !== event.id) return
  const { fault } = event
  const { counters } = path
  if (fault !== undefined && fault.code !== 'IO_EXCEPTION') {
    if (fault.code === 'IO_TIMEOUT') counters.timeouts++
    fail(d, path, fault.message, fault.code === 'IO_TIMEOUT' ? 'silent' : 'lost')
    return
  }
  countAnswer(counters, d.now_ms - asked.at_ms)
  const exception = fault?.place.exception ?? EXCEPTION.none
  if (exception !== EXCEPTION.none) counters.exceptions.set(exception, (counters.exceptions.get(exception) ?? 0) + 1)
  const purpose = path === activePath(d) ? asked.purpose : 'supervise'
  if (fault !== undefined && isGone(exception, purpose)) {
    fail(d, path, fault.message, 'refused')
    return
  }
  path.asked = undefined
  pathGood(d, path)
  if (fault === undefined) onData(d, path, purpose, event.data as ArrayLike<number> | undefined)
  else onException(d, path, purpose, exception, fault)
}

/** Whether an exception means that the device, or the way to it, is out of order; otherwise it is about the request. */
function isGone(exception: number, purpose: Purpose): boolean {
  if (exception === EXCEPTION.gatewayPath || exception === EXCEPTION.gatewayTarget) return true
  if (purpose !== 'read' && purpose !== 'supervise') return false
  return exception > EXCEPTION.illegalValue
}

function onData(d: DeviceState, path: Path, purpose: Purpose, data: ArrayLike<number> | undefined): void {
  switch (purpose) {
    case 'supervise':
      break
    case 'watchdog-look':
    case 'watchdog-set':
    case 'watchdog-again':
      onWatchdog(d, path, data)
      break
    case 'read':
      onReadAnswer(d, path, data)
      break
    case 'rearm':
      endRearm(d, true)
      break
    case 'modify-read':
      onWriteAnswer(d, data)
      break
    case 'write':
    case 'mask':
    case 'modify-write':
      onWriteAnswer(d, undefined)
      break
  }
}

function onException(d: DeviceState, path: Path, purpose: Purpose, exception: number, fault: WireFault): void {
  switch (purpose) {
    case 'supervise':
      break
    case 'watchdog-look':
    case 'watchdog-set':
    case 'watchdog-again':
      unfit(d, path, `output watchdog: ${fault.message}`)
      break
    case 'read':
      onReadRefused(d, path)
      break
    case 'rearm':
      endRearm(d, false)
      break
    default:
      if (exception === EXCEPTION.busy) path.pause_until_ms = d.now_ms + BUSY_MS
      else if (exception === EXCEPTION.illegalFunction && purpose === 'mask') d.no_mask_write = true
      else endWrite(d, false)
  }
}

/** Whoever waits for the device's reads is told when they have ended, or cannot go on now. */
function endTokens(d: DeviceState): void {
  if (d.tokens.length === 0) return
  const path = activePath(d)
  const trying = path.up && d.now_ms >= path.retry_ms
  if (trying && (d.stage !== 'ready' || d.passes.some((pass) => pass.due))) return
  for (const token of d.tokens.splice(0)) d.effects.push({ type: 'polled', token })
}

function wakeAt(d: DeviceState): number {
  let wake_ms = Number.POSITIVE_INFINITY
  const at = (ms: number): void => {
    if (ms > d.now_ms && ms < wake_ms) wake_ms = ms
  }
  const active = activePath(d)
  for (const path of d.paths) {
    if (!path.up || path.asked !== undefined) continue
    if (path !== active) at(superviseAt(path))
    else if (d.stage !== 'ready' || d.write !== undefined || d.rearm !== undefined || d.passes.some((p) => p.due))
      at(Math.max(path.retry_ms, path.pause_until_ms))
  }
  at(switchAt(d))
  return wake_ms
}

/** What the operator's system page shows of it. */
export function reportDevice(d: DeviceState, now_ms: number): Omit<DeviceReport, 'id' | 'tripped'> {
  const active = activePath(d)
  const sum = (of: (path: Path) => number): number => d.paths.reduce((total, path) => total + of(path), 0)
  return {
    connected: d.stage === 'ready',
    rtt_ms: active.counters.rtt_ms,
    timeouts: sum((path) => path.counters.timeouts),
    reconnects: sum((path) => Math.max(0, path.counters.connects - 1)),
    late: d.late,
    switches: d.switches,
    paths: d.paths.map((path) => reportPath(d, path, now_ms)),
  }
}

function reportPath(d: DeviceState, path: Path, now_ms: number): PathState {
  const { counters } = path
  const { p50_ms, p99_ms } = percentiles(counters)
  const good = path.up && path.failures === 0
  const used = path === activePath(d) && d.stage === 'ready'
  const never = counters.good_ms === undefined && path.failures === 0
  return {
    endpoint: path.endpoint,
    state: used ? 'active' : good && !never ? 'standby' : never ? 'connecting' : 'failed',
    breaker: good ? 'closed' : path.asked !== undefined ? 'half-open' : never ? 'closed' : 'open',
    rtt_p50_ms: p50_ms,
    rtt_p99_ms: p99_ms,
    requests: counters.requests,
    timeouts: counters.timeouts,
    reconnects: Math.max(0, counters.connects - 1),
    exceptions: [...counters.exceptions].sort(([a], [b]) => a - b).map(([code, count]) => ({ code, count })),
    good_age_ms: counters.good_ms === undefined ? -1 : now_ms - counters.good_ms,
  }
}

/** A path that never answered is given so long at the start before it is missed. */
const FIRST_MS = 3000

/** Words on what does not work though the device is in use: its other path. */
export function standbyAlarm(d: DeviceState, now_ms: number): string | undefined {
  if (d.stage !== 'ready') return undefined
  const lost = d.paths.find((path) => path !== activePath(d) && !(path.up && path.failures === 0))
  if (lost === undefined) return undefined
  if (lost.counters.good_ms === undefined && now_ms - d.started_ms! < FIRST_MS) return undefined
  return `${d.record.id}: network ${lost.name} does not answer: ${lost.why}`
}
