/**
 * Stage 9: sequences, then the energised outputs.
 *
 * A sequence stands in one step. A trip of one of its effects takes it to its trip step; else the first move whose conditions
 * all hold; else the time limit of the step. What cannot be read makes a condition false. One step a scan.
 */
import { EVENT, LATCH, STATUS } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { note, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import { type Tables, TEST } from './tables.ts'

const isIn = (set: number, i: number): boolean => ((set >>> i) & 1) === 1

export function runSequences(t: Tables, s: State, inputs: SisInputs, now: number, soe: Soe): void {
  s.own[OWN.sequenceTrip] = 0
  for (let q = 0; q < t.sequences; q++) {
    const step = s.step[q]!
    const next = nextStep(t, s, inputs, now, q, step)
    if (next === step) continue
    s.step[q] = next
    s.stepSince[q] = now
    s.own[OWN.sequenceTrip] = s.own[OWN.sequenceTrip]! | t.stepTrips[next]!
    note(soe, now, EVENT.step, q, step, next)
  }
}

function nextStep(t: Tables, s: State, inputs: SisInputs, now: number, q: number, step: number): number {
  const trip = t.onTripStep[q]!
  if (step !== trip) {
    for (let e = 0; e < t.effects; e++) if (isIn(t.onTripEffects[q]!, e) && s.latch[e] !== LATCH.normal) return trip
  }
  for (let m = 0; m < t.moveStep.length; m++) {
    if (t.moveStep[m] !== step) continue
    let holds = true
    for (let i = 0; i < t.moveTests[m]! && holds; i++) holds = test(t, s, inputs, now, q, t.moveFrom[m]! + i)
    if (holds) return t.moveTo[m]!
  }
  if (t.stepTimeout[step]! > 0 && now - s.stepSince[q]! >= t.stepTimeout[step]!) return t.stepTimeoutTo[step]!
  return step
}

function test(t: Tables, s: State, inputs: SisInputs, now: number, q: number, i: number): boolean {
  const at = t.testAt[i]!
  switch (t.testKind[i]) {
    case TEST.contactClosed:
      return s.status[t.transmitters + at] !== STATUS.bad && s.closed[at] === 1
    case TEST.contactOpen:
      return s.status[t.transmitters + at] !== STATUS.bad && s.closed[at] === 0
    case TEST.above:
      return s.status[at] !== STATUS.bad && inputs.counts[at]! >= t.testLimit[i]!
    case TEST.below:
      return s.status[at] !== STATUS.bad && inputs.counts[at]! <= t.testLimit[i]!
    case TEST.causeActive:
      return isIn(s.own[OWN.active]!, at)
    case TEST.causeClear:
      return !isIn(s.own[OWN.active]!, at)
    case TEST.effectNormal:
      return s.latch[at] === LATCH.normal
    case TEST.effectTripped:
      return s.latch[at] !== LATCH.normal
    case TEST.elementSafe:
      return safeSwitch(t, inputs, at) === 1 && normalSwitch(t, inputs, at) === 0
    case TEST.elementNormal:
      return normalSwitch(t, inputs, at) === 1 && safeSwitch(t, inputs, at) === 0
    case TEST.start:
      return isIn(s.own[OWN.sequenceStart]!, q)
    case TEST.stop:
      return isIn(s.own[OWN.sequenceStop]!, q)
    default:
      return now - s.stepSince[q]! >= t.testLimit[i]!
  }
}

/** Limit switch of the safe position, of the position while energised. */
export const safeSwitch = (t: Tables, inputs: SisInputs, i: number): number =>
  t.normalOpen[i] === 1 ? inputs.closed[i]! : inputs.open[i]!
export const normalSwitch = (t: Tables, inputs: SisInputs, i: number): number =>
  t.normalOpen[i] === 1 ? inputs.open[i]! : inputs.closed[i]!

/** The word of outputs, bit 1 energised; and which elements have failed to trip, with the effects that answer to it. */
export function setOutputs(t: Tables, s: State, inputs: SisInputs, now: number, faults: number): void {
  let out = 0
  let secondary = 0
  const before = s.own[OWN.out]!
  for (let i = 0; i < t.elements; i++) {
    const e = t.elementEffect[i]!
    const state = s.latch[e]!
    const q = t.effectSequence[e]!
    const latched = state !== LATCH.normal && state !== LATCH.tripInitiatedDelayed
    const follows = t.follows[e]!
    let on =
      (!latched || s.forceSince[e]! >= 0) &&
      (follows < 0 || s.closed[follows] === 1) &&
      (q < 0 || isIn(t.stepReleases[s.step[q]!]!, e))
    if (on) s.offSince[i] = -1
    else {
      if (s.offSince[i]! < 0) s.offSince[i] = now
      const instant = faults !== 0 || isIn(s.own[OWN.forceTrip]!, e)
      on = isIn(before, i) && !instant && now - s.offSince[i]! < t.elementDelay[i]!
    }
    if (on) out |= 1 << i
    const overdue = s.offSince[i]! >= 0 && now - s.offSince[i]! > t.confirm[i]! + t.elementDelay[i]!
    s.failed[i] = overdue && safeSwitch(t, inputs, i) === 0 ? 1 : 0
    if (s.failed[i] === 1 && t.secondary[i]! >= 0) secondary |= 1 << t.secondary[i]!
  }
  s.own[OWN.out] = out
  s.own[OWN.secondary] = secondary
}
