/**
 * Stages 7 and 8: the matrix and the latches.
 *
 * An effect is demanded when in one of its groups at least n causes are active. V and R demands may be overridden for a time;
 * any cause that was not active when the override began, or is active again, ends it.
 */
import { CELL, COMMAND, EVENT, LATCH, OTHER_REASON, REFUSED } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { LATCH_INPUT, nextLatch } from './latch.ts'
import { isClosed } from './overrides.ts'
import { note, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import type { Tables } from './tables.ts'

const isIn = (set: number, i: number): boolean => ((set >>> i) & 1) === 1

/** Number of bits set. */
export function countBits(word: number): number {
  let n = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) n++
  return n
}

/** Cells with a delay of their own: since when their cause is active. */
export function timeCells(t: Tables, s: State, now: number): void {
  const active = s.own[OWN.active]!
  for (let i = 0; i < t.delayedCause.length; i++) {
    if (!isIn(active, t.delayedCause[i]!)) s.cellSince[i] = -1
    else if (s.cellSince[i]! < 0) s.cellSince[i] = now
  }
}

export function judgeEffects(t: Tables, s: State, inputs: SisInputs, now: number, faults: number, soe: Soe): void {
  timeCells(t, s, now)
  for (let e = 0; e < t.effects; e++) judgeEffect(t, s, inputs, now, faults, soe, e)
}

/** Causes that count on this effect now: active, and for the time of their cell. */
function effective(t: Tables, s: State, now: number, e: number): number {
  let set = s.own[OWN.active]! & t.cells[e]!
  for (let i = 0; i < t.delayedCause.length; i++) {
    if (t.delayedEffect[i] !== e) continue
    const since = s.cellSince[i]!
    if (since < 0 || now - since < t.delayedScans[i]!) set &= ~(1 << t.delayedCause[i]!)
  }
  return set
}

/** Kinds of groups that are satisfied, bit CELL. */
function satisfied(t: Tables, e: number, counting: number, overridden: number): number {
  let kinds = 0
  for (let g = 0; g < t.groupEffect.length; g++) {
    if (t.groupEffect[g] !== e) continue
    const code = t.groupCode[g]!
    const set = code === CELL.V || code === CELL.R ? counting & ~overridden : counting
    if (countBits(set & t.groupMask[g]!) >= t.groupNeeds[g]!) kinds |= 1 << code
  }
  return kinds
}

const FIXED = (1 << CELL.N) | (1 << CELL.S)
const SOFT = (1 << CELL.V) | (1 << CELL.R)
const STORED = (1 << CELL.S) | (1 << CELL.R)

function judgeEffect(t: Tables, s: State, inputs: SisInputs, now: number, faults: number, soe: Soe, e: number): void {
  const own = s.own
  const live = own[OWN.active]! & t.cells[e]!
  const counting = effective(t, s, now, e)
  const state = s.latch[e]!
  const forced = isIn(own[OWN.forceTrip]!, e)
  const instant = faults !== 0 || forced
  const reset = isIn(own[OWN.reset]!, e)
  const all = satisfied(t, e, counting, 0)
  let rested = false

  if (s.overrideSince[e]! >= 0) {
    const fresh = (live & ~s.overrideSnap[e]!) !== 0
    s.overrideSnap[e] = s.overrideSnap[e]! & live
    if (fresh || s.overrideSnap[e] === 0 || now - s.overrideSince[e]! >= t.overrideMax[e]! || instant) {
      s.overrideSince[e] = -1
      s.overrideSnap[e] = 0
      note(soe, now, EVENT.effectOverride, e, 0, 0)
    }
  } else if (state === LATCH.tripped && t.overrideMax[e]! > 0 && !instant && (all & FIXED) === 0) {
    const byReset = reset && (all & (1 << CELL.R)) !== 0
    const byRequest = isIn(own[OWN.overrideAsked]!, e) && (all & SOFT) === 1 << CELL.V
    if (byReset || byRequest) {
      s.overrideSince[e] = now
      s.overrideSnap[e] = live
      if (byReset) rested = true
      note(soe, now, EVENT.effectOverride, e, 1, 0)
    }
  }
  const overridden = s.overrideSnap[e]!
  const kinds = overridden === 0 ? all : satisfied(t, e, counting, overridden)

  const bySecondary = isIn(own[OWN.secondary]!, e)
  const bySequence = isIn(own[OWN.sequenceTrip]!, e)
  const keeps = (kinds & STORED) !== 0 || bySecondary || bySequence || instant
  const stored = keeps || (s.stored[e] === 1 && !rested)
  const demand = kinds !== 0 || bySecondary || bySequence
  const clear = (live & ~overridden) === 0 && (own[OWN.unhealthy]! & t.cells[e]! & ~overridden) === 0
  const permit = isClosed(s, t.resetPermit[e]!, true) && inputs.start_blocked === 0
  const start = isIn(own[OWN.start]!, e) && isClosed(s, t.startPermit[e]!, true) && inputs.start_blocked === 0
  if (state === LATCH.normal) s.delaySince[e] = now
  const delayOver = now - s.delaySince[e]! >= t.effectDelay[e]!

  const next = nextLatch(
    state,
    (instant ? LATCH_INPUT.instant : 0) |
      (demand ? LATCH_INPUT.demand : 0) |
      (stored ? LATCH_INPUT.stored : 0) |
      (delayOver ? LATCH_INPUT.delayOver : 0) |
      (clear ? LATCH_INPUT.clear : 0) |
      (permit ? LATCH_INPUT.resetPermit : 0) |
      (reset ? LATCH_INPUT.reset : 0) |
      (t.withReset[e] === 1 ? LATCH_INPUT.withReset : 0) |
      (start ? LATCH_INPUT.start : 0),
  )
  if (s.forceSince[e]! >= 0 && (demand || instant)) s.forceSince[e] = -1

  if (state === LATCH.normal && next !== LATCH.normal) {
    s.firstOut[e] = counting & ~overridden
    s.otherReason[e] =
      (faults !== 0 ? OTHER_REASON.fault : 0) |
      (forced ? OTHER_REASON.forceTrip : 0) |
      (bySecondary ? OTHER_REASON.secondary : 0) |
      (bySequence ? OTHER_REASON.sequence : 0)
    note(soe, now, EVENT.firstOut, e, s.firstOut[e]!, s.otherReason[e]!)
  }
  if (reset && state !== LATCH.normal && state !== LATCH.readyToReset && !rested)
    note(
      soe,
      now,
      EVENT.refused,
      COMMAND.reset,
      e,
      live !== 0 ? REFUSED.causeActive : clear ? REFUSED.state : REFUSED.notHealthy,
    )
  if (next !== state) note(soe, now, EVENT.latch, e, state, next)
  s.latch[e] = next
  if (next === LATCH.normal) {
    s.stored[e] = 0
    s.firstOut[e] = 0
    s.otherReason[e] = 0
  } else s.stored[e] = stored ? 1 : 0
}
