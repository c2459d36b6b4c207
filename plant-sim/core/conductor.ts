/**
 * The conductor: which tick the plant stands at, and when the next one is released.
 *
 * With field-io connected: the plant advances to t(n), grant(n) goes out, and nothing moves until done(n). The wall clock
 * only paces: deadlines are absolute, the factor is an upper bound. Without field-io the plant runs on at the same pace, as
 * a plant does when its control system is gone; the drops' watchdogs see to their outputs. A field-io that does not answer
 * holds the plant up for a time-out, no longer. Paused means no grant; held too, for as long as a snapshot or a restore takes.
 *
 * A state machine without a clock: every event brings the time, every answer says when to call again.
 */
import type { PaceMessage } from '../../contracts/link.ts'

export interface ConductorOptions {
  /** Plant time of a tick, ms. */
  readonly tick_ms: number
  /** Plant time over wall time, at most; 0: as fast as it goes. */
  readonly factor: number
  readonly paused: boolean
  /** Longest wait for done(n), wall ms. */
  readonly done_timeout_ms: number
}

export type ConductorEvent =
  /** field-io connected; `tick` is the newest it knows of, so that numbers never go back for it. */
  | { readonly type: 'hello'; readonly tick: number }
  | { readonly type: 'lost' }
  | { readonly type: 'done'; readonly tick: number }
  | { readonly type: 'factor'; readonly factor: number }
  | { readonly type: 'paused'; readonly paused: boolean }
  /** No tick is released while the whole run is looked at or set back, whatever the pace. */
  | { readonly type: 'held'; readonly held: boolean }
  /** The time asked for has come. */
  | { readonly type: 'time' }

export type ConductorEffect =
  /** Advance the plant by one tick. */
  { readonly type: 'advance' } | { readonly type: 'grant'; readonly tick: number } | PaceMessage

export interface ConductorState {
  readonly tick_ms: number
  readonly done_timeout_ms: number
  factor: number
  paused: boolean
  held: boolean
  linked: boolean
  /** The tick the plant stands at. */
  tick: number
  /** The granted tick whose done is awaited; -1: none. */
  awaited: number
  /** Wall times, ms: of the last grant, of the next tick, of the next pace message. */
  granted_ms: number
  due_ms: number
  pace_due_ms: number
  /** Ticks that went on without their done. */
  timeouts: number
  /** Times of some past ticks, oldest first, for the achieved factor. */
  marks: { readonly at_ms: number; readonly ticks: number }[]
  /** Ticks released since the start: `tick` may jump. */
  ticks: number
  last_tick_ms: number
}

export interface ConductorAnswer {
  readonly effects: readonly ConductorEffect[]
  /** Wall time of the next call with 'time', ms; not above now: at once, after what waits outside. */
  readonly wake_ms: number
}

const PACE_MS = 500
/** A tick later than this moves all later ones: ticks are never made up for in a bunch. */
const LATE_MS_MAX = 250
/** The achieved factor is that of the last second, looked at in these steps. */
const WINDOW_MS = 1000
const MARK_MS = 100

export function createConductor(options: ConductorOptions, now_ms: number): ConductorState {
  return {
    ...options,
    held: false,
    linked: false,
    tick: 0,
    awaited: -1,
    granted_ms: now_ms,
    due_ms: now_ms + period(options.tick_ms, options.factor),
    pace_due_ms: now_ms,
    timeouts: 0,
    marks: [{ at_ms: now_ms, ticks: 0 }],
    ticks: 0,
    last_tick_ms: now_ms,
  }
}

/** Takes an event; the state changes in place. At most one tick per call, so that the caller can serve its sockets. */
export function conduct(state: ConductorState, event: ConductorEvent, now_ms: number): ConductorAnswer {
  const effects: ConductorEffect[] = []
  if (take(state, event, now_ms)) state.pace_due_ms = now_ms
  if (state.awaited >= 0 && now_ms >= state.granted_ms + state.done_timeout_ms) {
    state.awaited = -1
    state.timeouts++
  }
  if (!state.paused && !state.held && state.awaited < 0 && now_ms >= state.due_ms) release(state, effects, now_ms)
  if (now_ms >= state.pace_due_ms) {
    state.pace_due_ms = now_ms + PACE_MS
    effects.push(pace(state, now_ms))
  }
  return { effects, wake_ms: Math.min(state.pace_due_ms, nextTick(state)) }
}

/** What the pace message says now. */
export function pace(state: ConductorState, now_ms: number): PaceMessage {
  return { type: 'pace', paused: state.paused, factor: state.factor, achieved: achieved(state, now_ms) }
}

/** True where the others must be told at once. */
function take(state: ConductorState, event: ConductorEvent, now_ms: number): boolean {
  switch (event.type) {
    case 'hello':
      state.linked = true
      state.tick = Math.max(state.tick, event.tick)
      // What was granted went to a connection that is gone.
      state.awaited = -1
      return true
    case 'lost':
      state.linked = false
      return false
    case 'done':
      if (event.tick === state.awaited) state.awaited = -1
      return false
    case 'factor':
      state.factor = event.factor
      state.due_ms = Math.max(now_ms, state.last_tick_ms + period(state.tick_ms, event.factor))
      restartMarks(state, now_ms)
      return true
    case 'paused':
      if (state.paused === event.paused) return false
      state.paused = event.paused
      state.due_ms = now_ms
      restartMarks(state, now_ms)
      return true
    case 'held':
      state.held = event.held
      // What was due meanwhile is late, not owed.
      state.due_ms = Math.max(state.due_ms, now_ms)
      return false
    case 'time':
      return false
  }
}

function release(state: ConductorState, effects: ConductorEffect[], now_ms: number): void {
  state.tick++
  state.ticks++
  effects.push({ type: 'advance' })
  if (state.linked) {
    effects.push({ type: 'grant', tick: state.tick })
    state.awaited = state.tick
    state.granted_ms = now_ms
  }
  const from_ms = state.factor === 0 || now_ms - state.due_ms > LATE_MS_MAX ? now_ms : state.due_ms
  state.due_ms = from_ms + period(state.tick_ms, state.factor)
  state.last_tick_ms = now_ms
  const { marks } = state
  if (now_ms - marks.at(-1)!.at_ms >= MARK_MS) marks.push({ at_ms: now_ms, ticks: state.ticks })
  while (marks.length > 1 && now_ms - marks[1]!.at_ms >= WINDOW_MS) marks.shift()
}

const period = (tick_ms: number, factor: number): number => (factor === 0 ? 0 : tick_ms / factor)

function nextTick(state: ConductorState): number {
  if (state.awaited >= 0) return state.granted_ms + state.done_timeout_ms
  return state.paused || state.held ? Number.POSITIVE_INFINITY : state.due_ms
}

function restartMarks(state: ConductorState, now_ms: number): void {
  state.marks = [{ at_ms: now_ms, ticks: state.ticks }]
}

/** Plant time over wall time since the oldest mark, up to the last tick; up to now where ticks fail to come. */
function achieved(state: ConductorState, now_ms: number): number {
  if (state.paused) return 0
  const from = state.marks[0]!
  const expected_ms = Math.max(WINDOW_MS, 2 * period(state.tick_ms, state.factor))
  const to_ms = now_ms - state.last_tick_ms > expected_ms ? now_ms : state.last_tick_ms
  return to_ms > from.at_ms ? ((state.ticks - from.ticks) * state.tick_ms) / (to_ms - from.at_ms) : 0
}
