/**
 * The ways to a device: which one is used, when a failed one is asked again, and when the other one takes over.
 *
 * Each path has a circuit breaker: a failure is followed by one more attempt at once (a lost packet), then by waits that double up
 * to a cap, each drawn anew over its whole length, with one probe at a time. Both paths are supervised, the one not in use by a
 * cheap read. The other path is taken when the present one has failed and the other has been good for long enough; nobody
 * changes back of himself. Of changes that come soon after each other each asks for a longer good time, so that two bad paths do
 * not make a device that is never in use.
 */
import type { DeviceState, Path, Purpose } from './device-state.ts'
import { ask } from './requests.ts'
import { outOfUse } from './stages.ts'

const WAIT_MS = 50
/** A returning device is found within about one of its periods. */
const WAIT_MS_MAX = 2000
const WAIT_MS_MAX_LEAST = 100
/** A connection that was lost is on its way to be made again: asking at once would only fail. */
const LOST_MS = 20
/** The path not in use is asked so often, or at the device's own period where that is longer. */
const SUPERVISE_MS = 1000
const SUPERVISE_MS_MAX = 5000
const HOLD_MS = 1000
const HOLD_MS_MAX = 10_000
const HOLD_FORGOTTEN_MS = 60_000

export const activePath = (d: DeviceState): Path => d.paths[d.active]!

export function pathUp(path: Path): void {
  path.up = true
  path.counters.connects++
  path.asked = undefined
  // After more than one failure its breaker decides, not the connection: some accept every connection and never answer.
  if (path.failures <= 1) path.retry_ms = 0
  path.supervise_ms = 0
}

export function pathDown(d: DeviceState, path: Path, why: string): void {
  // Given up by ourselves: the reason is known better than by the connection.
  if (!path.up) return
  path.up = false
  fail(d, path, why, 'lost')
}

export function pathGood(d: DeviceState, path: Path): void {
  path.failures = 0
  path.retry_ms = 0
  path.good_since_ms ??= d.now_ms
  path.counters.good_ms = d.now_ms
  path.pause_until_ms = d.now_ms + (d.record.requests?.pause_ms ?? 0)
}

/** silent: it did not answer in time. lost: its connection ended. refused: it says that it cannot. */
export function fail(d: DeviceState, path: Path, why: string, how: 'silent' | 'lost' | 'refused'): void {
  const purpose = path.asked?.purpose
  path.asked = undefined
  path.failures++
  path.good_since_ms = undefined
  path.why = why
  path.retry_ms = d.now_ms + waitOf(d, path, how)
  path.supervise_ms = path.retry_ms
  if (path === activePath(d)) {
    if (how !== 'refused' && purpose !== undefined && WRITES.has(purpose)) d.unresolved_ms = d.now_ms
    outOfUse(d, why)
  }
  if (how === 'silent' && path.alone) {
    path.up = false
    d.effects.push({ type: 'drop', path: d.paths.indexOf(path), why })
  }
}

const WRITES: ReadonlySet<Purpose> = new Set(['write', 'mask', 'modify-write', 'rearm'])

function waitOf(d: DeviceState, path: Path, how: 'silent' | 'lost' | 'refused'): number {
  if (path.failures === 1) return how === 'lost' ? LOST_MS : 0
  const cap_ms = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MAX_LEAST, d.period_ms))
  let ceiling_ms = WAIT_MS
  for (let i = 2; i < path.failures && ceiling_ms < cap_ms; i++) ceiling_ms *= 2
  return path.chance.uniform() * Math.min(cap_ms, ceiling_ms)
}

/** Takes the other path where the present one has failed and the other one is fit. */
export function choosePath(d: DeviceState): void {
  if (d.stage === 'ready' || d.now_ms < switchAt(d)) return
  const from = activePath(d)
  const to = d.paths[1 - d.active]!
  const soon = d.now_ms - d.switched_ms < HOLD_FORGOTTEN_MS
  d.hold_ms = soon ? Math.min(HOLD_MS_MAX, Math.max(HOLD_MS, 2 * d.hold_ms)) : HOLD_MS
  d.switched_ms = d.now_ms
  d.switches++
  d.active = 1 - d.active
  d.why = `network ${from.name}: ${from.why}`
  // A late answer on the old path shows that the path is alive again, and nothing else.
  if (from.asked !== undefined) from.asked = { ...from.asked, purpose: 'supervise' }
  // Where the connection could not be given up, a write that got no answer may still be executed: it is waited for, so that it
  // is what the read-back shows and not what comes after it.
  if (!from.alone && d.now_ms - d.unresolved_ms < d.record.timeout_ms) d.fence_ms = d.now_ms + d.record.timeout_ms
  const text = `${d.record.id}: network ${from.name} -> ${to.name}: ${from.why}`
  d.effects.push({ type: 'note', text })
}

/** When the other path may be taken as things stand; infinite: not. */
export function switchAt(d: DeviceState): number {
  if (d.stage === 'ready' || d.paths.length < 2) return Number.POSITIVE_INFINITY
  const path = activePath(d)
  const other = d.paths[1 - d.active]!
  // Coming into use, or never yet there and given the time of one answer.
  if (path.up && path.failures === 0) return Number.POSITIVE_INFINITY
  if (!other.up || other.good_since_ms === undefined) return Number.POSITIVE_INFINITY
  const first_ms = path.failures === 0 ? (d.started_ms ?? 0) + d.record.timeout_ms : 0
  const held_ms = d.now_ms - d.switched_ms < HOLD_FORGOTTEN_MS ? d.hold_ms : 0
  return Math.max(first_ms, other.good_since_ms + held_ms)
}

/** Asks the path that is not in use for something cheap when its time has come. */
export function supervise(d: DeviceState): void {
  for (const path of d.paths) {
    if (path === activePath(d) || !path.up || path.asked !== undefined || d.now_ms < superviseAt(path)) continue
    const every_ms = Math.min(SUPERVISE_MS_MAX, Math.max(SUPERVISE_MS, d.period_ms))
    path.supervise_ms = d.now_ms + every_ms
    ask(d, path, 'supervise', d.plan.cheap, d.now_ms + every_ms)
  }
}

export const superviseAt = (path: Path): number => Math.max(path.supervise_ms, path.retry_ms, path.pause_until_ms)
