/**
 * The conductor: which tick the plant stands at, and when the next one is released.
 *
 * With field-io connected: the plant advances to t(n), grant(n) goes out, and nothing moves until done(n). The wall clock
 * only paces: deadlines are absolute, the factor is an upper bound. Without field-io the plant runs on at the same pace, as
 * a plant does when its control system is gone; the drops' watchdogs see to their outputs. A field-io that does not answer
 * holds the plant up for a time-out, no longer. Paused means no grant; held too, for as long as a snapshot or a restore takes.
 *
 * With a safety solver connected a tick goes in parts, one per scan of the solver, spread evenly over the tick's wall time: the plant
 * advances by a part, step(n) goes out, and nothing moves until scanned(n); the grant follows the last. n is plant time over the
 * scan's period. A solver that does not answer is left alone after its time-out, until it speaks again. A tick that has begun is
 * finished, at once where the plant was paused or is held: only between two ticks do all programs stand at one time.
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
  /** Longest wait for scanned(n), wall ms. */
  readonly scan_timeout_ms?: number
}

export type ConductorEvent =
  /** field-io connected; `tick` is the newest it knows of, so that numbers never go back for it. */
  | { readonly type: 'hello'; readonly tick: number }
  | { readonly type: 'lost' }
  | { readonly type: 'done'; readonly tick: number }
  /** A safety solver is there, with scans of so much plant time: a divisor of the tick. */
  | { readonly type: 'solver'; readonly scan_ms: number }
  | { readonly type: 'solver-lost' }
  | { readonly type: 'scanned'; readonly n: number }
  | { readonly type: 'factor'; readonly factor: number }
  | { readonly type: 'paused'; readonly paused: boolean }
  /** No tick is released while the whole run is looked at or set back, whatever the pace. */
  | { readonly type: 'held'; readonly held: boolean }
  /** The plant was set to another time. Only while it is held. */
  | { readonly type: 'moved'; readonly time_ms: number }
  /** The time asked for has come. */
  | { readonly type: 'time' }

export type ConductorEffect =
  /** Advance the plant by so much; `ends` a tick. */
  | { readonly type: 'advance'; readonly dt_ms: number; readonly ends: boolean }
  | { readonly type: 'step'; readonly n: number }
  | { readonly type: 'grant'; readonly tick: number }
  | PaceMessage

export interface ConductorState {
  readonly tick_ms: number
  readonly done_timeout_ms: number
  readonly scan_timeout_ms: number
  factor: number
  paused: boolean
  held: boolean
  linked: boolean
  /** The tick the plant stands at. */
  tick: number
  /** The granted tick whose done is awaited; -1: none. */
  awaited: number
  /** Period of the solver's scan, ms; 0: there is none. */
  scan_ms: number
  /** It let a time-out pass and has not spoken since. */
  silent: boolean
  /** Into how many parts the tick in hand goes, and how many of them the plant has done; 0: between two ticks. */
  parts: number
  part: number
  /** The scan that is awaited; -1: none. */
  scan: number
  /** Plant time, ms. */
  time_ms: number
  /** Wall times, ms: of the last grant, of the last step, of the next part, of the next pace message. */
  granted_ms: number
  stepped_ms: number
  due_ms: number
  pace_due_ms: number
  /** Ticks that went on without their done, scans without theirs. */
  timeouts: number
  scan_timeouts: number
  /** Times of some past ticks, oldest first, for the achieved factor. */
  marks: { readonly at_ms: number; readonly ticks: number }[]
  /** Ticks released since the start: `tick` may jump. */
  ticks: number
  last_tick_ms: number
  last_part_ms: number
}

export interface ConductorAnswer {
  readonly effects: readonly ConductorEffect[]
  /** Wall time of the next call with 'time', ms; not above now: at once, after what waits outside. */
  readonly wake_ms: number
}

const PACE_MS = 500
const SCAN_TIMEOUT_MS = 1000
/** A tick later than this moves all later ones: ticks are never made up for in a bunch. */
const LATE_MS_MAX = 250
/** The achieved factor is that of the last second, looked at in these steps. */
const WINDOW_MS = 1000
const MARK_MS = 100

export function createConductor(options: ConductorOptions, now_ms: number): ConductorState {
  const { tick_ms, factor, paused, done_timeout_ms, scan_timeout_ms = SCAN_TIMEOUT_MS } = options
  return {
    tick_ms,
    factor,
    paused,
    done_timeout_ms,
    scan_timeout_ms,
    held: false,
    linked: false,
    tick: 0,
    awaited: -1,
    scan_ms: 0,
    silent: false,
    parts: 1,
    part: 0,
    scan: -1,
    time_ms: 0,
    granted_ms: now_ms,
    stepped_ms: now_ms,
    due_ms: now_ms + wall(tick_ms, factor),
    pace_due_ms: now_ms,
    timeouts: 0,
    scan_timeouts: 0,
    marks: [{ at_ms: now_ms, ticks: 0 }],
    ticks: 0,
    last_tick_ms: now_ms,
    last_part_ms: now_ms,
  }
}

/** Takes an event; the state changes in place. At most one part of a tick per call, so that the caller can serve its sockets. */
export function conduct(state: ConductorState, event: ConductorEvent, now_ms: number): ConductorAnswer {
  const effects: ConductorEffect[] = []
  if (take(state, event, now_ms)) state.pace_due_ms = now_ms
  if (state.awaited >= 0 && now_ms >= state.granted_ms + state.done_timeout_ms) {
    state.awaited = -1
    state.timeouts++
  }
  if (state.scan >= 0 && now_ms >= state.stepped_ms + state.scan_timeout_ms) {
    state.scan = -1
    state.scan_timeouts++
    state.silent = true
  }
  finish(state, effects, now_ms)
  if (state.awaited < 0 && state.scan < 0 && now_ms >= nextPart(state)) {
    release(state, effects, now_ms)
    finish(state, effects, now_ms)
  }
  if (now_ms >= state.pace_due_ms) {
    state.pace_due_ms = now_ms + PACE_MS
    effects.push(pace(state, now_ms))
  }
  return { effects, wake_ms: Math.min(state.pace_due_ms, nextEvent(state)) }
}

/** True between two ticks, with nothing under way. */
export const isAtRest = (state: ConductorState): boolean => state.part === 0 && state.awaited < 0

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
    case 'solver':
      state.scan_ms = event.scan_ms
      state.silent = false
      // What was asked of a solver before it, this one has not heard.
      state.scan = -1
      reschedule(state, now_ms)
      return false
    case 'solver-lost':
      state.scan_ms = 0
      state.scan = -1
      reschedule(state, now_ms)
      return false
    case 'scanned':
      if (event.n === state.scan) state.scan = -1
      if (state.silent) {
        state.silent = false
        reschedule(state, now_ms)
      }
      return false
    case 'factor':
      state.factor = event.factor
      reschedule(state, now_ms)
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
    case 'moved':
      state.time_ms = event.time_ms
      return false
    case 'time':
      return false
  }
}

/** The next part of the tick in hand, or the first of the next one. */
function release(state: ConductorState, effects: ConductorEffect[], now_ms: number): void {
  if (state.part === 0) state.parts = partsOf(state)
  const dt_ms = state.tick_ms / state.parts
  state.part++
  state.time_ms += dt_ms
  const ends = state.part === state.parts
  if (ends) {
    state.tick++
    state.ticks++
    state.last_tick_ms = now_ms
  }
  effects.push({ type: 'advance', dt_ms, ends })
  // A solver that came, or came back, in the middle of a tick begins with the next one.
  if (state.scan_ms > 0 && !state.silent && state.scan_ms === dt_ms) {
    state.scan = Math.round(state.time_ms / dt_ms)
    state.stepped_ms = now_ms
    effects.push({ type: 'step', n: state.scan })
  }
  const from_ms = state.factor === 0 || now_ms - state.due_ms > LATE_MS_MAX ? now_ms : state.due_ms
  state.last_part_ms = from_ms
  state.due_ms = from_ms + wall(state.tick_ms / (ends ? partsOf(state) : state.parts), state.factor)
  if (!ends) return
  const { marks } = state
  if (now_ms - marks.at(-1)!.at_ms >= MARK_MS) marks.push({ at_ms: now_ms, ticks: state.ticks })
  while (marks.length > 1 && now_ms - marks[1]!.at_ms >= WINDOW_MS) marks.shift()
}

/** All of a tick is done and scanned: field-io's turn. */
function finish(state: ConductorState, effects: ConductorEffect[], now_ms: number): void {
  if (state.part === 0 || state.part < state.parts || state.scan >= 0) return
  state.part = 0
  if (!state.linked) return
  effects.push({ type: 'grant', tick: state.tick })
  state.awaited = state.tick
  state.granted_ms = now_ms
}

const partsOf = (state: ConductorState): number =>
  state.scan_ms > 0 && !state.silent ? state.tick_ms / state.scan_ms : 1

const wall = (plant_ms: number, factor: number): number => (factor === 0 ? 0 : plant_ms / factor)

function reschedule(state: ConductorState, now_ms: number): void {
  const parts = state.part > 0 ? state.parts : partsOf(state)
  state.due_ms = Math.max(now_ms, state.last_part_ms + wall(state.tick_ms / parts, state.factor))
}

/** When the next part is due, if nothing is awaited. */
function nextPart(state: ConductorState): number {
  const stopped = state.paused || state.held
  if (state.part > 0) return stopped ? Number.NEGATIVE_INFINITY : state.due_ms
  return stopped ? Number.POSITIVE_INFINITY : state.due_ms
}

function nextEvent(state: ConductorState): number {
  if (state.scan >= 0) return state.stepped_ms + state.scan_timeout_ms
  if (state.awaited >= 0) return state.granted_ms + state.done_timeout_ms
  return nextPart(state)
}

function restartMarks(state: ConductorState, now_ms: number): void {
  state.marks = [{ at_ms: now_ms, ticks: state.ticks }]
}

/** Plant time over wall time since the oldest mark, up to the last tick; up to now where ticks fail to come. */
function achieved(state: ConductorState, now_ms: number): number {
  if (state.paused) return 0
  const from = state.marks[0]!
  const expected_ms = Math.max(WINDOW_MS, 2 * wall(state.tick_ms, state.factor))
  const to_ms = now_ms - state.last_tick_ms > expected_ms ? now_ms : state.last_tick_ms
  return to_ms > from.at_ms ? ((state.ticks - from.ticks) * state.tick_ms) / (to_ms - from.at_ms) : 0
}
