/**
 * Final elements: confirmation of every trip, spurious moves, feedback faults, partial strokes, travel times.
 *
 * A partial stroke drops the solenoid until the limit switch of the normal position opens; it is refused on a demand, with a bypass
 * in a cause of its effect, or where the valve is not seen in its normal position. A demand simply keeps the output off.
 */
import { COMMAND, EFFECT_ALARM, ELEMENT_ALARM, EVENT, LATCH, REFUSED } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { normalSwitch, safeSwitch } from './sequence.ts'
import { note, noteBits, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'

/** Why an element travelled, in its event. */
export const TRAVEL = { demand: 1, partialStroke: 2, spurious: 3 } as const

export interface FinalElements {
  readonly alarms: Int32Array
  /** Solenoids as written, 1 energised. */
  readonly outputs: Uint8Array
  /** Stroke under way since, -1 none. */
  readonly strokeSince: Int32Array
  /** Switches disagree since; energised since; trip under way since; -1. */
  readonly oddSince: Int32Array
  readonly onSince: Int32Array
  readonly tripSince: Int32Array
  /** Last travel to the safe position and last partial stroke, scans; -1 none. */
  readonly travel: Int32Array
  readonly stroke: Int32Array
  /** Trips, partial strokes passed, spurious moves since the start. */
  readonly trips: Int32Array
  readonly strokes: Int32Array
  readonly spurious: Int32Array
  readonly strokeFailed: Uint8Array
}

export const createFinalElements = (t: Tables): FinalElements => ({
  alarms: new Int32Array(t.elements),
  outputs: new Uint8Array(t.elements),
  strokeSince: new Int32Array(t.elements).fill(-1),
  oddSince: new Int32Array(t.elements).fill(-1),
  onSince: new Int32Array(t.elements).fill(-1),
  tripSince: new Int32Array(t.elements).fill(-1),
  travel: new Int32Array(t.elements).fill(-1),
  stroke: new Int32Array(t.elements).fill(-1),
  trips: new Int32Array(t.elements),
  strokes: new Int32Array(t.elements),
  spurious: new Int32Array(t.elements),
  strokeFailed: new Uint8Array(t.elements),
})

/** @param allowed - outputs that both evaluators energise */
export function watchElements(
  t: Tables,
  s: State,
  f: FinalElements,
  inputs: SisInputs,
  now: number,
  allowed: number,
  soe: Soe,
): void {
  for (let i = 0; i < t.elements; i++) {
    const on = ((allowed >>> i) & 1) === 1
    const safe = safeSwitch(t, inputs, i)
    const normal = normalSwitch(t, inputs, i)
    let alarm = s.failed[i] === 1 ? ELEMENT_ALARM.failedToTrip : 0

    const asked = ((s.own[OWN.strokeAsked]! >>> i) & 1) === 1
    if (asked && f.strokeSince[i]! < 0) {
      const refused = strokeRefused(t, s, f, i, on, normal)
      if (refused !== 0) note(soe, now, EVENT.refused, COMMAND.partialStroke, i, refused)
      else f.strokeSince[i] = now
    }
    if (f.strokeSince[i]! >= 0) {
      const took = now - f.strokeSince[i]!
      if (!on) f.strokeSince[i] = -1
      else if (normal === 0 || took >= t.stroke[i]!) {
        f.strokeFailed[i] = normal === 0 ? 0 : 1
        f.stroke[i] = normal === 0 ? took : -1
        if (normal === 0) f.strokes[i] = f.strokes[i]! + 1
        note(soe, now, EVENT.travel, i, f.stroke[i]!, TRAVEL.partialStroke)
        f.strokeSince[i] = -1
        f.onSince[i] = now
      }
    }
    if (f.strokeFailed[i] === 1) alarm |= ELEMENT_ALARM.strokeFailed

    if (!on && f.outputs[i] === 1) f.tripSince[i] = now
    if (on) f.tripSince[i] = -1
    if (f.tripSince[i]! >= 0 && safe === 1) {
      f.travel[i] = now - f.tripSince[i]!
      f.trips[i] = f.trips[i]! + 1
      f.tripSince[i] = -1
      note(soe, now, EVENT.travel, i, f.travel[i]!, TRAVEL.demand)
    }

    if (!on) f.onSince[i] = -1
    else if (f.onSince[i]! < 0) f.onSince[i] = now
    // Twice the travel: to get there, and to come back from a stroke.
    const settled = on && f.strokeSince[i]! < 0 && now - f.onSince[i]! > 2 * t.travel[i]!
    if (settled && normal === 0) alarm |= ELEMENT_ALARM.spurious
    if (safe !== normal) f.oddSince[i] = -1
    else if (f.oddSince[i]! < 0) f.oddSince[i] = now
    if (f.oddSince[i]! >= 0 && now - f.oddSince[i]! > t.travel[i]!) alarm |= ELEMENT_ALARM.feedback
    if ((alarm & ~f.alarms[i]! & ELEMENT_ALARM.spurious) !== 0) {
      f.spurious[i] = f.spurious[i]! + 1
      note(soe, now, EVENT.travel, i, -1, TRAVEL.spurious)
    }
    noteBits(soe, now, EVENT.elementAlarm, f.alarms, i, alarm)
    f.outputs[i] = on && f.strokeSince[i]! < 0 ? 1 : 0
  }
}

function strokeRefused(t: Tables, s: State, f: FinalElements, i: number, on: boolean, normal: number): number {
  const e = t.elementEffect[i]!
  if (!on || s.latch[e] !== LATCH.normal) return REFUSED.causeActive
  if (normal === 0 || (f.alarms[i]! & ~ELEMENT_ALARM.strokeFailed) !== 0) return REFUSED.notHealthy
  for (let c = 0; c < t.causes; c++) {
    if (((t.cells[e]! >>> c) & 1) === 0) continue
    for (let k = 0; k < SLOTS; k++) if (s.mosSince[c * SLOTS + k]! >= 0) return REFUSED.running
  }
  return 0
}

/** Alarms of effects. */
export const effectAlarm = (s: State, e: number): number =>
  (s.latch[e] !== LATCH.normal ? EFFECT_ALARM.tripped : 0) |
  (s.overrideSince[e]! >= 0 ? EFFECT_ALARM.override : 0) |
  (((s.own[OWN.forceTrip]! >>> e) & 1) === 1 ? EFFECT_ALARM.forcedTrip : 0) |
  (s.forceSince[e]! >= 0 ? EFFECT_ALARM.forcedNormal : 0)
